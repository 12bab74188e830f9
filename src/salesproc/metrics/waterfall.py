"""What became of the pipeline? From what it was worth at the start of a period to what it was worth at its end."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, TypeAlias, TypeVar, overload

from salesproc._given import require_period
from salesproc.metrics._amounts import Amounts
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.deals import deal_label, read_deals
from salesproc.metrics.histories import (
    Event,
    RememberingDeal,
    Standing,
    currency_of,
    days_of,
    due_in,
    events_of,
    standings,
)
from salesproc.metrics.waterfall_results import Waterfall, WaterfallCounts, finish_waterfall
from salesproc.money import Money
from salesproc.periods import Period

__all__ = ["pipeline_waterfall", "reduce_waterfall"]

H = TypeVar("H", bound=RememberingDeal)
K = TypeVar("K", bound=Hashable)

Days: TypeAlias = tuple[date, date]

_ENTRIES = {"ahead": "created", "open": "pulled_in", "won": "reopened", "lost": "reopened"}
_EXITS = {"open": "pushed_out", "won": "won", "lost": "lost", "removed": "removed"}


@overload
def pipeline_waterfall(
    deals: Iterable[H], *, period: Period, due: Period | None = ..., by: None = ...
) -> Waterfall: ...
@overload
def pipeline_waterfall(
    deals: Iterable[H], *, period: Period, due: Period | None = ..., by: Callable[[H], K]
) -> Breakdown[K, Waterfall]: ...
@overload
def pipeline_waterfall(
    deals: Iterable[H], *, period: Period, due: Period | None = ..., by: str
) -> Breakdown[Any, Waterfall]: ...
def pipeline_waterfall(
    deals: Iterable[H],
    *,
    period: Period,
    due: Period | None = None,
    by: Callable[[H], Any] | str | None = None,
) -> Waterfall | Breakdown[Any, Waterfall]:
    """Why is the pipeline worth more, or less, than at the start: what came in, what changed, what left, and how.

    Every movement counts where it happened, so a deal that is created, raised and won is in three buckets, and an amount raised and
    lowered again is in two. Opening, plus created, reopened, pulled in and increased, less decreased, pushed out, won, lost and removed, is
    closing, for any history; and the months of a quarter add up to the quarter, movement by movement.

    Args:
        deals: Deals with the history of their amounts and close dates, in any order, read once.
        period: What happened in it is counted; opening is just before its start, closing just before its end.
        due: The pipeline is the open deals expected to close in this period, by day; a deal whose day is moved into it is pulled in,
            one whose day is moved out of it, or who has none yet, is outside. When left out, the pipeline is every open deal, and nothing is ever
            pulled in or pushed out.
        by: A function from deal to label, or the name of an attribute, for one result per label.

    Returns:
        Every bucket with its deals and their value, in money of one currency. Deals without an amount are counted apart in each bucket; a first
        amount is an increase.

    Raises:
        CurrencyMismatch: Amounts in several currencies; split by currency, or convert first.
        LogError: A deal whose history contradicts itself; the message names it.
        NaiveTimeError: A time is of another kind than the period.

    Source:
        The buckets that make the identity close: ``docs/explanation/decisions.md``. Tools that net the changes of a deal, or
        count moves between stages, show other numbers.

    >>> from salesproc.metrics import DealHistory
    >>> from salesproc.money import Money
    >>> dec, jan, feb = date(2024, 12, 2), date(2025, 1, 9), date(2025, 1, 20)
    >>> deal = DealHistory(dec, feb, "won", amounts=[(dec, Money(900, "EUR")), (jan, Money(800, "EUR"))])
    >>> print(pipeline_waterfall([deal, DealHistory(jan, None, "open")], period=Period.month(2025, 1)))
    bucket     deals        value  without amount
    opening        1   900.00 EUR               0
    created        1     0.00 EUR               1
    reopened       0     0.00 EUR               0
    pulled in      0     0.00 EUR               0
    increased      0     0.00 EUR               0
    decreased      1  -100.00 EUR               0
    pushed out     0     0.00 EUR               0
    won            1  -800.00 EUR               0
    lost           0     0.00 EUR               0
    removed        0     0.00 EUR               0
    closing        1     0.00 EUR               1
    """
    parts = _reduce(deals, period, due, by)
    if by is None:
        return finish_waterfall(sum(parts.values(), WaterfallCounts()))
    return break_down(parts, WaterfallCounts(), finish_waterfall, _size)


def reduce_waterfall(
    deals: Iterable[RememberingDeal], *, period: Period, due: Period | None = None
) -> WaterfallCounts:
    """The first half of `pipeline_waterfall`: counts that add up over disjoint sets of deals."""
    return sum(_reduce(deals, period, due, None).values(), WaterfallCounts())


def _reduce(
    deals: Iterable[H], period: Period, due: Period | None, by: Callable[[H], Any] | str | None
) -> dict[Hashable, WaterfallCounts]:
    require_period(period, optional=False)
    require_period(due)
    label = deal_label(by)
    begin, end = (comparable(moment, period.start, "period") for moment in (period.start, period.end))
    days = None if due is None else days_of(due)
    parts: dict[Hashable, WaterfallCounts] = {}
    currency: str | None = None
    for seen in read_deals(deals, as_of=period.end):
        events = events_of(seen.deal, seen.where, period.start, currency)
        currency = currency_of(events, currency)
        key = label(seen)
        parts[key] = parts.get(key, WaterfallCounts()) + _moved(events, begin, end, days)
    return parts


def _moved(events: list[Event], begin: date, end: date, days: Days | None) -> WaterfallCounts:
    """What one deal did in the period."""
    counts, opening, closing = WaterfallCounts(), Standing(), Standing()
    for event, before, after in standings(events):
        if event.at >= end:
            break
        closing = after
        if event.at < begin:
            opening = after
        else:
            counts += _movement(event, before, after, days)
    if _inside(opening, days):
        counts += WaterfallCounts(opening=_amount(opening))
    if _inside(closing, days):
        counts += WaterfallCounts(closing=_amount(closing))
    return counts


def _movement(event: Event, before: Standing, after: Standing, days: Days | None) -> WaterfallCounts:
    """What one event moved."""
    was, now = _inside(before, days), _inside(after, days)
    if was and now:
        return _change(before.amount, after.amount)
    if now:
        return _bucket(_ENTRIES[before.status], after)
    if was:
        return _bucket(_EXITS[after.status], after)
    if before.status == "open" and after.status == "won" and days is not None and due_in(event.day, days):
        # Won before it was due, or without a day: its day is the day it was won.
        return WaterfallCounts(pulled_in=_amount(after), won=_amount(after))
    return WaterfallCounts()


def _bucket(name: str, standing: Standing) -> WaterfallCounts:
    moved: dict[str, Any] = {name: _amount(standing)}
    return WaterfallCounts(**moved)


def _change(before: Money | None, after: Money | None) -> WaterfallCounts:
    """What another amount of a deal in the pipeline moved."""
    if after is None or after == before:
        return WaterfallCounts()
    more = after if before is None else after - before
    size = Amounts.of(abs(more), "the change")
    first = int(before is None)
    if more.amount < 0:
        return WaterfallCounts(decreased=size, first_amounts=first)
    return WaterfallCounts(increased=size, first_amounts=first)


def _size(counts: WaterfallCounts) -> int:
    return counts.opening.deals + counts.closing.deals


def _inside(standing: Standing, days: Days | None) -> bool:
    return standing.status == "open" and (days is None or due_in(standing.close_date, days))


def _amount(standing: Standing) -> Amounts:
    return Amounts.of(standing.amount, "a deal")
