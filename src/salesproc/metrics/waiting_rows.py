"""Who is waiting where, and since when, by the clocks that ``stalled`` knows."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from salesproc.metrics._log import StageRow
from salesproc.metrics._visits import Stages, read_ways, visit_plan

__all__ = ["Snooze", "Waiting", "WaitingLike", "waiting"]

E = TypeVar("E", bound=Hashable)
E_co = TypeVar("E_co", bound=Hashable, covariant=True)


class WaitingLike(Protocol[E_co]):
    """Anything that is in a stage. What else it must say depends on the clock; a journey of the stage machine has what ``"stage"`` and ``"created"`` need."""

    @property
    def entity(self) -> E_co:
        """Which one."""
        ...

    @property
    def stage(self) -> str:
        """The stage it is in."""
        ...


class Waiting(NamedTuple, Generic[E]):
    """Something that is in a stage, and since when, by each clock.

    Attributes:
        entity: Which one.
        stage: The stage it is in.
        entered_at: When it entered the stage, for the clock ``"stage"``.
        created_at: When it was created, for ``"created"``; and for ``"activity"`` and ``"update"`` where there never was any.
        active_at: When somebody last worked on it, for ``"activity"``.
        updated_at: When anything about it was last changed, for ``"update"``.
        planned_at: When the next activity is planned, for ``"activity"``.
    """

    entity: E
    stage: str
    entered_at: date | None = None
    created_at: date | None = None
    active_at: date | None = None
    updated_at: date | None = None
    planned_at: date | None = None


class Snooze(NamedTuple):
    """A wait that is known and accepted for a time.

    Attributes:
        entity: Which item waits.
        until: Until when that is accepted.
        reason: Why; an excuse without one is none.
    """

    entity: Hashable
    until: date
    reason: str


def waiting(
    log: Iterable[StageRow[E]], *, as_of: date, stages: Stages | None = None, final: Sequence[str] = ()
) -> tuple[Waiting[E], ...]:
    """Who is in a stage that is not final, since when, and since when in the process at all: what ``stalled`` reads.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out.
        stages: A process, or names in the order that tells stages entered at one time apart.
        final: Stages that end a way, next to the final ones of the process.

    Returns:
        The one that has been in its stage the longest first.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*; the message names the row.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.

    >>> waiting([("a", "talk", date(2025, 1, 1)), ("a", "offer", date(2025, 1, 9))], as_of=date(2025, 2, 1))[0].stage
    'offer'
    """
    plan = visit_plan(stages, final)
    ways = read_ways(log, plan, as_of)
    found = [
        Waiting(entity, str.__str__(stays[-1].stage), stays[-1].start, stays[0].start)
        for entity, stays in ways.visits()
        if stays[-1].stage not in plan.final
    ]
    # The times are all of one kind, which the reader has seen to and the type of a row cannot say.
    ranks: list[tuple[Any, Waiting[E]]] = [
        ((one.entered_at, one.stage, repr(one.entity)), one) for one in found
    ]
    return tuple(one for _, one in sorted(ranks, key=lambda rank: rank[0]))
