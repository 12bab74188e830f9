"""What is known about deals that do not move: those over their limit, those excused, and those nobody can judge."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import date, timedelta
from typing import Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast

import attrs

from salesproc import _text
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate

__all__ = ["Clock", "Stalled", "StalledCounts", "StalledItem", "finish_stalled"]

Clock: TypeAlias = Literal["stage", "activity", "update", "created"]
"""Since when an item is waiting: since it entered its stage, was last worked on, was last changed, or was created."""

E = TypeVar("E", bound=Hashable)


class StalledItem(NamedTuple, Generic[E]):
    """One item over its limit.

    Attributes:
        entity: Which one.
        stage: The stage it is in.
        age: How long it has been waiting, by the clock asked for.
        limit: How long it may.
        excuse: Why it is known to wait, when it is snoozed; else None.
        until: When the snooze ends; else None.
    """

    entity: E
    stage: str
    age: timedelta
    limit: timedelta
    excuse: str | None = None
    until: date | None = None

    @property
    def overrun(self) -> timedelta:
        """How far it is over the limit."""
        return self.age - self.limit


def _ordered(items: Iterable[StalledItem[E]]) -> tuple[StalledItem[E], ...]:
    """The furthest over the limit first; the order in which they came never decides."""
    return tuple(
        sorted(items, key=lambda item: (-item.overrun, item.stage, str(item.entity), repr(item.entity)))
    )


@attrs.frozen(hash=False, repr=False)
class StalledCounts(Generic[E]):
    """The sufficient statistics of waiting, which add up over disjoint sets of items.

    Attributes:
        clock: The clock asked for.
        as_of: The moment of the review.
        over: Items over their limit, snoozed ones included, the furthest over it first.
        within: How many are within it.
        planned: How many have something planned, which stops the clock of activities.
        no_limit: How many are in a stage without a limit, or on hold.
        final: How many are in a final stage, where no clock runs.
        unknown: How many do not say since when.
    """

    clock: Clock
    as_of: date
    over: tuple[StalledItem[E], ...] = attrs.field(default=(), converter=_ordered)
    within: int = 0
    planned: int = 0
    no_limit: int = 0
    final: int = 0
    unknown: int = 0

    def __add__(self, other: object) -> "StalledCounts[E]":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, StalledCounts):
            return NotImplemented
        theirs = cast("StalledCounts[E]", other)  # what it counts cannot be told at run time
        if (self.clock, self.as_of) != (theirs.clock, theirs.as_of):
            raise ValueError(
                f"counts of waiting add up only with the same clock and as_of, got {self!r} and {theirs!r}"
            )
        return StalledCounts(
            self.clock,
            self.as_of,
            self.over + theirs.over,
            self.within + theirs.within,
            self.planned + theirs.planned,
            self.no_limit + theirs.no_limit,
            self.final + theirs.final,
            self.unknown + theirs.unknown,
        )

    def __repr__(self) -> str:
        return (
            f"<StalledCounts by {self.clock} as of {self.as_of}: {len(self.over)} over, {self.within} within>"
        )


@attrs.frozen(hash=False, repr=False)
class Stalled(Generic[E]):
    """Who waits too long: iterate over them, the furthest over the limit first.

    Attributes:
        items: Those over their limit and not snoozed.
        snoozed: Those over their limit with an excuse that still holds.
        counts: The statistics it was made from, with all that could not be judged.
    """

    items: tuple[StalledItem[E], ...]
    snoozed: tuple[StalledItem[E], ...]
    counts: StalledCounts[E]

    @property
    def rate(self) -> Rate:
        """The share that waits too long without an excuse, of all that have a limit and a clock that runs."""
        counts = self.counts
        return Rate(len(self.items), len(counts.over) + counts.within + counts.planned)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[StalledItem[E]]:
        return iter(self.items)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per item over its limit, the snoozed ones last, with ages in days."""
        day = timedelta(days=1)
        return [
            {
                "entity": str(item.entity),
                "stage": item.stage,
                "age_days": item.age / day,
                "limit_days": item.limit / day,
                "overrun_days": item.overrun / day,
                "excuse": item.excuse,
            }
            for item in (*self.items, *self.snoozed)
        ]

    def __repr__(self) -> str:
        return f"<Stalled by {self.counts.clock}: {self.rate}, {len(self.snoozed)} snoozed>"

    def __str__(self) -> str:
        return f"{_text.table(_HEAD, self._cells())}\n{self._notes()}"

    def _repr_html_(self) -> str:
        return _text.html_table(self._notes(), _HEAD, self._cells())

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                str(item.entity),
                item.stage,
                *map(_text.duration, (item.age, item.limit, item.overrun)),
                item.excuse or "",
            )
            for item in (*self.items, *self.snoozed)
        ]

    def _notes(self) -> str:
        counts = self.counts
        apart = {
            "with something planned": counts.planned,
            "without a limit": counts.no_limit,
            "final": counts.final,
            "of unknown age": counts.unknown,
        }
        notes = [f"{count:,} {what}" for what, count in apart.items() if count]
        return ", ".join([f"{self.rate} stalled by {counts.clock} as of {counts.as_of}", *notes])


def finish_stalled(counts: StalledCounts[E]) -> Stalled[E]:
    """The second half of ``stalled``: the items in order, those with an excuse apart."""
    return Stalled(
        tuple(item for item in counts.over if item.excuse is None),
        tuple(item for item in counts.over if item.excuse is not None),
        counts,
    )


_HEAD = ("entity", "stage", "age", "limit", "over", "excuse")
