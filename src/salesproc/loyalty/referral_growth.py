"""How fast do recommendations make customers, and what would it be if everybody recommended?"""

from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias, get_args

import attrs

from salesproc import _text
from salesproc._given import whole_number
from salesproc._tables import Shown
from salesproc.errors import did_you_mean
from salesproc.metrics import Ratio
from salesproc.metrics._numbers import Number, positive_number, rounded_money
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money
from salesproc.rates import Rate

__all__ = [
    "KFactor",
    "ReferralGeneration",
    "ReferralProjection",
    "WhoRefers",
    "k_factor",
    "referral_projection",
]

WhoRefers: TypeAlias = Literal["new only", "everybody"]
"""Who brings somebody in the next generation."""


@attrs.frozen(repr=False)
class KFactor(Shown):
    """How many new customers a customer brings by inviting others, and what it is made of.

    Attributes:
        invites: Invitations sent.
        users: Customers who could send them.
        converted: Invitations that made a customer.
    """

    invites: int
    users: int
    converted: int

    @property
    def invites_per_user(self) -> Ratio:
        """Invitations per customer who could send them."""
        return Ratio(self.invites, self.users, "nobody could invite")

    @property
    def conversion(self) -> Rate:
        """Invitations that made a customer, of those sent."""
        return Rate(self.converted, self.invites)

    @property
    def k(self) -> Ratio:
        """Invitations per customer times conversion: new customers per customer, in one round. Above 1 each round is larger than the last."""
        return Ratio(self.converted, self.users, "nobody could invite")

    @property
    def undefined(self) -> str | None:
        """Why there is no k; None when there is one."""
        return self.k.undefined

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts, and the three quotients."""
        return [
            attrs.asdict(self)
            | {
                "invites_per_user": self.invites_per_user.value,
                "conversion": self.conversion.value,
                "k": self.k.value,
            }
        ]

    def __str__(self) -> str:
        return f"k {self.k:.3f} = {self.invites_per_user:.3f} invitations each x {self.conversion} converted"


def k_factor(invites: int, users: int, converted: int) -> KFactor:
    """The viral coefficient k: invitations per customer times the share of them that makes a customer.

    It says nothing of how long a round takes, and a round of a week and one of a year with the same k are not the same growth.

    Args:
        invites: Invitations sent in a round.
        users: Customers who could send them, whether they did or not.
        converted: Of the invitations, how many made a customer.

    Returns:
        The counts and the quotients; undefined when nobody could invite.

    Raises:
        ValueError: A negative count, more conversions than invitations, or invitations from nobody.
        TypeError: No whole number.

    Source:
        ``docs/reference/glossary.md``. A page that prints invitations over conversion has it wrong: it is the product.

    >>> print(k_factor(500, 100, 50))
    k 0.500 = 5.000 invitations each x 10.0% (50 of 500) converted
    """
    for name, count in (("invites", invites), ("users", users), ("converted", converted)):
        whole_number(count, name)
    if converted > invites:
        raise ValueError(
            f"{converted} of {invites} invitations cannot have made a customer; count only the invited"
        )
    if invites and not users:
        raise ValueError(
            f"{invites} invitations came from somebody; users counts everybody who could send one"
        )
    return KFactor(invites, users, converted)


class ReferralGeneration(NamedTuple):
    """One round of recommending.

    Attributes:
        number: Which one, from 1.
        new: Customers it brings.
        total: Customers after it.
        money: What the new ones are worth; None when no value was given.
    """

    number: int
    new: Fraction
    total: Fraction
    money: Money | None


@attrs.frozen(repr=False)
class ReferralProjection(Shown):
    """What it would be if every customer brought so many.

    Attributes:
        customers: Before the first round.
        per_customer: How many each one brings, exact.
        again: Who brings somebody in each round.
        generations: The rounds in order.
    """

    customers: int
    per_customer: Fraction
    again: WhoRefers
    generations: tuple[ReferralGeneration, ...]

    @property
    def total(self) -> Fraction:
        """Customers after the last round."""
        return self.generations[-1].total

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per round."""
        return [
            {
                "generation": one.number,
                "new": _count(one.new),
                "total": _count(one.total),
                "money": None if one.money is None else str(one.money.amount),
                "currency": None if one.money is None else one.money.currency,
            }
            for one in self.generations
        ]

    def __str__(self) -> str:
        lines = [
            (
                str(one.number),
                f"{_count(one.new):,}",
                f"{_count(one.total):,}",
                _text.ABSENT if one.money is None else str(one.money),
            )
            for one in self.generations
        ]
        return _text.table(("generation", "new", "total", "money"), lines)

    def __repr__(self) -> str:
        rounds = len(self.generations)
        return f"<ReferralProjection: {self.customers:,} to {_count(self.total):,} customers in {rounds} generations>"


def referral_projection(
    customers: int,
    *,
    per_customer: Number,
    generations: int = 1,
    again: WhoRefers = "new only",
    average_value: Money | None = None,
) -> ReferralProjection:
    """What it would be if every customer brought so many others: a what-if, and no forecast.

    Args:
        customers: How many there are.
        per_customer: How many each one brings in a round, 0 or more; a `KFactor` measured is ``k_factor(...).k.exact``.
        generations: How many rounds.
        again: Whether in the next round only the new ones bring somebody, or everybody does again.
        average_value: What a new customer is worth, such as the mean order or the lifetime value.

    Returns:
        Per round how many are new and how many there are, exact; amounts are rounded to the minor unit.

    Raises:
        ValueError: A negative number, no round, or no such rule.
        TypeError: No number.

    Source:
        What if each customer brought three others? Document 002 of ``docs/explanation/sources.md``, which asks and does not measure.

    >>> print(referral_projection(100, per_customer=3, average_value=Money(50, "EUR")))
    generation  new  total          money
    1           300    400  15,000.00 EUR
    >>> [int(one.total) for one in referral_projection(1, per_customer=3, generations=2).generations]
    [4, 13]
    >>> int(referral_projection(1, per_customer=3, generations=2, again="everybody").total)
    16
    """
    if again not in get_args(WhoRefers):
        hint = did_you_mean(again, get_args(WhoRefers))
        raise ValueError(f"again must be one of its rules, got {again!r}; {hint}")
    whole_number(generations, "generations", least=1)
    each = positive_number(per_customer, "per_customer")
    referring = total = Fraction(whole_number(customers, "customers"))
    rounds = list[ReferralGeneration]()
    for number in range(1, generations + 1):
        new = referring * each
        total += new
        referring = new if again == "new only" else total
        money = None if average_value is None else _worth(new, average_value)
        rounds.append(ReferralGeneration(number, new, total, money))
    return ReferralProjection(customers, each, again, (*rounds,))


def _worth(customers: Fraction, each: Money) -> Money:
    return rounded_money(customers * Fraction(each.amount), each.currency)


def _count(customers: Fraction) -> int | float:
    return int(customers) if customers.denominator == 1 else float(customers)
