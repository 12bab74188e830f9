"""Customers of a shop: every formula against integrals and against simulated customers, known parameters found again, and honest refusals."""

import copy
import math
import pickle
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from random import Random

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from simulated import beta, purchase_days, shop

from salesproc import FitError, PeriodError
from salesproc.lifetime import BgNbd, CustomerHistory, fit_bg_nbd, history_from_summary
from salesproc.lifetime._bg_nbd_formulas import Point, expected_purchases, integrated_purchases
from salesproc.lifetime._fit import climb
from salesproc.lifetime.bg_nbd_fit import _above, _likelihood, _patterns

WEEK = timedelta(weeks=1)
CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
SHOP = {"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.5}
POINTS = st.builds(Point, st.floats(0.1, 4), st.floats(0.5, 20), st.floats(0.2, 4), st.floats(0.3, 8))


def model_of(point, unit="week"):
    return BgNbd(**point._asdict(), unit=unit)


def customer(repeats, at_last, age):
    return CustomerHistory("x", repeats, at_last * WEEK, age * WEEK)


def test_the_published_example_of_a_customer():
    """Fader and Hardie's spreadsheet: 1.226 purchases in the next 39 weeks for x = 2, t_x = 30.43, T = 38.86."""
    found = CDNOW.expected_purchases_of(customer(2, 30.43, 38.86), 39 * WEEK)
    assert round(found, 3) == 1.226


@settings(max_examples=25)
@given(POINTS, st.integers(0, 12), st.floats(0.5, 60), st.floats(0.5, 80))
@example(Point(1.0, 1.0, 0.5, 0.5), 0, 0.5, 5.0)
@example(Point(1.0, 1.0, 0.25, 0.5), 0, 0.5, 5.0)
def test_expectations_are_the_integral_over_pace_and_chance_to_leave(point, x, age, ahead):
    """Somebody with pace l and chance p who is alive makes (1 - exp(-l p t)) / p purchases in a time t."""
    integrate = pytest.importorskip("scipy.integrate")
    special = pytest.importorskip("scipy.special")
    r, alpha, a, b = point

    def of_chance(p):
        if not p:
            return (r + x) * ahead / (alpha + age)
        # Over the pace, gamma(r + x, alpha + age), the mean of 1 - exp(-l p t) has a closed form.
        return -math.expm1((r + x) * math.log((alpha + age) / (alpha + age + p * ahead))) / p

    mass = integrate.quad(of_chance, 0, 1, weight="alg", wvar=(a - 1, b + x - 1))[0] / special.beta(a, b + x)
    assert expected_purchases(point, x, age, ahead) == pytest.approx(mass, rel=1e-8)
    assert integrated_purchases(point, x, age, ahead, 0.0) == pytest.approx(mass, rel=1e-8)


@settings(max_examples=15)
@given(POINTS, st.integers(0, 6), st.floats(1, 50), st.floats(1, 5000), st.floats(0.001, 10))
@example(Point(0.05, 100.0, 2.0, 3.0), 0, 40.0, 5200.0, 10.0)
def test_discounted_purchases_are_the_integral_of_the_purchases(point, x, age, ahead, force):
    """By parts: the purchases until the end at their discount, and those before at what the discount loses meanwhile."""
    integrate = pytest.importorskip("scipy.integrate")

    def so_far(t):
        return expected_purchases(point, x, age, t)

    cuts = [0, *(one / force for one in (0.1, 1, 3, 10, 30, 60) if one < ahead * force), ahead]
    before = math.fsum(
        integrate.quad(lambda t: math.exp(-force * t) * so_far(t), *ends, epsabs=0, epsrel=1e-10)[0]
        for ends in pairwise(cuts)
    )
    wanted = math.exp(-force * ahead) * so_far(ahead) + force * before
    assert integrated_purchases(point, x, age, ahead, force) == pytest.approx(wanted, rel=1e-7)


@pytest.mark.parametrize("a", [1 - 2e-3, 1 - 1e-4, 1.0, 1 + 1e-4, 1 + 2e-3])
def test_the_closed_form_divides_by_nothing_at_a_equal_to_one(a):
    """On either side of 1, and at it, the same curve."""
    at, beside = (expected_purchases(Point(0.5, 5.0, one, 2.0), 3, 30.0, 50.0) for one in (a, a + 1e-7))
    assert at == pytest.approx(beside, rel=1e-6)


@pytest.mark.parametrize("b", [0.3, 0.5 - 1e-4, 0.5, 0.5 + 1e-4, 0.5 + 2e-3, 0.7])
def test_the_closed_form_divides_by_nothing_at_a_and_b_that_add_up_to_one(b):
    """Of somebody without a repeat; mostly those who leave at once or stay."""
    at, beside = (expected_purchases(Point(1.0, 1.0, 0.5, one), 0, 0.0, 5.0) for one in (b, b + 1e-7))
    assert at == pytest.approx(beside, rel=1e-6)
    assert at == pytest.approx(integrated_purchases(Point(1.0, 1.0, 0.5, b), 0, 0.0, 5.0, 0.0), rel=1e-7)


@settings(max_examples=30)
@given(st.floats(10, 400), st.sampled_from([0.5, 0.8, 1.5, 3.0]), st.integers(0, 40), st.floats(1, 600))
def test_nothing_cancels_or_overflows_where_customers_hardly_differ_in_pace(r, a, x, ahead):
    point = Point(r, 20.0, a, 2.0)
    assert expected_purchases(point, x, 30.0, ahead) == pytest.approx(
        integrated_purchases(point, x, 30.0, ahead, 0.0), rel=1e-7
    )


@settings(max_examples=25)
@given(POINTS, st.integers(1, 12), st.floats(0.01, 1), st.floats(1, 60))
def test_the_chance_to_be_alive_is_the_part_of_the_likelihood_that_never_left(point, x, part, age):
    special = pytest.importorskip("scipy.special")
    r, alpha, a, b = point
    at_last = part * age
    stays = special.beta(a, b + x) * (alpha + age) ** -(r + x)
    leaves = special.beta(a + 1, b + x - 1) * (alpha + at_last) ** -(r + x)
    found = model_of(point).probability_alive(customer(x, at_last, age))
    assert found == pytest.approx(stays / (stays + leaves), rel=1e-6)


@settings(max_examples=20)
@given(POINTS, st.floats(1, 60))
def test_the_chances_of_every_number_of_repeats_add_up_to_the_expectation(point, weeks):
    model = model_of(point)
    chances = [model.probability_of(x, weeks * WEEK) for x in range(400)]
    assert all(0 <= chance <= 1 for chance in chances)
    whole = math.fsum(chances)
    assert whole <= 1 + 1e-9
    if whole > 1 - 1e-10:
        mean = math.fsum(x * chance for x, chance in enumerate(chances))
        assert mean == pytest.approx(model.expected_purchases(weeks * WEEK), rel=1e-5)


def test_the_share_alive_is_that_of_simulated_customers():
    """Forty thousand customers seen for 30 weeks: who has really left, and how often they had come back."""
    chance, alive, chances, counts = Random(7), 0, [], Counter()
    model = BgNbd(**SHOP, unit="week")
    for _ in range(40_000):
        pace, leaving = chance.gammavariate(SHOP["r"], 1 / SHOP["alpha"]), beta(chance, SHOP["a"], SHOP["b"])
        at, times, there = 0.0, [0.0], True
        while there and pace and (at := at + chance.expovariate(pace)) <= 30:
            times.append(at)
            there = chance.random() >= leaving
        alive += there
        counts[len(times) - 1] += 1
        chances.append(model.probability_alive(customer(len(times) - 1, times[-1], 30)))
    assert abs(alive - math.fsum(chances)) < 3 * math.sqrt(math.fsum(p * (1 - p) for p in chances))
    for repeats in range(5):
        share = model.probability_of(repeats, 30 * WEEK)
        assert abs(counts[repeats] - 40_000 * share) < 3.5 * math.sqrt(40_000 * share * (1 - share))


def test_the_purchases_expected_are_those_of_simulated_customers():
    """Fifteen thousand customers seen for 30 weeks and followed for 40 more."""
    chance, model = Random(11), BgNbd(**SHOP, unit="week")
    apart = []
    for _ in range(15_000):
        times = purchase_days(chance, **SHOP, age=70.0)
        seen = [one for one in times if one <= 30]
        hope = model.expected_purchases_of(customer(len(seen), seen[-1] if seen else 0.0, 30), 40 * WEEK)
        apart.append(len(times) - len(seen) - hope)
    assert abs(math.fsum(apart)) < 3 * math.sqrt(math.fsum(one * one for one in apart))


def of_history(history):
    patterns, scale = _patterns(history)
    counts = Counter()
    for x, _, _, n in patterns:
        counts[x] += n
    return (lambda point: _likelihood(patterns, _above(counts), point)), scale


def test_the_derivatives_are_those_of_the_likelihood():
    objective, _ = of_history(shop(3, 80, **SHOP))
    for point in ((0.6, 0.2, 0.8, 2.5), (2.0, 1.0, 0.3, 0.5)):
        here, h = objective(point), 1e-6
        for at in range(4):
            up, down = (
                objective(tuple(one + s * h * (i == at) for i, one in enumerate(point))) for s in (1, -1)
            )
            assert here.gradient[at] == pytest.approx((up.value - down.value) / (2 * h), rel=1e-5, abs=1e-4)
            for other in range(4):
                bend = (up.gradient[other] - down.gradient[other]) / (2 * h)
                assert here.curvature[at][other] == pytest.approx(bend, rel=1e-4, abs=1e-3)


def test_the_likelihood_is_the_formula_of_the_paper():
    """Equation 6, customer by customer, with gamma functions."""
    history = shop(5, 60, **SHOP)
    model = fit_bg_nbd(history)
    r, alpha, a, b = model.r, model.alpha, model.a, model.b

    def log_beta(one, other):
        return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)

    total = 0.0
    for row in history.rows:
        x, t_x, age = row.repeats, row.age_at_last / WEEK, row.age / WEEK
        stays = math.exp(log_beta(a, b + x) - log_beta(a, b)) * (alpha + age) ** -(r + x)
        leaves = math.exp(log_beta(a + 1, b + x - 1) - log_beta(a, b)) * (alpha + t_x) ** -(r + x) if x else 0
        total += math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha) + math.log(stays + leaves)
    assert model.fit.log_likelihood == pytest.approx(total, rel=1e-12)


def test_somebody_who_bought_very_often_and_fell_silent_is_no_overflow():
    history = history_from_summary(
        [
            ("heavy", 3000, 1, 900),
            *((n, n % 7, 20 + n % 7 * 3 if n % 7 else 0, 60 + n % 11) for n in range(60)),
        ],
        unit="week",
    )
    model = fit_bg_nbd(history)
    assert model.fit.stopped == "converged"
    assert model.probability_alive(history.rows[0]) == pytest.approx(0, abs=1e-300)


@pytest.mark.parametrize("seed", [3, 9])
def test_the_same_optimum_from_twenty_starts(seed):
    history = shop(seed, 400, **SHOP)
    objective, scale = of_history(history)
    model = fit_bg_nbd(history)
    unit = scale / (WEEK // timedelta(microseconds=1))
    chance = Random(20050101)
    for _ in range(20):
        found = climb(objective, tuple(math.exp(chance.gauss(0, 1.5)) for _ in range(4)))
        assert found.stopped == "converged"
        r, alpha, a, b = found.point
        assert (r, alpha * unit, a, b) == pytest.approx((model.r, model.alpha, model.a, model.b), rel=1e-6)


def test_another_unit_of_time_is_the_same_model():
    history = shop(3, 300, **SHOP)
    weeks, days = fit_bg_nbd(history), fit_bg_nbd(history.in_unit("day"))
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-12)
    assert (days.r, days.a, days.b) == (weeks.r, weeks.a, weeks.b)
    assert weeks.in_unit("day").alpha == pytest.approx(days.alpha, rel=1e-12)
    assert days.fit.log_likelihood == pytest.approx(
        weeks.fit.log_likelihood - history.repeats * math.log(7), rel=1e-12
    )
    for horizon in (WEEK, 52 * WEEK):
        assert days.expected_purchases(horizon) == pytest.approx(weeks.expected_purchases(horizon), rel=1e-10)
        row = history.rows[0]
        assert [
            one.expected_purchases_of(row, horizon, discount=0.2, per=per)
            for one in (weeks, days)
            for per in ("year",)
        ] == pytest.approx([days.expected_purchases_of(row, horizon, discount=0.2)] * 2, rel=1e-10)


def test_the_order_of_the_customers_and_doubling_them_change_nothing():
    history = shop(3, 200, **SHOP)
    model = fit_bg_nbd(history)
    turned = attrs.evolve(history, rows=history.rows[::-1])
    assert fit_bg_nbd(turned) == model
    twice = attrs.evolve(history, rows=history.rows * 2)
    double = fit_bg_nbd(twice)
    assert double.parameters == pytest.approx(model.parameters, rel=1e-9)
    assert double.fit.patterns == model.fit.patterns
    assert double.estimates()["r"].error == pytest.approx(
        model.estimates()["r"].error / math.sqrt(2), rel=1e-6
    )


@pytest.mark.slow
def test_known_parameters_lie_in_their_intervals_at_the_stated_rate():
    """95 % of 80 shops of 1,000 customers, give or take three standard errors; and the same for what is forecast."""
    hits, runs = Counter(), 80
    truth = BgNbd(**SHOP, unit="week")
    for seed in range(runs):
        model = fit_bg_nbd(shop(seed, 1000, **SHOP))
        for name, one in model.estimates().items():
            hits[name] += one.low < SHOP[name] < one.high
        later = model.estimate_of(lambda one: one.expected_purchases(52 * WEEK))
        hits["forecast"] += later.low < truth.expected_purchases(52 * WEEK) < later.high
    few = 3 * math.sqrt(0.95 * 0.05 * runs)
    assert {name: hits[name] for name in (*SHOP, "forecast") if abs(hits[name] - 0.95 * runs) > few} == {}


def rows_of(*numbers):
    return history_from_summary([(name, *row) for name, row in enumerate(numbers)], unit="week")


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (rows_of(), "there are no customers, so there is nothing to fit"),
        (
            rows_of((0, 0, 30), (0, 0, 20)),
            "nobody of 2 customers bought again, so nothing says how often they buy",
        ),
        (rows_of(*[(x, 29.5, 30) for x in (1, 2, 5, 9, 14, 3, 8)], (0, 0, 30)), "nobody seems to leave"),
        (rows_of(*[(1, 0.5, 30)] * 9, *[(0, 0, 30)] * 9), "everybody seems to leave"),
        (
            rows_of(*[(10, 29, 30)] * 20, (3, 9, 30), (5, 15, 30), (8, 24, 30), (1, 3, 30), (2, 6, 30)),
            "customers do not differ in how often they buy more than chance makes them",
        ),
        (
            shop(2, 3000, r=0.6, alpha=2.0, a=1e3, b=4e3),
            "customers do not differ in their chance to leave; what is missing are some who stay and some who go",
        ),
    ],
    ids=["nobody", "no repeats", "nobody leaves", "everybody leaves", "one pace", "one chance"],
)
def test_histories_that_determine_no_model_say_what_is_missing(history, message):
    with pytest.raises(FitError, match=message):
        fit_bg_nbd(history)


def test_one_repeat_purchase_among_thousands_is_too_little():
    with pytest.raises(FitError, match="no finite maximum on these 20,001 customers: "):
        fit_bg_nbd(rows_of((1, 3, 30), *[(0, 0, 30)] * 20_000))


def test_a_flat_likelihood_is_said():
    model = fit_bg_nbd(shop(12, 40, **SHOP))
    assert model.undetermined.startswith("these data hardly determine the model: one standard error moves ")
    assert str(model).endswith(", hardly determined by the data")
    assert fit_bg_nbd(shop(3, 3000, **SHOP)).undetermined is None


def test_a_model_that_was_written_down_knows_no_errors():
    assert CDNOW.undetermined is None
    assert CDNOW.estimates()["r"] == (0.243, None, None, None)
    assert CDNOW.to_rows()[1] == {
        "parameter": "alpha",
        "value": 4.414,
        "error": None,
        "low": None,
        "high": None,
    }
    assert CDNOW.estimate_of(lambda model: model.expected_purchases(39 * WEEK))[1:] == (None, None, None)
    assert str(CDNOW) == "r 0.243, alpha 4.414 weeks, a 0.793, b 2.426"


def test_the_edges_of_what_can_be_asked():
    nobody_yet = CustomerHistory("x", 0, timedelta(), timedelta())
    assert CDNOW.probability_alive(nobody_yet) == 1
    assert CDNOW.expected_purchases(timedelta()) == 0
    assert CDNOW.expected_purchases_of(nobody_yet, timedelta(), discount=0.1) == 0
    assert CDNOW.probability_of(0, timedelta()) == 1
    assert CDNOW.probability_of(3, timedelta()) == pytest.approx(0)
    assert CDNOW.expected_purchases_of(nobody_yet, 39 * WEEK) == CDNOW.expected_purchases(39 * WEEK)
    lively = customer(5, 29.9, 30)
    assert CDNOW.probability_alive(lively) > CDNOW.probability_alive(customer(5, 10, 30))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda model: model.expected_purchases(39),
            TypeError,
            "horizon must be a timedelta, for example timedelta",
        ),
        (lambda model: model.expected_purchases(-WEEK), ValueError, "horizon must be 0 or more"),
        (lambda model: model.probability_of(-1, WEEK), ValueError, "repeats must be a whole number"),
        (
            lambda model: model.probability_alive(customer(0, 3, 30)),
            ValueError,
            "the history of a customer contradicts itself",
        ),
        (lambda model: model.probability_alive(customer(2, 31, 30)), ValueError, "contradicts itself"),
        (
            lambda model: model.expected_purchases_of(customer(2, 3, 30), WEEK, discount=15),
            ValueError,
            "a percentage is divided by 100",
        ),
        (
            lambda model: model.expected_purchases_of(customer(2, 3, 30), WEEK, discount=-0.1),
            ValueError,
            "money does not grow by waiting",
        ),
        (
            lambda model: model.expected_purchases_of(customer(2, 3, 30), WEEK, discount=0.1, per="yr"),
            PeriodError,
            "there is no unit of time 'yr'",
        ),
        (
            lambda model: model.in_unit("days"),
            PeriodError,
            "there is no unit of time 'days'; did you mean 'day'",
        ),
        (lambda model: attrs.evolve(model, unit="W"), PeriodError, "there is no unit of time 'W'"),
        (lambda model: attrs.evolve(model, b=True), TypeError, "b must be a number above 0, got True"),
    ],
)
def test_wrong_calls_say_what_would_do(call, error, message):
    with pytest.raises(error, match=message):
        call(CDNOW)


def test_a_model_can_be_kept_and_shown():
    model = fit_bg_nbd(shop(3, 200, **SHOP))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(model, protocol)) == model
    assert copy.deepcopy(model) == model
    assert "<table>" in model._repr_html_()
    assert "\n" not in repr(model)
