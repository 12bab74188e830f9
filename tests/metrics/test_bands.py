"""A band says how far the curve may be off."""

import math
import warnings
from datetime import timedelta
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.metrics import BandPoint, DurationCounts, Durations, TimeInterval
from salesproc.metrics._bands import variances
from salesproc.metrics._curve import tallies

DAY = timedelta(days=1)
DAY_US = 86_400_000_000
ENDS = ("finished", "lost", "open")
KINDS = ("linear", "log", "log-log")
Z = NormalDist().inv_cdf(0.975)

facts = st.lists(st.tuples(st.sampled_from(ENDS), st.integers(0, 12)), min_size=1, max_size=30)
without_lost = st.lists(
    st.tuples(st.sampled_from(["finished", "open"]), st.integers(1, 30)), min_size=1, max_size=40
)


def counts_of(facts):
    ages = {end: {} for end in ENDS}
    for end, days in facts:
        ages[end][days * DAY_US] = ages[end].get(days * DAY_US, 0) + 1
    return DurationCounts(**ages)


def durations_of(facts):
    return Durations(counts_of(facts))


def variance_of(counts):
    return list(variances(tallies(counts.finished, counts.lost, counts.open)))


def delta_method(facts):
    """Days -> (share, variance) by the sums as they are printed (Marubini and Valsecchi 1995), in fractions."""
    days = sorted({day for _, day in facts})
    share, left, steps, curve = Fraction(0), Fraction(1), [], {}
    for day in days:
        n = sum(one >= day for _, one in facts)
        here = [end for end, one in facts if one == day]
        converted, ended = here.count("finished"), here.count("finished") + here.count("lost")
        share += left * Fraction(converted, n)
        steps.append((share, left, n, converted, ended))
        left *= 1 - Fraction(ended, n)
        total = Fraction(0)
        for then, before, m, c, e in steps:
            if m > e:
                total += (share - then) ** 2 * Fraction(e, m * (m - e))
            total += before**2 * Fraction(c * (m - c), m**3) - 2 * (share - then) * before * Fraction(c, m**2)
        curve[day] = share, total
    return curve


# Laws


@given(facts)
def test_the_variance_is_that_of_the_delta_method(facts):
    """Losing competes with winning, and the band knows."""
    expected = delta_method(facts)
    found = variance_of(counts_of(facts))
    assert [time // DAY_US for time, _ in found] == list(expected)
    assert [value for _, value in found] == pytest.approx(
        [float(variance) for _, variance in expected.values()], rel=1e-9, abs=1e-15
    )


@given(
    st.lists(st.tuples(st.sampled_from(["finished", "lost"]), st.integers(0, 12)), min_size=1, max_size=30)
)
def test_when_all_have_ended_it_is_the_variance_of_a_plain_share(facts):
    n = len(facts)
    for time, variance in variance_of(counts_of(facts)):
        share = sum(end == "finished" and day * DAY_US <= time for end, day in facts) / n
        assert variance == pytest.approx(share * (1 - share) / n, abs=1e-14)


@given(without_lost)
def test_without_lost_ones_it_is_greenwoods(facts):
    left, total = 1.0, 0.0
    for day, (_, variance) in zip(
        sorted({day for _, day in facts}), variance_of(counts_of(facts)), strict=True
    ):
        n = sum(one >= day for _, one in facts)
        ended = facts.count(("finished", day))
        left *= 1 - ended / n
        if n == ended:
            assert variance == pytest.approx(0, abs=1e-15)
        else:
            total += ended / (n * (n - ended))
            assert variance == pytest.approx(left**2 * total, abs=1e-14)


@given(facts, st.sampled_from(KINDS), st.floats(0.5, 0.999))
def test_the_share_lies_in_its_band_and_the_band_between_0_and_1(facts, kind, confidence):
    durations = durations_of(facts)
    points = durations.band(confidence, kind=kind)
    assert [(point.time, point.share) for point in points] == [(p.time, p.share) for p in durations.curve()]
    for point in points:
        if point.share in (0, 1):
            assert (point.low, point.high) == (None, None)
        else:
            assert 0 <= point.low <= point.share + 1e-12
            assert point.share - 1e-12 <= point.high <= 1


@given(facts, st.sampled_from(KINDS))
def test_more_confidence_is_a_wider_band(facts, kind):
    durations = durations_of(facts)
    for narrow, wide in zip(durations.band(0.5, kind=kind), durations.band(0.95, kind=kind), strict=True):
        if narrow.low is not None:
            assert wide.low <= narrow.low
            assert narrow.high <= wide.high


@given(facts, st.sampled_from(KINDS), st.sampled_from([0.25, 0.5, 0.75]))
def test_the_interval_of_a_percentile_holds_it(facts, kind, q):
    durations = durations_of(facts)
    median = durations.quantile(q)
    low, high = durations.quantile_interval(q, kind=kind)
    assert high is None or (low is not None and low <= high)
    if median is None:
        assert high is None
    else:
        assert low <= median
        assert high is None or median <= high


@given(facts, st.integers(0, 14))
def test_the_interval_of_a_share_is_the_band_at_that_age(facts, days):
    durations = durations_of(facts)
    interval, share = durations.share_interval(days * DAY), durations.share_within(days * DAY)
    before = [point for point in durations.band() if point.time <= days * DAY]
    if share is None or not before or before[-1].low is None:
        assert interval is None
    else:
        assert interval == before[-1][2:]


# Hand-worked


def test_by_hand():
    """Of four, one converts on day 1 and one on day 3; one is last seen open on day 2."""
    durations = durations_of([("finished", 1), ("open", 2), ("finished", 3), ("open", 4)])
    first, _, third, _ = durations.band(kind="linear")
    assert first == BandPoint(DAY, 0.25, 0.0, pytest.approx(0.25 + Z * math.sqrt(0.25 * 0.75 / 4)))
    # The rest is 3/4 x 1/2; Greenwood: (3/8)^2 x (1/(4x3) + 1/(2x1)).
    spread = Z * 3 / 8 * math.sqrt(1 / 12 + 1 / 2)
    assert third.share == 5 / 8
    assert third.low == pytest.approx(5 / 8 - spread)
    assert third.high == 1.0
    log = durations.band(kind="log")[2]
    assert log.high == pytest.approx(1 - 3 / 8 * math.exp(-Z * math.sqrt(7 / 12)))
    twice = durations.band(kind="log-log")[2]
    factor = math.exp(Z * math.sqrt(7 / 12) / math.log(3 / 8))
    assert twice.low == pytest.approx(1 - (3 / 8) ** factor)


def test_a_percentile_that_is_never_reached_has_an_open_end():
    durations = durations_of([("finished", 1), *[("open", 5)] * 9])
    assert durations.quantile_interval(0.9) == TimeInterval(None, None)
    assert durations.quantile_interval(0.2) == TimeInterval(DAY, None)
    assert Durations(DurationCounts()).quantile_interval(0.5) == TimeInterval(None, None)


# Oracles


@settings(max_examples=20)
@given(without_lost)
def test_lifelines_finds_the_same_log_log_band(facts):
    lifelines = pytest.importorskip("lifelines")
    days, ended = [day for _, day in facts], [end == "finished" for end, _ in facts]
    fitted = lifelines.KaplanMeierFitter().fit(days, ended)
    for point in durations_of(facts).band():
        high, low = 1 - fitted.confidence_interval_.loc[point.time / DAY]
        if point.low is not None:
            assert sorted([low, high]) == pytest.approx([point.low, point.high], abs=1e-9)


@given(without_lost.filter(lambda facts: any(end == "finished" for end, _ in facts)))
def test_scipy_finds_the_same_linear_and_log_log_bands(facts):
    stats = pytest.importorskip("scipy.stats")
    data = stats.CensoredData(
        uncensored=[day for end, day in facts if end == "finished"],
        right=[day for end, day in facts if end == "open"],
    )
    found = stats.ecdf(data)
    for kind in ("linear", "log-log"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # it says that some ends are undefined
            low, high = found.cdf.confidence_interval(method=kind)
        for point in durations_of(facts).band(kind=kind):
            if point.low is not None:
                ends = [float(end.evaluate(point.time / DAY)) for end in (low, high)]
                assert ends == pytest.approx([point.low, point.high], abs=1e-9)


@settings(max_examples=20)
@given(st.lists(st.sampled_from(ENDS), min_size=2, max_size=30).filter(lambda ends: "finished" in ends))
def test_lifelines_finds_the_same_variance_with_competing_ends(ends):
    lifelines = pytest.importorskip("lifelines")
    facts = [(end, day) for day, end in enumerate(ends, 1)]
    code = {"finished": 1, "lost": 2, "open": 0}
    fitted = lifelines.AalenJohansenFitter().fit(
        range(1, len(ends) + 1), [code[end] for end in ends], event_of_interest=1
    )
    for time, variance in variance_of(counts_of(facts)):
        theirs = fitted.variance_.loc[time / DAY_US].item()
        if time // DAY_US < len(ends):  # where the last one ends it divides 0 by 0
            assert theirs == pytest.approx(variance, abs=1e-9)


# Refusals


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 95])
def test_a_confidence_lies_between_0_and_1(confidence):
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        durations_of([("finished", 1)]).band(confidence)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind must be one of 'linear', 'log', 'log-log', got 'plain'"):
        durations_of([("finished", 1)]).band(kind="plain")
