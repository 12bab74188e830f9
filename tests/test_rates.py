"""A rate is two counts, and everything else follows from them."""

import copy
import math
import pickle
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.rates import Interval, Rate

counts = st.integers(0, 10_000)


@st.composite
def rates(draw, least=0):
    trials = draw(st.integers(least, 10_000))
    return Rate(draw(st.integers(0, trials)), trials)


@given(rates(), rates())
def test_regions_combine_by_counts_and_not_by_averages(north, south):
    """The rate of the whole is rebuilt from the counts of its parts."""
    both = north + south
    assert (both.hits, both.trials) == (north.hits + south.hits, north.trials + south.trials)
    assert both == south + north


@given(rates(least=1))
def test_the_value_is_a_share_and_lies_in_its_interval(rate):
    """A close rate never passes 100 %, and the range around it contains it."""
    assert 0 <= rate.value <= 1
    assert rate.exact == Fraction(rate.hits, rate.trials)
    assert float(rate) == rate.value == float(rate.exact)
    assert rate.undefined is None
    low, high = rate.interval()
    assert 0 <= low <= rate.value <= high <= 1


@given(st.integers(1, 10**6), st.floats(0.01, 0.999))
def test_the_ends_are_exact_where_all_or_none_hit(trials, confidence):
    """Nobody of ten leaves zero possible, ten of ten leaves a hundred percent possible."""
    assert Rate(0, trials).interval(confidence).low == 0.0
    assert Rate(trials, trials).interval(confidence).high == 1.0


@given(rates(least=1), st.floats(0.01, 0.98))
def test_more_confidence_is_a_wider_interval_and_more_cases_a_narrower_one(rate, confidence):
    """Ten times the deals at the same rate say more about it."""
    narrow, wide = rate.interval(confidence), rate.interval(confidence + 0.01)
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
    many = Rate(rate.hits * 10, rate.trials * 10).interval(confidence)
    assert many.high - many.low < narrow.high - narrow.low


@settings(deadline=None)  # the first call loads scipy
@given(rates(least=1), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999]))
def test_the_interval_is_the_one_scipy_gives(rate, confidence):
    stats = pytest.importorskip("scipy.stats", reason="the Wilson interval is compared with scipy's")
    theirs = stats.binomtest(rate.hits, rate.trials).proportion_ci(confidence, method="wilson")
    ours = rate.interval(confidence)
    assert ours.low == pytest.approx(theirs.low, abs=1e-12)
    assert ours.high == pytest.approx(theirs.high, abs=1e-12)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(hits, trials, low, high):
    """The score method without continuity correction in R. G. Newcombe, Statistics in Medicine 17 (1998), table I."""
    assert [round(end, 4) for end in Rate(hits, trials).interval()] == [low, high]


def test_the_interval_by_hand():
    """One of two with z = 2, worked on paper: (1 + 2 -+ 2 sqrt(1/2 + 1)) / (2 + 4)."""
    confidence = 0.9544997361036416  # within two standard deviations
    low, high = Rate(1, 2).interval(confidence)
    assert low == pytest.approx((3 - 2 * math.sqrt(1.5)) / 6)
    assert high == pytest.approx((3 + 2 * math.sqrt(1.5)) / 6)


def test_without_trials_nothing_is_claimed():
    """No deal has closed yet: the win rate is unknown, not zero."""
    none = Rate(0, 0)
    assert none.value is none.exact is none.interval() is None
    assert none.undefined == "no trials: nothing was there to succeed or fail"
    assert math.isnan(float(none))
    assert str(none) == "n/a (0 of 0)"


@pytest.mark.parametrize(
    ("spec", "shown", "undefined"),
    [
        (".1%", "25.0%", "n/a"),
        (">8.1%", "   25.0%", "     n/a"),
        ("<8.1%", "25.0%   ", "n/a     "),
        ("^9.1%", "  25.0%  ", "   n/a   "),
        ("*^9.1%", "**25.0%**", "***n/a***"),
        ("08.3f", "0000.250", "     n/a"),
        ("=+8.2f", "+   0.25", "     n/a"),
        ("_=8.2f", "____0.25", "_____n/a"),
        ("8", "    0.25", "     n/a"),
    ],
)
def test_it_formats_like_a_number_and_keeps_the_column_when_undefined(spec, shown, undefined):
    assert format(Rate(1, 4), spec) == shown
    assert format(Rate(0, 0), spec) == undefined


def test_it_shows_its_counts():
    assert str(Rate(842, 8000)) == f"{Rate(842, 8000)}" == "10.5% (842 of 8,000)"
    assert repr(Rate(842, 8000)) == "Rate(hits=842, trials=8000)"
    assert Rate(842, 8000)._repr_html_() == "<span>10.5% (842 of 8,000)</span>"


@pytest.mark.parametrize("rate", [Rate(1, 2), Rate(0, 0)])
def test_a_wrong_format_is_refused_with_and_without_a_value(rate):
    with pytest.raises(ValueError, match="format"):
        format(rate, "8s")


@pytest.mark.parametrize(("hits", "trials"), [(True, 1), (1, True), (0.5, 1), (1, 2.0), ("1", 2), (None, 1)])
def test_counts_are_whole_numbers(hits, trials):
    with pytest.raises(TypeError, match=r"must be a whole number of cases \(int\), got"):
        Rate(hits, trials)


@pytest.mark.parametrize(
    ("hits", "trials", "message"),
    [(-1, 2, "hits must be 0 or more, got -1"), (0, -2, "trials must be 0"), (3, 2, "hits=3, trials=2")],
)
def test_counts_must_make_sense(hits, trials, message):
    with pytest.raises(ValueError, match=message):
        Rate(hits, trials)


def test_it_is_one_row_of_a_table():
    [row] = Rate(81, 263).to_rows()
    assert (row["hits"], row["trials"], row["value"]) == (81, 263, 81 / 263)
    assert (row["low"], row["high"]) == Rate(81, 263).interval()
    assert Rate(0, 0).to_rows() == [{"hits": 0, "trials": 0, "value": None, "low": None, "high": None}]


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.1, math.nan])
def test_confidence_is_a_share(confidence):
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        Rate(1, 2).interval(confidence)


def test_a_rate_and_a_number_do_not_add():
    with pytest.raises(TypeError):
        Rate(1, 2) + 1


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [Rate(1, 2), Interval(0.1, 0.2)])
def test_it_pickles_and_copies(value, protocol):
    assert pickle.loads(pickle.dumps(value, protocol)) == value == copy.copy(value) == copy.deepcopy(value)
    assert hash(copy.deepcopy(value)) == hash(value)
