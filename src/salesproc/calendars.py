"""How much of a time did people work: opening hours, holidays, and deadlines counted in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Self

import attrs

from salesproc._instants import as_zone, earlier, first_instant, require_aware
from salesproc.errors import PeriodError

__all__ = ["WorkingCalendar"]

_Spans = tuple[tuple[time, time], ...]
_Week = tuple[_Spans, ...]

_DAY = timedelta(days=1)
_PATIENCE = 3653  # days without work, ten years, after which a search for the next work ends
_MIDNIGHT = time()
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _week(hours: Mapping[int, Sequence[tuple[time, time]]] | _Week) -> _Week:
    """The spans of the seven weekdays, Monday first; every fault in one error."""
    by_day = dict(hours.items() if isinstance(hours, Mapping) else enumerate(hours))
    problems = [
        f"weekday {day!r} is none; Monday is 0 and Sunday 6"
        for day in by_day
        if day not in range(len(_NAMES))
    ]
    week = tuple(tuple((start, end) for start, end in by_day.get(day, ())) for day in range(len(_NAMES)))
    for name, spans in zip(_NAMES, week, strict=True):
        problems += [f"{name} {problem}" for problem in _faults(spans)]
    if not problems and not any(week):
        problems.append("there is no working time at all")
    if problems:
        raise PeriodError(
            "working hours cannot be used:" + "".join(f"\n  - {problem}" for problem in problems)
        )
    return week


def _days_off(holidays: Iterable[date]) -> frozenset[date]:
    days = frozenset(holidays)
    odd = [day for day in days if isinstance(day, datetime) or not isinstance(day, date)]
    if odd:
        raise PeriodError(f"holidays must be plain dates, got {', '.join(sorted(map(repr, odd)))}")
    return days


@attrs.frozen
class WorkingCalendar:
    """Weekly working hours in one time zone, without the holidays.

    A span of work starts and ends when clocks in the zone first show its times, or first skip past them; so on
    the days on which clocks change it has the length that really passes.

    Attributes:
        hours: Given as the spans ``(start, end)`` of each weekday, Monday 0 to Sunday 6, in order and apart; an
            end of ``time(0)`` is the midnight at the end of the day. Kept as seven tuples, Monday first.
        tz: The zone of the clocks, or its IANA name.
        holidays: Plain dates in that zone on which nobody works.

    Raises:
        PeriodError: Faults in the hours, all of them listed; no working time; odd holidays.
        UnknownName: There is no such zone.

    >>> office = WorkingCalendar.weekly((6, 0, 1, 2, 3), time(9), time(17), tz="Asia/Riyadh")
    >>> thursday_16h = datetime(2025, 1, 2, 16, tzinfo=office.tz)
    >>> print(office.add(thursday_16h, timedelta(hours=2)))
    2025-01-05 10:00:00+03:00
    """

    hours: _Week = attrs.field(converter=_week)
    tz: tzinfo = attrs.field(converter=as_zone)
    holidays: frozenset[date] = attrs.field(default=frozenset[date](), converter=_days_off)

    @classmethod
    def weekly(
        cls, days: Iterable[int], start: time, end: time, *, tz: tzinfo | str, holidays: Iterable[date] = ()
    ) -> Self:
        """The same hours on each of the weekdays.

        Args:
            days: Weekdays, Monday 0 to Sunday 6; ``(6, 0, 1, 2, 3)`` where Friday and Saturday are free.
            start: When work starts.
            end: When it ends; ``time(0)`` for midnight.
            tz: As for the class.
            holidays: As for the class.

        Raises:
            PeriodError: As for the class.
        """
        return cls(dict.fromkeys(days, ((start, end),)), tz, holidays)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much working time passes from one instant to another, at the cost of the days between.

        Args:
            start: Time-zone aware, in any zone.
            end: Time-zone aware, not before the start.

        Returns:
            From 0 up to the elapsed time.

        Raises:
            NaiveTimeError: A time has no zone.
            PeriodError: The end lies before the start.

        >>> office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")
        >>> friday, monday = datetime(2025, 1, 3, 16, tzinfo=UTC), datetime(2025, 1, 6, 9, 30, tzinfo=UTC)
        >>> print(office.working_time(friday, monday))
        1:30:00
        """
        if earlier(require_aware(end, "end"), require_aware(start, "start")):
            raise PeriodError(f"the end must not lie before the start, got {start!r} to {end!r}")
        begin, stop = start.astimezone(UTC), end.astimezone(UTC)
        first, last = self._day(begin), self._day(stop) + _DAY
        spans = (span for n in range((last - first).days + 1) for span in self._spans(first + n * _DAY))
        lengths = (min(closes, stop) - max(opens, begin) for opens, closes in spans)
        return sum((length for length in lengths if length > timedelta()), timedelta())

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The first instant at which that much working time has passed: a deadline.

        Args:
            start: Time-zone aware; need not be working time.
            amount: Working time, 0 or more.

        Returns:
            In the zone of the start; the start itself for 0, and the end of work where the amount just fits.

        Raises:
            NaiveTimeError: The start has no zone.
            PeriodError: The amount is negative, or nobody works for ten years on end.
        """
        if amount < timedelta():
            raise PeriodError(f"amount must be 0 or more, got {amount!r}; to look back, use working_time")
        if not amount:
            return require_aware(start, "start")
        work, left = self._work_from(require_aware(start, "start").astimezone(UTC)), amount
        opens, closes = next(work)
        while left > closes - opens:
            left -= closes - opens
            opens, closes = next(work)
        return (opens + left).astimezone(start.tzinfo)

    def is_working(self, at: datetime) -> bool:
        """Whether the instant lies in working time; the end of a span does not.

        Raises:
            NaiveTimeError: The time has no zone.
        """
        instant = require_aware(at, "at").astimezone(UTC)
        today = self._day(instant)
        return any(
            opens <= instant < closes for day in (today, today + _DAY) for opens, closes in self._spans(day)
        )

    def opens(self, at: datetime) -> datetime:
        """The instant itself when it is working time, else the next start of work, in the zone of the instant.

        Raises:
            NaiveTimeError: The time has no zone.
            PeriodError: Nobody works for ten years on end.
        """
        instant = require_aware(at, "at").astimezone(UTC)
        opens, _ = next(self._work_from(instant))
        return at if opens == instant else opens.astimezone(at.tzinfo)

    def _day(self, instant: datetime) -> date:
        """The date clocks show; the next one's work may have begun, where they go back across midnight."""
        return instant.astimezone(self.tz).date()

    def _work_from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans of work from the instant on, in order and without end; the first may begin with it."""
        day, idle = self._day(instant), 0
        while idle <= _PATIENCE:
            idle += 1
            for opens, closes in self._spans(day):
                if max(opens, instant) < closes:
                    idle = 0
                    yield max(opens, instant), closes
            if day + _DAY == date.max:
                raise PeriodError(
                    f"the calendar ends with the year 9999, before that much work after {instant}"
                )
            day += _DAY
        raise PeriodError(
            f"nobody works in the ten years before {day}; too many holidays to find the next work"
        )

    def _spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The work of that day, from instant to instant in UTC."""
        if day in self.holidays:
            return ()
        hours = self.hours[day.weekday()]
        if getattr(self.tz, "__hash__", None) is None:  # some zones of dateutil cannot be looked up
            return _instants(hours, day, self.tz)
        return _known_instants(hours, day, self.tz)


def _instants(hours: _Spans, day: date, tz: tzinfo) -> tuple[tuple[datetime, datetime], ...]:
    """The spans of a day from instant to instant in UTC; an end that is not later is the midnight after it."""
    return tuple(
        (
            first_instant(datetime.combine(day, start), tz),
            first_instant(datetime.combine(day if end > start else day + _DAY, end), tz),
        )
        for start, end in hours
    )


# A day is asked for again by every wait that spans it, and each time the zone would have to be asked: nine tenths of the time.
_known_instants = lru_cache(maxsize=1 << 14)(_instants)


def _faults(spans: _Spans) -> Iterator[str]:
    """What is wrong with the spans of one day."""
    odd = [span for span in spans if not all(map(_is_plain, span))]
    if odd:
        yield f"needs times without a zone, got {odd!r}"
        return
    for start, end in spans:
        if end <= start and end != _MIDNIGHT:
            yield f"{start} to {end} ends before it starts; cut work past midnight in two at time(0)"
    for (_, end), (start, _) in pairwise(spans):
        if start < end or end == _MIDNIGHT:
            yield f"{start} must not come before {end}, the end of the span before it"


def _is_plain(edge: object) -> bool:
    return isinstance(edge, time) and edge.tzinfo is None
