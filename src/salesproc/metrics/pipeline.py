"""How much is in flight, is it enough, and how fast does it turn into money?"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, Inexact
from fractions import Fraction
from typing import Any, Protocol, TypeVar

import attrs

from salesproc._exact import EXACT
from salesproc._given import require_period
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.errors import LogError
from salesproc.metrics._amounts import Amounts
from salesproc.metrics._numbers import rounded_money
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.deals import DealLike, read_deals
from salesproc.metrics.ratios import Ratio
from salesproc.money import Money
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = [
    "Coverage",
    "DatedDeal",
    "StagedDeal",
    "WeightedCounts",
    "WeightedPipeline",
    "finish_weighted_pipeline",
    "pipeline_coverage",
    "reduce_weighted_pipeline",
    "weighted_pipeline",
]


class StagedDeal(DealLike, Protocol):
    """A deal that says which stage it is in."""

    @property
    def stage(self) -> str | None:
        """The stage of the pipeline."""
        ...


class DatedDeal(DealLike, Protocol):
    """A deal that says when it is expected to close."""

    @property
    def close_date(self) -> date | None:
        """The day on which it is expected to close; None when nobody has said."""
        ...


S = TypeVar("S", bound=StagedDeal)
T = TypeVar("T", bound=DatedDeal)


@attrs.frozen(kw_only=True)
class WeightedCounts:
    """What adds up over open deals.

    Attributes:
        open: The open deals with a known chance, and their amounts.
        weighted: The sum of amount times chance, exact, in the currency of the amounts; None when no deal has both.
        without_chance: Open deals in stages that no chance was given for: not in the sum, never read as zero.
    """

    open: Amounts = attrs.field(factory=Amounts)
    weighted: Fraction | None = None
    without_chance: Amounts = attrs.field(factory=Amounts)

    def __add__(self, other: object) -> "WeightedCounts":
        if not isinstance(other, WeightedCounts):
            return NotImplemented
        if self.weighted is None or other.weighted is None:
            weighted = other.weighted if self.weighted is None else self.weighted
        else:
            weighted = self.weighted + other.weighted
        return WeightedCounts(
            open=self.open + other.open,
            weighted=weighted,
            without_chance=self.without_chance + other.without_chance,
        )


@attrs.frozen(repr=False)
class WeightedPipeline(Shown):
    """The open pipeline, each deal counted with its chance.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: WeightedCounts

    @property
    def unweighted(self) -> Money | None:
        """The plain sum of the same deals; None when none has an amount."""
        return self.counts.open.money

    @property
    def weighted(self) -> Money | None:
        """The sum of amount times chance: exact where it has an end as a decimal, else rounded half-even to the minor unit. None when no deal has both."""
        exact, money = self.counts.weighted, self.counts.open.money
        return None if exact is None or money is None else _money(exact, money.currency)

    @property
    def undefined(self) -> str | None:
        """Why there is no weighted sum; None when there is one."""
        return "no open deal has both an amount and a chance" if self.weighted is None else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the sums as exact text, and what is not in them."""
        plain, weighted = self.unweighted, self.weighted
        return [
            {
                "deals": self.counts.open.deals,
                "unweighted": None if plain is None else str(plain.amount),
                "weighted": None if weighted is None else str(weighted.amount),
                "currency": None if plain is None else plain.currency,
                "without_amount": self.counts.open.without_amount,
                "without_chance": self.counts.without_chance.deals,
            }
        ]

    def __str__(self) -> str:
        counts = self.counts
        left = f"{counts.open.without_amount} without amount, {counts.without_chance.deals} without a chance"
        return f"{self.weighted} weighted of {self.unweighted} in {counts.open.deals} deals; {left}"


def weighted_pipeline(
    deals: Iterable[S], probabilities: Mapping[str, Share], *, as_of: date
) -> WeightedPipeline:
    """The value of the open pipeline with every deal counted by its chance to be won.

    It is a mean over many pipelines like this one: a single deal is won whole or not at all. Salesforce calls it expected revenue; Odoo
    uses that word for the unweighted sum.

    Args:
        deals: Anything with amount, opened_at, closed_at, outcome and stage; closed ones are passed over.
        probabilities: Stage to the chance to win from it, 0 to 1, such as ``stage_probabilities`` learns from a log; a rate of nothing is no
            chance. That a deal names itself is not used: a rep's word and a learned chance do not belong in one sum.
        as_of: The moment of the review.

    Returns:
        The weighted and the plain sum, with deals that have no amount or no chance counted apart.

    Raises:
        ValueError: A chance outside 0 to 1, percent for example.
        CurrencyMismatch: Amounts in several currencies.
        LogError: A deal that contradicts itself.

    Source:
        Sum of amount times probability, not mean probability times total: ``docs/reference/glossary.md``.

    >>> from salesproc.metrics import Deal
    >>> day = date(2025, 1, 6)
    >>> deals = [Deal(Money(1000, "EUR"), day, None, "open", stage="demo"), Deal(Money(100, "EUR"), day, None, "open", stage="offer")]
    >>> print(weighted_pipeline(deals, {"demo": Decimal("0.3"), "offer": Decimal("0.6")}, as_of=day))
    360.00 EUR weighted of 1,100.00 EUR in 2 deals; 0 without amount, 0 without a chance
    """
    return finish_weighted_pipeline(reduce_weighted_pipeline(deals, probabilities, as_of=as_of))


def reduce_weighted_pipeline(
    deals: Iterable[S], probabilities: Mapping[str, Share], *, as_of: date
) -> WeightedCounts:
    """The first half of `weighted_pipeline`: counts that add up over disjoint sets of deals."""
    chances = {
        stage: exact_share(chance, f"the chance of stage {str(stage)!r}")
        for stage, chance in probabilities.items()
        if not (isinstance(chance, Rate) and chance.exact is None)
    }
    counts = WeightedCounts()
    currency: str | None = None
    for seen in read_deals(deals, as_of=as_of):
        if seen.outcome != "open":
            continue
        amount = Amounts.of(seen.deal.amount, seen.where, currency)
        currency = currency or (None if amount.money is None else amount.money.currency)
        known = chances.get(_stage(seen.deal, seen.where))
        if known is None:
            counts += WeightedCounts(without_chance=amount)
        else:
            weighted = None if amount.money is None else Fraction(amount.money.amount) * known
            counts += WeightedCounts(open=amount, weighted=weighted)
    return counts


def finish_weighted_pipeline(counts: WeightedCounts) -> WeightedPipeline:
    """From counts to the result."""
    return WeightedPipeline(counts)


@attrs.frozen(kw_only=True, repr=False)
class Coverage(Shown):
    """The open pipeline of a period beside what is still to be won in it.

    Attributes:
        due: Open deals expected to close in the period.
        target: What is to be won in the period.
        won: What has been won of it.
        undated: Open deals without an expected close: in no period.
        overdue: Open deals whose expected close was before the period: not due in it, until somebody says a new day.
    """

    due: Amounts
    target: Money
    won: Money
    undated: int
    overdue: Amounts = attrs.field(factory=Amounts)

    @property
    def remaining(self) -> Money:
        """Target less won; never below zero."""
        left = self.target - self.won
        return left if left.amount > 0 else Money.zero(self.target.currency)

    @property
    def ratio(self) -> Ratio:
        """Open pipeline over what remains, exact; undefined when nothing remains to be won."""
        return Ratio(self.due.money, self.remaining, "nothing remains to be won")

    def required(self, win_rate_by_value: Share) -> Fraction | None:
        """The ratio that is needed at that win rate by value: one over it. Three is right only near a third.

        Args:
            win_rate_by_value: Of a pipeline like this one, above 0 and up to 1. None comes of 0.

        Raises:
            ValueError: It is no share.
        """
        share = exact_share(win_rate_by_value, "win_rate_by_value")
        return 1 / share if share else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: what is due, what is wanted, won and left as exact text, and the ratio."""
        return [
            {
                "deals_due": self.due.deals,
                "due": None if self.due.money is None else str(self.due.money.amount),
                "target": str(self.target.amount),
                "won": str(self.won.amount),
                "remaining": str(self.remaining.amount),
                "currency": self.target.currency,
                "ratio": self.ratio.value,
                "without_amount": self.due.without_amount,
                "undated": self.undated,
                "overdue": self.overdue.deals,
            }
        ]

    def __str__(self) -> str:
        shown = "nothing remains" if self.ratio.undefined else f"{self.ratio:.2f} times"
        late = (
            f"; {self.overdue.deals:,} overdue from before, {self.overdue.money}"
            if self.overdue.deals
            else ""
        )
        return f"{self.due.money} due for {self.remaining} that remain of {self.target}: {shown}{late}"


def pipeline_coverage(deals: Iterable[T], target: Money, *, period: Period, as_of: date) -> Coverage:
    """Is there enough in the pipeline to reach the target of a period?

    Args:
        deals: Anything with amount, opened_at, closed_at, outcome and close_date: the open ones count where they are expected to
            close in the period, the won ones where they closed in it.
        target: What is to be won in the period.
        period: Its dates are compared with ``close_date``, so it is a period of plain dates, or of the kind the close dates are.
        as_of: The moment of the review.

    Returns:
        What is due, what remains, and their ratio; the ratio that is needed comes from ``required``.

    Raises:
        CurrencyMismatch: Amounts and target in several currencies.
        LogError: A deal that contradicts itself.

    Source:
        Open pipeline due in the period over the *remaining* quota: ``docs/reference/glossary.md``.

    >>> from salesproc.metrics import Deal
    >>> jan, march = date(2025, 1, 6), date(2025, 3, 20)
    >>> deals = [
    ...     Deal(Money(900, "EUR"), jan, None, "open", close_date=march),
    ...     Deal(Money(400, "EUR"), jan, date(2025, 2, 3), "won"),
    ... ]
    >>> print(pipeline_coverage(deals, Money(1000, "EUR"), period=Period.quarter(2025, 1), as_of=date(2025, 2, 10)))
    900.00 EUR due for 600.00 EUR that remain of 1,000.00 EUR: 1.50 times
    """
    require_period(period, optional=False)
    due, overdue, won, undated = Amounts(), Amounts(), Money.zero(target.currency), 0
    for seen in read_deals(deals, as_of=as_of):
        expected: date | None = _close_date(seen.deal, seen.where)
        amount = Amounts.of(seen.deal.amount, seen.where, target.currency)
        closed = seen.closed_at
        if seen.outcome == "won" and closed is not None and _day(closed, period) in period:
            won += amount.money if amount.money is not None else Money.zero(target.currency)
        elif seen.outcome == "open" and expected is None:
            undated += 1
        elif seen.outcome == "open" and expected is not None and _day(expected, period) in period:
            due += amount
        elif seen.outcome == "open" and expected is not None and _day(expected, period) < period.start:
            overdue += amount
    return Coverage(due=due, target=target, won=won, undated=undated, overdue=overdue)


def _money(exact: Fraction, currency: str) -> Money:
    """The amount, to its last digit where it has one."""
    try:
        return Money(EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator)), currency)
    except Inexact:
        return rounded_money(exact, currency)


def _stage(deal: Any, where: str) -> str:
    stage: object = getattr(deal, "stage", None)
    if not isinstance(stage, str):
        raise LogError(
            f"{where} has the stage {stage!r}; a chance belongs to a stage, so every open deal needs one"
        )
    return stage


def _close_date(deal: Any, where: str) -> date | None:
    try:
        found: date | None = deal.close_date
    except AttributeError as error:
        raise LogError(f"{where} has no close_date, the day it is expected to close: {deal!r}") from error
    return found


def _day(moment: date, period: Period) -> Any:
    """The time as the period holds it: a period of days holds the day of an instant on its own clock."""
    if isinstance(moment, datetime) and not isinstance(period.start, datetime):
        return moment.date()
    return moment
