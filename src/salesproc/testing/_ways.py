"""Which steps lead out of each stage, and evidence that lets somebody take them.

The simulator and the Hypothesis strategies choose differently, one by a seeded generator and one by drawing, so the
choice is a function that both hand in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from salesproc.stages import Accepted, Evidence, EvidenceValue, Journey, Process, Refused, Requirement
from salesproc.stages.requirements import (
    NamedRequirement,
    _AllOf,
    _AnyOf,
    _AtLeast,
    _AtMost,
    _Confirmed,
    _Not,
    _OneOf,
    _Provided,
)
from salesproc.testing._names import OTHER_VALUES, VALUES

__all__ = ["Pick", "Way", "distances", "proof", "take", "ways"]

S = TypeVar("S", bound=str)
S_co = TypeVar("S_co", bound=str, covariant=True)
T = TypeVar("T")

_Facts = dict[str, EvidenceValue]


class Pick(Protocol):
    """Chooses one of several, such as the ``choice`` of a seeded generator."""

    def __call__(self, options: Sequence[T], /) -> T:
        """One of the options."""
        ...


class Way(NamedTuple, Generic[S_co]):
    """One step out of a stage."""

    event: str
    target: S_co
    requires: tuple[Requirement, ...]


def ways(process: Process[S]) -> dict[S, tuple[Way[S], ...]]:
    """The steps out of each stage, in the order of the definition."""
    found: dict[str, list[Way[S]]] = {str(stage.name): [] for stage in process.stages}
    for one in process.transitions:
        target = process.stage(one.target).name
        for source in one.sources(process.stages):
            found[str(source)].append(Way(one.event, target, one.requires))
    return {stage.name: tuple(found[str(stage.name)]) for stage in process.stages}


def distances(table: Mapping[S, Sequence[Way[S]]], goal: S) -> dict[S, int]:
    """How many steps each stage is away from the goal; stages without a way to it are left out."""
    away = {goal: 0}
    frontier = {goal}
    while frontier:
        frontier = {
            stage
            for stage, out in table.items()
            if stage not in away and any(way.target in frontier for way in out)
        }
        away |= dict.fromkeys(frontier, max(away.values()) + 1)
    return away


def take(
    process: Process[S], journey: Journey[S], way: Way[S], *, at: datetime, facts: Evidence
) -> Accepted[S] | Refused:
    """The step, with those facts that are arguments of the step passed as such."""
    evidence = {name: value for name, value in facts.items() if name not in {"by", "reason"}}
    texts = {name: str(facts[name]) for name in ("by", "reason") if facts.get(name) is not None}
    return process.step(journey, way.event, at=at, evidence=evidence, **texts)


def proof(requires: Iterable[Requirement], pick: Pick) -> dict[str, EvidenceValue]:
    """Facts that meet the requirements, each on its own; whether all are met together is for the step to say.

    Rules of your own are unknown to us: only the evidence they need is there. So it may take a caller to meet them.
    """
    facts: _Facts = {}
    # The vague ones first, so that whoever wants a certain value of the same evidence has the last word.
    for one in sorted(requires, key=lambda one: not isinstance(one, _Provided | NamedRequirement)):
        facts |= _met(one, pick)
    return facts


def _met(one: Requirement, pick: Pick) -> _Facts:
    return _MET[type(one)](one, pick) if type(one) in _MET else {}


def _failed(one: Requirement, pick: Pick) -> _Facts:
    """Facts that surely fail it, where we know of some."""
    return _FAILED[type(one)](one, pick) if type(one) in _FAILED else {}


def _named(names: Iterable[str], pick: Pick) -> _Facts:
    return {name: pick(VALUES.get(name, OTHER_VALUES)) for name in names}


def _more(limit: Any, steps: Sequence[int], pick: Pick) -> Any:
    """A number that lies one of these steps from the limit; the limit itself where it is no plain number."""
    is_number = isinstance(limit, int | float | Decimal) and not isinstance(limit, bool)
    return limit + pick(steps) if is_number else limit


# What each kind of requirement is met by, and surely failed by. The kinds are private to their module; these are its
# neighbours in the same package.
_MET: dict[type, Callable[[Any, Pick], _Facts]] = {
    _Provided: lambda one, pick: _named([one.about], pick),
    NamedRequirement: lambda one, pick: _named(one.needs, pick),
    _Confirmed: lambda one, _: {one.about: True},
    _AtLeast: lambda one, pick: {one.about: _more(one.limit, (0, 1, 10), pick)},
    _AtMost: lambda one, pick: {one.about: _more(one.limit, (0,), pick)},
    _OneOf: lambda one, pick: {one.about: pick(one.values)},
    _AllOf: lambda one, pick: proof(one.inner, pick),
    _AnyOf: lambda one, pick: _met(pick(one.inner), pick),
    _Not: lambda one, pick: _failed(one.inner, pick),
}
_FAILED: dict[type, Callable[[Any, Pick], _Facts]] = {
    _Confirmed: lambda one, _: {one.about: False},
    _AtLeast: lambda one, pick: {one.about: _more(one.limit, (-1, -10), pick)},
    _AtMost: lambda one, pick: {one.about: _more(one.limit, (1, 10), pick)},
    _OneOf: lambda one, _: {one.about: "none of " + " or ".join(map(str, one.values))},
    _Not: lambda one, pick: _met(one.inner, pick),
}
