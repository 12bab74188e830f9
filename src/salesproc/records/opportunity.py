"""A deal on its way through a pipeline, and its two ends: won and lost."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Literal, cast

import attrs

from salesproc._instants import require_aware
from salesproc.errors import RecordError, StorageError
from salesproc.money import Money
from salesproc.records import customer as customers
from salesproc.records._deal import Deal, pipeline_of
from salesproc.records._open_deal import OpenDeal
from salesproc.records._record import carried, in_order
from salesproc.records.parties import AccountId, Contact, CustomerId, LeadId, OpportunityId
from salesproc.records.reasons import OpportunityKind, RecycleReason
from salesproc.stages import (
    SIX_STEP_SALE,
    Evidence,
    Journey,
    Process,
    Reason,
    ReasonCode,
    Refused,
    StageKind,
)

__all__ = ["LostOpportunity", "Opportunity", "WonOpportunity", "restore_deal"]

_FOR_GOOD = (
    "a loss for good (not now is put off: raise_objection(..., call_again_at=), or recycle() the lead)"
)


@attrs.frozen(kw_only=True, repr=False)
class Opportunity(OpenDeal):
    """A deal that is still open.

    Source:
        Document 002 of ``docs/explanation/sources.md``: opportunities; the default pipeline is the six-step sale.

    >>> from datetime import UTC, datetime
    >>> from salesproc.stages import SixStep
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> deal = Opportunity.open(OpportunityId("O-1"), at=noon, contact=Contact("Lin Wei"), amount=Money(900, "USD"))
    >>> deal = deal.advance(SixStep.CONTACT, at=noon).advance(SixStep.PRESENT, at=noon)
    >>> deal.raise_objection("cost", at=noon).advance(SixStep.CLOSE, at=noon)
    Traceback (most recent call last):
    salesproc.stages.outcome.TransitionRefused: O-1 in 'present', 'close' refused: open_objections is 1, at most 0 is allowed
    >>> deal.advance(SixStep.CLOSE, at=noon).win(at=noon)
    <WonOpportunity O-1 in 'nurture', 900.00 USD>
    """

    @classmethod
    def open(
        cls,
        opportunity_id: OpportunityId,
        *,
        at: datetime,
        amount: Money | None = None,
        close_date: date | None = None,
        pipeline: Process[Any] = SIX_STEP_SALE,
        stage: str | None = None,
        kind: str = OpportunityKind.NEW_BUSINESS,
        contact: Contact | None = None,
        lead_id: LeadId | None = None,
        account_id: AccountId | None = None,
        customer_id: CustomerId | None = None,
        owner: str | None = None,
        channel: str | None = None,
        by: str | None = None,
    ) -> "Opportunity":
        """A new deal.

        Args:
            opportunity_id: Which deal; unique in your store.
            at: When it was opened, aware.
            amount: What it may be worth.
            close_date: When it is expected to close.
            pipeline: The process it goes through.
            stage: Where it begins; the first initial stage of the pipeline unless given.
            kind: What it is to the customer; all but new business need a customer.
            contact: The person it is with; this or *account_id* must be given.
            lead_id: The lead it comes from.
            account_id: The company it is with.
            customer_id: The customer it is with.
            owner: The sales rep.
            channel: By which way it came.
            by: Who opened it.
        """
        deal = cls(
            journey=pipeline.start(opportunity_id, at=at, stage=stage, by=by),
            pipeline=pipeline,
            contact=contact,
            kind=kind,
            lead_id=lead_id,
            account_id=account_id,
            customer_id=customer_id,
            owner=owner,
            channel=channel,
        )
        deal = deal if amount is None else deal.with_amount(amount, at=at)
        return deal if close_date is None else deal.with_close_date(close_date, at=at)

    def advance(
        self,
        to: str,
        *,
        at: datetime,
        by: str | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
        event: str | None = None,
    ) -> "Opportunity":
        """The deal in another open stage; `win` and `lose` close it.

        Args:
            to: The stage.
            at: When, aware.
            by: Who moves it.
            reason: Why.
            evidence: What the pipeline asks for. The record itself shows ``amount``, ``close_date`` and
                ``open_objections``.
            event: The transition to take, where several lead to that stage.

        Raises:
            TransitionRefused: The pipeline has no such step, or a requirement is not met.
        """
        events = [one.event for one in self._open_ways() if one.target == to]
        taken = self._event(f"advance to {to}", events, event)
        return carried(self, Opportunity, self._step(taken, at=at, by=by, reason=reason, evidence=evidence))

    def win(
        self,
        *,
        at: datetime,
        by: str | None = None,
        evidence: Evidence | None = None,
        event: str | None = None,
    ) -> "WonOpportunity":
        """The sale is made.

        Args:
            at: When, aware.
            by: Who made it.
            evidence: What the pipeline asks for, as in `advance`.
            event: The transition to take, where several lead to a won stage.

        Raises:
            TransitionRefused: It cannot be won from here, a requirement is not met, or its amount is unknown.
        """
        taken = self._event("win", self._ways_to(StageKind.WON), event)
        outcome = self.pipeline.step(self.journey, taken, at=at, by=by, evidence=self._evidence(evidence))
        if self.amount is None:
            missing = Reason(ReasonCode.MISSING, "amount")
            others = outcome.reasons if isinstance(outcome, Refused) else ()
            reasons = (missing, *(one for one in others if one != missing))
            Refused(reasons, self.id, self.stage, taken).unwrap()
        return carried(self, WonOpportunity, outcome.unwrap())

    def lose(
        self,
        *,
        reason: str,
        at: datetime,
        call_again_at: datetime | None = None,
        by: str | None = None,
        evidence: Evidence | None = None,
        event: str | None = None,
    ) -> "LostOpportunity":
        """The sale will not be made. "Not now" is no loss: raise an objection of kind timing with a date to call again.

        Args:
            reason: Why; `LossReason` has the usual ones.
            at: When, aware.
            call_again_at: When to call them again after a good goodbye, aware; nothing is asked of them then.
            by: Who says so.
            evidence: What the pipeline asks for, as in `advance`.
            event: The transition to take, where several lead to a lost stage.

        Raises:
            TransitionRefused: It cannot be lost from here, a requirement is not met, such as a reason, the reason is ``not_now``, or the date to call
                again lies before *at*.
        """
        taken = self._event("lose", self._ways_to(StageKind.LOST), event)
        if not reason:
            missing = (Reason(ReasonCode.MISSING, "reason"),)
            Refused(missing, self.id, self.stage, taken).unwrap()
        if reason == RecycleReason.NOT_NOW:
            put_off = (Reason(ReasonCode.NOT_MET, _FOR_GOOD, (reason,), ("reason",)),)
            Refused(put_off, self.id, self.stage, taken).unwrap()
        if call_again_at is not None:
            in_order(self.journey, "call_again_at", require_aware(call_again_at, "call_again_at"), at)
            evidence = {**(evidence or {}), "call_again_at": call_again_at}
        return carried(
            self, LostOpportunity, self._step(taken, at=at, by=by, reason=reason, evidence=evidence)
        )

    def _step(self, event: str, **options: Any) -> Journey[str]:
        evidence = self._evidence(options.pop("evidence"))
        return self.pipeline.step(self.journey, event, evidence=evidence, **options).unwrap()


@attrs.frozen(kw_only=True, repr=False)
class WonOpportunity(Deal):
    """A deal that was won. Guarantees an amount and when it closed."""

    stage_kinds: ClassVar[tuple[StageKind, ...]] = (StageKind.WON,)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if not self.amounts:
            raise RecordError(
                f"WonOpportunity {self.id} has no amount; a sale is worth something, even nothing"
            )

    @property
    def outcome(self) -> Literal["won"]:
        """``"won"``."""
        return "won"

    @property
    def amount(self) -> Money:
        """What it was won with."""
        return self.amounts[-1].amount

    @property
    def closed_at(self) -> datetime:
        """When it was won."""
        return self.journey.entered_at

    def new_customer(self, customer_id: CustomerId) -> "customers.Customer":
        """The customer this sale makes, with the first purchase recorded.

        Args:
            customer_id: Which customer; unique in your store.

        Raises:
            RecordError: The deal was with a customer already: record it there with ``buy()``.
        """
        if self.customer_id is not None:
            raise RecordError(
                f"{self.id} was won from customer {self.customer_id}; record it there: customer.buy(...)"
            )
        customer = customers.Customer.register(
            customer_id,
            at=self.closed_at,
            contact=self.contact,
            account_id=self.account_id,
            lead_id=self.lead_id,
        )
        return customer.buy(self.amount, at=self.closed_at, opportunity_id=self.id)


@attrs.frozen(kw_only=True, repr=False)
class LostOpportunity(Deal):
    """A deal that was lost. Guarantees a reason and when it closed."""

    stage_kinds: ClassVar[tuple[StageKind, ...]] = (StageKind.LOST,)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if not self.journey.history[-1].reason:
            raise RecordError(f"LostOpportunity {self.id} has no reason; its last change needs one")

    @property
    def outcome(self) -> Literal["lost"]:
        """``"lost"``."""
        return "lost"

    @property
    def reason(self) -> str:
        """Why it was lost."""
        reason = self.journey.history[-1].reason
        assert reason is not None  # noqa: S101 - seen to when it was made
        return reason

    @property
    def closed_at(self) -> datetime:
        """When it was lost."""
        return self.journey.entered_at

    @property
    def call_again_at(self) -> datetime | None:
        """When to call them again after a good goodbye; ``None`` where no date was kept."""
        again = self.journey.history[-1].evidence.get("call_again_at")
        return again if isinstance(again, datetime) else None

    def reopen(
        self,
        *,
        at: datetime,
        by: str | None = None,
        reason: str | None = None,
        to: str | None = None,
    ) -> Opportunity:
        """The deal is on again; that it was lost stays in its journey.

        Args:
            at: When, aware.
            by: Who reopens it.
            reason: Why.
            to: The stage to go on in; the first one the pipeline allows unless given.

        Raises:
            TransitionRefused: The pipeline does not allow it.
        """
        ways = self._open_ways()
        if to is None and ways:
            order = [stage.name for stage in self.pipeline.stages]
            to = min((one.target for one in ways), key=order.index)
        taken = self._event("reopen", [one.event for one in ways if one.target == to], None)
        evidence = self._evidence(None)
        journey = self.pipeline.step(
            self.journey, taken, at=at, by=by, reason=reason, evidence=evidence
        ).unwrap()
        return carried(self, Opportunity, journey)


def restore_deal(
    data: Mapping[str, Any], *, pipelines: Iterable[Process[Any]] = (SIX_STEP_SALE,)
) -> Opportunity | WonOpportunity | LostOpportunity:
    """The deal that ``to_dict`` of any of the three wrote, in the class of the stage it has come to.

    Args:
        data: The stored record.
        pipelines: The processes it may be in, found by name and version.

    Raises:
        StorageError: The data is no deal, or its pipeline was not given.
        LogError: Its history is no journey of the pipeline; the message names the change.
    """
    pipeline = pipeline_of(data, pipelines)
    stored = data.get("journey")
    if not isinstance(stored, Mapping):
        raise StorageError(f"a stored deal has a journey, got fields {sorted(map(str, data))}")
    journey = Journey.from_dict(cast("Mapping[str, Any]", stored))
    kind = pipeline.stage(journey.stage).kind
    if kind is StageKind.WON:
        return WonOpportunity.from_dict(data, pipelines=pipelines)
    if kind in LostOpportunity.stage_kinds:
        return LostOpportunity.from_dict(data, pipelines=pipelines)
    return Opportunity.from_dict(data, pipelines=pipelines)
