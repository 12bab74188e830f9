"""Numbers and amounts that somebody gives for a formula, as exact fractions."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from salesproc import _given
from salesproc.errors import CurrencyMismatch
from salesproc.metrics.ratios import MeanMoney, Ratio
from salesproc.money import Money

Number: TypeAlias = Ratio | _given.Number
"""A number, or a ratio that is one; a float means the decimal number it is written as."""

Amount: TypeAlias = Money | MeanMoney
"""An amount, or a mean amount, which is taken before it is rounded."""


def exact_number(given: Number, what: str) -> Fraction:
    """The number without rounding, of any sign; a float by its shortest decimal.

    Raises:
        ValueError: It is not finite, or a ratio that is undefined.
        TypeError: It is no number.
    """
    if isinstance(given, Ratio):
        if given.exact is None:
            raise ValueError(f"{what} is undefined: {given!r}")
        return given.exact
    return _given.exact_number(given, what)


def positive_number(given: Number, what: str) -> Fraction:
    """The number without rounding, 0 or more.

    Raises:
        ValueError: It is below 0, or not finite.
        TypeError: It is no number.
    """
    exact = exact_number(given, what)
    if exact < 0:
        raise ValueError(f"{what} must be 0 or more, got {given!r}")
    return exact


def positive_money(given: Money, what: str) -> Money:
    """The amount itself, 0 or more.

    Raises:
        ValueError: It is below 0.
        TypeError: It is no amount of money.
    """
    if _given.require_money(given, what).amount < 0:
        raise ValueError(f"{what} must be 0 or more, got {given!r}")
    return given


def exact_amount(given: Amount, what: str) -> Fraction:
    """The amount without rounding, 0 or more, in units of its currency.

    Raises:
        ValueError: It is below 0, or the mean of nothing.
        TypeError: It is no amount of money.
    """
    if not isinstance(given, MeanMoney):
        return Fraction(positive_money(given, what).amount)
    if given.total is None or given.exact is None:
        raise ValueError(f"{what} is undefined: {given!r}; give an amount")
    positive_money(given.total, what)
    return given.exact


def currency_of(given: Amount) -> str | None:
    """The currency of an amount; None for the mean of nothing."""
    money = given if isinstance(given, Money) else given.total
    return None if money is None else money.currency


def one_currency(currencies: Mapping[str, str | None]) -> None:
    """Refuses two currencies in one formula.

    Args:
        currencies: By the name of what they are of; None is any currency.

    Raises:
        CurrencyMismatch: There are two; the message names whose.
    """
    known = {name: code for name, code in currencies.items() if code is not None}
    if len({*known.values()}) > 1:
        found = ", ".join(f"{name} is in {code}" for name, code in known.items())
        raise CurrencyMismatch(f"{found}; convert to one currency first")


def rounded_money(exact: Fraction, currency: str) -> Money:
    """The amount rounded half-even to the minor unit."""
    return Money(exact.numerator, currency).divided_by(exact.denominator)
