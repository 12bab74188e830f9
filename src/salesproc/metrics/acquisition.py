"""What does a new customer cost, when is it earned back, and is there anything left for those who are there already?"""

import math
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._given import whole_number
from salesproc._shares import Share, exact_margin, exact_share
from salesproc._tables import Shown
from salesproc.metrics._numbers import (
    Amount,
    currency_of,
    exact_amount,
    one_currency,
    positive_money,
)
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.discounting import DiscountedValue
from salesproc.metrics.lifetime_value import LifetimeValue
from salesproc.metrics.ratios import MeanMoney, Ratio
from salesproc.money import Money

__all__ = [
    "Spend",
    "SpendBalance",
    "acquisition_cost",
    "payback_months",
    "replacement_need",
    "spend_balance",
    "value_to_cost",
]


def acquisition_cost(cost: Money, new_customers: int) -> MeanMoney:
    """What a new customer cost: what was spent on winning customers, over how many were won (CAC).

    What is in the cost decides what it means: advertising alone, all of marketing and sales, or these with salaries and tools. Say which, and
    count the customers that very money was spent on. Where a sale takes long, the money of one quarter wins the customers of the next.

    Args:
        cost: What was spent, 0 or more.
        new_customers: How many were won with it, 0 or more.

    Returns:
        The mean cost with its two parts; undefined when nobody was won.

    Raises:
        ValueError: A negative cost or number.
        TypeError: The cost is no money, or the number no whole one.

    Source:
        The question is that of documents 002 and 004 of ``docs/explanation/sources.md``; the quotient is the field's.

    >>> print(acquisition_cost(Money(24_000, "EUR"), 20))
    1,200.00 EUR (mean of 20)
    >>> print(acquisition_cost(Money(24_000, "EUR"), 0))
    n/a: nobody was won
    """
    positive_money(cost, "cost")
    return MeanMoney(cost, whole_number(new_customers, "new_customers"), nothing="nobody was won")


def payback_months(cost: Amount, *, monthly_revenue: Amount, margin: Share) -> Ratio:
    """In how many months the margin of a customer has earned back what it cost to win them.

    Without the margin it would be the months until the revenue equals the cost, which is too soon. Customers who leave before then never
    pay back; that is not in it.

    Args:
        cost: What it cost to win a customer, such as `acquisition_cost` gives it.
        monthly_revenue: What a customer pays in a month.
        margin: The share of it that is left, or a rate; below 0, down to -1, where a month costs more than it brings.

    Returns:
        Cost over monthly margin, both in units of the currency, exact; undefined when a month leaves no margin or less, and then it is never earned back.

    Raises:
        ValueError: An amount is negative or the mean of nothing, or the margin is no share.
        CurrencyMismatch: The amounts are in two currencies.

    Source:
        The field's definition, with margin; some tools leave the margin out.

    >>> print(payback_months(Money(1200, "EUR"), monthly_revenue=Money(180, "EUR"), margin=0.75))
    8.889 (1,200 over 135)
    """
    spent, monthly = exact_amount(cost, "cost"), exact_amount(monthly_revenue, "monthly_revenue")
    one_currency({"cost": currency_of(cost), "monthly_revenue": currency_of(monthly_revenue)})
    left = monthly * exact_margin(margin, "margin")
    if left < 0:
        return Ratio(spent, None, "never: a month costs more than it brings")
    return Ratio(spent, left, "never: a month leaves no margin")


def value_to_cost(value: LifetimeValue | DiscountedValue | Amount, cost: Amount) -> Ratio:
    """How many times its cost a customer is worth (LTV to CAC).

    Both on one basis: the value is margin, never revenue, or the ratio is as many times too large as the revenue is larger than the margin. The value
    of a customer who is just being won and the cost of winning that kind of customer, fully loaded.

    Args:
        value: What a customer earns: of `lifetime_value`, of `discounted_value`, or an amount of margin, a mean too.
        cost: What it cost to win one, such as `acquisition_cost` gives it.

    Returns:
        Value over cost, both in units of the currency, exact; undefined when winning costs nothing. What is a good ratio is advice and not in the library.

    Raises:
        ValueError: The cost is negative, or the mean of nothing.
        CurrencyMismatch: They are in two currencies.

    Source:
        The field's ratio; none of the documents has it.

    >>> from salesproc.metrics.lifetime_value import lifetime_value
    >>> worth = lifetime_value(Money(1000, "EUR"), purchases_per_month=2, margin=0.2, lifetime_months=18)
    >>> print(value_to_cost(worth, acquisition_cost(Money(24_000, "EUR"), 20)))
    6.000 (7,200 over 1,200)
    """
    currency: str | None
    if isinstance(value, LifetimeValue | DiscountedValue):
        worth, currency = value.exact, value.currency
    else:
        worth, currency = exact_amount(value, "value"), currency_of(value)
    spent = exact_amount(cost, "cost")
    one_currency({"value": currency, "cost": currency_of(cost)})
    return Ratio(worth, spent, "winning a customer costs nothing")


def replacement_need(customers: int, churn: Share) -> int:
    """How many new customers a period needs only to stand still: those who leave in it, rounded up.

    Args:
        customers: Customers at the start of the period.
        churn: The share of them that leaves in it, 0 to 1, or a rate; a float means the decimal number it is written as.

    Raises:
        ValueError: A negative number, or *churn* is no share.
        TypeError: The number is no whole one.

    Source:
        Prospecting also replaces attrition: documents 000 and 003 of ``docs/explanation/sources.md``.

    >>> replacement_need(230, 0.10), replacement_need(231, 0.10)
    (23, 24)
    """
    return math.ceil(whole_number(customers, "customers") * exact_share(churn, "churn"))


class Spend(NamedTuple):
    """What was spent on one of two purposes.

    Attributes:
        cost: How much.
        activities: On how many activities: exhibitions and campaigns, or promotions for those who are customers already.
        customers: How many customers it brought: new ones, or such as bought again.
    """

    cost: Money
    activities: int
    customers: int


@attrs.frozen(kw_only=True, repr=False)
class SpendBalance(Shown):
    """What is spent on winning customers against what is spent on those who are there.

    Attributes:
        acquisition: Spent on new customers.
        retention: Spent on making customers buy again.
    """

    acquisition: Spend
    retention: Spend

    @property
    def ratio(self) -> Ratio:
        """Money for winning over money for keeping."""
        return Ratio(
            self.acquisition.cost, self.retention.cost, "nothing is spent on the customers there are"
        )

    @property
    def activities(self) -> Ratio:
        """Activities for winning over activities for keeping."""
        nothing = "nothing is done for the customers there are"
        return Ratio(self.acquisition.activities, self.retention.activities, nothing)

    @property
    def cost_per_new(self) -> MeanMoney:
        """What a new customer cost."""
        return MeanMoney(self.acquisition.cost, self.acquisition.customers, nothing="nobody was won")

    @property
    def cost_per_returning(self) -> MeanMoney:
        """What a customer who bought again cost."""
        return MeanMoney(self.retention.cost, self.retention.customers, nothing="nobody bought again")

    @property
    def undefined(self) -> str | None:
        """Why there is no ratio, which is the alarm itself; None when there is one."""
        return self.ratio.undefined

    @property
    def _sides(self) -> tuple[tuple[str, Spend, MeanMoney], ...]:
        return (
            ("acquisition", self.acquisition, self.cost_per_new),
            ("retention", self.retention, self.cost_per_returning),
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """Two rows: winning and keeping, with money as exact text."""
        return [
            {
                "purpose": name,
                "cost": str(spend.cost.amount),
                "currency": spend.cost.currency,
                "activities": spend.activities,
                "customers": spend.customers,
                "cost_per_customer": None if mean.value is None else str(mean.value.amount),
            }
            for name, spend, mean in self._sides
        ]

    def __str__(self) -> str:
        lines = [
            (
                name,
                str(spend.cost),
                f"{spend.activities:,}",
                f"{spend.customers:,}",
                _text.ABSENT if mean.value is None else str(mean.value),
            )
            for name, spend, mean in self._sides
        ]
        return _text.table(("purpose", "cost", "activities", "customers", "per customer"), lines)

    def __repr__(self) -> str:
        return f"<SpendBalance: {self.ratio}>"


def spend_balance(acquisition: tuple[Money, int, int], retention: tuple[Money, int, int]) -> SpendBalance:
    """Whether the customers there are get their part of the money: winning against keeping, in money, in activities, and per customer.

    Args:
        acquisition: Spent on winning customers: cost, number of activities, new customers; such as `Spend`.
        retention: Spent on making customers buy again: cost, number of activities, customers who did.

    Returns:
        Both sides and their ratios. Nothing spent on keeping leaves the ratio undefined, and says so.

    Raises:
        ValueError: A cost or number is negative.
        TypeError: A cost is no money, or a number no whole one.
        CurrencyMismatch: The costs are in two currencies.

    Source:
        Comparing the two budgets, document 004 of ``docs/explanation/sources.md``.

    >>> print(spend_balance(Spend(Money(24_000, "EUR"), 6, 20), Spend(Money(3_000, "EUR"), 2, 60)))
    purpose               cost  activities  customers  per customer
    acquisition  24,000.00 EUR           6         20  1,200.00 EUR
    retention     3,000.00 EUR           2         60     50.00 EUR
    """
    sides = {"acquisition": Spend(*acquisition), "retention": Spend(*retention)}
    for name, spend in sides.items():
        positive_money(spend.cost, f"cost of {name}")
        whole_number(spend.activities, f"activities of {name}")
        whole_number(spend.customers, f"customers of {name}")
    one_currency({name: spend.cost.currency for name, spend in sides.items()})
    return SpendBalance(**sides)
