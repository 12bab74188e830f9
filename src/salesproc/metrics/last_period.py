"""Is it better than last time? This period against the last of equal length, both given the same time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from salesproc._given import require_period
from salesproc.metrics._log import comparable
from salesproc.periods import Period

__all__ = ["ThisAndLast", "this_and_last"]

R = TypeVar("R")


class ThisAndLast(NamedTuple, Generic[R]):
    """A result for the last period and for this one, in the order in which the functions of change take them.

    Attributes:
        last: For the period before, as it could have been seen when it was as old as this one is now.
        this: For this period.
    """

    last: R
    this: R


def this_and_last(metric: Callable[[Period, date], R], period: Period, *, as_of: date) -> ThisAndLast[R]:
    """This period against the last of equal length, both looked at equally long after they began.

    A month that is half over is compared with as many days before it, not with a whole month; and deals of the last period
    are taken as they stood then, or they would have had more time to close.

    Args:
        metric: Makes the result of a period and a moment of review.
        period: This period; it is cut off at *as_of*.
        as_of: The moment of the review, of the same kind of time.

    Raises:
        TypeError: *period* is no Period.
        ValueError: *as_of* does not lie after the start of the period.
        NaiveTimeError: *as_of* is of another kind than the period.

    >>> from salesproc.metrics.funnel import stage_funnel
    >>> log = [("a", "lead", date(2025, 1, 20)), ("b", "lead", date(2025, 2, 3)), ("b", "won", date(2025, 2, 7))]
    >>> log += [("a", "won", date(2025, 2, 8))]
    >>> february = Period.month(2025, 2)
    >>> last, this = this_and_last(
    ...     lambda period, as_of: stage_funnel(log, ["lead", "won"], as_of=as_of, period=period), february, as_of=date(2025, 2, 28)
    ... )
    >>> last["won"].reached, this["won"].reached
    (0, 1)
    """
    seen = _until(period, as_of)
    before = comparable(as_of, as_of, "as_of") - seen.duration
    return ThisAndLast(metric(seen.before(), before), metric(seen, as_of))


def _until(period: Period, as_of: date) -> Period:
    """The part of the period that lies before the review; of plain dates, the day of the review belongs to it."""
    require_period(period, optional=False)
    cut = as_of if isinstance(as_of, datetime) else as_of + timedelta(days=1)
    if as_of in period and cut != period.start:
        return Period(period.start, cut)
    if comparable(as_of, as_of, "as_of") <= comparable(period.start, period.start, "the start of the period"):
        raise ValueError(f"as_of must lie after the start of the period, got {as_of!r} for {period!r}")
    return period
