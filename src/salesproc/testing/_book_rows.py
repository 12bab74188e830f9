"""The rows of the book of business, and the records made from them; `salesproc.testing.book` has them as a table to read."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from salesproc.money import Money
from salesproc.records import (
    ChurnReason,
    Contact,
    Customer,
    CustomerId,
    DisqualifyReason,
    FormerCustomer,
    Lead,
    LeadId,
    LeadRecord,
    LeadSource,
    LossReason,
    LostOpportunity,
    ObjectionKind,
    Opportunity,
    OpportunityId,
    OpportunityKind,
    RecycleReason,
    RejectReason,
    WonOpportunity,
    lifecycle,
)
from salesproc.stages import LIFECYCLE, Evidence, Journey, LifecycleStage, SixStep

__all__ = ["customers", "day", "deals", "leads", "lifecycle_journeys"]

_MONDAY = datetime(2025, 1, 6, 9, tzinfo=UTC)


class _End(NamedTuple):
    """How it ended otherwise than by the usual way, when, and why."""

    event: str
    day: int
    reason: str


class _LeadRow(NamedTuple):
    lead: str
    name: str
    source: LeadSource
    days: Sequence[int]  # captured, then one for each of the usual steps taken
    end: _End | None = None


class _DealRow(NamedTuple):
    deal: str
    lead: str
    amount: Money
    days: Sequence[int | None]  # opened, then one for each of the stages entered
    end: _End | None = None
    kind: str = OpportunityKind.NEW_BUSINESS
    customer: str | None = None


_LEADS: Final = (
    _LeadRow("L-1", "Ana Torres", LeadSource.WEBINAR, (0, 2, 3, 5, 6, 20)),
    _LeadRow("L-2", "林薇", LeadSource.REFERRAL, (0, 3, 4, 8, 10, 40)),
    _LeadRow("L-3", "ليلى حسن", LeadSource.EVENT, (1, 5, 6, 9, 11, 61)),
    _LeadRow("L-4", "Ольга Петрова", LeadSource.REFERRAL, (2, 4, 5, 10, 12, 82)),
    _LeadRow(
        "L-5",
        "José Núñez",
        LeadSource.WEBINAR,
        (3, 6, 7, 12, 14),
        _End("recycle", 50, RecycleReason.DID_NOT_BUY),
    ),
    _LeadRow("L-6", "Zoë O'Neill", LeadSource.ORGANIC_SEARCH, (4, 9, 11, 16, 20)),
    _LeadRow("L-7", "김민준", LeadSource.PAID_LINK, (5, 8, 10, 15)),
    _LeadRow(
        "L-8",
        "नेहा शर्मा",
        LeadSource.PAID_LINK,
        (7, 12, 13),
        _End("disqualify", 18, DisqualifyReason.CANNOT_AFFORD),
    ),
    _LeadRow("L-9", "عمر عبد الله", LeadSource.WEBINAR, (8, 15)),
    _LeadRow("L-10", "Đặng Thị Hoa", LeadSource.SOCIAL, (10, 14), _End("reject", 17, RejectReason.CLERICAL)),
    _LeadRow(
        "L-11",
        "Ελένη Νικολάου",
        LeadSource.SOCIAL,
        (12,),
        _End("disqualify", 20, DisqualifyReason.NO_NEED),
    ),
    _LeadRow("L-12", "Иван Смирнов", LeadSource.EVENT, (30,)),
)

_DEALS: Final = (
    _DealRow("O-1", "L-1", Money(12000, "USD"), (6, 7, 9, None, 15), _End("win", 20, "")),
    _DealRow("O-2", "L-2", Money(8000, "EUR"), (10, 12, 15, 20, 30), _End("win", 40, "")),
    _DealRow("O-3", "L-3", Money("4500.50", "USD"), (11, 13, 20, None, 50), _End("win", 61, "")),
    _DealRow("O-4", "L-4", Money(20000, "EUR"), (12, 15, 30, 45, 70), _End("win", 82, "")),
    _DealRow("O-5", "L-5", Money(7000, "USD"), (14, 16, 25), _End("lose", 50, LossReason.COMPETITOR)),
    _DealRow("O-6", "L-6", Money(15000, "USD"), (20, 25, 40, 60)),
    _DealRow("O-7", "L-1", Money(3000, "USD"), (60, 65), None, OpportunityKind.UPSELL, "C-1"),
    _DealRow(
        "O-8",
        "L-2",
        Money(8000, "EUR"),
        (70,),
        _End("lose", 80, LossReason.BUDGET),
        OpportunityKind.RENEWAL,
        "C-2",
    ),
)

_CONTACTS: Final = {row.lead: Contact(row.name) for row in _LEADS}
_STEPS: Final[Sequence[tuple[str, str, Evidence]]] = (
    ("qualify", "marketing", {"score": 72}),
    ("accept", "sdr-omar", {}),
    ("qualify", "sdr-omar", {"need": True, "can_afford": True}),
    ("open_opportunity", "sara", {}),
    ("win", "sara", {}),
)
_FOR_LEADS: Final = (
    3  # the first steps; the later ones are taken by the deal, and the record of the lead stays
)
_STAGES: Final = (SixStep.CONTACT, SixStep.PRESENT, SixStep.OBJECTIONS, SixStep.CLOSE)


def day(number: int) -> datetime:
    """Nine in the morning of that day of the book."""
    return _MONDAY + timedelta(days=number)


def leads() -> tuple[LeadRecord, ...]:
    """Every lead, in the stage it has come to as a lead."""
    return tuple(map(_lead, _LEADS))


def lifecycle_journeys() -> tuple[Journey[LifecycleStage], ...]:
    """Every lead's way through the lifecycle, its deal included."""
    return tuple(map(_journey, _LEADS))


def deals() -> tuple[Opportunity | WonOpportunity | LostOpportunity, ...]:
    """Every deal."""
    return tuple(map(_deal, _DEALS))


def customers(
    closed: Sequence[Opportunity | WonOpportunity | LostOpportunity],
) -> tuple[Customer | FormerCustomer, ...]:
    """The customers the won deals made, after all they did."""
    won = [deal for deal in closed if isinstance(deal, WonOpportunity)]
    first, second, third, fourth = (
        deal.new_customer(CustomerId(f"C-{i}")) for i, deal in enumerate(won, start=1)
    )
    more = Money(900, "USD")
    return (
        first.buy(more, at=day(50)).buy(more, at=day(75)),
        second.buy(Money(250, "EUR"), at=day(60)).leave(reason=ChurnReason.BETTER_TERMS, at=day(85)),
        third.complain("late delivery", at=day(70)),
        fourth,
    )


def _steps(row: _LeadRow, *, most: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps of a lead by event, with what is handed in."""
    for (event, by, evidence), number in zip(_STEPS[:most], row.days[1:], strict=False):
        yield event, {"at": day(number), "by": by, "evidence": evidence}
    if row.end is not None:
        yield row.end.event, {"at": day(row.end.day), "by": "sdr-omar", "reason": row.end.reason}


def _lead(row: _LeadRow) -> LeadRecord:
    record: LeadRecord = Lead.capture(
        LeadId(row.lead), _CONTACTS[row.lead], source=row.source, at=day(row.days[0])
    )
    for event, shown in _steps(row, most=_FOR_LEADS):
        record = lifecycle.apply(record, event, **shown).unwrap()
    return record


def _journey(row: _LeadRow) -> Journey[LifecycleStage]:
    journey = LIFECYCLE.start(row.lead, at=day(row.days[0]), stage=LifecycleStage.LEAD)
    for event, shown in _steps(row, most=len(_STEPS)):
        journey = LIFECYCLE.step(journey, event, **shown).unwrap()
    return journey


def _deal(row: _DealRow) -> Opportunity | WonOpportunity | LostOpportunity:
    opened = day(row.days[0] or 0)
    deal = Opportunity.open(
        OpportunityId(row.deal),
        at=opened,
        amount=row.amount,
        kind=row.kind,
        contact=_CONTACTS[row.lead],
        lead_id=LeadId(row.lead),
        customer_id=None if row.customer is None else CustomerId(row.customer),
        owner="sara",
    )
    for stage, number in zip(_STAGES, row.days[1:], strict=False):
        if number is not None:
            deal = _entered(deal, stage, day(number))
    if row.end is None:
        return deal
    at = day(row.end.day)
    return deal.win(at=at) if row.end.event == "win" else deal.lose(reason=row.end.reason, at=at)


def _entered(deal: Opportunity, stage: SixStep, at: datetime) -> Opportunity:
    """The deal in the next stage, with the objection that belongs to it raised or answered."""
    if stage is SixStep.OBJECTIONS:
        return deal.advance(stage, at=at).raise_objection(ObjectionKind.COST, at=at)
    for i, _ in enumerate(deal.open_objections):
        deal = deal.resolve_objection(i, at=at, answer="pays for itself in a year")
    return deal.advance(stage, at=at)
