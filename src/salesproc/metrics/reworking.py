"""How often does a deal go back, or come again?"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar, overload

from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow
from salesproc.metrics._visits import Stages, Visit, VisitPlan, read_ways, visit_plan
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.reworking_results import Rework, ReworkCounts, ReworkStage, finish_rework

__all__ = ["reduce_rework", "rework"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@overload
def rework(
    log: Iterable[StageRow[E]],
    stages: Stages,
    *,
    as_of: date,
    final: Sequence[str] = (),
    by: None = None,
) -> Rework: ...
@overload
def rework(
    log: Iterable[StageRow[E]],
    stages: Stages,
    *,
    as_of: date,
    final: Sequence[str] = (),
    by: Callable[[E], K],
) -> Breakdown[K, Rework]: ...
@overload
def rework(
    log: Iterable[StageRow[E]],
    stages: Stages,
    *,
    as_of: date,
    final: Sequence[str] = (),
    by: str,
) -> Breakdown[Hashable, Rework]: ...
def rework(
    log: Iterable[StageRow[E]],
    stages: Stages,
    *,
    as_of: date,
    final: Sequence[str] = (),
    by: By[E, K] | None = None,
) -> Rework | Breakdown[Any, Rework]:
    """How often entities go back to an earlier stage, and how often they are in a stage more than once.

    A move back leads to a stage that stands earlier in the order; out of a final stage it is a reopening and none. A stay elsewhere
    between two stages does not hide a move: from "offer" by way of an unlisted stage to "talk" is a move back.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        stages: A process, or the names in order.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        final: Stages that end a way, next to the final ones of the process; they are not counted.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        The counts per stage and the shares of entities and of moves, per label if *by* is given.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*; the message names the row.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: A stage is given twice.

    >>> days = [date(2024, 1, n) for n in (1, 5, 9, 12)]
    >>> log = [("a", stage, day) for stage, day in zip(["talk", "offer", "talk", "offer"], days)]
    >>> back = rework(log + [("b", "talk", days[0])], ["talk", "offer"], as_of=date(2024, 2, 1))
    >>> back
    <Rework: 50.0% (1 of 2) moved back, 50.0% (1 of 2) repeated a stage>
    >>> back["offer"].moved_back, back["talk"].repeat_visits
    (1, 1)
    """
    parts, empty = _reduce(log, stages, as_of=as_of, final=final, by=by)
    if by is None:
        return finish_rework(sum(parts.values(), empty))
    return break_down(parts, empty, finish_rework, _size)


def reduce_rework(
    log: Iterable[StageRow[E]], stages: Stages, *, as_of: date, final: Sequence[str] = ()
) -> ReworkCounts:
    """The first half of ``rework``: from rows to counts, which add up over disjoint sets of entities."""
    parts, empty = _reduce(log, stages, as_of=as_of, final=final, by=None)
    return sum(parts.values(), empty)


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.at = {name: Counter[str]() for name in ("entities", "visits", "moved_back", "came_back")}
        self.apart = Counter[str]()

    def add(self, stays: Sequence[Visit], plan: VisitPlan) -> None:
        """Counts one entity. A way that goes on after a final stage begins anew."""
        seen, before = set[str](), None
        back = repeated = False
        for stage, _, _ in stays:
            if not plan.asked(stage):
                before = None if stage in plan.final else before
                self.apart["other_visits"] += stage not in plan.final
                continue
            self.at["visits"][stage] += 1
            repeated = repeated or stage in seen
            seen.add(stage)
            self.apart["moves"] += before not in (None, stage)
            if before is not None and plan.order[stage] < plan.order[before]:
                self.at["moved_back"][before] += 1
                self.at["came_back"][stage] += 1
                back = True
            before = stage
        self.at["entities"].update(seen)
        self.apart["entities"] += bool(seen)
        self.apart["moved_back"] += back
        self.apart["repeated"] += repeated

    def counts(self, empty: ReworkCounts) -> ReworkCounts:
        at = tuple(
            ReworkStage(stage.stage, *(self.at[name][stage.stage] for name in self.at)) for stage in empty.at
        )
        names = ("entities", "moved_back", "repeated", "moves", "other_visits", "after_as_of")
        return ReworkCounts(empty.as_of, at, *(self.apart[name] for name in names))


def _reduce(
    log: Iterable[StageRow[E]],
    stages: Stages,
    *,
    as_of: date,
    final: Sequence[str],
    by: By[E, K] | None,
) -> tuple[dict[Hashable, ReworkCounts], ReworkCounts]:
    """The counts per label, and those of nobody."""
    plan = visit_plan(stages, final)
    empty = ReworkCounts(as_of, tuple(map(ReworkStage, plan.stages or ())))
    rows, label = grouped(log, by, plan.order, as_of)
    ways = read_ways(rows, plan, as_of)
    parts = {label(entity): _Part() for entity in ways.entities()}
    for entity, stays in ways.visits():
        parts[label(entity)].add(stays, plan)
    for entity, late in ways.late_rows.items():
        parts[label(entity)].apart["after_as_of"] += late
    return {name: part.counts(empty) for name, part in parts.items()}, empty


def _size(counts: ReworkCounts) -> int:
    return counts.entities
