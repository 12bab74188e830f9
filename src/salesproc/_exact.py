"""Exact numbers: decimals that are refused rather than rounded, and whole units parted without a loss."""

import decimal
from collections.abc import Callable, Sequence
from decimal import ROUND_05UP, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TypeGuard

from salesproc.errors import MoneyError, did_you_mean

DIGITS = 999  # more than any ledger holds; past it an amount is refused, never rounded
_FAULTS = [decimal.InvalidOperation, decimal.Overflow]
EXACT = decimal.Context(prec=DIGITS, Emax=DIGITS, Emin=-DIGITS, traps=[*_FAULTS, decimal.Inexact])
ROUNDING = decimal.Context(prec=DIGITS, rounding=ROUND_HALF_EVEN, traps=_FAULTS)
# ROUND_05UP keeps "there was more" in the last digit, so that a second rounding is as good as one; the
# extra digits make sure that this last digit is never one that is kept.
QUOTIENT = decimal.Context(prec=2 * DIGITS, rounding=ROUND_05UP, traps=_FAULTS)
_ROUNDINGS = (
    *("ROUND_CEILING", "ROUND_FLOOR", "ROUND_UP", "ROUND_DOWN"),
    *("ROUND_HALF_EVEN", "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_05UP"),
)


def number(value: Decimal | int, what: str) -> Decimal:
    """The value as an exact Decimal; nothing but whole numbers and Decimals is one."""
    if not is_whole(value) and not isinstance(value, Decimal):
        raise MoneyError(f"{what} must be a whole number or a Decimal, got {value!r}; write Decimal('...')")
    return finite(value, what)


def finite(value: Decimal | int | str, what: str) -> Decimal:
    try:
        exact = EXACT.create_decimal(value)
    except decimal.InvalidOperation:
        raise MoneyError(f"{what} cannot be read from {value!r}; write it like '1234.50'") from None
    except decimal.DecimalException:
        raise MoneyError(f"{what} may have at most {DIGITS} digits") from None
    if not exact.is_finite():
        raise MoneyError(f"{what} must be finite, got {value!r}")
    return exact


def attempt(operation: Callable[[Decimal, Decimal], Decimal], a: Decimal, b: Decimal) -> Decimal:
    try:
        return operation(a, b)
    except decimal.DecimalException:
        raise MoneyError(f"the result has more than {DIGITS} digits; nothing is rounded unasked") from None


def rounded(amount: Decimal, places: int, rounding: str) -> Decimal:
    if not is_whole(places):
        raise MoneyError(f"places must be a whole number, got {places!r}")
    if rounding not in _ROUNDINGS:
        raise MoneyError(f"rounding {rounding!r} is none of decimal's; {did_you_mean(rounding, _ROUNDINGS)}")
    try:
        return amount.quantize(Decimal((0, (1,), -places)), rounding, ROUNDING)
    except (decimal.DecimalException, OverflowError):
        raise MoneyError(f"{places} places need more than {DIGITS} digits") from None


def is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def exponent(amount: Decimal) -> int:
    found = amount.as_tuple().exponent
    return found if isinstance(found, int) else 0


def apportion(units: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole units divided by shares so that nothing is lost: what is left over goes to the largest remainders, the earlier first."""
    whole = sum(shares)
    due = [units * share / whole for share in shares]
    parts = [int(quota) for quota in due]
    by_remainder = sorted(range(len(due)), key=lambda i: (parts[i] - due[i], i))
    for i in by_remainder[: units - sum(parts)]:
        parts[i] += 1
    return parts
