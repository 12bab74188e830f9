"""How long a journey has been where it is."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.calendars import WorkingCalendar
from salesproc.errors import NaiveTimeError, PeriodError
from salesproc.periods import Period
from salesproc.stages import Process, Stage, StageKind, Transition, age, overdue

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TASKS = Process(
    "tasks",
    stages=[
        Stage("open", limit=3 * DAY),
        Stage("waiting", kind=StageKind.ON_HOLD),
        Stage("done", kind=StageKind.DONE),
    ],
    transitions=[
        Transition("wait", "open", "waiting"),
        Transition("resume", "waiting", "open"),
        Transition("finish", Process.any_open, "done"),
    ],
)
OPEN = TASKS.start("T-1", at=MONDAY)


def test_the_age_is_the_time_in_the_present_stage():
    assert age(TASKS, OPEN, MONDAY) == timedelta(0)
    assert age(TASKS, OPEN, MONDAY + 2 * DAY) == 2 * DAY
    back = TASKS.step(OPEN, "wait", at=MONDAY + DAY).unwrap()
    back = TASKS.step(back, "resume", at=MONDAY + 2 * DAY).unwrap()
    assert age(TASKS, back, MONDAY + 3 * DAY) == DAY


def test_no_clock_runs_on_hold_or_after_the_end():
    """A closed deal whose clock keeps running is a well-known fault of CRMs."""
    waiting = TASKS.step(OPEN, "wait", at=MONDAY).unwrap()
    done = TASKS.step(OPEN, "finish", at=MONDAY).unwrap()
    for journey in (waiting, done):
        assert age(TASKS, journey, MONDAY + 9 * DAY) is None
        assert overdue(TASKS, journey, MONDAY + 9 * DAY) is None


def test_overdue_is_the_part_past_the_limit():
    assert overdue(TASKS, OPEN, MONDAY + 3 * DAY) is None
    assert overdue(TASKS, OPEN, MONDAY + 5 * DAY) == 2 * DAY


def test_pauses_do_not_count_and_overlaps_count_once():
    pauses = [Period(MONDAY - DAY, MONDAY + DAY), Period(MONDAY + DAY / 2, MONDAY + 2 * DAY)]
    assert age(TASKS, OPEN, MONDAY + 5 * DAY, pauses=pauses) == 3 * DAY
    assert overdue(TASKS, OPEN, MONDAY + 5 * DAY, pauses=pauses) is None
    assert age(TASKS, OPEN, MONDAY + DAY, pauses=pauses) == timedelta(0)


def test_working_time_counts_working_hours_only():
    berlin = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin")
    friday = datetime(2026, 3, 6, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    task = TASKS.start("T-2", at=friday)
    assert age(TASKS, task, friday + 3 * DAY, calendar=berlin) == timedelta(hours=8)
    lunch = Period(datetime(2026, 3, 9, 9, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC))
    assert age(TASKS, task, friday + 3 * DAY, calendar=berlin, pauses=[lunch]) == timedelta(hours=7)


def test_a_day_with_a_clock_change_has_its_own_length():
    berlin = ZoneInfo("Europe/Berlin")
    task = TASKS.start("T-3", at=datetime(2026, 3, 28, 12, tzinfo=berlin))
    assert age(TASKS, task, datetime(2026, 3, 29, 12, tzinfo=berlin)) == timedelta(hours=23)


def test_an_age_before_the_stage_was_entered_is_an_error():
    with pytest.raises(PeriodError, match="T-1 entered 'open'"):
        age(TASKS, OPEN, MONDAY - DAY)
    with pytest.raises(NaiveTimeError, match="as_of"):
        age(TASKS, OPEN, datetime(2026, 3, 3))
    with pytest.raises(PeriodError, match="a pause runs from one aware datetime"):
        age(TASKS, OPEN, MONDAY + DAY, pauses=[Period(MONDAY.date(), (MONDAY + DAY).date())])


HOURS = st.integers(0, 60)


@given(st.lists(st.tuples(HOURS, HOURS), max_size=5), HOURS)
def test_the_age_with_pauses_is_the_count_of_hours_not_paused(spans, until):
    """Counted hour by hour, which is another way than joining spans."""
    pauses = [Period(MONDAY + a * DAY / 24, MONDAY + b * DAY / 24) for a, b in spans if a < b]
    hours = sum(1 for hour in range(until) if not any(a <= hour < b for a, b in spans))
    assert age(TASKS, OPEN, MONDAY + until * DAY / 24, pauses=pauses) == timedelta(hours=hours)
