"""Instants compared and subtracted as instants.

Python compares and subtracts two datetimes of one zone by their wall clocks, so an hour is lost or won
at every daylight-saving change. Everything here goes through UTC instead.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from salesproc.errors import NaiveTimeError, UnknownName

T = TypeVar("T", bound=date)

MICROSECOND = timedelta(microseconds=1)

# What exports write for "never" or "not yet": 1899-12-30 and 1900-01-01 are a spreadsheet's zero, 2999 and 9999 an open end.
FIRST_YEAR, LAST_YEAR = 1901, 2998


def require_aware(value: datetime, name: str) -> datetime:
    """The value itself when it has a zone.

    Raises:
        NaiveTimeError: It has none; the message names the argument.
    """
    given: object = value  # callers without a type checker pass anything
    if not isinstance(given, datetime) or given.utcoffset() is None:
        raise NaiveTimeError(
            f"{name} must be a datetime with a time zone, got {value!r}; add one, for example tzinfo=datetime.UTC"
        )
    return value


def earlier(a: datetime, b: datetime) -> bool:
    """Whether instant *a* lies before instant *b*, both aware."""
    if a.tzinfo is UTC or a.tzinfo is not b.tzinfo:
        return a < b
    return a.astimezone(UTC) < b.astimezone(UTC)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """The time that really passed from *start* to *end*, both aware; negative when *end* is earlier."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def as_zone(tz: tzinfo | str) -> tzinfo:
    """The zone itself, or the one of that IANA name.

    Raises:
        UnknownName: There is none of that name.
    """
    if isinstance(tz, tzinfo):
        return tz
    try:
        return ZoneInfo(tz)
    except (
        LookupError,
        TypeError,
        ValueError,
        OSError,
    ):  # what an unknown name, a number, a path and a folder raise
        raise UnknownName("time zone", str(tz), available_timezones(), "the time zone database") from None


def first_instant(wall: datetime, tz: tzinfo) -> datetime:
    """The first instant, in UTC, at which clocks in the zone show that time or have skipped past it."""
    early = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    late = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    if early <= late:
        return early
    # Skipped: read with the offset after the jump it lies before the jump, and the other way round.
    while early - late > MICROSECOND:
        middle = late + (early - late) / 2
        if middle.astimezone(tz).replace(tzinfo=None) < wall:
            late = middle
        else:
            early = middle
    return early


def joined_within(spans: Iterable[tuple[T, T]], start: T, end: T) -> Iterator[tuple[T, T]]:
    """The spans cut to what lies between start and end, and joined where they overlap, so that no time counts twice."""
    done = start
    for a, b in sorted(spans):
        begin, stop = max(a, done), min(b, end)
        if begin < stop:
            yield begin, stop
            done = stop


def is_placeholder(at: date) -> bool:
    """Whether this is what software writes for "never": no sale was ever made on it."""
    return not FIRST_YEAR <= at.year <= LAST_YEAR
