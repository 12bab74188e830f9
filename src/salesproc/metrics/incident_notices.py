"""How long until a customer hears from us that something went wrong? Those nobody has told yet stay in."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, NamedTuple, TypeAlias, TypeVar, overload

from salesproc._given import leading_fields
from salesproc.errors import LogError
from salesproc.metrics._deal_ages import size
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations

__all__ = ["IncidentNotice", "reduce_time_until_told", "time_until_told"]

K = TypeVar("K", bound=Hashable)


class IncidentNotice(NamedTuple):
    """We knew that something went wrong for a customer, and perhaps told them. Any tuple that begins like it serves as well.

    Attributes:
        customer: For whom.
        kind: What kind of thing; `IncidentKind` has some, a late delivery is another.
        known_at: When we knew.
        told_at: When the customer heard of it from us; None while nobody has told them.
    """

    customer: str
    kind: str
    known_at: date
    told_at: date | None = None


Notices: TypeAlias = Iterable[tuple[Hashable, str, date, date | None, *tuple[object, ...]]]
"""Rows that begin like `IncidentNotice`."""


@overload
def time_until_told(notices: Notices, *, as_of: date, by: None = ...) -> Durations: ...
@overload
def time_until_told(notices: Notices, *, as_of: date, by: Callable[[Any], K]) -> Breakdown[K, Durations]: ...
def time_until_told(
    notices: Notices, *, as_of: date, by: Callable[[Any], Any] | None = None
) -> Durations | Breakdown[Any, Durations]:
    """How long it takes from our knowing of an incident until the customer hears of it from us.

    A customer who finds out by themselves has lost more trust than the incident cost. Those nobody has told yet count at the time they have waited: without
    them a team that tells one of ten within the hour would look quick.

    Args:
        notices: Rows ``(customer, kind, known_at, told_at)``, such as `IncidentNotice`, in any order, read once.
        as_of: The review. What we knew later is left out and counted; whom we told later is not told yet.
        by: From a row to a label, such as its kind, for one result per label.

    Returns:
        Counts, percentiles and the curve: ``finished`` have been told, ``open`` have not.

    Raises:
        LogError: A row that cannot be read, or a customer told before we knew; the message names it.
        NaiveTimeError: Times of two kinds.

    Source:
        Product-limit estimate, as for ``time_to_convert``.

    >>> march = [date(2026, 3, day) for day in range(1, 31)]
    >>> rows = [
    ...     IncidentNotice("ann", "late delivery", march[0], march[1]),
    ...     IncidentNotice("bob", "late delivery", march[0], march[4]),
    ...     IncidentNotice("cid", "recall", march[2]),
    ... ]
    >>> time_until_told(rows, as_of=march[29])
    <Durations: median 4.0 d, 2 finished, 0 lost, 1 open, 0 backwards>
    """
    parts = _reduce(notices, as_of, by or _everybody)
    if by is None:
        return finish_durations(sum(parts.values(), DurationCounts()))
    return break_down(parts, DurationCounts(), finish_durations, size)


def reduce_time_until_told(notices: Notices, *, as_of: date) -> DurationCounts:
    """The first half of `time_until_told`: counts that add up over any two sets of rows; `finish_durations` is the second."""
    return sum(_reduce(notices, as_of, _everybody).values(), DurationCounts())


def _everybody(_row: object) -> None:
    """Everyone belongs to the one whole."""


def _reduce(notices: Notices, as_of: date, by: Callable[[Any], K]) -> dict[K, DurationCounts]:
    review = comparable(as_of, as_of, "as_of")
    told, waiting = defaultdict[K, Counter[int]](Counter), defaultdict[K, Counter[int]](Counter)
    late = Counter[K]()
    for number, row in enumerate(notices, 1):
        known, heard = _read(row, f"notice {number}", as_of)
        label = by(row)
        if known > review:
            late[label] += 1
        elif heard is not None and heard <= review:
            told[label][elapsed_microseconds(known, heard)] += 1
        else:
            waiting[label][elapsed_microseconds(known, review)] += 1
    return {
        label: DurationCounts(finished=dict(told[label]), open=dict(waiting[label]), after_as_of=late[label])
        for label in dict.fromkeys((*told, *waiting, *late))
    }


def _read(
    row: tuple[Hashable, str, date, date | None, *tuple[object, ...]], where: str, as_of: date
) -> tuple[date, date | None]:
    """The two times of a row, comparable."""
    _, _, known_at, told_at = leading_fields(row, ("customer", "kind", "known_at", "told_at"), where)
    known = comparable(known_at, as_of, where)
    heard = None if told_at is None else comparable(told_at, as_of, where)
    if heard is not None and heard < known:
        raise LogError(f"{where} was told at {told_at}, before we knew at {known_at}: {row!r}")
    return known, heard
