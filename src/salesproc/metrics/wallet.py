"""How much of what they buy do customers buy from us, and how much more could it be?"""

from fractions import Fraction

import attrs

from salesproc._given import whole_number
from salesproc._tables import Shown
from salesproc.metrics._numbers import Number, exact_number, positive_money
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.ratios import Ratio
from salesproc.money import Money
from salesproc.rates import Rate

__all__ = [
    "GrowthHeadroom",
    "Wallet",
    "growth_headroom",
    "penetration",
    "share_of_wallet",
    "share_of_wallet_from_category",
    "wallet_allocation",
]


@attrs.frozen(repr=False)
class Wallet(Shown):
    """What a customer, or a group of them, spends on a kind of thing, with us and elsewhere.

    Attributes:
        own: Spent with us.
        elsewhere: Spent with others.
    """

    own: Money
    elsewhere: Money

    @property
    def category(self) -> Money:
        """All that is spent on this kind of thing."""
        return self.own + self.elsewhere

    @property
    def share(self) -> Ratio:
        """Share of wallet: spent with us over all that is spent, 0 to 1."""
        return Ratio(self.own, self.category, "nothing of the kind is bought")

    @property
    def headroom(self) -> Money:
        """What we could sell more if they bought only from us."""
        return self.elsewhere

    @property
    def undefined(self) -> str | None:
        """Why there is no share; None when there is one."""
        return self.share.undefined

    def __add__(self, other: object) -> "Wallet":
        if not isinstance(other, Wallet):
            return NotImplemented
        return Wallet(self.own + other.own, self.elsewhere + other.elsewhere)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the amounts as exact text, the currency, and the share."""
        return [
            {
                "own": str(self.own.amount),
                "elsewhere": str(self.elsewhere.amount),
                "category": str(self.category.amount),
                "currency": self.own.currency,
                "share": self.share.value,
            }
        ]

    def __str__(self) -> str:
        return f"{self.share:.1%} of {self.category} with us, {self.headroom} elsewhere"


def share_of_wallet(own: Money, elsewhere: Money) -> Wallet:
    """Which share of what customers spend on our kind of thing they spend with us, and how much goes elsewhere.

    It asks how much of a customer we have; `penetration` asks how many customers. Wallets of different customers add up with ``+``.

    Args:
        own: What they spend with us in a period, 0 or more.
        elsewhere: What they spend with others on the same kind of thing in the same period, 0 or more; they have to be asked.

    Returns:
        Both amounts, the share, and the headroom; undefined when nothing of the kind is bought.

    Raises:
        ValueError: An amount is negative.
        TypeError: An amount is no money.
        CurrencyMismatch: They are in two currencies.

    Source:
        Document 004 of ``docs/explanation/sources.md``, where it is called penetration.

    >>> print(share_of_wallet(Money(30, "EUR"), Money(70, "EUR")))
    30.0% of 100.00 EUR with us, 70.00 EUR elsewhere
    """
    positive_money(own, "own")
    positive_money(elsewhere, "elsewhere")
    _ = own + elsewhere  # two currencies are refused here
    return Wallet(own, elsewhere)


def share_of_wallet_from_category(own: Money, category: Money) -> Wallet:
    """Share of wallet when what is known is an estimate of all that the customers spend on our kind of thing.

    Args:
        own: What they spend with us, 0 or more.
        category: The estimate of what they spend with anybody, us included.

    Returns:
        As for `share_of_wallet`.

    Raises:
        ValueError: More is spent with us than in all: the estimate is wrong. Or an amount is negative.
        TypeError: An amount is no money.
        CurrencyMismatch: They are in two currencies.

    >>> share_of_wallet_from_category(Money(120, "EUR"), Money(100, "EUR"))
    Traceback (most recent call last):
    ValueError: 120.00 EUR spent with us cannot be part of 100.00 EUR spent in all; the estimate of the category is too low
    """
    positive_money(own, "own")
    positive_money(category, "category")
    if own > category:
        raise ValueError(
            f"{own} spent with us cannot be part of {category} spent in all; the estimate of the category is too low"
        )
    return Wallet(own, category - own)


@attrs.frozen(repr=False)
class GrowthHeadroom(Shown):
    """What a customer buys, and what they could buy if the relationship were worked on.

    Attributes:
        current: Bought now, in some period.
        potential: What it could be, in a period as long.
    """

    current: Money
    potential: Money

    @property
    def headroom(self) -> Money:
        """What it could be more."""
        return self.potential - self.current

    @property
    def multiple(self) -> Ratio:
        """Potential over current."""
        return Ratio(self.potential, self.current, "nothing is bought now")

    @property
    def undefined(self) -> str | None:
        """Why there is no multiple; None when there is one."""
        return self.multiple.undefined

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the amounts as exact text, the currency, and the multiple."""
        return [
            {
                "current": str(self.current.amount),
                "potential": str(self.potential.amount),
                "headroom": str(self.headroom.amount),
                "currency": self.current.currency,
                "multiple": self.multiple.value,
            }
        ]

    def __str__(self) -> str:
        times = self.multiple.undefined or f"{self.multiple:.2f} times as much"
        return f"{self.headroom} more than {self.current}: {times}"


def growth_headroom(current: Money, potential: Money) -> GrowthHeadroom:
    """How much more a customer could buy than they do, and how many times as much that is.

    An estimate that is a range is asked twice, once for each end.

    Args:
        current: What they buy now in some period, 0 or more.
        potential: What they could buy in a period as long; never less.

    Returns:
        The headroom and the multiple, which is undefined for somebody who buys nothing now.

    Raises:
        ValueError: The potential is below what they buy, or an amount is negative.
        TypeError: An amount is no money.
        CurrencyMismatch: They are in two currencies.

    Source:
        A customer with purchases for 5 million a month who might buy for 15 or 20: document 004 of ``docs/explanation/sources.md``.

    >>> print(growth_headroom(Money(5_000_000, "RUB"), Money(15_000_000, "RUB")))
    10,000,000.00 RUB more than 5,000,000.00 RUB: 3.00 times as much
    """
    positive_money(current, "current")
    positive_money(potential, "potential")
    if potential < current:
        raise ValueError(f"a potential of {potential} is below the {current} bought now; estimate it again")
    return GrowthHeadroom(current, potential)


def penetration(buyers: int, population: int) -> Rate:
    """Which share of a target population buys from us: how many customers we have of all there could be.

    How much of a customer we have is `share_of_wallet`.

    Args:
        buyers: Those of the population who bought in the period.
        population: Everybody who could have: companies of the trade and region, households of a town.

    Returns:
        The share with both counts; undefined when there is nobody.

    Raises:
        ValueError: A negative number, or more buyers than people: some of them are not of the population.
        TypeError: No whole number.

    Source:
        ``docs/reference/glossary.md``.

    >>> print(penetration(120, 800))
    15.0% (120 of 800)
    """
    whole_number(buyers, "buyers")
    whole_number(population, "population")
    if buyers > population:
        raise ValueError(
            f"{buyers} buyers cannot be among a population of {population}; count only those who belong to it"
        )
    return Rate(buyers, population)


def wallet_allocation(rank: Number, brands: int) -> Fraction:
    """The share of wallet to expect when all that is known is how a customer ranks the brands they use.

    The shares of all ranks add up to 1. A guess from ranks, to be replaced by amounts as soon as there are some.

    Args:
        rank: Our place among the brands the customer uses, 1 for the one they like best. Brands that tie share the mean of their places: 1.5 for two
            first ones.
        brands: How many brands of the kind the customer uses, ours included.

    Returns:
        The share, exact.

    Raises:
        ValueError: There is no brand, or no such place among so many.
        TypeError: One of them is no number.

    Source:
        Wallet Allocation Rule: T. L. Keiningham, L. Aksoy, A. Buoye and B. Cooil, "Customer loyalty isn't enough. Grow your share of wallet",
        Harvard Business Review 89 (2011).

    >>> [str(wallet_allocation(place, 3)) for place in (1, 2, 3)]
    ['1/2', '1/3', '1/6']
    """
    count, place = whole_number(brands, "brands"), exact_number(rank, "rank")
    if not 1 <= place <= count:
        raise ValueError(f"rank must be a place from 1 to the number of brands, got {rank!r} of {brands!r}")
    return (1 - place / (count + 1)) * Fraction(2, count)
