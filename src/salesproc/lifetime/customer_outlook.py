"""What is each customer expected to buy and be worth? The models applied to the customers, one by one and in total."""

import math
from collections.abc import Hashable, Sequence
from datetime import timedelta
from fractions import Fraction
from functools import cache
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar, get_args

import attrs

from salesproc import _text
from salesproc._given import instance, require_duration
from salesproc._shares import Share, exact_margin
from salesproc._tables import Cell, Shown
from salesproc.errors import CurrencyMismatch, did_you_mean
from salesproc.lifetime._bg_nbd_formulas import Point, alive, expected_purchases, integrated_purchases
from salesproc.lifetime._time import TimeUnit, horizon_in_units, in_units
from salesproc.lifetime.bg_nbd import BgNbd, discount_force
from salesproc.lifetime.estimates import Estimate, joint_estimate
from salesproc.lifetime.gamma_gamma import GammaGamma
from salesproc.lifetime.purchase_history import PurchaseHistory, require_history
from salesproc.metrics._numbers import Number, rounded_money
from salesproc.money import Money

__all__ = ["Outlook", "OutlookRow", "OutlookTotal", "customer_outlook"]

C = TypeVar("C", bound=Hashable)

OutlookTotal: TypeAlias = Literal["alive", "purchases", "worth"]
"""What is summed over the customers."""


class OutlookRow(NamedTuple):
    """One customer.

    Attributes:
        customer: Who.
        probability_alive: The chance that they have not left for good.
        purchases: How many are to be expected within the horizon, the chance that they have left included.
        purchase_value: What one of them is worth on average, in units of the currency; None without a model of values, or where it has no mean.
        worth: What all of them are worth today: purchases, discounted, times value, times margin; None where there is no value.
    """

    customer: Any
    probability_alive: float
    purchases: float
    purchase_value: float | None
    worth: float | None


@attrs.frozen(kw_only=True, repr=False)
class Outlook(Shown, Generic[C]):
    """Every customer with what is to be expected of them.

    Attributes:
        rows: One per customer: the highest worth first where there is one, then the most purchases, then by name.
        history: Of the customers.
        model: Of their purchases.
        values: Of what a purchase is worth; None when it was not asked.
        horizon: How far ahead.
        margin: The share of the value that is earned.
        discount: What money loses per unit *per*.
        per: The unit of time of the discount.
    """

    rows: tuple[OutlookRow, ...]
    history: PurchaseHistory[C]
    model: BgNbd
    values: GammaGamma | None
    horizon: timedelta
    margin: Fraction
    discount: Number
    per: TimeUnit

    @property
    def undefined(self) -> str | None:
        """Why nothing is to be expected; None when something is."""
        return self.history.undefined

    @property
    def without_worth(self) -> int:
        """Customers of whom no worth is known: they are in no total of it."""
        return sum(row.worth is None for row in self.rows)

    @property
    def once(self) -> int:
        """Customers who bought once. By this model nobody leaves before a second purchase, so all of them count as alive: an assumption, no finding."""
        return sum(row.repeats == 0 for row in self.history.rows)

    @property
    def alive(self) -> float:
        """How many customers are expected to be alive, those who bought ``once`` all among them."""
        return math.fsum(row.probability_alive for row in self.rows)

    @property
    def purchases(self) -> float:
        """How many purchases are expected of all of them within the horizon."""
        return math.fsum(row.purchases for row in self.rows)

    @property
    def worth(self) -> Money | None:
        """What all customers of known worth are worth, rounded half-even to the minor unit; None where nobody's is known, or its currency is not."""
        known = [row.worth for row in self.rows if row.worth is not None]
        currency = None if self.values is None else self.values.currency
        return rounded_money(Fraction(math.fsum(known)), currency) if known and currency else None

    def total(self, what: OutlookTotal, *, confidence: float = 0.95) -> Estimate:
        """A total with its standard error and interval by the delta method, both models taken into account.

        The interval is that of the expectation. What happens scatters around it, for many customers by about the square root of the purchases.

        Args:
            what: ``"alive"``, ``"purchases"`` or ``"worth"``, the last in units of the currency.
            confidence: How often the interval should cover the truth, between 0 and 1.

        Raises:
            ValueError: There is no such total, nobody has it, or *confidence* does not lie between 0 and 1.
        """
        if what not in get_args(OutlookTotal):
            raise ValueError(f"there is no total {what!r}; {did_you_mean(str(what), get_args(OutlookTotal))}")
        if not self.rows or (what == "worth" and self.without_worth == len(self.rows)):
            raise ValueError(
                f"there is no {what!r} of nobody: {self.undefined or 'no worth of any customer is known; give values='}"
            )

        @cache
        def known(model: BgNbd) -> list[_Ahead]:
            return _ahead(attrs.evolve(self, model=model, values=self.values if what == "worth" else None))

        def summed(models: Sequence[Any]) -> float:
            values = models[1] if models[1:] else None
            rows = _rows(attrs.evolve(self, values=values), known(models[0]))
            return math.fsum(getattr(row, _FIELDS[what]) or 0.0 for row in rows)

        models = [self.model] if self.values is None or what != "worth" else [self.model, self.values]
        loss = what == "worth" and self.margin <= 0
        return joint_estimate(summed, models, confidence=confidence, scale="linear" if loss else "log")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer; amounts in units of the currency."""
        ahead = in_units(self.horizon, self.model.unit)
        currency = None if self.values is None else self.values.currency
        return [
            {
                "customer": _text.label(row.customer),
                "probability_alive": row.probability_alive,
                "purchases": row.purchases,
                "horizon": ahead,
                "unit": self.model.unit,
                "purchase_value": row.purchase_value,
                "worth": row.worth,
                "currency": currency,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        unknown = f" ({self.without_worth:,} of unknown worth)" if self.without_worth else ""
        worth = "" if self.worth is None else f", worth {self.worth}{unknown}"
        ahead = in_units(self.horizon, self.model.unit)
        once = f" ({self.once:,} with one purchase, taken as alive)" if self.once else ""
        return (
            f"{self.alive:,.1f} of {len(self.rows):,} customers alive{once}, "
            f"{self.purchases:,.1f} purchases in {ahead:,.4g} {self.model.unit}s{worth}"
        )


_FIELDS = {"alive": "probability_alive", "purchases": "purchases", "worth": "worth"}


def customer_outlook(
    history: PurchaseHistory[C],
    model: BgNbd,
    *,
    horizon: timedelta,
    values: GammaGamma | None = None,
    margin: Share = 1,
    discount: Number = 0,
    per: TimeUnit = "year",
) -> Outlook[C]:
    """For every customer: are they alive, how much will they buy, and what is that worth today?

    Args:
        history: Of the customers; their observation ends where the horizon begins.
        model: Of their purchases; fitted in any unit of time.
        horizon: How far ahead, for example ``timedelta(weeks=52)``: a duration, since a bare number is read as days by one and as weeks by another.
        values: Of what a purchase is worth; without it there is no worth.
        margin: The share of the value that is earned, -1 to 1; below 0 every sale loses money. With 1 the worth is revenue, and no acquisition may cost that.
        discount: What money loses per unit *per*, as a share, 0 to 1: every purchase is discounted from the day it is to be expected.
        per: The unit of time of the discount.

    Returns:
        One row per customer, with totals. Equal histories are worked out once.

    Raises:
        ValueError: *horizon* is below 0, *margin* or *discount* is no share.
        TypeError: *horizon* is no duration.
        CurrencyMismatch: The values are in another currency than the history.

    Source:
        As for `BgNbd` and `GammaGamma`.

    >>> from salesproc.lifetime import history_from_summary
    >>> history = history_from_summary([("ann", 2, 21.5, 36.25, Money("24.50", "USD")), ("bob", 0, 0, 36.25)], unit="week")
    >>> model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
    >>> values = GammaGamma(p=6.25, q=3.74, v=15.44, currency="USD")
    >>> found = customer_outlook(history, model, horizon=timedelta(weeks=52), values=values, margin=0.3, discount=0.15)
    >>> found
    <Outlook: 1.6 of 2 customers alive (1 with one purchase, taken as alive), 1.6 purchases in 52 weeks, worth 12.90 USD>
    >>> [(row.customer, round(row.purchases, 2), round(row.purchase_value, 2), round(row.worth, 2)) for row in found.rows]
    [('ann', 1.38, 26.43, 10.26), ('bob', 0.27, 35.22, 2.63)]
    """
    require_history(history)
    instance(model, BgNbd, "model", "fit one with fit_bg_nbd(history)")
    if values is not None:
        instance(values, GammaGamma, "values", "fit them with fit_gamma_gamma(history)")
    require_duration(horizon, "horizon")
    discount_force(discount, per, model.unit)  # refuses what is no discount
    share = exact_margin(margin, "margin")
    mine, theirs = history.currency, None if values is None else values.currency
    if None not in (mine, theirs) and mine != theirs:
        raise CurrencyMismatch(
            f"the history is in {mine} and the values are in {theirs}; convert to one currency first"
        )
    empty = Outlook(
        rows=(),
        history=history,
        model=model,
        values=values,
        horizon=horizon,
        margin=share,
        discount=discount,
        per=per,
    )
    rows = sorted(
        _rows(empty, _ahead(empty)), key=lambda one: (-(one.worth or 0.0), -one.purchases, str(one.customer))
    )
    return attrs.evolve(empty, rows=tuple(rows))


class _Ahead(NamedTuple):
    """What is to be expected of a history: the chance to be alive, purchases, and purchases discounted."""

    there: float
    purchases: float
    present: float


def _ahead(outlook: Outlook[Any]) -> list[_Ahead]:
    """For every customer, in the order of the history; what depends on less than the whole history is worked out once for all who share it."""
    model = outlook.model
    point = Point(model.r, model.alpha, model.a, model.b)
    ahead = horizon_in_units(outlook.horizon, model.unit)
    force = 0.0 if outlook.values is None else discount_force(outlook.discount, outlook.per, model.unit)

    @cache
    def later(repeats: int, age: timedelta) -> tuple[float, float]:
        seen = in_units(age, model.unit)
        plain = expected_purchases(point, repeats, seen, ahead)
        return plain, integrated_purchases(point, repeats, seen, ahead, force) if force else plain

    @cache
    def of(repeats: int, at_last: timedelta, age: timedelta) -> _Ahead:
        there = alive(point, repeats, in_units(at_last, model.unit), in_units(age, model.unit))
        plain, present = later(repeats, age)
        return _Ahead(there, there * plain, there * present)

    return [of(row.repeats, row.age_at_last, row.age) for row in outlook.history.rows]


def _rows(outlook: Outlook[Any], ahead: Sequence[_Ahead]) -> list[OutlookRow]:
    """The rows of everybody, in the order of the history."""
    values, margin = outlook.values, float(outlook.margin)
    rows = list[OutlookRow]()
    for one, later in zip(outlook.history.rows, ahead, strict=True):
        value = None if values is None else values.expected_value_of(one)
        worth = None if value is None else later.present * value * margin
        rows.append(OutlookRow(one.customer, later.there, later.purchases, value, worth))
    return rows
