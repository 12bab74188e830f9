"""Which deals do not move? By four clocks, each with its limits, and with excuses that end."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar, get_args, overload

import attrs

from salesproc._given import require_duration
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError
from salesproc.metrics._log import comparable
from salesproc.metrics._visits import StageLike, stopwatch
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.deals import label_of
from salesproc.metrics.stalling_results import (
    Clock,
    Stalled,
    StalledCounts,
    StalledItem,
    finish_stalled,
)
from salesproc.metrics.waiting_rows import Snooze, WaitingLike
from salesproc.stages import StageKind

__all__ = ["reduce_stalled", "stalled"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)

_SINCE: Mapping[str, tuple[str, ...]] = {
    "stage": ("entered_at",),
    "activity": ("active_at", "created_at"),
    "update": ("updated_at", "created_at"),
    "created": ("created_at",),
}
"""By clock, the times an item is asked for: the first one it has."""


class LimitedStage(StageLike, Protocol):
    """A stage that knows how long it should last at most."""

    @property
    def kind(self) -> str:
        """What being there means; no clock runs in a stage that is ``"on_hold"``."""
        ...

    @property
    def limit(self) -> timedelta | None:
        """How long it should last at most; None where there is no limit."""
        ...


class LimitTable(Protocol):
    """Anything that knows its stages and their limits, such as a process of the stage machine."""

    @property
    def stages(self) -> Sequence[LimitedStage]:
        """All of them."""
        ...


Limits: TypeAlias = Mapping[str, timedelta] | LimitTable


@overload
def stalled(
    items: Iterable[WaitingLike[E]],
    limits: Limits,
    *,
    as_of: date,
    clock: Clock = "stage",
    snoozed: Iterable[Snooze] = (),
    calendar: WorkingCalendar | None = None,
    by: None = None,
) -> Stalled[E]: ...
@overload
def stalled(
    items: Iterable[WaitingLike[E]],
    limits: Limits,
    *,
    as_of: date,
    clock: Clock = "stage",
    snoozed: Iterable[Snooze] = (),
    calendar: WorkingCalendar | None = None,
    by: Callable[[WaitingLike[E]], K],
) -> Breakdown[K, Stalled[E]]: ...
@overload
def stalled(
    items: Iterable[WaitingLike[E]],
    limits: Limits,
    *,
    as_of: date,
    clock: Clock = "stage",
    snoozed: Iterable[Snooze] = (),
    calendar: WorkingCalendar | None = None,
    by: str,
) -> Breakdown[Hashable, Stalled[E]]: ...
def stalled(
    items: Iterable[WaitingLike[E]],
    limits: Limits,
    *,
    as_of: date,
    clock: Clock = "stage",
    snoozed: Iterable[Snooze] = (),
    calendar: WorkingCalendar | None = None,
    by: Callable[[WaitingLike[E]], K] | str | None = None,
) -> Stalled[E] | Breakdown[Any, Stalled[E]]:
    """Which items have been waiting for longer than their stage allows.

    The four clocks answer different questions: a deal that is written about every day, and never moves, is stalled by
    ``"stage"`` and lively by ``"activity"``. An item with an activity planned at or after the review waits for that and is not stalled by
    ``"activity"``; one that was never worked on, or never changed, waits since it was created.

    Args:
        items: Anything with ``entity``, ``stage`` and the times the clock needs; see ``Waiting``, which ``waiting`` makes of a log.
        limits: Stage -> how long at most, or a process whose stages have limits. In its final stages and on hold no clock runs.
        as_of: The moment of the review, of the kind of time the items have.
        clock: Since when an item is waiting.
        snoozed: Waits that are known and accepted. While one holds, its item is listed apart; afterwards its whole wait counts.
        calendar: Count its working time only. Needs aware times.
        by: A function from item to label, or the name of an attribute, for one result per label.

    Returns:
        The items over their limit, those with an excuse apart, and how many could not be judged and why; per label if *by* is given.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*, or naive where a *calendar* is given.
        LogError: An item lacks a field or waits since a time after *as_of*; a snooze has no reason.
        TypeError: A limit is no ``timedelta``.
        ValueError: There is no such *clock*.

    >>> from salesproc.metrics.waiting_rows import Waiting
    >>> deals = [
    ...     Waiting("D-1", "offer", entered_at=date(2025, 1, 1)),
    ...     Waiting("D-2", "offer", entered_at=date(2025, 1, 25)),
    ...     Waiting("D-3", "offer", entered_at=date(2025, 1, 5)),
    ... ]
    >>> holidays = Snooze("D-3", until=date(2025, 2, 10), reason="buyer on leave")
    >>> late = stalled(deals, {"offer": timedelta(days=14)}, as_of=date(2025, 1, 31), snoozed=[holidays])
    >>> late
    <Stalled by stage: 33.3% (1 of 3), 1 snoozed>
    >>> late.items[0].entity, late.items[0].overrun.days
    ('D-1', 16)
    """
    empty = StalledCounts[E](clock, as_of)
    parts = _reduce(items, limits, empty, snoozed=snoozed, calendar=calendar, by=by)
    if by is None:
        return finish_stalled(sum(parts.values(), empty))
    return break_down(parts, empty, finish_stalled, _size)


def reduce_stalled(
    items: Iterable[WaitingLike[E]],
    limits: Limits,
    *,
    as_of: date,
    clock: Clock = "stage",
    snoozed: Iterable[Snooze] = (),
    calendar: WorkingCalendar | None = None,
) -> StalledCounts[E]:
    """The first half of ``stalled``: from items to counts, which add up over disjoint sets of items."""
    empty = StalledCounts[E](clock, as_of)
    return sum(_reduce(items, limits, empty, snoozed=snoozed, calendar=calendar, by=None).values(), empty)


def _reduce(
    items: Iterable[WaitingLike[E]],
    limits: Limits,
    empty: StalledCounts[E],
    *,
    snoozed: Iterable[Snooze],
    calendar: WorkingCalendar | None,
    by: Callable[[WaitingLike[E]], K] | str | None,
) -> dict[Hashable, StalledCounts[E]]:
    if empty.clock not in get_args(Clock):
        raise ValueError(f"clock must be one of {', '.join(map(repr, get_args(Clock)))}, got {empty.clock!r}")
    stages = _limits(limits)
    excuses = {snooze.entity: snooze for snooze in snoozed if _holds(snooze, empty.as_of)}
    review = _Review(empty, stages, excuses, stopwatch(calendar, empty.as_of))
    parts: dict[Hashable, _Part[E]] = {}
    for number, item in enumerate(items, 1):
        if not hasattr(item, "entity") or not hasattr(item, "stage"):
            raise LogError(f"item {number} has no entity or no stage: {item!r}; give rows such as Waiting")
        where = f"item {number} ({item.entity!r})"
        name = label_of(item, by, where)
        parts.setdefault(name, _Part()).add(review.judge(item, where))
    return {name: part.counts(empty) for name, part in parts.items()}


class _Part(Generic[E]):
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.over = list[StalledItem[E]]()
        self.apart = Counter[str]()

    def add(self, found: StalledItem[E] | str) -> None:
        if isinstance(found, str):
            self.apart[found] += 1
        else:
            self.over.append(found)

    def counts(self, empty: StalledCounts[E]) -> StalledCounts[E]:
        names = ("within", "planned", "no_limit", "final", "unknown")
        return StalledCounts(
            empty.clock, empty.as_of, tuple(self.over), *(self.apart[name] for name in names)
        )


@attrs.frozen
class _Review(Generic[E]):
    """What is asked of one item after the other."""

    empty: StalledCounts[E]
    limits: Mapping[str, timedelta | Literal["final"]]
    excuses: Mapping[Hashable, Snooze]
    measure: Callable[[date, date], int]

    def judge(self, item: WaitingLike[E], where: str) -> StalledItem[E] | str:
        """The item when it is over its limit, else where to count it."""
        limit = self.limits.get(item.stage)
        if limit is None:
            return "no_limit"
        if isinstance(limit, str):
            return limit
        since = self._since(item, where)
        if since is None:
            return "unknown"
        if self.empty.clock == "activity" and self._has_plan(item, where):
            return "planned"
        age = timedelta(microseconds=self.measure(since, self._now))
        if age <= limit:
            return "within"
        excuse = self.excuses.get(item.entity)
        said = (None, None) if excuse is None else (excuse.reason, excuse.until)
        return StalledItem(item.entity, str.__str__(item.stage), age, limit, *said)

    @property
    def _now(self) -> date:
        return comparable(self.empty.as_of, self.empty.as_of, "as_of")

    def _since(self, item: WaitingLike[E], where: str) -> date | None:
        """Since when the item waits, by the clock; None when it does not say."""
        names = _SINCE[self.empty.clock]
        if not hasattr(item, names[0]):
            raise LogError(
                f"{where} has no {names[0]}, which the clock {self.empty.clock!r} needs: {item!r}; "
                f"give rows such as Waiting"
            )
        for name in names:
            at: date | None = getattr(item, name, None)
            if at is None:
                continue
            since = comparable(at, self.empty.as_of, f"{name} of {where}")
            if since > self._now:
                raise LogError(f"{name} of {where} lies after as_of: {at!r}, as_of {self.empty.as_of!r}")
            return since
        return None

    def _has_plan(self, item: WaitingLike[E], where: str) -> bool:
        """Whether something is planned at or after the review; what was planned before it does not stop the clock."""
        at: date | None = getattr(item, "planned_at", None)
        return at is not None and comparable(at, self.empty.as_of, f"planned_at of {where}") >= self._now


def _limits(limits: Limits) -> dict[str, timedelta | Literal["final"]]:
    """Stage -> its limit, or that it is final; stages without a limit and on hold are not in it."""
    found: dict[str, timedelta | Literal["final"]] = {}
    if isinstance(limits, Mapping):
        found.update(limits)
    else:
        for stage in limits.stages:
            if stage.final:
                found[stage.name] = "final"
            elif stage.limit is not None and stage.kind != StageKind.ON_HOLD:
                found[stage.name] = stage.limit
    for name, limit in found.items():
        if limit != "final":
            require_duration(limit, f"the limit of {name!r}")
    return found


def _holds(snooze: Snooze, as_of: date) -> bool:
    """Whether the excuse still holds at the review.

    Raises:
        LogError: It gives no reason.
    """
    if not snooze.reason:
        raise LogError(
            f"the snooze of {snooze.entity!r} until {snooze.until!r} gives no reason; say why it waits"
        )
    where = f"the snooze of {snooze.entity!r}"
    return comparable(snooze.until, as_of, where) > comparable(as_of, as_of, "as_of")


def _size(counts: StalledCounts[Any]) -> int:
    names = counts.within, counts.planned, counts.no_limit, counts.final, counts.unknown
    return len(counts.over) + sum(names)
