"""The calendar units that moments of a log lie in, in the zone of whoever asks."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TypeAlias

import attrs

from salesproc._instants import as_zone, first_instant
from salesproc.errors import PeriodError
from salesproc.metrics._units import first_day, numbering
from salesproc.periods import Period, Unit

Zone: TypeAlias = tzinfo | str | None


@attrs.frozen
class Calendar:
    """The calendar units of one zone, or of plain dates."""

    every: Unit
    zone: tzinfo | None
    days: bool
    _first_days: dict[date, date] = attrs.field(factory=dict[date, date], init=False)

    @classmethod
    def of(cls, every: Unit, tz: Zone, as_of: date) -> "Calendar":
        """The calendar for a review at that moment.

        Raises:
            PeriodError: There is no such unit, or *tz* is missing for an instant or given for another kind of time.
            UnknownName: There is no such zone.
        """
        numbering(every)
        aware = isinstance(as_of, datetime) and as_of.utcoffset() is not None
        if aware and tz is None:
            raise PeriodError(f"a {every} of instants needs a zone; give tz=, for example tz='Europe/Berlin'")
        if not aware and tz is not None:
            raise PeriodError(
                f"only instants are sorted into the {every}s of a zone, got tz={tz!r} and as_of={as_of!r}"
            )
        return cls(every, None if tz is None else as_zone(tz), not isinstance(as_of, datetime))

    def first_day(self, at: date) -> date:
        """The first day of the unit that the moment lies in."""
        if isinstance(at, datetime):
            at = (at if self.zone is None else at.astimezone(self.zone)).date()
        found = self._first_days.get(at)
        if found is None:
            self._first_days[at] = found = first_day(self.every, numbering(self.every)(at))
        return found

    def units(self, first: date, last: date) -> Iterator[Period]:
        """The units from the one of the first day to the one of the last."""
        number = numbering(self.every)
        for place in range(number(first), number(last) + 1):
            yield Period(first_day(self.every, place), first_day(self.every, place + 1))

    def last_moment(self, unit: Period) -> date:
        """The last day of the unit, or, where moments are finer, the moment at which it is over."""
        if self.days:
            return unit.end - timedelta(days=1)
        midnight = datetime.combine(unit.end, time())
        return midnight if self.zone is None else first_instant(midnight, self.zone)
