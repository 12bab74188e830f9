"""How fast is a lead answered, and is the promise kept? Those never answered stay in."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_duration
from salesproc._instants import MICROSECOND
from salesproc._tables import Shown
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError
from salesproc.metrics._log import comparable
from salesproc.metrics._touches import Touches, read_touches
from salesproc.metrics._waiting import Pauses, WaitingClock, WaitTally, waiting_clock
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.rates import Rate

__all__ = [
    "LeadArrival",
    "SlaAttainment",
    "lead_response_times",
    "reduce_lead_response_times",
    "sla_attainment",
]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


class LeadArrival(NamedTuple):
    """A lead came in, and perhaps was given to somebody.

    Attributes:
        entity: Which lead.
        created_at: When it came in, or asked again.
        assigned_at: When a rep got it; None while nobody has.
    """

    entity: str
    created_at: date
    assigned_at: date | None = None


Arrivals = Iterable[tuple[E, date, date | None, *tuple[object, ...]]]


@overload
def lead_response_times(
    leads: Arrivals[E],
    touches: Touches[E],
    *,
    as_of: date,
    clock: Literal["created", "assigned"],
    human: Callable[[Any], bool] | None = ...,
    calendar: WorkingCalendar | None = ...,
    pauses: Pauses[E] = ...,
    by: None = ...,
) -> Durations: ...
@overload
def lead_response_times(
    leads: Arrivals[E],
    touches: Touches[E],
    *,
    as_of: date,
    clock: Literal["created", "assigned"],
    human: Callable[[Any], bool] | None = ...,
    calendar: WorkingCalendar | None = ...,
    pauses: Pauses[E] = ...,
    by: Callable[[E], K],
) -> Breakdown[K, Durations]: ...
def lead_response_times(
    leads: Arrivals[E],
    touches: Touches[E],
    *,
    as_of: date,
    clock: Literal["created", "assigned"],
    human: Callable[[Any], bool] | None = None,
    calendar: WorkingCalendar | None = None,
    pauses: Pauses[E] = (),
    by: Callable[[E], Any] | None = None,
) -> Durations | Breakdown[Any, Durations]:
    """How long a lead waits for the first answer of a person.

    Leads nobody has answered stay in as open, at the time they have waited: without them the slowest would vanish, and the
    worst team would look best. An answer before the clock starts does not count.

    Args:
        leads: Rows ``(entity, created_at, assigned_at)``, such as `LeadArrival`; one per lead.
        touches: Rows ``(entity, at, ...)``: what was sent or said to the lead, in any order. A contact that says it was ``inbound`` is none.
        as_of: The moment of the review. Later leads and touches are left out and counted.
        clock: ``"created"`` is speed to lead, ``"assigned"`` is the rep's own time. Leads not assigned yet are counted as ``outside``.
        human: Which touches count as an answer, from the row; all when left out. An automatic mail is no answer.
        calendar: Count working time only; needs aware times.
        pauses: Rows ``(entity, start, end)``: when nobody was to answer that lead, such as a wait it asked for; end None while it lasts.
        by: From lead to label, for one result per label.

    Returns:
        Percentiles and counts; ``finished`` are the answered, ``open`` the waiting.

    Raises:
        LogError: A lead comes twice, or a row cannot be read; the message names it.
        NaiveTimeError: Times of two kinds, or a calendar with times that are not aware.

    Source:
        Speed to lead and first response as sales teams use them: ``docs/reference/glossary.md``.

    >>> leads = [("L-1", date(2025, 3, 3), None), ("L-2", date(2025, 3, 3), None), ("L-3", date(2025, 3, 4), None)]
    >>> calls = [("L-1", date(2025, 3, 4)), ("L-2", date(2025, 3, 8))]
    >>> lead_response_times(leads, calls, as_of=date(2025, 3, 31), clock="created")
    <Durations: median 5.0 d, 2 finished, 0 lost, 1 open, 0 backwards>
    """
    parts = _reduce(leads, touches, _Watch(as_of, clock, human, waiting_clock(calendar, pauses, as_of)), by)
    if by is None:
        return finish_durations(sum(parts.values(), DurationCounts()))
    return break_down(parts, DurationCounts(), finish_durations, _size)


def reduce_lead_response_times(
    leads: Arrivals[E],
    touches: Touches[E],
    *,
    as_of: date,
    clock: Literal["created", "assigned"],
    human: Callable[[Any], bool] | None = None,
    calendar: WorkingCalendar | None = None,
    pauses: Pauses[E] = (),
) -> DurationCounts:
    """The first half of `lead_response_times`: counts that add up over disjoint sets of leads."""
    watch = _Watch(as_of, clock, human, waiting_clock(calendar, pauses, as_of))
    return sum(_reduce(leads, touches, watch, None).values(), DurationCounts())


@attrs.frozen(repr=False)
class SlaAttainment(Shown):
    """How often a promise of time was kept.

    Attributes:
        met: Answered within the target.
        missed: Answered later, or still waiting beyond it.
        running: Still waiting, and the target has not passed.
        target: What was promised.
    """

    met: int
    missed: int
    running: int
    target: timedelta

    @property
    def rate(self) -> Rate:
        """Met over met plus missed; those still running are in neither."""
        return Rate(self.met, self.met + self.missed)

    def __add__(self, other: object) -> "SlaAttainment":
        if not isinstance(other, SlaAttainment):
            return NotImplemented
        if other.target != self.target:
            raise ValueError(f"attainment of {self.target} and of {other.target} do not add up")
        return SlaAttainment(
            self.met + other.met, self.missed + other.missed, self.running + other.running, self.target
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts, the share that was kept, the target in hours."""
        return [
            {
                "met": self.met,
                "missed": self.missed,
                "running": self.running,
                "share": self.rate.value,
                "target_hours": self.target / timedelta(hours=1),
            }
        ]

    def __str__(self) -> str:
        return f"{self.rate} within {_text.duration(self.target)}; {self.running:,} still running"


def sla_attainment(times: Durations, target: timedelta) -> SlaAttainment:
    """How many were answered within the target, who missed it, and whose time is still running.

    Args:
        times: From `lead_response_times`; of any durations, in working time where those are.
        target: The time promised; an answer at that very time is in time.

    Raises:
        TypeError: The target is no duration.
        ValueError: It is not above 0.

    Source:
        A waiting lead is missed once the target has passed, not only once it is answered.

    >>> waits = finish_durations(DurationCounts(finished={60_000_000: 3, 7200_000_000: 1}, open={10_000_000: 1}))
    >>> print(sla_attainment(waits, timedelta(hours=1)))
    75.0% (3 of 4) within 1.0 h; 1 still running
    """
    limit = require_duration(target, "target", zero=False) // MICROSECOND
    met = sum(count for took, count in times.counts.finished.items() if took <= limit)
    running = sum(count for age, count in times.counts.open.items() if age <= limit)
    return SlaAttainment(met, times.finished - met + times.open - running, running, target)


class _Watch:
    """How the time of a lead is taken: from when, by which clock, until when."""

    def __init__(
        self, as_of: date, clock: str, human: Callable[[Any], bool] | None, waiting: WaitingClock
    ) -> None:
        if clock not in {"created", "assigned"}:
            raise ValueError(f"clock must be 'created' or 'assigned', got {clock!r}")
        self.as_of, self.clock, self.human, self.waiting = as_of, clock, human, waiting
        self.review = comparable(as_of, as_of, "as_of")

    def add(
        self, entity: Hashable, start: date | None, number: int, answers: Iterable[date], part: WaitTally
    ) -> None:
        """Counts one lead: answered, waiting, not assigned yet, or in the future of the review."""
        if start is None:
            part.outside += 1
            return
        began = comparable(start, self.as_of, f"lead {number}")
        if began > self.review:
            part.after_as_of += 1
            return
        first = min((at for at in answers if at >= began), default=None)
        if first is None:
            part.open[self.waiting.microseconds(entity, began, self.review)] += 1
        else:
            part.finished[self.waiting.microseconds(entity, began, first)] += 1


def _reduce(
    leads: Arrivals[E], touches: Touches[E], watch: _Watch, by: Callable[[E], Any] | None
) -> dict[Hashable, DurationCounts]:
    answers: dict[E, list[date]] = defaultdict(list)
    late = Counter[E]()
    for entity, at in read_touches(
        touches if watch.human is None else filter(watch.human, touches), watch.as_of
    ):
        if at is None:
            late[entity] += 1
        else:
            answers[entity].append(at)
    parts: dict[Hashable, WaitTally] = defaultdict(WaitTally)
    seen: set[E] = set()
    for number, row in enumerate(leads, 1):
        entity, start = _start(row, number, watch.clock, seen)
        part = parts[None if by is None else by(entity)]
        watch.add(entity, start, number, answers.get(entity, ()), part)
        part.after_as_of += late[entity]
    return {label: part.counts() for label, part in parts.items()}


def _start(row: Any, number: int, clock: str, seen: set[Any]) -> tuple[Any, date | None]:
    try:
        entity, created, assigned = row[0], row[1], row[2]
    except (TypeError, LookupError) as error:
        raise LogError(
            f"lead {number} begins with entity, created_at and assigned_at, got {row!r}"
        ) from error
    if entity in seen:
        raise LogError(f"lead {number}: {entity!r} comes a second time; give one row per lead")
    seen.add(entity)
    return entity, created if clock == "created" else assigned


def _size(counts: DurationCounts) -> int:
    return sum(counts.finished.values()) + sum(counts.open.values())
