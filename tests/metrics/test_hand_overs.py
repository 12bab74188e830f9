"""Leads passed on: every one is accepted, given back or lying, and lying is not refused."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period
from salesproc.metrics import HandedOver, HandOverCounts, hand_over_outcomes, reduce_hand_over_outcomes
from salesproc.records import HandOver, LeadId, RejectReason

MARCH = [date(2026, 3, day) for day in range(1, 32)]
PERIOD = Period(MARCH[4], MARCH[20])


@st.composite
def passed(draw):
    day = draw(st.integers(0, 30))
    outcome = draw(st.sampled_from(["submitted", "accepted", "rejected", "recycled"]))
    decided = None if outcome == "submitted" else MARCH[min(day + draw(st.integers(0, 9)), 30)]
    return HandedOver(
        draw(st.sampled_from("ABC")), MARCH[day], outcome, decided, draw(st.sampled_from([None, "clerical"]))
    )


BOOKS = st.lists(passed(), max_size=12, unique_by=lambda one: (one.lead_id, one.submitted_at))


@given(BOOKS, st.sampled_from(MARCH))
def test_every_hand_over_is_in_exactly_one_place(hand_overs, as_of):
    """Counted one by one by the words of the page."""
    found = hand_over_outcomes(iter(hand_overs), as_of=as_of, period=PERIOD)
    expected = Counter()
    for one in hand_overs:
        if one.submitted_at > as_of:
            expected["after"] += 1
        elif one.submitted_at not in PERIOD:
            expected["outside"] += 1
        elif one.decided_at is None or one.decided_at > as_of:
            expected["undecided"] += 1
        else:
            expected[one.outcome] += 1
    counts = found.counts
    assert counts.after_as_of == expected["after"]
    assert counts.out_of_period == expected["outside"]
    assert counts.undecided == expected["undecided"]
    assert counts.accepted == expected["accepted"]
    assert sum(counts.rejected.values()) == expected["rejected"]
    assert sum(counts.recycled.values()) == expected["recycled"]
    assert found.handed_over == len(hand_overs) - expected["after"] - expected["outside"]


@given(BOOKS)
def test_parts_add_up(hand_overs):
    by_lead = hand_over_outcomes(hand_overs, as_of=MARCH[25], by="lead_id")
    whole = reduce_hand_over_outcomes(hand_overs, as_of=MARCH[25])
    assert by_lead.total.counts == whole
    assert sum((part.counts for part in by_lead.values()), HandOverCounts()) == whole
    assert by_lead == hand_over_outcomes(hand_overs, as_of=MARCH[25], by=lambda one: one.lead_id)


def test_records_are_read_as_they_are():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    sent = [HandOver.submit(LeadId(f"L-{n}"), sender="omar", receiver="sara", at=noon) for n in range(4)]
    passed_on = [
        sent[0].accept(at=noon, by="sara"),
        sent[1].reject(reason=RejectReason.DEFINITIONAL, at=noon, by="sara"),
        sent[2].recycle(reason="not_now", at=noon, by="sara"),
        sent[3],
    ]
    found = hand_over_outcomes(passed_on, as_of=noon, by="sender")["omar"]
    assert str(found) == (
        "33.3% (1 of 3) accepted; 1 rejected (definitional), 1 recycled (not_now); 1 undecided"
    )
    assert found.with_reason.value == 1
    assert [row["share"] for row in found.to_rows()] == [1 / 3, 1 / 3, 1 / 3, None]
    assert repr(found) == f"<HandOverOutcomes: {found}>"
    assert pickle.loads(pickle.dumps(found)) == found


def test_given_back_without_a_reason_is_said():
    found = hand_over_outcomes(
        [
            HandedOver("A", MARCH[0], "rejected", MARCH[1]),
            HandedOver("B", MARCH[0], "rejected", MARCH[1], "x"),
        ],
        as_of=MARCH[9],
    )
    assert str(found.with_reason) == "50.0% (1 of 2)"
    assert str(found) == "0.0% (0 of 2) accepted; 1 rejected (x), 1 rejected (no reason); 0 undecided"


def test_nothing_decided_is_undefined():
    found = hand_over_outcomes([HandedOver("A", MARCH[0])], as_of=MARCH[9])
    assert found.undefined == "no hand-over has been decided"
    assert found.acceptance.value is None
    assert HandOverCounts().__add__(1) is NotImplemented


@pytest.mark.parametrize(
    ("rows", "options", "error", "message"),
    [
        ([("A", MARCH[0])], {}, LogError, "hand-over 1 has no submitted_at: .* make it a hand-over"),
        (
            [HandedOver("A", MARCH[0], "acepted", MARCH[1])],
            {},
            LogError,
            r"hand-over 1 \(of 'A'\) has the outcome 'acepted', which is none; did you mean 'accepted'",
        ),
        ([HandedOver("A", MARCH[0], "accepted")], {}, LogError, "is accepted and has decided_at None"),
        ([HandedOver("A", MARCH[0], "submitted", MARCH[1])], {}, LogError, "is submitted and has decided_at"),
        (
            [HandedOver("A", MARCH[5], "accepted", MARCH[1])],
            {},
            LogError,
            "was decided at 2026-03-02, before it was handed over at 2026-03-06",
        ),
        (
            [HandedOver("A", MARCH[0]), HandedOver("B", MARCH[0]), HandedOver("A", MARCH[0])],
            {},
            LogError,
            r"hand-over 3 \(of 'A'\) is there a second time: .*; a lead handed over again has another time",
        ),
        (
            [HandedOver("A", MARCH[0]), HandedOver("A", MARCH[0], "accepted", MARCH[1])],
            {},
            LogError,
            r"hand-over 2 \(of 'A'\) is there a second time: .*, outcome='accepted'",
        ),
        ([HandedOver("A", datetime(2026, 3, 1))], {}, NaiveTimeError, "has a naive datetime"),
        ([], {"period": (MARCH[0], MARCH[9])}, TypeError, "period must be a Period"),
        ([HandedOver("A", MARCH[0])], {"by": "sender"}, LogError, "by='sender' asks for an attribute"),
    ],
)
def test_refusals(rows, options, error, message):
    with pytest.raises(error, match=message):
        hand_over_outcomes(rows, as_of=MARCH[30], **options)
