"""What callers give, looked at once: each check returns what it was given, or says what would do."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from numbers import Rational
from typing import Any, TypeAlias, TypeVar, cast, get_args

import attrs

from salesproc.errors import LogError, did_you_mean
from salesproc.money import Money
from salesproc.periods import Period

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

Number: TypeAlias = Fraction | Decimal | float
"""A number; a float means the decimal number it is written as."""


def is_missing(value: object) -> bool:
    """Whether nothing stands there: None, or the missing value of a dataframe, which is not itself or will not be compared."""
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 - the very question
    except (TypeError, ArithmeticError):
        return True


def exact_number(given: Number, what: str) -> Fraction:
    """The number without rounding, of any sign; a float by its shortest decimal.

    Raises:
        ValueError: It is not finite.
        TypeError: It is no number.
    """
    if isinstance(given, bool) or not isinstance(given, Rational | Decimal | float):
        raise TypeError(f"{what} must be a number, got {given!r}")
    if not isinstance(given, Rational) and not math.isfinite(given):
        raise ValueError(f"{what} must be finite, got {given!r}")
    return Fraction(repr(float(given))) if isinstance(given, float) else Fraction(given)


def whole_number(given: int, what: str, *, least: int | None = 0) -> int:
    """The whole number itself.

    Args:
        given: The number.
        what: What it is of, for the message.
        least: The smallest it may be; None is no limit.

    Raises:
        ValueError: It is too small.
        TypeError: It is no whole number.
    """
    limit = "" if least is None else f", {least} or more"
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"{what} must be a whole number{limit}, got {given!r}")
    if least is not None and given < least:
        raise ValueError(f"{what} must be a whole number{limit}, got {given!r}")
    return given


def require_duration(given: timedelta, what: str, *, zero: bool = True) -> timedelta:
    """The duration itself, not negative.

    Args:
        given: The duration.
        what: What it is of, for the message.
        zero: Whether no time at all is one.

    Raises:
        ValueError: It is below 0, or 0 where that is none.
        TypeError: It is something else, such as a number of days.
    """
    if not isinstance(given, timedelta):
        raise TypeError(f"{what} must be a timedelta, for example timedelta(days=30), got {given!r}")
    if given < timedelta() or not (given or zero):
        raise ValueError(f"{what} must be {'0 or more' if zero else 'above 0'}, got {given!r}")
    return given


def require_period(period: Period | None, *, optional: bool = True) -> Period | None:
    """The period itself. A pair of days would be searched for those two days alone.

    Args:
        period: The period.
        optional: Whether it may be left out.

    Raises:
        TypeError: It is something else.
    """
    given: object = period  # callers without a type checker pass a pair or a text
    if not (isinstance(given, Period) or (given is None and optional)):
        raise TypeError(f"period must be a Period, for example Period.quarter(2026, 1), got {given!r}")
    return period


def several(given: Iterable[T], what: str) -> Iterable[T]:
    """What was given, when it is several things and not one text, which would be read letter by letter.

    Raises:
        TypeError: It is one text.
    """
    if isinstance(given, str):
        raise TypeError(f"{what} must be several, got the one text {given!r}; write [{given!r}]")
    return given


def texts(given: Iterable[str], what: str) -> tuple[str, ...]:
    """Several texts as a tuple.

    Raises:
        TypeError: It is one text.
    """
    return tuple(several(given, what))


def require_money(given: Money, what: str) -> Money:
    """The amount itself.

    Raises:
        TypeError: It is no amount of money, such as a number or a text.
    """
    anything: object = given  # callers without a type checker pass either
    if not isinstance(anything, Money):
        raise TypeError(f"{what} must be Money(amount, currency), got {given!r}")
    return given


def instance(given: object, kind: type, what: str, how: str) -> None:
    """Refuses what is of another class; callers without a type checker pass the thing it is made of.

    Raises:
        TypeError: It is; the message says how to make one.
    """
    if not isinstance(given, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise TypeError(f"{what} must be {article} {kind.__name__}, got a {type(given).__name__}; {how}")


def member(kind: type[E], given: object, what: str) -> E:
    """The member of an enumeration that was given itself or by its value.

    Raises:
        ValueError: There is none; the message names the nearest.
    """
    try:
        return kind(given)
    except ValueError:
        hint = did_you_mean(str(given), [str(one.value) for one in kind])
        raise ValueError(f"there is no {what} {given!r}; {hint}") from None


def chosen(_: object, field: "attrs.Attribute[Any]", value: object) -> None:
    """An attrs validator: the value is one of the words of the field's ``Literal``.

    Raises:
        ValueError: It is none of them; the message names the nearest.
    """
    known: tuple[str, ...] = get_args(field.type)
    if value not in known:
        hint = did_you_mean(str(value), known)
        raise ValueError(f"{field.name} must be one of its rules, got {value!r}; {hint}")


def leading_fields(row: object, names: Sequence[str], where: str) -> tuple[Any, ...]:
    """The fields of those names; the first of them can be looked up.

    Args:
        row: What was given as a row.
        names: What a row begins with, the customer or another entity first.
        where: Which row it is, for the message.

    Raises:
        LogError: It is no such row; the message says what one begins with.
    """
    if isinstance(row, Mapping):
        raise LogError(f"{where} is a mapping: {row!r}; make it a tuple of {', '.join(names)}")
    fields = [*cast("Sequence[object]", row)] if isinstance(row, Sequence) else []
    if len(fields) < len(names) or isinstance(row, str | bytes):
        raise LogError(f"{where} is no row of {', '.join(names)}: {row!r}")
    if is_missing(fields[0]) or fields[0] == "":
        raise LogError(f"{where} names no {names[0]}: {row!r}; leave it out, or give it a name")
    try:
        hash(fields[0])
    except TypeError as error:
        raise LogError(f"{where} has a {names[0]} that cannot be looked up: {row!r}") from error
    return tuple(fields[: len(names)])
