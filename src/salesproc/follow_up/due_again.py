"""Whom did we promise to call again, and is it time? Those who said "not now", and those parted with well."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Generic, NamedTuple, Protocol, TypeVar

import attrs

from salesproc._given import several
from salesproc._instants import earlier, elapsed, require_aware
from salesproc._tables import Shown
from salesproc.metrics.breakdown import Cell

__all__ = ["CallAgain", "DueAgain", "Identified", "due_again"]


class Identified(Protocol):
    """Any record that says which it is; those that were put off have ``call_again_at`` as well."""

    @property
    def id(self) -> str:
        """Which one."""
        ...


R = TypeVar("R", bound=Identified)


class CallAgain(NamedTuple, Generic[R]):
    """Somebody who was put off.

    Attributes:
        record: The lead or the deal.
        at: When to call them again.
    """

    record: R
    at: datetime


@attrs.frozen(repr=False)
class DueAgain(Shown, Generic[R]):
    """Who was put off, and whether it is time.

    Attributes:
        as_of: The moment of the review.
        due: To be called now, the longest overdue first.
        coming: To be called later, the next first.
    """

    as_of: datetime
    due: tuple[CallAgain[R], ...]
    coming: tuple[CallAgain[R], ...]

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per record, those due first: which, when, whether it is due, and by how many days."""
        return [
            {
                "record": record.id,
                "call_again_at": at.isoformat(),
                "due": not earlier(self.as_of, at),
                "overdue_days": max(elapsed(at, self.as_of), timedelta()) / timedelta(days=1),
            }
            for record, at in (*self.due, *self.coming)
        ]

    def __str__(self) -> str:
        names = ", ".join(record.id for record, _ in self.due)
        return f"{len(self.due)} due{f' ({names})' if names else ''}, {len(self.coming)} coming"


def due_again(records: Iterable[R], *, as_of: datetime) -> DueAgain[R]:
    """Who is to be called again by now, and who later.

    Args:
        records: Leads, open deals and lost ones as they stand, in any stage and any order; those without a date to call again are passed over.
        as_of: The moment of the review, aware.

    Raises:
        NaiveTimeError: A time has no zone.
        TypeError: A record has no id, such as a dict.

    Source:
        "Not at this time" is no loss: document 002 of ``docs/explanation/sources.md``; parting well, document 004.

    >>> from datetime import UTC
    >>> from salesproc.records import Contact, Opportunity, OpportunityId
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> deal = Opportunity.open(OpportunityId("O-1"), at=monday, contact=Contact("Lin Wei"))
    >>> deal = deal.raise_objection("timing", at=monday, call_again_at=datetime(2026, 6, 1, 9, tzinfo=UTC))
    >>> print(due_again([deal], as_of=monday))
    0 due, 1 coming
    >>> print(due_again([deal], as_of=datetime(2026, 6, 3, 9, tzinfo=UTC)))
    1 due (O-1), 0 coming
    """
    require_aware(as_of, "as_of")
    dated = list[tuple[R, datetime | None]]()
    for record in several(records, "records"):
        if not hasattr(record, "id"):
            raise TypeError(f"records must be leads and deals, got {record!r}, which has no id")
        dated.append((record, getattr(record, "call_again_at", None)))
    rows = [CallAgain(record, require_aware(at, "call_again_at")) for record, at in dated if at is not None]
    ordered = [row for _, row in sorted(((row.at.timestamp(), row) for row in rows), key=itemgetter(0))]
    return DueAgain(
        as_of,
        tuple(row for row in ordered if not earlier(as_of, row.at)),
        tuple(row for row in ordered if earlier(as_of, row.at)),
    )
