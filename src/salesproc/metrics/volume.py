"""How does a period's traffic from stage to stage compare with what came in? By volume: whoever moved, whenever they entered."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc._tables import rows_table
from salesproc.metrics._adding import added
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow
from salesproc.metrics._visits import Stages, Visit, read_ways, visit_plan
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.periods import Period

__all__ = [
    "VolumeConversion",
    "VolumeCounts",
    "finish_volume_conversion",
    "reduce_volume_conversion",
    "volume_conversion",
]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@attrs.frozen
class VolumeCounts:
    """The sufficient statistics of conversion by volume, in counts that add up over disjoint sets of entities.

    Attributes:
        start: The stage moved from.
        end: The stage moved to.
        period: When.
        as_of: The moment of the review.
        entries: Entries into the start in the period, every one of them.
        moves: Arrivals in the end in the period, each after an entry into the start since the arrival before.
        entered_before: How many of these moves began with an entry before the period.
        after_as_of: Rows after the moment of the review, left out.
    """

    start: str
    end: str
    period: Period
    as_of: date
    entries: int = 0
    moves: int = 0
    entered_before: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "VolumeCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, VolumeCounts):
            return NotImplemented
        return added(self, other, ("start", "end", "period", "as_of"))


@attrs.frozen(repr=False)
class VolumeConversion:
    """The moves of a period over its entries: a ratio of two flows and no share, so it can pass 100 %.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: VolumeCounts

    @property
    def entries(self) -> int:
        """Entries into the start in the period."""
        return self.counts.entries

    @property
    def moves(self) -> int:
        """Moves to the end in the period."""
        return self.counts.moves

    @property
    def exact(self) -> Fraction | None:
        """Moves over entries without rounding; None when nobody entered."""
        return Fraction(self.moves, self.entries) if self.entries else None

    @property
    def value(self) -> float | None:
        """Moves over entries, 0 or more; None when nobody entered."""
        return self.moves / self.entries if self.entries else None

    @property
    def undefined(self) -> str | None:
        """Why there is no value; None when there is one."""
        return None if self.entries else f"nobody entered {self.counts.start!r} in the period"

    @property
    def above_one(self) -> bool:
        """Whether more moved on than came in, which happens when a backlog is worked off."""
        return self.moves > self.entries

    @property
    def running(self) -> bool:
        """Whether the period had not ended at the review."""
        return self.counts.as_of in self.counts.period

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: both counts, the ratio and its flags."""
        here = self.counts
        return [
            {
                "start": here.start,
                "end": here.end,
                "entries": here.entries,
                "moves": here.moves,
                "entered_before": here.entered_before,
                "value": self.value,
                "above_one": self.above_one,
                "running": self.running,
            }
        ]

    def __repr__(self) -> str:
        way = f"{_text.clipped(self.counts.start, 32)} to {_text.clipped(self.counts.end, 32)}"
        ratio = _text.ABSENT if self.value is None else format(self.value, ".1%")
        return f"<VolumeConversion {' '.join(way.split())}: {ratio} ({self.moves} moves, {self.entries} entries)>"

    def _repr_html_(self) -> str:
        return rows_table("Conversion by volume", self.to_rows())


@overload
def volume_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    period: Period,
    as_of: date,
    stages: Stages | None = None,
    by: None = None,
) -> VolumeConversion: ...
@overload
def volume_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    period: Period,
    as_of: date,
    stages: Stages | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, VolumeConversion]: ...
@overload
def volume_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    period: Period,
    as_of: date,
    stages: Stages | None = None,
    by: str,
) -> Breakdown[Hashable, VolumeConversion]: ...
def volume_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    period: Period,
    as_of: date,
    stages: Stages | None = None,
    by: By[E, K] | None = None,
) -> VolumeConversion | Breakdown[Any, VolumeConversion]:
    """How many moved from one stage to another in a period, over how many entered the first one in it.

    Two flows of one period, of different entities: whoever moves on in March may have entered in January. Quick to read off, and
    over 100 % while a backlog is worked off. For a share of people use ``cohort_conversion``.

    Every entry counts, re-entries too. An arrival in *end* is a move when *start* was entered since the arrival before; what lies between does not matter.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        start: The stage moved from.
        end: The stage moved to.
        period: When entries and moves happened.
        as_of: The moment of the review. Later rows are left out and counted.
        stages: A process, or the names in order: tells apart stages entered at one time, should the log have any.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        Both counts and their ratio, 0 or more; undefined when nobody entered.

    Raises:
        NaiveTimeError: A time, or the period, is of another kind than *as_of*.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: Start and end are one stage.

    >>> log = [
    ...     ("a", "lead", date(2024, 1, 5)), ("a", "won", date(2024, 2, 2)), ("b", "lead", date(2024, 1, 9)), ("b", "won", date(2024, 2, 9)),
    ...     ("c", "lead", date(2024, 2, 20)),
    ... ]
    >>> february = volume_conversion(log, "lead", "won", period=Period.month(2024, 2), as_of=date(2024, 3, 1))
    >>> february, february.above_one
    (<VolumeConversion lead to won: 200.0% (2 moves, 1 entries)>, True)
    """
    parts, empty = _reduce(log, start, end, period=period, as_of=as_of, stages=stages, by=by)
    if by is None:
        return finish_volume_conversion(sum(parts.values(), empty))
    return break_down(parts, empty, finish_volume_conversion, _size)


def reduce_volume_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    period: Period,
    as_of: date,
    stages: Stages | None = None,
) -> VolumeCounts:
    """The first half of ``volume_conversion``: from rows to counts, which add up over disjoint sets of entities."""
    parts, empty = _reduce(log, start, end, period=period, as_of=as_of, stages=stages, by=None)
    return sum(parts.values(), empty)


def finish_volume_conversion(counts: VolumeCounts) -> VolumeConversion:
    """The second half of ``volume_conversion``: from counts to the ratio."""
    return VolumeConversion(counts)


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.entries = self.moves = self.entered_before = self.after_as_of = 0

    def add(self, stays: Iterable[Visit], question: VolumeCounts) -> None:
        """Counts the traffic of one entity."""
        entered: date | None = None
        for stage, at, _ in stays:
            if stage == question.start:
                entered = at
                self.entries += at in question.period
            elif stage == question.end and entered is not None:
                moved = at in question.period
                self.moves += moved
                self.entered_before += moved and entered not in question.period
                entered = None


def _reduce(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    period: Period,
    as_of: date,
    stages: Stages | None,
    by: By[E, K] | None,
) -> tuple[dict[Hashable, VolumeCounts], VolumeCounts]:
    """The counts per label, and those of nobody."""
    require_period(period, optional=False)
    plan = visit_plan((start, end), ()) if stages is None else visit_plan(stages, ())
    empty = VolumeCounts(str.__str__(start), str.__str__(end), period, as_of)
    if empty.start == empty.end:
        raise ValueError(f"a move leads from one stage to another, got {start!r} twice")
    rows, label = grouped(log, by, plan.order, as_of)
    ways = read_ways(rows, plan, as_of)
    parts = {label(entity): _Part() for entity in ways.entities()}
    for entity, stays in ways.visits():
        parts[label(entity)].add(stays, empty)
    for entity, late in ways.late_rows.items():
        parts[label(entity)].after_as_of += late
    return {name: attrs.evolve(empty, **vars(part)) for name, part in parts.items()}, empty


def _size(counts: VolumeCounts) -> int:
    return counts.entries
