"""What does each channel bring, and what does it cost?"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

import attrs

from salesproc import _text
from salesproc.errors import CurrencyMismatch, UnknownName
from salesproc.metrics._adding import added
from salesproc.metrics.breakdown import Breakdown, Cell
from salesproc.metrics.deals import DealLike
from salesproc.metrics.outcome_results import OutcomeCounts, Outcomes
from salesproc.metrics.outcomes import deal_outcomes
from salesproc.money import Money
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = [
    "ChannelCounts",
    "ChannelPerformance",
    "ChannelRow",
    "channel_performance",
    "finish_channel_performance",
    "reduce_channel_performance",
]

D = TypeVar("D", bound=DealLike)


@attrs.frozen
class ChannelCounts:
    """What adds up over deals: how they ended, per channel.

    Attributes:
        channels: Per channel, the outcomes of its deals; those that name no channel under None.
    """

    channels: Mapping[str | None, OutcomeCounts] = attrs.field(factory=dict[str | None, OutcomeCounts])

    def __add__(self, other: object) -> "ChannelCounts":
        if not isinstance(other, ChannelCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen
class ChannelRow:
    """One channel.

    Attributes:
        channel: Its name; None for deals that name none.
        counts: How its deals ended.
        cost: What it cost; None when nobody has said, which is not nothing.
    """

    channel: str | None
    counts: OutcomeCounts
    cost: Money | None = None

    @property
    def deals(self) -> int:
        """Deals opened through it."""
        counts = self.counts
        return counts.won.deals + counts.lost.deals + counts.open.deals

    @property
    def won(self) -> Rate:
        """Won by now, of all deals opened through it, open ones included; it climbs while they are decided."""
        return Outcomes(self.counts).of_all

    @property
    def won_of_closed(self) -> Rate:
        """Won, of those won and lost."""
        return Outcomes(self.counts).closed

    @property
    def value(self) -> Money | None:
        """What its won deals are worth; None when none of them has an amount."""
        return self.counts.won.money

    @property
    def average_won(self) -> Money | None:
        """The mean amount of its won deals, rounded to the minor unit; None when none has an amount."""
        return self.counts.won.mean

    @property
    def cost_per_deal(self) -> Money | None:
        """What a deal opened through it cost, rounded to the minor unit; None without a cost or a deal."""
        return self.cost.divided_by(self.deals) if self.cost is not None and self.deals else None

    @property
    def cost_per_win(self) -> Money | None:
        """What a won deal cost, rounded to the minor unit; None without a cost or a win."""
        won = self.counts.won.deals
        return self.cost.divided_by(won) if self.cost is not None and won else None

    @property
    def value_per_cost(self) -> Fraction | None:
        """Won value over cost, exact; 1 brings in what it costs, before the cost of what is sold. None without a cost, or while wins lack amounts."""
        if self.cost is None or not self.cost:
            return None
        if self.value is None:
            return None if self.counts.won.deals else Fraction(0)
        return self.value / self.cost


@attrs.frozen(repr=False)
class ChannelPerformance:
    """What each channel brought, the most valuable first.

    Attributes:
        rows: One per channel that has deals or a cost; deals that name no channel in a row of their own, under None.
        out_of_period: Deals opened outside the period.
        ahead: Deals opened only after the review.
    """

    rows: tuple[ChannelRow, ...]
    out_of_period: int = 0
    ahead: int = 0

    def __getitem__(self, channel: str | None) -> ChannelRow:
        for row in self.rows:
            if row.channel == channel:
                return row
        known = [_text.label(row.channel) for row in self.rows]
        raise UnknownName("channel", _text.label(channel), known, "the channels")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per channel: deals by outcome, the rate, won value and cost as exact text, and what a win cost."""
        return [
            {
                "channel": _text.label(row.channel),
                "deals": row.deals,
                "won": row.counts.won.deals,
                "lost": row.counts.lost.deals,
                "open": row.counts.open.deals,
                "won_rate": row.won.value,
                "value": _plain(row.value),
                "cost": _plain(row.cost),
                "currency": _currency(row),
                "cost_per_win": _plain(row.cost_per_win),
                "value_per_cost": None if row.value_per_cost is None else float(row.value_per_cost),
                "won_without_amount": row.counts.won.without_amount,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        rows = [
            (
                _text.label(row.channel),
                f"{row.deals:,}",
                f"{row.counts.won.deals:,}",
                f"{row.won:.1%}",
                _shown(row.value),
                _shown(row.cost),
                _shown(row.cost_per_win),
            )
            for row in self.rows
        ]
        return _text.table(("channel", "deals", "won", "share won", "value", "cost", "cost per win"), rows)

    def __repr__(self) -> str:
        return (
            f"<ChannelPerformance of {len(self.rows)} channels, {sum(row.deals for row in self.rows)} deals>"
        )

    def _repr_html_(self) -> str:
        cells = [["" if cell is None else str(cell) for cell in row.values()] for row in self.to_rows()]
        head = [*("channel", "deals", "won", "lost", "open", "share won", "value", "cost", "currency")]
        head += ["cost per win", "value per cost", "won without amount"]
        return _text.html_table(repr(self)[1:-1], head, cells)


def channel_performance(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    costs: Mapping[str, Money] | None = None,
    channel: str | Callable[[D], str | None] = "channel",
) -> ChannelPerformance:
    """What became of the deals that each channel brought in a period, and what a win through it cost.

    A cohort by when deals were opened: what was spent in a period belongs to the deals it brought, whenever they close. Each deal belongs to one
    channel, the one it names; to share a sale out among all that touched it, ask `attribute`.

    Args:
        deals: Anything with amount, opened_at, closed_at, outcome and channel, in any order, read once.
        as_of: The moment of the review; what closed later is open.
        period: Only deals opened in it; all when left out.
        costs: What each channel cost in that period. A channel that cost something and brought nothing gets a row.
        channel: The attribute that names the channel, or a function from deal to channel.

    Returns:
        One row per channel, the most valuable first; open deals apart, never as lost. Young cohorts look bad: compare channels over one period.

    Raises:
        CurrencyMismatch: Amounts or costs in several currencies.
        LogError: A deal that contradicts itself, or has no such attribute.

    Source:
        Cost per win and return on what was spent, per channel: ``docs/explanation/decisions.md``.

    >>> from salesproc.metrics import Deal
    >>> jan, feb = date(2025, 1, 6), date(2025, 2, 3)
    >>> deals = [
    ...     Deal(Money(900, "EUR"), jan, feb, "won", owner="web"),
    ...     Deal(Money(100, "EUR"), jan, feb, "lost", owner="web"),
    ...     Deal(Money(500, "EUR"), jan, None, "open", owner="fair"),
    ... ]
    >>> costs = {"web": Money(300, "EUR"), "fair": Money(200, "EUR")}
    >>> print(channel_performance(deals, as_of=feb, costs=costs, channel="owner"))
    channel  deals  won  share won       value        cost  cost per win
    web          2    1      50.0%  900.00 EUR  300.00 EUR    300.00 EUR
    fair         1    0       0.0%         n/a  200.00 EUR           n/a
    """
    counts = reduce_channel_performance(deals, as_of=as_of, period=period, channel=channel)
    return finish_channel_performance(counts, costs=costs)


def reduce_channel_performance(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    channel: str | Callable[[D], str | None] = "channel",
) -> ChannelCounts:
    """The first half of `channel_performance`: counts that add up over disjoint sets of deals."""
    parts: Breakdown[Any, Outcomes]
    if isinstance(channel, str):
        parts = deal_outcomes(deals, as_of=as_of, period=period, base="created", by=channel)
    else:
        parts = deal_outcomes(deals, as_of=as_of, period=period, base="created", by=channel)
    return ChannelCounts({name: part.counts for name, part in parts.items()})


def finish_channel_performance(
    counts: ChannelCounts, *, costs: Mapping[str, Money] | None = None
) -> ChannelPerformance:
    """The rows of the counts, the most valuable first, equal ones by deals and name.

    Raises:
        CurrencyMismatch: Costs in several currencies, or in another one than the deals.
    """
    spent: dict[str | None, Money] = {name: cost for name, cost in (costs or {}).items()}  # noqa: C416 - widens the type of the keys
    _one_currency(counts, spent)
    rows = [
        ChannelRow(name, counts.channels.get(name, OutcomeCounts()), spent.get(name))
        for name in dict.fromkeys([*counts.channels, *spent])
    ]
    rows.sort(key=_rank)
    return ChannelPerformance(
        tuple(row for row in rows if row.deals or row.cost is not None),
        out_of_period=sum(part.out_of_period for part in counts.channels.values()),
        ahead=sum(part.ahead for part in counts.channels.values()),
    )


def _one_currency(counts: ChannelCounts, costs: Mapping[str | None, Money]) -> None:
    known: dict[str, str] = {}
    for part in counts.channels.values():
        whole = (part.won + part.lost + part.open).money
        known |= {} if whole is None else {whole.currency: "the deals"}
    for name, cost in costs.items():
        known.setdefault(cost.currency, f"the cost of {name!r}")
    if len(known) > 1:
        parts = ", ".join(f"{where} in {code}" for code, where in known.items())
        raise CurrencyMismatch(f"deals and costs must be in one currency, got {parts}; convert them first")


def _rank(row: ChannelRow) -> Any:
    value = -row.value.amount if row.value is not None else 0
    return value, -row.deals, row.channel is None, row.channel or ""


def _currency(row: ChannelRow) -> str | None:
    return next((one.currency for one in (row.value, row.cost) if one is not None), None)


def _plain(money: Money | None) -> str | None:
    return None if money is None else str(money.amount)


def _shown(money: Money | None) -> str:
    return _text.ABSENT if money is None else str(money)
