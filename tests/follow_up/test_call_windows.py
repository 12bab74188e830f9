"""Hours and days ranked by the clock of the person called."""

import pickle
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesproc import NaiveTimeError, PeriodError, UnknownName, WorkingCalendar
from salesproc.follow_up import (
    PUBLISHED_CALL_WINDOWS,
    CallRank,
    CallWindows,
    RankedDay,
    RankedHours,
    next_best,
    window_of,
)

# Ahead, behind, a change of half an hour, and clocks that change at midnight.
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana")
NIGHTS = CallWindows(
    hours=[
        RankedHours(time(23), time(0), CallRank.WORST),
        RankedHours(time(0, 30), time(1, 30), CallRank.GOOD),
        RankedHours(time(2, 15), time(2, 45), CallRank.BEST),
    ],
    days=[RankedDay(6, CallRank.BEST)],
    source="made up",
)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
instants = st.integers(0, 2 * 366 * 24 * 4).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + n * 15 * MINUTE)


def published(at, zone="UTC"):
    return window_of(at, zone=zone, windows=PUBLISHED_CALL_WINDOWS)


@pytest.mark.parametrize(
    ("clock", "rank"),
    [
        ((16, 0), "best"),
        ((16, 59), "best"),
        ((17, 0), "neutral"),
        ((8, 0), "good"),
        ((9, 59), "good"),
        ((10, 0), "neutral"),
        ((11, 30), "worst"),
        ((12, 0), "neutral"),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_the_published_hours_begin_and_end_on_the_minute_wherever_the_contact_is(clock, rank, zone):
    for month, day in product((1, 7), range(5, 12)):
        at = datetime(2026, month, day, *clock, tzinfo=ZoneInfo(zone))
        assert published(at.astimezone(UTC), zone).hour == rank


def test_thursday_afternoon_is_above_every_other_slot_and_tuesday_before_noon_is_last():
    slots = [datetime(2026, 3, 2, tzinfo=UTC) + n * 30 * MINUTE for n in range(7 * 48)]
    ranked = sorted(slots, key=lambda at: published(at).order)
    orders = [published(at).order for at in ranked]
    assert {f"{at:%A %H:%M}" for at in ranked[-2:]} == {"Thursday 16:00", "Thursday 16:30"}
    assert {f"{at:%A %H:%M}" for at in ranked[:2]} == {"Tuesday 11:00", "Tuesday 11:30"}
    assert orders[1] < orders[2]
    assert orders[-3] < orders[-2]


def test_the_published_days():
    days = [str(published(datetime(2026, 3, day, 13, tzinfo=UTC)).day) for day in range(2, 9)]
    assert days == ["neutral", "worst", "good", "best", "neutral", "neutral", "neutral"]


@given(instants, st.sampled_from(ZONES))
@example(datetime(2025, 11, 2, 4, 45, tzinfo=UTC), "America/Havana")
@example(datetime(2025, 11, 2, 5, 15, tzinfo=UTC), "America/Havana")
@example(datetime(2025, 3, 30, 1, 0, tzinfo=UTC), "Europe/Berlin")
@example(datetime(2025, 10, 26, 1, 20, tzinfo=UTC), "Europe/Berlin")
def test_windows_lie_side_by_side_without_a_gap(at, zone):
    """The end of one is the start of the next, also in the nights in which clocks change."""
    window = window_of(at, zone=zone, windows=NIGHTS)
    start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
    assert start <= at < end
    assert window_of(start, zone=zone, windows=NIGHTS) == window
    following = window_of(end, zone=zone, windows=NIGHTS)
    assert following.start.astimezone(UTC) == end


@given(instants, st.sampled_from(ZONES))
def test_where_clocks_show_each_time_once_the_rank_is_read_off_them(at, zone):
    local = at.astimezone(ZoneInfo(zone))
    day_before, day_after = (local + n * DAY for n in (-1, 1))
    window = window_of(at, zone=zone, windows=NIGHTS)
    if day_before.utcoffset() == local.utcoffset() == day_after.utcoffset():
        named = [
            one.rank
            for one in NIGHTS.hours
            if one.start <= local.time() and (local.time() < one.end or one.end == time())
        ]
        assert [window.hour] == (named or [CallRank.NEUTRAL])
        assert window.day == ("best" if local.weekday() == 6 else "neutral")


@given(instants, st.integers(1, 9 * 96), st.sampled_from(ZONES), st.booleans())
@example(datetime(2025, 3, 29, tzinfo=UTC), 96 * 2, "Europe/Berlin", False)
@example(datetime(2025, 3, 29, tzinfo=UTC), 96 * 2, "Europe/Berlin", True)
@example(datetime(2025, 11, 2, 4, 30, tzinfo=UTC), 2, "America/Havana", False)
def test_no_moment_of_the_span_is_better_and_no_earlier_one_as_good(after, quarters, zone, at_work):
    """Held against every quarter of an hour of the span, asked one by one."""
    until = after + quarters * 15 * MINUTE
    office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin") if at_work else None
    every = [after + n * 15 * MINUTE for n in range(quarters)]
    worked = [at for at in every if office is None or office.is_working(at)]
    best = next_best(after, until=until, zone=zone, windows=NIGHTS, calendar=office)
    if not worked:
        assert best is None
        return
    orders = {at: window_of(at, zone=zone, windows=NIGHTS).order for at in worked}
    assert best.order == max(orders.values())
    assert best.start.astimezone(UTC) == next(at for at in worked if orders[at] == best.order)
    assert best.end.astimezone(UTC) <= until


def test_the_best_hour_is_four_in_the_afternoon_of_the_contact_not_of_the_seller():
    monday = datetime(2026, 3, 2, 6, tzinfo=UTC)
    best = next_best(monday, until=monday + DAY, zone="Asia/Riyadh", windows=PUBLISHED_CALL_WINDOWS)
    assert best.start.astimezone(UTC) == datetime(2026, 3, 2, 13, tzinfo=UTC)
    assert str(best) == "Monday 2026-03-02 16:00 to 17:00: best hour, neutral day"
    assert pickle.loads(pickle.dumps(best)) == best


def test_a_window_that_has_begun_is_cut_and_so_is_one_past_the_end():
    thursday = datetime(2026, 3, 5, tzinfo=UTC)
    best = next_best(
        thursday.replace(hour=16, minute=20),
        until=thursday.replace(hour=16, minute=40),
        zone="UTC",
        windows=PUBLISHED_CALL_WINDOWS,
    )
    assert (best.start.minute, best.end.minute) == (20, 40)


def test_our_working_time_decides_where_the_contact_is_far_away():
    """Four in the afternoon in New York is nine in the evening in London: the morning there is what is left."""
    office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/London")
    thursday = datetime(2026, 3, 5, tzinfo=UTC)
    best = next_best(
        thursday,
        until=thursday + DAY,
        zone="America/New_York",
        windows=PUBLISHED_CALL_WINDOWS,
        calendar=office,
    )
    assert str(best) == "Thursday 2026-03-05 08:00 to 10:00: good hour, best day"
    saturday = thursday + 2 * DAY
    none = next_best(
        saturday, until=saturday + DAY, zone="UTC", windows=PUBLISHED_CALL_WINDOWS, calendar=office
    )
    assert none is None


def test_policies_of_ones_own_are_data():
    own = attrs.evolve(PUBLISHED_CALL_WINDOWS, days=[(0, "best")], source="our connect rates, 2025")
    assert own.days == (RankedDay(0, CallRank.BEST),)
    assert own.hours == PUBLISHED_CALL_WINDOWS.hours
    assert published(datetime(2026, 3, 2, 9, tzinfo=UTC)).day == "neutral"
    assert window_of(datetime(2026, 3, 2, 9, tzinfo=UTC), zone="UTC", windows=own).day == "best"
    assert pickle.loads(pickle.dumps(own)) == own


@pytest.mark.parametrize(
    ("hours", "days", "message"),
    [
        ([(time(10), time(9), "best")], [], "10:00:00 to 09:00:00 ends before it starts"),
        ([(time(9, tzinfo=UTC), time(10), "best")], [], "hours are times without a zone"),
        (
            [(time(9), time(11), "best"), (time(10), time(12), "good")],
            [],
            "hours must be apart, got 09:00:00",
        ),
        ([(time(9), time(0), "best"), (time(10), time(12), "good")], [], "hours must be apart"),
        ([], [(7, "best")], "weekday 7 is none; Monday is 0 and Sunday 6"),
        ([], [(3, "best"), (3, "good")], "a weekday has one rank, got [(3, 'best'), (3, 'good')]"),
    ],
)
def test_ranks_that_contradict_themselves_are_refused(hours, days, message):
    with pytest.raises(PeriodError) as refused:
        CallWindows(hours, days, "made up")
    assert message in str(refused.value)


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ValueError, match="there is no rank 'great'; known: 'best', 'good'"):
        CallWindows([], [(1, "great")], "made up")
    with pytest.raises(NaiveTimeError, match="at must be a datetime with a time zone"):
        published(datetime(2026, 3, 5, 16))
    with pytest.raises(UnknownName, match="Europe/Berlin"):
        published(datetime(2026, 3, 5, 16, tzinfo=UTC), "Europe/Berln")
    now = datetime(2026, 3, 5, 16, tzinfo=UTC)
    with pytest.raises(PeriodError, match="until must lie after"):
        next_best(now, until=now, zone="UTC", windows=PUBLISHED_CALL_WINDOWS)


def test_a_window_that_clocks_skip_is_not_there():
    """From 2:15 to 2:45 in the night in which two o'clock is followed by three."""
    night = datetime(2025, 3, 30, 0, 45, tzinfo=UTC)
    best = next_best(night, until=night + timedelta(hours=3), zone="Europe/Berlin", windows=NIGHTS)
    assert best.hour == "neutral"
    night_before = night - DAY
    best = next_best(
        night_before, until=night_before + timedelta(hours=3), zone="Europe/Berlin", windows=NIGHTS
    )
    assert (str(best.hour), best.start.time()) == ("best", time(2, 15))
