"""The fields a row of a list begins with."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from salesproc.errors import LogError


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
    if fields[0] is None or fields[0] == "" or fields[0] != fields[0]:
        raise LogError(f"{where} names no {names[0]}: {row!r}; leave it out, or give it a name")
    try:
        hash(fields[0])
    except TypeError as error:
        raise LogError(f"{where} has a {names[0]} that cannot be looked up: {row!r}") from error
    return tuple(fields[: len(names)])
