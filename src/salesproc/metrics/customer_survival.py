"""How long do customers stay? Those who are still there count for as long as they have been."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, TypeAlias, TypeVar, overload

from salesproc._given import leading_fields, require_period
from salesproc._instants import is_placeholder
from salesproc.errors import LogError
from salesproc.metrics._deal_ages import size
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.periods import Period

__all__ = ["StayRow", "customer_lifetimes", "reduce_customer_lifetimes"]

C = TypeVar("C", bound=Hashable)
K = TypeVar("K", bound=Hashable)

StayRow: TypeAlias = tuple[C, date, date | None, *tuple[object, ...]]
"""A row per customer: who, since when, until when or None, then anything."""


@overload
def customer_lifetimes(
    rows: Iterable[StayRow[C]], *, as_of: date, period: Period | None = None, by: None = None
) -> Durations: ...
@overload
def customer_lifetimes(
    rows: Iterable[StayRow[C]], *, as_of: date, period: Period | None = None, by: Callable[[C], K]
) -> Breakdown[K, Durations]: ...
def customer_lifetimes(
    rows: Iterable[StayRow[C]],
    *,
    as_of: date,
    period: Period | None = None,
    by: Callable[[C], K] | None = None,
) -> Durations | Breakdown[Any, Durations]:
    """How long customers with a contract stay, from its start to its end, the ones who are still there included.

    A mean over those who have left is too short, the more so the younger the firm: the ones who stay are not in it yet. `survival_curve` of the result
    is the share still there by age.

    Without a contract nobody says that they leave, and there is no end to put into a row: see `customer_cohorts` instead.

    Args:
        rows: ``(customer, since, until)``, one per customer, in any order, read once. *until* is the first day without service, or None for
            somebody who is still there. A customer with several contracts has one row, from the first start to the last end, or every renewal
            would look like a leaving. Everybody ever served belongs in it, not only those of today.
        as_of: The review, of the kind of time the rows have. Who leaves after it is still there; who comes after it is left out and counted.
        period: Only customers who came in it.
        by: A function from customer to label, for one result per label.

    Returns:
        Counts, percentiles and the curve of leaving: ``finished`` have left, ``open`` are still there. Per label if *by* is given.

    Raises:
        LogError: A row that cannot be read, ends before it starts, ends on a placeholder such as 9999-12-31, or names a customer a second time.
        NaiveTimeError: A time is of another kind than *as_of*; the message names the row.

    Source:
        Product-limit estimate: E. L. Kaplan and P. Meier, JASA 53 (1958).

    >>> rows = [
    ...     ("ann", date(2024, 1, 1), date(2024, 1, 31)),
    ...     ("bob", date(2024, 1, 1), None),
    ...     ("cid", date(2024, 3, 1), date(2024, 4, 30)),
    ...     ("dan", date(2024, 6, 1), None),
    ... ]
    >>> stays = customer_lifetimes(rows, as_of=date(2024, 6, 30))
    >>> stays
    <Durations: median 60.0 d, 2 finished, 0 lost, 2 open, 0 backwards>
    >>> stays.finished_only_mean.days
    45
    """
    parts = _reduce(rows, as_of=as_of, period=period, by=by)
    if by is None:
        return finish_durations(sum(parts.values(), DurationCounts()))
    return break_down(parts, DurationCounts(), finish_durations, size)


def reduce_customer_lifetimes(
    rows: Iterable[StayRow[C]], *, as_of: date, period: Period | None = None
) -> DurationCounts:
    """The first half of `customer_lifetimes`: counts that add up over disjoint sets of customers. `finish_durations` is the second."""
    return sum(_reduce(rows, as_of=as_of, period=period, by=None).values(), DurationCounts())


def _reduce(
    rows: Iterable[StayRow[C]],
    *,
    as_of: date,
    period: Period | None,
    by: Callable[[C], K] | None,
) -> dict[Hashable, DurationCounts]:
    require_period(period)
    review = comparable(as_of, as_of, "as_of")
    ages = defaultdict[Hashable, Counter[tuple[str, int]]](Counter)
    first_rows = dict[C, int]()
    for number, row in enumerate(rows, 1):
        customer, since, until = read_stay(row, as_of, f"row {number}")
        if first_rows.setdefault(customer, number) != number:
            raise LogError(
                f"row {number} names {customer!r} a second time, after row {first_rows[customer]}; "
                f"join the contracts of a customer into one row, from the first start to the last end"
            )
        ages[None if by is None else by(customer)][_stay(since, until, review, period)] += 1
    return {label: _counts(found) for label, found in ages.items()}


def _stay(since: date, until: date | None, review: date, period: Period | None) -> tuple[str, int]:
    """What became of a customer, and after how many microseconds, where that counts."""
    if since > review:
        return "after_as_of", 0
    if period is not None and since not in period:
        return "out_of_period", 0
    if until is None or until > review:
        return "open", elapsed_microseconds(since, review)
    return "finished", elapsed_microseconds(since, until)


def _counts(found: Counter[tuple[str, int]]) -> DurationCounts:
    def of(outcome: str) -> dict[int, int]:
        return {age: count for (name, age), count in found.items() if name == outcome}

    return DurationCounts(
        finished=of("finished"),
        open=of("open"),
        out_of_period=found["out_of_period", 0],
        after_as_of=found["after_as_of", 0],
    )


def read_stay(row: object, as_of: date, where: str) -> tuple[Any, date, date | None]:
    """The row, with times that can be compared."""
    customer, given_since, given_until = leading_fields(row, ("customer", "since", "until"), where)
    since = comparable(given_since, as_of, where)
    if given_until is None:
        return customer, since, None
    if isinstance(given_until, date) and is_placeholder(given_until):
        raise LogError(
            f"{where} ends on {given_until!r}, which is a placeholder; give None for a customer who is still there"
        )
    until = comparable(given_until, as_of, where)
    if until < since:
        raise LogError(f"{where} ends before it starts: {row!r}")
    return customer, since, until
