"""Instants compared and subtracted as instants.

Python compares and subtracts two datetimes of one zone by their wall clocks, so an hour is lost or won
at every daylight-saving change. Everything here goes through UTC instead.
"""

from datetime import UTC, datetime, timedelta

from salesproc.errors import NaiveTimeError

MICROSECOND = timedelta(microseconds=1)


def require_aware(value: datetime, name: str) -> datetime:
    """The value itself when it has a zone.

    Raises:
        NaiveTimeError: It has none; the message names the argument.
    """
    if not isinstance(value, datetime) or value.utcoffset() is None:
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
