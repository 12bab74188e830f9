"""Does conversion get better? One row per month of entry, and young months are not taken for bad ones."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import Any, NamedTuple, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc._tables import rows_table
from salesproc.metrics._adding import added
from salesproc.metrics._calendar import Calendar, Zone
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow, comparable, read_entries
from salesproc.metrics._path import StagePlan
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.conversion import CohortTally, microseconds, passages, require_window
from salesproc.metrics.conversion_results import CohortConversion, CohortCounts
from salesproc.periods import Period, Unit
from salesproc.rates import Rate

__all__ = [
    "CohortRow",
    "ConversionCohorts",
    "ConversionCohortsCounts",
    "conversion_cohorts",
    "finish_conversion_cohorts",
    "reduce_conversion_cohorts",
]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@attrs.frozen(hash=False)
class ConversionCohortsCounts:
    """The sufficient statistics of conversion by cohort, in counts that add up over disjoint sets of entities.

    Attributes:
        every: The calendar unit of entry.
        tz: The zone whose calendar it is; None for plain dates and naive times.
        at: First day of the unit -> what became of those who entered in it.
        total: All of them, with what was left out.
    """

    every: Unit
    tz: Zone
    at: Mapping[date, CohortCounts]
    total: CohortCounts

    def __add__(self, other: object) -> "ConversionCohortsCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, ConversionCohortsCounts):
            return NotImplemented
        return added(self, other, ("every", "tz"))


class CohortRow(NamedTuple):
    """Those who entered in one calendar unit.

    Attributes:
        period: The unit, as plain dates.
        conversion: What became of them; nobody may have entered.
        mature: Whether the window of everyone who could have entered in it has passed, so that nothing can change any more.
    """

    period: Period
    conversion: CohortConversion
    mature: bool

    @property
    def rate(self) -> Rate:
        """The share, 0 to 1, that converted within the window, of those alone who were followed for the whole of it."""
        return Rate(self.conversion.counts.followed_converted, self.conversion.counts.followed)


@attrs.frozen(repr=False, hash=False)
class ConversionCohorts:
    """Conversion by month (or other unit) of entry, the oldest first; units in which nobody entered are there too.

    Attributes:
        rows: One per unit.
        counts: The statistics it was made from.
    """

    rows: tuple[CohortRow, ...]
    counts: ConversionCohortsCounts

    @property
    def total(self) -> CohortConversion:
        """All cohorts together."""
        return CohortConversion(self.counts.total)

    def __iter__(self) -> Iterator[CohortRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per unit; the rate is None where nobody was followed for the whole window, never 0."""
        return [
            {
                "cohort": str(row.period.start),
                "entered": row.conversion.entered,
                "converted": row.conversion.converted,
                "lost": row.conversion.lost,
                "expired": row.conversion.expired,
                "pending": row.conversion.pending,
                "followed": row.rate.trials,
                "rate": row.rate.value,
                "mature": row.mature,
            }
            for row in self.rows
        ]

    def __repr__(self) -> str:
        mature = sum(row.mature for row in self.rows)
        return f"<ConversionCohorts: {len(self)} by {self.counts.every}, {mature} mature, {self.total.entered} entered>"

    def __str__(self) -> str:
        head = ("cohort", "entered", "converted", "pending", "rate", "mature")
        lines = [
            (
                str(row.period.start),
                f"{row.conversion.entered:,}",
                f"{row.conversion.converted:,}",
                f"{row.conversion.pending:,}",
                format(row.rate, ".1%"),
                "yes" if row.mature else "no",
            )
            for row in self.rows
        ]
        return _text.table(head, lines)

    def _repr_html_(self) -> str:
        return rows_table(f"Conversion by {self.counts.every} of entry", self.to_rows())


@overload
def conversion_cohorts(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta,
    every: Unit = "month",
    tz: tzinfo | str | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> ConversionCohorts: ...
@overload
def conversion_cohorts(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta,
    every: Unit = "month",
    tz: tzinfo | str | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, ConversionCohorts]: ...
@overload
def conversion_cohorts(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta,
    every: Unit = "month",
    tz: tzinfo | str | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, ConversionCohorts]: ...
def conversion_cohorts(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta,
    every: Unit = "month",
    tz: tzinfo | str | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> ConversionCohorts | Breakdown[Any, ConversionCohorts]:
    """Conversion from one stage to another within a window, by the month in which each one entered.

    A young month has had no time to convert, so its share so far is always low. Here a month's ``rate`` is of those alone who
    have been followed for the whole window; it is undefined where there is nobody yet, and the row says whether it is mature.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        start: The stage entered, the first time.
        end: The stage to get to.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        window: How long each one is given, from entry and inclusive.
        every: The calendar unit: ``"day"``, ``"week"`` from Monday, ``"month"``, ``"quarter"`` or ``"year"``.
        tz: The zone of the calendar; must be given for aware times, and only for them.
        lost: Stages that rule *end* out.
        period: Only entities whose first entry into *start* lies in it.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one table per label.

    Returns:
        A row per unit, from that of the first entry to that of the review.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*.
        LogError: A row cannot be read, or has a placeholder such as 9999-12-31 for a time.
        PeriodError: There is no such unit, or *tz* is missing for aware times or given for others.
        UnknownName: There is no such zone.
        ValueError: A stage is given twice, or the window is negative.

    >>> log = [
    ...     ("a", "lead", date(2024, 1, 5)), ("a", "won", date(2024, 1, 25)), ("b", "lead", date(2024, 1, 9)),
    ...     ("c", "lead", date(2024, 2, 20)), ("c", "won", date(2024, 3, 1)), ("d", "lead", date(2024, 2, 25)),
    ... ]
    >>> print(conversion_cohorts(log, "lead", "won", as_of=date(2024, 3, 10), window=timedelta(days=30)))
    cohort      entered  converted  pending   rate  mature
    2024-01-01        2          1        0  50.0%     yes
    2024-02-01        2          1        1    n/a      no
    2024-03-01        0          0        0    n/a      no
    """
    empty = _question(start, end, as_of=as_of, window=window, every=every, tz=tz)
    parts = _reduce(log, empty, lost=lost, period=period, by=by)
    if by is None:
        return finish_conversion_cohorts(sum(parts.values(), empty))
    return break_down(parts, empty, finish_conversion_cohorts, _size)


def reduce_conversion_cohorts(
    log: Iterable[StageRow[E]],
    start: str,
    end: str,
    *,
    as_of: date,
    window: timedelta,
    every: Unit = "month",
    tz: tzinfo | str | None = None,
    lost: Sequence[str] = (),
    period: Period | None = None,
) -> ConversionCohortsCounts:
    """The first half of ``conversion_cohorts``: from rows to counts, which add up over disjoint sets of entities."""
    empty = _question(start, end, as_of=as_of, window=window, every=every, tz=tz)
    return sum(_reduce(log, empty, lost=lost, period=period, by=None).values(), empty)


def finish_conversion_cohorts(counts: ConversionCohortsCounts) -> ConversionCohorts:
    """The second half of ``conversion_cohorts``: from counts to rows, those of empty units included."""
    if not counts.at:
        return ConversionCohorts((), counts)
    question = counts.total
    nobody = CohortCounts(question.start, question.end, question.as_of, question.window)
    calendar = Calendar.of(counts.every, counts.tz, question.as_of)
    review = comparable(question.as_of, question.as_of, "as_of")
    rows = [
        CohortRow(
            unit,
            CohortConversion(counts.at.get(unit.start, nobody)),
            calendar.last_moment(unit) + (question.window or timedelta(0)) <= review,
        )
        for unit in calendar.units(min(counts.at), calendar.first_day(review))
    ]
    return ConversionCohorts(tuple(rows), counts)


def _question(
    start: str, end: str, *, as_of: date, window: timedelta, every: Unit, tz: Zone
) -> ConversionCohortsCounts:
    """The counts of nobody."""
    Calendar.of(every, tz, as_of)  # refuses a unit or a zone that does not fit
    return ConversionCohortsCounts(every, tz, {}, CohortCounts(start, end, as_of, require_window(window)))


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.at, self.total = defaultdict[date, CohortTally](CohortTally), CohortTally()

    def counts(self, empty: ConversionCohortsCounts) -> ConversionCohortsCounts:
        """The counts as they stand."""
        at = {unit: cohort.counts(empty.total) for unit, cohort in self.at.items()}
        return attrs.evolve(empty, at=at, total=self.total.counts(empty.total))


def _reduce(
    log: Iterable[StageRow[E]],
    empty: ConversionCohortsCounts,
    *,
    lost: Sequence[str],
    period: Period | None,
    by: By[E, K] | None,
) -> dict[Hashable, ConversionCohortsCounts]:
    """The counts per label."""
    require_period(period)
    question = empty.total
    calendar = Calendar.of(empty.every, empty.tz, question.as_of)
    plan = StagePlan((question.start, question.end), lost)
    rows, label = grouped(log, by, plan.positions, question.as_of)
    entries = read_entries(rows, plan.positions, plan.slots, question.as_of)
    review, limit = comparable(question.as_of, question.as_of, "as_of"), microseconds(question.window)
    parts = defaultdict[Hashable, _Part](_Part)
    for entity, passage in passages(entries, review, period):
        part = parts[label(entity)]
        part.total.add(passage, limit, review)
        if passage.began is not None and passage.age is not None:
            part.at[calendar.first_day(passage.began)].add(passage, limit, review)
    for entity, count in entries.other_rows.items():
        apart = parts[label(entity)].total
        apart["other_rows"] += count
        apart["outside"] += entity not in entries.begins
    for entity, count in entries.late_rows.items():
        parts[label(entity)].total["after_as_of"] += count
    return {name: part.counts(empty) for name, part in parts.items()}


def _size(counts: ConversionCohortsCounts) -> int:
    return counts.total.entered
