"""Stored changes turned back into journeys, one by one or a whole log, and one step for many."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc._instants import earlier
from salesproc.errors import LogError, did_you_mean
from salesproc.stages.journey import Evidence, Journey, StageChange
from salesproc.stages.outcome import Accepted, Refused
from salesproc.stages.reasons import Reason

if TYPE_CHECKING:
    from salesproc.stages.process import Process

__all__ = ["ReplayFailure", "ReplayReport", "StepReport", "migrate", "replay", "replay_log", "step_many"]

S = TypeVar("S", bound=str)


@attrs.frozen
class StepReport(Generic[S]):
    """What came of one step for many.

    Attributes:
        accepted: The steps taken, in the order given.
        refused: The steps refused, in the order given.
    """

    accepted: tuple[Accepted[S], ...]
    refused: tuple[Refused, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many were accepted, and how many gave each reason, the most frequent first; one refusal may give several."""
        reasons = Counter(
            str(reason.code) + ": " + reason.about for one in self.refused for reason in one.reasons
        )
        return {"accepted": len(self.accepted), **dict(reasons.most_common())}

    def __repr__(self) -> str:
        return f"<StepReport {len(self.accepted)} accepted, {len(self.refused)} refused>"


class ReplayFailure(NamedTuple):
    """An entity whose changes are no journey of the process.

    Attributes:
        entity: Which one.
        row: The first row at fault, counted from 1 over the whole log.
        problem: What is wrong with it.
    """

    entity: str
    row: int
    problem: str


@attrs.frozen
class ReplayReport(Generic[S]):
    """A log of changes turned into journeys.

    Attributes:
        journeys: By entity, those whose changes are a journey of the process.
        failures: The others, each with its first faulty row.
    """

    journeys: Mapping[str, Journey[S]]
    failures: tuple[ReplayFailure, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many entities were replayed, and how many failed."""
        return {"replayed": len(self.journeys), "failed": len(self.failures)}

    def __repr__(self) -> str:
        return f"<ReplayReport {len(self.journeys)} replayed, {len(self.failures)} failed>"


def step_many(
    process: "Process[S]",
    journeys: Iterable[Journey[S]],
    event: str,
    *,
    at: datetime,
    by: str | None = None,
    reason: str | None = None,
    evidence: Evidence | None = None,
) -> StepReport[S]:
    """Take the same step for many; what is refused is reported and the rest goes on.

    Args:
        process: The process they are in.
        journeys: Any number of them, read once.
        event: The transition to take.
        at: When, aware.
        by: Who takes it.
        reason: Why.
        evidence: The same for all.

    >>> from datetime import UTC, datetime
    >>> from salesproc.stages import Process
    >>> sales = Process.pipeline("sales", stages=["talk"], won="won", lost="lost")
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> deals = [sales.start(f"D-{i}", at=monday) for i in range(3)]
    >>> step_many(sales, deals, "lose", at=monday).counts
    {'accepted': 0, 'missing: reason': 3}
    """
    accepted: list[Accepted[S]] = []
    refused: list[Refused] = []
    for journey in journeys:
        outcome = process.step(journey, event, at=at, by=by, reason=reason, evidence=evidence)
        if isinstance(outcome, Accepted):
            accepted.append(outcome)
        else:
            refused.append(outcome)
    return StepReport(tuple(accepted), tuple(refused))


def replay(
    process: "Process[S]", history: tuple[StageChange[str], ...], *, check_requirements: bool
) -> Journey[S]:
    """The journey the changes make, or an error that names the first change that does not fit."""
    problem = _problem(process, history, check_requirements=check_requirements)
    if problem is not None:
        index, text = problem
        raise LogError(f"change {index + 1} of {len(history)}: {text}")
    return _journey(process, history)


def replay_log(
    process: "Process[S]", changes: Iterable[StageChange[str]], *, check_requirements: bool = True
) -> ReplayReport[S]:
    """The journeys of a whole log of changes; entities whose changes are no journey are reported with the row.

    Args:
        process: The process they were made under.
        changes: The changes of any number of entities, each entity's oldest first.
        check_requirements: Judge the recorded evidence again, as in ``Process.replay``.
    """
    rows: dict[str, list[StageChange[str]]] = {}
    numbers: dict[str, list[int]] = {}
    for number, change in enumerate(changes, start=1):
        entity = change[0]
        if entity in rows:
            rows[entity].append(change)
            numbers[entity].append(number)
        else:
            rows[entity], numbers[entity] = [change], [number]
    journeys: dict[str, Journey[S]] = {}
    failures: list[ReplayFailure] = []
    for entity, found in rows.items():
        problem = _problem(process, found, check_requirements=check_requirements)
        if problem is None:
            journeys[entity] = _journey(process, found)
        else:
            failures.append(ReplayFailure(entity, numbers[entity][problem[0]], problem[1]))
    return ReplayReport(journeys, tuple(failures))


def migrate(
    process: "Process[S]", journey: Journey[str], stages: Mapping[str, S], events: Mapping[str, str]
) -> Journey[S]:
    """The journey with its changes renamed, restamped and their moves judged."""
    renamed: list[StageChange[str]] = []
    for change in journey.history:
        stage = stages.get(change.stage, change.stage)
        if stage not in process._by_name:
            raise LogError(
                f"{journey.entity} was in {str(change.stage)!r} under version {change.process_version}; version "
                f"{process.version} has no {str(stage)!r}: name its new stage in stages= ({did_you_mean(stage, process._by_name)})"
            )
        came_from = None if change.from_stage is None else stages.get(change.from_stage, change.from_stage)
        event = None if change.event is None else events.get(change.event, change.event)
        renamed.append(
            change._replace(stage=stage, from_stage=came_from, event=event, process_version=process.version)
        )
    try:
        return replay(process, tuple(renamed), check_requirements=False)
    except LogError as error:
        raise LogError(
            f"{journey.entity} from version {journey.version} to version {process.version}: {error}"
        ) from error


def _journey(process: "Process[S]", history: Sequence[StageChange[str]]) -> Journey[S]:
    """The journey of a checked history, its stages as the process has them."""
    own = process._by_name
    if all(type(own[change.stage].name) is type(change.stage) for change in history):
        same: Any = tuple(history)
        return Journey(history[0].entity, same[-1].stage, same)
    named: Any = tuple(
        change._replace(
            stage=own[change.stage].name,
            from_stage=None if change.from_stage is None else own[change.from_stage].name,
        )
        for change in history
    )
    return Journey(history[0].entity, named[-1].stage, named)


def _problem(
    process: "Process[Any]", history: Sequence[StageChange[str]], *, check_requirements: bool
) -> tuple[int, str] | None:
    """The place of the first change that does not fit, and why; ``None`` where all do."""
    if not history:
        return 0, "there are no changes, not even a creation"
    problem = _creation(process, history[0])
    if problem:
        return 0, problem
    moves, version = process._moves, process.version
    before = history[0]
    for i in range(1, len(history)):
        change = history[i]
        move = moves[before.stage].get(change.event or "")
        if (
            move is None
            or move.target != change.stage
            or change.from_stage != before.stage
            or change.entity != before.entity
            or change.process_version != version
            or change.at.tzinfo is None
            or earlier(change.at, before.at)
        ):
            return i, _misfit(process, history[0].entity, before, change)
        if check_requirements and move.checks:
            reasons = _judged(history[:i], change, move.checks)
            if reasons:
                return i, f"{change.event!r} refused: {'; '.join(map(str, reasons))}"
        before = change
    return None


def _judged(
    past: Sequence[StageChange[str]], change: StageChange[str], checks: Iterable[Any]
) -> list[Reason]:
    sofar = Journey(change.entity, past[-1].stage, tuple(past))
    attempt = (sofar, change.event, change.at, change.by, change.reason, change.evidence)
    return [reason for check in checks for reason in check(change.evidence, attempt)]


def _creation(process: "Process[Any]", first: StageChange[str]) -> str | None:
    if first.from_stage is not None or first.event is not None:
        return f"the first change must be the creation, without from_stage and event, got {first.event!r} from {first.from_stage!r}"
    if first.stage not in process.initial:
        return f"a journey cannot begin in {str(first.stage)!r}; it begins in {', '.join(map(repr, map(str, process.initial)))}"
    if first.process_version != process.version:
        return (
            f"made under version {first.process_version}, this is version {process.version}: migrate it first"
        )
    if first.at.utcoffset() is None:
        return f"its time {first.at} has no zone"
    return None


def _misfit(process: "Process[Any]", entity: str, before: StageChange[str], change: StageChange[str]) -> str:
    """Which of the ways not to fit it was, in words."""
    move = process._moves[before.stage].get(change.event or "")
    if change.entity != entity:
        return f"belongs to {change.entity!r}, not to {entity!r}"
    if change.process_version != process.version:
        return f"made under version {change.process_version}, this is version {process.version}: migrate it first"
    if change.from_stage != before.stage:
        return f"says it left {change.from_stage!r}, but the journey was in {str(before.stage)!r}"
    if move is None:
        known = process._moves[before.stage]
        return f"{change.event!r} cannot be taken from {str(before.stage)!r}; {did_you_mean(change.event or '', known)}"
    if move.target != change.stage:
        return f"{change.event!r} leads to {str(move.target)!r}, not to {str(change.stage)!r}"
    if change.at.tzinfo is None:
        return f"its time {change.at} has no zone"
    return f"its time {change.at} lies before that of the change before it, {before.at}"
