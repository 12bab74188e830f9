"""A share that somebody names, as an exact fraction; a percentage is refused."""

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from salesproc._given import Number, exact_number
from salesproc.rates import Rate

Share: TypeAlias = Rate | Number
"""A share, 0 to 1: counts, or a number; a float means the decimal number it is written as."""


def exact_share(given: Share, what: str) -> Fraction:
    """The share without rounding; a float by its shortest decimal, so that 0.06 is six hundredths.

    Raises:
        ValueError: It does not lie between 0 and 1, or it is a rate without trials.
        TypeError: It is no number.
    """
    if isinstance(given, Rate):
        if given.exact is None:
            raise ValueError(f"{what} is undefined: {given!r} has no trials; give a share from 0 to 1")
        return given.exact
    try:
        share = exact_number(given, what)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{what} must be a share from 0 to 1 or a Rate, got {given!r}") from None
    if not 0 <= share <= 1:
        hint = "a percentage is divided by 100 first" if share > 1 else "there is no negative share"
        raise ValueError(f"{what} must be a share from 0 to 1, got {given!r}; {hint}")
    return share


def exact_margin(given: Share, what: str) -> Fraction:
    """The share of a price that is left, without rounding: below 0 where more is spent than comes in.

    Raises:
        ValueError: It does not lie between -1 and 1, or it is a rate without trials.
        TypeError: It is no number.
    """
    if isinstance(given, Rate):
        return exact_share(given, what)
    share = exact_number(given, f"{what}, a share from -1 to 1,")
    if not -1 <= share <= 1:
        raise ValueError(
            f"{what} must be a share from -1 to 1, got {given!r}; a percentage is divided by 100 first"
        )
    return share


def decimal_share(given: Decimal | float, what: str) -> Decimal:
    """The share as a decimal number that can be stored, above 0 and at most 1; a float as it is written.

    Raises:
        ValueError: It is not above 0, or above 1.
        TypeError: It is no number.
    """
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        raise TypeError(f"{what} must be a Decimal, a float or an int, got {given!r}")
    share = exact_number(given, what)
    if not 0 < share <= 1:
        hint = "; a percentage is divided by 100 first" if share > 1 else ""
        raise ValueError(f"{what} must be above 0 and at most 1, got {given!r}{hint}")
    return Decimal(repr(given)) if isinstance(given, float) else Decimal(given)
