"""What is a customer worth, by what they spend, how often, how long, and what is left of it?"""

import math
from collections.abc import Mapping
from fractions import Fraction

import attrs

from salesproc import _text
from salesproc._shares import Share, exact_margin, exact_share
from salesproc._tables import Shown
from salesproc.metrics._numbers import (
    Amount,
    Number,
    currency_of,
    exact_amount,
    one_currency,
    positive_number,
    rounded_money,
)
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.ratios import Ratio
from salesproc.money import Money, total

__all__ = [
    "LifetimeValue",
    "LifetimeValueChange",
    "lifetime_from_churn",
    "lifetime_value",
    "lifetime_value_change",
]


@attrs.frozen(kw_only=True, repr=False)
class LifetimeValue(Shown):
    """What a customer earns us over their whole time, and the four factors it is made of.

    Attributes:
        average_check: What a purchase is worth.
        purchases_per_month: How many there are in a month.
        margin: The share of the price that is left as profit, below 0 where a sale costs more than it brings.
        lifetime_months: How many months a customer stays.
    """

    average_check: Amount
    purchases_per_month: Fraction
    margin: Fraction
    lifetime_months: Fraction

    @property
    def currency(self) -> str:
        """The currency of the value."""
        return currency_of(self.average_check) or ""

    @property
    def factors(self) -> dict[str, Fraction]:
        """The four factors by name, without rounding; the check in units of its currency."""
        return {
            "average_check": exact_amount(self.average_check, "average_check"),
            "purchases_per_month": self.purchases_per_month,
            "margin": self.margin,
            "lifetime_months": self.lifetime_months,
        }

    @property
    def exact(self) -> Fraction:
        """The value in units of its currency, without rounding."""
        return math.prod(self.factors.values(), start=Fraction(1))

    @property
    def value(self) -> Money:
        """The value, rounded half-even to the minor unit."""
        return rounded_money(self.exact, self.currency)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the factors, the value as exact text, and its currency."""
        factors: dict[str, Cell] = {name: float(factor) for name, factor in self.factors.items()}
        return [factors | {"value": str(self.value.amount), "currency": self.currency}]

    def __str__(self) -> str:
        check = rounded_money(self.factors["average_check"], self.currency)
        often, long = float(self.purchases_per_month), float(self.lifetime_months)
        return (
            f"{self.value} = {check} x {often:,.4g} a month x {float(self.margin):.1%} x {long:,.4g} months"
        )


def lifetime_value(
    average_check: Amount, *, purchases_per_month: Number, margin: Share, lifetime_months: Number
) -> LifetimeValue:
    """What a customer earns us: average check, times purchases per month, times margin, times months they stay.

    Profit and not revenue. Nothing is discounted, and every factor is a mean: the product is too high where those who buy much leave early.
    All four must be of the same customers and the same unit of time.

    Args:
        average_check: What a purchase is worth: an amount, or what `average_order_value` gives, which is then not rounded first.
        purchases_per_month: Of one customer, 0 or more.
        margin: The share of the check that is profit, or a rate; 0.2 for 20 %. Below 0, down to -1, where a sale costs more than it brings: the
            value is then what the customer costs us, and who buys more often costs more.
        lifetime_months: How long a customer stays, 0 or more. `lifetime_from_churn` gives it for a monthly churn.

    Returns:
        The four factors and their product, exact.

    Raises:
        ValueError: Another factor is negative, the margin is no share (20 for 20 %), or the check is the mean of nothing.
        TypeError: A factor is no number, or the check no money.

    Source:
        ``LTV = S x C x P x T``, document 004 of ``docs/explanation/sources.md``.

    >>> print(lifetime_value(Money(1000, "EUR"), purchases_per_month=2, margin=0.2, lifetime_months=18))
    7,200.00 EUR = 1,000.00 EUR x 2 a month x 20.0% x 18 months
    >>> lifetime_value(Money(1000, "EUR"), purchases_per_month=2, margin=20, lifetime_months=18)
    Traceback (most recent call last):
    ValueError: margin must be a share from -1 to 1, got 20; a percentage is divided by 100 first
    """
    exact_amount(average_check, "average_check")
    return LifetimeValue(
        average_check=average_check,
        purchases_per_month=positive_number(purchases_per_month, "purchases_per_month"),
        margin=exact_margin(margin, "margin"),
        lifetime_months=positive_number(lifetime_months, "lifetime_months"),
    )


@attrs.frozen(kw_only=True, repr=False)
class LifetimeValueChange(Shown):
    """What each factor by itself would bring, and what they bring together.

    Attributes:
        before: The value as it is, or was.
        after: The value as it is wanted, or is now.
    """

    before: LifetimeValue
    after: LifetimeValue

    @property
    def whole(self) -> Money:
        """The value after less the value before."""
        return self.after.value - self.before.value

    @property
    def alone(self) -> Mapping[str, Money]:
        """By factor, what its change brings while the other three stay as they were; rounded to the minor unit."""
        old, new = self.before.factors, self.after.factors
        changed = {name: math.prod((old | {name: new[name]}).values(), start=Fraction(1)) for name in old}
        was = self.before.exact
        return {name: rounded_money(value - was, self.before.currency) for name, value in changed.items()}

    @property
    def together(self) -> Money:
        """What is left of the whole: brought only by several factors at once, and by rounding."""
        return self.whole - total(self.alone.values())

    def to_rows(self) -> list[dict[str, Cell]]:
        """A row per factor, one for what they bring together, and one for the whole: gains as exact text, and after over before."""
        gains = {**self.alone, "together": self.together, "whole": self.whole}
        old = {**self.before.factors, "whole": self.before.exact}
        new = {**self.after.factors, "whole": self.after.exact}
        ratios = {name: float(new[name] / was) for name, was in old.items() if was}
        return [
            {
                "factor": name,
                "ratio": ratios.get(name),
                "gain": str(gain.amount),
                "currency": gain.currency,
            }
            for name, gain in gains.items()
        ]

    def __str__(self) -> str:
        lines = [
            (
                str(row["factor"]).replace("_", " "),
                "" if row["ratio"] is None else f"x {row['ratio']:.3f}",
                str(Money(str(row["gain"]), self.before.currency)),
            )
            for row in self.to_rows()
        ]
        return _text.table(("factor", "change", "gain"), lines)

    def __repr__(self) -> str:
        return f"<LifetimeValueChange: {self.before.value} to {self.after.value}>"


def lifetime_value_change(before: LifetimeValue, after: LifetimeValue) -> LifetimeValueChange:
    """What raising the check, the frequency, the margin or the time a customer stays would bring, each alone and all together.

    The value is a product, so a tenth more of any factor is a tenth more value, and the question is which tenth is the easiest to get. Two
    factors at once bring more than the sum of both.

    Args:
        before: The value as it is, or was.
        after: The value as it is wanted, or is now.

    Raises:
        CurrencyMismatch: They are in two currencies.

    Source:
        The three ways to raise the value, document 004 of ``docs/explanation/sources.md``.

    >>> now = lifetime_value(Money(1000, "EUR"), purchases_per_month=2, margin=0.2, lifetime_months=18)
    >>> goal = lifetime_value(Money(1100, "EUR"), purchases_per_month=3, margin=0.2, lifetime_months=18)
    >>> print(lifetime_value_change(now, goal))
    factor                change          gain
    average check        x 1.100    720.00 EUR
    purchases per month  x 1.500  3,600.00 EUR
    margin               x 1.000      0.00 EUR
    lifetime months      x 1.000      0.00 EUR
    together                        360.00 EUR
    whole                x 1.650  4,680.00 EUR
    """
    one_currency({"before": before.currency, "after": after.currency})
    return LifetimeValueChange(before=before, after=after)


def lifetime_from_churn(churn: Share) -> Ratio:
    """How many periods a customer stays on average when the same share leaves in every period: one over churn.

    In the periods of the churn: a monthly churn gives months, a yearly one years. The period in which they leave counts in full. Churn that falls
    as customers grow older makes the true time longer; `customer_lifetimes` measures it.

    Args:
        churn: The share that leaves per period, 0 to 1, or a rate.

    Returns:
        The number of periods, exact; undefined when nobody leaves.

    Raises:
        ValueError: *churn* is no share, or a rate without trials.

    Source:
        The mean of the geometric distribution.

    >>> print(lifetime_from_churn(0.05))
    20.000 (1 over 0.05)
    >>> print(lifetime_from_churn(0))
    n/a: nobody leaves, so there is no end to the lifetime
    """
    return Ratio(1, exact_share(churn, "churn"), "nobody leaves, so there is no end to the lifetime")
