"""When a lead is to be tried again, and who is due."""

import pickle
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, PeriodError, WorkingCalendar
from salesproc.follow_up import CadencePlan, CadenceStep, FollowedLead, next_try, tries_due
from salesproc.records import Interaction

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")
THREE = CadencePlan(
    "three",
    [
        CadenceStep("phone", after=HOUR),
        CadenceStep("email", after=2 * DAY),
        CadenceStep("phone", "last call", after=3 * DAY),
    ],
)
minutes = st.integers(-2000, 20_000).map(lambda n: timedelta(minutes=n))


@given(st.lists(minutes, max_size=6), st.integers(0, 20_000))
def test_the_tries_made_and_the_step_that_is_left_make_the_plan(offsets, passed):
    as_of = MONDAY + timedelta(minutes=passed)
    tries = [MONDAY + offset for offset in offsets]
    known = [at for at in tries if MONDAY <= at <= as_of]
    found = next_try(THREE, started_at=MONDAY, tries=tries, as_of=as_of)
    assert found.made == len(known)
    assert (found.state == "finished") == (len(known) >= 3)
    if found.state == "open":
        step = THREE.steps[len(known)]
        assert found.step == step
        assert found.due == max([MONDAY, *known]) + step.after
        assert found.overdue_by == max(as_of - found.due, timedelta())
        assert found.is_due == (found.due <= as_of)


@given(st.lists(minutes, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_tries_are_given_does_not_matter(offsets, random):
    as_of = MONDAY + 10 * DAY
    tries = [MONDAY + offset for offset in offsets]
    shuffled = random.sample(tries, len(tries))
    assert next_try(THREE, started_at=MONDAY, tries=tries, as_of=as_of) == next_try(
        THREE, started_at=MONDAY, tries=shuffled, as_of=as_of
    )


@given(st.lists(st.tuples(st.integers(0, 5000), st.booleans(), st.integers(0, 4)), max_size=8))
def test_every_lead_is_in_one_list_and_the_longest_overdue_comes_first(drawn):
    as_of = MONDAY + timedelta(minutes=6000)
    leads = [
        FollowedLead(
            n, MONDAY + timedelta(minutes=start), [MONDAY + timedelta(minutes=start)] * tries, answered
        )
        for n, (start, answered, tries) in enumerate(drawn)
    ]
    found = tries_due(THREE, leads, as_of=as_of)
    parts = (found.due, found.coming, found.finished, found.answered)
    assert sorted(row.entity for part in parts for row in part) == list(range(len(drawn)))
    late = [row.next.overdue_by for row in found.due]
    assert late == sorted(late, reverse=True)
    assert [row.next.due for row in found.coming] == sorted(row.next.due for row in found.coming)
    assert all(row.next.due > as_of for row in found.coming)


@given(st.integers(0, 14 * 24 * 60), st.integers(1, 6), st.integers(0, 6))
def test_days_of_work_are_counted_one_by_one_and_end_in_working_time(start, days, holiday):
    off = (MONDAY + holiday * DAY).date()
    office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC", holidays=[off])
    begun = MONDAY + timedelta(minutes=start)
    day, left = begun.date(), days
    while left:
        day += DAY
        left -= day.weekday() < 5 and day != off
    plan = CadencePlan("days", [CadenceStep("phone", working_days=days)])
    due = next_try(plan, started_at=begun, as_of=begun, calendar=office).due
    assert due == office.opens(datetime.combine(day, begun.time(), UTC))


def test_a_try_of_ours_counts_and_a_contact_of_theirs_is_an_answer():
    ours = Interaction("L-1", MONDAY + HOUR, "phone")
    theirs = Interaction("L-1", MONDAY + 3 * HOUR, "email", inbound=True)
    both = [ours, theirs]
    before = next_try(THREE, started_at=MONDAY, tries=both, as_of=MONDAY + 2 * HOUR)
    after = next_try(THREE, started_at=MONDAY, tries=both, as_of=MONDAY + 4 * HOUR)
    assert (before.state, before.made) == ("open", 1)
    assert (after.state, after.made, after.step, after.due, after.overdue_by) == (
        "answered",
        1,
        None,
        None,
        None,
    )
    assert str(after) == "answered after 1 of 3 planned tries"
    assert not after.is_due
    earlier = next_try(THREE, started_at=MONDAY + 4 * HOUR, tries=both, as_of=MONDAY + 4 * HOUR)
    assert (earlier.state, earlier.made) == ("open", 0)


def test_the_sentence_says_which_try_is_due_and_how_late():
    found = next_try(THREE, started_at=MONDAY, tries=[MONDAY + HOUR], as_of=MONDAY + 2 * DAY + 3 * HOUR)
    assert repr(found) == "<NextTry: try 2 of 3 by email is due 2026-03-04 10:00+00:00, overdue by 2.0 h>"
    now = next_try(THREE, started_at=MONDAY, as_of=MONDAY + HOUR)
    assert (now.is_due, now.overdue_by) == (True, timedelta())
    assert str(now) == "try 1 of 3 by phone is due 2026-03-02 10:00+00:00"
    done = next_try(THREE, started_at=MONDAY, tries=[MONDAY] * 4, as_of=MONDAY)
    assert (done.state, done.reason) == ("finished", "finished: 4 tries made, 3 planned")


def test_working_time_stops_at_night_and_so_does_the_delay():
    plan = CadencePlan(
        "hours", [CadenceStep("phone", after=2 * HOUR), CadenceStep("email", after=timedelta())]
    )
    friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    found = next_try(plan, started_at=friday, as_of=datetime(2026, 3, 10, 9, tzinfo=UTC), calendar=OFFICE)
    assert found.due == datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert found.overdue_by == 7 * HOUR
    night = datetime(2026, 3, 7, 3, tzinfo=UTC)
    at_once = next_try(plan, started_at=friday, tries=[night], as_of=night, calendar=OFFICE)
    assert at_once.due == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_two_days_are_48_hours_without_a_calendar_and_six_days_of_eight_with_one():
    plan = CadencePlan("days", [CadenceStep("phone", after=2 * DAY)])
    assert next_try(plan, started_at=MONDAY, as_of=MONDAY).due == MONDAY + 2 * DAY
    worked = next_try(plan, started_at=MONDAY, as_of=MONDAY, calendar=OFFICE)
    assert worked.due == datetime(2026, 3, 9, 17, tzinfo=UTC)


def test_time_passes_as_it_really_does_when_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    saturday = datetime(2026, 3, 28, 12, tzinfo=berlin)
    plan = CadencePlan("day", [CadenceStep("phone", after=DAY)])
    due = next_try(plan, started_at=saturday, as_of=saturday).due
    assert due == datetime(2026, 3, 29, 13, tzinfo=berlin)
    assert due.tzinfo is berlin


def test_a_day_of_work_keeps_the_time_of_day_when_clocks_change():
    office = WorkingCalendar.weekly(range(7), time(9), time(17), tz="Europe/Berlin")
    saturday = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    plan = CadencePlan("day", [CadenceStep("phone", working_days=1)])
    due = next_try(plan, started_at=saturday.astimezone(UTC), as_of=saturday, calendar=office).due
    assert due == datetime(2026, 3, 29, 10, tzinfo=UTC)


def test_rows_and_text_of_who_is_due():
    leads = [
        FollowedLead("L-1", MONDAY),
        FollowedLead("<L-2>", MONDAY, [MONDAY]),
        FollowedLead("L-3", MONDAY, [MONDAY] * 3),
        FollowedLead("L-4", MONDAY, answered=True),
        FollowedLead("L-5", MONDAY - HOUR),
    ]
    found = tries_due(THREE, leads, as_of=MONDAY + 2 * HOUR)
    assert (
        repr(found)
        == "<TriesDue: three as of 2026-03-02 11:00+00:00: 2 due, 1 coming, 1 finished, 1 answered>"
    )
    rows = found.to_rows()
    assert [(row["lead"], row["state"], row["overdue_hours"]) for row in rows] == [
        ("L-5", "due", 2.0),
        ("L-1", "due", 1.0),
        ("<L-2>", "open", 0.0),
        ("L-3", "finished", None),
        ("L-4", "answered", None),
    ]
    assert rows[0] == {
        "lead": "L-5",
        "state": "due",
        "made": 0,
        "planned": 3,
        "channel": "phone",
        "due": "2026-03-02T09:00:00+00:00",
        "overdue_hours": 2.0,
    }
    assert "&lt;L-2&gt;" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


def test_nobody_in_the_cadence_is_an_empty_result():
    found = tries_due(THREE, [], as_of=MONDAY)
    assert found.to_rows() == []
    assert str(found) == "three as of 2026-03-02 09:00+00:00: 0 due, 0 coming, 0 finished, 0 answered"


def test_a_plan_shows_its_steps():
    assert repr(CadencePlan("p", THREE.steps[:1])) == "<CadencePlan 'p': phone after 1:00:00>"
    assert repr(CadenceStep("email", working_days=2)) == "<CadenceStep: email after 2 working days>"
    assert pickle.loads(pickle.dumps(THREE)) == THREE


@pytest.mark.parametrize(
    ("wait", "message"),
    [
        ({}, "a step needs either after= or working_days=, got None and None"),
        ({"after": DAY, "working_days": 1}, "got datetime.timedelta(days=1) and 1"),
        ({"after": -DAY}, "after must be 0 or more, got datetime.timedelta(days=-1)"),
        ({"after": 4}, "after must be a timedelta, for example timedelta(days=30), got 4"),
        ({"working_days": 0}, "working_days must be a whole number, 1 or more, got 0"),
        ({"working_days": True}, "1 or more, got True"),
        ({"working_days": 1.5}, "1 or more, got 1.5"),
    ],
)
def test_a_step_without_one_clear_wait_is_refused(wait, message):
    with pytest.raises((PeriodError, ValueError, TypeError)) as refused:
        CadenceStep("phone", **wait)
    assert message in str(refused.value)


def test_what_cannot_be_planned_is_refused():
    with pytest.raises(PeriodError, match="a cadence plans at least one step, got none"):
        CadencePlan("none", [])
    days = CadencePlan("days", [CadenceStep("phone", working_days=2)])
    with pytest.raises(
        PeriodError, match="phone after 2 working days> counts days of work; give the calendar="
    ):
        next_try(days, started_at=MONDAY, as_of=MONDAY)
    with pytest.raises(TypeError, match="steps must be several, got the one text 'phone'"):
        CadencePlan("letters", "phone")
    with pytest.raises(TypeError, match="a step must be a CadenceStep, for example .*, got 'phone'"):
        CadencePlan("texts", ["phone"])
    stranger = Interaction("L-2", MONDAY, "phone")
    with pytest.raises(LogError, match="a try of lead 'L-1' is a contact with 'L-2'"):
        tries_due(THREE, [FollowedLead("L-1", MONDAY, [stranger])], as_of=MONDAY)
    with pytest.raises(NaiveTimeError, match="the time of a try"):
        next_try(THREE, started_at=MONDAY, tries=[datetime(2026, 3, 2)], as_of=MONDAY)
    with pytest.raises(LogError, match="lead 'L-1' is followed twice"):
        tries_due(THREE, [FollowedLead("L-1", MONDAY), FollowedLead("L-1", MONDAY)], as_of=MONDAY)


def test_a_cadence_that_begins_later_is_to_come():
    """It hides nobody else, and is due when it says."""
    found = tries_due(
        THREE, [FollowedLead("L-1", MONDAY + 7 * DAY), FollowedLead("L-2", MONDAY - DAY)], as_of=MONDAY
    )
    assert [row.entity for row in found.due] == ["L-2"]
    assert [(row.entity, row.next.due) for row in found.coming] == [("L-1", MONDAY + 7 * DAY + HOUR)]
