"""A rhythm of contacts: everybody is due, to come, or without one; and a month from the 31st ends with the month."""

import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, PeriodError, WorkingCalendar
from salesproc.customers import follow_ups
from salesproc.follow_up import ContactRhythm, Every, contacts_due

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
RHYTHM = ContactRhythm(
    "care", {"key": Every(1, "month"), "regular": Every(3, "month"), "new": Every(2, "week")}
)
STEPS = {"key": relativedelta(months=1), "regular": relativedelta(months=3), "new": timedelta(weeks=2)}
ROWS = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["key", "regular", "new", "lost"]),
        st.none() | st.integers(0, 200).map(lambda n: NOW - timedelta(days=n)),
    ),
    unique_by=lambda row: row[0],
)


@given(ROWS)
def test_everybody_is_in_one_place_and_due_when_dateutil_says(rows):
    found = contacts_due(RHYTHM, iter(rows), as_of=NOW)
    expected = {
        who: None if last is None else last + STEPS[group] for who, group, last in rows if group != "lost"
    }
    assert {row.customer: row.due for row in (*found.due, *found.coming)} == expected
    assert {row.customer for row in found.due} == {
        who for who, due in expected.items() if due is None or due <= NOW
    }
    assert list(found.without_rhythm) == [who for who, group, _ in rows if group == "lost"]
    for part in (found.due, found.coming):
        stamps = [(row.due is not None, row.due) for row in part]
        assert [one[0] for one in stamps] == sorted(one[0] for one in stamps)
        days = [due for known, due in stamps if known]
        assert days == sorted(days)


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(1, 30))
def test_units_of_the_calendar(day, count):
    """Against adding days, and against counting months by hand."""
    moment = datetime.combine(day, time(9), UTC)
    assert Every(count, "day").after(moment) == moment + timedelta(days=count)
    assert Every(count, "week").after(moment) == moment + timedelta(weeks=count)
    later = Every(count, "month").after(moment)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert Every(count, "year").after(moment) == Every(12 * count, "month").after(moment)


def test_the_clock_on_the_wall_stays():
    berlin = ZoneInfo("Europe/Berlin")
    last = datetime(2026, 3, 23, 9, tzinfo=berlin)
    assert Every(1, "week").after(last) == datetime(2026, 3, 30, 9, tzinfo=berlin)


def test_what_falls_on_a_day_off_moves_to_the_next_opening():
    office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")
    rows = [("C-1", "new", datetime(2026, 2, 28, 10, tzinfo=UTC))]
    assert contacts_due(RHYTHM, rows, as_of=NOW, calendar=office).coming[0].due == datetime(
        2026, 3, 16, 9, tzinfo=UTC
    )


def test_it_feeds_the_customer_file():
    rows = [
        ("C-1", "key", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("C-2", "key", None),
        ("C-3", "none", None),
    ]
    found = contacts_due(RHYTHM, rows, as_of=NOW)
    review = follow_ups(["C-1", "C-2", "C-3"], found.activities("call"), as_of=NOW)
    assert [row.customer for row in review.late] == ["C-1"]
    assert [row.customer for row in review.without_plan] == ["C-3"]
    assert str(found) == "care as of 2026-03-10 09:00+00:00: 2 due, 0 coming, 1 without a rhythm"
    assert repr(found) == f"<ContactsDue: {found}>"
    assert found.to_rows()[1]["overdue_days"] == pytest.approx(10 - 1 / 24)
    assert found.to_rows()[0] == {
        "customer": "C-2",
        "group": "key",
        "silent_days": None,
        "due": None,
        "overdue_days": None,
    }
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: Every(0, "day"), ValueError, "count must be a whole number, 1 or more, got 0"),
        (
            lambda: Every(1, "months"),
            ValueError,
            "unit must be one of its rules, got 'months'; did you mean 'month'",
        ),
        (lambda: ContactRhythm("x", {}), PeriodError, "for at least one group how often, got none"),
        (
            lambda: ContactRhythm("x", {"a": 30}),
            TypeError,
            r"the rhythm of 'a' must be Every\(count, unit\), got 30",
        ),
        (
            lambda: contacts_due(RHYTHM, [("C-1", "key")], as_of=NOW),
            LogError,
            "row 1 is no row of customer, group, last contact",
        ),
        (
            lambda: contacts_due(RHYTHM, [("C-1", "key", None), ("C-1", "key", None)], as_of=NOW),
            LogError,
            "row 2 names 'C-1' a second time",
        ),
        (
            lambda: contacts_due(RHYTHM, [("C-1", "key", NOW + timedelta(days=1))], as_of=NOW),
            LogError,
            "row 1 was last spoken to at 2026-03-11",
        ),
        (
            lambda: contacts_due(RHYTHM, [("C-1", "key", datetime(2026, 1, 1))], as_of=NOW),
            NaiveTimeError,
            "the last contact of row 1 must be a datetime with a time zone",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
