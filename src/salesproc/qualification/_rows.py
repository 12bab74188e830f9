"""The two fields a row of events or outcomes begins with."""

from collections.abc import Sequence
from typing import Any, cast

from salesproc.errors import LogError


def first_two(row: object, where: str, names: str) -> tuple[Any, Any]:
    """The first two fields.

    Raises:
        LogError: It is no such row; the message says which, and what one begins with.
    """
    fields = [*cast("Sequence[object]", row)] if isinstance(row, tuple | list) else []
    if len(fields) < 2:
        raise LogError(f"{where} must be a row ({names}, ...), got {row!r}")
    return fields[0], fields[1]
