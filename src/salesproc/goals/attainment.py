"""How far are we, and is it far enough for the day? Attainment, pace, and what is needed from now on."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias

import attrs

from salesproc import _text
from salesproc._instants import MICROSECOND
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.calendars import WorkingCalendar
from salesproc.errors import PeriodError
from salesproc.goals._quantities import Quantity, exact, like, one_kind, plain, shown
from salesproc.goals.goal import Goal
from salesproc.goals.working_days import passed
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.ratios import MeanMoney, Ratio
from salesproc.money import Money

__all__ = ["GoalProgress", "Pace", "goal_progress"]

Pace: TypeAlias = Literal["ahead", "on", "behind"]
"""More, as much, or less than an even pace would have brought by the day of the review."""

_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True, repr=False)
class GoalProgress(Shown):
    """How far a goal is on a day.

    Attributes:
        target: What is to be reached.
        actual: What is reached.
        as_of: The day of the review; what came on it is in.
        elapsed: The share of the time that is over, 0 to 1: of the days, or of the working time where there is a calendar.
        days_left: Days after the review, up to the deadline; only those with work where there is a calendar.
        tolerance: How far off the even pace still counts as on it.
        nothing: Why there is no pace; None when there is one.
    """

    target: Quantity
    actual: Quantity
    as_of: date
    elapsed: Fraction
    days_left: int
    tolerance: Fraction
    nothing: str | None

    @property
    def attainment(self) -> Ratio:
        """Actual over target; may pass 1."""
        return Ratio(_side(self.actual), _side(self.target))

    @property
    def missing(self) -> Money | Fraction:
        """What is still to come; nothing when the target is reached."""
        return like(max(exact(self.target) - exact(self.actual), Fraction(0)), self.target)

    @property
    def expected(self) -> Money | Fraction:
        """What an even pace would have brought by now: the target times the elapsed share."""
        return like(self._expected, self.target)

    @property
    def ahead_by(self) -> Money | Fraction:
        """How much more there is than an even pace would have brought; negative when behind."""
        return like(exact(self.actual) - self._expected, self.target)

    @property
    def pace(self) -> Pace | None:
        """Whether we are ahead of, on, or behind an even pace; None while nothing of the time has passed."""
        if self.nothing is not None:
            return None
        off = exact(self.actual) - self._expected
        if abs(off) <= self.tolerance * self._expected:
            return "on"
        return "ahead" if off > 0 else "behind"

    @property
    def run_rate(self) -> Money | Fraction | None:
        """What there will be at the deadline if it goes on as it went; None while nothing of the time has passed."""
        return None if self.nothing is not None else like(exact(self.actual) / self.elapsed, self.target)

    @property
    def needed_per_day(self) -> MeanMoney | Ratio:
        """What every day that is left must bring, the working days where there is a calendar; undefined when none is left."""
        over = "no day is left"
        missing = self.missing
        if isinstance(missing, Money):
            return MeanMoney(missing, self.days_left, nothing=over)
        return Ratio(missing, self.days_left, over)

    @property
    def undefined(self) -> str | None:
        """Why there is no pace and no run rate; None when there are."""
        return self.nothing

    @property
    def _expected(self) -> Fraction:
        return exact(self.target) * self.elapsed

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: money as exact text with its currency, all else as numbers."""
        needed = self.needed_per_day
        return [
            {
                "as_of": str(self.as_of),
                "target": plain(self.target),
                "actual": plain(self.actual),
                "currency": self.target.currency if isinstance(self.target, Money) else None,
                "attainment": self.attainment.value,
                "elapsed": float(self.elapsed),
                "expected": plain(self.expected),
                "pace": self.pace,
                "run_rate": plain(self.run_rate),
                "missing": plain(self.missing),
                "days_left": self.days_left,
                "needed_per_day": plain(needed.value if isinstance(needed, MeanMoney) else needed.exact),
            }
        ]

    def __str__(self) -> str:
        done = f"{shown(self.actual)} of {shown(self.target)} ({self.attainment:.1%}), {float(self.elapsed):.1%} of the time"
        if self.nothing is not None:
            return f"{done}; pace {_text.ABSENT}: {self.nothing}"
        return f"{done}: {self.pace}"


def goal_progress(
    goal: Goal,
    actual: Quantity,
    *,
    as_of: date,
    calendar: WorkingCalendar | None = None,
    tolerance: Share = 0,
) -> GoalProgress:
    """How far a goal is, whether that is enough for the day, and what is needed from now on.

    An even pace is the yardstick: at half of the time, half of the target. A business with a season is ahead and behind of that by nature; hold a month
    against the month of its `roadmap` instead. The run rate is no forecast: it knows nothing of the open deals.

    Args:
        goal: A goal with a target, a start and a deadline.
        actual: What was reached from its start up to and with the day of the review; of the kind of the target.
        as_of: The day of the review, a plain date.
        calendar: Counts working time in place of days. Plain dates are days in its zone.
        tolerance: How far off the even pace still counts as on it, as a share of what it would have brought; exactly on it when left out.

    Returns:
        Attainment, pace, run rate and what is needed per day; pace and run rate are undefined until something of the time has passed, and what is needed
        per day when no day is left.

    Raises:
        ValueError: The goal has no target, start or deadline, or the tolerance is no share.
        TypeError: Money beside a number, or *as_of* is no plain date.
        CurrencyMismatch: The actual is in another currency than the target.
        PeriodError: The calendar has no working time within the goal.

    Source:
        The month's goal is reached at 100 percent: document 002 of ``docs/explanation/sources.md``; pace and run rate are the field's.

    >>> goal = Goal("north", target=Money(90_000, "EUR"), start=date(2026, 4, 1), deadline=date(2026, 6, 30))
    >>> found = goal_progress(goal, Money(27_000, "EUR"), as_of=date(2026, 4, 30))
    >>> print(found)
    27,000.00 EUR of 90,000.00 EUR (30.0%), 33.0% of the time: behind
    >>> print(found.run_rate, found.ahead_by, found.needed_per_day, sep="; ")
    81,900.00 EUR; -2,670.33 EUR; 1,032.79 EUR (mean of 61)
    """
    period = goal.period
    if goal.target is None or period is None:
        raise ValueError(f"only a goal with target, start and deadline has a pace, got {goal!r}")
    one_kind({"target": goal.target, "actual": actual})
    if isinstance(as_of, datetime) or not isinstance(as_of, date):
        raise TypeError(
            f"as_of must be a plain date, got {as_of!r}; for an instant, at.astimezone(tz).date()"
        )
    # The day of the review belongs to what has passed, as its rows belong to what is counted.
    tomorrow = max(as_of + _DAY, period.start) if as_of < period.end - _DAY else period.end
    gone, left = passed(period.start, tomorrow, calendar), passed(tomorrow, period.end, calendar)
    whole = gone.time + left.time
    if not whole:
        raise PeriodError(f"nobody works between {goal.start} and {goal.deadline} in this calendar")
    nothing = f"no time has passed since the start on {goal.start}" if not gone.time else None
    return GoalProgress(
        target=goal.target,
        actual=actual,
        as_of=as_of,
        elapsed=Fraction(gone.time // MICROSECOND, whole // MICROSECOND),
        days_left=left.days,
        tolerance=exact_share(tolerance, "tolerance"),
        nothing=nothing,
    )


def _side(given: Quantity) -> Money | Fraction:
    return given if isinstance(given, Money) else Fraction(given)
