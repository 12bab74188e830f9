"""The estimates that were published for the CDNOW customers, from the real purchases."""

import math
from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from salesproc.lifetime import (
    conditional_expectations,
    customer_outlook,
    fit_bg_nbd,
    fit_gamma_gamma,
    purchase_tracking,
    repeat_calibration,
    value_independence,
)
from salesproc.lifetime._fit import climb
from salesproc.lifetime.bg_nbd_fit import _above, _likelihood, _patterns

WEEK = timedelta(weeks=1)


def test_the_summary_is_the_one_of_the_papers(cdnow):
    """2,357 customers, 946 of whom came back within 39 weeks; the oldest is 272 days old."""
    history = cdnow.calibration
    assert (len(history.rows), history.came_back, history.repeats) == (2357, 946, 2457)
    assert len(history.patterns()) == 1016
    assert max(row.age for row in history.rows) == timedelta(days=272)


def test_bg_nbd_as_published_in_2005(cdnow):
    """As printed: r 0.243, alpha 4.414, a 0.793, b 2.426, log-likelihood -9582.4."""
    model = fit_bg_nbd(cdnow.calibration)
    assert {name: round(value, 3) for name, value in model.parameters.items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert round(model.fit.log_likelihood, 1) == -9582.4
    assert (model.fit.agreed, model.fit.patterns, model.undetermined) == (4, 1016, None)


def test_gamma_gamma_as_published_in_2005(cdnow):
    """The 946 who came back: p 6.25, q 3.74, v 15.44."""
    model = fit_gamma_gamma(cdnow.calibration)
    assert {name: round(value, 2) for name, value in model.parameters.items()} == {
        "p": 6.25,
        "q": 3.74,
        "v": 15.44,
    }
    assert (model.fit.customers, model.left_out) == (946, 1411)


def test_the_same_optimum_from_twenty_starts_and_in_every_unit(cdnow):
    history = cdnow.calibration
    model = fit_bg_nbd(history)
    patterns, scale = _patterns(history)
    counts = Counter()
    for x, _, _, n in patterns:
        counts[x] += n
    above, unit, chance = _above(counts), scale * timedelta(microseconds=1) / WEEK, Random(1)
    for _ in range(20):
        start = tuple(math.exp(chance.gauss(0, 1.5)) for _ in range(4))
        r, alpha, a, b = climb(lambda point: _likelihood(patterns, above, point), start).point
        assert (r, alpha * unit, a, b) == pytest.approx([*model.parameters.values()], rel=1e-7)
    for name, length in (("day", 1), ("month", 30.4375), ("year", 365.25)):
        other = fit_bg_nbd(history.in_unit(name))
        assert (other.r, other.a, other.b) == (model.r, model.a, model.b)
        assert other.alpha * length == pytest.approx(model.alpha * 7, rel=1e-12)


def test_the_correlation_of_value_and_frequency_is_the_published_one(cdnow):
    """0.11 with all customers."""
    found = value_independence(cdnow.calibration)
    assert round(found.correlation, 2) == 0.11
    assert found.interval.low > 0


def test_what_was_expected_of_the_next_39_weeks_and_what_came(cdnow):
    model = fit_bg_nbd(cdnow.calibration)
    assert cdnow.until - cdnow.cut == timedelta(days=273)
    made = sum(cdnow.bought.values())
    groups = conditional_expectations(model, cdnow)
    hoped = math.fsum(row.customers * row.expected for row in groups.rows)
    outlook = customer_outlook(cdnow.calibration, model, horizon=cdnow.length)
    assert outlook.purchases == pytest.approx(hoped)
    assert (made, round(hoped)) == (1882, 1653)
    tracking = purchase_tracking(model, cdnow)
    assert round(tracking.holdout_error, 3) == -0.114
    assert tracking.points[38].end == cdnow.cut == date(1997, 9, 30)
    assert repeat_calibration(model, cdnow.calibration).misplaced < 0.02
