"""What type checkers must infer for working the sale and serving after it: run by mypy and pyright."""

from datetime import date, datetime
from typing import assert_type

from salesproc.follow_up import (
    CallOutcome,
    CallPreparation,
    DueAgain,
    ObjectivesMet,
    due_again,
    objectives_met,
    prepare_call,
)
from salesproc.loyalty import OwnerIntroductions, ReferralRequest, owner_introductions, referral_request
from salesproc.metrics import (
    Breakdown,
    DeliveryHistory,
    ObjectedDeal,
    ObjectionOutcomes,
    OnTimeDelivery,
    objection_outcomes,
    on_time_delivery,
)
from salesproc.records import (
    CheckIn,
    Contact,
    Customer,
    CustomerId,
    Delivery,
    DeliveryStage,
    Interaction,
    Lead,
    LostOpportunity,
    Opportunity,
    OrderId,
    WonOpportunity,
)
from salesproc.stages import Journey

DAY = date(2026, 3, 1)


def orders(order: Delivery, rows: list[DeliveryHistory], at: datetime) -> None:
    """Every step of an order is an order; records and rows are read alike."""
    assert_type(order.id, OrderId)
    assert_type(order.journey, Journey[DeliveryStage])
    assert_type(order.raise_issue("delay", at=at).tell_customer(0, at=at, promised_at=at), Delivery)
    assert_type(order.fulfilled_at, datetime | None)
    assert_type(on_time_delivery([order], as_of=at), OnTimeDelivery)
    assert_type(on_time_delivery(rows, as_of=DAY), OnTimeDelivery)
    assert_type(
        on_time_delivery([order], as_of=at, by=lambda one: one.customer_id),
        Breakdown[CustomerId, OnTimeDelivery],
    )


def objections(
    deals: list[Opportunity | WonOpportunity | LostOpportunity], rows: list[ObjectedDeal], at: datetime
) -> None:
    """Deals of any class in one list."""
    assert_type(objection_outcomes(deals, as_of=at), ObjectionOutcomes)
    assert_type(
        objection_outcomes(rows, as_of=DAY, by=lambda one: one.owner),
        Breakdown[str | None, ObjectionOutcomes],
    )
    assert_type(due_again(deals, as_of=at), DueAgain[Opportunity | WonOpportunity | LostOpportunity])


def calls(lead: Lead, contact: Contact, some: list[CallOutcome[int]], at: datetime) -> None:
    """Who is called keeps its type."""
    assert_type(due_again([lead], as_of=at), DueAgain[Lead])
    call = prepare_call("L-1", contact, objective="discover")
    assert_type(call, CallPreparation)
    assert_type(call.outcome(at=at, met=True), CallOutcome[str])
    assert_type(objectives_met(some, as_of=at), ObjectivesMet)
    assert_type(objectives_met(some, as_of=at, by=lambda one: one.entity), Breakdown[int, ObjectivesMet])


def customers(
    customer: Customer,
    order: Delivery,
    said: list[CheckIn[CustomerId]],
    contacts: list[Interaction[str]],
    at: datetime,
) -> None:
    """Orders and answers go in as they are."""
    assert_type(referral_request(customer, [order], said, as_of=at), ReferralRequest)
    assert_type(owner_introductions([("A-1", "sara", at)], contacts, as_of=at), OwnerIntroductions)
