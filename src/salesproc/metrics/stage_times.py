"""How long do deals stay in each stage? Those still there count too."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias, TypeVar, get_args, overload

import attrs

from salesproc._given import require_period
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow
from salesproc.metrics._visits import Stages, Visit, VisitPlan, read_ways, stopwatch, visit_plan
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.durations import DurationCounts
from salesproc.metrics.stage_times_results import (
    TimeInStage,
    TimeInStageCounts,
    VisitRule,
    finish_time_in_stage,
)
from salesproc.periods import Period

__all__ = ["reduce_time_in_stage", "time_in_stage"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@overload
def time_in_stage(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    visits: VisitRule = "each",
    stages: Stages | None = None,
    final: Sequence[str] = (),
    period: Period | None = None,
    calendar: WorkingCalendar | None = None,
    by: None = None,
) -> TimeInStage: ...
@overload
def time_in_stage(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    visits: VisitRule = "each",
    stages: Stages | None = None,
    final: Sequence[str] = (),
    period: Period | None = None,
    calendar: WorkingCalendar | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, TimeInStage]: ...
@overload
def time_in_stage(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    visits: VisitRule = "each",
    stages: Stages | None = None,
    final: Sequence[str] = (),
    period: Period | None = None,
    calendar: WorkingCalendar | None = None,
    by: str,
) -> Breakdown[Hashable, TimeInStage]: ...
def time_in_stage(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    visits: VisitRule = "each",
    stages: Stages | None = None,
    final: Sequence[str] = (),
    period: Period | None = None,
    calendar: WorkingCalendar | None = None,
    by: By[E, K] | None = None,
) -> TimeInStage | Breakdown[Any, TimeInStage]:
    """How long entities stay in each stage before they leave it, whichever way: on, back, or out as lost.

    A stay begins with the row that enters the stage and ends with the next row of another stage. Who is in the stage at the review
    has not left it and counts as open at the age reached. In a final stage no clock runs.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        visits: Which stays of an entity count where it was in a stage more than once: ``"each"`` by itself, only the
            ``"first"``, only the ``"latest"``, or all together as one ``"total"``, which is open while the entity is in the stage.
        stages: A process, or the names in order. Stays elsewhere are not reported, but still end the stay before. The order
            decides which of two stages entered at one time was entered first. Left out, all stages the log names, by name.
        final: Stages in which no clock runs, next to the final ones of the process.
        period: Only stays that began in it; with ``"total"``, entities whose first stay did.
        calendar: Count its working time only. Needs aware times.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        A mapping from stage to ``Durations``, per label if *by* is given.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*, or naive where a *calendar* is given.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: There is no such rule for *visits*, or a stage is given twice.

    Source:
        Product-limit estimate: E. L. Kaplan and P. Meier, JASA 53 (1958).

    >>> log = [
    ...     ("a", "talk", date(2024, 1, 1)), ("a", "offer", date(2024, 1, 11)), ("a", "won", date(2024, 1, 12)),
    ...     ("b", "talk", date(2024, 1, 5)), ("b", "offer", date(2024, 1, 25)),
    ...     ("c", "talk", date(2024, 1, 21)),
    ... ]
    >>> stays = time_in_stage(log, as_of=date(2024, 1, 31), stages=["talk", "offer"], final=["won"])
    >>> stays["talk"]
    <Durations: median 20.0 d, 2 finished, 0 lost, 1 open, 0 backwards>
    """
    parts, empty = stays_by_label(
        log,
        as_of=as_of,
        visits=visits,
        stages=stages,
        final=final,
        period=period,
        calendar=calendar,
        by=by,
    )
    if by is None:
        return finish_time_in_stage(sum(parts.values(), empty))
    return break_down(parts, empty, finish_time_in_stage, size)


def reduce_time_in_stage(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    visits: VisitRule = "each",
    stages: Stages | None = None,
    final: Sequence[str] = (),
    period: Period | None = None,
    calendar: WorkingCalendar | None = None,
) -> TimeInStageCounts:
    """The first half of ``time_in_stage``: from rows to counts, which add up over disjoint sets of entities."""
    parts, empty = stays_by_label(
        log,
        as_of=as_of,
        visits=visits,
        stages=stages,
        final=final,
        period=period,
        calendar=calendar,
        by=None,
    )
    return sum(parts.values(), empty)


def stays_by_label(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    visits: VisitRule,
    stages: Stages | None,
    final: Sequence[str],
    period: Period | None,
    calendar: WorkingCalendar | None,
    by: By[E, K] | None,
) -> tuple[dict[Hashable, TimeInStageCounts], TimeInStageCounts]:
    """The counts per label, and those of nobody."""
    require_period(period)
    plan = visit_plan(stages, final)
    empty, measure = _empty(plan, visits, as_of), stopwatch(calendar, as_of)
    rows, label = grouped(log, by, plan.order, as_of)
    ways = read_ways(rows, plan, as_of)
    question, named = _Question(plan, visits, period, measure, ways.review), plan.named
    parts: dict[Hashable, _Part] = {}
    for entity, stays in ways.visits():
        name = label(entity)
        part = parts.get(name) or parts.setdefault(name, _Part())
        part.entities += 1
        part.repeated_rows += len(ways.rows[entity]) - len(stays)
        question.count(stays, part.at)
        if plan.stages is not None:
            part.other_visits += sum([stage not in named for stage, _, _ in stays])
    for entity, late in ways.late_rows.items():
        parts.setdefault(label(entity), _Part()).after_as_of += late
    return {name: part.counts(empty) for name, part in parts.items()}, empty


def _empty(plan: VisitPlan, visits: VisitRule, as_of: date) -> TimeInStageCounts:
    if visits not in get_args(VisitRule):
        raise ValueError(f"visits must be one of {', '.join(map(repr, get_args(VisitRule)))}, got {visits!r}")
    at = {stage: DurationCounts() for stage in plan.stages or ()}
    return TimeInStageCounts(plan.stages, visits, as_of, at)


class _Stage:
    """The counts of one stage while they grow."""

    def __init__(self) -> None:
        self.finished: dict[int, int] = {}
        self.open: dict[int, int] = {}
        self.out_of_period = 0

    def counts(self) -> DurationCounts:
        return DurationCounts(self.finished, {}, self.open, out_of_period=self.out_of_period)


_Stages: TypeAlias = dict[str, _Stage | None]
"""Stage -> its counts; None where stays are not asked for."""


@attrs.frozen
class _Question:
    """What is asked of the stays of one entity after the other."""

    plan: VisitPlan
    visits: VisitRule
    period: Period | None
    measure: Callable[[date, date], int]
    review: date

    def count(self, stays: Sequence[Visit], at: _Stages) -> None:
        """Counts the stays that the rule chooses, in the stages asked for."""
        if self.visits == "total":
            return self._count_totals(stays, at)
        if self.visits == "first":
            stays = list({stay.stage: stay for stay in reversed(stays)}.values())
        elif self.visits == "latest":
            stays = list({stay.stage: stay for stay in stays}.values())
        period, measure, review = self.period, self.measure, self.review
        # The hot loop, hence no call but the one that measures.
        for stage, start, end in stays:
            here = at[stage] if stage in at else self._stage(stage, at)
            if here is None:
                continue
            if period is not None and start not in period:
                here.out_of_period += 1
            elif end is None:
                age = measure(start, review)
                here.open[age] = here.open.get(age, 0) + 1
            else:
                age = measure(start, end)
                here.finished[age] = here.finished.get(age, 0) + 1
        return None

    def _count_totals(self, stays: Sequence[Visit], at: _Stages) -> None:
        by_stage: dict[str, list[Visit]] = {}
        for stay in stays:
            by_stage.setdefault(stay.stage, []).append(stay)
        for stage, own in by_stage.items():
            here = at[stage] if stage in at else self._stage(stage, at)
            if here is None:
                continue
            if self.period is not None and own[0].start not in self.period:
                here.out_of_period += 1
                continue
            age = sum([self.measure(start, end or self.review) for _, start, end in own])
            ages = here.open if own[-1].end is None else here.finished
            ages[age] = ages.get(age, 0) + 1

    def _stage(self, stage: str, at: _Stages) -> _Stage | None:
        """The counts of a stage met for the first time."""
        at[stage] = made = _Stage() if self.plan.asked(stage) else None
        return made


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.at: _Stages = {}
        self.entities = self.other_visits = self.repeated_rows = self.after_as_of = 0

    def counts(self, empty: TimeInStageCounts) -> TimeInStageCounts:
        found = {_name(stage): here.counts() for stage, here in self.at.items() if here is not None}
        return attrs.evolve(
            empty,
            at={**empty.at, **found},
            entities=self.entities,
            other_visits=self.other_visits,
            repeated_rows=self.repeated_rows,
            after_as_of=self.after_as_of,
        )


def _name(stage: object) -> str:
    if not isinstance(stage, str):
        raise LogError(f"a stage must be named by a text, got {stage!r}")
    return str.__str__(stage)


def size(counts: TimeInStageCounts) -> int:
    """How many entities a part has."""
    return counts.entities
