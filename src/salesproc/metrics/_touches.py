"""Touches read one by one: somebody was called, written to, met."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from typing import Any, TypeAlias, TypeVar

from salesproc.errors import LogError
from salesproc.metrics._log import comparable

E = TypeVar("E", bound=Hashable)

Touches: TypeAlias = Iterable[tuple[E, date, *tuple[object, ...]]]
"""Rows that begin with who was touched and when."""


def read_touches(touches: Iterable[Any], as_of: date) -> Iterator[tuple[Any, date | None]]:
    """Who and when of every touch; no time when it lies after the review."""
    review = comparable(as_of, as_of, "as_of")
    for number, row in enumerate(touches, 1):
        try:
            entity, at = row[0], row[1]
        except (TypeError, LookupError) as error:
            raise LogError(f"touch {number} begins with entity and time, got {row!r}") from error
        when = comparable(at, as_of, f"touch {number}")
        yield entity, when if when <= review else None
