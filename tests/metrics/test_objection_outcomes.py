"""What becomes of deals that meet an objection; held against a count deal by deal, and against the win rate of all deals."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period, Rate
from salesproc.errors import UnknownName
from salesproc.metrics import (
    DealObjection,
    ObjectedDeal,
    ObjectionCounts,
    ObjectionOutcomeCounts,
    deal_outcomes,
    finish_objection_outcomes,
    objection_outcomes,
    objections,
    rate_change,
    reduce_objection_outcomes,
)
from salesproc.records import Contact, ObjectionKind, Opportunity, OpportunityId
from salesproc.testing import book

START = date(2026, 1, 5)
REVIEW = START + timedelta(days=60)
STAGES = ["contact", "present", "close"]


def on(day):
    return START + timedelta(days=day)


@st.composite
def deals(draw, owners=("sara", "omar")):
    opened = draw(st.integers(0, 65))
    outcome = draw(st.sampled_from(["open", "won", "lost"]))
    closed = None if outcome == "open" else opened + draw(st.integers(0, 30))
    raised = draw(
        st.lists(
            st.tuples(
                st.sampled_from([*ObjectionKind][:3]),
                st.sampled_from(STAGES),
                st.integers(opened, 70 if closed is None else closed),
                st.none() | st.integers(0, 9),
            ),
            max_size=4,
        )
    )
    said = [
        DealObjection(kind, stage, on(day), None if later is None else on(day + later))
        for kind, stage, day, later in raised
    ]
    end = None if closed is None else on(closed)
    return ObjectedDeal(None, on(opened), end, outcome, said, owner=draw(st.sampled_from(owners)))


def stands(deal):
    """How a deal stood at the review."""
    return "open" if deal.closed_at is None or deal.closed_at > REVIEW else deal.outcome


@given(st.lists(deals(), max_size=8))
def test_every_deal_is_counted_where_it_met_what(some):
    """Deal by deal: a deal is in the row of a kind once, in each stage in which it met it once, and in `without` where it met nothing."""
    found = objection_outcomes(some, as_of=REVIEW)
    there = [deal for deal in some if deal.opened_at <= REVIEW]
    met = {n: [one for one in deal.objections if one.raised_at <= REVIEW] for n, deal in enumerate(there)}
    rows = [((row.kind, row.stage), row.counts) for row in (*found.rows, *found.stages)]
    assert {place for place, _ in rows} == {
        place for own in met.values() for one in own for place in ((one.kind, None), (one.kind, one.stage))
    }
    for (kind, stage), counts in rows:
        own = {
            n: [one for one in said if one.kind == kind and stage in {None, one.stage}]
            for n, said in met.items()
        }
        ends = Counter(stands(there[n]) for n, said in own.items() if said)
        assert (counts.won, counts.lost, counts.open) == (ends["won"], ends["lost"], ends["open"])
        assert counts.raised == sum(map(len, own.values()))
        resolved = [
            one
            for n, said in own.items()
            for one in said
            if one.resolved_at and one.resolved_at <= min(there[n].closed_at or REVIEW, REVIEW)
        ]
        assert counts.resolved == len(resolved)
        standing = sum(len(said) for n, said in own.items() if stands(there[n]) == "open")
        in_open = sum(
            stands(there[n]) == "open" for n, said in own.items() for one in said if one in resolved
        )
        assert counts.standing == standing - in_open
    assert found.without.deals == sum(not said for said in met.values())
    assert found.after_as_of == sum(len(deal.objections) for deal in there) - sum(map(len, met.values()))


@given(st.lists(deals(), max_size=8))
def test_with_and_without_are_all_deals(some):
    """The win rates on both sides add up to the win rate of `deal_outcomes`; the objections are those of `objections`."""
    found = objection_outcomes(some, as_of=REVIEW)
    whole = deal_outcomes(some, as_of=REVIEW)
    assert found.with_any.win_rate + found.without.win_rate == whole.closed
    assert found.with_any.open + found.without.open == whole.counts.open.deals
    assert found.with_any.raised == sum(row.counts.raised for row in found.rows)
    late = objection_outcomes(some, as_of=on(120))
    assert {row.kind: row.counts.raised for row in late.rows} == {
        row.cause: row.cases for row in objections(some)
    }


@given(st.lists(deals(), max_size=8))
def test_owners_add_up_to_the_whole(some):
    parts = objection_outcomes(iter(some), as_of=REVIEW, by="owner")
    assert parts.total == objection_outcomes(some[::-1], as_of=REVIEW)
    added = [reduce_objection_outcomes(half, as_of=REVIEW) for half in (some[::2], some[1::2])]
    assert finish_objection_outcomes(added[0] + added[1]) == parts.total
    assert sum((part.without.win_rate for part in parts.values()), Rate(0, 0)) == parts.total.without.win_rate


def deal(outcome, *said, opened=0):
    closed = None if outcome == "open" else on(opened + 20)
    rows = [
        DealObjection(kind, stage, on(opened + 1), on(opened + 2) if resolved else None)
        for kind, stage, resolved in said
    ]
    return ObjectedDeal(None, on(opened), closed, outcome, rows)


SOME = [
    deal("won", ("cost", "present", True), ("cost", "close", True)),
    deal("won", ("cost", "present", True)),
    deal("lost", ("cost", "close", False), ("trust", "contact", True)),
    deal("open", ("trust", "contact", False)),
    *(deal(outcome) for outcome in ("won", "lost", "lost", "open")),
]


def test_a_quarter_of_them():
    found = objection_outcomes(SOME, as_of=REVIEW)
    cost = found["cost"]
    assert (cost.deals, cost.raised, cost.resolved, cost.unresolved, cost.standing) == (3, 4, 3, 1, 0)
    assert (cost.win_rate, cost.resolved_share) == (Rate(2, 3), Rate(3, 4))
    assert found["trust"].resolved_share == Rate(1, 1)
    assert (found["trust"].standing, found["trust"].win_rate) == (1, Rate(0, 1))
    assert [(row.kind, row.stage, row.counts.deals) for row in found.stages] == [
        ("cost", "close", 2),
        ("cost", "present", 2),
        ("trust", "contact", 2),
    ]
    assert (found.with_any.win_rate, found.without.win_rate) == (Rate(2, 3), Rate(1, 3))
    change = rate_change(found.without.win_rate, found.with_any.win_rate)
    assert change.difference == pytest.approx(1 / 3)
    assert change.interval.low < 0 < change.interval.high
    with pytest.raises(UnknownName, match="no kind of objection 'price'"):
        found["price"]


def test_the_report_shows_itself():
    found = objection_outcomes(SOME, as_of=REVIEW)
    assert str(found).splitlines() == [
        "objection  deals  raised         resolved  open   won of closed",
        "cost           3       4   75.0% (3 of 4)     0  66.7% (2 of 3)",
        "trust          2       2  100.0% (1 of 1)     1   0.0% (0 of 1)",
        "(none)         4       0     n/a (0 of 0)     1  33.3% (1 of 3)",
    ]
    assert repr(found) == (
        "<ObjectionOutcomes of 2 kinds: 66.7% (2 of 3) of closed won with any, 33.3% (1 of 3) without>"
    )
    rows = found.to_rows()
    assert [(row["kind"], row["stage"]) for row in rows] == [
        *(("cost", None), ("trust", None)),
        *(("cost", "close"), ("cost", "present"), ("trust", "contact")),
        ("(none)", None),
    ]
    assert (rows[0]["win_rate"], rows[0]["low"]) == (2 / 3, Rate(2, 3).interval().low)
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    nothing = objection_outcomes([deal("won")], as_of=REVIEW)
    assert nothing.undefined == "no objection is recorded, which may also mean that nobody records any"
    assert (nothing.without.win_rate, found.undefined) == (Rate(1, 1), None)


def test_what_is_answered_after_the_deal_is_decided_did_not_help():
    """The deal was lost with the objection standing; a record tidied up later does not make it resolved."""
    tidied = [ObjectedDeal(None, on(0), on(9), "lost", [DealObjection("cost", "close", on(3), on(12))])]
    assert objection_outcomes(tidied, as_of=on(10))["cost"].resolved_share == Rate(0, 1)
    assert objection_outcomes(tidied, as_of=REVIEW)["cost"].resolved_share == Rate(0, 1)
    assert objection_outcomes(tidied, as_of=on(8))["cost"].standing == 1


def test_a_cohort_is_of_deals_opened_in_it():
    late = deal("won", ("cost", "close", True), opened=40)
    assert objection_outcomes([*SOME, late], as_of=REVIEW, period=Period.month(2026, 2))[
        "cost"
    ].win_rate == Rate(1, 1)
    counts = reduce_objection_outcomes([*SOME, late], as_of=REVIEW, period=Period.month(2026, 2))
    assert counts.out_of_period == len(SOME)


def test_records_are_read_as_they_are():
    found = objection_outcomes(book().deals, as_of=book().as_of)
    raised = [one for one in book().deals if one.objections]
    assert found["cost"].deals == len(raised) > 0
    assert {row.stage for row in found.stages} == {"objections"}
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    one = Opportunity.open(OpportunityId("O-1"), at=noon, contact=Contact("Lin Wei"), owner="sara")
    one = one.raise_objection("timing", at=noon, call_again_at=noon + timedelta(days=90))
    assert objection_outcomes([one], as_of=noon, by="owner")["sara"]["timing"] == ObjectionCounts(
        open=1, standing=1
    )


def test_refusals():
    wrong = [
        ObjectedDeal(None, on(0), None, "open", [DealObjection("cost", "close", on(3), on(2))], id="O-7")
    ]
    with pytest.raises(
        LogError, match=r"objection 1 of deal 1 \('O-7'\) was resolved at 2026-01-07, before it was"
    ):
        objection_outcomes(wrong, as_of=REVIEW)
    for day in (4, 21):
        outside = [ObjectedDeal(None, on(5), on(20), "won", [DealObjection("cost", "close", on(day))])]
        with pytest.raises(
            LogError, match=r"objection 1 of deal 1 was raised at .*, when the deal was not open"
        ):
            objection_outcomes(outside, as_of=REVIEW)
    naive = [ObjectedDeal(None, on(0), None, "open", [DealObjection("cost", "close", datetime(2026, 1, 6))])]
    with pytest.raises(NaiveTimeError, match="objection 1 of deal 1 has a naive datetime"):
        objection_outcomes(naive, as_of=REVIEW)
    for counts in (ObjectionCounts(), ObjectionOutcomeCounts()):
        with pytest.raises(TypeError, match="unsupported operand"):
            counts + 1
