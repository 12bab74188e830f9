"""The machine written by hand, three times: what somebody would write who needs this one process and no other.

Each keeps the same record as the library, copies the evidence into it, looks the step up in a table, checks the
order of times and one requirement, and refuses by raising an error with a message. None of them checks that times
are aware or that the evidence can be stored, knows a version, or gives more than one reason.
"""

from datetime import datetime
from typing import Any, NamedTuple

import attrs

TABLE: dict[str, dict[str, tuple[str, int | None]]] = {
    "talk": {"offer": ("offered", 60)},
    "offered": {"back": ("talk", 60), "win": ("won", None)},
    "won": {},
}


class StepError(ValueError):
    """A step that was not taken."""


class TupleChange(NamedTuple):
    """The record as a named tuple."""

    entity: str
    stage: str
    at: datetime
    from_stage: str | None
    event: str | None
    by: str | None
    reason: str | None
    evidence: dict[str, Any]
    version: int


class TupleDeal(NamedTuple):
    """A deal as a named tuple."""

    entity: str
    stage: str
    history: tuple[TupleChange, ...]


def tuple_start(entity: str, *, at: datetime) -> TupleDeal:
    """A new deal."""
    return TupleDeal(entity, "talk", (TupleChange(entity, "talk", at, None, None, None, None, {}, 1),))


def tuple_step(
    deal: TupleDeal,
    event: str,
    *,
    at: datetime,
    by: str | None = None,
    reason: str | None = None,
    evidence: dict[str, Any],
) -> TupleDeal:
    """The deal after the step."""
    move = TABLE[deal.stage].get(event)
    if move is None:
        raise StepError(f"{event!r} cannot be taken from {deal.stage!r}")
    target, least = move
    if at < deal.history[-1].at:
        raise StepError(f"{event!r} at {at} lies before the last change at {deal.history[-1].at}")
    if least is not None:
        score = evidence.get("score")
        if score is None or score < least:
            raise StepError(f"score is {score}, at least {least} is required")
    change = TupleChange(deal.entity, target, at, deal.stage, event, by, reason, dict(evidence), 1)
    return TupleDeal(deal.entity, target, (*deal.history, change))


@attrs.frozen
class FrozenChange:
    """The record as a frozen slotted class."""

    entity: str
    stage: str
    at: datetime
    from_stage: str | None
    event: str | None
    by: str | None
    reason: str | None
    evidence: dict[str, Any]
    version: int


@attrs.frozen
class FrozenDeal:
    """A deal as a frozen slotted class."""

    entity: str
    stage: str
    history: tuple[FrozenChange, ...]


def frozen_start(entity: str, *, at: datetime) -> FrozenDeal:
    """A new deal."""
    return FrozenDeal(entity, "talk", (FrozenChange(entity, "talk", at, None, None, None, None, {}, 1),))


def frozen_step(
    deal: FrozenDeal,
    event: str,
    *,
    at: datetime,
    by: str | None = None,
    reason: str | None = None,
    evidence: dict[str, Any],
) -> FrozenDeal:
    """The deal after the step."""
    move = TABLE[deal.stage].get(event)
    if move is None:
        raise StepError(f"{event!r} cannot be taken from {deal.stage!r}")
    target, least = move
    if at < deal.history[-1].at:
        raise StepError(f"{event!r} at {at} lies before the last change at {deal.history[-1].at}")
    if least is not None:
        score = evidence.get("score")
        if score is None or score < least:
            raise StepError(f"score is {score}, at least {least} is required")
    change = FrozenChange(deal.entity, target, at, deal.stage, event, by, reason, dict(evidence), 1)
    return FrozenDeal(deal.entity, target, (*deal.history, change))


class MutableDeal:
    """A deal that changes in place; its record is a plain tuple of the same nine fields."""

    __slots__ = ("at", "entity", "history", "stage")

    def __init__(self, entity: str, *, at: datetime) -> None:
        self.entity = entity
        self.stage = "talk"
        self.at = at
        self.history: list[tuple[Any, ...]] = [(entity, "talk", at, None, None, None, None, {}, 1)]

    def step(
        self,
        event: str,
        *,
        at: datetime,
        by: str | None = None,
        reason: str | None = None,
        evidence: dict[str, Any],
    ) -> None:
        """Change the deal."""
        move = TABLE[self.stage].get(event)
        if move is None:
            raise StepError(f"{event!r} cannot be taken from {self.stage!r}")
        target, least = move
        if at < self.at:
            raise StepError(f"{event!r} at {at} lies before the last change at {self.at}")
        if least is not None:
            score = evidence.get("score")
            if score is None or score < least:
                raise StepError(f"score is {score}, at least {least} is required")
        self.history.append((self.entity, target, at, self.stage, event, by, reason, dict(evidence), 1))
        self.stage = target
        self.at = at


def replay(rows: list[TupleChange]) -> dict[str, TupleDeal]:
    """A log of changes turned into deals, each change checked, by hand."""
    changes: dict[str, list[TupleChange]] = {}
    for row in rows:
        changes.setdefault(row.entity, []).append(row)
    deals: dict[str, TupleDeal] = {}
    for entity, found in changes.items():
        before = found[0]
        if before.from_stage is not None or before.event is not None or before.stage != "talk":
            raise StepError(f"{entity} does not begin with its creation")
        for change in found[1:]:
            target, least = TABLE[before.stage][change.event or ""]
            if target != change.stage or change.from_stage != before.stage or change.version != 1:
                raise StepError(f"{entity} cannot come to {change.stage}")
            if change.at < before.at:
                raise StepError(f"{entity}: time runs backwards")
            if least is not None:
                score = change.evidence.get("score")
                if score is None or score < least:
                    raise StepError(f"{entity}: score is {score}, at least {least} is required")
            before = change
        deals[entity] = TupleDeal(entity, before.stage, tuple(found))
    return deals
