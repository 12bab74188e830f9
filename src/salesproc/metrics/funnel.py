"""How many reach each stage of the process, by the rule for skipped stages that the reader has in mind."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any, TypeVar, get_args, overload

import attrs

from salesproc._given import require_period
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import Entries, StageRow, read_entries
from salesproc.metrics._path import StagePath, StagePlan, plan_of
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.funnel_results import (
    Funnel,
    FunnelCounts,
    ReentryRule,
    SkipRule,
    StageCounts,
    finish_funnel,
)
from salesproc.periods import Period

__all__ = ["reduce_funnel", "stage_funnel"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@overload
def stage_funnel(
    log: Iterable[StageRow[E]],
    stages: Sequence[str] | StagePath,
    *,
    as_of: date,
    skipped: SkipRule = "counted",
    reentry: ReentryRule = "first",
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> Funnel: ...
@overload
def stage_funnel(
    log: Iterable[StageRow[E]],
    stages: Sequence[str] | StagePath,
    *,
    as_of: date,
    skipped: SkipRule = "counted",
    reentry: ReentryRule = "first",
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, Funnel]: ...
@overload
def stage_funnel(
    log: Iterable[StageRow[E]],
    stages: Sequence[str] | StagePath,
    *,
    as_of: date,
    skipped: SkipRule = "counted",
    reentry: ReentryRule = "first",
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, Funnel]: ...
def stage_funnel(
    log: Iterable[StageRow[E]],
    stages: Sequence[str] | StagePath,
    *,
    as_of: date,
    skipped: SkipRule = "counted",
    reentry: ReentryRule = "first",
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> Funnel | Breakdown[Any, Funnel]:
    """How many reached each stage, and of these: how many went on, were lost, or are still there.

    An entity counts at a stage once, by its first entry; moving back takes nothing away unless *reentry* says so. It is lost when its latest
    row is in a lost stage, so one that was reopened is open again. Who is neither further nor lost is open.

    The three rules for stages that were skipped:

    - ``"counted"``: a stage passed by is filled in when the entity really entered a later one, and listed under
      ``skipped_over``. Losing proves nothing: a lost entity is not filled in beyond its own last real visit.
    - ``"absent"``: only real entries count, each stage on its own, in whatever order. ``from_previous`` is then the
      share *of those who visited the previous stage* that visited this one too, so it never passes 1.
    - ``"ends"``: the stages must be entered one after the other, each at or after the one before; from the first
      gap on nothing counts. Who did not enter the first stage is outside the funnel.

    Those who began again (a lead that was recycled, a deal that was reopened at the start) count with everything they ever did, or, by
    ``reentry="latest"``, only with what they did since they last entered the first stage: what they had reached before is
    then not counted. Who never entered the first stage has no new start, and counts as ever.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        stages: The names in order, or a process that knows its ``path`` and its ``lost_stages``.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        skipped: The rule for skipped stages.
        reentry: The rule for those who began again.
        lost: Stages that mean lost, in addition to those of the process.
        period: Only entities whose first entry into the earliest stage they reached (of what counts by *reentry*) lies in it.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one funnel per label.

    Returns:
        Counts and rates per stage, and what was left out; per label, largest first, if *by* is given.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*; the message names the row.
        LogError: A row cannot be read, or has a placeholder such as 9999-12-31 for a time.
        ValueError: There is no stage, one stands twice, or the rule is unknown.
        TypeError: One text was given where a sequence of names belongs.

    Source:
        The rules as found in CRM reports and product analytics, named in ``docs/reference/glossary.md``.

    >>> from datetime import date
    >>> log = [
    ...     ("a", "lead", date(2024, 1, 1)), ("a", "demo", date(2024, 1, 8)), ("a", "won", date(2024, 1, 20)),
    ...     ("b", "lead", date(2024, 1, 2)), ("b", "won", date(2024, 1, 9)),
    ...     ("c", "lead", date(2024, 1, 3)), ("c", "lost", date(2024, 1, 5)),
    ...     ("d", "lead", date(2024, 1, 4)),
    ... ]
    >>> print(stage_funnel(log, ["lead", "demo", "won"], lost=["lost"], as_of=date(2024, 1, 31)))
    stage  reached  skipped  advanced  lost  there  of prev.  of first
    lead         4        0         2     1      1    100.0%    100.0%
    demo         2        1         2     0      0     50.0%     50.0%
    won          2        0         0     0      2    100.0%     50.0%
    4 entities as of 2024-01-31, skips counted
    """
    plan = plan_of(stages, lost)
    empty = _empty(plan, skipped, reentry, as_of)
    parts = _reduce(log, plan, empty, period=period, by=by)
    if by is None:
        return finish_funnel(reduce(add, parts.values(), empty))
    return break_down(parts, empty, finish_funnel, _size)


def reduce_funnel(
    log: Iterable[StageRow[E]],
    stages: Sequence[str] | StagePath,
    *,
    as_of: date,
    skipped: SkipRule = "counted",
    reentry: ReentryRule = "first",
    lost: Sequence[str] = (),
    period: Period | None = None,
) -> FunnelCounts:
    """The first half of ``stage_funnel``: from rows to counts, which add up over disjoint sets of entities."""
    plan = plan_of(stages, lost)
    empty = _empty(plan, skipped, reentry, as_of)
    return reduce(add, _reduce(log, plan, empty, period=period, by=None).values(), empty)


def _empty(plan: StagePlan, skipped: SkipRule, reentry: ReentryRule, as_of: date) -> FunnelCounts:
    for name, rule, known in (
        ("skipped", skipped, get_args(SkipRule)),
        ("reentry", reentry, get_args(ReentryRule)),
    ):
        if rule not in known:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, got {rule!r}")
    return FunnelCounts(plan.path, skipped, as_of, (StageCounts(),) * len(plan.path), reentry=reentry)


class _Part:
    """The counts of one label while they grow: how many entities went which way, and what stands apart."""

    def __init__(self) -> None:
        self.ways: dict[tuple[bool, ...], int] = {}
        self.lost_ways: dict[tuple[bool, ...], int] = {}
        self.apart = Counter[str]()

    def counts(self, empty: FunnelCounts) -> FunnelCounts:
        at, outside, entities = empty.at, self.apart["outside"], 0
        for ways, is_lost in ((self.ways, False), (self.lost_ways, True)):
            for visited, count in ways.items():
                if True not in visited:
                    outside += count
                    continue
                entities += count
                steps = _stage_counts(
                    visited, count if is_lost else 0, count, fill=empty.skipped == "counted"
                )
                at = tuple(map(add, at, steps))
        return attrs.evolve(
            empty,
            at=at,
            entities=entities,
            outside=outside,
            out_of_period=self.apart["out_of_period"],
            reentries=self.apart["reentries"],
            other_rows=self.apart["other_rows"],
            after_as_of=self.apart["after_as_of"],
        )


class _Parts(dict[Hashable, _Part]):
    """Parts that appear when they are first asked for."""

    def __missing__(self, label: Hashable) -> _Part:
        self[label] = part = _Part()
        return part


def _reduce(
    log: Iterable[StageRow[E]],
    plan: StagePlan,
    empty: FunnelCounts,
    *,
    period: Period | None,
    by: By[E, K] | None,
) -> dict[Hashable, FunnelCounts]:
    require_period(period)
    rows, label = grouped(log, by, plan.positions, empty.as_of)
    entries = read_entries(rows, plan.positions, plan.slots, empty.as_of)
    parts, again = _Parts(), entries.again
    whole = parts[None] if by is None else None
    in_order, afresh = empty.skipped == "ends", empty.reentry == "latest"
    # Once for every entity, hence the few calls; what is the same for all who went one way is left to the parts.
    for entity, firsts in entries.items():
        part = whole or parts[label(entity)]
        path, lost = firsts[:-1], firsts[-1]
        if afresh and path[0] is not None:
            path = _since_last_start(entries, entity, path[0], len(path))
        visited = _run(entries, entity, path) if in_order else tuple(map(bool, path))  # no date is false
        if period is not None and _began_outside(period, path, visited):
            part.apart["out_of_period"] += 1
            continue
        ways = part.ways
        if lost is not None and _is_lost((*path, lost) if afresh else firsts, again.get(entity)):
            ways = part.lost_ways
        ways[visited] = ways.get(visited, 0) + 1
    _count_rows(entries, plan, lambda entity: parts[label(entity)].apart)
    return {name: part.counts(empty) for name, part in parts.items()}


def _began_outside(period: Period, path: Sequence[date | None], visited: Sequence[bool]) -> bool:
    """Whether the first stage reached was entered for the first time when the period did not run."""
    began = path[visited.index(True)] if True in visited else None
    return began is not None and began not in period


def _run(entries: Entries[E], entity: E, path: Sequence[date | None]) -> tuple[bool, ...]:
    """Which stages the entity entered one after the other, up to the first gap."""
    run, before = list[bool](), path[0]
    for position in range(len(path)):
        before = before and entries.next(entity, position, before)
        run.append(before is not None)
    return tuple(run)


def _since_last_start(entries: Entries[E], entity: E, first: date, stages: int) -> tuple[date | None, ...]:
    """When each stage was first entered since the latest entry into the first one."""
    start = max([first, *(at for position, at in entries.again.get(entity, ()) if position == 0)])
    return tuple(entries.next(entity, position, start) for position in range(stages))


def _is_lost(firsts: Sequence[date | None], again: Sequence[tuple[int, date]] | None) -> bool:
    """Whether the latest row is in a lost stage; at one and the same time, losing comes after all stages.

    Args:
        firsts: The first entry into each stage of the path, then that into a lost stage, which there is.
        again: All other entries.
    """
    lost = firsts[-1:]
    if again is not None:
        lost = [*lost, *(at for position, at in again if position == len(firsts) - 1)]
        firsts = [*firsts, *(at for _, at in again)]
    return max(filter(None, firsts)) in lost


def _count_rows(entries: Entries[E], plan: StagePlan, apart: Callable[[E], Counter[str]]) -> None:
    for entity, count in entries.other_rows.items():
        here = apart(entity)
        here["other_rows"] += count
        if entity not in entries.begins:
            here["outside"] += 1
    for entity, count in entries.late_rows.items():
        apart(entity)["after_as_of"] += count
    for entity, again in entries.again.items():
        apart(entity)["reentries"] += sum(position < len(plan.path) for position, _ in again)


def _stage_counts(visited: Sequence[bool], lost: int, count: int, *, fill: bool) -> tuple[StageCounts, ...]:
    """What *count* entities that went the same way add to each stage."""
    furthest = max(position for position, here in enumerate(visited) if here)
    reached = [here or (fill and position < furthest) for position, here in enumerate(visited)]
    return tuple(
        StageCounts(
            reached=count * here,
            skipped_over=count * (here and not visited[position]),
            advanced=count * (here and position < furthest),
            lost=lost * (position == furthest),
            from_previous=count * (here and (position == 0 or reached[position - 1])),
            from_first=count * (here and reached[0]),
        )
        for position, here in enumerate(reached)
    )


def _size(counts: FunnelCounts) -> int:
    return counts.entities
