"""Which stretch of time is meant: half-open periods, calendar units in a time zone, months ahead.

A period of instants is measured in time that really passed, so a day on which clocks change has 23 or 25 hours,
and the days, weeks and months of a zone follow each other without a gap.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, Self, TypeGuard, TypeVar

import attrs
from dateutil.relativedelta import relativedelta

from salesproc._instants import as_zone, earlier, first_instant
from salesproc.errors import NaiveTimeError, PeriodError, did_you_mean

__all__ = ["Period", "Unit", "shifted"]

Unit = Literal["day", "week", "month", "quarter", "year"]
"""A calendar unit that :meth:`Period.each` can tile with."""

_Zone = tzinfo | str
_Named = Literal["end", "start"]
_M = TypeVar("_M", date, datetime)

_STEPS: Mapping[str, relativedelta] = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


def _comparable(moment: date) -> date:
    """The moment such that equal ones are one point of time, whatever their zones."""
    return moment.astimezone(UTC) if _is_aware(moment) else moment


@attrs.frozen
class Period:
    """A stretch of time: its start belongs to it, its end does not.

    Three kinds, never mixed: between instants (aware datetimes), between naive datetimes, and between dates.
    Periods of the same instants are equal, whatever the zones they are written in.

    Attributes:
        start: The first moment in it.
        end: The first moment after it; later than the start.

    Raises:
        NaiveTimeError: Start and end are of two kinds.
        PeriodError: The end does not lie after the start, or one of them is no date or datetime.

    >>> q1 = Period.quarter(2025, 1)
    >>> date(2025, 3, 31) in q1, date(2025, 4, 1) in q1
    (True, False)
    """

    start: date | datetime = attrs.field(eq=_comparable)
    end: date | datetime = attrs.field(eq=_comparable)

    def __attrs_post_init__(self) -> None:
        if (kind := _kind(self.start)) != (other := _kind(self.end)):
            raise NaiveTimeError(
                f"start and end must be of one kind, got {kind} {self.start!r}, {other} {self.end!r}"
            )
        if not _before(self.start, self.end):
            raise PeriodError(f"a period must end after it starts, got {self.start!r} to {self.end!r}")

    @classmethod
    def day(cls, day: date, *, tz: _Zone | None = None) -> Self:
        """That calendar day.

        Args:
            day: A plain date.
            tz: The zone, or its IANA name, whose midnights bound the period; plain dates when left out. Where
                clocks skip midnight the day starts with its first instant, where they show it twice with the first.

        Raises:
            PeriodError: The clocks of the zone skip the whole day.
            UnknownName: There is no such zone.

        >>> Period.day(date(2025, 3, 9), tz="America/New_York").duration
        datetime.timedelta(seconds=82800)
        """
        return cls._of("day", day, tz)

    @classmethod
    def week(cls, day: date, *, first: int = 0, tz: _Zone | None = None) -> Self:
        """The week that contains the day.

        Args:
            day: Any plain date of the week.
            first: The weekday it starts on, Monday 0 to Sunday 6.
            tz: As for :meth:`day`.

        Raises:
            PeriodError: No such weekday.
            UnknownName: There is no such zone.

        >>> str(Period.week(date(2025, 1, 1), first=6).start)
        '2024-12-29'
        """
        return cls._of("week", day, tz, first=first)

    @classmethod
    def month(cls, year: int, month: int, *, tz: _Zone | None = None) -> Self:
        """That calendar month, 1 to 12; *tz* and errors as for :meth:`day`."""
        return cls._of("month", _first_of(year, month), tz)

    @classmethod
    def quarter(cls, year: int, quarter: int, *, tz: _Zone | None = None) -> Self:
        """That quarter of the calendar year, 1 to 4; *tz* and errors as for :meth:`day`."""
        return cls._of("quarter", _first_of(year, 1, quarter), tz)

    @classmethod
    def year(cls, year: int, *, tz: _Zone | None = None) -> Self:
        """That calendar year; *tz* and errors as for :meth:`day`."""
        return cls._of("year", _first_of(year, 1), tz)

    @classmethod
    def fiscal_year(
        cls, year: int, *, first_month: int, named_after: _Named = "end", tz: _Zone | None = None
    ) -> Self:
        """Twelve months from the first of that month.

        Args:
            year: The number the business gives the year.
            first_month: The month it starts with, 1 to 12; with 1 it is the calendar year.
            named_after: Whether it is called after the calendar year in which it ends or starts.
            tz: As for :meth:`day`.

        Raises:
            PeriodError: No such year or month.
            UnknownName: There is no such zone.

        >>> str(Period.fiscal_year(2025, first_month=4).start)
        '2024-04-01'
        """
        start = _first_of(_starting_year(year, first_month, named_after), first_month)
        return cls._from(start, "year", tz)

    @classmethod
    def fiscal_quarter(
        cls,
        year: int,
        quarter: int,
        *,
        first_month: int,
        named_after: _Named = "end",
        tz: _Zone | None = None,
    ) -> Self:
        """That quarter, 1 to 4, of the :meth:`fiscal_year`, with its arguments and errors.

        >>> str(Period.fiscal_quarter(2025, 4, first_month=4).end)
        '2025-04-01'
        """
        start = _first_of(_starting_year(year, first_month, named_after), first_month, quarter)
        return cls._from(start, "quarter", tz)

    @property
    def duration(self) -> timedelta:
        """The time that passes in it; between naive datetimes or dates, the plain difference."""
        return _comparable(self.end) - _comparable(self.start)

    def __contains__(self, moment: date | datetime) -> bool:
        self._check(moment)
        return _comparable(self.start) <= _comparable(moment) < _comparable(self.end)

    def overlaps(self, other: "Period") -> bool:
        """Whether some moment is in both.

        Raises:
            NaiveTimeError: The periods are of two kinds.
        """
        self._check(other.start)
        return _before(self.start, other.end) and _before(other.start, self.end)

    def intersection(self, other: "Period") -> Self | None:
        """What both have in common; None when that is nothing, as for neighbours.

        Raises:
            NaiveTimeError: The periods are of two kinds.
        """
        if not self.overlaps(other):
            return None
        start = other.start if _before(self.start, other.start) else self.start
        end = other.end if _before(other.end, self.end) else self.end
        return type(self)(start, end)

    def before(self) -> Self:
        """The period just as long, in time that passes, that ends where this one starts.

        A month before a month of 31 days is not the calendar month before: for that ask :meth:`month`.

        Raises:
            PeriodError: It would begin before the year 1.
        """
        try:
            start = _comparable(self.start) - self.duration
        except OverflowError:
            raise PeriodError(f"the period before {self!r} would begin before the year 1") from None
        if _is_aware(start) and _is_aware(self.start):
            start = start.astimezone(self.start.tzinfo)
        return type(self)(start, self.start)

    def each(self, unit: Unit, *, first: int = 0, tz: _Zone | None = None) -> tuple[Self, ...]:
        """The calendar units that tile the period, in order, the first and the last cut off at its ends.

        Args:
            unit: ``"day"``, ``"week"``, ``"month"``, ``"quarter"`` or ``"year"``.
            first: The weekday on which weeks start, Monday 0 to Sunday 6.
            tz: The zone whose midnights divide a period of instants; that of its start when left out.

        Returns:
            At least one period; each starts where the one before ends.

        Raises:
            PeriodError: No such unit, or a zone for a period without instants.

        >>> [str(year.duration) for year in Period(date(2024, 12, 30), date(2025, 1, 4)).each("year")]
        ['2 days, 0:00:00', '3 days, 0:00:00']
        """
        if unit not in _STEPS:
            raise PeriodError(f"there is no unit {unit!r}; {did_you_mean(str(unit), _STEPS)}")
        zone = self._dividing_zone(tz)
        cuts: list[date] = [self.start]
        for day in _starts(unit, _local(self.start, zone), _local(self.end, zone), first):
            cut = _midnight(day, zone) if isinstance(self.start, datetime) else day
            if _before(cuts[-1], cut) and _before(cut, self.end):
                cuts.append(cut)
        return tuple(map(type(self), cuts, [*cuts[1:], self.end]))

    @classmethod
    def _of(cls, unit: Unit, day: date, tz: _Zone | None, *, first: int = 0) -> Self:
        if _kind(day) != _DATE:
            raise PeriodError(f"day must be a plain date, got {day!r}; give at.astimezone(tz).date()")
        return cls._from(_floor(unit, day, first), unit, tz)

    @classmethod
    def _from(cls, start: date, unit: Unit, tz: _Zone | None) -> Self:
        end = _add(start, unit)
        if tz is None:
            return cls(start, end)
        zone = as_zone(tz)
        return cls(_midnight(start, zone), _midnight(end, zone))

    def _dividing_zone(self, tz: _Zone | None) -> tzinfo | None:
        if tz is None:
            return self.start.tzinfo if isinstance(self.start, datetime) else None
        if not _is_aware(self.start):
            raise PeriodError(f"only a period of instants is divided in a zone, got tz={tz!r} for {self!r}")
        return as_zone(tz)

    def _check(self, moment: date | datetime) -> None:
        if (given := _kind(moment)) != (kind := _kind(self.start)):
            raise NaiveTimeError(f"{self!r} holds {kind}s, got the {given} {moment!r}; {_ADVICE[kind]}")


def shifted(moment: _M, *, months: int = 0, years: int = 0) -> _M:
    """The moment that many calendar months and years later, or earlier where they are negative.

    The clock on the wall stays as it is. A day the month does not have becomes its last; a time that clocks skip
    moves on by what they skip; of a time they show twice it is the first, unless the moment was a second one.

    Args:
        moment: A date or a datetime; an aware one keeps its zone.
        months: Whole months.
        years: Whole years.

    Raises:
        PeriodError: The result is outside the years 1 to 9999, or the numbers are not whole.

    >>> shifted(date(2025, 1, 31), months=1), shifted(date(2024, 2, 29), years=-1)
    (datetime.date(2025, 2, 28), datetime.date(2023, 2, 28))
    """
    try:
        moved: _M = moment + relativedelta(months=months, years=years)
    except (OverflowError, ValueError):
        raise PeriodError(f"{moment!r} cannot move {years!r} years and {months!r} months") from None
    if isinstance(moved, datetime):
        return _real(moved, getattr(moment, "fold", 0))
    return moved


_AWARE, _NAIVE, _DATE = "aware datetime", "naive datetime", "plain date"

_ADVICE: Mapping[str, str] = {
    _AWARE: "give a datetime with a time zone, for example moment.replace(tzinfo=...)",
    _NAIVE: "give a datetime without a zone, or make the period with one",
    _DATE: "give a plain date, for example at.date(), or make the period with tz=",
}


def _is_aware(moment: date) -> TypeGuard[datetime]:
    return isinstance(moment, datetime) and moment.utcoffset() is not None


def _kind(moment: date) -> str:
    if isinstance(moment, datetime):
        return _AWARE if _is_aware(moment) else _NAIVE
    if isinstance(moment, date):
        return _DATE
    raise PeriodError(f"a moment must be a date or a datetime, got {moment!r}")


def _before(a: date, b: date) -> bool:
    return _comparable(a) < _comparable(b)


def _real(moment: datetime, fold: int) -> datetime:
    """The moment moved out of the time that clocks skip; the *fold* one where they show it twice."""
    if not _is_aware(moment):
        return moment
    first, second = moment.replace(fold=0), moment.replace(fold=1)
    meant = second if fold and not earlier(second, first) else first
    return meant.astimezone(UTC).astimezone(moment.tzinfo)


def _first_of(year: int, month: int, quarter: int = 1) -> date:
    """The first day of that quarter of the twelve months that start there."""
    if quarter not in range(1, 5):
        raise PeriodError(f"a quarter must be 1 to 4, got {quarter!r}")
    try:
        return _add(date(year, month, 1), "quarter", quarter - 1)
    except (TypeError, ValueError):
        raise PeriodError(f"no such month: {year!r}-{month!r}; years are 1 to 9999, months 1 to 12") from None


def _starting_year(year: int, first_month: int, named_after: str) -> int:
    if named_after not in ("end", "start"):
        raise PeriodError(f"named_after must be 'end' or 'start', got {named_after!r}")
    return year - 1 if named_after == "end" and first_month != 1 else year


def _floor(unit: Unit, day: date, first_weekday: int) -> date:
    """The first day of the unit that contains the day."""
    if unit == "day":
        return day
    if unit == "week":
        if first_weekday not in range(7):
            raise PeriodError(f"first must be a weekday from 0 (Monday) to 6 (Sunday), got {first_weekday!r}")
        return day - timedelta(days=(day.weekday() - first_weekday) % 7)
    month = {"month": day.month, "quarter": day.month - (day.month - 1) % 3, "year": 1}[unit]
    return day.replace(month=month, day=1)


def _add(day: date, unit: Unit, count: int = 1) -> date:
    try:
        later: date = day + _STEPS[unit] * count
    except (OverflowError, ValueError):
        raise PeriodError(f"the calendar ends with the year 9999, so no {unit} ends after {day}") from None
    return later


def _starts(unit: Unit, begin: date, last: date, first_weekday: int) -> Iterator[date]:
    """The first days of the units that start after *begin*, up to *last*."""
    day = _floor(unit, begin, first_weekday)
    with suppress(PeriodError):  # no unit starts after the year 9999
        while (day := _add(day, unit)) <= last:
            yield day


def _local(moment: date | datetime, zone: tzinfo | None) -> date:
    """The calendar day of the moment, in the zone if there is one."""
    if not isinstance(moment, datetime):
        return moment
    return moment.date() if zone is None else moment.astimezone(zone).date()


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    """The first moment of the day, in the zone if there is one."""
    wall = datetime.combine(day, time())
    return wall if zone is None else first_instant(wall, zone).astimezone(zone)
