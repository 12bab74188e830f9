"""How fast does the pipeline turn into money, and which of the four factors changed it?"""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias, cast, get_args

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc._instants import MICROSECOND
from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch, did_you_mean
from salesproc.metrics._amounts import Amounts
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.deals import DealLike, SeenDeal, read_deals
from salesproc.money import Money
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = [
    "Population",
    "SalesVelocity",
    "VelocityChange",
    "VelocityCounts",
    "finish_sales_velocity",
    "reduce_sales_velocity",
    "sales_velocity",
    "velocity_change",
]

Population: TypeAlias = Literal["open_on_average", "created", "closed", "open_at_end"]
"""Which opportunities the first factor counts."""

_DAY = timedelta(days=1) // MICROSECOND


@attrs.frozen(kw_only=True)
class VelocityCounts:
    """What adds up over deals of a period.

    Attributes:
        length: The length of the period in microseconds; the same in both parts of a sum.
        open_time: The time that deals were open in the period, in microseconds, all deals together.
        open_at_end: Deals open when the period ended.
        created: Deals opened in the period.
        won: Deals won in the period, with their amounts.
        lost: Deals lost in the period.
        cycle_time: The whole life of the deals closed in the period, won and lost, in microseconds.
    """

    length: int
    open_time: int = 0
    open_at_end: int = 0
    created: int = 0
    won: Amounts = attrs.field(factory=Amounts)
    lost: int = 0
    cycle_time: int = 0

    def __add__(self, other: object) -> "VelocityCounts":
        if not isinstance(other, VelocityCounts):
            return NotImplemented
        if other.length != self.length:
            raise ValueError("velocities of periods of two lengths do not add up; count both in one period")
        return VelocityCounts(
            length=self.length,
            open_time=self.open_time + other.open_time,
            open_at_end=self.open_at_end + other.open_at_end,
            created=self.created + other.created,
            won=self.won + other.won,
            lost=self.lost + other.lost,
            cycle_time=self.cycle_time + other.cycle_time,
        )


@attrs.frozen(kw_only=True, repr=False)
class SalesVelocity(Shown):
    """Opportunities times win rate times deal value over cycle length: money per day, with the four factors it is made of.

    Attributes:
        counts: The statistics it was made from.
        population: Which opportunities were counted.
    """

    counts: VelocityCounts
    population: Population

    @property
    def opportunities(self) -> Fraction:
        """How many opportunities, by the population named; a mean number for those open on average."""
        counts = self.counts
        numbers = {
            "open_on_average": Fraction(counts.open_time, counts.length),
            "created": Fraction(counts.created),
            "closed": Fraction(counts.won.deals + counts.lost),
            "open_at_end": Fraction(counts.open_at_end),
        }
        return numbers[self.population]

    @property
    def win_rate(self) -> Rate:
        """Won over won and lost, of the deals closed in the period."""
        return Rate(self.counts.won.deals, self.counts.won.deals + self.counts.lost)

    @property
    def deal_value(self) -> Money | None:
        """The mean amount of the deals won in the period, rounded for showing; None when none has an amount."""
        return self.counts.won.mean

    @property
    def cycle(self) -> timedelta | None:
        """The mean life of the deals closed in the period, won and lost; None when none has closed."""
        closed = self.win_rate.trials
        return timedelta(microseconds=self.counts.cycle_time / closed) if closed else None

    @property
    def per_day(self) -> Fraction | None:
        """Money per day as an exact number in the currency of the deals; None, with a reason, where a factor is missing."""
        won, closed = self.counts.won, self.win_rate.trials
        if self.undefined is not None or won.money is None:
            return None
        value = Fraction(won.money.amount) / (won.deals - won.without_amount)
        rate = Fraction(won.deals, closed)
        cycle_days = Fraction(self.counts.cycle_time, closed * _DAY)
        return self.opportunities * rate * value / cycle_days

    @property
    def won_per_day(self) -> Fraction | None:
        """The value really won in the period, per day of it, exact; None when no deal with an amount was won.

        In a steady pipeline it equals ``per_day`` of those open on average. Where it is much less, deals lie open that never close, and
        ``per_day`` counts them as if they would.
        """
        won = self.counts.won.money
        return None if won is None else Fraction(won.amount) / Fraction(self.counts.length, _DAY)

    @property
    def undefined(self) -> str | None:
        """Why there is no velocity; None when there is one."""
        if self.win_rate.trials == 0:
            return "no deal has closed in the period"
        if self.counts.won.money is None:
            return "no deal with an amount was won in the period"
        return "the deals closed on the day they were opened" if self.counts.cycle_time == 0 else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the population, the four factors and the money per day."""
        value, cycle, speed = self.deal_value, self.cycle, self.per_day
        return [
            {
                "population": self.population,
                "opportunities": float(self.opportunities),
                "win_rate": self.win_rate.value,
                "deal_value": None if value is None else str(value.amount),
                "currency": None if value is None else value.currency,
                "cycle_days": None if cycle is None else cycle / timedelta(days=1),
                "per_day": None if speed is None else float(speed),
                "won_per_day": None if self.won_per_day is None else float(self.won_per_day),
            }
        ]

    def __str__(self) -> str:
        speed = self.per_day
        if speed is None:
            return f"no velocity: {self.undefined}"
        factors = f"{float(self.opportunities):,.1f} {self.population} x {self.win_rate:.1%} x {self.deal_value} / {_text.duration(self.cycle)}"
        return f"{float(speed):,.2f} a day = {factors}; really won: {float(self.won_per_day or 0):,.2f} a day"


def sales_velocity(deals: Iterable[DealLike], *, period: Period, population: Population) -> SalesVelocity:
    """How much money the pipeline makes per day: opportunities times win rate times mean deal value over mean cycle.

    With ``"open_on_average"`` it is the rate at which revenue comes in, by Little's law, in a pipeline that is steady: as many deals
    close as are opened, and none lies open for ever. The result has what was really won per day beside it: where that is much less, the pipeline is
    not steady. Other populations are what other tools use; they make a number whose trend may mean something and whose size does not.

    Args:
        deals: Anything with amount, opened_at, closed_at and outcome, in any order, read once.
        period: What happened in it is counted; deals are taken as they stood at its end.
        population: ``"open_on_average"``, ``"created"`` in the period, ``"closed"`` in it, or ``"open_at_end"``.

    Returns:
        The four factors with their counts, and money per day, exact.

    Raises:
        CurrencyMismatch: Amounts in several currencies.
        LogError: A deal that contradicts itself.

    Source:
        J. D. C. Little, Operations Research 9 (1961), for what the formula equals; ``docs/reference/glossary.md``.

    >>> from salesproc.metrics import Deal
    >>> jan, feb = date(2025, 1, 1), date(2025, 1, 11)
    >>> deals = [Deal(Money(1000, "EUR"), jan, feb, "won"), Deal(Money(500, "EUR"), jan, feb, "lost")]
    >>> print(sales_velocity(deals, period=Period(jan, date(2025, 1, 21)), population="closed"))
    100.00 a day = 2.0 closed x 50.0% x 1,000.00 EUR / 10.0 d; really won: 50.00 a day
    """
    return finish_sales_velocity(reduce_sales_velocity(deals, period=period), population=population)


def reduce_sales_velocity(deals: Iterable[DealLike], *, period: Period) -> VelocityCounts:
    """The first half of `sales_velocity`: counts that add up over disjoint sets of deals."""
    require_period(period, optional=False)
    begin, end = (comparable(moment, period.start, "period") for moment in (period.start, period.end))
    length = elapsed_microseconds(begin, end)
    counts = VelocityCounts(length=length)
    currency: str | None = None
    for seen in read_deals(deals):
        amount = Amounts.of(seen.deal.amount, seen.where, currency)
        currency = currency or (None if amount.money is None else amount.money.currency)
        comparable(
            seen.deal.opened_at, period.start, seen.where
        )  # the kind of time must be that of the period
        counts += _of_deal(seen, amount, begin, end, length)
    return counts


def finish_sales_velocity(counts: VelocityCounts, *, population: Population) -> SalesVelocity:
    """From counts to the four factors."""
    if population not in get_args(Population):
        raise ValueError(
            f"there is no population {population!r}; {did_you_mean(str(population), get_args(Population))}"
        )
    return SalesVelocity(counts=counts, population=population)


@attrs.frozen(kw_only=True, repr=False)
class VelocityChange(Shown):
    """What each factor did to the velocity: the four multiply to the whole change, and their logarithms add up.

    Attributes:
        opportunities: New over old.
        win_rate: New over old.
        deal_value: New over old.
        cycle: Old over new: a shorter cycle is above 1.
    """

    opportunities: Fraction
    win_rate: Fraction
    deal_value: Fraction
    cycle: Fraction

    @property
    def whole(self) -> Fraction:
        """New velocity over old, exactly the product of the four."""
        return self.opportunities * self.win_rate * self.deal_value * self.cycle

    @property
    def shares(self) -> dict[str, float]:
        """How much of the change each factor made, as parts of the logarithm: they add up to 1. Empty when nothing changed."""
        logs = {
            name: math.log(getattr(self, name))
            for name in ("opportunities", "win_rate", "deal_value", "cycle")
        }
        whole = math.fsum(logs.values())
        return {} if self.whole == 1 else {name: part / whole for name, part in logs.items()}

    def __str__(self) -> str:
        names = {
            "opportunities": self.opportunities,
            "win rate": self.win_rate,
            "deal value": self.deal_value,
            "from cycle": self.cycle,
        }
        factors = ", ".join(f"{name} x {float(ratio):.3f}" for name, ratio in names.items())
        return f"x {float(self.whole):.3f} = {factors}"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per factor: how it changed, and the part of the whole change it made."""
        shares = self.shares
        names = ("opportunities", "win_rate", "deal_value", "cycle")
        return [
            {"factor": name, "ratio": float(getattr(self, name)), "share": shares.get(name)} for name in names
        ]


def velocity_change(before: SalesVelocity, after: SalesVelocity) -> VelocityChange:
    """Which factor made the pipeline faster or slower?

    Args:
        before: The velocity then.
        after: The velocity now, of the same population.

    Raises:
        ValueError: They are of two populations, or one of them has no velocity, or is zero.
        CurrencyMismatch: They are in two currencies.

    Source:
        A cycle a fifth shorter is a quarter more velocity; each other factor a fifth higher is a fifth more.

    >>> from salesproc.metrics import Deal
    >>> first, tenth, eighth = date(2025, 1, 1), date(2025, 1, 11), date(2025, 1, 9)
    >>> january = Period(first, date(2025, 1, 31))
    >>> slow, quick = (
    ...     sales_velocity([Deal(Money(1000, "EUR"), first, day, "won")], period=january, population="closed")
    ...     for day in (tenth, eighth)
    ... )
    >>> velocity_change(slow, quick).whole
    Fraction(5, 4)
    """
    if before.population != after.population:
        raise ValueError(
            f"a velocity of {before.population!r} and one of {after.population!r} cannot be compared"
        )
    for name, one in (("before", before), ("after", after)):
        if not one.per_day:
            raise ValueError(f"{name} has no velocity to compare: {one.undefined or 'it is zero'}")
    old, new = _value(before), _value(after)
    if old.currency != new.currency:
        raise CurrencyMismatch(
            f"before is in {old.currency}, after in {new.currency}; convert one of them first"
        )
    return VelocityChange(
        opportunities=after.opportunities / before.opportunities,
        win_rate=_exact(after) / _exact(before),
        deal_value=_mean(after) / _mean(before),
        cycle=_days(before) / _days(after),
    )


def _of_deal(
    seen: SeenDeal[DealLike], amount: Amounts, begin: date, end: date, length: int
) -> VelocityCounts:
    """One deal as it stood at the end of the period."""
    opened, closed = seen.opened, seen.closed
    if opened >= end:
        return VelocityCounts(length=length)
    until = end if closed is None or closed > end else closed
    open_time = max(0, elapsed_microseconds(max(opened, begin), until)) if until > begin else 0
    created = int(opened >= begin)
    if closed is None or closed >= end:
        return VelocityCounts(length=length, open_time=open_time, open_at_end=1, created=created)
    if closed < begin:
        return VelocityCounts(length=length)
    won = seen.outcome == "won"
    return VelocityCounts(
        length=length,
        open_time=open_time,
        created=created,
        won=amount if won else Amounts(),
        lost=int(not won),
        cycle_time=elapsed_microseconds(opened, closed),
    )


def _value(one: SalesVelocity) -> Money:
    return cast("Money", one.counts.won.money)  # there is one where there is a velocity


def _mean(one: SalesVelocity) -> Fraction:
    won = one.counts.won
    return Fraction(_value(one).amount) / (won.deals - won.without_amount)


def _exact(one: SalesVelocity) -> Fraction:
    return Fraction(one.win_rate.hits, one.win_rate.trials)


def _days(one: SalesVelocity) -> Fraction:
    return Fraction(one.counts.cycle_time, one.win_rate.trials * _DAY)
