"""Whoever was put off to a date comes up on it, and not before."""

import pickle
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import NaiveTimeError
from salesproc.follow_up import due_again
from salesproc.records import Contact, Lead, LeadId, Opportunity, OpportunityId
from salesproc.testing import book

T = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day) for day in range(20)]


@given(st.lists(st.none() | st.integers(0, 19), max_size=9), st.integers(0, 19))
def test_everybody_with_a_date_is_due_or_coming(days, now):
    """In the order of their dates; the due moment itself is due."""
    records = [
        SimpleNamespace(id=f"L-{n}", call_again_at=None if day is None else T[day])
        for n, day in enumerate(days)
    ]
    found = due_again(iter(records), as_of=T[now])
    times = [at for _, at in (*found.due, *found.coming)]
    assert times == sorted(T[day] for day in days if day is not None)
    assert all(at <= T[now] for _, at in found.due)
    assert all(at > T[now] for _, at in found.coming)
    assert [row["due"] for row in found.to_rows()] == [True] * len(found.due) + [False] * len(found.coming)


def records():
    sal = Lead.capture(LeadId("L-1"), Contact("林薇"), source="event", at=T[0]).qualify(score=7, at=T[0])
    sal = sal.accept(at=T[1], by="omar")
    deal = Opportunity.open(OpportunityId("O-1"), at=T[0], contact=Contact("Amal"))
    return [
        sal.recycle(reason="not_now", at=T[2], call_again_at=T[12]),
        sal,
        deal.raise_objection("timing", at=T[2], call_again_at=T[5]),
        deal.lose(reason="cost", at=T[2], call_again_at=T[8]),
        deal,
    ]


def test_leads_and_deals_open_and_lost_in_one_list():
    found = due_again(records(), as_of=T[9])
    assert [(type(one.record).__name__, one.at) for one in found.due] == [
        ("Opportunity", T[5]),
        ("LostOpportunity", T[8]),
    ]
    assert [one.record.id for one in found.coming] == ["L-1"]
    assert str(found) == "2 due (O-1, O-1), 1 coming"
    assert found.to_rows()[1:] == [
        {"record": "O-1", "call_again_at": T[8].isoformat(), "due": True, "overdue_days": 1.0},
        {"record": "L-1", "call_again_at": T[12].isoformat(), "due": False, "overdue_days": 0.0},
    ]
    assert repr(found) == "<DueAgain: 2 due (O-1, O-1), 1 coming>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_book_nobody_was_put_off_in_has_nobody_due():
    everything = [*book().leads, *book().deals]
    assert str(due_again(everything, as_of=book().as_of)) == "0 due, 0 coming"


def test_times_without_a_zone_are_refused():
    with pytest.raises(NaiveTimeError, match="as_of must be"):
        due_again([], as_of=datetime(2026, 3, 1))
    with pytest.raises(NaiveTimeError, match="call_again_at must be"):
        due_again([SimpleNamespace(id="L-1", call_again_at=datetime(2026, 3, 1))], as_of=T[0])


def test_what_has_no_id_is_no_record():
    with pytest.raises(
        TypeError, match="records must be leads and deals, got {'id': 'L-1'}, which has no id"
    ):
        due_again([{"id": "L-1"}], as_of=T[0])
    with pytest.raises(TypeError, match="records must be several, got the one text 'L-1'"):
        due_again("L-1", as_of=T[0])
