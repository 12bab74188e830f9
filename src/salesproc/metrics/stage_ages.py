"""How old are those that are in a stage now?"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar, overload

import attrs

from salesproc import _text
from salesproc.calendars import WorkingCalendar
from salesproc.metrics._grouping import By
from salesproc.metrics._log import StageRow
from salesproc.metrics._visits import Stages
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.durations import DurationCounts, Durations
from salesproc.metrics.stage_times import reduce_time_in_stage, size, stays_by_label
from salesproc.metrics.stage_times_results import TimeInStageCounts

__all__ = ["Ages", "StageAge", "finish_stage_age", "reduce_stage_age", "stage_age"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)

_DAY = timedelta(days=1)


@attrs.frozen(hash=False, repr=False)
class Ages:
    """How long those in one stage have been in it: plain counting, nothing estimated.

    Attributes:
        counts: Age in microseconds -> how many have it.
    """

    counts: Mapping[int, int]

    @property
    def open(self) -> int:
        """How many are in the stage."""
        return sum(self.counts.values())

    @property
    def undefined(self) -> str | None:
        """Why there is no age; None when there is one."""
        return None if self.counts else "nobody is in the stage"

    @property
    def median(self) -> timedelta | None:
        """The age of the middle one; the middle of the two middle ones, if so. None when nobody is there."""
        return self._plain.finished_only_median

    @property
    def mean(self) -> timedelta | None:
        """The mean age; None when nobody is there."""
        return self._plain.finished_only_mean

    @property
    def oldest(self) -> timedelta | None:
        """The age of the one that entered first; None when nobody is there."""
        return timedelta(microseconds=max(self.counts)) if self.counts else None

    @property
    def _plain(self) -> Durations:
        return Durations(DurationCounts(finished=self.counts))

    def older_than(self, limit: timedelta) -> int:
        """How many have been in the stage for longer than that."""
        return sum(count for age, count in self.counts.items() if timedelta(microseconds=age) > limit)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: how many there are, and the ages in days."""
        ages = {"median_days": self.median, "mean_days": self.mean, "oldest_days": self.oldest}
        days: dict[str, Cell] = {name: None if age is None else age / _DAY for name, age in ages.items()}
        return [{"open": self.open, **days}]

    def __repr__(self) -> str:
        ages = f"median {_text.duration(self.median)}, oldest {_text.duration(self.oldest)}"
        return f"<Ages of {self.open}: {ages}>"

    def _repr_html_(self) -> str:
        return _text.html_table("Ages", _HEAD[1:], [_cells(self)])


@attrs.frozen(hash=False, repr=False)
class StageAge(Mapping[str, Ages]):
    """A mapping from stage to the ages of those in it.

    Attributes:
        counts: The statistics it was made from, those of the latest stays.
    """

    _stages: Mapping[str, Ages]
    counts: TimeInStageCounts

    def __getitem__(self, stage: str) -> Ages:
        return self._stages[stage]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage: its name, how many are in it, and their ages in days."""
        rows = list[dict[str, Cell]]()
        for stage, ages in self._stages.items():
            name: dict[str, Cell] = {"stage": stage}
            rows += [name | row for row in ages.to_rows()]
        return rows

    def __repr__(self) -> str:
        open_ = ", ".join(f"{name} {ages.open}" for name, ages in self._stages.items())
        return f"<StageAge as of {self.counts.as_of}: {' '.join(open_.split())}>"

    def __str__(self) -> str:
        return _text.table(_HEAD, self._rows())

    def _repr_html_(self) -> str:
        return _text.html_table(f"as of {self.counts.as_of}", _HEAD, self._rows())

    def _rows(self) -> list[tuple[str, ...]]:
        return [(stage, *_cells(ages)) for stage, ages in self._stages.items()]


@overload
def stage_age(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    stages: Stages | None = None,
    final: Sequence[str] = (),
    calendar: WorkingCalendar | None = None,
    by: None = None,
) -> StageAge: ...
@overload
def stage_age(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    stages: Stages | None = None,
    final: Sequence[str] = (),
    calendar: WorkingCalendar | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, StageAge]: ...
@overload
def stage_age(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    stages: Stages | None = None,
    final: Sequence[str] = (),
    calendar: WorkingCalendar | None = None,
    by: str,
) -> Breakdown[Hashable, StageAge]: ...
def stage_age(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    stages: Stages | None = None,
    final: Sequence[str] = (),
    calendar: WorkingCalendar | None = None,
    by: By[E, K] | None = None,
) -> StageAge | Breakdown[Any, StageAge]:
    """How long those that are in a stage at the review have been in it, since they entered it last.

    Not how long a stage takes: who is there now is more often a slow one, as those who pass quickly are seldom met. That is
    ``time_in_stage``.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        stages: As for ``time_in_stage``.
        final: As for ``time_in_stage``.
        calendar: Count its working time only. Needs aware times.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        A mapping from stage to ages, per label if *by* is given. Final stages are not in it.

    Raises:
        NaiveTimeError: As for ``time_in_stage``.
        LogError: As for ``time_in_stage``.
        ValueError: A stage is given twice.

    >>> log = [("a", "talk", date(2024, 1, 1)), ("a", "won", date(2024, 1, 11)), ("b", "talk", date(2024, 1, 5))]
    >>> stage_age(log, as_of=date(2024, 1, 31), final=["won"])["talk"]
    <Ages of 1: median 26.0 d, oldest 26.0 d>
    """
    parts, empty = stays_by_label(
        log,
        as_of=as_of,
        visits="latest",
        stages=stages,
        final=final,
        period=None,
        calendar=calendar,
        by=by,
    )
    if by is None:
        return finish_stage_age(sum(parts.values(), empty))
    return break_down(parts, empty, finish_stage_age, size)


def reduce_stage_age(
    log: Iterable[StageRow[E]],
    *,
    as_of: date,
    stages: Stages | None = None,
    final: Sequence[str] = (),
    calendar: WorkingCalendar | None = None,
) -> TimeInStageCounts:
    """The first half of ``stage_age``: the counts of the latest stays, which add up over disjoint sets of entities."""
    return reduce_time_in_stage(
        log, as_of=as_of, visits="latest", stages=stages, final=final, calendar=calendar
    )


def finish_stage_age(counts: TimeInStageCounts) -> StageAge:
    """The second half of ``stage_age``: from counts of the latest stays to the ages of those that last.

    Raises:
        ValueError: The counts are those of other stays.
    """
    if counts.visits != "latest":
        raise ValueError(f"ages are those of the latest stays, got counts with visits={counts.visits!r}")
    order = sorted(counts.at) if counts.stages is None else counts.stages
    return StageAge({name: Ages(counts.at[name].open) for name in order}, counts)


_HEAD = ("stage", "open", "median", "mean", "oldest")


def _cells(ages: Ages) -> tuple[str, ...]:
    return (f"{ages.open:,}", *map(_text.duration, (ages.median, ages.mean, ages.oldest)))
