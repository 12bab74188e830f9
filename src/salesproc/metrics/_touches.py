"""Touches read one by one: somebody was called, written to, met, or came to us."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from typing import Any, TypeAlias, TypeVar

from salesproc.errors import LogError
from salesproc.metrics._log import comparable

E = TypeVar("E", bound=Hashable)

Touches: TypeAlias = Iterable[tuple[E, date, *tuple[object, ...]]]
"""Rows that begin with who was touched and when. A contact that says whether it was ``inbound`` counts only on its side."""


def read_touches(
    touches: Iterable[Any], as_of: date, *, what: str = "touch", inbound: bool = False
) -> Iterator[tuple[Any, date | None]]:
    """Who and when of every touch; no time when it lies after the review.

    Args:
        touches: Rows that begin with entity and time.
        as_of: The moment of the review.
        what: What a row is called in messages.
        inbound: Whether those are asked for that came from them. A row that says ``inbound`` itself and is of the other kind is passed over, so that one
            list of contacts serves for both.

    Raises:
        LogError: A row cannot be read; the message names it.
        NaiveTimeError: A time is of another kind than the review.
    """
    review = comparable(as_of, as_of, "as_of")
    for number, row in enumerate(touches, 1):
        theirs = getattr(row, "inbound", inbound)
        if not isinstance(theirs, bool):
            raise LogError(
                f"{what} {number} must say whether it was inbound by True or False, got {theirs!r}: {row!r}"
            )
        if theirs is not inbound:
            continue
        try:
            entity, at = row[0], row[1]
        except (TypeError, LookupError) as error:
            raise LogError(f"{what} {number} begins with entity and time, got {row!r}") from error
        if isinstance(row, str):
            raise LogError(f"{what} {number} begins with entity and time, got the text {row!r}")
        when = comparable(at, as_of, f"{what} {number}")
        yield entity, when if when <= review else None
