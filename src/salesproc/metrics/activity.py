"""What did people do, and what came of it? Activities per rep and day, and per sale."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError, NaiveTimeError
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.ratios import Ratio
from salesproc.periods import Period

__all__ = [
    "ActivityCounts",
    "ActivityRates",
    "activities_per_outcome",
    "activity_rates",
    "finish_activity_rates",
    "reduce_activity_rates",
]

R = TypeVar("R", bound=Hashable)


@attrs.frozen(hash=False)
class ActivityCounts:
    """What adds up over reps: how often each kind of activity was done, and by how many.

    Attributes:
        done: Kind of activity -> how often in the period.
        reps: How many reps; each of them is in one part only.
        outside: Activities outside the period.
    """

    done: Mapping[str, int] = attrs.field(factory=dict[str, int])
    reps: int = 0
    outside: int = 0

    def __add__(self, other: object) -> "ActivityCounts":
        if not isinstance(other, ActivityCounts):
            return NotImplemented
        done = dict(Counter(self.done) + Counter(other.done))
        return ActivityCounts(done, self.reps + other.reps, self.outside + other.outside)


@attrs.frozen(repr=False)
class ActivityRates:
    """How much is done per rep and day.

    Attributes:
        counts: The statistics it was made from.
        days: The days of the period; those with working time where a calendar was given.
    """

    counts: ActivityCounts
    days: int

    @property
    def rep_days(self) -> int:
        """Reps times days: what every rate is divided by."""
        return self.counts.reps * self.days

    def per_rep_day(self, kind: str | None = None) -> Fraction | None:
        """Activities of that kind, or of all kinds, per rep and day, exact; None without reps or days."""
        done = sum(self.counts.done.values()) if kind is None else self.counts.done.get(kind, 0)
        return Fraction(done, self.rep_days) if self.rep_days else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per kind, the most frequent first: how often, and per rep and day."""
        rows = sorted(self.counts.done.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"kind": kind, "done": done, "per_rep_day": _number(self.per_rep_day(kind))}
            for kind, done in rows
        ]

    def __repr__(self) -> str:
        return f"<ActivityRates: {sum(self.counts.done.values())} in {self.rep_days} rep-days>"

    def _repr_html_(self) -> str:
        rows = [[str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table("activities", ("kind", "done", "per rep-day"), rows)


def activity_rates(
    activities: Iterable[tuple[R, str, date, *tuple[object, ...]]],
    *,
    period: Period,
    reps: Iterable[R] = (),
    calendar: WorkingCalendar | None = None,
) -> ActivityRates:
    """How many activities of each kind a rep does per day.

    Args:
        activities: Rows ``(rep, kind, at)``, in any order, read once.
        period: Those in it are counted, the others only as outside.
        reps: Everybody in the team: a rep who did nothing is divided by as well. Those with activities count anyhow.
        calendar: Divide by days with working time instead of all days; needs a period of instants.

    Returns:
        Counts per kind, and rates as exact fractions.

    Raises:
        LogError: A row cannot be read; the message names it.
        NaiveTimeError: A time is of another kind than the period.

    Source:
        Activities per rep-day; ``docs/reference/glossary.md``.

    >>> week = Period(date(2025, 3, 3), date(2025, 3, 8))
    >>> calls = [("sara", "call", date(2025, 3, day)) for day in (3, 3, 4, 5)]
    >>> activity_rates(calls, period=week, reps=["omar"]).per_rep_day("call")
    Fraction(2, 5)
    """
    return finish_activity_rates(
        reduce_activity_rates(activities, period=period, reps=reps), period, calendar=calendar
    )


def reduce_activity_rates(
    activities: Iterable[tuple[R, str, date, *tuple[object, ...]]], *, period: Period, reps: Iterable[R] = ()
) -> ActivityCounts:
    """The first half of `activity_rates`: counts that add up over disjoint sets of reps."""
    require_period(period, optional=False)
    team = set(reps)
    done = Counter[str]()
    outside = 0
    for number, row in enumerate(activities, 1):
        try:
            rep, kind, at = row[0], row[1], row[2]
        except (TypeError, LookupError) as error:
            raise LogError(f"activity {number} begins with rep, kind and time, got {row!r}") from error
        team.add(rep)
        if at in period:
            done[kind] += 1
        else:
            outside += 1
    return ActivityCounts(dict(done), len(team), outside)


def finish_activity_rates(
    counts: ActivityCounts, period: Period, *, calendar: WorkingCalendar | None = None
) -> ActivityRates:
    """From counts to rates per rep and day."""
    return ActivityRates(counts, _days(period, calendar))


def activities_per_outcome(activities: int, outcomes: int) -> Ratio:
    """How many activities one outcome took: calls per meeting, meetings per sale.

    Both must be of the same period and the same people. It says what a sale took, those that failed included; not what a sale needs.

    Args:
        activities: How many were done.
        outcomes: How many came of them.

    Returns:
        The exact ratio, with both counts; undefined without an outcome.

    Raises:
        ValueError: A negative number.

    >>> print(activities_per_outcome(120, 8))
    15.000 (120 over 8)
    """
    if activities < 0 or outcomes < 0:
        raise ValueError(f"counts cannot be negative, got {activities} activities and {outcomes} outcomes")
    return Ratio(activities, outcomes, "no outcome came of them yet")


def _days(period: Period, calendar: WorkingCalendar | None) -> int:
    require_period(period, optional=False)
    if calendar is None:
        return len(period.each("day"))
    start = period.start
    if not isinstance(start, datetime) or start.tzinfo is None:
        raise NaiveTimeError(f"working days are counted in a period of instants, got {period!r}")
    working_time = calendar.working_time

    def worked(day: Any) -> bool:  # a day of a period of instants, whose ends are instants
        return working_time(day.start, day.end) > timedelta(0)

    return sum(map(worked, period.each("day", tz=calendar.tz)))


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
