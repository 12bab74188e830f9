"""How much of one for how much of another? Quotients and means that keep what they were made of, and say why there is none."""

import math
from fractions import Fraction

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

__all__ = ["MeanMoney", "Ratio"]


@attrs.frozen(repr=False)
class Ratio(Shown):
    """One quantity over another of the same kind, exact: a value rate, a coverage, calls per meeting.

    Unlike a `Rate` it may pass 1, and what it is made of need not be counts.

    Attributes:
        part: What is divided: money or a number; None where there is no amount, which is then nothing.
        whole: What it is divided by, of the same kind.
        nothing: The reason given when there is nothing to divide by.

    Raises:
        TypeError: One is money and the other is not.

    >>> Ratio(Money(900, "EUR"), Money(1000, "EUR"))
    <Ratio: 0.900 (900.00 EUR over 1,000.00 EUR)>
    >>> print(Ratio(5, 0, nothing="no outcome yet"))
    n/a: no outcome yet
    """

    part: Money | Fraction | int | None
    whole: Money | Fraction | int | None
    nothing: str = "nothing to divide by"

    def __attrs_post_init__(self) -> None:
        kinds = {isinstance(one, Money) for one in (self.part, self.whole) if one is not None}
        if len(kinds) > 1:
            raise TypeError(f"a ratio is of two quantities of one kind, got {self.part!r} and {self.whole!r}")
        if isinstance(self.part, Money) and isinstance(self.whole, Money):
            _ = self.part < self.whole  # two currencies are refused here

    @property
    def exact(self) -> Fraction | None:
        """The quotient without rounding; None when there is nothing to divide by."""
        if self.whole is None or not self.whole:
            return None
        if self.part is None:
            return Fraction(0)
        if isinstance(self.whole, Money):
            return self.part / self.whole if isinstance(self.part, Money) else None
        return None if isinstance(self.part, Money) else Fraction(self.part) / self.whole

    @property
    def value(self) -> float | None:
        """The quotient; None when there is nothing to divide by."""
        return None if self.exact is None else float(self.exact)

    @property
    def undefined(self) -> str | None:
        """Why there is no quotient; None when there is one."""
        return self.nothing if self.exact is None else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the quotient, and both sides as exact text, with the currency if they are money."""
        money = self.whole if isinstance(self.whole, Money) else self.part
        return [
            {
                "value": self.value,
                "part": _plain(self.part),
                "whole": _plain(self.whole),
                "currency": money.currency if isinstance(money, Money) else None,
            }
        ]

    def __float__(self) -> float:
        return math.nan if self.exact is None else float(self.exact)

    def __format__(self, spec: str) -> str:
        """The quotient in that number format, ``n/a`` when there is none; as ``str`` without a format."""
        if not spec:
            return str(self)
        text = format(self.value or 0.0, spec)  # also refuses a bad format
        return _text.ABSENT if self.exact is None else text

    def __str__(self) -> str:
        if self.exact is None:
            return f"{_text.ABSENT}: {self.nothing}"
        return f"{self:.3f} ({_shown(self.part)} over {_shown(self.whole)})"


@attrs.frozen(repr=False)
class MeanMoney(Shown):
    """A mean amount, and what it is the mean of.

    Attributes:
        total: The sum of the amounts; None when there are none.
        count: How many amounts.
        left_out: Cases without an amount: not in it, never read as zero.
        nothing: The reason given when there is no amount.

    >>> print(MeanMoney(Money(1200, "EUR"), 2, left_out=1))
    600.00 EUR (mean of 2, 1 without amount)
    """

    total: Money | None
    count: int
    left_out: int = 0
    nothing: str = "no amounts"

    @property
    def value(self) -> Money | None:
        """The mean, rounded half-even to the minor unit; None when there are no amounts."""
        return self.total.divided_by(self.count) if self.total is not None and self.count else None

    @property
    def exact(self) -> Fraction | None:
        """The mean in units of the currency, without rounding; None when there are no amounts."""
        return Fraction(self.total.amount) / self.count if self.total is not None and self.count else None

    @property
    def undefined(self) -> str | None:
        """Why there is no mean; None when there is one."""
        return self.nothing if self.value is None else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the mean and the sum as exact text, the currency, and the counts."""
        return [
            {
                "value": None if self.value is None else str(self.value.amount),
                "total": None if self.total is None else str(self.total.amount),
                "currency": None if self.total is None else self.total.currency,
                "count": self.count,
                "left_out": self.left_out,
            }
        ]

    def __str__(self) -> str:
        apart = f", {self.left_out:,} without amount" if self.left_out else ""
        if self.value is None:
            return f"{_text.ABSENT}: {self.nothing}{apart}"
        return f"{self.value} (mean of {self.count:,}{apart})"


def _plain(one: Money | Fraction | int | None) -> str | None:
    if one is None:
        return None
    return str(one.amount) if isinstance(one, Money) else str(one)


def _shown(one: Money | Fraction | int | None) -> str:
    if one is None:
        return "nothing"
    return str(one) if isinstance(one, Money) else f"{float(one):,.6g}"
