"""What type checkers refuse: each marked line is an error that both must find. Checked, never run.

A mark names the error of mypy, then that of pyright. Where a checker finds no error any more, its mark is an error by
itself; that pyright finds the very one named, ``test_refused.py`` sees to.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from salesproc.lifetime import BgNbd, PurchaseHistory, customer_outlook, fit_bg_nbd, purchase_history
from salesproc.metrics import Order
from salesproc.money import Money, total
from salesproc.records import (
    MQL,
    SAL,
    SQL,
    Account,
    AccountId,
    Contact,
    Customer,
    CustomerId,
    Disqualified,
    FormerCustomer,
    HandOver,
    Lead,
    LeadId,
    LeadRecord,
    LostOpportunity,
    Opportunity,
    OpportunityId,
    WonOpportunity,
    lifecycle,
)
from salesproc.stages import (
    LIFECYCLE,
    SIX_STEP_SALE,
    Journey,
    LifecycleStage,
    Process,
    SixStep,
    Stage,
    StageKind,
    Transition,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
USD = Money(900, "USD")


class Deal(StrEnum):
    """Somebody's own stages."""

    OPEN = "open"
    WON = "won"


DEALS = Process(
    "deals",
    stages=[Stage(Deal.OPEN), Stage(Deal.WON, kind=StageKind.WON)],
    transitions=[Transition("win", Deal.OPEN, Deal.WON)],
)


def steps_a_stage_does_not_have(lead: Lead, mql: MQL, sal: SAL, sql: SQL, out: Disqualified) -> None:
    """A step is a method of the stages it can be taken from, and of no other."""
    lead.win(at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    lead.accept(at=AT, by="omar")  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    lead.open_opportunity(OpportunityId("O-1"), at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    mql.qualify(score=80, at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    mql.recycle(reason="not_now", at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    sal.reject(reason="clerical", at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    sal.accept(at=AT, by="omar")  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    sql.qualify(need=True, can_afford=True, at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    out.disqualify(reason="no_need", at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    MQL.capture(LeadId("L-1"), Contact("Lin"), source="x", at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue


def steps_a_deal_or_a_customer_does_not_have(
    deal: Opportunity, won: WonOpportunity, lost: LostOpportunity, gone: FormerCustomer, customer: Customer
) -> None:
    """What is closed stays closed, and who left buys nothing."""
    deal.new_customer(CustomerId("C-1"))  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    deal.reopen(at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    won.lose(reason="cost", at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    won.with_amount(USD, at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    lost.win(at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    lost.raise_objection("cost", at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    gone.buy(USD, at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    customer.win_back(at=AT)  # type: ignore[attr-defined]  # reportAttributeAccessIssue


def what_a_stage_does_not_promise(lead: Lead, deal: Opportunity, record: LeadRecord) -> None:
    """A lead has no score yet, an open deal no closing time."""
    print(lead.score, lead.accepted_by)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    print(deal.reason)  # type: ignore[attr-defined]  # reportAttributeAccessIssue
    record.accept(at=AT, by="omar")  # type: ignore[union-attr]  # reportAttributeAccessIssue
    print(record.meeting_at)  # type: ignore[union-attr]  # reportAttributeAccessIssue
    closed: datetime = deal.closed_at  # type: ignore[assignment]  # reportAssignmentType
    worth: Money = deal.amount  # type: ignore[assignment]  # reportAssignmentType
    print(closed, worth)


def evidence_left_out(lead: Lead, mql: MQL, sal: SAL, deal: Opportunity, customer: Customer) -> None:
    """What a step cannot do without is an argument that cannot be left out."""
    lead.qualify(at=AT)  # type: ignore[call-arg]  # reportCallIssue
    lead.qualify(score=72)  # type: ignore[call-arg]  # reportCallIssue
    lead.disqualify(at=AT)  # type: ignore[call-arg]  # reportCallIssue
    mql.accept(at=AT)  # type: ignore[call-arg]  # reportCallIssue
    mql.reject(at=AT, by="omar")  # type: ignore[call-arg]  # reportCallIssue
    sal.qualify(need=True, at=AT)  # type: ignore[call-arg]  # reportCallIssue
    sal.recycle(at=AT)  # type: ignore[call-arg]  # reportCallIssue
    deal.lose(at=AT)  # type: ignore[call-arg]  # reportCallIssue
    deal.win()  # type: ignore[call-arg]  # reportCallIssue
    customer.leave(at=AT)  # type: ignore[call-arg]  # reportCallIssue
    customer.open_opportunity(OpportunityId("O-1"), at=AT)  # type: ignore[call-arg]  # reportCallIssue
    HandOver.submit(LeadId("L-1"), sender="omar", at=AT)  # type: ignore[call-arg]  # reportCallIssue


def values_of_another_type(lead: Lead, sal: SAL, sql: SQL, deal: Opportunity, customer: Customer) -> None:
    """Texts are no numbers, days no instants, numbers no money."""
    lead.qualify(score="72", at=AT)  # type: ignore[arg-type]  # reportArgumentType
    lead.qualify(score=72, at=date(2026, 3, 2))  # type: ignore[arg-type]  # reportArgumentType
    lead.qualify(72, at=AT)  # type: ignore[call-arg]  # reportCallIssue
    sal.qualify(need="yes", can_afford=True, at=AT)  # type: ignore[arg-type]  # reportArgumentType
    sql.open_opportunity(OpportunityId("O-1"), amount=900, at=AT)  # type: ignore[arg-type]  # reportArgumentType
    deal.advance(to=3, at=AT)  # type: ignore[arg-type]  # reportArgumentType
    deal.with_close_date("2026-06-01", at=AT)  # type: ignore[arg-type]  # reportArgumentType
    deal.resolve_objection("cost", at=AT)  # type: ignore[arg-type]  # reportArgumentType
    customer.buy(900, at=AT)  # type: ignore[arg-type]  # reportArgumentType
    Contact("Lin", "lin@example.com")  # type: ignore[call-arg]  # reportCallIssue
    Account(AccountId("A-1"), "Acme").without_contact("Lin", at=AT)  # type: ignore[arg-type]  # reportArgumentType
    lead.merge(customer)  # type: ignore[arg-type]  # reportArgumentType
    lifecycle.apply(deal, "win", at=AT)  # type: ignore[arg-type]  # reportArgumentType


def ids_mixed_up(sql: SQL, won: WonOpportunity, customer: Customer) -> None:
    """An id of one kind is none of another, and a plain text is none at all."""
    Lead.capture(OpportunityId("O-1"), Contact("Lin"), source="x", at=AT)  # type: ignore[arg-type]  # reportArgumentType
    Lead.capture("L-1", Contact("Lin"), source="x", at=AT)  # type: ignore[arg-type]  # reportArgumentType
    sql.open_opportunity(LeadId("L-1"), at=AT)  # type: ignore[arg-type]  # reportArgumentType
    won.new_customer(won.id)  # type: ignore[arg-type]  # reportArgumentType
    customer.refer(customer.id, at=AT)  # type: ignore[arg-type]  # reportArgumentType


def fields_set(lead: Lead, deal: Opportunity, customer: Customer) -> None:
    """Records do not change; steps make new ones."""
    lead.source = "event"  # type: ignore[misc]  # reportAttributeAccessIssue
    lead.id = LeadId("L-2")  # type: ignore[misc]  # reportAttributeAccessIssue
    lead.journey = lead.journey  # type: ignore[misc]  # reportAttributeAccessIssue
    deal.owner = "sara"  # type: ignore[misc]  # reportAttributeAccessIssue
    deal.amount = USD  # type: ignore[misc]  # reportAttributeAccessIssue
    customer.contact = None  # type: ignore[misc]  # reportAttributeAccessIssue
    USD.amount = 7  # type: ignore[misc, assignment]  # reportAttributeAccessIssue


def stages_of_another_process(
    journey: Journey[Deal], lead_journey: Journey[LifecycleStage], stored: Any
) -> None:
    """A process is stepped with its own journeys to its own stages."""
    DEALS.step(journey, to=SixStep.CLOSE, at=AT)  # type: ignore[call-overload]  # reportArgumentType
    DEALS.step(lead_journey, "win", at=AT)  # type: ignore[arg-type]  # reportArgumentType
    DEALS.step(journey, at=AT)  # type: ignore[call-overload]  # reportCallIssue
    DEALS.step(journey, "win", to=Deal.WON, at=AT)  # type: ignore[call-overload]  # reportCallIssue
    DEALS.start("D-1", at=AT, stage=LifecycleStage.LEAD)  # type: ignore[arg-type]  # reportArgumentType
    DEALS.stages = ()  # type: ignore[misc]  # reportAttributeAccessIssue
    LIFECYCLE.without("sal", bridge="accept")  # type: ignore[arg-type]  # reportArgumentType
    theirs: Process[SixStep] = Process.from_dict(stored, stages=Deal)  # type: ignore[arg-type]  # reportAssignmentType
    mine: Process[Deal] = Process[Deal].from_dict(stored)  # type: ignore[assignment]  # reportAssignmentType
    lifecycle.restore(stored, process=SIX_STEP_SALE)  # type: ignore[arg-type]  # reportArgumentType
    print(mine, theirs)


def sums_of_something_else() -> None:
    """Money adds to money only."""
    print(USD + 0)  # type: ignore[operator]  # reportOperatorIssue
    print(sum([USD, USD]))  # type: ignore[list-item]  # reportArgumentType, reportCallIssue
    print(USD * 1.5)  # type: ignore[operator]  # reportOperatorIssue
    print(USD > 100)  # type: ignore[operator]  # reportOperatorIssue
    total([900, 5])  # type: ignore[list-item]  # reportArgumentType
    Money(9.99, "USD")  # type: ignore[arg-type]  # reportArgumentType


def times_without_a_unit(model: BgNbd, history: PurchaseHistory[str], orders: list[Order]) -> None:
    """A number is neither days nor weeks, and a model is fitted to a history."""
    model.expected_purchases(39)  # type: ignore[arg-type]  # reportArgumentType
    model.in_unit("weeks")  # type: ignore[arg-type]  # reportArgumentType
    customer_outlook(history, model, horizon=52)  # type: ignore[arg-type]  # reportArgumentType
    purchase_history(orders, as_of=AT)  # type: ignore[call-arg]  # reportCallIssue
    fit_bg_nbd(orders)  # type: ignore[arg-type]  # reportArgumentType
    model.alpha = 4.414  # type: ignore[misc]  # reportAttributeAccessIssue
