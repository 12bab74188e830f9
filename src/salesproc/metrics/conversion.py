"""Of those who entered one stage, how many got to another? By cohort: each one followed from entry."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar, overload

import attrs

from salesproc._given import require_duration, require_period
from salesproc._instants import MICROSECOND
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import Entries, StageRow, comparable, elapsed_microseconds, read_entries
from salesproc.metrics._path import StagePlan
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.conversion_results import CohortConversion, CohortCounts, finish_cohort_conversion
from salesproc.metrics.convert import conversion_outcome as outcome_of
from salesproc.periods import Period

__all__ = ["cohort_conversion", "reduce_cohort_conversion"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@overload
def cohort_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> CohortConversion: ...
@overload
def cohort_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, CohortConversion]: ...
@overload
def cohort_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, CohortConversion]: ...
def cohort_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> CohortConversion | Breakdown[Any, CohortConversion]:
    """The share of those who entered a stage that then got to another, each one followed from their own entry.

    An entity counts once, from its first entry into *start*, and converts with its first entry into *end* at or after that. Moving
    back takes nothing away. Not to be taken for ``volume_conversion``, which compares the moves of a period with its entries.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        start: The stage entered.
        end: The stage to get to; stages in between do not matter.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        window: How long each one is given, from entry and inclusive; no limit when left out.
        lost: Stages that rule *end* out while the latest row is in one. Left empty, a lost entity is pending until its window ends.
        period: Only entities whose first entry into *start* lies in it; the end may come later.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        How many entered, converted, were lost, ran out of time and are pending, and the shares, 0 to 1; undefined when nobody entered.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*; the message names the row.
        LogError: A row cannot be read, or has a placeholder such as 9999-12-31 for a time.
        ValueError: A stage is given twice, or the window is negative.

    >>> log = [
    ...     ("a", "lead", date(2024, 1, 1)), ("a", "won", date(2024, 1, 11)),
    ...     ("b", "lead", date(2024, 1, 2)), ("b", "won", date(2024, 2, 20)),
    ...     ("c", "lead", date(2024, 2, 20)),
    ... ]
    >>> found = cohort_conversion(log, "lead", "won", as_of=date(2024, 3, 1), window=timedelta(days=30))
    >>> found
    <CohortConversion lead to won: 33.3% (1 of 3), 1 pending>
    >>> print(found.matured)
    50.0% (1 of 2)
    """
    empty = CohortCounts(start, end, as_of, require_window(window))
    parts = _reduce(log, empty, lost=lost, period=period, by=by)
    if by is None:
        return finish_cohort_conversion(sum(parts.values(), empty))
    return break_down(parts, empty, finish_cohort_conversion, _size)


def reduce_cohort_conversion(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
) -> CohortCounts:
    """The first half of ``cohort_conversion``: from rows to counts, which add up over disjoint sets of entities."""
    empty = CohortCounts(start, end, as_of, require_window(window))
    return sum(_reduce(log, empty, lost=lost, period=period, by=None).values(), empty)


class CohortTally(Counter[str]):
    """The counts of one label or cohort while they grow."""

    def add(self, passage: "Passage", window: int | None, review: date) -> None:
        """Counts one entity."""
        began, outcome, age = passage
        if began is None or age is None:
            self[outcome] += 1
            return
        followed = window is not None and elapsed_microseconds(began, review) >= window
        in_time = window is None or age <= window
        converted = outcome == "finished" and in_time
        self["entered"] += 1
        self["converted"] += converted
        self["lost"] += outcome == "lost" and in_time
        self["expired"] += followed and (not in_time or outcome == "open")
        self["late"] += outcome == "finished" and not in_time
        self["followed"] += followed
        self["followed_converted"] += followed and converted

    def counts(self, empty: CohortCounts) -> CohortCounts:
        """The counts as they stand."""
        here: dict[str, Any] = dict(self)
        return attrs.evolve(empty, **here)


class Passage(NamedTuple):
    """What became of one entity.

    Attributes:
        began: When it entered the start, comparable; None when it never did.
        outcome: As ``time_to_convert`` has it.
        age: After how many microseconds; None where that means nothing.
    """

    began: date | None
    outcome: str
    age: int | None


def passages(entries: Entries[E], review: date, period: Period | None) -> Iterator[tuple[E, Passage]]:
    """Everyone who entered one of the stages, with what became of them."""
    for entity, firsts in entries.items():
        yield entity, Passage(firsts[0], *outcome_of(entries, entity, firsts, review, period))


def microseconds(window: timedelta | None) -> int | None:
    """The window as statistics have it."""
    return None if window is None else window // MICROSECOND


def require_window(window: timedelta | None) -> timedelta | None:
    """The window itself.

    Raises:
        TypeError: It is no duration.
        ValueError: It is negative.
    """
    return None if window is None else require_duration(window, "window")


def _reduce(
    log: Iterable[StageRow[E]],
    empty: CohortCounts,
    *,
    lost: Sequence[str],
    period: Period | None,
    by: By[E, K] | None,
) -> dict[Hashable, CohortCounts]:
    require_period(period)
    plan = StagePlan((empty.start, empty.end), lost)
    rows, label = grouped(log, by, plan.positions, empty.as_of)
    entries = read_entries(rows, plan.positions, plan.slots, empty.as_of)
    review, window = comparable(empty.as_of, empty.as_of, "as_of"), microseconds(empty.window)
    parts = defaultdict[Hashable, CohortTally](CohortTally)
    for entity, passage in passages(entries, review, period):
        parts[label(entity)].add(passage, window, review)
    for entity, count in entries.other_rows.items():
        apart = parts[label(entity)]
        apart["other_rows"] += count
        apart["outside"] += entity not in entries.begins
    for entity, count in entries.late_rows.items():
        parts[label(entity)]["after_as_of"] += count
    return {name: part.counts(empty) for name, part in parts.items()}


def _size(counts: CohortCounts) -> int:
    return counts.entered
