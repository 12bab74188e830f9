"""How do deals end? Win rates by count and by value, on a base that is named; open deals apart, never as lost."""

from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar, overload

from salesproc._given import require_period
from salesproc.metrics._amounts import Amounts
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.deals import DealLike, SeenDeal, deal_label, read_deals
from salesproc.metrics.outcome_results import OutcomeCounts, Outcomes, finish_outcomes
from salesproc.metrics.ratios import MeanMoney, Ratio
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = [
    "average_deal_value",
    "deal_outcomes",
    "reduce_outcomes",
    "win_rate",
    "win_rate_by_value",
    "win_rate_of_created",
]

Base: TypeAlias = Literal["closed", "created"]

D = TypeVar("D", bound=DealLike)
K = TypeVar("K", bound=Hashable)


@overload
def deal_outcomes(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = ...,
    base: Base = ...,
    no_decision: Collection[str] = ...,
    by: None = ...,
) -> Outcomes: ...
@overload
def deal_outcomes(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = ...,
    base: Base = ...,
    no_decision: Collection[str] = ...,
    by: Callable[[D], K],
) -> Breakdown[K, Outcomes]: ...
@overload
def deal_outcomes(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = ...,
    base: Base = ...,
    no_decision: Collection[str] = ...,
    by: str,
) -> Breakdown[Any, Outcomes]: ...
def deal_outcomes(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    base: Base = "closed",
    no_decision: Collection[str] = (),
    by: Callable[[D], Any] | str | None = None,
) -> Outcomes | Breakdown[Any, Outcomes]:
    """How deals ended by a day, with every win rate that rests on it.

    Args:
        deals: Anything with ``amount``, ``opened_at``, ``closed_at`` and ``outcome``, in any order, read once.
        as_of: The moment of the review; what closed later is open.
        period: Only deals of it; all when left out.
        base: Which deals belong to the period: ``"closed"`` those closed in it (and, as open, those opened before its end), ``"created"`` those
            opened in it, whatever became of them. A cohort by creation is the honest base where wins and losses take different times.
        no_decision: Values of ``reason`` that mean that nobody decided: such losses are counted apart.
        by: A function from deal to label, or the name of an attribute, for one result per label.

    Returns:
        The outcomes, per label if *by* is given.

    Raises:
        LogError: A deal that contradicts itself; the message names it.
        CurrencyMismatch: Amounts in several currencies; split by currency, or convert first.
        NaiveTimeError: Times of two kinds.

    Source:
        Closed-by-count and the other bases: ``docs/reference/glossary.md``.

    >>> from salesproc import Money
    >>> from salesproc.metrics import Deal
    >>> jan, feb = date(2025, 1, 6), date(2025, 2, 3)
    >>> deals = [
    ...     Deal(Money(900, "EUR"), jan, feb, "won"),
    ...     Deal(Money(100, "EUR"), jan, feb, "lost", reason="price"),
    ...     Deal(Money(500, "EUR"), jan, None, "open"),
    ... ]
    >>> print(deal_outcomes(deals, as_of=date(2025, 3, 1)))
    outcome      deals       value  without amount
    won              1  900.00 EUR               0
    lost             1  100.00 EUR               0
    no decision      0         n/a               0
    open             1  500.00 EUR               0
    won of closed: 50.0% (1 of 2)
    """
    parts = _reduce(deals, _Question(as_of, period, base, frozenset(no_decision)), by)
    if by is None:
        return Outcomes(sum(parts.values(), OutcomeCounts()))
    return break_down(parts, OutcomeCounts(), finish_outcomes, _size)


def reduce_outcomes(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    base: Base = "closed",
    no_decision: Collection[str] = (),
) -> OutcomeCounts:
    """The first half of `deal_outcomes`: counts that add up over disjoint sets of deals."""
    return sum(
        _reduce(deals, _Question(as_of, period, base, frozenset(no_decision)), None).values(), OutcomeCounts()
    )


@overload
def win_rate(
    deals: Iterable[DealLike],
    *,
    as_of: date,
    period: Period | None = ...,
    no_decision: Collection[str] = ...,
    by: None = ...,
) -> Rate: ...
@overload
def win_rate(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = ...,
    no_decision: Collection[str] = ...,
    by: Callable[[D], K],
) -> Breakdown[K, Rate]: ...
@overload
def win_rate(
    deals: Iterable[DealLike],
    *,
    as_of: date,
    period: Period | None = ...,
    no_decision: Collection[str] = ...,
    by: str,
) -> Breakdown[Hashable, Rate]: ...
def win_rate(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    no_decision: Collection[str] = (),
    by: Callable[[D], Any] | str | None = None,
) -> Rate | Breakdown[Any, Rate]:
    """Share of closed deals that were won, by count: won over won and lost.

    Says nothing about the open ones, and is biased while wins and losses take different times; `win_rate_of_created` is not.

    Takes and raises what `deal_outcomes` does, for the base ``"closed"``. Undefined when nothing has closed.

    >>> from salesproc import Money
    >>> from salesproc.metrics import Deal
    >>> day = date(2025, 1, 6)
    >>> str(win_rate([Deal(None, day, day, "won"), Deal(None, day, day, "lost"), Deal(None, day, None, "open")], as_of=day))
    '50.0% (1 of 2)'
    """
    question = _Question(as_of, period, "closed", frozenset(no_decision))
    parts = _reduce(deals, question, by)
    if by is None:
        return _closed(sum(parts.values(), OutcomeCounts()))
    return break_down(parts, OutcomeCounts(), _closed, _size)


def _closed(counts: OutcomeCounts) -> Rate:
    return Outcomes(counts).closed


def win_rate_by_value(
    deals: Iterable[DealLike], *, as_of: date, period: Period | None = None, no_decision: Collection[str] = ()
) -> Ratio:
    """Share of the value of closed deals that was won: value won over value won and lost, exact.

    One large deal can carry it: ask `deal_outcomes` for ``counts.won.largest_share``. Deals without an amount are not in it.

    Takes and raises what `deal_outcomes` does. Undefined when nothing with an amount has closed, or it is worth nothing.

    >>> from salesproc import Money
    >>> from salesproc.metrics import Deal
    >>> day = date(2025, 1, 6)
    >>> deals = [Deal(Money(900, "EUR"), day, day, "won"), Deal(Money(100, "EUR"), day, day, "lost")]
    >>> f"{win_rate_by_value(deals, as_of=day):.1%}"
    '90.0%'
    """
    return deal_outcomes(deals, as_of=as_of, period=period, no_decision=no_decision).closed_by_value


def win_rate_of_created(deals: Iterable[DealLike], *, as_of: date, period: Period | None = None) -> Rate:
    """Share of the deals opened in the period that have been won by now, open ones included in the base.

    It climbs as the cohort matures: compare cohorts at the same age, never a young one with an old one.

    Takes and raises what `deal_outcomes` does, for the base ``"created"``. Undefined when none was opened.
    """
    return deal_outcomes(deals, as_of=as_of, period=period, base="created").of_all


def average_deal_value(deals: Iterable[DealLike], *, as_of: date, period: Period | None = None) -> MeanMoney:
    """The mean amount of the deals won; those without an amount are not in it, and are counted.

    Takes and raises what `deal_outcomes` does. Undefined when no deal with an amount was won.
    """
    return deal_outcomes(deals, as_of=as_of, period=period).average_won


class _Question(NamedTuple):
    """Which deals are asked about, and what counts as undecided."""

    as_of: date
    period: Period | None
    base: str
    no_decision: frozenset[str]


def _reduce(
    deals: Iterable[D], question: _Question, by: Callable[[D], Any] | str | None
) -> dict[Hashable, OutcomeCounts]:
    if question.base not in {"closed", "created"}:
        raise ValueError(f"base must be 'closed' or 'created', got {question.base!r}")
    require_period(question.period)
    label = deal_label(by)
    parts: dict[Hashable, OutcomeCounts] = {}
    currency: str | None = None
    for seen in read_deals(deals, as_of=question.as_of):
        amount = Amounts.of(seen.deal.amount, seen.where, currency)
        currency = currency or (amount.money.currency if amount.money is not None else None)
        key = label(seen)
        parts[key] = parts.get(key, OutcomeCounts()) + _counted(seen, amount, question)
    return parts


def _counted(seen: SeenDeal[Any], amount: Amounts, question: _Question) -> OutcomeCounts:
    """One deal as counts."""
    if seen.outcome == "ahead":
        return OutcomeCounts(ahead=1)
    if question.period is not None and not _belongs(seen, question.period, question.base):
        return OutcomeCounts(out_of_period=1)
    if seen.outcome == "won":
        return OutcomeCounts(won=amount)
    if seen.outcome == "open":
        return OutcomeCounts(open=amount)
    undecided = getattr(seen.deal, "reason", None) in question.no_decision
    return OutcomeCounts(no_decision=amount) if undecided else OutcomeCounts(lost=amount)


def _belongs(seen: SeenDeal[Any], period: Period, base: str) -> bool:
    if base == "created":
        return seen.deal.opened_at in period
    if seen.closed_at is None:  # open at the review: it belongs if it was there before the period ended
        return seen.deal.opened_at in period or seen.opened < period.start
    return seen.closed_at in period


def _size(counts: OutcomeCounts) -> int:
    return counts.won.deals + counts.lost.deals + counts.no_decision.deals + counts.open.deals
