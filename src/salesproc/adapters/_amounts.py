"""What a cell says of money: an exact number, nothing, or why it cannot be told."""

import re
import sys
import unicodedata
from decimal import Decimal
from numbers import Integral
from typing import Literal, NamedTuple, TypeAlias

from salesproc._given import is_missing

__all__ = ["DecimalMark", "Number", "number_of"]

DecimalMark: TypeAlias = Literal[".", ","]
"""What stands before the cents."""

_SIGNED = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+\u2212])?\s*(?P<number>[0-9.,'\u2019 \u00a0\u202f]*[0-9])\s*(?P<behind>[-\u2212])?\s*(?P<close>\))?"
)
_GROUPED = re.compile(r"[0-9]*|[1-9][0-9]{0,2}(?:(?P<group>.)[0-9]{3})(?:(?P=group)[0-9]{3})*")
_EITHER = re.compile(r"(?P<whole>[1-9][0-9]{0,2})[.,](?P<rest>[0-9]{3})")


class Number(NamedTuple):
    """A number that was read.

    Attributes:
        value: It.
        remark: What was done with it, if one may want to know.
    """

    value: Decimal
    remark: str | None = None


def number_of(value: object, mark: DecimalMark | None) -> Number | str | None:
    """The number in a cell, or what is wrong with it, or None when it is blank.

    Args:
        value: The cell.
        mark: What stands before the cents; without it a number that can be read in two ways is not read.
    """
    if is_missing(value):
        return None
    if isinstance(value, str):
        text = value.strip()
        return _from_text(text, mark) if text else None
    if isinstance(value, Decimal):
        return Number(value)
    if isinstance(value, bool) or not isinstance(value, Integral | float):
        return f"{value!r} is neither text nor a number"
    if not isinstance(value, float):
        return Number(Decimal(int(value)))
    number = Decimal(repr(float(value)))
    noisy = len(number.as_tuple().digits) > sys.float_info.dig
    return Number(number, f"{number} has more digits than a float is good for" if noisy else None)


def _from_text(text: str, mark: DecimalMark | None) -> Number | str:
    wrong = f"{text!r} is no amount such as 1234{mark or '.'}50"
    found = _SIGNED.fullmatch(text)
    if found is None or bool(found["open"]) != bool(found["close"]):
        named = any(one.isdigit() for one in text) and any(
            one.isalpha() or unicodedata.category(one) == "Sc" for one in text
        )
        return (
            f"{wrong}; its currency belongs into a column of its own, or into currency=" if named else wrong
        )
    signs = [one for one in (found["open"], found["sign"], found["behind"]) if one]
    if len(signs) > 1:
        return f"{text!r} has more than one sign"
    number = found["number"]
    if mark is None and (either := _EITHER.fullmatch(number)):
        whole, rest = either["whole"], either["rest"]
        return f"{text!r} can be read as {whole}{rest} and as {whole}.{rest}; say which by decimal='.' or decimal=','"
    point = mark or _point(number)
    whole, _, cents = number.partition(point) if point else (number, "", "")
    if not _GROUPED.fullmatch(whole) or not re.fullmatch("[0-9]*", cents):
        return wrong
    digits = re.sub("[^0-9]", "", whole) or "0"
    exact = Decimal(f"{digits}.{cents}" if cents else digits)
    if not signs or found["sign"] == "+":
        return Number(exact)
    return Number(exact.copy_negate(), None if found["sign"] else f"{text!r} was read as below zero")


def _point(number: str) -> str:
    """What stands before the cents: the last of two marks, or the only one where it parts no thousands; else nothing."""
    marks = [sign for sign in number if sign in ".,"]
    return marks[-1] if marks and marks.count(marks[-1]) == 1 else ""
