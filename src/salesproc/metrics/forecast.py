"""What will close in the period? By forecast category, each alone and together with the surer ones."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc.errors import LogError, UnknownName, did_you_mean
from salesproc.metrics._adding import added
from salesproc.metrics._amounts import Amounts
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.deals import SeenDeal, deal_label, read_deals
from salesproc.metrics.histories import day_of, days_of, due_in
from salesproc.metrics.pipeline import DatedDeal
from salesproc.money import Money
from salesproc.periods import Period

__all__ = [
    "FORECAST_CATEGORIES",
    "Rollup",
    "RollupCounts",
    "RollupRow",
    "finish_forecast_rollup",
    "forecast_rollup",
    "reduce_forecast_rollup",
]

T = TypeVar("T", bound=DatedDeal)
K = TypeVar("K", bound=Hashable)

FORECAST_CATEGORIES = ("commit", "most_likely", "best_case", "pipeline")
"""The usual categories of open deals, the surest first. What is won is ``"closed"``, what is left out on purpose ``"omitted"``."""

_CLOSED, _OMITTED = "closed", "omitted"


@attrs.frozen(kw_only=True)
class RollupCounts:
    """What adds up over deals.

    Attributes:
        order: The categories of open deals, the surest first.
        categories: Per category, ``"closed"`` and ``"omitted"`` among them, the deals of the period.
        uncategorised: Open deals due in the period that have no category: in no sum.
        undated: Open deals without a day on which they are expected to close: in no period.
        overdue: Open deals that were expected to close before the period: due in no period until somebody says a new day.
        elsewhere: Deals that were lost, or won, due or opened outside of what is asked about.
    """

    order: tuple[str, ...]
    categories: Mapping[str, Amounts] = attrs.field(factory=dict[str, Amounts])
    uncategorised: Amounts = attrs.field(factory=Amounts)
    undated: Amounts = attrs.field(factory=Amounts)
    overdue: Amounts = attrs.field(factory=Amounts)
    elsewhere: int = 0

    def __add__(self, other: object) -> "RollupCounts":
        if not isinstance(other, RollupCounts):
            return NotImplemented
        return added(self, other, ("order",))


class RollupRow(NamedTuple):
    """One category of a forecast.

    Attributes:
        category: Its name.
        alone: The deals in this category.
        together: The deals in this one and in all surer ones, what is won among them.
    """

    category: str
    alone: Amounts
    together: Amounts


@attrs.frozen(repr=False)
class Rollup:
    """The forecast of a period, the surest category first.

    Attributes:
        rows: First what is won (``"closed"``), then each category of open deals. What was omitted on purpose is in none: see ``counts``.
        counts: The statistics it was made from.
    """

    rows: tuple[RollupRow, ...]
    counts: RollupCounts

    @property
    def open_pipeline(self) -> Amounts:
        """All open deals of the period in a category, without what is won and what is omitted."""
        return sum((row.alone for row in self.rows[1:]), Amounts())

    def __getitem__(self, category: str) -> RollupRow:
        for row in self.rows:
            if row.category == category:
                return row
        raise UnknownName("category", category, [row.category for row in self.rows], "the forecast")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per category: deals and value alone, deals and value together with the surer ones, amounts as exact text."""
        return [
            {
                "category": row.category,
                "deals": row.alone.deals,
                "value": _plain(row.alone.money),
                "deals_together": row.together.deals,
                "value_together": _plain(row.together.money),
                "currency": None if row.together.money is None else row.together.money.currency,
                "without_amount": row.alone.without_amount,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        rows = [
            (row.category, f"{row.alone.deals:,}", _shown(row.alone.money), _shown(row.together.money))
            for row in self.rows
        ]
        counts = self.counts
        left = (
            f"{counts.categories.get(_OMITTED, Amounts()).deals} omitted, "
            f"{counts.uncategorised.deals} without a category, {counts.undated.deals} without a day, "
            f"{counts.overdue.deals} overdue from before"
        )
        if counts.overdue.money is not None:
            left += f" ({counts.overdue.money})"
        return _text.table(("category", "deals", "alone", "together"), rows) + f"\nleft out: {left}"

    def __repr__(self) -> str:
        parts = ", ".join(f"{row.category} {_shown(row.together.money)}" for row in self.rows)
        return f"<Rollup: {parts}>"

    def _repr_html_(self) -> str:
        rows = [["" if cell is None else str(cell) for cell in row.values()] for row in self.to_rows()]
        head = (
            "category",
            "deals",
            "value",
            "deals together",
            "value together",
            "currency",
            "without amount",
        )
        return _text.html_table("forecast", head, rows)


@overload
def forecast_rollup(
    deals: Iterable[T],
    categories: Mapping[str, str] | Callable[[T], str | None],
    *,
    period: Period,
    as_of: date,
    order: tuple[str, ...] = ...,
    by: None = ...,
) -> Rollup: ...
@overload
def forecast_rollup(
    deals: Iterable[T],
    categories: Mapping[str, str] | Callable[[T], str | None],
    *,
    period: Period,
    as_of: date,
    order: tuple[str, ...] = ...,
    by: Callable[[T], K],
) -> Breakdown[K, Rollup]: ...
@overload
def forecast_rollup(
    deals: Iterable[T],
    categories: Mapping[str, str] | Callable[[T], str | None],
    *,
    period: Period,
    as_of: date,
    order: tuple[str, ...] = ...,
    by: str,
) -> Breakdown[Any, Rollup]: ...
def forecast_rollup(
    deals: Iterable[T],
    categories: Mapping[str, str] | Callable[[T], str | None],
    *,
    period: Period,
    as_of: date,
    order: tuple[str, ...] = FORECAST_CATEGORIES,
    by: Callable[[T], Any] | str | None = None,
) -> Rollup | Breakdown[Any, Rollup]:
    """What is won, committed, likely and possible in a period, each category alone and rolled up with the surer ones.

    No chances are in it: a category is what somebody stands by. For the sum weighted by chances ask `weighted_pipeline`.

    Args:
        deals: Anything with amount, opened_at, closed_at, outcome and close_date. Open ones count where they are expected to close in the
            period, as last said; won ones where they closed in it. Lost ones are passed over.
        categories: Stage to category, or a function from deal to category. A stage without one, or None, is counted as uncategorised.
        period: The period of the forecast; compared by day, on its own clock.
        as_of: The moment of the review; what closed later is open.
        order: The categories of open deals, the surest first. ``"omitted"`` is always one more, and in no sum.
        by: A function from deal to label, or the name of an attribute, for one result per label.

    Returns:
        Per category the deals and their value, ``alone`` and ``together``; what is uncategorised, undated and omitted apart.

    Raises:
        CurrencyMismatch: Amounts in several currencies; split by currency, or convert first.
        LogError: A deal that contradicts itself, or is in a category that is not in *order*: it would vanish from the sums.

    Source:
        Single-category and cumulative roll-ups of the common tools: ``docs/explanation/decisions.md``.

    >>> from salesproc.metrics import Deal
    >>> jan, feb = date(2025, 1, 6), date(2025, 2, 3)
    >>> deals = [
    ...     Deal(Money(500, "EUR"), jan, feb, "won"),
    ...     Deal(Money(300, "EUR"), jan, None, "open", stage="contract", close_date=feb),
    ...     Deal(Money(200, "EUR"), jan, None, "open", stage="demo", close_date=feb),
    ... ]
    >>> stages = {"demo": "pipeline", "contract": "commit"}
    >>> forecast_rollup(deals, stages, period=Period.quarter(2025, 1), as_of=feb, order=("commit", "pipeline"))
    <Rollup: closed 500.00 EUR, commit 800.00 EUR, pipeline 1,000.00 EUR>
    """
    parts = _reduce(deals, _question(categories, period, order), as_of, by)
    empty = RollupCounts(order=order)
    if by is None:
        return finish_forecast_rollup(sum(parts.values(), empty))
    return break_down(parts, empty, finish_forecast_rollup, _size)


def reduce_forecast_rollup(
    deals: Iterable[T],
    categories: Mapping[str, str] | Callable[[T], str | None],
    *,
    period: Period,
    as_of: date,
    order: tuple[str, ...] = FORECAST_CATEGORIES,
) -> RollupCounts:
    """The first half of `forecast_rollup`: counts that add up over disjoint sets of deals."""
    parts = _reduce(deals, _question(categories, period, order), as_of, None)
    return sum(parts.values(), RollupCounts(order=order))


def finish_forecast_rollup(counts: RollupCounts) -> Rollup:
    """From counts to the result."""
    rows = list[RollupRow]()
    together = Amounts()
    for name in (_CLOSED, *counts.order):
        alone = counts.categories.get(name, Amounts())
        together += alone
        rows.append(RollupRow(name, alone, together))
    return Rollup(tuple(rows), counts)


class _Question(NamedTuple, Generic[T]):
    """Which deals are asked about, and how they are told apart."""

    categories: Mapping[str, str] | Callable[[T], str | None]
    period: Period
    days: tuple[date, date]
    order: tuple[str, ...]


def _question(
    categories: Mapping[str, str] | Callable[[T], str | None], period: Period, order: tuple[str, ...]
) -> _Question[T]:
    if len(set(order)) != len(order) or {_CLOSED, _OMITTED} & set(order):
        raise ValueError(
            f"order names each category of open deals once, without 'closed' and 'omitted', got {order!r}"
        )
    require_period(period, optional=False)
    return _Question(categories, period, days_of(period), order)


def _reduce(
    deals: Iterable[T], question: _Question[T], as_of: date, by: Callable[[T], Any] | str | None
) -> dict[Hashable, RollupCounts]:
    label, empty = deal_label(by), RollupCounts(order=question.order)
    parts: dict[Hashable, RollupCounts] = {}
    currency: str | None = None
    for seen in read_deals(deals, as_of=as_of):
        amount = Amounts.of(seen.deal.amount, seen.where, currency)
        currency = currency or (None if amount.money is None else amount.money.currency)
        key = label(seen)
        parts[key] = parts.get(key, empty) + attrs.evolve(empty, **_placed(seen, amount, question))
    return parts


def _placed(seen: SeenDeal[T], amount: Amounts, question: _Question[T]) -> dict[str, Any]:
    """Where one deal belongs: the counts that are not nothing."""
    expected, closed = _close_date(seen.deal, seen.where), seen.closed_at
    if seen.outcome == "won" and closed is not None and _closed_in(closed, question.period):
        return {"categories": {_CLOSED: amount}}
    if seen.outcome != "open":
        return {"elsewhere": 1}
    if expected is None:
        return {"undated": amount}
    if day_of(expected) < question.days[0]:
        return {"overdue": amount}
    if not due_in(day_of(expected), question.days):
        return {"elsewhere": 1}
    category = _category(seen, question)
    return {"uncategorised": amount} if category is None else {"categories": {category: amount}}


def _category(seen: SeenDeal[T], question: _Question[T]) -> str | None:
    asked = question.categories
    category = asked(seen.deal) if callable(asked) else asked.get(_stage(seen.deal, seen.where))
    known = (*question.order, _OMITTED)
    if category is not None and category not in known:
        raise LogError(
            f"{seen.where} is in the category {category!r}; {did_you_mean(str(category), known)}, or put it into order="
        )
    return category


def _closed_in(closed_at: date, period: Period) -> bool:
    """Whether a deal closed in the period: at that instant, or on that day where it is a period of days."""
    return (closed_at if isinstance(period.start, datetime) else day_of(closed_at)) in period


def _close_date(deal: Any, where: str) -> date | None:
    try:
        found: date | None = deal.close_date
    except AttributeError as error:
        raise LogError(f"{where} has no close_date, the day it is expected to close: {deal!r}") from error
    return found


def _stage(deal: Any, where: str) -> str:
    stage: object = getattr(deal, "stage", None)
    if not isinstance(stage, str):
        raise LogError(
            f"{where} has the stage {stage!r}; give every open deal one, or categories= as a function"
        )
    return stage


def _size(counts: RollupCounts) -> int:
    return sum(group.deals for group in counts.categories.values())


def _plain(money: Money | None) -> str | None:
    return None if money is None else str(money.amount)


def _shown(money: Money | None) -> str:
    return _text.ABSENT if money is None else str(money)
