"""How long is a deal open, from opening to its end? The ones still open count too."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, Literal, TypeAlias, TypeVar, get_args, overload

import attrs

from salesproc.metrics._deal_ages import deal_ages, size
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.deals import DealLike
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.periods import Period

__all__ = ["CycleEnd", "reduce_sales_cycle", "sales_cycle_length"]

CycleEnd: TypeAlias = Literal["won", "lost", "closed"]
"""What ends a cycle: a win, a loss, or either."""

D = TypeVar("D", bound=DealLike)
K = TypeVar("K", bound=Hashable)


@overload
def sales_cycle_length(
    deals: Iterable[D],
    *,
    as_of: date,
    outcome: CycleEnd = "won",
    period: Period | None = None,
    by: None = None,
) -> Durations: ...
@overload
def sales_cycle_length(
    deals: Iterable[D],
    *,
    as_of: date,
    outcome: CycleEnd = "won",
    period: Period | None = None,
    by: Callable[[D], K],
) -> Breakdown[K, Durations]: ...
@overload
def sales_cycle_length(
    deals: Iterable[D],
    *,
    as_of: date,
    outcome: CycleEnd = "won",
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, Durations]: ...
def sales_cycle_length(
    deals: Iterable[D],
    *,
    as_of: date,
    outcome: CycleEnd = "won",
    period: Period | None = None,
    by: Callable[[D], K] | str | None = None,
) -> Durations | Breakdown[Any, Durations]:
    """How long it takes from opening a deal to winning it, by default.

    Open deals count at the age they have; with *outcome* ``"won"`` the lost ones have ended elsewhere, which rules winning
    out, so the share that is ever won may stay below one half, and then there is no median. The time within which half
    of the deals are off the table, whichever way, is that of ``outcome="closed"``.

    The usual "average sales cycle", the mean of the deals won so far, is ``finished_only_mean`` of the result. It is too short
    while the slow ones are still open.

    Args:
        deals: Anything with ``amount``, ``opened_at``, ``closed_at`` and ``outcome``, in any order, read once.
        as_of: The moment of the review, of the kind of time the deals have. A deal closed after it counts as open, one opened after it
            is left out and counted.
        outcome: What ends the cycle.
        period: Only deals opened in it.
        by: A function from deal to label, or the name of an attribute, for one result per label.

    Returns:
        Counts, percentiles and the curve, per label if *by* is given. ``finished`` are the deals that ended as asked, ``lost``
        those that ended the other way.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*; the message names the deal.
        LogError: A deal cannot be read; for example it closed before it was opened.
        ValueError: There is no such *outcome*.

    Source:
        Product-limit estimate and cumulative incidence, as for ``time_to_convert``.

    >>> from salesproc.metrics.deals import Deal
    >>> def day(n):
    ...     return date(2025, 1, n)
    >>> deals = [
    ...     Deal(None, day(1), day(11), "won"),
    ...     Deal(None, day(1), day(21), "won"),
    ...     Deal(None, day(1), day(6), "lost"),
    ...     Deal(None, day(2), None, "open"),
    ... ]
    >>> sales_cycle_length(deals, as_of=day(31))
    <Durations: median 20.0 d, 2 finished, 1 lost, 1 open, 0 backwards>
    """
    parts = _reduce(deals, as_of=as_of, outcome=outcome, period=period, by=by)
    if by is None:
        return finish_durations(sum(parts.values(), DurationCounts()))
    return break_down(parts, DurationCounts(), finish_durations, size)


def reduce_sales_cycle(
    deals: Iterable[DealLike], *, as_of: date, outcome: CycleEnd = "won", period: Period | None = None
) -> DurationCounts:
    """The first half of ``sales_cycle_length``: from deals to counts, which add up over disjoint sets of deals."""
    parts = _reduce(deals, as_of=as_of, outcome=outcome, period=period, by=None)
    return sum(parts.values(), DurationCounts())


def _reduce(
    deals: Iterable[D],
    *,
    as_of: date,
    outcome: CycleEnd,
    period: Period | None,
    by: Callable[[D], K] | str | None,
) -> dict[Hashable, DurationCounts]:
    if outcome not in get_args(CycleEnd):
        raise ValueError(
            f"outcome must be one of {', '.join(map(repr, get_args(CycleEnd)))}, got {outcome!r}"
        )
    parts = deal_ages(deals, as_of=as_of, period=period, by=by)
    return {label: _turned(counts, outcome) for label, counts in parts.items()}


def _turned(counts: DurationCounts, outcome: CycleEnd) -> DurationCounts:
    """The counts of won deals as those of the end that was asked for."""
    if outcome == "won":
        return counts
    if outcome == "lost":
        return attrs.evolve(counts, finished=counts.lost, lost=counts.finished)
    either = DurationCounts(counts.finished) + DurationCounts(counts.lost)
    return attrs.evolve(counts, finished=either.finished, lost={})
