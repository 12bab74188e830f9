"""What are the margins of later periods worth today, when a customer may have left by then?"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

import attrs

from salesproc._given import require_money
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch, did_you_mean
from salesproc.metrics._numbers import Number, exact_number, rounded_money
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

__all__ = ["DiscountedValue", "FirstMargin", "discounted_value", "margin_multiple"]

FirstMargin: TypeAlias = Literal["next", "now"]
"""When the first margin comes: a period from now, and only from those who stay; or at once."""


def margin_multiple(retention: Share, discount: Number, *, first: FirstMargin) -> Fraction:
    """How many times the margin of a period a customer is worth, when they stay with the same chance in every period and for ever.

    With the first margin a period away it is ``r / (1 + d - r)``, for somebody won today who has not paid. With a first margin that comes at
    once it is ``(1 + d) / (1 + d - r)``, exactly one margin more. Pages and papers mix the two, so there is no default. The cost of winning the
    customer is not in it.

    Args:
        retention: The chance to stay for one more period, 0 to 1, or a rate.
        discount: What money loses per period, as a share: above -1 and up to 1; 0.1 for 10 %.
        first: ``"next"`` when the first margin comes a period from now, ``"now"`` when it comes at once.

    Returns:
        The multiple, exact.

    Raises:
        ValueError: Retention is no share, the discount is none or a percentage, or retention is not below 1 + discount, when the sum has no limit.
        TypeError: One of them is no number.

    Source:
        S. Gupta and D. R. Lehmann, "Customers as assets", Journal of Interactive Marketing 17 (2003): 2.67 for 80 % and 10 %.

    >>> round(float(margin_multiple(0.80, 0.10, first="next")), 2)
    2.67
    >>> margin_multiple(0.80, 0.10, first="now") - margin_multiple(0.80, 0.10, first="next")
    Fraction(1, 1)
    """
    _require_first(first)
    r, d = exact_share(retention, "retention"), _discount(discount)
    if r >= 1 + d:
        raise ValueError(
            f"retention must be below 1 + discount, got {retention!r} and {discount!r}: "
            f"margins that do not shrink for ever add up to no value; use discounted_value for so many periods"
        )
    return (r if first == "next" else 1 + d) / (1 + d - r)


@attrs.frozen(kw_only=True, repr=False)
class DiscountedValue(Shown):
    """The margins of so many periods, each by the share still there and by what money is worth then.

    Attributes:
        margins: Per period, the margin of a customer who is there.
        survival: Per period, the share that is still there.
        discount: What money loses per period.
        first: When the first margin comes.
    """

    margins: tuple[Money, ...]
    survival: tuple[Fraction, ...]
    discount: Fraction
    first: FirstMargin

    @property
    def currency(self) -> str:
        """The currency of the value."""
        return self.margins[0].currency

    @property
    def exact(self) -> Fraction:
        """The value in units of its currency, without rounding."""
        return sum(self._present(), Fraction(0))

    @property
    def value(self) -> Money:
        """The value, rounded half-even to the minor unit."""
        return rounded_money(self.exact, self.currency)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per period: how many periods away, the margin as exact text, the share still there, and what it is worth today."""
        start = self._start
        parts = zip(self.margins, self.survival, self._present(), strict=True)
        return [
            {
                "period": period,
                "margin": str(margin.amount),
                "currency": margin.currency,
                "survival": float(share),
                "present": float(present),
            }
            for period, (margin, share, present) in enumerate(parts, start)
        ]

    def __str__(self) -> str:
        first = "a period away" if self.first == "next" else "at once"
        count = f"{len(self.margins):,} margins" if len(self.margins) > 1 else "one margin"
        return f"{self.value} from {count}, the first {first}, discounted by {float(self.discount):.1%}"

    @property
    def _start(self) -> int:
        return 1 if self.first == "next" else 0

    def _present(self) -> Iterator[Fraction]:
        """What each margin is worth today."""
        worth = 1 / (1 + self.discount) ** self._start
        for margin, share in zip(self.margins, self.survival, strict=True):
            yield Fraction(margin.amount) * share * worth
            worth /= 1 + self.discount


def discounted_value(
    margins: Sequence[Money], survival: Sequence[Share], *, discount: Number, first: FirstMargin
) -> DiscountedValue:
    """What a contract customer is worth today: each period's margin, times the share still there, discounted.

    Only the periods given count; nothing is assumed about later ones.

    Args:
        margins: Per period, the margin of a customer who is there; below 0 for one that costs more than it brings.
        survival: Per period, the share still there when the margin comes: from a table, a contract, or a `survival_curve`. It never rises.
        discount: What money loses per period, as a share: above -1 and up to 1.
        first: ``"next"`` when the first margin comes a period from now, ``"now"`` when it comes at once and is not discounted.

    Returns:
        The value, exact, with the table it was made from.

    Raises:
        ValueError: No margin, not as many shares as margins, a share that is none or that rises, or no discount.
        CurrencyMismatch: Margins in two currencies.

    Source:
        The finite form of the sum behind `margin_multiple`: ``m S(t) / (1 + d) ** t``, over the periods.

    >>> year = [Money(100, "EUR")] * 3
    >>> print(discounted_value(year, [0.8, 0.64, 0.512], discount=0.10, first="next"))
    164.09 EUR from 3 margins, the first a period away, discounted by 10.0%
    """
    _require_first(first)
    if not margins or len(margins) != len(survival):
        raise ValueError(
            f"give one share per margin, and at least one of each, got {len(margins)} margins and {len(survival)} shares"
        )
    shares = tuple(
        exact_share(share, f"survival in period {number}") for number, share in enumerate(survival, 1)
    )
    for number, (before, share) in enumerate(pairwise(shares), 2):
        if share > before:
            raise ValueError(
                f"survival must not rise, got {survival[number - 2]!r} and then {survival[number - 1]!r} in period {number}; "
                f"give the share of those at the start, not of those of the period before"
            )
    _require_one_currency(margins)
    return DiscountedValue(margins=tuple(margins), survival=shares, discount=_discount(discount), first=first)


def _require_one_currency(margins: Sequence[Money]) -> None:
    for number, margin in enumerate(margins, 1):
        if require_money(margin, f"margin {number}").currency != margins[0].currency:
            raise CurrencyMismatch(
                f"margin {number} is in {margin.currency}, those before it in {margins[0].currency}; convert to one currency first"
            )


def _discount(given: Number) -> Fraction:
    exact = exact_number(given, "discount")
    if not -1 < exact <= 1:
        hint = "a percentage is divided by 100 first" if exact > 1 else "1 + discount must be above 0"
        raise ValueError(f"discount must be above -1 and at most 1, got {given!r}; {hint}")
    return exact


def _require_first(first: str) -> None:
    known = get_args(FirstMargin)
    if first not in known:
        raise ValueError(
            f"first must say when the first margin comes, got {first!r}; {did_you_mean(str(first), known)}"
        )
