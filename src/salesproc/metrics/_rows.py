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
    try:
        hash(fields[0])
    except TypeError as error:
        raise LogError(f"{where} has a {names[0]} that cannot be looked up: {row!r}") from error
    return tuple(fields[: len(names)])
