"""Did what was forecast to close in a period close in it?"""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc.metrics._adding import added
from salesproc.metrics._amounts import Amounts
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.deals import deal_label, read_deals
from salesproc.metrics.histories import (
    Event,
    RememberingDeal,
    currency_of,
    days_of,
    due_in,
    events_of,
    standing_when,
)
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = ["Slippage", "SlippageCounts", "finish_slippage", "reduce_slippage", "slippage"]

H = TypeVar("H", bound=RememberingDeal)
K = TypeVar("K", bound=Hashable)

_FATES = ("won", "lost", "pushed", "overdue", "running", "removed")


@attrs.frozen(kw_only=True)
class SlippageCounts:
    """What adds up over deals: what became of those forecast to close, at the amounts they were forecast with.

    Attributes:
        won: Won in the period.
        lost: Lost in the period.
        pushed: Open, and now expected to close after the period.
        overdue: Open after the period, with a day in it or before it: nobody has said when they will close.
        running: Open and still expected to close, in a period that is not over.
        removed: Deleted, or merged into others.
        undated: Deals open at the start without a day on which they were expected to close: in no forecast.
        not_forecast: All other deals.
    """

    won: Amounts = attrs.field(factory=Amounts)
    lost: Amounts = attrs.field(factory=Amounts)
    pushed: Amounts = attrs.field(factory=Amounts)
    overdue: Amounts = attrs.field(factory=Amounts)
    running: Amounts = attrs.field(factory=Amounts)
    removed: Amounts = attrs.field(factory=Amounts)
    undated: Amounts = attrs.field(factory=Amounts)
    not_forecast: int = 0

    def __add__(self, other: object) -> "SlippageCounts":
        if not isinstance(other, SlippageCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(repr=False)
class Slippage:
    """What became of the deals forecast to close, with each rate that goes by the name of slippage.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: SlippageCounts

    @property
    def forecast(self) -> Amounts:
        """All deals that were forecast to close in the period; their fates add up to it."""
        groups: list[Amounts] = [getattr(self.counts, name) for name in _FATES]
        return sum(groups, Amounts())

    @property
    def still_open(self) -> Rate:
        """Slipped in the narrow sense: pushed and overdue, of all forecast. Lost deals did not slip. A lower bound while deals are running."""
        return Rate(self._slipped.deals, self.forecast.deals)

    @property
    def not_won(self) -> Rate:
        """Slipped in the wide sense: pushed, overdue, removed and lost, of all forecast. A lower bound while deals are running."""
        return Rate((self._slipped + self._gone).deals, self.forecast.deals)

    @property
    def lost(self) -> Rate:
        """Lost in the period, of all forecast."""
        return Rate(self.counts.lost.deals, self.forecast.deals)

    @property
    def still_open_by_value(self) -> Fraction | None:
        """As `still_open`, by the amounts forecast, exact; None when nothing worth anything was forecast."""
        return self._share(self._slipped)

    @property
    def not_won_by_value(self) -> Fraction | None:
        """As `not_won`, by the amounts forecast, exact; None when nothing worth anything was forecast."""
        return self._share(self._slipped + self._gone)

    @property
    def undefined(self) -> str | None:
        """Why there are no rates; None when there are."""
        return None if self.forecast.deals else "no deal was forecast to close in the period"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per fate: deals, the forecast value as exact text, the currency, how many lack an amount."""
        groups: list[tuple[str, Amounts]] = [(name, getattr(self.counts, name)) for name in _FATES]
        return [
            {
                "fate": name,
                "deals": group.deals,
                "value": None if group.money is None else str(group.money.amount),
                "currency": None if group.money is None else group.money.currency,
                "without_amount": group.without_amount,
            }
            for name, group in groups
        ]

    def __str__(self) -> str:
        groups: list[tuple[str, Amounts]] = [(name, getattr(self.counts, name)) for name in _FATES]
        rows = [
            (name, f"{group.deals:,}", _text.ABSENT if group.money is None else str(group.money))
            for name, group in groups
        ]
        return (
            _text.table(("fate", "deals", "value"), rows)
            + f"\nstill open: {self.still_open}, not won: {self.not_won}"
        )

    def __repr__(self) -> str:
        running = f", {self.counts.running.deals} running" if self.counts.running.deals else ""
        return f"<Slippage: {self.still_open} still open, {self.not_won} not won{running}>"

    def _repr_html_(self) -> str:
        rows = [["" if cell is None else str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table(
            repr(self)[1:-1], ("fate", "deals", "value", "currency", "without amount"), rows
        )

    @property
    def _slipped(self) -> Amounts:
        return self.counts.pushed + self.counts.overdue

    @property
    def _gone(self) -> Amounts:
        return self.counts.lost + self.counts.removed

    def _share(self, part: Amounts) -> Fraction | None:
        whole = self.forecast.money
        if whole is None or whole.amount <= 0:
            return None
        return Fraction(0) if part.money is None else part.money / whole


@overload
def slippage(deals: Iterable[H], *, period: Period, as_of: date, by: None = ...) -> Slippage: ...
@overload
def slippage(
    deals: Iterable[H], *, period: Period, as_of: date, by: Callable[[H], K]
) -> Breakdown[K, Slippage]: ...
@overload
def slippage(deals: Iterable[H], *, period: Period, as_of: date, by: str) -> Breakdown[Any, Slippage]: ...
def slippage(
    deals: Iterable[H], *, period: Period, as_of: date, by: Callable[[H], Any] | str | None = None
) -> Slippage | Breakdown[Any, Slippage]:
    """How much of what was forecast to close in the period did not.

    Forecast is what was open when the period began and was then expected to close in it, at the amount it then had. What was created, or pulled in,
    later has no part in it: for that ask `pipeline_waterfall`.

    Args:
        deals: Deals with the history of their amounts and close dates, in any order, read once.
        period: Of the kind of time the histories have; expected closes are compared by day.
        as_of: The moment of the review; what happened after it, or after the period, has not happened yet.
        by: A function from deal to label, or the name of an attribute, for one result per label.

    Returns:
        What became of the forecast deals, as they stood at the end of the period, with the rates under names that say what slipping means:
        ``still_open`` and ``not_won``; ``lost`` apart. Undefined when nothing was forecast.

    Raises:
        CurrencyMismatch: Amounts in several currencies; split by currency, or convert first.
        LogError: A deal whose history contradicts itself; the message names it.
        NaiveTimeError: A time is of another kind than the period.
        ValueError: *as_of* lies before the period.

    Source:
        Not won on time (lost ones too) in one tool, still open past its day in another: ``docs/explanation/decisions.md``.

    >>> from salesproc.metrics import DealHistory
    >>> dec, jan, march = date(2024, 12, 2), date(2025, 1, 20), date(2025, 3, 3)
    >>> deals = [
    ...     DealHistory(dec, jan, "won", close_dates=[(dec, jan)]),
    ...     DealHistory(dec, jan, "lost", close_dates=[(dec, jan)]),
    ...     DealHistory(dec, None, "open", close_dates=[(dec, jan), (jan, march)]),
    ...     DealHistory(dec, None, "open", close_dates=[(dec, jan)]),
    ... ]
    >>> slippage(deals, period=Period.month(2025, 1), as_of=march)
    <Slippage: 50.0% (2 of 4) still open, 75.0% (3 of 4) not won>
    """
    parts = _reduce(deals, _question(period, as_of), by)
    if by is None:
        return finish_slippage(sum(parts.values(), SlippageCounts()))
    return break_down(
        parts, SlippageCounts(), finish_slippage, lambda counts: Slippage(counts).forecast.deals
    )


def reduce_slippage(deals: Iterable[RememberingDeal], *, period: Period, as_of: date) -> SlippageCounts:
    """The first half of `slippage`: counts that add up over disjoint sets of deals."""
    return sum(_reduce(deals, _question(period, as_of), None).values(), SlippageCounts())


def finish_slippage(counts: SlippageCounts) -> Slippage:
    """From counts to the result."""
    return Slippage(counts)


class _Question(NamedTuple):
    """Which forecast is asked about, and what is known of it."""

    period: Period
    begin: date
    end: date
    review: date
    over: bool
    days: tuple[date, date]


def _question(period: Period, as_of: date) -> _Question:
    require_period(period, optional=False)
    begin, end, review = (comparable(at, as_of, "period") for at in (period.start, period.end, as_of))
    if review < begin:
        raise ValueError(f"as_of must not lie before the period, got {as_of!r} for {period!r}")
    # Of plain dates, the day of the review belongs to what is known.
    known_until = review if isinstance(review, datetime) else review + timedelta(days=1)
    return _Question(period, begin, end, review, known_until >= end, days_of(period))


def _reduce(
    deals: Iterable[H], question: _Question, by: Callable[[H], Any] | str | None
) -> dict[Hashable, SlippageCounts]:
    label = deal_label(by)
    parts: dict[Hashable, SlippageCounts] = {}
    currency: str | None = None
    for seen in read_deals(deals, as_of=question.period.end):
        events = events_of(seen.deal, seen.where, question.period.start, currency)
        currency = currency_of(events, currency)
        key = label(seen)
        parts[key] = parts.get(key, SlippageCounts()) + _fate(events, question)
    return parts


def _fate(events: list[Event], question: _Question) -> SlippageCounts:
    """What became of one deal."""
    then = standing_when(events, lambda at: at < question.begin)
    amount = Amounts.of(then.amount, "a deal")
    if then.status == "open" and then.close_date is None:
        return SlippageCounts(undated=amount)
    if then.status != "open" or not due_in(then.close_date, question.days):
        return SlippageCounts(not_forecast=1)
    now = standing_when(events, lambda at: at < question.end and at <= question.review)
    if now.status != "open":
        fate: dict[str, Any] = {now.status: amount}
        return SlippageCounts(**fate)
    if now.close_date is not None and now.close_date > question.days[1]:
        return SlippageCounts(pushed=amount)
    return SlippageCounts(overdue=amount) if question.over else SlippageCounts(running=amount)
