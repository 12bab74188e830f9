"""What a purchase is worth: the formulas against integrals, known parameters found again, and honest refusals."""

import math
import pickle
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated import spenders

from salesproc import FitError, Money
from salesproc.lifetime import CustomerHistory, GammaGamma, fit_gamma_gamma, history_from_summary
from salesproc.lifetime._fit import climb
from salesproc.lifetime.gamma_gamma import _likelihood, _patterns, _totals

TRUTH = {"p": 4.0, "q": 3.5, "v": 20.0}
CDNOW = GammaGamma(p=6.25, q=3.74, v=15.44, currency="USD")
WEEK = timedelta(weeks=1)


def spent(repeats, amount):
    return CustomerHistory(
        "x", repeats, repeats * WEEK, 2 * repeats * WEEK + WEEK, None if amount is None else Decimal(amount)
    )


def valued(*rows):
    history = [(n, x, x, 30, Money(Decimal(mean), "EUR")) for n, (x, mean) in enumerate(rows)]
    return history_from_summary(history, unit="week")


@given(st.floats(1, 10), st.floats(1.5, 6), st.floats(1, 40), st.integers(1, 8), st.integers(1, 300))
def test_the_expected_value_is_the_mean_over_the_scales(p, q, v, repeats, amount):
    """A customer's scale is gamma(px + q, v + spent) once their purchases are known, and the mean of a purchase is p over it."""
    special = pytest.importorskip("scipy.special")
    shape, rate = p * repeats + q, v + amount
    # The mean of 1 / gamma(shape, rate) by moments: Gamma(shape - 1) / Gamma(shape) * rate.
    mean = p * math.exp(special.gammaln(shape - 1) - special.gammaln(shape)) * rate
    found = GammaGamma(p=p, q=q, v=v).expected_value_of(spent(repeats, amount))
    assert found == pytest.approx(mean, rel=1e-9)


def test_the_likelihood_is_the_density_of_the_means():
    """Integrated over all means it is 1, whatever the number of purchases."""
    integrate = pytest.importorskip("scipy.integrate")
    for repeats in (1, 2, 5):

        def density(mean, x=repeats):
            pattern = [(x, mean, 1)]
            return math.exp(_likelihood(pattern, _totals(pattern), 4.0, 3.5, 20.0).value)

        mass = integrate.quad(density, 0, math.inf)[0]
        assert mass == pytest.approx(1, rel=1e-6)
        mean = integrate.quad(lambda z, f=density: z * f(z), 0, math.inf)[0]
        assert mean == pytest.approx(GammaGamma(**TRUTH).mean_value, rel=1e-5)


@given(st.floats(0.5, 8), st.floats(0.5, 8), st.floats(0.1, 8))
def test_the_derivatives_are_those_of_the_likelihood(p, q, v):
    patterns = [(1, 0.4, 3), (1, 2.0, 1), (2, 1.1, 2), (5, 0.9, 1), (7, 1.6, 2)]
    totals, h = _totals(patterns), 1e-5
    here = _likelihood(patterns, totals, p, q, v)
    for at in range(3):
        up, down = (
            _likelihood(patterns, totals, *(one + s * h * (i == at) for i, one in enumerate((p, q, v))))
            for s in (1, -1)
        )
        assert here.gradient[at] == pytest.approx((up.value - down.value) / (2 * h), rel=1e-4, abs=1e-3)
        for other in range(3):
            bend = (up.gradient[other] - down.gradient[other]) / (2 * h)
            assert here.curvature[at][other] == pytest.approx(bend, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_optimum_from_twenty_starts(seed):
    history = spenders(seed, 500, **TRUTH)
    patterns, scale, _ = _patterns(history)
    totals, model, chance = _totals(patterns), fit_gamma_gamma(history), Random(20050201)
    for _ in range(20):
        found = climb(
            lambda point: _likelihood(patterns, totals, *point),
            tuple(math.exp(chance.gauss(0.5, 1.2)) for _ in range(3)),
        )
        assert found.stopped == "converged"
        p, q, v = found.point
        assert (p, q, v * scale) == pytest.approx((model.p, model.q, model.v), rel=1e-6)


def test_another_currency_is_the_same_model():
    """Twice the amounts are twice the scale, to the last digit."""
    history = spenders(1, 300, **TRUTH)
    dear = attrs.evolve(
        history, rows=tuple(row._replace(repeat_spend=row.repeat_spend * 7) for row in history.rows)
    )
    one, other = fit_gamma_gamma(history), fit_gamma_gamma(dear)
    assert (other.p, other.q) == (one.p, one.q)
    assert other.v == pytest.approx(7 * one.v, rel=1e-14)
    assert other.fit.log_likelihood == pytest.approx(one.fit.log_likelihood - 300 * math.log(7), rel=1e-12)
    assert one.mean_value == pytest.approx(TRUTH["p"] * TRUTH["v"] / (TRUTH["q"] - 1), rel=0.1)


@pytest.mark.slow
def test_known_parameters_lie_in_their_intervals_at_the_stated_rate():
    hits, runs = Counter(), 80
    wanted = GammaGamma(**TRUTH).mean_value
    for seed in range(runs):
        model = fit_gamma_gamma(spenders(seed, 500, **TRUTH))
        for name, one in model.estimates().items():
            hits[name] += one.low < TRUTH[name] < one.high
        mean = model.estimate_of(lambda one: one.mean_value)
        hits["mean"] += mean.low < wanted < mean.high
    few = 3 * math.sqrt(0.95 * 0.05 * runs)
    assert {name: hits[name] for name in (*TRUTH, "mean") if abs(hits[name] - 0.95 * runs) > few} == {}


def test_the_more_somebody_has_bought_the_more_their_own_purchases_weigh():
    population = CDNOW.mean_value
    means = [CDNOW.expected_value_of(spent(x, 100 * x)) for x in (1, 5, 50, 5000)]
    assert population < means[0] < means[1] < means[2] < means[3] < 100
    assert means[3] == pytest.approx(100, rel=1e-3)
    assert CDNOW.expected_value_of(spent(0, 0)) == pytest.approx(population)
    assert CDNOW.expected_value_of(spent(0, None)) == pytest.approx(population)
    assert CDNOW.expected_value_of(spent(3, None)) is None


def test_a_mean_that_is_none_is_none():
    heavy = GammaGamma(p=2.0, q=0.8, v=3.0)
    assert heavy.mean_value is None
    assert heavy.expected_value_of(spent(0, 0)) is None
    assert heavy.expected_value_of(spent(1, 30)) == pytest.approx(2 * 33 / 1.8)


def test_who_says_nothing_of_values_is_left_out_and_counted():
    known = [(4, 20), (9, 35), (1, 12), (3, 80), (1, 28), (6, 18), (2, 51), (5, 33), (1, 44), (2, 9)]
    rows = [(n, x, x, 30, Money(mean, "EUR")) for n, (x, mean) in enumerate(known)]
    rows += [("once", 0, 0, 30, None), ("free", 2, 4, 30, Money(0, "EUR"))]
    model = fit_gamma_gamma(history_from_summary(rows, unit="week"))
    assert (model.fit.customers, model.left_out) == (10, 2)
    assert model.currency == "EUR"
    assert model.expected_value_of(spent(2, 0)) > 0


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (valued(), "nobody of 0 customers has a repeat purchase of known value above 0"),
        (
            history_from_summary([("ann", 3, 9, 30)], unit="week"),
            "nobody of 1 customers has a repeat purchase of known value",
        ),
        (valued(*[(x, 20) for x in (1, 2, 3, 4, 1, 2)]), "on these 6 customers: everybody spends the same"),
        (
            valued((1, 5), (1, 60), (1, 22), (2, 20), (3, 19), (6, 21), (9, 20), (8, 20), (12, 20), (10, 21)),
            "customers do not differ in what they spend more than their single purchases do",
        ),
        (
            valued(*[(x, mean) for mean in (5, 20, 90) for x in (1, 5, 30)]),
            "means of many purchases scatter as widely as means of few",
        ),
    ],
    ids=["nobody", "no amounts", "all the same", "no difference", "no scatter"],
)
def test_values_that_determine_no_model_say_what_is_missing(history, message):
    with pytest.raises(FitError, match=message):
        fit_gamma_gamma(history)


def test_a_flat_likelihood_is_said_and_a_model_can_be_kept():
    model = fit_gamma_gamma(spenders(1, 12, **TRUTH))
    assert "hardly determine the model" in model.undetermined
    assert "hardly determined by the data" in repr(model)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(model, protocol)) == model
    assert str(GammaGamma(**TRUTH)) == "p 4, q 3.5, v 20"
    assert str(CDNOW) == "p 6.25, q 3.74, v 15.44 USD"
