"""An order on its way: what was promised, what went wrong, and when the customer was told."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Self

import attrs

from salesproc._given import member
from salesproc._instants import earlier, require_aware
from salesproc.errors import RecordError, UnknownName
from salesproc.records._record import Stored, in_order, restored
from salesproc.records.parties import CustomerId, OpportunityId, OrderId
from salesproc.stages import (
    Evidence,
    Journey,
    Process,
    Reason,
    ReasonCode,
    Refused,
    Stage,
    StageKind,
    Transition,
    provided,
)

__all__ = ["DELIVERY", "Delivery", "DeliveryIssue", "DeliveryStage", "IssueKind", "PromiseChange"]


class DeliveryStage(StrEnum):
    """How far an order has come."""

    PLACED = "placed"
    IN_PROGRESS = "in progress"
    DELAYED = "delayed"
    PROBLEM = "problem"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


class IssueKind(StrEnum):
    """What can come between an order and its promise; each is the event by which the order enters its stage."""

    DELAY = "delay"
    PROBLEM = "problem"


_D = DeliveryStage
_TOLD = provided("customer_told_at")

DELIVERY = Process(
    "delivery",
    stages=[
        *map(Stage, (_D.PLACED, _D.IN_PROGRESS, _D.DELAYED, _D.PROBLEM)),
        Stage(_D.FULFILLED, kind=StageKind.WON),
        Stage(_D.CANCELLED, kind=StageKind.LOST),
    ],
    transitions=[
        Transition("start", _D.PLACED, _D.IN_PROGRESS),
        Transition("delay", (_D.PLACED, _D.IN_PROGRESS, _D.PROBLEM), _D.DELAYED, requires=[_TOLD]),
        Transition("problem", (_D.PLACED, _D.IN_PROGRESS, _D.DELAYED), _D.PROBLEM, requires=[_TOLD]),
        Transition("resume", (_D.DELAYED, _D.PROBLEM), _D.IN_PROGRESS),
        Transition("fulfil", _D.IN_PROGRESS, _D.FULFILLED),
        Transition("cancel", Process.any_open, _D.CANCELLED, requires=[provided("reason")]),
    ],
)
"""From the order to its fulfilment; a delay or a problem is entered only with the customer told.

Source: the sixth step of the sale, OpenStax *Entrepreneurship* 8.6: the order is watched until it is fulfilled, and the
customer is told of a delay or a problem at once. Cancelling is ours.
"""
_STAGES = {IssueKind.DELAY: _D.DELAYED, IssueKind.PROBLEM: _D.PROBLEM}


class PromiseChange(NamedTuple):
    """From then on the customer was promised the order by that time."""

    at: datetime
    promised_at: datetime


class DeliveryIssue(NamedTuple):
    """A delay or a problem of an order; begins like the rows that `on_time_delivery` of ``salesproc.metrics`` reads.

    Attributes:
        found_at: When we knew, aware.
        told_at: When the customer was told; ``None`` while they were not.
        force_majeure: Whether nobody could have helped it.
        kind: Delay or problem.
        about: What happened.
    """

    found_at: datetime
    told_at: datetime | None
    force_majeure: bool
    kind: IssueKind
    about: str | None = None


@attrs.frozen(kw_only=True, repr=False)
class Delivery(Stored):
    """An order that a customer waits for, watched until it is fulfilled or cancelled.

    Attributes:
        journey: When it was placed, started, delayed, fulfilled, and by whom.
        customer_id: Who waits for it.
        promises: By when it was promised, and since when, oldest first: the first one is what was agreed on.
        issues: Every delay and problem, in the order found.
        opportunity_id: The deal it was sold with.

    Raises:
        RecordError: Nothing was promised, or something for a time before the promise was made.

    Source:
        The sixth step of the sale, OpenStax *Entrepreneurship* 8.6; telling of difficulties however grave, document 004 of
        ``docs/explanation/sources.md``.

    >>> from datetime import UTC, timedelta
    >>> noon, day = datetime(2026, 3, 2, 12, tzinfo=UTC), timedelta(days=1)
    >>> order = Delivery.place(OrderId("D-1"), customer_id=CustomerId("C-1"), promised_at=noon + 9 * day, at=noon)
    >>> order = order.start(at=noon + day).raise_issue("delay", at=noon + 3 * day, about="a part is missing")
    >>> order, len(order.untold)
    (<Delivery D-1 for C-1, in progress, promised by 2026-03-11T12:00:00+00:00, 1 untold>, 1)
    >>> order.tell_customer(0, at=noon + 4 * day, promised_at=noon + 14 * day)
    <Delivery D-1 for C-1, delayed, promised by 2026-03-16T12:00:00+00:00>
    """

    journey: Journey[DeliveryStage]
    customer_id: CustomerId
    promises: tuple[PromiseChange, ...]
    issues: tuple[DeliveryIssue, ...] = ()
    opportunity_id: OpportunityId | None = None

    def __attrs_post_init__(self) -> None:
        if not self.promises:
            raise RecordError(f"order {self.id} was promised for no time; give promised_at=")
        for said, promised in self.promises:
            if earlier(require_aware(promised, "promised_at"), require_aware(said, "at")):
                raise RecordError(
                    f"order {self.id} cannot be promised by {promised} at {said}, which is later"
                )

    @classmethod
    def place(
        cls,
        order_id: OrderId,
        *,
        customer_id: CustomerId,
        promised_at: datetime,
        at: datetime,
        opportunity_id: OpportunityId | None = None,
        by: str | None = None,
    ) -> "Delivery":
        """A customer orders, and is promised a time.

        Args:
            order_id: Which order; unique in your store.
            customer_id: Who.
            promised_at: By when they will have it, aware.
            at: When they ordered, aware.
            opportunity_id: The deal it was sold with.
            by: Who took the order: the customer's main contact.
        """
        return cls(
            journey=DELIVERY.start(order_id, at=at, by=by),
            customer_id=customer_id,
            promises=(PromiseChange(at, promised_at),),
            opportunity_id=opportunity_id,
        )

    @property
    def id(self) -> OrderId:
        """Which order."""
        return OrderId(self.journey.entity)

    @property
    def stage(self) -> DeliveryStage:
        """How far it has come."""
        return self.journey.stage

    @property
    def placed_at(self) -> datetime:
        """When it was ordered."""
        return self.journey.created_at

    @property
    def promised_at(self) -> datetime:
        """By when it is promised, as last said."""
        return self.promises[-1].promised_at

    @property
    def fulfilled_at(self) -> datetime | None:
        """When it was fulfilled; ``None`` while it is not."""
        return self.journey.entered_at if self.stage is DeliveryStage.FULFILLED else None

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was cancelled; ``None`` where it was not."""
        return self.journey.entered_at if self.stage is DeliveryStage.CANCELLED else None

    @property
    def open(self) -> bool:
        """Whether it is still to be watched: neither fulfilled nor cancelled."""
        return not DELIVERY.stage(self.stage).final

    @property
    def untold(self) -> tuple[DeliveryIssue, ...]:
        """The alert: what we know and the customer does not."""
        return tuple(issue for issue in self.issues if issue.told_at is None)

    def start(self, *, at: datetime, by: str | None = None) -> "Delivery":
        """Work on it begins.

        Raises:
            TransitionRefused: It was begun before, or has ended.
        """
        return self._stepped("start", at=at, by=by)

    def raise_issue(
        self, kind: IssueKind | str, *, at: datetime, about: str | None = None, force_majeure: bool = False
    ) -> "Delivery":
        """We find that it will be late, or that something is wrong. It stays in its stage until the customer is told.

        Args:
            kind: Delay or problem.
            at: When we found it, aware.
            about: What happened.
            force_majeure: Whether nobody could have helped it.

        Raises:
            ValueError: No such kind.
            TransitionRefused: It has ended, or that lies before the last issue or before the order.
        """
        issue = DeliveryIssue(at, None, force_majeure, member(IssueKind, kind, "kind of issue"), about)
        self._still_open("raise_issue", at, self.issues[-1].found_at if self.issues else self.placed_at)
        return attrs.evolve(self, issues=(*self.issues, issue))

    def tell_customer(
        self, index: int, *, at: datetime, by: str | None = None, promised_at: datetime | None = None
    ) -> "Delivery":
        """The customer is told of an issue; now the order is delayed, or has a problem.

        Args:
            index: Its place in ``issues``, from 0.
            at: When they were told, aware.
            by: Who told them.
            promised_at: By when they will have it now, aware; the promise before it is kept in the record.

        Raises:
            UnknownName: There is no untold issue at that place.
            RecordError: The new promise is for a time that has passed.
            TransitionRefused: It has ended, or that lies before we knew, or before the last change.
        """
        waiting = {i: one for i, one in enumerate(self.issues) if one.told_at is None}
        if index not in waiting:
            raise UnknownName("untold issue", str(index), map(str, waiting), f"order {self.id!r}")
        issue = waiting[index]
        self._still_open(
            "tell_customer", at, max(issue.found_at, self.journey.entered_at, key=datetime.timestamp)
        )
        issues = (*self.issues[:index], issue._replace(told_at=at), *self.issues[index + 1 :])
        told = {"customer_told_at": at}
        there = self.stage is _STAGES[issue.kind]
        order = self if there else self._stepped(issue.kind.value, at=at, by=by, evidence=told)
        order = attrs.evolve(order, issues=issues)
        return order if promised_at is None else order.with_promise(promised_at, at=at)

    def with_promise(self, promised_at: datetime, *, at: datetime) -> "Delivery":
        """The order with another promised time, agreed on with the customer; the earlier ones are kept.

        Raises:
            RecordError: It is promised for a time that has passed.
            TransitionRefused: It has ended, or that lies before the last promise.
        """
        self._still_open("with_promise", at, self.promises[-1].at)
        if promised_at == self.promised_at:
            return self
        return attrs.evolve(self, promises=(*self.promises, PromiseChange(at, promised_at)))

    def resume(self, *, at: datetime, by: str | None = None, reason: str | None = None) -> "Delivery":
        """What stood in the way is out of it.

        Raises:
            TransitionRefused: It was neither delayed nor had a problem.
        """
        return self._stepped("resume", at=at, by=by, reason=reason)

    def fulfil(self, *, at: datetime, by: str | None = None) -> "Delivery":
        """The customer has it; it is watched no longer.

        Raises:
            TransitionRefused: Nobody has worked on it, it is delayed or has a problem, or it has ended.
        """
        return self._stepped("fulfil", at=at, by=by)

    def cancel(self, *, reason: str, at: datetime, by: str | None = None) -> "Delivery":
        """There will be no delivery.

        Raises:
            TransitionRefused: There is no reason, or it has ended.
        """
        return self._stepped("cancel", at=at, by=by, reason=reason)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record that `to_dict` wrote; every change of its journey is judged again.

        Raises:
            StorageError: The data is no such record.
            LogError: Its history is no journey of a delivery; the message names the change.
        """
        return restored(cls, data, DELIVERY)

    def __repr__(self) -> str:
        promised = f", promised by {self.promised_at.isoformat()}" if self.open else ""
        untold = f", {len(self.untold)} untold" if self.untold else ""
        return f"<Delivery {self.id} for {self.customer_id}, {self.stage}{promised}{untold}>"

    def _still_open(self, event: str, at: datetime, last: datetime) -> None:
        """It has not ended, and the time is not before the last one."""
        if not self.open:
            reason = Reason(ReasonCode.NO_SUCH_TRANSITION, event, self.stage)
            Refused((reason,), self.id, self.stage, event).unwrap()
        in_order(self.journey, event, at, last)

    def _stepped(
        self,
        event: str,
        *,
        at: datetime,
        by: str | None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> "Delivery":
        outcome = DELIVERY.step(self.journey, event, at=at, by=by, reason=reason, evidence=evidence)
        return attrs.evolve(self, journey=outcome.unwrap())
