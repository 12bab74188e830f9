"""Days of work, counted in the zone of the calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Period, PeriodError, WorkingCalendar
from salesproc.goals import working_days
from salesproc.goals.working_days import passed

BERLIN = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin")


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 90),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.integers(0, 90)),
)
def test_the_days_are_those_that_are_neither_free_nor_holidays(start, days, weekdays, off):
    holidays = {start + timedelta(days=n) for n in off}
    calendar = WorkingCalendar.weekly(weekdays, time(9), time(12), tz="America/New_York", holidays=holidays)
    period = Period(start, start + timedelta(days=days))
    every = [start + timedelta(days=n) for n in range(days)]
    worked = [day for day in every if day.weekday() in weekdays and day not in holidays]
    assert working_days(period, calendar) == len(worked)
    assert passed(period.start, period.end, calendar).time == len(worked) * timedelta(hours=3)


def test_a_short_friday_is_a_day_with_less_time():
    hours = {n: [(time(9), time(17))] for n in range(4)} | {4: [(time(9), time(12))]}
    calendar = WorkingCalendar(hours, "Europe/Berlin")
    assert working_days(Period(date(2026, 3, 2), date(2026, 3, 9)), calendar) == 5
    assert passed(date(2026, 3, 2), date(2026, 3, 9), calendar).time == timedelta(hours=35)


def test_the_night_when_clocks_change_is_an_hour_shorter():
    nights = WorkingCalendar.weekly(range(7), time(0), time(0), tz="Europe/Berlin")
    assert passed(date(2026, 3, 29), date(2026, 3, 30), nights).time == timedelta(hours=23)
    assert working_days(Period.day(date(2026, 3, 29)), nights) == 1


def test_without_a_calendar_every_day_counts():
    assert passed(date(2026, 1, 1), date(2026, 2, 1), None) == (31, timedelta(days=31))
    assert passed(date(2026, 1, 1), date(2026, 1, 1), BERLIN) == (0, timedelta())


def test_instants_are_refused():
    with pytest.raises(PeriodError, match="period must be one of plain dates"):
        working_days(Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)), BERLIN)
