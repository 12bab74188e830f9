"""A difference comes with its interval, its test, and the same time for both sides."""

import copy
import math
import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.errors import NaiveTimeError, UnknownName
from salesproc.metrics import (
    DurationCounts,
    Durations,
    compare_funnels,
    duration_change,
    rate_change,
    stage_funnel,
    this_and_last,
)
from salesproc.metrics._statistics import fisher_exact, log_rank, newcombe, pooled_z, smallest_expected
from salesproc.periods import Period
from salesproc.rates import Interval, Rate

DAY = timedelta(days=1)
DAY_US = 86_400_000_000


@st.composite
def rates(draw, most=60, least=1):
    trials = draw(st.integers(least, most))
    return Rate(draw(st.integers(0, trials)), trials)


facts = st.lists(st.tuples(st.sampled_from(["finished", "lost", "open"]), st.integers(1, 12)), max_size=25)


def durations_of(facts):
    ages = {end: {} for end in ("finished", "lost", "open")}
    for end, day in facts:
        ages[end][day * DAY_US] = ages[end].get(day * DAY_US, 0) + 1
    return Durations(DurationCounts(**ages))


# Two rates: laws


@given(rates(), rates(), st.floats(0.5, 0.999))
def test_the_difference_lies_in_its_interval_and_that_between_minus_1_and_1(before, after, confidence):
    change = rate_change(before, after, confidence=confidence)
    low, high = change.interval
    assert -1 - 1e-12 <= low <= change.difference + 1e-12
    assert change.difference - 1e-12 <= high <= 1 + 1e-12
    assert 0 <= change.p_value <= 1 + 1e-12


@given(rates(), rates(), st.sampled_from(["fisher", "pooled_z"]))
def test_looking_from_the_other_side_turns_the_sign_and_nothing_else(before, after, method):
    there, back = rate_change(before, after, method=method), rate_change(after, before, method=method)
    assert there.difference == -back.difference
    assert there.interval == pytest.approx((-back.interval.high, -back.interval.low))
    assert there.p_value == pytest.approx(back.p_value)


@given(rates(), st.integers(1, 5))
def test_no_difference_has_nothing_to_show(rate, times):
    more = Rate(rate.hits * times, rate.trials * times)
    change = rate_change(rate, more, method="pooled_z")
    assert (change.difference, change.p_value) == (0.0, 1.0)
    assert rate_change(rate, rate, method="fisher").p_value == 1.0


@given(rates(12), rates(12))
def test_fisher_counts_every_split_at_most_as_likely_exactly(before, after):
    """By definition, in fractions, over all tables with the same margins."""
    hits = before.hits + after.hits
    ways = {
        k: math.comb(before.trials, k) * math.comb(after.trials, hits - k)
        for k in range(hits + 1)
        if k <= before.trials and hits - k <= after.trials
    }
    unlikely = sum(way for way in ways.values() if way <= ways[before.hits])
    assert fisher_exact(before, after) == float(Fraction(unlikely, sum(ways.values())))


# Two rates: published, oracles


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        (Rate(48, 80), Rate(56, 70), 0.0524, 0.3339),
        (Rate(3, 10), Rate(9, 10), 0.1705, 0.8090),
        (Rate(2, 7), Rate(6, 7), 0.0582, 0.8062),
        (Rate(0, 29), Rate(5, 56), -0.0381, 0.1926),
        (Rate(0, 20), Rate(0, 10), -0.1611, 0.2775),
        (Rate(0, 10), Rate(0, 10), -0.2775, 0.2775),
        (Rate(0, 20), Rate(10, 10), 0.6791, 1.0),
        (Rate(0, 10), Rate(10, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_own_table(before, after, low, high):
    """Method 10 of Table II in Newcombe (1998), by its contrasts."""
    assert newcombe(before, after, 0.95) == pytest.approx((low, high), abs=6e-5)


@given(rates(), rates())
def test_newcombe_is_put_together_from_two_wilson_intervals(before, after):
    stats = pytest.importorskip("scipy.stats")
    (p, l1, u1), (q, l2, u2) = (
        (rate.hits / rate.trials, *stats.binomtest(rate.hits, rate.trials).proportion_ci(0.9, "wilson"))
        for rate in (before, after)
    )
    expected = (
        q - p - math.sqrt((q - l2) ** 2 + (u1 - p) ** 2),
        q - p + math.sqrt((u2 - q) ** 2 + (p - l1) ** 2),
    )
    assert newcombe(before, after, 0.9) == pytest.approx(expected, abs=1e-12)


@given(rates(), rates())
def test_scipy_finds_the_same_tests(before, after):
    stats = pytest.importorskip("scipy.stats")
    table = [[one.hits, one.trials - one.hits] for one in (before, after)]
    assert fisher_exact(before, after) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-9, abs=1e-12)
    if 0 < before.hits + after.hits < before.trials + after.trials:
        squared, p_value, _, expected = stats.chi2_contingency(table, correction=False)
        z, mine = pooled_z(before, after)
        assert (z * z, mine) == pytest.approx((squared, p_value), rel=1e-9, abs=1e-12)
        assert smallest_expected(before, after) == pytest.approx(expected.min())


def test_the_lady_tasting_tea():
    """Three of four cups right by chance: Fisher (1935) has 17/70 for one side, both sides are 34/70."""
    assert fisher_exact(Rate(3, 4), Rate(1, 4)) == 34 / 70


def test_few_cases_are_tested_exactly_and_many_by_the_approximation():
    assert rate_change(Rate(4, 10), Rate(5, 10)).method == "fisher"
    assert rate_change(Rate(5, 10), Rate(5, 10)).method == "pooled_z"
    assert rate_change(Rate(5, 10), Rate(5, 10), method="fisher").method == "fisher"
    assert rate_change(Rate(400, 1000), Rate(450, 1000)).method == "pooled_z"


def test_nothing_to_compare_with_is_undefined():
    change = rate_change(Rate(0, 0), Rate(1, 2))
    assert (change.difference, change.interval, change.p_value, change.method) == (None, None, None, None)
    assert change.undefined == "before: no trials: nothing was there to succeed or fail"
    assert str(change) == "n/a (0 of 0) to 50.0% (1 of 2), difference n/a"
    assert rate_change(Rate(1, 2), Rate(0, 0)).undefined.startswith("after: no trials")
    assert rate_change(Rate(1, 2), Rate(1, 2)).undefined is None


def test_a_change_shows_itself():
    change = rate_change(Rate(48, 80), Rate(56, 70))
    assert repr(change).startswith(
        "<RateChange: 60.0% (48 of 80) to 80.0% (56 of 70), +20.0 points (+5.2, +33.4)"
    )
    [row] = change.to_rows()
    assert (row["before_hits"], row["after_trials"], row["method"]) == (48, 70, "pooled_z")
    assert row["difference"] == pytest.approx(0.2)
    assert "<td>0.2</td>" in change._repr_html_()
    assert "<td>n/a</td>" in rate_change(Rate(0, 0), Rate(1, 2))._repr_html_()


@pytest.mark.parametrize("given_rates", [(Rate(1, 2), Rate(1, 2)), (Rate(0, 0), Rate(1, 2))])
def test_a_confidence_and_a_method_must_make_sense(given_rates):
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        rate_change(*given_rates, confidence=95)
    with pytest.raises(ValueError, match="method must be one of 'fisher', 'pooled_z', got 'chi2'"):
        rate_change(*given_rates, method="chi2")


# Two sets of durations


def exact_log_rank(before, after):
    """Expected and variance by the sums as printed, in fractions."""
    expected = variance = Fraction(0)
    for day in sorted({day for end, day in before + after if end == "finished"}):
        n1, n2 = (sum(one >= day for _, one in facts) for facts in (before, after))
        ended, n = (before + after).count(("finished", day)), n1 + n2
        expected += Fraction(ended * n2, n)
        if n > 1:
            variance += Fraction(ended * n1 * n2 * (n - ended), n * n * (n - 1))
    return expected, variance


@given(facts, facts)
def test_the_log_rank_test_counts_as_printed(before, after):
    expected, variance = exact_log_rank(before, after)
    change = duration_change(durations_of(before), durations_of(after))
    assert change.expected == pytest.approx(float(expected), rel=1e-14)
    assert change.observed == sum(end == "finished" for end, _ in after)
    if variance:
        assert change.statistic == pytest.approx(
            float((change.observed - expected) ** 2 / variance), abs=1e-12
        )
        assert change.undefined is None
        assert change.p_value == pytest.approx(math.erfc(math.sqrt(change.statistic / 2)))
    else:
        assert (change.statistic, change.p_value) == (None, None)
        assert change.undefined == "at no age did somebody convert while others of both groups were in view"


@given(facts, facts)
def test_from_the_other_side_the_log_rank_test_says_the_same(before, after):
    a, b = durations_of(before), durations_of(after)
    there, back = duration_change(a, b), duration_change(b, a)
    assert there.p_value == pytest.approx(back.p_value, abs=1e-9)
    assert there.expected + back.expected == pytest.approx(a.finished + b.finished)
    if there.median_difference is None:
        assert back.median_difference is None
    else:
        assert there.median_difference == -back.median_difference == b.median - a.median


@settings(max_examples=30)
@given(facts.filter(bool), facts.filter(bool))
def test_lifelines_finds_the_same_log_rank_test(before, after):
    statistics = pytest.importorskip("lifelines.statistics")
    change = duration_change(durations_of(before), durations_of(after))
    if change.statistic is not None:
        columns = [
            [value for facts in (before, after) for value in [pick(*one) for one in facts]]
            for pick in (lambda _, day: day, lambda end, _: end == "finished")
        ]
        size = len(before)
        theirs = statistics.logrank_test(
            columns[0][:size], columns[0][size:], columns[1][:size], columns[1][size:]
        )
        assert change.statistic == pytest.approx(theirs.test_statistic, abs=1e-9)
        assert change.p_value == pytest.approx(theirs.p_value, abs=1e-9)


def test_the_remission_times_of_freireich():
    """Published: 6-MP against placebo (1963); lifelines finds a log-rank chi-square of 16.793 for the same times."""
    drug = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    treated = durations_of([("finished", day) for day in drug] + [("open", day) for day in still])
    control = durations_of([("finished", day) for day in placebo])
    change = duration_change(control, treated)
    assert round(change.statistic, 2) == 16.79
    assert (change.observed, round(change.expected, 2)) == (9, 19.25)
    assert change.median_difference == 15 * DAY
    assert repr(change) == "<DurationChange: median 8.0 d to 23.0 d, p 4.17e-05 (log-rank)>"
    assert change.to_rows()[0]["difference_days"] == 15.0
    assert "<td>16.8</td>" in change._repr_html_()
    nobody = duration_change(durations_of([]), treated)
    assert repr(nobody) == "<DurationChange: median n/a to 23.0 d, p n/a (log-rank)>"


def test_the_log_rank_test_of_nobody():
    assert log_rank(({}, {}, {}), ({}, {}, {})) == (0.0, 0.0, None, None)


# Two funnels

START = date(2025, 1, 1)
STAGES = ["lead", "talk", "won"]


def funnel(*reached, skipped="counted", stages=STAGES):
    log = [(who, stage, START) for stage, count in zip(stages, reached, strict=True) for who in range(count)]
    return stage_funnel(log, stages, as_of=START, skipped=skipped)


def test_every_step_of_both_funnels_with_its_change():
    before, after = funnel(100, 50, 10), funnel(80, 60, 24)
    change = compare_funnels(before, after, confidence=0.9)
    assert [step.stage for step in change] == STAGES
    for step in change:
        here, there = before[step.stage], after[step.stage]
        assert step.from_previous == rate_change(here.from_previous, there.from_previous, confidence=0.9)
        assert step.from_first == rate_change(here.from_first, there.from_first, confidence=0.9)
        assert (step.before, step.after) == (here.reached, there.reached)
    assert len(change) == 3
    assert change["talk"].from_previous.difference == 0.25
    assert repr(change) == "<FunnelChange, points of the stage before: lead +0.0, talk +25.0, won +20.0>"
    assert [row["stage"] for row in change.to_rows()] == STAGES
    assert change.to_rows()[2]["after_hits"] == 24
    assert str(change).splitlines()[2].startswith("talk       50     60            50.0%   75.0%   +25.0")
    assert "<td>talk</td>" in change._repr_html_()
    empty = compare_funnels(funnel(0, 0, 0), after)
    assert "n/a" in str(empty)


def test_funnels_of_different_questions_do_not_compare():
    with pytest.raises(ValueError, match="funnels compare only with the same stages and rule"):
        compare_funnels(funnel(3, 2, 1), funnel(3, 2, 1, skipped="ends"))
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        compare_funnels(funnel(3, 2, 1), funnel(3, 2, 1), confidence=2)
    with pytest.raises(UnknownName, match="the comparison has no stage 'tlak'; did you mean 'talk'?"):
        compare_funnels(funnel(3, 2, 1), funnel(3, 2, 1))["tlak"]


# This period against the last


def both(period, as_of):
    return period, as_of


def test_a_whole_month_against_as_many_days_before_it():
    last, this = this_and_last(both, Period.month(2025, 3), as_of=date(2025, 5, 1))
    assert this == (Period.month(2025, 3), date(2025, 5, 1))
    assert last == (Period(date(2025, 1, 29), date(2025, 3, 1)), date(2025, 3, 31))


def test_a_month_that_is_half_over_is_compared_with_half_as_much():
    last, this = this_and_last(both, Period.month(2025, 3), as_of=date(2025, 3, 10))
    assert this == (Period(date(2025, 3, 1), date(2025, 3, 11)), date(2025, 3, 10))
    assert last == (Period(date(2025, 2, 19), date(2025, 3, 1)), date(2025, 2, 28))


@given(st.datetimes(datetime(2025, 3, 1), datetime(2025, 6, 1)).filter(lambda at: at > datetime(2025, 3, 1)))
def test_both_are_as_long_and_as_old(at):
    zone = ZoneInfo("Europe/Berlin")
    as_of = at.replace(tzinfo=UTC) + timedelta(hours=1)
    last, this = this_and_last(both, Period.month(2025, 3, tz=zone), as_of=as_of)
    assert last[0].duration == this[0].duration
    assert last[0].end == this[0].start
    assert this[1].astimezone(UTC) - this[0].start.astimezone(UTC) == last[1] - last[0].start.astimezone(UTC)


def test_a_period_that_has_not_begun_is_refused():
    with pytest.raises(ValueError, match="as_of must lie after the start of the period"):
        this_and_last(both, Period.month(2025, 3), as_of=date(2025, 2, 28))
    utc_march = Period.month(2025, 3, tz="UTC")
    with pytest.raises(ValueError, match="as_of must lie after the start of the period"):
        this_and_last(both, utc_march, as_of=datetime(2025, 3, 1, tzinfo=UTC))
    with pytest.raises(NaiveTimeError):
        this_and_last(both, utc_march, as_of=date(2025, 3, 5))


# Copies


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_they_survive_pickling_and_copying(protocol):
    for one in (
        rate_change(Rate(1, 2), Rate(2, 3)),
        duration_change(durations_of([("finished", 1)]), durations_of([("open", 2)])),
        compare_funnels(funnel(3, 2, 1), funnel(5, 4, 1)),
        this_and_last(both, Period.month(2025, 3), as_of=date(2025, 5, 1)),
        Interval(0.1, 0.2),
    ):
        assert pickle.loads(pickle.dumps(one, protocol)) == one
        assert copy.copy(one) == copy.deepcopy(one) == one
