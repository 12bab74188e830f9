"""Periods: half-open, measured in time that passes, and calendar units without gaps."""

import copy
import pickle
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salesproc.errors import NaiveTimeError, PeriodError, UnknownName
from salesproc.periods import Period, shifted

ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Asia/Riyadh",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "America/Havana",
    "America/St_Johns",
    "Pacific/Apia",
    "UTC",
]
UNITS = ["day", "week", "month", "quarter", "year"]
SKIPPED = ("Pacific/Apia", date(2011, 12, 30))


def clock_changes(zone):
    """The days from 1990 to 2037 on which clocks in the zone change."""
    noons = [datetime(1990, 1, 1, 12, tzinfo=zone) + timedelta(days=n) for n in range(48 * 365)]
    return [b.date() for a, b in pairwise(noons) if a.utcoffset() != b.utcoffset()]


CHANGES = [(ZoneInfo(key), day) for key in ZONES for day in clock_changes(ZoneInfo(key))]
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(1990, 1, 1), date(2037, 12, 1))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))
dates_or_naive = st.one_of(days, st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1)))
# A zone and a day in it, every other time one on which its clocks change, or the day before or after.
zone_days = st.one_of(
    st.tuples(zones, days),
    st.tuples(st.sampled_from(CHANGES), st.integers(-1, 1)).map(
        lambda c: (c[0][0], c[0][1] + timedelta(days=c[1]))
    ),
)


@st.composite
def periods(draw, longest=timedelta(days=900)):
    """Periods of all three kinds, those of instants with two zones."""
    length = draw(st.timedeltas(timedelta(days=1), longest))
    start = draw(dates_or_naive | instants)
    if isinstance(start, datetime) and start.tzinfo:
        return Period(start.astimezone(draw(zones)), (start + length).astimezone(draw(zones)))
    return Period(start, start + length)


def utc(moment):
    return moment.astimezone(UTC)


# --- laws -----------------------------------------------------------------------------------------------


@given(instants, instants, instants, zones, zones)
def test_a_moment_is_in_a_period_from_its_start_to_before_its_end(a, b, moment, zone, other):
    """A deal closed at the stroke of the new quarter belongs to the new quarter, wherever it was closed."""
    if a == b:
        b += timedelta(microseconds=1)
    start, end = sorted((a, b))
    period = Period(start.astimezone(zone), end.astimezone(other))
    assert (moment.astimezone(other) in period) == (start <= moment < end)
    assert start.astimezone(other) in period
    assert end.astimezone(zone) not in period


@given(instants, zones, zones, st.timedeltas(timedelta(microseconds=1), timedelta(days=400)))
def test_duration_is_the_time_that_passes(start, zone, other, length):
    """A clock change inside the period is neither time won nor lost."""
    period = Period(start.astimezone(zone), (start + length).astimezone(other))
    assert period.duration == length
    assert period == Period(start, start + length)
    assert hash(period) == hash(Period(start, start + length))


@given(periods())
def test_the_period_before_is_as_long_and_ends_where_this_one_starts(period):
    """Comparisons with the time before are between equals."""
    before = period.before()
    assert before.end == period.start
    assert before.duration == period.duration
    assert not before.overlaps(period)


@given(st.data())
def test_an_intersection_holds_what_both_hold(data):
    """Overlapping campaigns overlap in one stretch of time, the same from both sides."""
    start = data.draw(instants)
    hours = st.integers(0, 6).map(lambda n: timedelta(hours=n))
    ends = st.integers(1, 6).map(lambda n: timedelta(hours=n))
    zone = data.draw(zones)

    def draw():
        begin = start + data.draw(hours)
        return Period(begin.astimezone(zone), (begin + data.draw(ends)).astimezone(zone))

    one, two = draw(), draw()
    both = one.intersection(two)
    assert both == two.intersection(one)
    assert one.overlaps(two) == two.overlaps(one) == (both is not None)
    for n in range(14):
        moment = start + timedelta(hours=n)
        assert (moment in one and moment in two) == (both is not None and moment in both)


@settings(deadline=None, max_examples=150)
@given(periods(), st.sampled_from(UNITS), st.integers(0, 6), st.none() | zones)
def test_each_tiles_the_period(period, unit, first, tz):
    """Every moment of the year is in one month of it, and in one only."""
    aware = isinstance(period.start, datetime) and period.start.tzinfo is not None
    parts = period.each(unit, first=first, tz=tz if aware else None)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(a.end == b.start for a, b in pairwise(parts))
    assert sum((part.duration for part in parts), timedelta()) == period.duration


@settings(deadline=None, max_examples=150)
@given(zone_days, st.sampled_from(UNITS), st.integers(0, 6))
def test_each_cuts_where_the_units_themselves_begin(zone_day, unit, first):
    """The months of a report are the months of the calendar."""
    zone, day = zone_day
    assume((zone.key, day) != SKIPPED)
    unit_of = {
        "day": lambda d: Period.day(d, tz=zone),
        "week": lambda d: Period.week(d, first=first, tz=zone),
        "month": lambda d: Period.month(d.year, d.month, tz=zone),
        "quarter": lambda d: Period.quarter(d.year, (d.month + 2) // 3, tz=zone),
        "year": lambda d: Period.year(d.year, tz=zone),
    }[unit]
    if (zone.key, day) == ("Pacific/Apia", date(2011, 12, 30)):
        day = date(2011, 12, 31)
    whole = unit_of(day)
    inside = (
        whole.start + timedelta(minutes=1) if zone.key == "UTC" else utc(whole.start) + timedelta(minutes=1)
    )
    wider = Period(inside, (utc(whole.end) + timedelta(hours=5)).astimezone(zone))
    parts = wider.each(unit, first=first, tz=zone)
    assert parts[0] == Period(inside, whole.end)
    assert parts[1].start == whole.end
    assert whole.each(unit, first=first) == (whole,)


@given(zone_days)
def test_consecutive_days_tile_time(zone_day):
    """No sale falls between two days, not even where clocks change at midnight."""
    zone, day = zone_day
    following = day + timedelta(days=1)
    assume(SKIPPED not in {(zone.key, day), (zone.key, following)})
    today, tomorrow = Period.day(day, tz=zone), Period.day(following, tz=zone)
    assert utc(today.end) == utc(tomorrow.start)
    assert abs(today.duration - timedelta(days=1)) <= timedelta(hours=1)


@given(zone_days)
def test_a_day_starts_with_the_first_instant_that_shows_its_date(zone_day):
    """The moment before still shows the day before."""
    zone, day = zone_day
    assume((zone.key, day) != SKIPPED)
    start = utc(Period.day(day, tz=zone).start)
    assert start.astimezone(zone).date() == day
    earlier = [start - timedelta(microseconds=1), *(start - timedelta(minutes=n) for n in range(1, 121))]
    assert all(moment.astimezone(zone).date() < day for moment in earlier)


@given(days, st.integers(0, 6))
def test_a_week_has_seven_days_and_starts_on_its_weekday(day, first):
    """Sunday weeks and Monday weeks both contain their day."""
    week = Period.week(day, first=first)
    assert day in week
    assert week.start.weekday() == first
    assert week.duration == timedelta(days=7)


@given(st.integers(1990, 2037), st.integers(1, 12), st.sampled_from(["end", "start"]), st.none() | zones)
def test_four_fiscal_quarters_tile_the_fiscal_year(year, first_month, named_after, tz):
    """Quarterly figures add up to the annual report."""
    options = {"first_month": first_month, "named_after": named_after, "tz": tz}
    whole = Period.fiscal_year(year, **options)
    quarters = [Period.fiscal_quarter(year, n, **options) for n in (1, 2, 3, 4)]
    assert quarters[0].start == whole.start
    assert quarters[3].end == whole.end
    assert all(a.end == b.start for a, b in pairwise(quarters))
    assert whole.start.month == first_month
    last = whole.end - timedelta(days=1)
    assert year == (last.year if named_after == "end" else whole.start.year)


@given(days, st.integers(-30, 30), st.integers(-3, 3))
def test_a_shift_moves_the_month_and_keeps_the_day_where_the_month_has_it(day, months, years):
    """A contract of a month from the 31st ends on the last of the next."""
    moved = shifted(day, months=months, years=years)
    assert moved.year * 12 + moved.month == day.year * 12 + day.month + months + 12 * years
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@given(zone_days, st.times(), st.integers(-30, 30))
def test_a_shift_keeps_the_wall_clock_or_moves_on_past_a_gap(zone_day, at, months):
    """Ten in the morning stays ten in the morning, in summer and in winter."""
    zone, day = zone_day
    # From a month in which the clock shows that time to the day on which clocks may change.
    moment = utc(datetime.combine(shifted(day, months=-months), at, zone)).astimezone(zone)
    moved = shifted(moment, months=months)
    wall = datetime.combine(shifted(moment.date(), months=months), moment.time())
    assert moved.tzinfo is zone
    assert utc(moved).astimezone(zone).replace(tzinfo=None) == moved.replace(tzinfo=None)  # it exists
    assert timedelta() <= moved.replace(tzinfo=None) - wall <= timedelta(days=1)
    if moved.replace(tzinfo=None) != wall:
        before = wall.replace(tzinfo=zone)
        assert utc(before).astimezone(zone).replace(tzinfo=None) != wall  # clocks skipped it


@given(zone_days, st.integers(0, 47))
def test_a_shift_by_nothing_changes_nothing(zone_day, half_hours):
    """Also in the hour that comes twice."""
    zone, day = zone_day
    instant = datetime.combine(day, time(), UTC) + half_hours * timedelta(minutes=30)
    moment = instant.astimezone(zone)
    assert utc(shifted(moment)) == instant
    assert shifted(moment).fold == moment.fold


@given(periods())
def test_a_period_pickles_and_copies_by_value(period):
    """Stored periods come back as they were."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(period, protocol)) == period
    assert copy.copy(period) == copy.deepcopy(period) == period


# --- examples -------------------------------------------------------------------------------------------


def test_calendar_units_by_hand():
    """The units as a calendar on the wall shows them."""
    assert Period.day(date(2024, 2, 28)) == Period(date(2024, 2, 28), date(2024, 2, 29))
    assert Period.week(date(2025, 1, 1)) == Period(date(2024, 12, 30), date(2025, 1, 6))
    assert Period.week(date(2025, 1, 1), first=6) == Period(date(2024, 12, 29), date(2025, 1, 5))
    assert Period.month(2024, 2) == Period(date(2024, 2, 1), date(2024, 3, 1))
    assert Period.quarter(2024, 4) == Period(date(2024, 10, 1), date(2025, 1, 1))
    assert Period.year(2024) == Period(date(2024, 1, 1), date(2025, 1, 1))


def test_fiscal_years_by_hand():
    """The United States' federal FY2025 starts in October 2024, Japan's fiscal 2025 in April 2025."""
    assert Period.fiscal_year(2025, first_month=10) == Period(date(2024, 10, 1), date(2025, 10, 1))
    assert Period.fiscal_year(2025, first_month=4, named_after="start").start == date(2025, 4, 1)
    assert Period.fiscal_year(2025, first_month=1) == Period.year(2025)
    assert Period.fiscal_quarter(2025, 2, first_month=10) == Period(date(2025, 1, 1), date(2025, 4, 1))


def test_a_day_on_which_clocks_change_is_23_or_25_hours_long():
    """New York, 9 March and 2 November 2025."""
    assert Period.day(date(2025, 3, 9), tz="America/New_York").duration == timedelta(hours=23)
    assert Period.day(date(2025, 11, 2), tz="America/New_York").duration == timedelta(hours=25)
    assert Period.day(date(2025, 4, 6), tz="Australia/Lord_Howe").duration == timedelta(hours=24, minutes=30)


@pytest.mark.parametrize(
    ("zone", "day", "start", "offset"),
    [
        ("America/Sao_Paulo", date(2017, 10, 15), time(1), -2),  # clocks skip from 0:00 to 1:00
        ("Asia/Beirut", date(2022, 3, 27), time(1), 3),  # the same
        ("Pacific/Apia", date(2011, 12, 31), time(0), 14),  # the whole of the 30th is skipped
        ("America/Havana", date(2024, 11, 3), time(0), -4),  # 0:00 to 1:00 comes twice, the first counts
        ("America/St_Johns", date(2010, 11, 7), time(0), -2.5),  # at 0:01 back to 23:01; midnight comes twice
        ("Asia/Riyadh", date(2024, 6, 1), time(0), 3),
    ],
)
def test_a_day_starts_with_its_first_instant(zone, day, start, offset):
    """Even where there is no midnight, or two."""
    got = Period.day(day, tz=zone).start
    assert got.replace(tzinfo=None) == datetime.combine(day, start)
    assert got.utcoffset() == timedelta(hours=offset)


class HalfPast(tzinfo):
    """Clocks that on 1 June 2024 skip from 23:50 to 0:20."""

    def utcoffset(self, dt):
        wall = dt.replace(tzinfo=None)
        ahead = wall >= datetime(2024, 6, 2, 0, 20) or (wall >= datetime(2024, 6, 1, 23, 50) and dt.fold)
        return timedelta(minutes=30 if ahead else 0)

    def fromutc(self, dt):
        jumped = dt.replace(tzinfo=None) >= datetime(2024, 6, 1, 23, 50)
        return dt + timedelta(minutes=30 if jumped else 0)


def test_a_jump_across_midnight_starts_the_day_where_clocks_land():
    """Midnight in the middle of skipped time: the day starts at the jump, not half an hour after it."""
    day = Period.day(date(2024, 6, 2), tz=HalfPast())
    assert day.start.replace(tzinfo=None) == datetime(2024, 6, 2, 0, 20)
    assert utc(day.start) == datetime(2024, 6, 1, 23, 50, tzinfo=UTC)
    assert day.duration == timedelta(hours=23, minutes=40)
    assert Period.day(date(2024, 6, 1), tz=HalfPast()).end == day.start


def test_each_by_hand():
    """Ten weeks of a campaign, by month and by week, dates and times alike."""
    campaign = Period(date(2025, 1, 20), date(2025, 3, 3))
    assert [(p.start.day, p.end.day) for p in campaign.each("month")] == [(20, 1), (1, 1), (1, 3)]
    assert len(campaign.each("week")) == 6
    assert len(campaign.each("week", first=6)) == 7
    naive = Period(datetime(2025, 1, 31, 22), datetime(2025, 2, 1, 2))
    assert naive.each("day") == (
        Period(naive.start, datetime(2025, 2, 1)),
        Period(datetime(2025, 2, 1), naive.end),
    )


def test_each_divides_at_the_midnights_of_the_zone_asked_for():
    """New Year comes to Tokyo first."""
    year_end = Period(datetime(2024, 12, 31, 12, tzinfo=UTC), datetime(2025, 1, 1, 12, tzinfo=UTC))
    assert year_end.each("year")[1].start == datetime(2025, 1, 1, tzinfo=UTC)
    assert year_end.each("year", tz="Asia/Tokyo")[1].start == datetime(2024, 12, 31, 15, tzinfo=UTC)


def test_each_makes_no_empty_day():
    """A day that a zone skipped, and a midnight that clocks showed before the period began."""
    apia = ZoneInfo("Pacific/Apia")
    crossing = Period(datetime(2011, 12, 29, 12, tzinfo=apia), datetime(2011, 12, 31, 12, tzinfo=apia))
    assert [part.duration for part in crossing.each("day")] == [timedelta(hours=12)] * 2
    again_saturday = datetime(2010, 11, 6, 23, 30, fold=1, tzinfo=ZoneInfo("America/St_Johns"))
    sunday = Period(again_saturday, Period.day(date(2010, 11, 7), tz=again_saturday.tzinfo).end)
    assert sunday.each("day") == (sunday,)


def test_each_stops_at_the_end_of_the_calendar():
    """The last days there are."""
    last = Period(date(9999, 12, 20), date(9999, 12, 31))
    assert last.each("month") == last.each("year") == (last,)
    assert len(last.each("day")) == 11


def test_both_hours_of_a_repeated_one_are_told_apart():
    """Half past one comes twice in New York on 2 November 2025."""
    first = datetime(2025, 11, 2, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    hour = Period(first, first.replace(fold=1))
    assert hour.duration == timedelta(hours=1)
    assert first in hour
    assert first.replace(fold=1) not in hour
    assert hour != Period(first, first.replace(hour=2))


def test_shifts_by_hand():
    """Month ends, leap days, a skipped hour and a repeated one."""
    berlin = ZoneInfo("Europe/Berlin")
    assert shifted(date(2024, 1, 31), months=1) == date(2024, 2, 29)
    assert shifted(date(2024, 2, 29), years=1) == date(2025, 2, 28)
    assert shifted(date(2024, 3, 31), months=-1, years=-1) == date(2023, 2, 28)
    assert shifted(datetime(2024, 1, 31, 9), months=1) == datetime(2024, 2, 29, 9)
    skipped = shifted(datetime(2025, 2, 28, 2, 30, tzinfo=berlin) + timedelta(days=2), months=1)
    assert str(skipped) == "2025-04-02 02:30:00+02:00"
    skipped = shifted(datetime(2025, 1, 30, 2, 30, tzinfo=berlin), months=2)
    assert str(skipped) == "2025-03-30 03:30:00+02:00"
    repeated = shifted(datetime(2025, 9, 26, 2, 30, tzinfo=berlin), months=1)
    assert (repeated.fold, str(repeated)) == (0, "2025-10-26 02:30:00+02:00")
    second = datetime(2025, 10, 26, 2, 30, tzinfo=berlin, fold=1)
    assert shifted(second).fold == 1
    assert shifted(datetime(2024, 10, 26, 2, 30, tzinfo=berlin, fold=1), years=1).fold == 1
    assert shifted(second, years=-1).fold == 0
    assert str(shifted(second, years=5)) == "2030-10-26 02:30:00+02:00"
    assert str(shifted(second, months=5, years=1)) == "2027-03-26 02:30:00+01:00"
    assert str(shifted(second, months=-7)) == "2025-03-26 02:30:00+01:00"
    late = datetime(2024, 10, 27, 2, 30, tzinfo=berlin, fold=1)
    assert str(shifted(late, months=17, years=-1)) == "2025-03-27 02:30:00+01:00"
    assert str(shifted(datetime(2023, 10, 29, 2, 30, tzinfo=berlin, fold=1), years=2, months=5)) == (
        "2026-03-29 03:30:00+02:00"
    )


# --- refusals -------------------------------------------------------------------------------------------

AWARE, NAIVE, DAY = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 1), date(2025, 1, 1)


@pytest.mark.parametrize("start", [AWARE, NAIVE, DAY])
@pytest.mark.parametrize("end", [AWARE, NAIVE, DAY])
def test_the_three_kinds_of_time_are_never_mixed(start, end):
    """A time without a zone is no instant, and a date is no time."""
    later = timedelta(days=1)
    if type(start) is type(end) and getattr(start, "tzinfo", None) == getattr(end, "tzinfo", None):
        assert Period(start, end + later).duration == later
        return
    with pytest.raises(NaiveTimeError, match="must be of one kind"):
        Period(start, end + later)
    period = Period(start, start + later)
    with pytest.raises(NaiveTimeError, match=r"holds .*s, got the .*; give a "):
        end in period  # noqa: B015 - the question is refused
    with pytest.raises(NaiveTimeError, match="holds"):
        period.overlaps(Period(end, end + later))
    with pytest.raises(NaiveTimeError, match="holds"):
        period.intersection(Period(end, end + later))


@pytest.mark.parametrize("moment", ["2025-01-01", None, 20250101])
def test_what_is_no_time_is_refused(moment):
    """Text is read before, not here."""
    with pytest.raises(PeriodError, match="a moment must be a date or a datetime, got"):
        Period(DAY, moment)
    with pytest.raises(PeriodError, match="a moment must be"):
        moment in Period.year(2025)  # noqa: B015


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (DAY, DAY),
        (NAIVE, NAIVE - timedelta(seconds=1)),
        (AWARE, AWARE.astimezone(ZoneInfo("Asia/Tokyo"))),
        (
            datetime(2025, 11, 2, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1),
            datetime(2025, 11, 2, 1, 40, tzinfo=ZoneInfo("America/New_York")),
        ),
    ],
)
def test_a_period_ends_after_it_starts(start, end):
    """As instants: at a clock change the later reading can be the earlier time."""
    with pytest.raises(PeriodError, match="must end after it starts"):
        Period(start, end)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: Period.day(NAIVE), r"day must be a plain date.*at\.astimezone\(tz\)\.date"),
        (lambda: Period.week("2025-01-01"), "a moment must be a date"),
        (lambda: Period.week(DAY, first=7), "weekday from 0"),
        (lambda: Period.year(2025).each("week", first=-1), "weekday from 0"),
        (lambda: Period.month(2025, 13), "no such month: 2025-13"),
        (lambda: Period.month(2025, "3"), "no such month: 2025-'3'"),
        (lambda: Period.year(0), "no such month: 0-1"),
        (lambda: Period.year(9999), "the calendar ends with the year 9999"),
        (lambda: Period.day(date.max), "the calendar ends with the year 9999"),
        (lambda: Period.quarter(2025, 0), "a quarter must be 1 to 4, got 0"),
        (lambda: Period.quarter(2025, 5), "a quarter must be 1 to 4, got 5"),
        (lambda: Period.fiscal_year(2025, first_month=0), "no such month: 2024-0"),
        (
            lambda: Period.fiscal_year(2025, first_month=4, named_after="begin"),
            "'end' or 'start', got 'begin'",
        ),
        (lambda: Period.fiscal_quarter(2025, 5, first_month=4), "a quarter must be 1 to 4"),
        (lambda: Period.day(date(2011, 12, 30), tz="Pacific/Apia"), "must end after it starts"),
        (lambda: Period.year(2025).each("months"), "no unit 'months'; did you mean 'month'"),
        (lambda: Period.year(2025).each("day", tz="UTC"), "only a period of instants is divided in a zone"),
        (lambda: Period(date.min, date.max).before(), "would begin before the year 1"),
        (lambda: shifted(DAY, years=8000), "cannot move 8000 years"),
        (lambda: shifted(DAY, months=0.5), r"0\.5 months"),
    ],
)
def test_what_the_calendar_does_not_have_is_refused(work, message):
    """The message says what was given."""
    with pytest.raises(PeriodError, match=message):
        work()


@pytest.mark.parametrize("tz", ["Europe/Berlinn", "../etc", "America", "", 3])
def test_a_zone_that_does_not_exist_is_refused_by_name(tz):
    """The nearest names are offered."""
    with pytest.raises(UnknownName, match="no time zone"):
        Period.day(DAY, tz=tz)
    with pytest.raises(UnknownName, match="did you mean 'Europe/Berlin'"):
        Period.day(DAY, tz="Europe/Berlinn")
