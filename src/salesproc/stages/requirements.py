"""What a transition asks for before it lets anybody through, each as a value that says what it saw.

A requirement is a named value over the evidence of a step and the journey so far. Unknown is not a pass:
evidence that is missing or ``None`` is reported as missing, also below `any_of` and `not_`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, cast

import attrs

from salesproc.stages.journey import Evidence, EvidenceValue, Journey
from salesproc.stages.reasons import Reason, ReasonCode, choices, surely_fails

__all__ = [
    "Attempt",
    "Requirement",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "confirmed",
    "not_",
    "one_of",
    "provided",
    "requirement",
]

# A NamedTuple made without its wrapper: reasons are made on the hot path.
_tuple: Callable[..., Any] = vars(tuple)["__new__"]
# Members of an Enum are looked up slowly before Python 3.12.
_MISSING, _TOO_LOW, _TOO_HIGH = ReasonCode.MISSING, ReasonCode.TOO_LOW, ReasonCode.TOO_HIGH


class Attempt(NamedTuple):
    """A step somebody wants to take, as a requirement sees it."""

    journey: Journey[str]
    event: str
    at: datetime
    by: str | None
    reason: str | None
    evidence: Evidence

    def saw(self, name: str) -> EvidenceValue:
        """What was given under that name: ``"by"`` and ``"reason"`` are the arguments of the step, all else evidence."""
        value = self.evidence.get(name)
        return _argument(name, self) if value is None else value


class Requirement(ABC):
    """Something a transition asks for; ``str()`` says it in words. Make one with the functions of this module."""

    __slots__ = ()

    @abstractmethod
    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        """Every reason why the attempt does not meet it; empty when it does.

        The attempt comes as the plain tuple of an `Attempt`, which only a rule of your own has to be shown as one.
        """


def provided(name: str) -> Requirement:
    """The evidence *name* is there; ``"by"`` and ``"reason"`` name the arguments of the step.

    >>> provided("budget")
    provided('budget')
    """
    return _Provided(_named(name))


def confirmed(name: str) -> Requirement:
    """The answer to *name* is yes; no answer is not a yes."""
    return _Confirmed(_named(name))


def at_least(name: str, limit: EvidenceValue) -> Requirement:
    """The evidence *name* is *limit* or more."""
    return _AtLeast(_named(name), limit)


def at_most(name: str, limit: EvidenceValue) -> Requirement:
    """The evidence *name* is *limit* or less."""
    return _AtMost(_named(name), limit)


def one_of(name: str, *values: EvidenceValue) -> Requirement:
    """The evidence *name* is one of *values*; with ``"by"`` it is a permission.

    >>> one_of("by", "sara", "omar")
    one_of('by', 'sara', 'omar')
    """
    if not values:
        raise ValueError(f"one_of({name!r}) needs at least one value that would do")
    for value in values:
        given: object = value  # callers without a type checker pass a list of values
        if isinstance(given, list | set | frozenset | dict):
            raise TypeError(
                f"one_of({name!r}) takes its values one by one, got {value!r}; write one_of({name!r}, *values)"
            )
    return _OneOf(_named(name), values)


def all_of(*requirements: Requirement) -> Requirement:
    """Every one of them is met; all reasons are given."""
    return _AllOf(_several("all_of", requirements))


def any_of(*requirements: Requirement) -> Requirement:
    """At least one of them is met."""
    return _AnyOf(_several("any_of", requirements))


def not_(inner: Requirement) -> Requirement:
    """The requirement is known not to be met; where it cannot be told, what is missing is reported."""
    return _Not(inner)


def requirement(name: str, test: Callable[[Attempt], bool], *, needs: tuple[str, ...] = ()) -> Requirement:
    """A rule of your own, under a name by which stored definitions find it again.

    Args:
        name: What it asks for, as a refusal should say it.
        test: Gets the `Attempt`; true lets it pass. What it raises is a bug and propagates.
        needs: Evidence that must be there before the test is run; what is missing is reported as missing.

    >>> big = requirement("big enough for a manager", lambda a: a.evidence["seats"] > 50, needs=("seats",))
    >>> big
    requirement('big enough for a manager', needs=('seats',))
    """
    return NamedRequirement(_named(name), test, tuple(needs))


def _argument(name: str, attempt: tuple[Any, ...]) -> EvidenceValue:
    """The argument of the step that goes by that name, where it is not evidence."""
    if name == "by":
        return cast("str | None", attempt[3])
    return cast("str | None", attempt[4]) if name == "reason" else None


def _no_comparison(about: str, saw: EvidenceValue, limit: EvidenceValue) -> tuple[Reason, ...]:
    """What came is of another kind than what is asked for, such as text from a form, or another currency: no pass."""
    return (Reason(ReasonCode.NOT_COMPARABLE, about, saw, limit),)


def _missing(about: str) -> tuple[Reason, ...]:
    return (_tuple(Reason, (_MISSING, about, None, None, ())),)


@attrs.frozen(repr=False)
class _Provided(Requirement):
    about: str

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        saw = evidence.get(self.about)
        if saw is None:
            saw = _argument(self.about, attempt)
        return _missing(self.about) if saw is None or (isinstance(saw, str) and not saw.strip()) else ()

    def __repr__(self) -> str:
        return f"provided({self.about!r})"

    def __str__(self) -> str:
        return self.about


@attrs.frozen(repr=False)
class _Confirmed(Requirement):
    about: str

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        saw = evidence.get(self.about)
        if saw is None:
            saw = _argument(self.about, attempt)
        if saw is True:
            return ()
        return (
            _missing(self.about)
            if saw is None
            else (Reason(ReasonCode.NOT_CONFIRMED, self.about, saw, True),)
        )

    def __repr__(self) -> str:
        return f"confirmed({self.about!r})"

    def __str__(self) -> str:
        return f"a yes to {self.about}"


@attrs.frozen(repr=False)
class _AtLeast(Requirement):
    about: str
    limit: Any  # compared with the evidence: whatever can be ordered

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        saw: Any = evidence.get(self.about)
        if saw is None:
            saw = _argument(self.about, attempt)
        if saw is None:
            return _missing(self.about)
        try:
            enough = saw >= self.limit
        except TypeError:
            return _no_comparison(self.about, saw, self.limit)
        return () if enough else (_tuple(Reason, (_TOO_LOW, self.about, saw, self.limit, ())),)

    def __repr__(self) -> str:
        return f"at_least({self.about!r}, {self.limit!r})"

    def __str__(self) -> str:
        return f"{self.about} of at least {self.limit}"


@attrs.frozen(repr=False)
class _AtMost(Requirement):
    about: str
    limit: Any  # compared with the evidence: whatever can be ordered

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        saw: Any = evidence.get(self.about)
        if saw is None:
            saw = _argument(self.about, attempt)
        if saw is None:
            return _missing(self.about)
        try:
            small = saw <= self.limit
        except TypeError:
            return _no_comparison(self.about, saw, self.limit)
        return () if small else (_tuple(Reason, (_TOO_HIGH, self.about, saw, self.limit, ())),)

    def __repr__(self) -> str:
        return f"at_most({self.about!r}, {self.limit!r})"

    def __str__(self) -> str:
        return f"{self.about} of at most {self.limit}"


@attrs.frozen(repr=False)
class _OneOf(Requirement):
    about: str
    values: tuple[EvidenceValue, ...]

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        saw = evidence.get(self.about)
        if saw is None:
            saw = _argument(self.about, attempt)
        if saw in self.values:
            return ()
        if saw is None:
            return _missing(self.about)
        return (Reason(ReasonCode.NOT_ONE_OF, self.about, saw, self.values),)

    def __repr__(self) -> str:
        return f"one_of({', '.join(map(repr, (self.about, *self.values)))})"

    def __str__(self) -> str:
        return f"{self.about} {choices(self.values)}"


@attrs.frozen(repr=False)
class _AllOf(Requirement):
    inner: tuple[Requirement, ...]

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        return tuple(reason for one in self.inner for reason in one.check(evidence, attempt))

    def __repr__(self) -> str:
        return f"all_of({', '.join(map(repr, self.inner))})"

    def __str__(self) -> str:
        return "(" + " and ".join(map(str, self.inner)) + ")"


@attrs.frozen(repr=False)
class _AnyOf(Requirement):
    inner: tuple[Requirement, ...]

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        parts: list[Reason] = []
        for one in self.inner:
            reasons = one.check(evidence, attempt)
            if not reasons:
                return ()
            parts.append(
                reasons[0] if len(reasons) == 1 else Reason(ReasonCode.SEVERAL, str(one), parts=reasons)
            )
        return (Reason(ReasonCode.NONE_OF_THESE, str(self), parts=tuple(parts)),)

    def __repr__(self) -> str:
        return f"any_of({', '.join(map(repr, self.inner))})"

    def __str__(self) -> str:
        return "(" + " or ".join(map(str, self.inner)) + ")"


@attrs.frozen(repr=False)
class _Not(Requirement):
    inner: Requirement

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        reasons = self.inner.check(evidence, attempt)
        if not reasons:
            return (Reason(ReasonCode.HOLDS, str(self.inner)),)
        return () if surely_fails(reasons) else reasons

    def __repr__(self) -> str:
        return f"not_({self.inner!r})"

    def __str__(self) -> str:
        return f"not {self.inner}"


@attrs.frozen(repr=False)
class NamedRequirement(Requirement):
    name: str
    test: Callable[[Attempt], bool]
    needs: tuple[str, ...]

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:  # noqa: ARG002 - the attempt has it
        shown = Attempt(*attempt)
        saw = tuple(shown.saw(name) for name in self.needs)
        if None in saw:
            missing = (name for name, value in zip(self.needs, saw, strict=True) if value is None)
            return tuple(Reason(ReasonCode.MISSING, name) for name in missing)
        return () if self.test(shown) else (Reason(ReasonCode.NOT_MET, self.name, saw, self.needs),)

    def __repr__(self) -> str:
        return f"requirement({self.name!r}, needs={self.needs!r})"

    def __str__(self) -> str:
        return self.name


def _named(name: str) -> str:
    if not name:
        raise ValueError("a requirement is about something with a name, got ''")
    return name


def _several(maker: str, requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    if not requirements:
        raise ValueError(f"{maker}() needs at least one requirement")
    return requirements
