"""What becomes of every stay in a stage: on, lost, back, handed over, or still there. The five add up."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc._tables import rows_table
from salesproc.metrics._adding import added
from salesproc.metrics._by_stage import ByStage
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow
from salesproc.metrics._routes import Routes, Steps, routes_of
from salesproc.metrics._visits import Visit, read_ways
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.periods import Period

__all__ = [
    "StageOutcomes",
    "StageOutcomesCounts",
    "VisitEnds",
    "finish_stage_outcomes",
    "reduce_stage_outcomes",
    "stage_outcomes",
]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@attrs.frozen
class VisitEnds:
    """How the stays in one stage ended. ``advanced + lost + moved_back + handed_over + still_there == entries``.

    Attributes:
        advanced: In a later stage, or won.
        lost: In a lost stage.
        moved_back: In an earlier stage.
        handed_over: In a stage of another pipeline, or in one that ends the way neither won nor lost.
        still_there: Not yet.
    """

    advanced: int = 0
    lost: int = 0
    moved_back: int = 0
    handed_over: int = 0
    still_there: int = 0

    @property
    def entries(self) -> int:
        """All stays."""
        return self.advanced + self.lost + self.moved_back + self.handed_over + self.still_there

    def __add__(self, other: object) -> "VisitEnds":
        if not isinstance(other, VisitEnds):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(hash=False)
class StageOutcomesCounts:
    """The sufficient statistics of how stays end, in counts that add up over disjoint sets of entities.

    Attributes:
        as_of: The moment of the review.
        at: Stage -> how the stays in it ended, in the order of the stages.
        out_of_period: Stays that began outside the period asked for.
        other_visits: Stays in stages that are not among those asked for; won and lost ones are no stays.
        after_as_of: Rows after the moment of the review, left out.
    """

    as_of: date
    at: Mapping[str, VisitEnds]
    out_of_period: int = 0
    other_visits: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "StageOutcomesCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, StageOutcomesCounts):
            return NotImplemented
        if tuple(self.at) != tuple(other.at):
            raise ValueError(
                f"counts add up only with the same stages, got {tuple(self.at)!r} and {tuple(other.at)!r}"
            )
        return added(self, other, ("as_of",))


@attrs.frozen(repr=False, hash=False)
class StageOutcomes(ByStage[VisitEnds]):
    """How the stays in each stage ended, by the name of the stage.

    Attributes:
        counts: The statistics it was made from, with all that was left out of it.
    """

    counts: StageOutcomesCounts

    @property
    def _by_stage(self) -> Mapping[str, VisitEnds]:
        return self.counts.at

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage."""
        return [
            {"stage": stage, "entries": ends.entries, **attrs.asdict(ends)} for stage, ends in self.items()
        ]

    def __repr__(self) -> str:
        counts = ", ".join(f"{stage} {ends.entries}" for stage, ends in self.items())
        return f"<StageOutcomes as of {self.counts.as_of}, stays: {' '.join(counts.split())}>"

    def __str__(self) -> str:
        rows = self.to_rows()
        lines = [[str(value) for value in row.values()] for row in rows]
        return _text.table([name.replace("_", " ") for name in rows[0]], lines)

    def _repr_html_(self) -> str:
        return rows_table(f"How stays ended, as of {self.counts.as_of}", self.to_rows())


@overload
def stage_outcomes(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> StageOutcomes: ...
@overload
def stage_outcomes(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, StageOutcomes]: ...
@overload
def stage_outcomes(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, StageOutcomes]: ...
def stage_outcomes(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> StageOutcomes | Breakdown[Any, StageOutcomes]:
    """How every stay in a stage ended: in a later stage, lost, in an earlier one, handed over, or not yet.

    Stays are counted, not entities: who comes back stays again. A pause (a stage on hold, in a process) is part of the stay before it.
    Won, lost and done stages end a way and are no stays themselves; a deal that is reopened begins a new one.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        stages: A process, or the open stages in order. Any other stage counts as one of another pipeline.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        won: Stages that mean won, next to those of the process.
        lost: Stages that mean lost, next to those of the process.
        period: Only stays that began in it, however they ended.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        Five counts per stage, which add up to its entries.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: A stage stands in two places, or none is open.

    >>> log = [
    ...     ("a", "talk", date(2024, 1, 1)), ("a", "offer", date(2024, 1, 8)), ("a", "won", date(2024, 1, 20)),
    ...     ("b", "talk", date(2024, 1, 2)), ("b", "offer", date(2024, 1, 5)), ("b", "talk", date(2024, 1, 9)),
    ...     ("c", "talk", date(2024, 1, 3)), ("c", "lost", date(2024, 1, 9)),
    ... ]
    >>> print(stage_outcomes(log, ["talk", "offer"], won=["won"], lost=["lost"], as_of=date(2024, 2, 1)))
    stage  entries  advanced  lost  moved back  handed over  still there
    talk         4         2     1           0            0            1
    offer        2         1     0           1            0            0
    """
    parts, empty = _reduce(log, routes_of(stages, won, lost), as_of=as_of, period=period, by=by)
    if by is None:
        return finish_stage_outcomes(sum(parts.values(), empty))
    return break_down(parts, empty, finish_stage_outcomes, _size)


def reduce_stage_outcomes(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
) -> StageOutcomesCounts:
    """The first half of ``stage_outcomes``: from rows to counts, which add up over disjoint sets of entities."""
    parts, empty = _reduce(log, routes_of(stages, won, lost), as_of=as_of, period=period, by=None)
    return sum(parts.values(), empty)


def finish_stage_outcomes(counts: StageOutcomesCounts) -> StageOutcomes:
    """The second half of ``stage_outcomes``: from counts to the result."""
    return StageOutcomes(counts)


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.ends = Counter[tuple[str, str]]()
        self.apart = Counter[str]()

    def add(self, stays: Sequence[Visit], routes: Routes, period: Period | None) -> None:
        """Counts the stays of one entity."""
        following = [*(stay.stage for stay in stays[1:]), None][: len(stays)]
        for (stage, start, _), target in zip(stays, following, strict=True):
            if stage in routes.final:
                continue
            if stage not in routes.steps:
                self.apart["other_visits"] += 1
            elif period is not None and start not in period:
                self.apart["out_of_period"] += 1
            else:
                self.ends[stage, _end(stage, target, routes)] += 1

    def counts(self, empty: StageOutcomesCounts) -> StageOutcomesCounts:
        names = [field.name for field in attrs.fields(VisitEnds)]
        at = {stage: VisitEnds(*(self.ends[stage, name] for name in names)) for stage in empty.at}
        apart: dict[str, Any] = dict(self.apart)
        return attrs.evolve(empty, at=at, **apart)


def _end(stage: str, target: str | None, routes: Routes) -> str:
    """The name of the field that counts a stay in that stage followed by one in that other."""
    if target is None:
        return "still_there"
    if target in routes.lost:
        return "lost"
    if target in routes.won:
        return "advanced"
    if target not in routes.steps:
        return "handed_over"
    return "advanced" if routes.steps.index(target) > routes.steps.index(stage) else "moved_back"


def _reduce(
    log: Iterable[StageRow[E]],
    routes: Routes,
    *,
    as_of: date,
    period: Period | None,
    by: By[E, K] | None,
) -> tuple[dict[Hashable, StageOutcomesCounts], StageOutcomesCounts]:
    """The counts per label, and those of nobody."""
    require_period(period)
    empty = StageOutcomesCounts(as_of, dict.fromkeys(routes.steps, VisitEnds()))
    rows, label = grouped(log, by, routes.order, as_of)
    ways = read_ways(rows, routes.plan, as_of)
    parts = {label(entity): _Part() for entity in ways.entities()}
    for entity, stays in ways.visits():
        parts[label(entity)].add(routes.stays(stays), routes, period)
    for entity, late in ways.late_rows.items():
        parts[label(entity)].apart["after_as_of"] += late
    return {name: part.counts(empty) for name, part in parts.items()}, empty


def _size(counts: StageOutcomesCounts) -> int:
    return sum(ends.entries for ends in counts.at.values())
