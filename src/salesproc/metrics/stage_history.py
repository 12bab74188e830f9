"""How each stay in a stage ended and how long it took: what a process does, counted so that estimates can be made from it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import attrs

from salesproc._given import require_period
from salesproc.metrics._adding import added
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow, elapsed_microseconds
from salesproc.metrics._routes import Routes, Steps, routes_of
from salesproc.metrics._visits import Visit, read_ways
from salesproc.periods import Period

__all__ = ["ELSEWHERE", "StageHistory", "StayCounts", "reduce_absorption"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)

ELSEWHERE = "(elsewhere)"
"""What every stage that was not asked for is called as an end."""


@attrs.frozen(hash=False, repr=False)
class StayCounts:
    """The stays in one stage, those on hold included in the stay before.

    Attributes:
        exits: (stage gone to, duration in microseconds) -> how many left that way.
        open: Age in microseconds -> how many are still there.
    """

    exits: Mapping[tuple[str, int], int] = attrs.field(factory=dict[tuple[str, int], int])
    open: Mapping[int, int] = attrs.field(factory=dict[int, int])

    @property
    def targets(self) -> dict[str, int]:
        """Stage gone to -> how many went, by name."""
        found = Counter[str]()
        for (target, _), count in self.exits.items():
            found[target] += count
        return dict(sorted(found.items()))

    @property
    def time_at_risk(self) -> int:
        """The time all stays together have lasted, in microseconds, those still running up to the review."""
        ended = sum(duration * count for (_, duration), count in self.exits.items())
        return ended + sum(age * count for age, count in self.open.items())

    def __add__(self, other: object) -> "StayCounts":
        if not isinstance(other, StayCounts):
            return NotImplemented
        return added(self, other, ())

    def __repr__(self) -> str:
        return f"<StayCounts: {sum(self.exits.values())} ended, {sum(self.open.values())} open>"


@attrs.frozen(hash=False)
class StageHistory:
    """The sufficient statistics of ``absorption`` and ``simulate_pipeline``, in counts that add up over disjoint sets of entities.

    Attributes:
        as_of: The moment of the review.
        steps: The open stages in order.
        won: Stages that mean won, by name.
        ends: All stages that end a way, by name; what was not asked for is ``ELSEWHERE``.
        at: Stage -> its stays.
        reopened: How often an entity entered an open stage after an end.
        out_of_period: Stays that began outside the period asked for.
        after_as_of: Rows after the moment of the review, left out.
    """

    as_of: date
    steps: tuple[str, ...]
    won: frozenset[str]
    ends: frozenset[str]
    at: Mapping[str, StayCounts]
    reopened: int = 0
    out_of_period: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "StageHistory":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, StageHistory):
            return NotImplemented
        return added(self, other, ("as_of", "steps", "won", "ends"))


def reduce_absorption(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
) -> StageHistory:
    """The first half of ``absorption``, and the history for ``simulate_pipeline``: from rows to counts, which add up over disjoint sets of entities.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        stages: A process, or the open stages in order.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        won: Stages that mean won, next to those of the process.
        lost: Stages that mean lost, next to those of the process.
        period: Only stays that began in it.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: A stage stands in two places, or none is open.
    """
    routes = routes_of(stages, won, lost)
    empty = nothing_seen(routes, as_of)
    return sum(histories(log, routes, empty, period=period, by=None).values(), empty)


def nothing_seen(routes: Routes, as_of: date) -> StageHistory:
    """The counts of nobody."""
    nobody = dict.fromkeys(routes.steps, StayCounts())
    return StageHistory(as_of, routes.steps, routes.won, routes.final | {ELSEWHERE}, nobody)


def histories(
    log: Iterable[StageRow[E]],
    routes: Routes,
    empty: StageHistory,
    *,
    period: Period | None,
    by: By[E, K] | None,
) -> dict[Hashable, StageHistory]:
    """The counts per label."""
    require_period(period)
    rows, label = grouped(log, by, routes.order, empty.as_of)
    ways = read_ways(rows, routes.plan, empty.as_of)
    parts = {label(entity): _Part(routes, period) for entity in ways.entities()}
    for entity, visits in ways.visits():
        parts[label(entity)].add(visits, ways.review)
    for entity, late in ways.late_rows.items():
        parts[label(entity)].apart["after_as_of"] += late
    return {name: part.counts(empty) for name, part in parts.items()}


class _Part:
    """The counts of one label while they grow."""

    def __init__(self, routes: Routes, period: Period | None) -> None:
        self.routes, self.period = routes, period
        self.exits = {stage: Counter[tuple[str, int]]() for stage in routes.steps}
        self.open = {stage: Counter[int]() for stage in routes.steps}
        self.apart = Counter[str]()

    def add(self, visits: Sequence[Visit], review: date) -> None:
        """Counts one entity."""
        before: str | None = None
        stays = self.routes.stays(visits)
        following = [*(stay.stage for stay in stays[1:]), None][: len(stays)]
        for (stage, start, end), target in zip(stays, following, strict=True):
            if stage in self.exits:
                self.apart["reopened"] += before is not None and before not in self.exits
                if self.period is not None and start not in self.period:
                    self.apart["out_of_period"] += 1
                elif target is None or end is None:
                    self.open[stage][elapsed_microseconds(start, review)] += 1
                else:
                    self.exits[stage][self._named(target), elapsed_microseconds(start, end)] += 1
            before = stage

    def counts(self, empty: StageHistory) -> StageHistory:
        """The counts as they stand."""
        at = {stage: StayCounts(dict(self.exits[stage]), dict(self.open[stage])) for stage in self.exits}
        apart: dict[str, Any] = dict(self.apart)
        return attrs.evolve(empty, at=at, **apart)

    def _named(self, target: str) -> str:
        return target if target in self.routes.steps or target in self.routes.final else ELSEWHERE
