"""What a cell says: a text, nothing, or a time, by rules that never guess."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

import attrs

from salesproc._given import is_missing
from salesproc._instants import as_zone, first_instant, is_placeholder

_MIDNIGHT = re.compile(r"[T ]00:00(:00([.,]0+)?)?\Z")
_ISO = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?P<time>[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
_NAMES_A_YEAR = re.compile(r"%[YyG]")
_NAMES_A_TIME = re.compile(r"%[HIMSfps]")
_BY_LOCALE = re.compile(r"%[cxX]")


class Moment(NamedTuple):
    """A time that was read.

    Attributes:
        at: It, aware.
        dated: Whether only a day was given.
        remark: What is doubtful about it, if anything.
    """

    at: datetime
    dated: bool
    remark: str | None


def text_of(value: object) -> str | None:
    """The value as text without blanks around it; None when there is nothing in it.

    A whole number in the shape of a float is written as the whole number: a column of ids with a blank among them comes out of a dataframe like that.
    """
    if is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None


def is_midnight(value: object) -> bool:
    """Whether a time without a zone is midnight, as dates are written where every date has a time."""
    if isinstance(value, datetime):
        return value.tzinfo is None and value.time() == time()
    return isinstance(value, str) and _MIDNIGHT.search(value.strip()) is not None


@attrs.frozen
class Clock:
    """Reads times.

    Attributes:
        zone: Of times that name none.
        date_formats: How dates may be written besides ISO, in the letters of ``strptime``.
    """

    zone: tzinfo
    date_formats: tuple[str, ...]

    @classmethod
    def of(cls, tz: str | tzinfo, date_format: str | Sequence[str] | None) -> "Clock":
        """A clock for a zone given by key or as it is.

        Raises:
            UnknownName: There is no zone of that key.
            ValueError: A format does not name a year, or depends on the locale.
        """
        formats = (
            ()
            if date_format is None
            else (date_format,)
            if isinstance(date_format, str)
            else tuple(date_format)
        )
        for form in formats:
            if not _NAMES_A_YEAR.search(form) or _BY_LOCALE.search(form):
                raise ValueError(
                    f"date_format must name a year and not depend on the locale, for example '%d/%m/%Y', got {form!r}"
                )
        return cls(as_zone(tz), formats)

    def read(self, value: object) -> Moment | str | None:
        """The time in a cell, or what is wrong with it, or None when it is blank."""
        if isinstance(value, str):
            text = value.strip()
            return self._from_text(text) if text else None
        if is_missing(value):
            return None
        if isinstance(value, datetime):
            return self._placed(value, dated=False)
        if isinstance(value, date):
            return self._placed(datetime.combine(value, time()), dated=True)
        return f"{value!r} is neither text nor a date"

    def _from_text(self, text: str) -> Moment | str:
        form = _ISO.fullmatch(text)
        if form is None:
            return self._by_formats(text)
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            return f"{text!r} is no real time ({error})"
        return self._placed(found, dated=form["time"] is None)

    def _by_formats(self, text: str) -> Moment | str:
        """The time in one of the forms given; refused where two of them read it as two times."""
        if not self.date_formats:
            return f"{text!r} is not an ISO date such as 2018-03-04 or 2018-03-04T10:00:00Z; give date_format= if it is a date"
        readings: dict[datetime, bool] = {}
        for form in self.date_formats:
            with suppress(ValueError):
                found = datetime.strptime(text, form)  # noqa: DTZ007 - gets its zone below
                readings[found] = not _NAMES_A_TIME.search(form)
        if len(readings) > 1:
            return f"{text!r} can be read as {' and as '.join(f'{one:%Y-%m-%d %H:%M}' for one in readings)}"
        for found, dated in readings.items():
            return self._placed(found, dated=dated)
        return f"{text!r} is not written as {' or '.join(map(repr, self.date_formats))}, nor in ISO"

    def _placed(self, found: datetime, *, dated: bool) -> Moment | str:
        """The time in its zone, unless it stands for "never"."""
        if is_placeholder(found):
            return f"{found.isoformat()} is a placeholder and no real date"
        if found.utcoffset() is not None:
            return Moment(found, dated, None)
        at = found.replace(tzinfo=self.zone, fold=0)
        if at.utcoffset() is None:
            return f"{found.isoformat()} has no offset in the zone {self.zone!r}"
        if dated:  # the day began when it began, also where midnight was skipped
            return Moment(first_instant(found, self.zone).astimezone(self.zone), dated, None)
        return Moment(at, dated, None if isinstance(self.zone, timezone) else _doubt(at))


def _doubt(at: datetime) -> str | None:
    """What is doubtful about a local time: clocks were set forward over it, or back to it."""
    first, second = (at.replace(fold=fold).utcoffset() or timedelta(0) for fold in (0, 1))
    if first == second:
        return None
    shown = f"{at:%Y-%m-%d %H:%M:%S} {at.tzinfo}"
    if first > second:
        return f"{shown} happened twice; taken as the first of the two"
    return f"{shown} did not exist; taken with the offset before the change"
