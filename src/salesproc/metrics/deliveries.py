"""Are orders delivered as promised, and are customers told when they are not? Excused ones apart, open ones never forgotten."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar, overload

import attrs

from salesproc._given import leading_fields, require_period
from salesproc.errors import LogError
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.deals import label_of
from salesproc.metrics.deliveries_results import DeliveryCounts, OnTimeDelivery, finish_on_time_delivery
from salesproc.metrics.durations import DurationCounts
from salesproc.periods import Period

__all__ = [
    "DeliveryHistory",
    "DeliveryIssueRow",
    "DeliveryLike",
    "on_time_delivery",
    "reduce_on_time_delivery",
]

DeliveryIssueRow: TypeAlias = tuple[date, date | None, bool, *tuple[object, ...]]
"""When we knew of an issue, when the customer was told (None while they are not), and whether it was force majeure, then anything."""


class DeliveryLike(Protocol):
    """Anything that keeps what was promised and when it came; the ``Delivery`` of ``salesproc.records`` does.

    All times of a list are of one kind: aware datetimes, naive datetimes, or plain dates.
    """

    @property
    def promises(self) -> Sequence[tuple[date, date]]:
        """Pairs of when a promise was made and by when the order was promised; the first one is of when it was placed."""
        ...

    @property
    def issues(self) -> Sequence[DeliveryIssueRow]:
        """What stood in the way."""
        ...

    @property
    def fulfilled_at(self) -> date | None:
        """When it came; None while it has not."""
        ...

    @property
    def cancelled_at(self) -> date | None:
        """When it was cancelled; None where it was not."""
        ...


class DeliveryHistory(NamedTuple):
    """An order with its promises as a plain row, for those whose orders come from a table.

    Attributes:
        promises: Pairs of when a promise was made and by when the order was promised.
        fulfilled_at: When it came; None while it has not.
        cancelled_at: When it was cancelled; None where it was not.
        issues: Rows of when we knew, when the customer was told, and whether it was force majeure.
        id: Which order; named in errors.
        owner: Who is responsible.

    >>> DeliveryHistory([(date(2026, 3, 2), date(2026, 3, 9))], fulfilled_at=date(2026, 3, 6)).owner is None
    True
    """

    promises: Sequence[tuple[date, date]]
    fulfilled_at: date | None = None
    cancelled_at: date | None = None
    issues: Sequence[DeliveryIssueRow] = ()
    id: str | None = None
    owner: str | None = None


D = TypeVar("D", bound=DeliveryLike)
K = TypeVar("K", bound=Hashable)


@overload
def on_time_delivery(
    deliveries: Iterable[D], *, as_of: date, period: Period | None = ..., by: None = ...
) -> OnTimeDelivery: ...
@overload
def on_time_delivery(
    deliveries: Iterable[D], *, as_of: date, period: Period | None = ..., by: Callable[[D], K]
) -> Breakdown[K, OnTimeDelivery]: ...
@overload
def on_time_delivery(
    deliveries: Iterable[D], *, as_of: date, period: Period | None = ..., by: str
) -> Breakdown[Any, OnTimeDelivery]: ...
def on_time_delivery(
    deliveries: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    by: Callable[[D], Any] | str | None = None,
) -> OnTimeDelivery | Breakdown[Any, OnTimeDelivery]:
    """Which share of the orders came as promised, how late the others are, and how long customers waited to be told.

    Early is on time, and so is the promised moment (or day) itself. A promise is broken when it passes before the order came and before another
    promise was made. That is excused where the customer was told, or force majeure was found, after the promise was made and before it passed.

    Args:
        deliveries: The ``Delivery`` records of ``salesproc.records``, `DeliveryHistory` rows, or anything like them; in any order, read once.
        as_of: The review. What was promised, found, told or done later has not happened yet.
        period: Only orders first promised for a time in it; all when left out.
        by: A function from order to label, or the name of an attribute, for one result per label.

    Returns:
        The rate with its counts. An order that broke a promise without excuse is late, also while it is open and when it was cancelled after
        that; its delay counts from the first such promise. Excused are those that came after the first promise, or are still to come, with
        every broken promise excused. Open ones with no promise broken are pending. Undefined when no promise was kept or broken.

    Raises:
        LogError: An order without a promise, one that ended twice or before it was placed, an issue of which a customer was told before we knew;
            the message names it.
        NaiveTimeError: Times of two kinds.

    Source:
        Never miss a deadline: early does no harm, later only for force majeure or difficulties told before, document 004 of
        ``docs/explanation/sources.md``; telling at once, OpenStax *Entrepreneurship* 8.6.

    >>> march = [date(2026, 3, day) for day in range(1, 32)]
    >>> orders = [
    ...     DeliveryHistory([(march[0], march[9])], fulfilled_at=march[6]),
    ...     DeliveryHistory([(march[0], march[9])], fulfilled_at=march[12]),
    ...     DeliveryHistory([(march[0], march[9])]),
    ...     DeliveryHistory(
    ...         [(march[0], march[9]), (march[5], march[19])], fulfilled_at=march[18], issues=[(march[4], march[5], False)]
    ...     ),
    ...     DeliveryHistory([(march[0], march[30])]),
    ... ]
    >>> found = on_time_delivery(orders, as_of=march[20])
    >>> print(found)
    33.3% (1 of 3) on time, 1 late and open; 1 excused, 0 cancelled, 1 pending; told after 24.0 h, 0 untold
    >>> found.lateness
    <Durations: median 3.0 d, 1 finished, 0 lost, 1 open, 0 backwards>
    """
    parts = _reduce(deliveries, as_of, period, by)
    if by is None:
        return finish_on_time_delivery(sum(parts.values(), DeliveryCounts()))
    return break_down(parts, DeliveryCounts(), finish_on_time_delivery, _size)


def reduce_on_time_delivery(
    deliveries: Iterable[D], *, as_of: date, period: Period | None = None
) -> DeliveryCounts:
    """The first half of `on_time_delivery`: counts that add up over disjoint sets of orders."""
    return sum(_reduce(deliveries, as_of, period, None).values(), DeliveryCounts())


def _reduce(
    deliveries: Iterable[D], as_of: date, period: Period | None, by: Callable[[D], Any] | str | None
) -> dict[Hashable, DeliveryCounts]:
    require_period(period)
    parts = defaultdict[Hashable, _Tally](_Tally)
    for number, one in enumerate(deliveries, 1):
        name: object = getattr(one, "id", None)
        where = f"order {number}" if name is None else f"order {number} ({name!r})"
        part = parts[label_of(one, by, where)]
        seen, due = _read(one, where, as_of)
        if seen is None:
            part.ends["ahead"] += 1
        elif period is not None and due not in period:
            part.ends["out_of_period"] += 1
        else:
            part.take(seen)
    return {label: part.counts() for label, part in parts.items()}


@attrs.define
class _Tally:
    """What one pass finds out about the orders of one label."""

    ends: Counter[str] = attrs.field(factory=Counter[str])
    late: defaultdict[str, Counter[int]] = attrs.field(factory=lambda: defaultdict(Counter))
    told: defaultdict[str, Counter[int]] = attrs.field(factory=lambda: defaultdict(Counter))

    def take(self, seen: "_Seen") -> None:
        """One order, and its issues."""
        for found, told, _ in seen.issues:
            how, until = ("open", seen.review) if told is None else ("finished", told)
            self.told[how][elapsed_microseconds(found, until)] += 1
        broken = list(_broken(seen))
        late = next((passed for passed, excused in broken if not excused), None)
        if late is not None:
            self.late[seen.how][elapsed_microseconds(late, seen.end)] += 1
        else:
            self.ends[_came_out(seen, excused=bool(broken))] += 1

    def counts(self) -> DeliveryCounts:
        late, told = (_durations(times) for times in (self.late, self.told))
        return DeliveryCounts(late=late, told=told, **self.ends)


def _durations(times: Mapping[str, Counter[int]]) -> DurationCounts:
    none = Counter[int]()
    finished, lost, waiting = (dict(times.get(how, none)) for how in ("finished", "lost", "open"))
    return DurationCounts(finished, lost, waiting)


def _came_out(seen: "_Seen", *, excused: bool) -> str:
    """What became of an order that broke no promise without excuse."""
    if seen.how == "lost":
        return "cancelled"
    if seen.how == "open":
        return "excused" if excused else "pending"
    return "on_time" if seen.end <= seen.promises[0][1] else "excused"


@attrs.frozen
class _Seen:
    """An order as it stood at the review.

    Attributes:
        promises: Those made before its end, in order.
        issues: Those known by the review, with what was told by then.
        end: When it came or was cancelled; the review while it is open.
        how: finished, lost (cancelled) or open.
        review: The moment of the review.
    """

    promises: list[tuple[date, date]]
    issues: list[tuple[date, date | None, bool]]
    end: date
    how: str
    review: date


def _broken(seen: _Seen) -> Iterator[tuple[date, bool]]:
    """The promises that passed before the order ended and before another one was made, and whether that is excused."""
    excuses = [told for _, told, _ in seen.issues if told is not None]
    excuses += [found for found, _, beyond_us in seen.issues if beyond_us]
    for (said, due), (until, _) in pairwise([*seen.promises, (seen.end, seen.end)]):
        if due < until:
            yield due, any(said < at <= due for at in excuses)


def _read(one: DeliveryLike, where: str, as_of: date) -> tuple[_Seen | None, date]:
    """The order as it stood at the review, None when it was placed later; and its first promise as it was given."""
    review = comparable(as_of, as_of, "as_of")
    given = [
        (comparable(said, as_of, where), comparable(due, as_of, where), due) for said, due in one.promises
    ]
    if not given:
        raise LogError(f"{where} has no promise; give pairs of when it was made and for when")
    for said, due, _ in given:
        if due < said:
            raise LogError(f"{where} cannot be promised for {due} at {said}, which is later: {one!r}")
    given.sort(key=itemgetter(0))
    placed, first = given[0][0], given[0][2]
    end, how = _end(one, where, as_of, placed)
    issues = [_issue(row, f"issue {number} of {where}", as_of) for number, row in enumerate(one.issues, 1)]
    if placed > review:
        return None, first
    if end is None or end > review:
        end, how = review, "open"
    known = [
        (found, told if told is not None and told <= review else None, beyond_us)
        for found, told, beyond_us in issues
        if found <= review
    ]
    return _Seen([(said, due) for said, due, _ in given if said <= end], known, end, how, review), first


def _end(one: DeliveryLike, where: str, as_of: date, placed: date) -> tuple[date | None, str]:
    ends = [("finished", one.fulfilled_at), ("lost", one.cancelled_at)]
    found = [(how, comparable(at, as_of, where)) for how, at in ends if at is not None]
    if len(found) > 1:
        raise LogError(f"{where} was fulfilled at {one.fulfilled_at!r} and cancelled at {one.cancelled_at!r}")
    if not found:
        return None, "open"
    how, end = found[0]
    if end < placed:
        raise LogError(f"{where} ended at {end}, before it was placed at {placed}: {one!r}")
    return end, how


def _issue(row: object, where: str, as_of: date) -> tuple[date, date | None, bool]:
    found_at, told_at, beyond_us = leading_fields(row, ("found_at", "told_at", "force_majeure"), where)
    found = comparable(found_at, as_of, where)
    told = None if told_at is None else comparable(told_at, as_of, where)
    if told is not None and told < found:
        raise LogError(f"{where} was told at {told_at}, before we knew of it at {found_at}: {row!r}")
    if not isinstance(beyond_us, bool):
        raise LogError(f"{where} must say whether it was force majeure by True or False, got {beyond_us!r}")
    return found, told, beyond_us


def _size(counts: DeliveryCounts) -> int:
    late = counts.late
    broken = sum(sum(part.values()) for part in (late.finished, late.lost, late.open))
    return counts.on_time + counts.excused + counts.cancelled + counts.pending + broken
