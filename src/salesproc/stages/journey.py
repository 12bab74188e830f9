"""What happened to one entity: its stage changes, in order, and where they have brought it.

Both are plain tuples, so a store may hand rows straight in, and a million of them cost little.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, NamedTuple, NoReturn, TypeAlias, TypeVar, cast

from salesproc import _plain
from salesproc.errors import StorageError
from salesproc.money import Money

__all__ = ["Evidence", "EvidenceValue", "Journey", "StageChange"]

S_co = TypeVar("S_co", bound=str, covariant=True)

EvidenceValue: TypeAlias = (
    "str | int | bool | float | Decimal | datetime | date | Money | tuple[EvidenceValue, ...] | None"
)
Evidence: TypeAlias = Mapping[str, EvidenceValue]

# Values of these very types go through JSON as they are; a float has to be looked at, since nan and infinity do not.
PLAIN = frozenset({str, int, bool, Decimal, datetime, date, Money, type(None)})


class _NoEvidence(dict[str, EvidenceValue]):
    """The one empty evidence that all changes without evidence share; writing to it is an error."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "NO_EVIDENCE"

    def __copy__(self) -> "_NoEvidence":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "_NoEvidence":
        return self


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("a recorded change cannot be given evidence afterwards; pass evidence= to the step")


for _name in ("__setitem__", "setdefault", "update", "__ior__"):
    setattr(_NoEvidence, _name, _refuse)

NO_EVIDENCE: Final[Evidence] = _NoEvidence()


class StageChange(NamedTuple, Generic[S_co]):
    """One entity entered one stage. The first change of a journey records its creation.

    Attributes:
        entity: Which lead, deal or customer.
        stage: The stage it entered.
        at: When, in business time; aware.
        from_stage: The stage it left; ``None`` for the creation.
        event: The transition taken; ``None`` for the creation.
        by: Who did it.
        reason: Why, in the words or the code of whoever did it.
        evidence: What was shown to the requirements, as a plain dict.
        process_version: The version of the process that allowed it.
    """

    entity: str
    stage: S_co
    at: datetime
    from_stage: S_co | None = None
    event: str | None = None
    by: str | None = None
    reason: str | None = None
    evidence: Evidence = NO_EVIDENCE
    process_version: int = 1

    def to_dict(self) -> dict[str, Any]:
        """The change as plain data for JSON."""
        plain = {name: _plain.dump(getattr(self, name)) for name in self._fields if name != "evidence"}
        return {**plain, "evidence": {name: _plain.tag(value) for name, value in self.evidence.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "StageChange[str]":
        """The change that `to_dict` wrote, with its stages as plain text.

        Raises:
            StorageError: The data is no change.
        """
        unknown = sorted(set(data) - set(cls._fields))
        missing = sorted({"entity", "stage", "at"} - set(data))
        if unknown or missing:
            raise StorageError(f"a stored change has unknown fields {unknown} and lacks {missing}")
        values = {
            name: _plain.load(_KINDS[name], item, name) for name, item in data.items() if name != "evidence"
        }
        evidence = {str(name): _plain.untag(item, name) for name, item in data.get("evidence", {}).items()}
        return StageChange(**values, evidence=evidence or NO_EVIDENCE)


class Journey(NamedTuple, Generic[S_co]):
    """One entity on its way through a process: a value, never changed; each step makes the next one.

    Attributes:
        entity: Which lead, deal or customer.
        stage: Where it is now.
        history: Every change, oldest first; the first one is the creation.
    """

    entity: str
    stage: S_co
    history: tuple[StageChange[S_co], ...]

    @property
    def revision(self) -> int:
        """The number of changes so far: what a store compares before it sets."""
        return len(self.history)

    @property
    def created_at(self) -> datetime:
        """When the journey began."""
        return self.history[0].at

    @property
    def entered_at(self) -> datetime:
        """When it entered the stage it is in."""
        return self.history[-1].at

    @property
    def version(self) -> int:
        """The version of the process under which it made its last change."""
        return self.history[-1].process_version

    def to_dict(self) -> dict[str, Any]:
        """The journey as plain data for JSON."""
        return {"entity": self.entity, "history": [change.to_dict() for change in self.history]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Journey[str]":
        """The journey that `to_dict` wrote, with its stages as plain text and its moves not judged.

        ``process.replay(journey.history)`` judges them and gives the stages their own type again.

        Raises:
            StorageError: The data is no journey.
        """
        history = tuple(StageChange.from_dict(change) for change in data.get("history", ()))
        if not history:
            raise StorageError(f"a stored journey has at least the change that created it, got {data!r}")
        return Journey(data.get("entity", history[0].entity), history[-1].stage, history)

    def __repr__(self) -> str:
        moves = len(self.history) - 1
        return f"<Journey {self.entity} in {str(self.stage)!r} after {moves} {'move' if moves == 1 else 'moves'}>"


_KINDS: dict[str, Any] = {
    "entity": str,
    "stage": str,
    "at": datetime,
    "from_stage": str | None,
    "event": str | None,
    "by": str | None,
    "reason": str | None,
    "process_version": int,
}


def require_storable(evidence: Evidence) -> Evidence:
    """The evidence itself when all of it goes through JSON and back.

    Raises:
        TypeError: A value of another type, or a name that is an argument of the step.
    """
    for name in ("by", "reason"):
        if name in evidence:
            raise TypeError(
                f"{name!r} is an argument of the step, not evidence: pass {name}={evidence[name]!r}"
            )
    for name, value in evidence.items():
        require_texts(**{"the name of evidence": name})
        if not _storable(value):
            raise TypeError(
                f"evidence {name!r} is {value!r} of type {type(value).__name__}; it can be text, a number, a date, "
                "a datetime, Money, None, or a tuple of these; floats are finite"
            )
    return evidence


def require_texts(**values: object) -> None:
    """Stops at a value that is given and is no text.

    Raises:
        TypeError: The message names it.
    """
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} must be text, got {value!r} of type {type(value).__name__}")


def _storable(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_storable, cast("tuple[object, ...]", value)))
    if isinstance(value, float | Decimal):
        return math.isfinite(value)
    return isinstance(value, str | int | date | Money | None)
