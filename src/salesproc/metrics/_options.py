"""Options that are one of a few words."""

from collections.abc import Iterable
from typing import Any, TypeVar, get_args

import attrs

from salesproc.errors import did_you_mean
from salesproc.periods import Period

T = TypeVar("T")


def chosen(_: object, field: "attrs.Attribute[Any]", value: object) -> None:
    """An attrs validator: the value is one of the words of the field's ``Literal``.

    Raises:
        ValueError: It is none of them; the message names the nearest.
    """
    known: tuple[str, ...] = get_args(field.type)
    if value not in known:
        hint = did_you_mean(str(value), known)
        raise ValueError(f"{field.name} must be one of its rules, got {value!r}; {hint}")


def require_period(period: Period | None) -> Period | None:
    """The period itself. A pair of days would be searched for those two days alone.

    Raises:
        TypeError: It is something else.
    """
    given: object = period  # callers without a type checker pass a pair or a text
    if given is not None and not isinstance(given, Period):
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
