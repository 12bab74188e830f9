"""Nobody is forgotten: the last contact, what is planned, what is late, and who has nothing."""

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError
from salesproc.customers import FollowUps, follow_ups, timeline
from salesproc.records import Interaction, PlannedActivity

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
people = st.sampled_from(["ann", "bob", "cid"])
times = st.integers(-5, 5).map(lambda days: NOON + days * DAY)
plans = st.lists(
    st.builds(PlannedActivity, people, times, st.just("call"), done_at=st.none() | times), max_size=8
)
contacts = st.lists(st.builds(Interaction, people, times, st.just("phone")), max_size=8)


@given(plans, contacts)
def test_everybody_is_where_the_words_say(activities, interactions):
    found = follow_ups(["ann", "bob"], iter(activities), as_of=NOON, interactions=iter(interactions))
    assert [row.customer for row in found.rows] == ["ann", "bob"]
    for row in found.rows:
        due = [
            plan
            for plan in activities
            if plan.customer == row.customer and (plan.done_at is None or plan.done_at > NOON)
        ]
        late = [plan.due for plan in due if plan.due < NOON]
        ahead = [plan.due for plan in due if plan.due >= NOON]
        assert [plan.due for plan in row.overdue] == sorted(late)
        assert (row.next.due if row.next else None) == min(ahead, default=None)
        assert row.nothing_planned == (not due)
        said = [one.at for one in interactions if one.customer == row.customer and one.at <= NOON]
        assert (row.last.at if row.last else None) == max(said, default=None)
        assert row.silent_for == (NOON - max(said) if said else None)
    named = {one.customer for one in (*activities, *interactions)}
    assert set(found.strangers) == named - {"ann", "bob"}
    assert {row.customer for row in found.without_plan} == {
        row.customer for row in found.rows if row.nothing_planned
    }
    assert [row.overdue[0].due for row in found.late] == sorted(
        row.overdue[0].due for row in found.rows if row.overdue
    )


def test_the_neglected_come_by_how_long_they_wait():
    said = [Interaction("ann", NOON - 40 * DAY, "phone"), Interaction("bob", NOON - 90 * DAY, "email")]
    found = follow_ups(
        ["ann", "bob", "cid", "dan"], [], as_of=NOON, interactions=[*said, Interaction("dan", NOON, "phone")]
    )
    assert [row.customer for row in found.neglected(30 * DAY)] == ["cid", "bob", "ann"]
    assert [row.customer for row in found.neglected(40 * DAY)] == ["cid", "bob"]


def test_times_of_several_zones_are_compared_as_instants():
    east = timezone(timedelta(hours=9))
    said = [
        Interaction("ann", datetime(2026, 3, 2, 20, tzinfo=east), "phone", "first"),
        Interaction("ann", datetime(2026, 3, 2, 11, 30, tzinfo=UTC), "phone", "second"),
        Interaction("bob", NOON, "phone"),
    ]
    assert [one.summary for one in timeline("ann", said)] == ["second", "first"]
    assert follow_ups(["ann"], [], as_of=NOON, interactions=said).rows[0].last.summary == "second"


def test_it_shows_itself():
    found = follow_ups(
        ["ann", "bob"],
        [PlannedActivity("ann", NOON - DAY, "visit"), PlannedActivity("ann", NOON + DAY, "call")],
        as_of=NOON,
        interactions=[Interaction("ann", NOON - 2 * DAY, "phone")],
    )
    assert isinstance(found, FollowUps)
    assert repr(found) == "<FollowUps of 2 customers as of 2026-03-02T12:00:00+00:00: 1 without plan, 1 late>"
    assert found.to_rows() == [
        {
            "customer": "ann",
            "silent_days": 2.0,
            "next": "call",
            "due": "2026-03-03T12:00:00+00:00",
            "overdue": 1,
        },
        {"customer": "bob", "silent_days": None, "next": None, "due": None, "overdue": 0},
    ]
    assert pickle.loads(pickle.dumps(found)) == found


def test_refusals():
    naive = datetime(2026, 3, 2)
    for work in (
        lambda: follow_ups([], [], as_of=naive),
        lambda: follow_ups([], [PlannedActivity("ann", naive, "call")], as_of=NOON),
        lambda: follow_ups([], [PlannedActivity("ann", NOON, "call", done_at=naive)], as_of=NOON),
        lambda: follow_ups([], [], as_of=NOON, interactions=[Interaction("ann", naive, "phone")]),
        lambda: timeline("ann", [Interaction("ann", naive, "phone")]),
    ):
        with pytest.raises(NaiveTimeError, match="time zone"):
            work()
    with pytest.raises(LogError, match="'ann' is asked about twice"):
        follow_ups(["ann", "ann"], [], as_of=NOON)
