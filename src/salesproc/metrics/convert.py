"""From one stage to another: how long it takes, and who is still on the way."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar, overload

from salesproc._given import require_period
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import Entries, StageRow, comparable, elapsed_microseconds, read_entries
from salesproc.metrics._path import StagePlan
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.periods import Period

__all__ = ["reduce_time_to_convert", "time_to_convert"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)

_START, _END, _LOST = 0, 1, 2


@overload
def time_to_convert(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> Durations: ...
@overload
def time_to_convert(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, Durations]: ...
@overload
def time_to_convert(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, Durations]: ...
def time_to_convert(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> Durations | Breakdown[Any, Durations]:
    """How long it takes from first entering one stage to first entering another after it.

    Those who are not there yet count as open at their age; those whose latest row is in a lost stage have ended elsewhere.
    A deal that was reopened is open again, and one that was reopened and arrived has arrived, as in ``stage_funnel``. An entity that was in *end* only before it was in *start* has no duration and is counted apart.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        start: The stage whose first entry starts the clock.
        end: The stage whose first entry at or after that stops it.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        lost: Stages that rule *end* out. Left empty, a lost entity counts as open for ever.
        period: Only entities whose first entry into *start* lies in it.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        Counts, percentiles and the curve, per label if *by* is given.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*; the message names the row.
        LogError: A row cannot be read, or has a placeholder such as 9999-12-31 for a time.
        ValueError: A stage is given twice.

    Source:
        Product-limit estimate: E. L. Kaplan and P. Meier, JASA 53 (1958); with competing ends: O. O. Aalen and
        S. Johansen, Scandinavian Journal of Statistics 5 (1978).

    >>> from datetime import date
    >>> log = [
    ...     ("a", "lead", date(2024, 1, 1)), ("a", "won", date(2024, 1, 11)),
    ...     ("b", "lead", date(2024, 1, 5)), ("b", "won", date(2024, 1, 25)),
    ...     ("c", "lead", date(2024, 1, 21)),
    ... ]
    >>> time_to_convert(log, "lead", "won", as_of=date(2024, 1, 31))
    <Durations: median 20.0 d, 2 finished, 0 lost, 1 open, 0 backwards>
    """
    parts = _reduce(log, start, end, as_of=as_of, lost=lost, period=period, by=by)
    if by is None:
        return finish_durations(sum(parts.values(), DurationCounts()))
    return break_down(parts, DurationCounts(), finish_durations, _size)


def reduce_time_to_convert(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    period: Period | None = None,
) -> DurationCounts:
    """The first half of ``time_to_convert``: from rows to counts, which add up over disjoint sets of entities."""
    parts = _reduce(log, start, end, as_of=as_of, lost=lost, period=period, by=None)
    return sum(parts.values(), DurationCounts())


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.ages: dict[str, dict[int, int]] = {"finished": {}, "lost": {}, "open": {}}
        self.apart = Counter[str]()

    def add(self, outcome: str, microseconds: int | None) -> None:
        if microseconds is None:
            self.apart[outcome] += 1
        else:
            ages = self.ages[outcome]
            ages[microseconds] = ages.get(microseconds, 0) + 1

    def counts(self) -> DurationCounts:
        ages, apart = self.ages, self.apart
        return DurationCounts(
            ages["finished"],
            ages["lost"],
            ages["open"],
            backwards=apart["backwards"],
            outside=apart["outside"],
            out_of_period=apart["out_of_period"],
            other_rows=apart["other_rows"],
            after_as_of=apart["after_as_of"],
        )


def _reduce(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    lost: Sequence[str],
    period: Period | None,
    by: By[E, K] | None,
) -> dict[Hashable, DurationCounts]:
    require_period(period)
    plan = StagePlan((start, end), lost)
    rows, label = grouped(log, by, plan.positions, as_of)
    entries = read_entries(rows, plan.positions, plan.slots, as_of)
    review = comparable(as_of, as_of, "as_of")
    parts = defaultdict[Hashable, _Part](_Part)
    for entity, firsts in entries.items():
        parts[label(entity)].add(*conversion_outcome(entries, entity, firsts, review, period))
    for entity, count in entries.other_rows.items():
        apart = parts[label(entity)].apart
        apart["other_rows"] += count
        apart["outside"] += entity not in entries.begins
    for entity, count in entries.late_rows.items():  # who has no other rows did not exist at the review
        parts[label(entity)].apart["after_as_of"] += count
    return {key: part.counts() for key, part in parts.items()}


def conversion_outcome(
    entries: Entries[E], entity: E, firsts: Sequence[date | None], review: date, period: Period | None
) -> tuple[str, int | None]:
    """How the entity's way ended, and after how many microseconds if it counts."""
    began, arrived, gave_up = firsts
    if began is None:
        return "outside", None
    if period is not None and began not in period:
        return "out_of_period", None
    been_there = arrived is not None
    if arrived is not None and arrived < began:
        arrived = entries.next(entity, _END, began)
    if arrived is not None:
        return "finished", elapsed_microseconds(began, arrived)
    stayed = None if gave_up is None else entries.settled(entity, _LOST, (_START,))
    if stayed is not None:
        return "lost", elapsed_microseconds(began, stayed)
    return ("backwards", None) if been_there else ("open", elapsed_microseconds(began, review))


def _size(counts: DurationCounts) -> int:
    return sum(sum(ages.values()) for ages in (counts.finished, counts.lost, counts.open))
