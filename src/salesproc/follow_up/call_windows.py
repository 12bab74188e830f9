"""At which hour is it best to call? Hours and weekdays ranked, by the clock of the person called."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import attrs

from salesproc._given import member
from salesproc._instants import as_zone, earlier, first_instant, require_aware
from salesproc.calendars import WorkingCalendar
from salesproc.errors import PeriodError

# fmt: off
__all__ = [
    "PUBLISHED_CALL_WINDOWS", "CallRank", "CallWindow", "CallWindows", "RankedDay", "RankedHours",
    "next_best", "window_of",
]
# fmt: on

_DAY = timedelta(days=1)
_MIDNIGHT = time()
_WEEK = 7


class CallRank(StrEnum):
    """How good an hour or a day is to call."""

    BEST = "best"
    GOOD = "good"
    NEUTRAL = "neutral"
    WORST = "worst"


_WORST_FIRST = (CallRank.WORST, CallRank.NEUTRAL, CallRank.GOOD, CallRank.BEST)


class RankedHours(NamedTuple):
    """Hours of the day and how good they are: from the start until before the end; an end of ``time(0)`` is midnight."""

    start: time
    end: time
    rank: CallRank


class RankedDay(NamedTuple):
    """A weekday, Monday 0 to Sunday 6, and how good it is."""

    weekday: int
    rank: CallRank


def _ranked_hours(given: Iterable[RankedHours]) -> tuple[RankedHours, ...]:
    hours = tuple(RankedHours(start, end, member(CallRank, rank, "rank")) for start, end, rank in given)
    for start, end, _ in hours:
        if start.tzinfo or end.tzinfo:
            raise PeriodError(f"hours are times without a zone, got {start!r} to {end!r}")
        if end <= start and end != _MIDNIGHT:
            raise PeriodError(
                f"{start} to {end} ends before it starts; cut hours past midnight in two at time(0)"
            )
    hours = tuple(sorted(hours))
    for one, other in pairwise(hours):
        if other.start < one.end or one.end == _MIDNIGHT:
            raise PeriodError(
                f"hours must be apart, got {one.start} to {one.end} and {other.start} to {other.end}"
            )
    return hours


def _ranked_days(given: Iterable[RankedDay]) -> tuple[RankedDay, ...]:
    days = tuple(RankedDay(weekday, member(CallRank, rank, "rank")) for weekday, rank in given)
    for weekday, _ in days:
        if weekday not in range(_WEEK):
            raise PeriodError(f"weekday {weekday!r} is none; Monday is 0 and Sunday 6")
    if len({day.weekday for day in days}) < len(days):
        raise PeriodError(f"a weekday has one rank, got {[(day.weekday, str(day.rank)) for day in days]!r}")
    return tuple(sorted(days))


@attrs.frozen
class CallWindows:
    """Which hours and which weekdays are how good; what is not named is neutral.

    Attributes:
        hours: Hours of the day, apart from each other.
        days: Weekdays.
        source: Who says so, such as your own connect rates.

    Raises:
        PeriodError: Hours overlap or end before they start, a weekday is none or ranked twice.
        ValueError: There is no such rank.
    """

    hours: tuple[RankedHours, ...] = attrs.field(converter=_ranked_hours)
    days: tuple[RankedDay, ...] = attrs.field(converter=_ranked_days)
    source: str


PUBLISHED_CALL_WINDOWS = CallWindows(
    hours=[
        RankedHours(time(8), time(10), CallRank.GOOD),
        RankedHours(time(11), time(12), CallRank.WORST),
        RankedHours(time(16), time(17), CallRank.BEST),
    ],
    days=[RankedDay(1, CallRank.WORST), RankedDay(2, CallRank.GOOD), RankedDay(3, CallRank.BEST)],
    source="InsideSales.com, as told by document 002",
)
"""Four to five in the afternoon and Thursdays, as published; used only where you pass it. See ``docs/explanation/sources.md``."""


@attrs.frozen
class CallWindow:
    """A time in which calls are equally good.

    Attributes:
        start: When it begins, by the clock of the person called.
        end: When it is over, by the same clock.
        hour: How good the hour is.
        day: How good the weekday is.
    """

    start: datetime
    end: datetime
    hour: CallRank
    day: CallRank

    @property
    def order(self) -> tuple[int, int]:
        """To sort by, the best last: by the hour, and among equal hours by the day."""
        return (_WORST_FIRST.index(self.hour), _WORST_FIRST.index(self.day))

    def __str__(self) -> str:
        return f"{self.start:%A %Y-%m-%d %H:%M} to {self.end:%H:%M}: {self.hour} hour, {self.day} day"


def window_of(at: datetime, *, zone: tzinfo | str, windows: CallWindows) -> CallWindow:
    """How good it is to call at that moment.

    Args:
        at: The moment, aware, in any zone.
        zone: That of the person called, or its IANA name, such as ``contact.time_zone``.
        windows: Which hours are good: `PUBLISHED_CALL_WINDOWS`, or your own.

    Returns:
        The time around the moment in which calls are as good, within its day.

    Raises:
        NaiveTimeError: The moment has no zone.
        UnknownName: There is no such zone.

    Source:
        Best hours and days to call: document 002 of ``docs/explanation/sources.md``.

    >>> print(window_of(datetime(2026, 3, 5, 13, 30, tzinfo=UTC), zone="Asia/Riyadh", windows=PUBLISHED_CALL_WINDOWS))
    Thursday 2026-03-05 16:00 to 17:00: best hour, best day
    """
    tz = as_zone(zone)
    instant = require_aware(at, "at").astimezone(UTC)
    today = instant.astimezone(tz).date()
    # Where clocks go back across midnight, the next day has begun although they show this one.
    around = (window for day in (today, today + _DAY) for window in _windows(day, tz, windows))
    return next(window for window in around if window.start <= instant < window.end)


def next_best(
    after: datetime,
    *,
    until: datetime,
    zone: tzinfo | str,
    windows: CallWindows,
    calendar: WorkingCalendar | None = None,
) -> CallWindow | None:
    """The best time to call between two moments, and the earliest of equally good ones.

    A better hour counts more than a better day.

    Args:
        after: From when on, such as when the next try is due, aware.
        until: Until before when, aware, later.
        zone: As for `window_of`.
        windows: As for `window_of`.
        calendar: When we work, by our own clock. Then the window starts in working time; a break within it is not cut out.

    Returns:
        The window, no longer than the time asked about; None when nobody of us works in it.

    Raises:
        NaiveTimeError: A moment has no zone.
        PeriodError: The end is not later, or the calendar ends.
        UnknownName: There is no such zone.

    Source:
        As for `window_of`. That the hour counts before the day is ours; the document does not weigh them.

    >>> monday = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> print(next_best(monday, until=monday + timedelta(days=7), zone="Europe/Berlin", windows=PUBLISHED_CALL_WINDOWS))
    Thursday 2026-03-05 16:00 to 17:00: best hour, best day
    >>> print(next_best(monday, until=monday + timedelta(days=1), zone="Europe/Berlin", windows=PUBLISHED_CALL_WINDOWS))
    Monday 2026-03-02 16:00 to 17:00: best hour, neutral day
    """
    if not earlier(require_aware(after, "after"), require_aware(until, "until")):
        raise PeriodError(f"until must lie after {after!r}, got {until!r}")
    tz = as_zone(zone)
    found = _between(after.astimezone(UTC), until.astimezone(UTC), tz, windows, calendar)
    return max(found, key=lambda window: window.order, default=None)


def _between(
    after: datetime, until: datetime, tz: tzinfo, windows: CallWindows, calendar: WorkingCalendar | None
) -> Iterator[CallWindow]:
    """The windows from one instant to another, cut to them and begun in working time."""
    first, last = after.astimezone(tz).date(), until.astimezone(tz).date()
    for number in range((last - first).days + 2):  # the day after the last, as in window_of
        for window in _windows(first + number * _DAY, tz, windows):
            start = max(window.start.astimezone(UTC), after)
            end = min(window.end.astimezone(UTC), until)
            if start < end and calendar is not None:
                start = calendar.opens(start)
            if start < end:
                yield attrs.evolve(window, start=start.astimezone(tz), end=end.astimezone(tz))


def _windows(day: date, tz: tzinfo, windows: CallWindows) -> Iterator[CallWindow]:
    """One day cut into windows; as in `WorkingCalendar`, each begins when clocks first show its time or skip past it."""
    rank = next((rank for weekday, rank in windows.days if weekday == day.weekday()), CallRank.NEUTRAL)
    named = {hours.start: hours for hours in windows.hours}
    starts = sorted({_MIDNIGHT, *named, *(hours.end for hours in windows.hours)})
    walls = [datetime.combine(day, start) for start in starts] + [datetime.combine(day + _DAY, _MIDNIGHT)]
    for wall, next_wall in pairwise(walls):
        start, end = first_instant(wall, tz), first_instant(next_wall, tz)
        if start < end:
            hour = named[wall.time()].rank if wall.time() in named else CallRank.NEUTRAL
            yield CallWindow(start.astimezone(tz), end.astimezone(tz), hour, rank)
