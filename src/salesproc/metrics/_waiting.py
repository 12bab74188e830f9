"""How long did somebody wait: in working time where there is a calendar, and without the time in which nobody was to answer."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar

import attrs

from salesproc._given import leading_fields
from salesproc._instants import MICROSECOND, joined_within
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError, NaiveTimeError
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.durations import DurationCounts

E = TypeVar("E", bound=Hashable)

Pauses: TypeAlias = Iterable[tuple[E, date, date | None, *tuple[object, ...]]]
"""Rows that say for whom the clock stood, from when, and until when; None for until further notice."""


@attrs.frozen
class WaitingClock:
    """Measures waits.

    Attributes:
        calendar: Which time is working time; all of it when None.
        pauses: Entity -> when its clock stood.
    """

    calendar: WorkingCalendar | None
    pauses: Mapping[Any, Sequence[tuple[date, date]]]

    def microseconds(self, entity: Hashable, start: Any, end: Any) -> int:
        """How long an entity waited from one comparable time to a later one."""
        paused = joined_within(self.pauses.get(entity, ()), start, end)
        return self._span(start, end) - sum(self._span(a, b) for a, b in paused)

    def _span(self, start: Any, end: Any) -> int:
        if self.calendar is None:
            return elapsed_microseconds(start, end)
        return self.calendar.working_time(start, end) // MICROSECOND


@attrs.define
class WaitTally:
    """The waits of one part of a breakdown while they are counted; adding statistics one by one would copy them each time."""

    finished: Counter[int] = attrs.field(factory=Counter[int])
    open: Counter[int] = attrs.field(factory=Counter[int])
    outside: int = 0
    out_of_period: int = 0
    after_as_of: int = 0

    def counts(self) -> DurationCounts:
        """The sufficient statistics."""
        return DurationCounts(
            dict(self.finished),
            open=dict(self.open),
            outside=self.outside,
            out_of_period=self.out_of_period,
            after_as_of=self.after_as_of,
        )


def waiting_clock(calendar: WorkingCalendar | None, pauses: Pauses[Any], as_of: date) -> WaitingClock:
    """The clock for a review.

    Raises:
        TypeError: A calendar that is none.
        NaiveTimeError: A calendar with times that are not aware, or a pause of another kind than *as_of*.
        LogError: A pause that cannot be read, or ends before it starts; the message names it.
    """
    given: object = calendar  # callers without a type checker pass the name of a zone
    if given is not None and not isinstance(given, WorkingCalendar):
        raise TypeError(
            f"calendar must be a WorkingCalendar, for example WorkingCalendar.weekly(...), got {given!r}"
        )
    if calendar is not None and (not isinstance(as_of, datetime) or as_of.tzinfo is None):
        raise NaiveTimeError(f"working time needs aware times, and as_of is {as_of!r}")
    review = comparable(as_of, as_of, "as_of")
    found = defaultdict[Any, list[tuple[date, date]]](list)
    for number, row in enumerate(pauses, 1):
        where = f"pause {number}"
        entity, start, end = leading_fields(row, ("entity", "start", "end"), where)
        begin = comparable(start, as_of, where)
        stop = max(begin, review) if end is None else comparable(end, as_of, where)
        if stop < begin:
            raise LogError(f"{where} ends at {end}, before it starts at {start}: {row!r}")
        found[entity].append((begin, stop))
    return WaitingClock(calendar, found)
