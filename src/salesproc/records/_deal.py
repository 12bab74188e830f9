"""What an open, a won and a lost deal share: who, what it is worth, when it should close, and what was objected."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, NoReturn, Self, cast

import attrs

from salesproc import _plain
from salesproc.errors import RecordError, StorageError, did_you_mean
from salesproc.money import Money
from salesproc.records._record import Stored, restored
from salesproc.records.parties import AccountId, Contact, CustomerId, LeadId, OpportunityId, a_contact
from salesproc.records.reasons import OpportunityKind
from salesproc.stages import (
    SIX_STEP_SALE,
    Evidence,
    Journey,
    Process,
    Reason,
    ReasonCode,
    Refused,
    StageKind,
    Transition,
)

__all__ = ["AmountChange", "CloseDateChange", "Deal", "Objection"]

_OF_CUSTOMERS = frozenset({OpportunityKind.UPSELL, OpportunityKind.CROSS_SELL, OpportunityKind.RENEWAL})
_KEPT = {
    "amount": "with_amount()",
    "close_date": "with_close_date()",
    "open_objections": "resolve_objection()",
}


class AmountChange(NamedTuple):
    """From then on the deal was thought to be worth that much."""

    at: datetime
    amount: Money


class CloseDateChange(NamedTuple):
    """From then on the deal was expected to close on that day."""

    at: datetime
    close_date: date


class Objection(NamedTuple):
    """Something the buyer holds against buying.

    Attributes:
        kind: What it is about; `ObjectionKind` has the usual ones.
        raised_at: When it was raised, aware.
        stage: The stage the deal was in.
        note: What was said.
        resolved_at: When it was resolved; ``None`` while it stands.
        answer: What resolved it.
        call_again_at: When to talk about it again, where they said "not now".
    """

    kind: str
    raised_at: datetime
    stage: str
    note: str | None = None
    resolved_at: datetime | None = None
    answer: str | None = None
    call_again_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it still stands."""
        return self.resolved_at is None


@attrs.frozen(kw_only=True, repr=False)
class Deal(Stored):
    """A deal, in whatever state.

    Attributes:
        journey: Its way through the pipeline, oldest change first.
        pipeline: The process it goes through: the definition itself, which a plain form names only.
        contact: The person it is with.
        kind: What it is to the customer; `OpportunityKind` has the usual ones.
        lead_id: The lead it was opened from.
        account_id: The company it is with.
        customer_id: The customer it is with; an up-sell, a cross-sell and a renewal have one.
        owner: The sales rep.
        channel: By which way it came; `Channel` has the usual ones.
        amounts: What it was thought to be worth, and since when, oldest first.
        close_dates: When it was expected to close, and since when, oldest first.
        objections: Everything the buyer objected, in the order raised.

    Raises:
        RecordError: The journey is not in a stage of this class, nobody is named that it is with, or an up-sell, a
            cross-sell or a renewal names no customer.
        TypeError: *contact* is no `Contact`.
    """

    stage_kinds: ClassVar[tuple[StageKind, ...]]

    journey: Journey[str]
    pipeline: Process[Any] = SIX_STEP_SALE
    contact: Contact | None = attrs.field(default=None, validator=attrs.validators.optional(a_contact))
    kind: str = OpportunityKind.NEW_BUSINESS
    lead_id: LeadId | None = None
    account_id: AccountId | None = None
    customer_id: CustomerId | None = None
    owner: str | None = None
    channel: str | None = None
    amounts: tuple[AmountChange, ...] = ()
    close_dates: tuple[CloseDateChange, ...] = ()
    objections: tuple[Objection, ...] = ()

    def __attrs_post_init__(self) -> None:
        name = f"{type(self).__name__} {self.id}"
        kind = self.pipeline.stage(self.journey.stage).kind
        if kind not in self.stage_kinds:
            raise RecordError(
                f"{name} cannot be in stage {self.stage!r}, which is {kind.value} in {self.pipeline.name!r}"
            )
        if self.contact is None and self.account_id is None:
            raise RecordError(f"{name} is with nobody; give contact= or account_id=")
        if self.kind in _OF_CUSTOMERS and self.customer_id is None:
            raise RecordError(f"{name} is of kind {str(self.kind)!r}, which needs customer_id=")

    @property
    def id(self) -> OpportunityId:
        """Which deal."""
        return OpportunityId(self.journey.entity)

    @property
    def stage(self) -> str:
        """The stage of the pipeline it is in."""
        return self.journey.stage

    @property
    def amount(self) -> Money | None:
        """What it is worth, as last said; ``None`` while nobody has."""
        return self.amounts[-1].amount if self.amounts else None

    @property
    def close_date(self) -> date | None:
        """When it is, or was, expected to close, as last said; ``None`` while nobody has."""
        return self.close_dates[-1].close_date if self.close_dates else None

    @property
    def opened_at(self) -> datetime:
        """When it was opened; the first time, if it was reopened."""
        return self.journey.created_at

    @property
    def open_objections(self) -> tuple[Objection, ...]:
        """The objections that still stand."""
        return tuple(one for one in self.objections if one.open)

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data for JSON; the pipeline by name and version."""
        names = [name for name in _plain.fields(type(self)) if name != "pipeline"]
        return {
            "pipeline": {"name": self.pipeline.name, "version": self.pipeline.version},
            **{name: _plain.dump(getattr(self, name)) for name in names},
        }

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, pipelines: Iterable[Process[Any]] = (SIX_STEP_SALE,)
    ) -> Self:
        """The record that `to_dict` wrote; every change of its journey is judged again.

        Args:
            data: The stored record.
            pipelines: The processes it may be in, found by name and version.

        Raises:
            StorageError: The data is no such record, or its pipeline was not given.
            LogError: Its history is no journey of the pipeline; the message names the change.
        """
        pipeline = pipeline_of(data, pipelines)
        rest = {name: item for name, item in data.items() if name != "pipeline"}
        return restored(cls, rest, pipeline, pipeline=pipeline)

    def __repr__(self) -> str:
        worth = "" if self.amount is None else f", {self.amount}"
        return f"<{type(self).__name__} {self.id} in {str(self.stage)!r}{worth}>"

    def _evidence(self, given: Evidence | None) -> Evidence:
        """What the caller shows, and what the record itself knows."""
        for name, verb in _KEPT.items():
            if given and name in given:
                raise TypeError(f"{name!r} is kept by the record, not given as evidence: use {verb}")
        known = {"amount": self.amount, "close_date": self.close_date}
        own = {name: value for name, value in known.items() if value is not None}
        return {**(given or {}), **own, "open_objections": len(self.open_objections)}

    def _ways(self) -> tuple[Transition[str], ...]:
        """The transitions from here."""
        process = self.pipeline
        return tuple(one for one in process.transitions if self.stage in one.sources(process.stages))

    def _ways_to(self, kind: StageKind) -> list[str]:
        """The events that lead from here to stages of that kind."""
        return [one.event for one in self._ways() if self.pipeline.stage(one.target).kind is kind]

    def _open_ways(self) -> list[Transition[str]]:
        """The transitions that lead from here to stages that go on."""
        return [one for one in self._ways() if not self.pipeline.stage(one.target).final]

    def _event(self, wanted: str, events: Sequence[str], event: str | None) -> str:
        """The one event there is, or the one named; refused where that leaves none, or a choice."""
        if event in events or (event is None and len(events) == 1):
            return event or events[0]
        if event is None and events:
            self._refuse(ReasonCode.AMBIGUOUS_TARGET, wanted, events)
        about = wanted if event is None else f"{wanted} by {event}"
        known = events or [one.event for one in self._ways()]
        return self._refuse(ReasonCode.NO_SUCH_TRANSITION, about, known)

    def _refuse(self, code: ReasonCode, about: str, wanted: Sequence[str]) -> NoReturn:
        reason = Reason(code, about, self.stage, tuple(wanted))
        Refused((reason,), self.id, self.stage, about).unwrap()


def pipeline_of(data: Mapping[str, Any], pipelines: Iterable[Process[Any]]) -> Process[Any]:
    """The process a stored deal is in.

    Raises:
        StorageError: It names none, or one that was not given.
    """
    return _found(data.get("pipeline"), pipelines)


def _found(stored: Any, pipelines: Iterable[Process[Any]]) -> Process[Any]:
    known = {f"{one.name} version {one.version}": one for one in pipelines}
    if not isinstance(stored, Mapping):
        raise StorageError(f"a stored deal names its pipeline, got {stored!r}")
    named = cast("Mapping[str, object]", stored)
    wanted = f"{named.get('name')} version {named.get('version')}"
    if wanted not in known:
        raise StorageError(f"pipeline {wanted!r} was not given as pipelines=; {did_you_mean(wanted, known)}")
    return known[wanted]
