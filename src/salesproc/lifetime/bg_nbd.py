"""Who of a shop's customers is still alive, and what will they buy? The BG/NBD model, where nobody gives notice.

While alive a customer buys at random at a pace of their own (a gamma distribution over customers), and after each purchase leaves for good
with a chance of their own (a beta distribution). From how often they came back, when last, and since when they are known, the model says the rest.
"""

import math
from datetime import timedelta
from typing import ClassVar

import attrs

from salesproc._given import whole_number
from salesproc.lifetime._bg_nbd_formulas import Point, alive, expected_purchases, integrated_purchases
from salesproc.lifetime._time import TimeUnit, horizon_in_units, in_units, length_of
from salesproc.lifetime.estimates import FittedModel, parameter_words, positive
from salesproc.lifetime.purchase_history import CustomerHistory
from salesproc.metrics._numbers import Number, exact_number

__all__ = ["BgNbd"]


def _known_unit(_: object, __: object, value: TimeUnit) -> None:
    length_of(value)


@attrs.frozen(kw_only=True, repr=False)
class BgNbd(FittedModel):
    """The BG/NBD model: fitted by `fit_bg_nbd`, or written down from a paper.

    Times are asked for as durations, ``timedelta(weeks=52)``, so that no week can be read as a day. Only *alpha* has a unit.

    Attributes:
        r: Shape of the distribution of the pace of buying; the smaller, the more customers differ.
        alpha: Its other parameter, in units of time: the mean pace is r over alpha purchases per unit.
        a: First parameter of the distribution of the chance to leave after a purchase.
        b: Second parameter. The mean chance to leave is a over a plus b.
        unit: The unit of time of *alpha*.
        fit: How the parameters were found; None when they were written down.

    Source:
        P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD model", Marketing
        Science 24 (2005).

    >>> cdnow = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
    >>> row = CustomerHistory("of the paper", repeats=2, age_at_last=timedelta(weeks=30.43), age=timedelta(weeks=38.86))
    >>> round(cdnow.probability_alive(row), 3), round(cdnow.expected_purchases_of(row, timedelta(weeks=39)), 3)
    (0.727, 1.226)
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    r: float = attrs.field(validator=positive)
    alpha: float = attrs.field(validator=positive)
    a: float = attrs.field(validator=positive)
    b: float = attrs.field(validator=positive)
    unit: TimeUnit = attrs.field(validator=_known_unit)

    def in_unit(self, unit: TimeUnit) -> "BgNbd":
        """The same model with *alpha* in another unit; its fit keeps the likelihood of the unit it was fitted in.

        Raises:
            PeriodError: There is no such unit.
        """
        return attrs.evolve(self, alpha=self.alpha * (length_of(self.unit) / length_of(unit)), unit=unit)

    def probability_alive(self, customer: CustomerHistory) -> float:
        """The chance that the customer has not left for good, 0 to 1.

        It is 1 for everybody who bought only once: by this model nobody leaves before a second purchase. It falls with silence, the faster the more
        often somebody used to buy.

        Args:
            customer: As in the rows of a purchase history.

        Raises:
            ValueError: The numbers of the customer contradict each other.
        """
        return alive(self._point, *self._numbers(customer))

    def expected_purchases(self, horizon: timedelta) -> float:
        """How many repeat purchases a new customer makes on average within a time of the first.

        Args:
            horizon: How far ahead.

        Raises:
            ValueError: *horizon* is below 0.
            TypeError: It is no duration.

        >>> cdnow = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
        >>> round(cdnow.expected_purchases(timedelta(weeks=39)), 3)
        1.197
        """
        return expected_purchases(self._point, 0, 0.0, horizon_in_units(horizon, self.unit))

    def expected_purchases_of(
        self, customer: CustomerHistory, horizon: timedelta, *, discount: Number = 0, per: TimeUnit = "year"
    ) -> float:
        """How many purchases are to be expected of a known customer from the end of the observation on, the chance that they have left included.

        Args:
            customer: As in the rows of a purchase history.
            horizon: How far ahead.
            discount: What money loses per unit *per*, as a share, 0 to 1: purchases count for what they are worth at the end of the observation.
            per: The unit of time of the discount; that of the model does not matter.

        Raises:
            ValueError: *horizon* is below 0, *discount* is no share, or the numbers of the customer contradict each other.
            TypeError: *horizon* is no duration.
            PeriodError: There is no such unit.
        """
        repeats, at_last, age = self._numbers(customer)
        ahead, force = horizon_in_units(horizon, self.unit), discount_force(discount, per, self.unit)
        there = alive(self._point, repeats, at_last, age)
        if not force:
            return there * expected_purchases(self._point, repeats, age, ahead)
        return there * integrated_purchases(self._point, repeats, age, ahead, force)

    def probability_of(self, repeats: int, horizon: timedelta) -> float:
        """The chance that a new customer makes exactly so many repeat purchases within a time of the first.

        Raises:
            ValueError: *repeats* or *horizon* is below 0.
            TypeError: *horizon* is no duration, or *repeats* no whole number.

        >>> cdnow = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
        >>> round(cdnow.probability_of(0, timedelta(weeks=39)), 3)
        0.574
        """
        x = whole_number(repeats, "repeats")
        t = horizon_in_units(horizon, self.unit)
        r, alpha, a, b = self._point
        low, z = r * math.log(alpha / (alpha + t)), t / (alpha + t)
        stayed = math.lgamma(b + x) - math.lgamma(b) - math.lgamma(a + b + x) + math.lgamma(a + b)
        exactly = math.exp(stayed + low) * _buys(r, x, z)
        if not x:
            return exactly
        fewer = math.fsum(_buys(r, one, z) for one in range(x))
        return exactly + math.exp(stayed) * a / (b + x - 1) * max(0.0, 1 - math.exp(low) * fewer)

    def __str__(self) -> str:
        return parameter_words(self, {"alpha": f" {self.unit}s"})

    @property
    def _point(self) -> Point:
        return Point(self.r, self.alpha, self.a, self.b)

    def _numbers(self, customer: CustomerHistory) -> tuple[int, float, float]:
        """Repeats, age at the last purchase, age, in the unit of the model."""
        repeats, at_last, age = customer.repeats, customer.age_at_last, customer.age
        if repeats < 0 or not timedelta() <= at_last <= age or (at_last and not repeats):
            raise ValueError(
                f"the history of a customer contradicts itself: {customer!r}; the age at the last purchase lies between 0 and the age, and is 0 without repeats"
            )
        return repeats, in_units(at_last, self.unit), in_units(age, self.unit)


def discount_force(discount: Number, per: TimeUnit, unit: TimeUnit) -> float:
    """The discount as a rate of decay per unit of time.

    Raises:
        ValueError: It is no share.
        PeriodError: There is no such unit.
    """
    rate = float(exact_number(discount, "discount"))
    if not 0 <= rate <= 1:
        hint = "a percentage is divided by 100 first" if rate > 1 else "money does not grow by waiting"
        raise ValueError(f"discount must lie between 0 and 1, got {discount!r}; {hint}")
    return math.log1p(rate) * (length_of(unit) / length_of(per))


def _buys(r: float, times: int, z: float) -> float:
    """Gamma(r + x) / (Gamma(r) x!) z ** x: a term of the negative binomial distribution."""
    if not z:
        return float(not times)
    return math.exp(math.lgamma(r + times) - math.lgamma(r) - math.lgamma(times + 1) + times * math.log(z))
