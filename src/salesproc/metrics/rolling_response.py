"""How long does a lead wait each time it asks? Not only the first answer counts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, TypeVar, overload

from salesproc._given import require_period
from salesproc.calendars import WorkingCalendar
from salesproc.metrics._log import comparable
from salesproc.metrics._touches import Touches, read_touches
from salesproc.metrics._waiting import Pauses, WaitingClock, WaitTally, waiting_clock
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.periods import Period

__all__ = ["reduce_rolling_response_times", "rolling_response_times"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@overload
def rolling_response_times(
    asked: Touches[E],
    answers: Touches[E],
    *,
    as_of: date,
    period: Period | None = ...,
    calendar: WorkingCalendar | None = ...,
    pauses: Pauses[E] = ...,
    by: None = ...,
) -> Durations: ...
@overload
def rolling_response_times(
    asked: Touches[E],
    answers: Touches[E],
    *,
    as_of: date,
    period: Period | None = ...,
    calendar: WorkingCalendar | None = ...,
    pauses: Pauses[E] = ...,
    by: Callable[[E], K],
) -> Breakdown[K, Durations]: ...
def rolling_response_times(
    asked: Touches[E],
    answers: Touches[E],
    *,
    as_of: date,
    period: Period | None = None,
    calendar: WorkingCalendar | None = None,
    pauses: Pauses[E] = (),
    by: Callable[[E], Any] | None = None,
) -> Durations | Breakdown[Any, Durations]:
    """How long a lead waits for us, every time it does.

    A wait begins with the first question since our last answer and ends with the next answer; further questions in between
    do not start it anew. `lead_response_times` measures the first wait only, from when the lead came in.

    Args:
        asked: Rows ``(entity, at, ...)``: what came from the leads, in any order. Of contacts that say ``inbound``, those that did.
        answers: Rows ``(entity, at, ...)``: what went to them; of contacts that say ``inbound``, the others, so one list serves for both. One at the very time of a question answers it; one that no question went before ends no wait.
        as_of: The moment of the review. Later rows are left out and counted.
        period: Only waits that began in it, whenever they ended.
        calendar: Count working time only; needs aware times.
        pauses: Rows ``(entity, start, end)``: when nobody was to answer that lead; end None while it lasts.
        by: From lead to label, for one result per label.

    Returns:
        Percentiles and counts of waits: ``finished`` are the answered, ``open`` those still waiting, at the time they have waited.

    Raises:
        LogError: A row cannot be read; the message names it.
        NaiveTimeError: Times of two kinds, or a calendar with times that are not aware.
        TypeError: The period is none.

    Source:
        Rolling response times, as help desks promise them beside the first response: ``docs/reference/glossary.md``.

    >>> day = [date(2025, 3, n) for n in range(1, 32)]
    >>> asked = [("L-1", day[2]), ("L-1", day[3]), ("L-1", day[9])]
    >>> rolling_response_times(asked, [("L-1", day[0]), ("L-1", day[5])], as_of=day[11])
    <Durations: median 3.0 d, 1 finished, 0 lost, 1 open, 0 backwards>
    """
    parts = _reduce(
        asked, answers, as_of=as_of, period=period, clock=waiting_clock(calendar, pauses, as_of), by=by
    )
    if by is None:
        return finish_durations(sum(parts.values(), DurationCounts()))
    return break_down(parts, DurationCounts(), finish_durations, _size)


def reduce_rolling_response_times(
    asked: Touches[E],
    answers: Touches[E],
    *,
    as_of: date,
    period: Period | None = None,
    calendar: WorkingCalendar | None = None,
    pauses: Pauses[E] = (),
) -> DurationCounts:
    """The first half of `rolling_response_times`: counts that add up over disjoint sets of leads."""
    parts = _reduce(
        asked, answers, as_of=as_of, period=period, clock=waiting_clock(calendar, pauses, as_of), by=None
    )
    return sum(parts.values(), DurationCounts())


def _reduce(
    asked: Touches[E],
    answers: Touches[E],
    *,
    as_of: date,
    period: Period | None,
    clock: WaitingClock,
    by: Callable[[E], Any] | None,
) -> dict[Hashable, DurationCounts]:
    require_period(period)
    review = comparable(as_of, as_of, "as_of")
    late = Counter[E]()
    messages = defaultdict[E, list[tuple[date, bool]]](list)
    for what, ours, rows in (("question", False, asked), ("answer", True, answers)):
        for entity, at in read_touches(rows, as_of, what=what, inbound=not ours):
            if at is None:
                late[entity] += 1
            else:
                messages[entity].append((at, ours))
    parts: dict[Hashable, WaitTally] = defaultdict(WaitTally)
    for entity in [*messages, *(one for one in late if one not in messages)]:
        part = parts[None if by is None else by(entity)]
        part.after_as_of += late[entity]
        for start, end in _waits(messages.get(entity, ())):
            if period is not None and start not in period:
                part.out_of_period += 1
                continue
            took = clock.microseconds(entity, start, review if end is None else end)
            (part.open if end is None else part.finished)[took] += 1
    return {label: part.counts() for label, part in parts.items()}


def _waits(messages: Iterable[tuple[date, bool]]) -> Iterable[tuple[date, date | None]]:
    """From when to when a lead waited; None at the end of a wait that lasts. Of equal times the question comes first."""
    since: date | None = None
    for at, ours in sorted(messages):
        if not ours:
            since = at if since is None else since
        elif since is not None:
            yield since, at
            since = None
    if since is not None:
        yield since, None


def _size(counts: DurationCounts) -> int:
    return sum(counts.finished.values()) + sum(counts.open.values())
