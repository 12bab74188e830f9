"""A duration counts those still waiting, and says so when it cannot know."""

import copy
import math
import pickle
import statistics
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.metrics import CurvePoint, DurationCounts, Durations, finish_durations

DAY = timedelta(days=1)
DAY_US = 86_400_000_000
ENDS = ("finished", "lost", "open")

facts = st.lists(st.tuples(st.sampled_from(ENDS), st.integers(0, 12)), max_size=30)
shares = st.fractions(0, 1, max_denominator=12).filter(bool)


def counts_of(facts):
    ages = {end: {} for end in ENDS}
    for end, days in facts:
        ages[end][days * DAY_US] = ages[end].get(days * DAY_US, 0) + 1
    return DurationCounts(**ages)


def durations_of(facts):
    return finish_durations(counts_of(facts))


def of(finished=(), lost=(), still_open=()):
    """Durations from lists of days."""
    groups = zip(ENDS, (finished, lost, still_open), strict=True)
    return durations_of([(end, days) for end, group in groups for days in group])


def incidence(facts):
    """Days -> share converted, by the textbook: what is left before, times the part of it that converts now."""
    left, share, curve = Fraction(1), Fraction(0), {}
    for day in sorted({day for _, day in facts}):
        at_risk = sum(one >= day for _, one in facts)
        here = [end for end, one in facts if one == day]
        share += left * Fraction(here.count("finished"), at_risk)
        left *= 1 - Fraction(here.count("finished") + here.count("lost"), at_risk)
        curve[day] = share
    return curve


# Laws


@given(facts, shares)
def test_a_percentile_is_the_first_time_at_which_the_exact_curve_reaches_it(facts, q):
    """Ties included: a curve that lies exactly on one half has reached its median."""
    expected = next((day * DAY for day, share in sorted(incidence(facts).items()) if share >= q), None)
    durations = durations_of(facts)
    assert durations.quantile(q) == expected
    assert (durations.why_undefined(q) is None) == (expected is not None)


@given(facts)
def test_its_curve_is_the_textbook_one(facts):
    curve, durations = incidence(facts), durations_of(facts)
    points = durations.curve()
    assert [point.time for point in points] == [day * DAY for day in curve]
    assert [point.share for point in points] == pytest.approx(
        [float(share) for share in curve.values()], abs=1e-15
    )
    assert [point.at_risk for point in points] == [sum(one >= day for _, one in facts) for day in curve]
    for end, total in zip(ENDS, (durations.finished, durations.lost, durations.open), strict=True):
        assert sum(getattr(point, end) for point in points) == total == sum(one == end for one, _ in facts)


@given(facts, st.integers(0, 15))
def test_the_share_within_is_the_curve_as_far_as_somebody_was_followed(facts, days):
    """Nobody has been watched for a year yet, so the share within a year is unknown."""
    curve, durations = incidence(facts), durations_of(facts)
    last = max((day for _, day in facts), default=0)
    known = facts and (days <= last or ("open", last) not in facts)
    expected = (
        float(max((share for day, share in curve.items() if day <= days), default=0)) if known else None
    )
    limit = days * DAY
    assert durations.share_within(limit) == (pytest.approx(expected, abs=1e-15) if known else None)
    assert (durations.why_undefined(limit) is None) == bool(known)


@given(facts, facts)
def test_counts_of_disjoint_groups_add_up(north, south):
    assert counts_of(north) + counts_of(south) == counts_of(north + south)


@given(facts.filter(bool), st.integers(2, 5))
def test_repeating_the_data_changes_no_percentile(facts, times):
    once, often = durations_of(facts), durations_of(facts * times)
    assert [point.share for point in often.curve()] == pytest.approx([point.share for point in once.curve()])
    assert often.median == once.median
    assert often.finished_only_mean == once.finished_only_mean


@given(st.lists(st.integers(0, 12), min_size=1))
def test_when_all_have_finished_it_is_plain_counting(days):
    """Without open ones the percentile is the smallest duration that enough of them have."""
    durations = of(days)
    for percent in (1, 25, 50, 75, 100):
        assert (
            durations.quantile(percent / 100) == sorted(days)[math.ceil(len(days) * percent / 100) - 1] * DAY
        )
    assert durations.finished_only_median == statistics.median(day * DAY for day in days)
    assert durations.finished_only_mean == sum((day * DAY for day in days), timedelta(0)) / len(days)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_all_that_convert_in_the_end_are_exactly_all(days, random):
    """However the open ones thin out, the curve ends on 1 when the last one converts."""
    facts = [(random.choice(["finished", "open"]), day) for day in days]
    durations = durations_of([*facts, ("finished", max(days) + 1)])
    assert durations.quantile(1) == (max(days) + 1) * DAY
    assert durations.curve()[-1].share == 1.0


@settings(deadline=None, max_examples=30)  # the first call loads lifelines
@given(facts.filter(lambda facts: any(end == "finished" for end, _ in facts)))
def test_without_losses_it_is_the_curve_of_lifelines(facts):
    lifelines = pytest.importorskip("lifelines", reason="the product-limit curve is compared with lifelines")
    facts = [("open" if end == "lost" else end, day) for end, day in facts]
    fitter = lifelines.KaplanMeierFitter().fit(
        [day for _, day in facts], [end == "finished" for end, _ in facts]
    )
    ours = {point.time / DAY: point.share for point in durations_of(facts).curve()}
    theirs = fitter.survival_function_["KM_estimate"]
    assert {day: 1 - theirs[day] for day in ours} == pytest.approx(ours, abs=1e-12)


@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from(ENDS), min_size=5, max_size=40).filter(
        lambda ends: {"finished", "lost"} <= {*ends}
    )
)
def test_with_losses_it_is_the_cumulative_incidence_of_lifelines(ends):
    """Losing rules winning out: those lost do not count as if they could still be won."""
    lifelines = pytest.importorskip("lifelines", reason="the cumulative incidence is compared with lifelines")
    facts = [(end, day) for day, end in enumerate(ends, 1)]
    fitter = lifelines.AalenJohansenFitter(calculate_variance=False)
    codes = {"open": 0, "finished": 1, "lost": 2}
    fitter.fit([day for _, day in facts], [codes[end] for end, _ in facts], event_of_interest=1)
    theirs = fitter.cumulative_density_.iloc[:, 0]
    ours = {point.time / DAY: point.share for point in durations_of(facts).curve()}
    assert {day: theirs[day] for day in ours} == pytest.approx(ours, abs=1e-12)


# Worked examples


def test_the_remission_times_of_the_textbook():
    """6-MP arm of Freireich (1963), the standard example: 21 patients, 9 relapses, median 23 weeks."""
    relapses, still_well = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    durations = of(relapses, still_open=still_well)
    assert durations.median == 23 * DAY
    survival = {point.time // DAY: round(1 - point.share, 3) for point in durations.curve() if point.finished}
    assert survival == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def test_losses_do_not_overstate_wins():
    """Two of four are lost before anybody is won: at most half can ever be won."""
    durations = of(finished=[3, 4], lost=[1, 2])
    assert [point.share for point in durations.curve()] == [0, 0, 0.25, 0.5]
    assert durations.median == 4 * DAY
    assert durations.quantile(0.51) is None
    assert durations.why_undefined(0.51) == "only 50.0% of 4 ever convert: all others ended elsewhere"
    assert durations.share_within(400 * DAY) == 0.5


def test_an_exact_half_is_decided_exactly():
    """Thirds of two thirds: floats miss a curve that is exactly one half."""
    durations = of(finished=[2, 3], still_open=[1, 1, 4, 4])
    assert durations.median == 3 * DAY
    # 1/9 nine times over is less than one in floats, and so is this sum that is exactly 9/10.
    durations = of(finished=range(1, 10), still_open=[20])
    assert durations.quantile(0.9) == durations.quantile(Decimal("0.9")) == 9 * DAY
    # Weights that are no binary fractions: 1/3 of what is left after one of four is out of view.
    durations = of(finished=[2, 3, 4], still_open=[1])
    assert durations.quantile(Fraction(1, 3)) == 2 * DAY
    assert durations.quantile(Fraction(2, 3)) == 3 * DAY


def test_a_hair_more_than_the_curve_is_not_reached():
    """Asked for a third and a 10**-45 part more, a curve that stands on a third has to go on."""
    durations = of(finished=[2, 3, 4], still_open=[1])
    hair = Fraction(1, 10**45)
    assert durations.quantile(Fraction(1, 3) + hair) == 3 * DAY
    assert durations.quantile(Fraction(1, 3) - hair) == 2 * DAY


def test_no_more_is_claimed_than_was_seen():
    durations = of(finished=[1], still_open=[2, 3])
    assert durations.median is None
    assert durations.why_undefined(0.5) == (
        "only 33.3% of 3 had converted when the last one open was seen, at the age of 3.0 d"
    )
    assert durations.why_undefined(0.2) is None
    assert durations.share_within(3 * DAY) == pytest.approx(1 / 3)
    assert durations.share_within(3 * DAY + timedelta(microseconds=1)) is None
    assert of(still_open=[1]).why_undefined(4 * DAY) == (
        "only 0.0% of 1 had converted when the last one open was seen, at the age of 24.0 h"
    )


def test_of_nobody_nothing_is_known():
    nobody = of()
    assert nobody.median is nobody.finished_only_mean is nobody.finished_only_median is None
    assert nobody.share_within(DAY) is None
    assert nobody.why_undefined(0.5) == nobody.why_undefined(DAY) == "nobody was observed"
    assert nobody.curve() == ()
    assert nobody.to_rows()[0]["median_days"] is None


def test_many_durations_are_one_pass():
    """Two hundred thousand different ages, half of them open."""
    size = 100_000
    counts = DurationCounts({2 * age: 1 for age in range(size)}, {}, {2 * age + 1: 1 for age in range(size)})
    durations = finish_durations(counts)
    # With one open after each conversion the share left is about the square root of the share in view.
    assert durations.median / timedelta(microseconds=2 * size) == pytest.approx(0.75, abs=0.001)


# What it shows


def test_it_shows_its_counts_on_one_line_and_escaped():
    durations = of([1, 3], [2], [4])
    assert repr(durations) == "<Durations: median 3.0 d, 2 finished, 1 lost, 1 open, 0 backwards>"
    assert repr(durations.counts) == "<DurationCounts: 2 finished, 1 lost, 1 open>"
    assert durations.to_rows() == [
        {
            "finished": 2,
            "lost": 1,
            "open": 1,
            "backwards": 0,
            "p25_days": 1.0,
            "median_days": 3.0,
            "p75_days": None,
            "finished_only_mean_days": 2.0,
            "finished_only_median_days": 2.0,
        }
    ]
    html = durations._repr_html_()
    assert "<th>p75_days</th>" in html
    assert "<td>n/a</td><td>2.0</td><td>2.0</td>" in html


def test_short_ones_are_shown_in_hours():
    assert "median 36.0 h" in repr(of([1.5]))
    assert "median n/a" in repr(of())


# Refusals


@pytest.mark.parametrize(
    "q", [0, 0.0, -0.5, 1.5, 50, Fraction(-1, 2), Decimal(2), math.nan, math.inf, Decimal("nan")]
)
def test_a_percentile_is_a_share(q):
    with pytest.raises(ValueError, match=r"q must be a share above 0 and at most 1, for example 0\.5, got"):
        of([1]).quantile(q)


def test_a_limit_is_not_negative():
    with pytest.raises(ValueError, match="limit must be 0 or more"):
        of([1]).share_within(-DAY)
    with pytest.raises(TypeError, match=r"for example timedelta\(days=30\), got 60"):
        of([1]).share_within(60)


def test_counts_and_numbers_do_not_add():
    with pytest.raises(TypeError):
        counts_of([]) + 1


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "value", [of([1, 3], [2], [4]), counts_of([("open", 1)]), CurvePoint(DAY, 1, 1, 0, 0, 1.0)]
)
def test_it_pickles_and_copies(value, protocol):
    back = pickle.loads(pickle.dumps(value, protocol))
    assert back == value == copy.copy(value) == copy.deepcopy(value)
    if isinstance(back, Durations):
        assert back.median == value.median
