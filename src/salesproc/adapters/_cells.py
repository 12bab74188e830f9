"""What a cell says: a text, nothing, or a time, by rules that never guess."""

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

import attrs

from salesproc._instants import as_zone, first_instant
from salesproc.metrics._log import is_placeholder

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
    """The value as text without blanks around it; None when there is nothing in it."""
    if value is None or value != value:  # noqa: PLR0124 - a missing number of a dataframe is not itself
        return None
    return str(value).strip() or None


@attrs.frozen
class Clock:
    """Reads times.

    Attributes:
        zone: Of times that name none.
        date_format: How dates are written, in the letters of ``strptime``; None for ISO.
    """

    zone: tzinfo
    date_format: str | None

    @classmethod
    def of(cls, tz: str | tzinfo, date_format: str | None) -> "Clock":
        """A clock for a zone given by key or as it is.

        Raises:
            UnknownName: There is no zone of that key.
            ValueError: The format does not name a year, or depends on the locale.
        """
        if date_format is not None and (
            not _NAMES_A_YEAR.search(date_format) or _BY_LOCALE.search(date_format)
        ):
            raise ValueError(
                f"date_format must name a year and not depend on the locale, for example '%d/%m/%Y', got {date_format!r}"
            )
        return cls(as_zone(tz), date_format)

    def read(self, value: object) -> Moment | str | None:
        """The time in a cell, or what is wrong with it, or None when it is blank."""
        if isinstance(value, str):
            text = value.strip()
            return self._from_text(text) if text else None
        if value is None or value != value:  # noqa: PLR0124 - nor is a missing time
            return None
        if isinstance(value, datetime):
            return self._placed(value, dated=False)
        if isinstance(value, date):
            return self._placed(datetime.combine(value, time()), dated=True)
        return f"{value!r} is neither text nor a date"

    def _from_text(self, text: str) -> Moment | str:
        if self.date_format is not None:
            try:
                found = datetime.strptime(text, self.date_format)  # noqa: DTZ007 - gets its zone below
            except ValueError:
                return f"{text!r} is not written as {self.date_format!r}"
            return self._placed(found, dated=not _NAMES_A_TIME.search(self.date_format))
        form = _ISO.fullmatch(text)
        if form is None:
            return f"{text!r} is not an ISO date such as 2018-03-04 or 2018-03-04T10:00:00Z; give date_format= if it is a date"
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            return f"{text!r} is no real time ({error})"
        return self._placed(found, dated=form["time"] is None)

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
