"""Definitions made from other definitions, and the free pipeline of a CRM."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from salesproc.errors import UnknownName
from salesproc.stages.requirements import Requirement
from salesproc.stages.stage import ANY_OPEN, Stage, StageKind, Transition

if TYPE_CHECKING:
    from salesproc.stages._definition import Definition

__all__ = ["free_pipeline", "with_requirements", "with_transitions", "without"]

S = TypeVar("S", bound=str)


def free_pipeline(
    given: Sequence[S | Stage[S]],
    won: S,
    lost: S,
    to_win: tuple[Requirement, ...],
    to_lose: tuple[Requirement, ...],
) -> dict[str, Any]:
    """Stages, transitions and initial stages of a pipeline whose open stages move freely."""
    stages = [stage if isinstance(stage, Stage) else Stage(stage) for stage in given]
    names = [stage.name for stage in stages]
    moves: list[Transition[S]] = [Transition(str(name), ANY_OPEN, name) for name in names if len(names) > 1]
    moves += [
        Transition("win", ANY_OPEN, won, requires=to_win),
        Transition("lose", ANY_OPEN, lost, requires=to_lose),
    ]
    for i, name in enumerate(names):
        moves.append(Transition(f"reopen in {name}" if i else "reopen", (won, lost), name, reopens=True))
    ends = [Stage(won, kind=StageKind.WON), Stage(lost, kind=StageKind.LOST)]
    return {"stages": [*stages, *ends], "transitions": moves, "initial": names}


def without(process: "Definition[Any]", gone: str, bridge: str) -> dict[str, Any]:
    """Stages, transitions and initial stages of the process less one stage."""
    process.stage(gone)
    into = [one for one in process.transitions if one.target == gone]
    if not any(one.event == bridge for one in into):
        raise UnknownName(
            f"event into {str(gone)!r}",
            bridge,
            sorted({one.event for one in into}),
            f"process {process.name!r}",
        )
    onward = _onward(process, gone)
    kept: list[Transition[Any]] = []
    for one in process.transitions:
        if one.target == gone:
            if one.event == bridge:
                kept.append(
                    attrs.evolve(one, target=onward.target, requires=(*one.requires, *onward.requires))
                )
            continue
        sources = _sources_less(one, gone)
        if sources != ():
            kept.append(attrs.evolve(one, source=sources))
    return {
        "stages": [stage for stage in process.stages if stage.name != gone],
        "transitions": kept,
        "initial": [name for name in process.initial if name != gone],
    }


def with_transitions(process: "Definition[Any]", added: Sequence[Transition[Any]]) -> list[Transition[Any]]:
    """The transitions with more; an old one yields the sources that a new one of its event takes over."""
    taken = {(str(source), one.event) for one in added for source in one.sources(process.stages)}
    kept: list[Transition[Any]] = []
    for one in process.transitions:
        sources = one.sources(process.stages)
        left = tuple(source for source in sources if (str(source), one.event) not in taken)
        if left == sources:
            kept.append(one)
        elif left:
            kept.append(attrs.evolve(one, source=left[0] if len(left) == 1 else left))
    return [*kept, *added]


def with_requirements(
    process: "Definition[S]", event: str, added: Sequence[Requirement]
) -> list[Transition[S]]:
    """The transitions, where those of the event ask for more."""
    events = {one.event for one in process.transitions}
    if event not in events:
        raise UnknownName("event", event, sorted(events), f"process {process.name!r}")
    return [
        attrs.evolve(one, requires=(*one.requires, *added)) if one.event == event else one
        for one in process.transitions
    ]


def _onward(process: "Definition[Any]", gone: str) -> Transition[Any]:
    """The transition that leads from the stage to a later one that is not lost: where the bridge goes on to."""
    order = {str(stage.name): i for i, stage in enumerate(process.stages)}
    ahead = [
        one
        for one in process.transitions
        if gone in one.sources(process.stages)
        and order[str(one.target)] > order[gone]
        and process.stage(one.target).kind is not StageKind.LOST
    ]
    targets = {str(one.target) for one in ahead}
    if len(ahead) != 1:
        found = ", ".join(sorted(targets)) or "none"
        raise ValueError(
            f"cannot bridge {str(gone)!r}: one way must lead on from it to a later stage, found: {found}"
        )
    return ahead[0]


def _sources_less(one: Transition[Any], gone: str) -> Any:
    named = one.named_sources
    if named is None:
        return one.source
    left = tuple(source for source in named if source != gone)
    return left[0] if len(left) == 1 else left
