"""Why a step was refused: a stable code, what was seen, what was wanted, and a sentence."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from salesproc import _plain
from salesproc.stages.journey import EvidenceValue

__all__ = ["Reason", "ReasonCode", "choices", "surely_fails"]


class ReasonCode(StrEnum):
    """Why a step was refused, stable across versions; the text of a `Reason` is not."""

    MISSING = "missing"
    TOO_LOW = "too_low"
    TOO_HIGH = "too_high"
    NOT_ONE_OF = "not_one_of"
    NOT_COMPARABLE = "not_comparable"
    NOT_CONFIRMED = "not_confirmed"
    NOT_MET = "not_met"
    SEVERAL = "several"
    NONE_OF_THESE = "none_of_these"
    HOLDS = "holds"
    NO_SUCH_TRANSITION = "no_such_transition"
    AMBIGUOUS_TARGET = "ambiguous_target"
    TIME_RUNS_BACKWARDS = "time_runs_backwards"
    OTHER_VERSION = "other_version"


class Reason(NamedTuple):
    """One reason of a refusal; ``str()`` says it in a sentence.

    Attributes:
        code: The stable code.
        about: The evidence, requirement or event it is about.
        saw: The value that was given.
        wanted: The value or values that would have done.
        parts: The reasons below this one, where a requirement is made of others.
    """

    code: ReasonCode
    about: str
    saw: EvidenceValue = None
    wanted: EvidenceValue = None
    parts: "tuple[Reason, ...]" = ()

    def to_dict(self) -> dict[str, Any]:
        """The reason as plain data for JSON, its sentence included."""
        plain = {
            "code": self.code.value,
            "about": self.about,
            "saw": _plain.tag(self.saw),
            "wanted": _plain.tag(self.wanted),
        }
        return {**plain, "parts": [part.to_dict() for part in self.parts], "text": str(self)}

    def __str__(self) -> str:
        return _TEXTS[self.code](self)


def surely_fails(reasons: tuple[Reason, ...]) -> bool:
    """Whether the reasons hold whatever the missing evidence turns out to be."""
    return any(_certain(reason) for reason in reasons)


def _certain(reason: Reason) -> bool:
    if reason.code is ReasonCode.MISSING:
        return False
    if reason.code is ReasonCode.NONE_OF_THESE:
        return all(_certain(part) for part in reason.parts)
    if reason.code is ReasonCode.SEVERAL:
        return surely_fails(reason.parts)
    return True


def _joined(reason: Reason) -> str:
    return "; ".join(map(str, reason.parts))


def _not_met(reason: Reason) -> str:
    seen = (
        zip(reason.wanted, reason.saw, strict=True)
        if isinstance(reason.saw, tuple) and isinstance(reason.wanted, tuple)
        else ()
    )
    values = ", ".join(f"{name} is {value}" for name, value in seen)
    return f"{reason.about} is not met" + (f" ({values})" if values else "")


def choices(wanted: EvidenceValue) -> str:
    """The values that would do, joined by "or"."""
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    return " or ".join(str(value) for value in values)


_TEXTS: dict[ReasonCode, Callable[[Reason], str]] = {
    ReasonCode.MISSING: lambda r: f"{r.about} is missing",
    ReasonCode.TOO_LOW: lambda r: f"{r.about} is {r.saw}, at least {r.wanted} is required",
    ReasonCode.TOO_HIGH: lambda r: f"{r.about} is {r.saw}, at most {r.wanted} is allowed",
    ReasonCode.NOT_ONE_OF: lambda r: f"{r.about} is {r.saw}, {choices(r.wanted)} is required",
    ReasonCode.NOT_COMPARABLE: lambda r: (
        f"{r.about} is {r.saw!r}, which cannot be compared with {r.wanted!r}"
    ),
    ReasonCode.NOT_CONFIRMED: lambda r: f"{r.about} is {r.saw!r}, True is required",
    ReasonCode.NOT_MET: _not_met,
    ReasonCode.SEVERAL: lambda r: f"({_joined(r)})",
    ReasonCode.NONE_OF_THESE: lambda r: f"none of these holds: {_joined(r)}",
    ReasonCode.HOLDS: lambda r: f"{r.about} is ruled out, and it is so",
    ReasonCode.NO_SUCH_TRANSITION: lambda r: (
        f"{r.about!r} cannot be taken from {str(r.saw)!r}; from there: {_events(r.wanted)}"
    ),
    ReasonCode.AMBIGUOUS_TARGET: lambda r: (
        f"several events lead to {r.about!r} from {str(r.saw)!r}: name one of {_events(r.wanted)}"
    ),
    ReasonCode.TIME_RUNS_BACKWARDS: lambda r: (
        f"the time of {r.about} is {r.saw}, before the last change at {r.wanted}"
    ),
    ReasonCode.OTHER_VERSION: lambda r: (
        f"{r.about} was made under version {r.saw}, this is version {r.wanted}: migrate it first"
    ),
}


def _events(wanted: EvidenceValue) -> str:
    return ", ".join(map(repr, wanted)) if isinstance(wanted, tuple) and wanted else "nothing, it is final"
