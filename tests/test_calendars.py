"""Working time: what a minute-by-minute count gives, in every zone and across every clock change."""

import copy
import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from dateutil.tz import gettz as dateutil_zone
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.calendars import WorkingCalendar
from salesproc.errors import NaiveTimeError, PeriodError

MINUTE = timedelta(minutes=1)
# A zone and a day on which its clocks change there; none in Riyadh, half an hour in Lord Howe.
CHANGES = [
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Europe/Berlin", date(2025, 3, 30)),
    ("Europe/Berlin", date(2025, 10, 26)),
    ("Asia/Riyadh", date(2025, 6, 1)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("America/St_Johns", date(2010, 11, 7)),
]


@st.composite
def spans(draw):
    """Up to three spans of one day, some until midnight."""
    edges = sorted(draw(st.lists(st.integers(0, 24 * 60), unique=True, max_size=6)))
    if len(edges) % 2:
        edges.pop()
    times = [time(edge // 60 % 24, edge % 60) for edge in edges]
    return tuple(zip(times[::2], times[1::2], strict=True))


@st.composite
def cases(draw):
    """Hours, holidays and two instants, within three days of a clock change."""
    zone, change = draw(st.sampled_from(CHANGES))
    hours = draw(
        st.dictionaries(st.integers(0, 6), spans(), min_size=3).filter(lambda week: any(week.values()))
    )
    holidays = draw(st.sets(st.integers(-3, 3).map(lambda n: change + timedelta(days=n)), max_size=2))
    noon = datetime.combine(change, time(12), UTC)
    a, b = sorted(draw(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000))))
    return Case(hours, ZoneInfo(zone), frozenset(holidays), noon + a * MINUTE, noon + b * MINUTE)


@attrs.frozen
class Case:
    hours: dict
    zone: ZoneInfo
    holidays: frozenset
    start: datetime
    end: datetime

    @property
    def calendar(self):
        return WorkingCalendar(self.hours, self.zone, self.holidays)

    def works(self, wall):
        return wall.date() not in self.holidays and any(
            start <= wall.time() and (wall.time() < end or end == time())
            for start, end in self.hours.get(wall.weekday(), ())
        )

    def minutes(self):
        """Each minute from start to end and whether people work in it, by watching the clock on the wall.

        Work follows the latest time the clock has shown: when clocks go back, nobody starts the same hour anew.
        """
        moment, latest = self.start - timedelta(hours=30), datetime.min
        while moment < self.end:
            latest = max(latest, moment.astimezone(self.zone).replace(tzinfo=None))
            if moment >= self.start:
                yield moment, self.works(latest)
            moment += MINUTE


# --- laws -----------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(cases())
def test_working_time_is_what_a_count_of_the_minutes_gives(case):
    """Also on the days on which clocks change."""
    counted = sum(works for _, works in case.minutes())
    assert case.calendar.working_time(case.start, case.end) == counted * MINUTE


@settings(deadline=None, max_examples=40)
@given(cases())
def test_is_working_says_of_every_minute_whether_it_counts(case):
    """The sign on the door and the time sheet agree."""
    calendar = case.calendar
    for moment, works in list(case.minutes())[::7]:
        assert calendar.is_working(moment) == works
        assert calendar.is_working(moment.astimezone(case.zone)) == works


@settings(deadline=None)
@given(cases(), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_add_is_the_first_instant_at_which_the_time_has_passed(case, amount):
    """A deadline of two working hours is met exactly when two working hours have passed."""
    calendar = case.calendar
    start = case.start.astimezone(case.zone)
    deadline = calendar.add(start, amount)
    assert deadline.tzinfo is start.tzinfo
    assert calendar.working_time(start, deadline) == amount
    if amount:
        just_before = deadline.astimezone(UTC) - timedelta(microseconds=1)
        assert calendar.working_time(start, just_before) == amount - timedelta(microseconds=1)
    else:
        assert deadline is start


@settings(deadline=None, max_examples=50)
@given(cases())
def test_working_time_up_to_an_instant_leads_back_to_it_or_to_the_end_of_work_before_it(case):
    """The inverse law from the other side."""
    calendar = case.calendar
    passed = calendar.working_time(case.start, case.end)
    deadline = calendar.add(case.start, passed)
    assert deadline <= case.end
    assert calendar.working_time(deadline, case.end) == timedelta()


@settings(deadline=None, max_examples=50)
@given(cases(), st.integers(0, 6000))
def test_working_times_of_parts_add_up(case, cut):
    """Handing over in between changes nothing."""
    calendar, middle = case.calendar, min(case.end, case.start + cut * MINUTE)
    parts = calendar.working_time(case.start, middle) + calendar.working_time(middle, case.end)
    assert parts == calendar.working_time(case.start, case.end)


@settings(deadline=None, max_examples=60)
@given(cases())
def test_opens_is_now_or_the_next_start_of_work(case):
    """Nobody has worked between now and then, and then somebody does."""
    calendar, at = case.calendar, case.start.astimezone(case.zone)
    opens = calendar.opens(at)
    assert calendar.is_working(opens)
    assert calendar.working_time(at, opens) == timedelta()
    assert (opens is at) == calendar.is_working(at)
    assert opens.tzinfo is at.tzinfo


@settings(deadline=None, max_examples=25)
@given(cases())
def test_a_calendar_pickles_and_copies_by_value(case):
    """Stored calendars come back as they were, and can be keys."""
    calendar = case.calendar
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(calendar, protocol)) == calendar
    assert copy.copy(calendar) == copy.deepcopy(calendar) == calendar
    assert hash(attrs.evolve(calendar, holidays=case.holidays)) == hash(calendar)
    assert attrs.evolve(calendar) == calendar


# --- examples -------------------------------------------------------------------------------------------

OFFICE = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin", holidays=[date(2025, 1, 1)])
RIYADH = WorkingCalendar.weekly((6, 0, 1, 2, 3), time(9), time(17), tz="Asia/Riyadh")
BERLIN = OFFICE.tz


def test_a_lead_of_friday_afternoon_is_answered_on_monday_morning_in_time():
    """One working hour on Friday, half an hour on Monday."""
    friday = datetime(2025, 1, 3, 16, tzinfo=BERLIN)
    assert OFFICE.working_time(friday, datetime(2025, 1, 6, 9, 30, tzinfo=BERLIN)) == timedelta(minutes=90)
    assert OFFICE.add(friday, timedelta(hours=1)) == datetime(2025, 1, 3, 17, tzinfo=BERLIN)
    assert OFFICE.add(friday, timedelta(minutes=90)) == datetime(2025, 1, 6, 9, 30, tzinfo=BERLIN)
    assert OFFICE.opens(datetime(2025, 1, 3, 17, tzinfo=BERLIN)) == datetime(2025, 1, 6, 9, tzinfo=BERLIN)


def test_friday_and_saturday_can_be_the_weekend():
    """A Riyadh office works on Sunday."""
    thursday = datetime(2025, 1, 2, 16, tzinfo=RIYADH.tz)
    assert RIYADH.add(thursday, timedelta(hours=2)) == datetime(2025, 1, 5, 10, tzinfo=RIYADH.tz)
    assert not RIYADH.is_working(datetime(2025, 1, 3, 12, tzinfo=RIYADH.tz))
    assert not RIYADH.is_working(datetime(2025, 1, 4, 12, tzinfo=RIYADH.tz))
    assert RIYADH.is_working(datetime(2025, 1, 5, 12, tzinfo=RIYADH.tz))


def test_nobody_works_on_a_holiday():
    """New Year's Day 2025 is a Wednesday off: three of eight hours and two on Thursday."""
    eve = datetime(2024, 12, 31, 14, tzinfo=BERLIN)
    assert OFFICE.working_time(eve, datetime(2025, 1, 2, 11, tzinfo=BERLIN)) == timedelta(hours=5)


def test_a_night_shift_has_its_true_length():
    """Saturday 22:00 to Sunday 6:00 in New York: seven hours in March, nine in November."""
    night = WorkingCalendar(
        {5: [(time(22), time(0))], 6: [(time(0), time(6))]}, ZoneInfo("America/New_York"), frozenset()
    )
    for day, hours in ((date(2025, 3, 8), 7), (date(2025, 11, 1), 9), (date(2025, 6, 7), 8)):
        start = datetime.combine(day, time(12), UTC)
        assert night.working_time(start, start + timedelta(days=2)) == timedelta(hours=hours)


def test_work_that_would_start_in_skipped_time_starts_at_the_jump():
    """Berlin, 30 March 2025: 2:30 does not exist, 3:00 is when it would have been 2:00."""
    early = WorkingCalendar({6: [(time(2, 30), time(4))]}, "Europe/Berlin")
    jump = datetime(2025, 3, 30, 1, tzinfo=UTC)
    assert early.opens(jump - timedelta(hours=5)) == jump
    assert early.working_time(jump - timedelta(hours=5), jump + timedelta(days=1)) == timedelta(hours=1)
    gone = WorkingCalendar({6: [(time(2, 10), time(2, 50))]}, "Europe/Berlin")
    assert gone.opens(jump - timedelta(hours=5)) == datetime(2025, 4, 6, 2, 10, tzinfo=BERLIN)


def test_when_clocks_go_back_across_midnight_the_new_day_goes_on():
    """St. John's, 7 November 2010: at 0:01 on Sunday clocks go back to 23:01; the Sunday shift has begun."""
    sunday = WorkingCalendar({6: [(time(0), time(12))]}, "America/St_Johns")
    midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    again_saturday = midnight + timedelta(minutes=30)
    assert again_saturday.astimezone(sunday.tz).date() == date(2010, 11, 6)
    assert sunday.is_working(again_saturday)
    assert sunday.opens(again_saturday) is again_saturday
    assert sunday.opens(midnight - MINUTE) == midnight
    assert sunday.working_time(midnight - timedelta(hours=1), again_saturday) == timedelta(minutes=30)
    assert sunday.working_time(again_saturday, midnight + timedelta(days=1)) == timedelta(
        hours=12, minutes=30
    )
    assert sunday.add(again_saturday, timedelta(minutes=5)) == again_saturday + timedelta(minutes=5)


def test_a_whole_week_around_the_clock():
    """Support that never closes works every hour there is."""
    always = WorkingCalendar.weekly(range(7), time(0), time(0), tz="Australia/Lord_Howe")
    start = datetime(2025, 4, 1, tzinfo=UTC)
    assert always.working_time(start, start + timedelta(days=30)) == timedelta(days=30)
    assert always.add(start, timedelta(days=30)) == start + timedelta(days=30)


def test_hours_are_kept_as_seven_tuples():
    """Whatever they were given as, equal hours are equal calendars."""
    given_as_lists = WorkingCalendar({2: [[time(9), time(12)], [time(12), time(17)]]}, "UTC")
    assert given_as_lists.hours[2] == ((time(9), time(12)), (time(12), time(17)))
    assert [len(spans) for spans in given_as_lists.hours] == [0, 0, 2, 0, 0, 0, 0]
    assert (
        WorkingCalendar(
            {day: [(time(9), time(17))] for day in range(5)},
            ZoneInfo("Europe/Berlin"),
            frozenset({date(2025, 1, 1)}),
        )
        == OFFICE
    )


# --- refusals -------------------------------------------------------------------------------------------


def test_every_fault_of_the_hours_is_listed():
    """One error, five sentences."""
    with pytest.raises(PeriodError) as caught:
        WorkingCalendar(
            {
                7: [(time(9), time(17))],
                0: [(time(17), time(9))],
                1: [(time(13), time(17)), (time(9), time(12))],
                2: [(time(9), time(0)), (time(10), time(11))],
                3: [(time(9, tzinfo=UTC), time(17, tzinfo=UTC)), (8, 9)],
                4: [(time(9), time(9))],
            },
            "UTC",
        )
    assert str(caught.value).splitlines()[1:] == [
        "  - weekday 7 is none; Monday is 0 and Sunday 6",
        "  - Monday 17:00:00 to 09:00:00 ends before it starts; cut work past midnight in two at time(0)",
        "  - Tuesday 09:00:00 must not come before 17:00:00, the end of the span before it",
        "  - Wednesday 10:00:00 must not come before 00:00:00, the end of the span before it",
        f"  - Thursday needs times without a zone, got {[(time(9, tzinfo=UTC), time(17, tzinfo=UTC)), (8, 9)]!r}",
        "  - Friday 09:00:00 to 09:00:00 ends before it starts; cut work past midnight in two at time(0)",
    ]


@pytest.mark.parametrize("hours", [{}, {0: []}])
def test_a_calendar_without_work_is_refused(hours):
    """Nobody could ever meet a deadline in it."""
    with pytest.raises(PeriodError, match="no working time at all"):
        WorkingCalendar(hours, "UTC")


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (
            lambda: WorkingCalendar.weekly([0], time(9), time(17), tz="UTC", holidays=[datetime(2025, 1, 1)]),
            "holidays must be plain dates, got datetime",
        ),
        (
            lambda: WorkingCalendar.weekly([0], time(9), time(17), tz="UTC", holidays=["2025-01-01"]),
            "holidays must be plain dates, got '2025-01-01'",
        ),
        (
            lambda: OFFICE.working_time(datetime(2025, 1, 2, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
            "must not lie before the start",
        ),
        (
            lambda: OFFICE.add(datetime(2025, 1, 2, tzinfo=UTC), timedelta(hours=-1)),
            "amount must be 0 or more",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(work, message):
    """The message says what was given."""
    with pytest.raises(PeriodError, match=message):
        work()


@pytest.mark.parametrize(
    "work",
    [
        lambda: OFFICE.working_time(datetime(2025, 1, 2), datetime(2025, 1, 3, tzinfo=UTC)),
        lambda: OFFICE.working_time(datetime(2025, 1, 2, tzinfo=UTC), datetime(2025, 1, 3)),
        lambda: OFFICE.add(datetime(2025, 1, 2), timedelta(hours=1)),
        lambda: OFFICE.add(datetime(2025, 1, 2), timedelta()),
        lambda: OFFICE.is_working(datetime(2025, 1, 2)),
        lambda: OFFICE.opens(date(2025, 1, 2)),
    ],
)
def test_a_time_without_a_zone_is_no_instant(work):
    """Nine o'clock where?"""
    with pytest.raises(NaiveTimeError, match="must be a datetime with a time zone"):
        work()


def test_a_search_ends_after_ten_years_without_work():
    """A calendar of holidays only is an error, not an endless wait."""
    start = date(2025, 1, 1)
    closed = attrs.evolve(OFFICE, holidays=[start + timedelta(days=n) for n in range(4000)])
    at = datetime(2025, 1, 1, tzinfo=UTC)
    with pytest.raises(PeriodError, match="nobody works in the ten years"):
        closed.opens(at)
    with pytest.raises(PeriodError, match="nobody works in the ten years"):
        closed.add(at, timedelta(hours=1))
    assert closed.working_time(at, at + timedelta(days=3990)) == timedelta()
    assert closed.opens(at + timedelta(days=365)).year == 2035


def test_a_deadline_may_be_more_than_ten_years_away():
    """An hour every Monday makes six hundred hours in six hundred weeks."""
    mondays = WorkingCalendar.weekly([0], time(9), time(10), tz="UTC")
    first = datetime(2025, 1, 6, 9, tzinfo=UTC)
    assert mondays.add(first, timedelta(hours=600)) == first + timedelta(weeks=599, hours=1)


def test_a_search_ends_with_the_calendar():
    """There is no year 10000."""
    with pytest.raises(PeriodError, match="the calendar ends with the year 9999"):
        OFFICE.add(datetime(9999, 12, 1, tzinfo=UTC), timedelta(days=300))
    always = WorkingCalendar.weekly(range(7), time(0), time(0), tz="UTC")
    with pytest.raises(PeriodError, match="the calendar ends with the year 9999"):
        always.add(datetime(9999, 12, 1, tzinfo=UTC), timedelta(days=300))


@given(cases())
def test_a_zone_that_cannot_be_looked_up_serves_as_well(case):
    """Those of dateutil have no hash, so nothing of them is remembered."""
    theirs = dateutil_zone(str(case.zone))
    assert type(theirs).__hash__ is None
    own = WorkingCalendar(case.hours, case.zone, case.holidays)
    foreign = WorkingCalendar(case.hours, theirs, case.holidays)
    assert foreign.working_time(case.start, case.end) == own.working_time(case.start, case.end)
