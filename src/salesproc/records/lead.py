"""From the first contact data to a lead that sales can work with: one class per stage, one method per legal step.

The methods take the steps of `LIFECYCLE` and return the class of the next stage, so an editor offers only what is possible
from here. What a stage guarantees is read from the journey and kept nowhere else.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias

import attrs

from salesproc._instants import earlier, require_aware
from salesproc.money import Money
from salesproc.records._person import Person
from salesproc.records.opportunity import Opportunity
from salesproc.records.parties import AccountId, Contact, LeadId, OpportunityId
from salesproc.records.reasons import RecycleReason
from salesproc.stages import (
    LIFECYCLE,
    SIX_STEP_SALE,
    Journey,
    LifecycleStage,
    Process,
    Reason,
    ReasonCode,
)

__all__ = ["MQL", "SAL", "SQL", "Disqualified", "Lead", "LeadRecord"]


@attrs.frozen(kw_only=True, repr=False)
class Lead(Person):
    """Someone who left contact data, and has not been qualified (yet, or again).

    Guarantees that who was recycled with the answer "not now" has a date to call them again.

    Source:
        Document 002 of ``docs/explanation/sources.md``: leads.

    >>> from datetime import UTC, datetime
    >>> Lead.capture(LeadId("L-1"), Contact("Lin Wei"), source="webinar", at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    <Lead L-1 since 2026-03-02T09:00:00+00:00>
    """

    stage: ClassVar[LifecycleStage] = LifecycleStage.LEAD

    @classmethod
    def capture(
        cls, lead_id: LeadId, contact: Contact, *, source: str, at: datetime, by: str | None = None
    ) -> "Lead":
        """A new lead.

        Args:
            lead_id: Which one; unique in your store.
            contact: Who.
            source: Where they came from; `LeadSource` has the usual ones.
            at: When they left their data, aware.
            by: Who took it down.
        """
        journey = LIFECYCLE.start(lead_id, at=at, stage=LifecycleStage.LEAD, by=by)
        return cls(contact=contact, source=source, journey=journey)

    @property
    def call_again_at(self) -> datetime | None:
        """When to call them again, as agreed when they were recycled; ``None`` where nothing was."""
        again = self.journey.history[-1].evidence.get("call_again_at")
        return again if isinstance(again, datetime) else None

    @classmethod
    def lacks(cls, journey: Journey[str]) -> tuple[Reason, ...]:
        """A date to call again, where they said "not now"; and no date that had passed already."""
        last = journey.history[-1]
        again = last.evidence.get("call_again_at")
        if last.event != "recycle" or (again is None and last.reason != RecycleReason.NOT_NOW):
            return ()
        if again is None:
            return (Reason(ReasonCode.MISSING, "call_again_at"),)
        if not isinstance(again, datetime) or again.utcoffset() is None:
            about = "a call_again_at that is an instant with a time zone"
            return (Reason(ReasonCode.NOT_MET, about, (again,), ("call_again_at",)),)
        if earlier(again, last.at):
            return (Reason(ReasonCode.TOO_LOW, "call_again_at", again, last.at),)
        return ()

    def qualify(self, *, score: int | float | Decimal, at: datetime, by: str | None = None) -> "MQL":
        """Marketing finds that they meet what was agreed with sales.

        Args:
            score: The lead score that says so.
            at: When, aware.
            by: Who.

        Raises:
            TransitionRefused: The step is refused; the error says why.
        """
        return self._to(MQL, "qualify", at=at, by=by, evidence={"score": score})

    def disqualify(self, *, reason: str, at: datetime, by: str | None = None) -> "Disqualified":
        """They are no prospect; `DisqualifyReason` has the usual reasons."""
        return self._to(Disqualified, "disqualify", at=at, by=by, reason=reason)


@attrs.frozen(kw_only=True, repr=False)
class MQL(Person):
    """A marketing-qualified lead: good enough to be passed on, in the judgement of marketing alone.

    Guarantees a `score`. Source: document 002, MQL.
    """

    stage: ClassVar[LifecycleStage] = LifecycleStage.MQL

    @property
    def score(self) -> int | float | Decimal:
        """The lead score they were qualified with."""
        score = self.journey.history[-1].evidence["score"]
        assert isinstance(score, int | float | Decimal)  # noqa: S101 - lacks() has seen to it
        return score

    @property
    def qualified_at(self) -> datetime:
        """When marketing qualified them."""
        return self.journey.entered_at

    @classmethod
    def lacks(cls, journey: Journey[str]) -> tuple[Reason, ...]:
        """A score that is a number."""
        score = journey.history[-1].evidence.get("score")
        if score is None:
            return (Reason(ReasonCode.MISSING, "score"),)
        if isinstance(score, bool) or not isinstance(score, int | float | Decimal):
            return (Reason(ReasonCode.NOT_MET, "a score that is a number", (score,), ("score",)),)
        return ()

    def accept(self, *, at: datetime, by: str) -> "SAL":
        """Pre-sales checks and accepts them, before any contact.

        Raises:
            TransitionRefused: The step is refused; the error says why.
        """
        return self._to(SAL, "accept", at=at, by=by)

    def reject(self, *, reason: str, at: datetime, by: str | None = None) -> Lead:
        """Pre-sales gives them back to marketing; `RejectReason` has the three families of reasons."""
        return self._to(Lead, "reject", at=at, by=by, reason=reason)

    def disqualify(self, *, reason: str, at: datetime, by: str | None = None) -> "Disqualified":
        """They are no prospect; `DisqualifyReason` has the usual reasons."""
        return self._to(Disqualified, "disqualify", at=at, by=by, reason=reason)


@attrs.frozen(kw_only=True, repr=False)
class SAL(Person):
    """A sales-accepted lead: pre-sales will work on it, and has not talked to them yet.

    Guarantees who accepted it and when. Source: document 002, SAL.
    """

    stage: ClassVar[LifecycleStage] = LifecycleStage.SAL

    @property
    def accepted_by(self) -> str:
        """Who accepted them."""
        by = self.journey.history[-1].by
        assert by is not None  # noqa: S101 - lacks() has seen to it
        return by

    @property
    def accepted_at(self) -> datetime:
        """When they were accepted."""
        return self.journey.entered_at

    @classmethod
    def lacks(cls, journey: Journey[str]) -> tuple[Reason, ...]:
        """Somebody who accepted them."""
        return () if journey.history[-1].by else (Reason(ReasonCode.MISSING, "by"),)

    def qualify(
        self,
        *,
        need: bool | None,
        can_afford: bool | None,
        at: datetime,
        by: str | None = None,
        meeting_at: datetime | None = None,
    ) -> "SQL":
        """After talking to them: they need it and can pay for it. Unknown is not a pass.

        Args:
            need: Whether they need it; ``None`` while nobody knows.
            can_afford: Whether they can afford it; ``None`` while nobody knows.
            at: When that was found, aware.
            by: Who found it.
            meeting_at: When they meet a sales rep, where that was agreed.

        Raises:
            TransitionRefused: An answer is no or unknown, or the step is refused otherwise.
        """
        evidence: dict[str, Any] = {"need": need, "can_afford": can_afford}
        if meeting_at is not None:
            evidence["meeting_at"] = require_aware(meeting_at, "meeting_at")
        return self._to(SQL, "qualify", at=at, by=by, evidence=evidence)

    def recycle(
        self, *, reason: str, at: datetime, call_again_at: datetime | None = None, by: str | None = None
    ) -> Lead:
        """Not now: back to marketing, and never lost.

        Args:
            reason: Why; `RecycleReason` has the usual reasons.
            at: When, aware.
            call_again_at: When to call them again, aware; ``not_now`` cannot do without.
            by: Who.

        Raises:
            TransitionRefused: There is no reason, no date where they said "not now", or a date before *at*.
        """
        return self._to(Lead, "recycle", at=at, by=by, reason=reason, evidence=_again(call_again_at))

    def disqualify(self, *, reason: str, at: datetime, by: str | None = None) -> "Disqualified":
        """They are no prospect; `DisqualifyReason` has the usual reasons."""
        return self._to(Disqualified, "disqualify", at=at, by=by, reason=reason)


@attrs.frozen(kw_only=True, repr=False)
class SQL(Person):
    """A sales-qualified lead: ready for a sales rep. Deals are opened from it, as many as there are.

    Source: document 002, SQL; need and means from the six-step sale.
    """

    stage: ClassVar[LifecycleStage] = LifecycleStage.SQL

    @property
    def qualified_at(self) -> datetime:
        """When sales qualified them."""
        return self.journey.entered_at

    @property
    def meeting_at(self) -> datetime | None:
        """When they meet a sales rep; ``None`` where no meeting was agreed."""
        meeting = self.journey.history[-1].evidence.get("meeting_at")
        return meeting if isinstance(meeting, datetime) else None

    def open_opportunity(
        self,
        opportunity_id: OpportunityId,
        *,
        at: datetime,
        amount: Money | None = None,
        close_date: date | None = None,
        pipeline: Process[Any] = SIX_STEP_SALE,
        account_id: AccountId | None = None,
        owner: str | None = None,
        channel: str | None = None,
        by: str | None = None,
    ) -> Opportunity:
        """A deal with them, in any pipeline; this record stays as it is, and may open others.

        Args:
            opportunity_id: Which deal; unique in your store.
            at: When, aware.
            amount: What it may be worth.
            close_date: When it is expected to close.
            pipeline: The process it goes through.
            account_id: The company it is with.
            owner: The sales rep.
            channel: By which way it came; `Channel` has the usual ones.
            by: Who opened it.

        Raises:
            TransitionRefused: The step is refused; the error says why.
        """
        LIFECYCLE.step(self.journey, "open_opportunity", at=at, by=by).unwrap()
        return Opportunity.open(
            opportunity_id,
            at=at,
            contact=self.contact,
            amount=amount,
            close_date=close_date,
            pipeline=pipeline,
            lead_id=self.id,
            account_id=account_id,
            owner=owner,
            channel=channel,
            by=by,
        )

    def recycle(
        self, *, reason: str, at: datetime, call_again_at: datetime | None = None, by: str | None = None
    ) -> Lead:
        """Not now: back to marketing, and never lost.

        Args:
            reason: Why; `RecycleReason` has the usual reasons.
            at: When, aware.
            call_again_at: When to call them again, aware; ``not_now`` cannot do without.
            by: Who.

        Raises:
            TransitionRefused: There is no reason, no date where they said "not now", or a date before *at*.
        """
        return self._to(Lead, "recycle", at=at, by=by, reason=reason, evidence=_again(call_again_at))

    def disqualify(self, *, reason: str, at: datetime, by: str | None = None) -> "Disqualified":
        """They are no prospect; `DisqualifyReason` has the usual reasons."""
        return self._to(Disqualified, "disqualify", at=at, by=by, reason=reason)


@attrs.frozen(kw_only=True, repr=False)
class Disqualified(Person):
    """Someone who is no prospect, for a reason that is kept."""

    stage: ClassVar[LifecycleStage] = LifecycleStage.DISQUALIFIED

    @property
    def reason(self) -> str:
        """Why they are no prospect."""
        reason = self.journey.history[-1].reason
        assert reason is not None  # noqa: S101 - lacks() has seen to it
        return reason

    @property
    def disqualified_at(self) -> datetime:
        """When that was found."""
        return self.journey.entered_at

    @classmethod
    def lacks(cls, journey: Journey[str]) -> tuple[Reason, ...]:
        """A reason."""
        return () if journey.history[-1].reason else (Reason(ReasonCode.MISSING, "reason"),)

    def recycle(
        self,
        *,
        at: datetime,
        call_again_at: datetime | None = None,
        by: str | None = None,
        reason: str | None = None,
    ) -> Lead:
        """They are a lead again; `RecycleReason` has the usual reasons.

        Args:
            at: When, aware.
            call_again_at: When to call them, aware, where that is later.
            by: Who.
            reason: Why; with ``not_now`` a date is needed.

        Raises:
            TransitionRefused: There is no date where they said "not now", or a date before *at*.
        """
        return self._to(Lead, "recycle", at=at, by=by, reason=reason, evidence=_again(call_again_at))


def _again(call_again_at: datetime | None) -> dict[str, Any]:
    """The date to call again as evidence, where there is one."""
    if call_again_at is None:
        return {}
    return {"call_again_at": require_aware(call_again_at, "call_again_at")}


LeadRecord: TypeAlias = Lead | MQL | SAL | SQL | Disqualified
"""Someone on the way to becoming a customer, in any stage."""
