"""Subscribers: the two data sets of the paper to the printed digits, the formulas against sums and integrals, known parameters found again."""

import math
import pickle
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated import tenure

from salesproc import FitError, PeriodError
from salesproc.lifetime import (
    ContractTenures,
    ShiftedBetaGeometric,
    fit_shifted_beta_geometric,
    renewal_forecast,
    survival_forecast,
    tenures_from_survivors,
)
from salesproc.lifetime._fit import climb
from salesproc.lifetime.shifted_beta_geometric import _likelihood

# Fader and Hardie (2007), table 1: customers of each kind still there after each year, of a thousand.
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
PARAMETERS = st.floats(0.1, 8)


def yearly(survivors):
    return tenures_from_survivors(survivors, unit="year")


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "log_likelihood"),
    [(REGULAR, 0.704, 1.182, -1680.3), (HIGH_END, 0.668, 3.806, -1611.2)],
)
def test_the_published_estimates_from_the_first_seven_years(survivors, alpha, beta, log_likelihood):
    model = fit_shifted_beta_geometric(yearly(survivors[:8]))
    assert (round(model.alpha, 3), round(model.beta, 3)) == (alpha, beta)
    assert round(model.fit.log_likelihood, 1) == log_likelihood
    assert (model.fit.agreed, model.fit.starts, model.fit.stopped) == (4, 4, "converged")
    assert (model.fit.customers, model.undetermined) == (1000, None)


def test_the_years_that_were_held_back_are_met():
    """What the paper is about: a straight line would have nobody left."""
    for survivors, most in ((REGULAR, 0.006), (HIGH_END, 0.02)):
        model = fit_shifted_beta_geometric(yearly(survivors[:8]))
        apart = [abs(model.survival(year) - survivors[year] / 1000) for year in range(8, 13)]
        assert max(apart) < most


@pytest.mark.parametrize("survivors", [REGULAR[:8], HIGH_END[:8], [40, 21, 17, 16]])
def test_the_same_optimum_from_twenty_starts(survivors):
    tenures = yearly(survivors)
    table = [(float(n - left), float(left), float(n)) for n, left in tenures.renewals()]
    model = fit_shifted_beta_geometric(tenures)
    chance = Random(20070101)
    for _ in range(20):
        start = math.exp(chance.gauss(0, 2)), math.exp(chance.gauss(1, 2))
        found = climb(lambda point: _likelihood(table, *point), start)
        assert found.stopped == "converged"
        assert found.point == pytest.approx((model.alpha, model.beta), rel=1e-7)


@given(PARAMETERS, PARAMETERS, st.integers(0, 30))
def test_survival_is_the_quotient_of_beta_functions(alpha, beta, renewals):
    """B(alpha, beta + n) / B(alpha, beta), and step by step the retention."""
    model = ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="month")
    logs = [math.lgamma(one) for one in (beta + renewals, beta, alpha + beta + renewals, alpha + beta)]
    assert model.survival(renewals) == pytest.approx(
        math.exp(logs[0] - logs[1] - logs[2] + logs[3]), rel=1e-9
    )
    assert model.survival(renewals + 1) == pytest.approx(
        model.survival(renewals) * model.retention(renewals + 1)
    )


@given(st.floats(1e-9, 1e12), st.floats(1e-9, 1e18), st.integers(0, 60))
def test_survival_of_customers_who_hardly_differ_is_exact_to_the_last_digits(alpha, beta, renewals):
    a, b, share = Fraction(alpha), Fraction(beta), Fraction(1)
    for passed in range(renewals):
        share *= (b + passed) / (a + b + passed)
    found = ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="month").survival(renewals)
    assert found == pytest.approx(float(share), rel=1e-13)
    assert found <= 1


@pytest.mark.parametrize("alpha", [0.2, 0.7, 3.0])
@pytest.mark.parametrize("beta", [0.3, 1.2, 6.0])
def test_survival_is_the_mean_over_the_chances_to_leave(alpha, beta):
    """The definition, integrated over the beta distribution."""
    integrate, special = pytest.importorskip("scipy.integrate"), pytest.importorskip("scipy.special")
    model = ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="month")
    for renewals in (1, 4, 12):
        mass = integrate.quad(
            lambda chance, n=renewals: (1 - chance) ** n, 0, 1, weight="alg", wvar=(alpha - 1, beta - 1)
        )[0]
        assert model.survival(renewals) == pytest.approx(mass / special.beta(alpha, beta), rel=1e-9)


@given(PARAMETERS, PARAMETERS)
def test_retention_rises_with_age(alpha, beta):
    model = ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="month")
    rates = [model.retention(number) for number in range(1, 20)]
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(beta / (alpha + beta))


@given(PARAMETERS, PARAMETERS, st.integers(0, 20), st.floats(0.05, 1))
def test_the_discounted_residual_lifetime_is_its_sum(alpha, beta, renewals, discount):
    model = ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="year")
    share, total = 1.0, 0.0
    for ahead in range(900):
        share *= model.retention(renewals + ahead + 1)
        total += share / (1 + discount) ** ahead
    assert model.residual_lifetime(renewals=renewals, discount=discount) == pytest.approx(total, rel=1e-9)


def test_residual_lifetime_by_the_formula_with_scipy():
    special = pytest.importorskip("scipy.special")
    for alpha, beta, n, d in ((0.668, 3.806, 7, 0.1), (0.704, 1.182, 0, 0.01), (3.0, 9.0, 24, 0.0079)):
        b, both = beta + n, alpha + beta + n
        wanted = b / both * special.hyp2f1(1, b + 1, both + 1, 1 / (1 + d))
        model = ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="year")
        assert model.residual_lifetime(renewals=n, discount=d) == pytest.approx(wanted, rel=1e-10)


@given(PARAMETERS, PARAMETERS)
def test_a_lifetime_is_the_sum_of_survival(alpha, beta):
    model = ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="year")
    assert model.expected_lifetime(periods=30) == pytest.approx(math.fsum(map(model.survival, range(30))))
    worth = 1 + model.residual_lifetime(renewals=0, discount=0.2) / 1.2
    assert model.discounted_lifetime(discount=0.2) == pytest.approx(worth)
    if alpha > 1:
        assert model.expected_lifetime() > model.expected_lifetime(periods=50)
    else:
        assert model.expected_lifetime() is None


def test_a_lifetime_for_ever_is_the_limit_of_long_ones():
    exact = ShiftedBetaGeometric(alpha=3.0, beta=2.0, unit="year")
    assert exact.expected_lifetime() == pytest.approx(exact.expected_lifetime(periods=200_000), rel=1e-4)


@given(st.floats(0.2, 5), st.floats(0.2, 8))
def test_the_derivatives_are_those_of_the_likelihood(alpha, beta):
    table = [(600.0, 400.0, 1000.0), (500.0, 100.0, 600.0), (80.0, 20.0, 100.0)]
    h = 1e-6
    here = _likelihood(table, alpha, beta)
    for at in range(2):
        moved = [(alpha + s * h * (at == 0), beta + s * h * (at == 1)) for s in (1, -1)]
        up, down = (_likelihood(table, *point) for point in moved)
        assert here.gradient[at] == pytest.approx((up.value - down.value) / (2 * h), rel=1e-4, abs=1e-3)
        for other in range(2):
            bend = (up.gradient[other] - down.gradient[other]) / (2 * h)
            assert here.curvature[at][other] == pytest.approx(bend, rel=1e-4, abs=1e-3)


def drawn(seed, alpha, beta, customers, longest):
    chance = Random(seed)
    left = Counter(tenure(chance, alpha, beta, longest) for _ in range(customers))
    kept = left.pop(0, 0)
    return ContractTenures(lost=dict(left), kept={longest: kept}, unit="month")


@pytest.mark.slow
def test_known_parameters_lie_in_their_intervals_at_the_stated_rate():
    """95 % of 300 samples, give or take three standard errors; and the same for what is forecast."""
    alpha, beta, hits = 0.8, 2.5, Counter()
    for seed in range(300):
        model = fit_shifted_beta_geometric(drawn(seed, alpha, beta, 1500, 8))
        found = model.estimates()
        hits["alpha"] += found["alpha"].low < alpha < found["alpha"].high
        hits["beta"] += found["beta"].low < beta < found["beta"].high
        later = model.estimate_of(lambda one: one.survival(24), scale="logit")
        hits["survival"] += (
            later.low < ShiftedBetaGeometric(alpha=alpha, beta=beta, unit="month").survival(24) < later.high
        )
    few = 3 * math.sqrt(0.95 * 0.05 * 300)
    assert all(abs(hits[name] - 285) < few for name in ("alpha", "beta", "survival")), hits


def test_several_cohorts_of_several_ages_are_fitted_together():
    """The same customers seen for different times point to the same model."""
    cohorts = [drawn(seed, 0.8, 2.5, 4000, longest) for seed, longest in ((1, 3), (2, 6), (3, 9))]
    model = fit_shifted_beta_geometric(sum(cohorts[1:], cohorts[0]))
    assert model.fit.customers == 12_000
    assert model.estimates(0.999)["alpha"].low < 0.8 < model.estimates(0.999)["alpha"].high
    assert model.estimates(0.999)["beta"].low < 2.5 < model.estimates(0.999)["beta"].high


@pytest.mark.parametrize(
    ("tenures", "message"),
    [
        (ContractTenures(lost={}, kept={0: 5}, unit="year"), "nobody has come to a renewal yet"),
        (ContractTenures(lost={}, kept={}, unit="year"), "nobody has come to a renewal yet"),
        (yearly([100, 100, 100]), "nobody has left at 200 renewals, so nothing says how many will"),
        (
            yearly([100, 0, 0]),
            r"everybody left at the first renewal \(100 of 100\), so nothing says how long",
        ),
        (
            yearly([100, 63]),
            r"only one renewal has been seen \(63 of 100 stayed\).*a second renewal of the same customers is needed",
        ),
        (
            yearly([1000, 800, 640, 512]),
            r"in their chance to leave \(retention 80.0%, 80.0%, 80.0%\); use one retention for all, 80.0%, with margin",
        ),
        (yearly([1000, 600, 300, 0]), "retention does not rise with age"),
        (yearly([1000, 500, 500, 500]), "customers seem to be of two kinds, who leave at once or never"),
    ],
)
def test_tenures_that_determine_no_model_say_what_is_missing(tenures, message):
    with pytest.raises(FitError, match=message):
        fit_shifted_beta_geometric(tenures)


def test_a_flat_likelihood_is_said():
    """Ten customers at three renewals: a model comes out, and with it the warning that it may as well be another."""
    model = fit_shifted_beta_geometric(yearly([12, 9, 7, 6]))
    assert "hardly determine the model: one standard error moves alpha by a factor of " in model.undetermined
    assert str(model).endswith("hardly determined by the data, renewals by the year")


def test_a_forecast_has_what_was_observed_beside_it():
    tenures = yearly(REGULAR[:8])
    forecast = survival_forecast(fit_shifted_beta_geometric(tenures), periods=12, tenures=tenures)
    rows = forecast.to_rows()
    assert [row["renewals"] for row in rows] == [*range(13)]
    assert [row["observed"] for row in rows] == pytest.approx(
        [*(one / 1000 for one in REGULAR[:8]), *[None] * 5]
    )
    assert all(row["low"] < row["survival"] < row["high"] for row in rows[1:])
    assert (rows[0]["survival"], rows[0]["low"], rows[0]["retention"]) == (1.0, None, None)
    assert str(forecast) == "17.0% still there after 12 renewals by the year"
    bare = survival_forecast(ShiftedBetaGeometric(alpha=0.704, beta=1.182, unit="year"), periods=2)
    assert [row["observed"] for row in bare.to_rows()] == [None] * 3
    assert [row["low"] for row in bare.to_rows()] == [None] * 3
    gap = ContractTenures(lost={1: 2}, kept={1: 1, 3: 0}, unit="year")
    seen = [row["observed"] for row in survival_forecast(bare.model, periods=3, tenures=gap).to_rows()]
    assert seen == [1.0, pytest.approx(1 / 3), None, None]
    none = ContractTenures(lost={}, kept={}, unit="year")
    assert survival_forecast(bare.model, periods=1, tenures=none).to_rows()[0]["observed"] is None


def test_the_customers_of_today_stay_by_how_long_they_have_stayed():
    """One retention for all would have the old ones leave as fast as the new."""
    model = ShiftedBetaGeometric(alpha=0.668, beta=3.806, unit="year")
    old, young = (
        ContractTenures(lost={}, kept={7: 100}, unit="year"),
        ContractTenures(lost={}, kept={0: 100}, unit="year"),
    )
    first = [renewal_forecast(model, one, periods=1).points[1].customers.value for one in (old, young)]
    assert first == pytest.approx([100 * model.retention(8), 100 * model.retention(1)])
    both = renewal_forecast(model, old + young, periods=3)
    assert both.points[1].customers.value == pytest.approx(sum(first))
    fitted = fit_shifted_beta_geometric(yearly(HIGH_END[:8]))
    row = renewal_forecast(fitted, yearly(HIGH_END[:8]), periods=5).to_rows()[-1]
    assert row["low"] < row["customers"] < row["high"] < 491
    assert row["low"] < HIGH_END[12] < row["high"]
    sure = renewal_forecast(fitted, yearly(HIGH_END[:8]), periods=5, confidence=0.5).to_rows()[-1]
    assert row["low"] < sure["low"] < row["customers"] < sure["high"] < row["high"]
    nobody = renewal_forecast(model, ContractTenures(lost={1: 3}, kept={}, unit="year"), periods=3)
    assert (len(nobody.points), nobody.undefined) == (1, "nobody is under contract today")
    with pytest.raises(
        ValueError,
        match="the model is of contracts by the year and the tenures are of contracts by the month",
    ):
        renewal_forecast(model, ContractTenures(lost={}, kept={7: 100}, unit="month"), periods=1)


def test_no_more_customers_stay_than_there_are():
    """Twenty customers, of whom hardly anybody leaves: on the scale of the count the interval would end beyond all of them."""
    few = yearly([26, 21, 20])
    model = fit_shifted_beta_geometric(few)
    rows = renewal_forecast(model, few, periods=4, confidence=0.999).to_rows()
    assert all(0 < row["low"] < row["customers"] < row["high"] < 20 for row in rows[1:])


def test_models_and_forecasts_can_be_kept():
    model = fit_shifted_beta_geometric(yearly(REGULAR[:8]))
    for thing in (
        model,
        survival_forecast(model, periods=2),
        renewal_forecast(model, yearly(REGULAR), periods=2),
    ):
        assert pickle.loads(pickle.dumps(thing)) == thing
        assert "\n" not in repr(thing)
        assert "<table>" in thing._repr_html_()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda model: model.survival(-1), ValueError, "renewals must be a whole number, 0 or more, got -1"),
        (lambda model: model.survival(1.5), TypeError, "renewals must be a whole number"),
        (lambda model: model.survival(timedelta(days=365)), TypeError, "renewals must be a whole number"),
        (lambda model: model.retention(0), ValueError, "renewal must be a whole number, 1 or more, got 0"),
        (
            lambda model: model.expected_lifetime(periods=0),
            ValueError,
            "periods must be a whole number, 1 or more",
        ),
        (
            lambda model: model.residual_lifetime(renewals=1, discount=10),
            ValueError,
            "a percentage is divided by 100",
        ),
        (lambda model: model.residual_lifetime(renewals=1, discount=0), ValueError, "ask expected_lifetime"),
        (
            lambda model: model.residual_lifetime(renewals=1, discount="0.1"),
            TypeError,
            "discount must be a number",
        ),
        (lambda model: survival_forecast(model, periods=0), ValueError, "periods must be"),
        (lambda model: survival_forecast(model, periods=1, confidence=95), ValueError, "confidence must lie"),
        (
            lambda model: ShiftedBetaGeometric(alpha=1, beta=1, unit="week's"),
            PeriodError,
            "there is no unit \"week's\"; did you mean 'week'",
        ),
        (
            lambda model: ShiftedBetaGeometric(alpha=0, beta=1, unit="year"),
            ValueError,
            "alpha must be above 0 and finite, got 0",
        ),
        (
            lambda model: ShiftedBetaGeometric(alpha=1, beta="1", unit="year"),
            TypeError,
            "beta must be a number above 0",
        ),
        (
            lambda model: ShiftedBetaGeometric(alpha=1, beta=math.inf, unit="year"),
            ValueError,
            "beta must be above 0 and finite",
        ),
    ],
)
def test_wrong_calls_say_what_would_do(call, error, message):
    with pytest.raises(error, match=message):
        call(ShiftedBetaGeometric(alpha=1.0, beta=Fraction(3) + 0.0, unit="year"))
