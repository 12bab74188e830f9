"""What a goal is counted in: money of one currency, or a number."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from salesproc._instants import MICROSECOND
from salesproc.metrics._numbers import one_currency, rounded_money
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

Quantity: TypeAlias = Money | Decimal | int
"""Money, or an exact number such as a count of sales."""


def quantity(given: Quantity, what: str) -> Quantity:
    """The quantity itself.

    Raises:
        TypeError: It is neither money nor an exact number.
        ValueError: It is not finite.
    """
    if isinstance(given, bool) or not isinstance(given, Money | Decimal | int):
        raise TypeError(f"{what} must be Money, a whole number or a Decimal, got {given!r}")
    if isinstance(given, Decimal) and not given.is_finite():
        raise ValueError(f"{what} must be finite, got {given!r}")
    return given


def one_kind(given: Mapping[str, Quantity | None]) -> None:
    """Refuses money beside numbers, and two currencies.

    Args:
        given: By the name of what they are; None is any kind.

    Raises:
        TypeError: Some are money and others are not.
        CurrencyMismatch: There are two currencies.
    """
    known = {name: quantity(one, name) for name, one in given.items() if one is not None}
    if len({isinstance(one, Money) for one in known.values()}) > 1:
        found = ", ".join(f"{name} is {one!r}" for name, one in known.items())
        raise TypeError(f"{found}; give all of them as money or all as numbers")
    one_currency({name: one.currency for name, one in known.items() if isinstance(one, Money)})


def exact(given: Quantity) -> Fraction:
    """The quantity as a fraction, money in units of its currency."""
    return Fraction(given.amount if isinstance(given, Money) else given)


def like(value: Fraction, model: Quantity) -> Money | Fraction:
    """The value as that kind of quantity; money is rounded half-even to the minor unit."""
    return rounded_money(value, model.currency) if isinstance(model, Money) else value


def shown(given: Quantity | Fraction) -> str:
    """The quantity as text: money with its currency, a number without needless digits."""
    if isinstance(given, Money):
        return str(given)
    if given == int(given):
        return f"{int(given):,}"
    return f"{float(given):,.4f}".rstrip("0")


def plain(given: Quantity | Fraction | None) -> Cell:
    """The quantity for a row: money as exact text without its currency, whole numbers as such."""
    if given is None:
        return None
    if isinstance(given, Money):
        return str(given.amount)
    return int(given) if given == int(given) else float(given)


def in_hours(time: timedelta) -> Fraction:
    """The time in hours, exactly."""
    return Fraction(time // MICROSECOND, timedelta(hours=1) // MICROSECOND)
