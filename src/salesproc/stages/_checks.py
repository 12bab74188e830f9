"""The faults a process definition can have: all of them found at once, when it is built."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from salesproc.errors import did_you_mean
from salesproc.stages.requirements import Requirement
from salesproc.stages.stage import Stage, StageKind, Transition

__all__ = ["faults"]


def faults(
    version: int, stages: Sequence[Stage[str]], transitions: Sequence[Transition[str]], initial: Sequence[str]
) -> list[str]:
    """One sentence per fault of a definition; empty when it is sound."""
    if not stages:
        return ["it has no stages"]
    strangers = [*_strangers(stages, transitions)]
    if strangers:
        return strangers
    known = {str(stage.name): stage for stage in stages}
    problems = [
        *_names(version, stages, transitions),
        *_stage_values(stages),
        *_edges(known, transitions, initial),
    ]
    edges = _graph(known, stages, transitions)
    starts = [str(name) for name in initial if str(name) in known]
    problems += _ways(known, edges, starts)
    return problems


def _strangers(stages: Sequence[Any], transitions: Sequence[Any]) -> Iterator[str]:
    """What is no part of a definition at all; callers without a type checker pass anything."""
    for stage in stages:
        if not _is_stage(stage):
            yield f"a stage is {stage!r}; give Stage({stage!r})"
            continue
        name, kind, limit = stage.name, stage.kind, stage.limit
        if not isinstance(kind, StageKind):
            yield f"stage {str(name)!r} has kind {kind!r}; give one of {', '.join(map(str, StageKind))} as StageKind"
        if not isinstance(limit, timedelta | None):
            yield f"stage {str(name)!r} has limit {limit!r}; give a timedelta"
    for transition in transitions:
        if not isinstance(transition, Transition):
            yield f"a transition is {transition!r}; give Transition(event, source, target)"
            continue
        required: tuple[Any, ...] = transition.requires
        for one in required:
            if not isinstance(one, Requirement):
                yield f"transition {transition.event!r} requires {one!r}; give a requirement such as provided({one!r})"


def _is_stage(thing: object) -> bool:
    return isinstance(thing, Stage)


def _names(
    version: int, stages: Sequence[Stage[str]], transitions: Sequence[Transition[str]]
) -> Iterator[str]:
    if type(version) is not int or version < 1:
        yield f"its version is {version!r}; it must be a whole number from 1"
    for name, count in Counter(str(stage.name) for stage in stages).items():
        if not name:
            yield "a stage has an empty name"
        if count > 1:
            yield f"stage {name!r} is listed {count} times"
    if any(not transition.event for transition in transitions):
        yield "a transition has an empty event"


def _stage_values(stages: Sequence[Stage[str]]) -> Iterator[str]:
    for stage in stages:
        name, limit = str(stage.name), stage.limit
        chance: object = stage.probability  # callers without a type checker pass floats
        if not isinstance(chance, Decimal | None):
            yield f"stage {name!r} has probability {chance!r}; give a Decimal from text, such as Decimal('0.3')"
        elif chance is not None and not 0 <= chance <= 1:
            yield f"stage {name!r} has probability {chance}; a probability is from 0 to 1, not percent"
        if limit is not None and limit <= timedelta(0):
            yield f"stage {name!r} has limit {limit}; a limit is longer than nothing"
        if limit is not None and (stage.final or stage.kind is StageKind.ON_HOLD):
            yield f"stage {name!r} has a limit, but no clock runs in a stage that is {stage.kind.value}"


def _edges(
    known: Mapping[str, Stage[str]], transitions: Sequence[Transition[str]], initial: Sequence[str]
) -> Iterator[str]:
    for name in initial:
        if str(name) not in known:
            yield f"initial stage {str(name)!r} is unknown; {did_you_mean(str(name), known)}"
    seen: set[tuple[str, str]] = set()
    for transition in transitions:
        event, target = transition.event, str(transition.target)
        if target not in known:
            yield f"transition {event!r} leads to unknown stage {target!r}; {did_you_mean(target, known)}"
        for name in map(str, transition.sources(known.values())):
            if name not in known:
                yield f"transition {event!r} starts from unknown stage {name!r}; {did_you_mean(name, known)}"
                continue
            if (name, event) in seen:
                yield f"transition {event!r} from {name!r} is defined twice"
            seen.add((name, event))
            if name == target:
                yield f"transition {event!r} leads from {name!r} to itself, which is no change of stage"
            if known[name].final and not transition.reopens:
                yield f"transition {event!r} leaves final stage {name!r}; mark it reopens=True if that is meant"
            if not known[name].final and transition.reopens:
                yield f"transition {event!r} is marked reopens=True, but {name!r} is not final"


def _graph(
    known: Mapping[str, Stage[str]], stages: Sequence[Stage[str]], transitions: Sequence[Transition[str]]
) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {name: set() for name in known}
    for transition in transitions:
        for name in map(str, transition.sources(stages)):
            if name in known and str(transition.target) in known:
                edges[name].add(str(transition.target))
    return edges


def _ways(
    known: Mapping[str, Stage[str]], edges: Mapping[str, set[str]], starts: Sequence[str]
) -> Iterator[str]:
    if not starts:
        yield "it has no initial stage"
    reached = _reach(starts, edges)
    for name in known:
        if starts and name not in reached:
            yield f"stage {name!r} cannot be reached from {', '.join(map(repr, starts))}"
    finals = [name for name, stage in known.items() if stage.final]
    if not finals:
        yield "it has no final stage: give one a kind of won, lost or done"
        return
    back: dict[str, set[str]] = {name: set() for name in known}
    for name, targets in edges.items():
        for target in targets:
            back[target].add(name)
    ends = _reach(finals, back)
    for name, stage in known.items():
        if not stage.final and not edges[name]:
            yield f"stage {name!r} is open and nothing leads out of it"
        elif name not in ends:
            yield f"no way leads from stage {name!r} to a final stage"


def _reach(starts: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += edges[name]
    return reached
