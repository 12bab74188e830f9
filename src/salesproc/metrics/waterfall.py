"""What became of the pipeline? From what it was worth at the start of a period to what it was worth at its end."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from typing import Any, TypeVar, overload

from salesproc._instants import MICROSECOND
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
from salesproc.periods import Period

__all__ = ["pipeline_waterfall", "reduce_waterfall"]

H = TypeVar("H", bound=RememberingDeal)
K = TypeVar("K", bound=Hashable)


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
    deals: Iterable[H], *, period: Period, due: Period | None = None, by: Callable[[H], Any] | str | None = None
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
    return break_down(parts, WaterfallCounts(), finish_waterfall, lambda counts: counts.opening.deals)


def reduce_waterfall(
    deals: Iterable[RememberingDeal], *, period: Period, due: Period | None = None
) -> WaterfallCounts:
    """The first half of `pipeline_waterfall`: counts that add up over disjoint sets of deals."""
    return sum(_reduce(deals, period, due, None).values(), WaterfallCounts())


def _reduce(
    deals: Iterable[H], period: Period, due: Period | None, by: Callable[[H], Any] | str | None
) -> dict[Hashable, WaterfallCounts]:
    label = deal_label(by)
    begin, end = (comparable(moment, period.start, "period") for moment in (period.start, period.end))
    days = None if due is None else days_of(due)
    parts: dict[Hashable, WaterfallCounts] = {}
    currency: str | None = None
    for seen in read_deals(deals, as_of=period.end):
        events = events_of(seen.deal, seen.where, period.start, currency)
        currency = currency_of(events, currency)
        key = label(seen)
        moved = _moved(events, seen.deal.closed_at, begin, end, days)
        parts[key] = parts.get(key, WaterfallCounts()) + moved
    return parts


def _moved(
    events: list[Event], closed_at: date | None, begin: date, end: date, days: tuple[date, date] | None
) -> WaterfallCounts:
    """What one deal did in the period."""
    counts, opening, closing = WaterfallCounts(), Standing(), Standing()
    for event, before, after in standings(events):
        if event.at >= end:
            break
        closing = after
        if event.at < begin:
            opening = after
        else:
            counts += _movement(before, after, event.at, days)
    held = {
        name: Amounts.of(standing.amount, name)
        for name, standing in (("opening", opening), ("closing", closing))
        if _inside(standing, days)
    }
    return counts + WaterfallCounts(**held)
