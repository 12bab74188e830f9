"""Records made around a journey, whoever does the choosing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from salesproc.money import Money
from salesproc.records import (
    MQL,
    SAL,
    SQL,
    Account,
    AccountContact,
    AccountId,
    AmountChange,
    Channel,
    CloseDateChange,
    Complaint,
    Contact,
    ContactLevel,
    ContactRole,
    Customer,
    CustomerId,
    CustomerStage,
    Delivery,
    DeliveryIssue,
    DeliveryStage,
    Disqualified,
    FormerCustomer,
    HandOver,
    HandOverStage,
    IssueKind,
    Lead,
    LeadId,
    LeadSource,
    LostOpportunity,
    Objection,
    ObjectionKind,
    Opportunity,
    OpportunityId,
    PromiseChange,
    Purchase,
    Referral,
    WonOpportunity,
)
from salesproc.stages import Journey, LifecycleStage, Process, StageKind
from salesproc.testing._names import COMPANIES, PEOPLE, REASONS, SELLERS
from salesproc.testing._ways import Pick

__all__ = ["account", "buyer", "contact", "deal", "delivery", "hand_over", "person"]

P = TypeVar("P", Lead, MQL, SAL, SQL, Disqualified)
D = TypeVar("D", Opportunity, WonOpportunity, LostOpportunity)
B = TypeVar("B", Customer, FormerCustomer)


def contact(pick: Pick) -> Contact:
    """A person, and whatever is known of them."""
    return Contact(
        pick(PEOPLE),
        email=pick((None, "lin@example.com", "ليلى@مثال.إختبار")),
        phone=pick((None, "+20 100 000 0000", "010-0000-0000")),
        company=pick((None, *COMPANIES)),
        interests=pick(((), ("crm",), ("تسويق", "价格"))),
        locale=pick((None, "ar-EG", "zh-CN", "ru-RU")),
        time_zone=pick((None, "Africa/Cairo", "Asia/Shanghai")),
    )


def account(pick: Pick, at: datetime) -> Account:
    """A company with up to three people, of whom some have left."""
    people = [
        AccountContact(
            contact=contact(pick),
            role=pick((None, *ContactRole)),
            level=pick((None, *ContactLevel)),
            decision_maker=pick((False, True)),
            since=pick((None, at)),
            until=pick((None, at)),
        )
        for _ in range(pick(range(4)))
    ]
    return Account(AccountId(f"A-{pick(range(1, 1000))}"), pick(COMPANIES), tuple(people))


def person(kind: type[P], pick: Pick, journey: Journey[LifecycleStage]) -> P:
    """Somebody on the way to becoming a customer."""
    return kind(
        contact=contact(pick),
        source=pick((*LeadSource, "трейд-шоу")),
        journey=journey,
        merged_ids=pick(((), (LeadId("L-old"),))),
    )


def deal(
    kind: type[D], pick: Pick, journey: Journey[str], pipeline: Process[Any], amounts: Sequence[Money]
) -> D:
    """A deal that was thought to be worth these amounts, one after the other.

    What was objected is resolved where the deal is closed, and where it says so.
    """
    opened, last = journey.created_at, journey.history[-1]
    stage = pipeline.stage(journey.stage)
    if stage.kind is StageKind.LOST and not last.reason:
        last = last._replace(reason=pick(REASONS))
    resolved = (opened,) if stage.final else (None, opened)
    objections = [
        Objection(pick(tuple(ObjectionKind)), opened, journey.history[0].stage, pick((None, "太贵")), end)
        for end in (pick(resolved) for _ in range(pick(range(3))))
    ]
    who = contact(pick)
    return kind(
        journey=journey._replace(history=(*journey.history[:-1], last)),
        pipeline=pipeline,
        contact=pick((who, None)),
        account_id=AccountId("A-1"),
        lead_id=pick((None, LeadId("L-1"))),
        owner=pick((None, *SELLERS)),
        channel=pick((None, *Channel)),
        amounts=tuple(AmountChange(opened, amount) for amount in amounts),
        close_dates=pick(((), (CloseDateChange(opened, date(2028, 2, 29)),))),
        objections=tuple(objections),
    )


def buyer(kind: type[B], pick: Pick, journey: Journey[CustomerStage], amounts: Sequence[Money]) -> B:
    """A customer who bought for these amounts, the first of them at once and the others some time later."""
    me, first = CustomerId(journey.entity), journey.created_at
    # A former one bought before leaving, which may have been at once.
    gone = journey.stage is CustomerStage.FORMER
    later: datetime = first if gone else journey.entered_at.astimezone(UTC) + timedelta(days=1)
    times = [first, *(later for _ in amounts[1:])]
    deals = (None, OpportunityId("O-1"))
    return kind(
        journey=journey,
        contact=contact(pick),
        account_id=pick((None, AccountId("A-1"))),
        lead_id=pick((None, LeadId("L-1"))),
        purchases=tuple(
            Purchase(me, at, amount, pick(deals)) for at, amount in zip(times, amounts, strict=False)
        ),
        complaints=pick(
            ((), (Complaint(me, first, "متأخر"),), (Complaint(me, first, "迟到", first, "换货"),))
        ),
        referrals=pick(((), (Referral(me, first, LeadId("L-2")),))),
    )


def delivery(pick: Pick, journey: Journey[DeliveryStage]) -> Delivery:
    """An order whose customer was told of every delay and problem when it entered that stage, and mostly promised another time then."""
    kinds = {DeliveryStage.DELAYED: IssueKind.DELAY, DeliveryStage.PROBLEM: IssueKind.PROBLEM}
    promises = [_promise(journey.created_at, pick(range(15)))]
    issues = list[DeliveryIssue]()
    for before, change in pairwise(journey.history):
        if change.stage in kinds:
            about, beyond_us = pick((None, "تأخر الشحن", "下雪")), pick((False, True))
            issues.append(DeliveryIssue(before.at, change.at, beyond_us, kinds[change.stage], about))
            promises += pick(((), (_promise(change.at, 5),)))
    if journey.stage is DeliveryStage.IN_PROGRESS:
        found = DeliveryIssue(journey.entered_at, None, False, pick(tuple(IssueKind)))
        issues += pick(((), (found,)))
    return Delivery(
        journey=journey,
        customer_id=CustomerId("C-1"),
        promises=tuple(promises),
        issues=tuple(issues),
        opportunity_id=pick((None, OpportunityId("O-1"))),
    )


def _promise(at: datetime, days: int) -> PromiseChange:
    """A promise for so many days later."""
    return PromiseChange(at, at.astimezone(UTC) + timedelta(days=days))


def hand_over(pick: Pick, journey: Journey[HandOverStage]) -> HandOver:
    """A lead passed on to somebody."""
    return HandOver(journey=journey, receiver=pick(SELLERS))
