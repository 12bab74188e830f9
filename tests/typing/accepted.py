"""What type checkers see: the type of every method and overload. Checked by mypy and pyright, never run."""

from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal, assert_type

from salesproc.metrics import (
    AbcXyz,
    Absorption,
    Breakdown,
    ConversionCohorts,
    Funnel,
    MeanMoney,
    Order,
    Purchases,
    Ratio,
    Retention,
    Rfm,
    abc_xyz,
    absorption,
    average_order_value,
    conversion_cohorts,
    customer_retention,
    purchase_frequency,
    reduce_orders,
    rfm,
    stage_funnel,
)
from salesproc.money import Money, total
from salesproc.records import (
    MQL,
    SAL,
    SQL,
    Account,
    AccountContact,
    AccountId,
    Applied,
    Complaint,
    Conflict,
    Contact,
    Customer,
    CustomerId,
    Disqualified,
    FormerCustomer,
    HandOver,
    HandOverStage,
    Lead,
    LeadId,
    LeadRecord,
    LostOpportunity,
    Merged,
    Objection,
    ObjectionKind,
    Opportunity,
    OpportunityId,
    OpportunityKind,
    Purchase,
    WonOpportunity,
    lifecycle,
)
from salesproc.stages import (
    LIFECYCLE,
    SIX_STEP_SALE,
    Accepted,
    Journey,
    LifecycleStage,
    Option,
    Process,
    Reason,
    Refused,
    SixStep,
    Stage,
    StageChange,
    StageKind,
    Transition,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
USD = Money(900, "USD")
LIN = Contact("Lin Wei", email="lin@example.com")


class Deal(StrEnum):
    """Somebody's own stages."""

    OPEN = "open"
    WON = "won"


DEALS = Process(
    "deals",
    stages=[Stage(Deal.OPEN), Stage(Deal.WON, kind=StageKind.WON)],
    transitions=[Transition("win", Deal.OPEN, Deal.WON)],
)


def processes(stored: Mapping[str, Any], stored_journey: Mapping[str, Any]) -> None:
    """A process knows its own stages; one from stored data knows text, unless it is told more."""
    assert_type(DEALS, Process[Deal])
    journey = DEALS.start("D-1", at=AT)
    assert_type(journey, Journey[Deal])
    assert_type(DEALS.step(journey, "win", at=AT), Accepted[Deal] | Refused)
    assert_type(DEALS.step(journey, to=Deal.WON, at=AT), Accepted[Deal] | Refused)
    assert_type(DEALS.step(journey, "win", at=AT).unwrap(), Journey[Deal])
    assert_type(DEALS.why_not(journey, "win"), tuple[Reason, ...])
    assert_type(DEALS.allowed(journey), tuple[Option[Deal], ...])
    assert_type(journey.history, tuple[StageChange[Deal], ...])
    assert_type(Process[str].from_dict(stored), Process[str])
    assert_type(Process.from_dict(stored), Process[str])
    assert_type(Process.from_dict(stored, stages=Deal), Process[Deal])
    assert_type(Journey.from_dict(stored_journey), Journey[str])
    assert_type(DEALS.replay(Journey.from_dict(stored_journey).history), Journey[Deal])
    assert_type(DEALS.renamed("ours", version=2), Process[Deal])
    assert_type(LIFECYCLE.without(LifecycleStage.SAL, bridge="accept"), Process[LifecycleStage])
    assert_type(SIX_STEP_SALE.path, tuple[SixStep, ...])
    outcome = DEALS.step(journey, "win", at=AT)
    if isinstance(outcome, Refused):
        assert_type(outcome, Refused)
    else:
        assert_type(outcome, Accepted[Deal])


def leads() -> None:
    """Every step returns the class of the next stage."""
    lead = Lead.capture(LeadId("L-1"), LIN, source="webinar", at=AT, by="form")
    assert_type(lead, Lead)
    assert_type(lead.id, LeadId)
    assert_type(lead.journey, Journey[LifecycleStage])
    assert_type(lead.captured_at, datetime)
    assert_type(lead.disqualify(reason="no_need", at=AT), Disqualified)
    mql = lead.qualify(score=72, at=AT, by="marketing")
    assert_type(mql, MQL)
    assert_type(lead.qualify(score=Decimal("7.2"), at=AT), MQL)
    assert_type(mql.score, int | float | Decimal)
    assert_type(mql.reject(reason="clerical", at=AT, by="omar"), Lead)
    assert_type(mql.disqualify(reason="no_need", at=AT), Disqualified)
    sal = mql.accept(at=AT, by="omar")
    assert_type(sal, SAL)
    assert_type(sal.accepted_by, str)
    assert_type(sal.accepted_at, datetime)
    assert_type(sal.recycle(reason="not_now", at=AT, call_again_at=AT), Lead)
    assert_type(sal.disqualify(reason="no_need", at=AT), Disqualified)
    sql = sal.qualify(need=True, can_afford=None, at=AT, meeting_at=AT + timedelta(days=1))
    assert_type(sql, SQL)
    assert_type(sql.meeting_at, datetime | None)
    assert_type(sql.open_opportunity(OpportunityId("O-1"), amount=USD, at=AT), Opportunity)
    assert_type(sql.recycle(reason="not_now", at=AT, call_again_at=AT), Lead)
    out = sql.disqualify(reason="no_need", at=AT)
    assert_type(out, Disqualified)
    assert_type(out.reason, str)
    assert_type(out.recycle(at=AT), Lead)
    assert_type(mql.merge(lead), Merged[MQL])
    assert_type(mql.merge(lead).survivor, MQL)
    assert_type(mql.merge(lead).conflicts, tuple[Conflict, ...])


def dynamic(record: LeadRecord, stored: Mapping[str, Any]) -> None:
    """What is known only at run time is one of the classes, until it is asked which."""
    assert_type(lifecycle.restore(stored), Lead | MQL | SAL | SQL | Disqualified)
    assert_type(Lead.from_dict(stored), Lead)
    assert_type(MQL.from_dict(stored, process=LIFECYCLE), MQL)
    outcome = lifecycle.apply(record, "accept", at=AT, by="omar")
    assert_type(outcome, Applied[LeadRecord] | Refused)
    assert_type(outcome.unwrap(), Lead | MQL | SAL | SQL | Disqualified)
    if isinstance(outcome, Refused):
        assert_type(outcome.reasons, tuple[Reason, ...])
    else:
        assert_type(outcome.record, Lead | MQL | SAL | SQL | Disqualified)
    if isinstance(record, SAL):
        assert_type(record.accepted_by, str)


def deals(stored: Mapping[str, Any]) -> None:
    """A deal is open, won or lost, and its type says which."""
    deal = Opportunity.open(OpportunityId("O-1"), at=AT, contact=LIN, pipeline=DEALS)
    assert_type(deal, Opportunity)
    assert_type(deal.id, OpportunityId)
    assert_type(deal.amount, Money | None)
    assert_type(deal.close_date, date | None)
    assert_type(deal.outcome, Literal["open"])
    assert_type(deal.closed_at, None)
    assert_type(deal.advance(SixStep.CONTACT, at=AT, event="contact"), Opportunity)
    assert_type(deal.raise_objection(ObjectionKind.COST, at=AT), Opportunity)
    assert_type(deal.raise_objection("our own", at=AT), Opportunity)
    assert_type(deal.resolve_objection(0, at=AT, answer="plan"), Opportunity)
    assert_type(deal.objections, tuple[Objection, ...])
    assert_type(deal.with_amount(USD, at=AT), Opportunity)
    assert_type(deal.with_close_date(date(2026, 6, 1), at=AT), Opportunity)
    won = deal.win(at=AT)
    assert_type(won, WonOpportunity)
    assert_type(won.amount, Money)
    assert_type(won.closed_at, datetime)
    assert_type(won.outcome, Literal["won"])
    assert_type(won.new_customer(CustomerId("C-1")), Customer)
    lost = deal.lose(reason="cost", at=AT)
    assert_type(lost, LostOpportunity)
    assert_type(lost.reason, str)
    assert_type(lost.outcome, Literal["lost"])
    assert_type(deal.lose(reason="cost", at=AT, call_again_at=AT).call_again_at, datetime | None)
    assert_type(lost.reopen(at=AT, to=SixStep.CONTACT), Opportunity)
    assert_type(WonOpportunity.from_dict(stored, pipelines=[DEALS, SIX_STEP_SALE]), WonOpportunity)


def customers(stored: Mapping[str, Any]) -> None:
    """Customers buy, and may leave and come back."""
    customer = Customer.register(CustomerId("C-1"), at=AT, contact=LIN)
    assert_type(customer, Customer)
    assert_type(customer.id, CustomerId)
    assert_type(customer.buy(USD, at=AT), Customer)
    assert_type(customer.complain("late", at=AT), Customer)
    assert_type(customer.resolve_complaint(0, at=AT), Customer)
    assert_type(customer.refer(LeadId("L-2"), at=AT), Customer)
    assert_type(customer.purchases, tuple[Purchase, ...])
    assert_type(customer.open_complaints, tuple[Complaint, ...])
    assert_type(customer.totals, dict[str, Money])
    assert_type(customer.first_purchase_at, datetime | None)
    kind = OpportunityKind.UPSELL
    assert_type(customer.open_opportunity(OpportunityId("O-2"), kind=kind, at=AT), Opportunity)
    former = customer.leave(reason="neglect", at=AT)
    assert_type(former, FormerCustomer)
    assert_type(former.reason, str)
    assert_type(former.win_back(at=AT), Customer)
    assert_type(Customer.from_dict(stored), Customer)


def parties(stored: Mapping[str, Any]) -> None:
    """People, companies and hand-overs."""
    account = Account(AccountId("A-1"), "Acme").with_contact(AccountContact(contact=LIN))
    assert_type(account, Account)
    assert_type(account.without_contact(LIN, at=AT), Account)
    assert_type(account.decision_makers, tuple[Contact, ...])
    assert_type(LIN.missing_fields, tuple[str, ...])
    assert_type(Contact.from_dict(stored), Contact)
    passed = HandOver.submit(LeadId("L-1"), sender="omar", receiver="sara", at=AT)
    assert_type(passed, HandOver)
    assert_type(passed.accept(at=AT, by="sara"), HandOver)
    assert_type(passed.reject(reason="clerical", at=AT, by="sara"), HandOver)
    assert_type(passed.recycle(reason="not_now", at=AT, by="sara"), HandOver)
    assert_type(passed.outcome, HandOverStage)
    assert_type(passed.decided_at, datetime | None)


def money() -> None:
    """Money adds up to money, and divided by money it is a ratio."""
    assert_type(USD + USD, Money)
    assert_type(USD * 3, Money)
    assert_type(2 * USD, Money)
    assert_type(USD / USD, Fraction)
    assert_type(total([USD, USD]), Money)


def order_metrics(orders: list[Order], rows: list[tuple[int, date, Money]]) -> None:
    """Orders as named rows or as plain ones; who the customer is keeps its type."""
    day = date(2026, 3, 1)
    assert_type(reduce_orders(orders, as_of=day), Purchases[str])
    assert_type(rfm(rows, as_of=day), Rfm[int])
    assert_type(abc_xyz(rows, as_of=day).grades(), dict[int, str])
    assert_type(abc_xyz(orders, as_of=day), AbcXyz[str])
    assert_type(purchase_frequency(orders, as_of=day), Ratio)
    assert_type(average_order_value(orders, as_of=day), MeanMoney)
    assert_type(customer_retention(["a"], ["b"]), Retention)
    assert_type(stage_funnel([("a", "talk", day)], ["talk"], as_of=day, reentry="latest"), Funnel)


def breakdowns(log: list[tuple[str, str, date]]) -> None:
    """One result per label; a function's labels keep their type."""
    day, month = date(2026, 3, 1), timedelta(days=30)
    assert_type(conversion_cohorts(log, "talk", "won", as_of=day, window=month), ConversionCohorts)
    assert_type(
        conversion_cohorts(log, "talk", "won", as_of=day, window=month, by=len),
        Breakdown[int, ConversionCohorts],
    )
    assert_type(absorption(log, ["talk"], won=["won"], as_of=day, by=len), Breakdown[int, Absorption])
    assert_type(
        absorption(log, ["talk"], won=["won"], as_of=day, by="source"), Breakdown[Hashable, Absorption]
    )
