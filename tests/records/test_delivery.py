"""An order is watched until it is fulfilled, and the customer is told before it may be called delayed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import LogError, NaiveTimeError, RecordError, StorageError, UnknownName
from salesproc.records import (
    DELIVERY,
    CustomerId,
    Delivery,
    DeliveryIssue,
    DeliveryStage,
    IssueKind,
    OpportunityId,
    OrderId,
    PromiseChange,
)
from salesproc.stages import StageKind, TransitionRefused

T = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day) for day in range(20)]
AFTER = {IssueKind.DELAY: DeliveryStage.DELAYED, IssueKind.PROBLEM: DeliveryStage.PROBLEM}


def placed(**options):
    options = {"customer_id": CustomerId("C-1"), "promised_at": T[9], "by": "sara"} | options
    return Delivery.place(OrderId("D-1"), at=T[0], **options)


def running():
    return placed().start(at=T[1], by="omar")


VERBS = {
    "start": lambda one, at: one.start(at=at),
    "delay": lambda one, at: one.raise_issue("delay", at=at),
    "problem": lambda one, at: one.raise_issue("problem", at=at, force_majeure=True),
    "tell": lambda one, at: one.tell_customer(len(one.issues) - 1, at=at),
    "tell and promise": lambda one, at: one.tell_customer(
        len(one.issues) - 1, at=at, promised_at=at + timedelta(days=2)
    ),
    "promise": lambda one, at: one.with_promise(at + timedelta(days=3), at=at),
    "resume": lambda one, at: one.resume(at=at),
    "fulfil": lambda one, at: one.fulfil(at=at),
    "cancel": lambda one, at: one.cancel(reason="changed their mind", at=at),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 30)), max_size=14))
def test_whatever_happens_the_record_says_what_was_promised_found_and_told(steps):
    """Every promise and every issue ever kept stays; nobody is delayed who was not told; nothing happens after the end."""
    order, at = placed(), T[0]
    for verb, hours in steps:
        at += timedelta(hours=hours)
        try:
            after = VERBS[verb](order, at)
        except (TransitionRefused, UnknownName):
            continue
        assert order.open
        assert after.promises[: len(order.promises)] == order.promises
        assert [one[0] for one in after.issues][: len(order.issues)] == [one[0] for one in order.issues]
        assert after.promised_at == after.promises[-1].promised_at
        order = after
    assert DELIVERY.replay(order.journey.history) == order.journey
    assert Delivery.from_dict(order.to_dict()) == order
    told = [one.told_at for one in order.issues if one.told_at]
    delayed = [change for change in order.journey.history if change.stage in AFTER.values()]
    assert all(change.at in told and change.evidence["customer_told_at"] == change.at for change in delayed)
    assert order.open is (order.fulfilled_at is None and order.cancelled_at is None)
    assert len(order.untold) == len(order.issues) - len(told)


def test_an_order_without_trouble():
    order = running().fulfil(at=T[5], by="omar")
    assert [change.stage for change in order.journey.history] == ["placed", "in progress", "fulfilled"]
    assert (order.id, order.customer_id, order.placed_at, order.fulfilled_at) == ("D-1", "C-1", T[0], T[5])
    assert (order.promises, order.promised_at) == ((PromiseChange(T[0], T[9]),), T[9])
    assert order.journey.history[0].by == "sara"
    assert (order.open, order.cancelled_at, order.untold) == (False, None, ())
    assert placed(opportunity_id=OpportunityId("O-1")).opportunity_id == "O-1"


@pytest.mark.parametrize("kind", IssueKind)
def test_an_order_is_delayed_when_the_customer_knows(kind):
    """Found on the third day, told on the fourth, and promised anew."""
    found = running().raise_issue(kind, at=T[3], about="a part is missing")
    assert (found.stage, found.untold) == (
        DeliveryStage.IN_PROGRESS,
        (DeliveryIssue(T[3], None, False, kind, "a part is missing"),),
    )
    told = found.tell_customer(0, at=T[4], by="sara", promised_at=T[14])
    assert (told.stage, told.untold, told.promised_at) == (AFTER[kind], (), T[14])
    assert told.promises == (PromiseChange(T[0], T[9]), PromiseChange(T[4], T[14]))
    change = told.journey.history[-1]
    assert (change.event, change.by, change.evidence) == (kind, "sara", {"customer_told_at": T[4]})
    done = told.resume(at=T[6], reason="the part came").fulfil(at=T[7])
    assert done.fulfilled_at == T[7]


def test_a_second_delay_of_a_delayed_order_is_told_too():
    order = running().raise_issue("delay", at=T[2]).raise_issue("delay", at=T[3])
    once = order.tell_customer(1, at=T[4])
    twice = once.tell_customer(0, at=T[5])
    assert (once.stage, twice.stage, twice.untold) == ("delayed", "delayed", ())
    assert [one.told_at for one in twice.issues] == [T[5], T[4]]
    assert twice.journey == once.journey
    assert twice.raise_issue("problem", at=T[5]).tell_customer(2, at=T[6]).stage == "problem"


def test_the_process_itself_asks_for_the_notice():
    """Whoever moves the order without the record is asked the same."""
    journey = running().journey
    for kind, stage in AFTER.items():
        assert str(DELIVERY.step(journey, kind, at=T[2])) == "refused: customer_told_at is missing"
        told = DELIVERY.step(journey, kind, at=T[2], evidence={"customer_told_at": T[2]}).unwrap()
        assert told.stage is stage
        assert str(DELIVERY.step(told, "fulfil", at=T[3])).startswith("refused: 'fulfil' cannot be taken")
    assert DELIVERY.stage("fulfilled").kind is StageKind.WON


def test_the_same_promise_again_is_no_other_promise():
    order = placed().with_promise(T[9], at=T[2])
    assert order == placed()
    assert order.with_promise(T[8], at=T[2]).promised_at == T[8]


@pytest.mark.parametrize(
    "end", [lambda one: one.fulfil(at=T[5]), lambda one: one.cancel(reason="x", at=T[5])]
)
def test_after_the_end_nothing_is_watched(end):
    order = end(running().raise_issue("delay", at=T[2]))
    for verb in VERBS.values():
        with pytest.raises(TransitionRefused, match="cannot be taken from .*: nothing, it is final"):
            verb(order, T[6])


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: placed(promised_at=T[0] - timedelta(hours=1)), RecordError, "D-1 cannot be promised by"),
        (lambda: placed().with_promise(T[2], at=T[3]), RecordError, "which is later"),
        (lambda: placed().with_promise(T[9], at=T[0] - timedelta(1)), TransitionRefused, "with_promise"),
        (lambda: placed(promised_at=datetime(2026, 3, 9)), NaiveTimeError, "promised_at must be"),
        (lambda: placed().raise_issue("flood", at=T[1]), ValueError, "no kind of issue 'flood'"),
        (lambda: placed().raise_issue("delay", at=datetime(2026, 3, 9)), NaiveTimeError, "at must be"),
        (
            lambda: running().raise_issue("delay", at=T[3]).raise_issue("delay", at=T[2]),
            TransitionRefused,
            "the time of raise_issue is",
        ),
        (
            lambda: placed().raise_issue("delay", at=T[3]).tell_customer(0, at=T[2]),
            TransitionRefused,
            "the time of tell_customer is",
        ),
        (
            lambda: placed().raise_issue("delay", at=T[1]).start(at=T[4]).tell_customer(0, at=T[3]),
            TransitionRefused,
            "the time of tell_customer is",
        ),
        (
            lambda: (
                running()
                .raise_issue("delay", at=T[2])
                .raise_issue("delay", at=T[2])
                .tell_customer(0, at=T[5])
                .tell_customer(1, at=T[4])
            ),
            TransitionRefused,
            "the time of tell_customer is",
        ),
        (
            lambda: placed().tell_customer(0, at=T[2]),
            UnknownName,
            "'D-1' has no untold issue '0'; known: none",
        ),
        (lambda: running().cancel(reason="", at=T[2]), TransitionRefused, "reason is missing"),
        (lambda: placed().fulfil(at=T[2]), TransitionRefused, "'fulfil' cannot be taken from 'placed'"),
        (lambda: running().resume(at=T[2]), TransitionRefused, "'resume' cannot be taken from 'in progress'"),
        (
            lambda: Delivery(journey=placed().journey, customer_id=CustomerId("C-1"), promises=()),
            RecordError,
            "D-1 was promised for no time",
        ),
    ],
)
def test_what_cannot_be_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()


def test_a_stored_order_is_judged_again():
    stored = running().raise_issue("delay", at=T[2]).tell_customer(0, at=T[3]).to_dict()
    stored["journey"]["history"][2]["evidence"] = {}
    with pytest.raises(LogError, match="customer_told_at is missing"):
        Delivery.from_dict(stored)
    with pytest.raises(StorageError, match="was promised for no time"):
        Delivery.from_dict({**running().to_dict(), "promises": []})


def test_an_order_says_what_it_is_in_one_line():
    assert repr(placed()) == "<Delivery D-1 for C-1, placed, promised by 2026-03-10T09:00:00+00:00>"
    assert repr(running().raise_issue("delay", at=T[2])).endswith("1 untold>")
    assert repr(running().fulfil(at=T[2])) == "<Delivery D-1 for C-1, fulfilled>"
