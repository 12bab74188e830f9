"""Who entered which stage first, and when: one pass over a log, in any order, without sorting it."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timezone
from typing import Generic, TypeAlias, TypeVar, cast

import attrs

from salesproc._given import is_missing
from salesproc._instants import FIRST_YEAR, MICROSECOND, is_placeholder
from salesproc.errors import LogError, NaiveTimeError
from salesproc.metrics._spelling import refuse_other_spellings

E = TypeVar("E", bound=Hashable)

StageRow: TypeAlias = tuple[E, str, date, *tuple[object, ...]]
"""A row of a log: who, which stage, when it was entered, then anything."""


@attrs.frozen
class Entries(Generic[E]):
    """What one pass over a log found out.

    Attributes:
        slots: How many times are kept per entity.
        begins: Per entity, where its times begin in the one list of all times.
        times: The first entry into each slot, None where there is none. One list, and not one per entity: less to
            keep, and nothing for the garbage collector to go through while it grows.
        again: Per entity with repeats, all its other entries as (position, time).
        other_rows: Per entity, rows in stages that were not asked for.
        late_rows: Per entity, rows after as_of.
        elsewhere: Per entity, its latest row in a stage that was not asked for.
    """

    slots: int
    begins: dict[E, int]
    times: list[date | None]
    again: dict[E, list[tuple[int, date]]]
    other_rows: dict[E, int]
    late_rows: dict[E, int]
    elsewhere: dict[E, date]

    def next(self, entity: E, position: int, start: date) -> date | None:
        """The time of the entity's first entry into a position at or after *start*; None when there is none."""
        known = self.times[self.begins[entity] + position]
        if known is None or known >= start:
            return known
        times = [at for where, at in self.again.get(entity, ()) if where == position and at >= start]
        return min(times, default=None)

    def settled(self, entity: E, position: int, others: Sequence[int]) -> date | None:
        """When the entity came to a position to stay: its first entry there after everything else it did; None when it went on.

        Args:
            entity: Which one.
            position: Where it may have come to stay.
            others: The positions whose later entries mean that it went on.
        """
        later = [at for where, at in self.again.get(entity, ()) if where in others]
        begin = self.begins[entity]
        later += [at for at in (self.times[begin + where] for where in others) if at is not None]
        if entity in self.elsewhere:
            later.append(self.elsewhere[entity])
        return self.next(entity, position, max(later))

    def items(self) -> Iterator[tuple[E, tuple[date | None, ...]]]:
        """Everyone who entered a position, with the first times of all of them."""
        return zip(self.begins, zip(*[iter(self.times)] * self.slots, strict=True), strict=True)


def read_entries(
    log: Iterable[StageRow[E]], positions: Mapping[str, int], slots: int, as_of: date
) -> Entries[E]:
    """Reads a log once.

    Times with one fixed offset are compared as they are; others go through UTC, because Python compares two
    times of one zone by their wall clocks, which is wrong around a daylight-saving change.

    Args:
        log: Rows in any order.
        positions: The stages asked for and the number of the slot each is kept in.
        slots: How many slots there are.
        as_of: Rows after it are counted, not used. Its kind (aware, naive, plain date) is the kind of all rows.

    Raises:
        NaiveTimeError: A row's time is of another kind than *as_of*.
        LogError: A row is too short, its time is a placeholder such as 9999-12-31, or a stage asked for is spelled otherwise.
    """
    end = comparable(as_of, as_of, "as_of")
    kind, timed = end.__class__, isinstance(end, datetime)
    zone = getattr(end, "tzinfo", None)
    floor = datetime(FIRST_YEAR, 1, 1, tzinfo=zone) if timed else date(FIRST_YEAR, 1, 1)
    empty: list[date | None] = [None] * slots
    entries = Entries[E](slots, {}, [], {}, {}, {}, {})
    begins, times = entries.begins, entries.times
    again, other, late, elsewhere = entries.again, entries.other_rows, entries.late_rows, entries.elsewhere
    number, row, strangers = 0, None, set[str]()
    try:
        # The hot loop, 0.6 to 1 microseconds a row; hence no call, no object and no conversion for the usual row.
        for number, row in enumerate(log, 1):
            entity, stage, at = row[0], row[1], row[2]
            if at.__class__ is not kind or (timed and at.tzinfo is not zone):  # type: ignore[attr-defined]  # timed: it has a zone
                at = comparable(at, as_of, f"row {number}")
                zone = getattr(at, "tzinfo", None)  # the next rows are probably in the same one
            if not floor <= at <= end:
                refuse_placeholder(at, f"row {number}")
                late[entity] = late.get(entity, 0) + 1
                continue
            position = positions.get(stage)
            if position is None:
                other[entity] = other.get(entity, 0) + 1
                strangers.add(stage)
                if entity not in elsewhere or at > elsewhere[entity]:
                    elsewhere[entity] = at
                continue
            begin = begins.get(entity)
            if begin is None:
                begins[entity] = begin = len(times)
                times += empty
            slot = begin + position
            known = times[slot]
            if known is None:
                times[slot] = at
                continue
            if at < known:
                times[slot], at = at, known
            again.setdefault(entity, []).append((position, at))
    except (TypeError, AttributeError, IndexError, KeyError) as error:
        refuse_row(row, number, error)
        raise
    refuse_other_spellings(positions, strangers)
    return entries


def elapsed_microseconds(start: date, end: date) -> int:
    """The time between two comparable times, as statistics keep it."""
    return (end - start) // MICROSECOND


def comparable(at: date, as_of: date, where: str) -> date:
    """The time in a form whose ``<`` and ``-`` are those of instants.

    Raises:
        NaiveTimeError: It is not of the kind of *as_of*.
        LogError: It is a placeholder.
    """
    anything: object = at  # rows of a file have text where others have a time
    given, wanted = kind_of(at), kind_of(as_of)
    if wanted == "no time":
        raise LogError(f"as_of must be a date or a datetime, got {as_of!r}; nothing here reads the clock")
    if isinstance(anything, str):
        raise NaiveTimeError(
            f"{where} has the text {anything!r} for a time; read it first, for example with date.fromisoformat or datetime.fromisoformat, or the whole file with salesproc.adapters"
        )
    if given == "no time":
        raise NaiveTimeError(
            f"{where} has no time: {at!r}; give a date or a datetime, and the fields in their order"
        )
    if given != wanted:
        hint = "all times of a log, and as_of, must be of one kind; at.replace(tzinfo=zone) gives a time its zone"
        raise NaiveTimeError(f"{where} has {given}: {at!r}, but as_of is {wanted}: {as_of!r}; {hint}")
    refuse_placeholder(at, where)
    if not isinstance(at, datetime) or at.tzinfo is None or isinstance(at.tzinfo, timezone):
        return at
    return at.astimezone(UTC)


def local_day(at: date, as_of: date) -> date:
    """The day of a time, where the review is."""
    if not isinstance(at, datetime):
        return at
    zone = as_of.tzinfo if isinstance(as_of, datetime) else None
    return (at if zone is None else at.astimezone(zone)).date()


def kind_of(at: object) -> str:
    """The kind of time a value is, in words."""
    if is_missing(at):  # that of a dataframe is a datetime
        return "no time"
    if isinstance(at, datetime):
        return "a naive datetime" if at.utcoffset() is None else "an aware datetime"
    return "a plain date" if isinstance(at, date) else "no time"


def refuse_placeholder(at: date, where: str) -> None:
    """Stops at a date that stands for "never", which would come out as an age of millennia.

    Raises:
        LogError: It is one, or it is a missing value in the shape of a time.
    """
    if is_placeholder(at):
        raise LogError(
            f"{where} has {at!r}, which is a placeholder and no real date; leave out rows that never happened"
        )


def refuse_row(row: object, number: int, cause: Exception) -> None:
    """Names the row that could not be read; does nothing when the row is not to blame.

    Raises:
        LogError: The row does not begin with an entity, a stage and a time.
    """
    fault = _fault(row)
    if fault:
        raise LogError(f"row {number} {fault}: {row!r}; a row begins with entity, stage and time") from cause


def _fault(row: object) -> str | None:
    if isinstance(row, Mapping):
        return "is a mapping; make it a tuple, (row[...], row[...], row[...])"
    if not isinstance(row, Sequence) or isinstance(row, str | bytes):
        return "is no row"
    fields: tuple[object, ...] = tuple(cast("Sequence[object]", row))
    if len(fields) < 3:
        return f"has {len(fields)} fields"
    try:
        hash(fields[:2])
    except TypeError:
        return "names its entity or stage by something that cannot be looked up"
    return None
