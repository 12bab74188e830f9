"""Where another person of ours became responsible: has the customer met them? Accounts are lost where nobody takes the relation over."""

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import date
from typing import NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc._tables import Shown
from salesproc.loyalty.relationships import OwnerChange, owner_changes
from salesproc.metrics import DurationCounts, Durations, finish_durations
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.breakdown import Cell
from salesproc.periods import Period
from salesproc.records import Interaction

__all__ = ["OwnerIntroduction", "OwnerIntroductions", "owner_introductions"]

C = TypeVar("C", bound=Hashable)


class OwnerIntroduction(NamedTuple):
    """One change of the responsible person, and what came after it.

    Attributes:
        change: The change.
        introduced_at: The first contact of the customer with the new person; None when there was none while they were responsible.
        contacted_at: The first contact with anybody of ours since; None when there was none.
        replaced_at: When somebody else became responsible after them; None while they are.
    """

    change: OwnerChange
    introduced_at: date | None
    contacted_at: date | None
    replaced_at: date | None


@attrs.frozen(repr=False)
class OwnerIntroductions(Shown):
    """Changes of the responsible person, in order of time, and whom the customers have met since.

    Attributes:
        rows: One per change.
        waited: How long customers waited for the new person: introduced (finished), waiting (open), or the person changed again before (lost).
    """

    rows: tuple[OwnerIntroduction, ...]
    waited: Durations

    @property
    def not_introduced(self) -> tuple[OwnerIntroduction, ...]:
        """The alert: whose present person they have not met, the longest wait first. Where nobody is responsible they have met nobody."""
        return tuple(row for row in self.rows if row.introduced_at is None and row.replaced_at is None)

    @property
    def not_contacted(self) -> tuple[OwnerIntroduction, ...]:
        """Those of them who have heard from nobody of ours at all."""
        return tuple(row for row in self.not_introduced if row.contacted_at is None)

    @property
    def undefined(self) -> str | None:
        """Why there is nothing to say; None when there is."""
        return None if self.rows else "no responsible person changed"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per change: who, from whom to whom, when, and when they were introduced, contacted and replaced."""
        return [
            {
                "customer": str(change.customer),
                "before": None if change.before is None else str(change.before),
                "after": None if change.after is None else str(change.after),
                "at": change.at.isoformat(),
                "introduced_at": _day(introduced_at),
                "contacted_at": _day(contacted_at),
                "replaced_at": _day(replaced_at),
            }
            for change, introduced_at, contacted_at, replaced_at in self.rows
        ]

    def __str__(self) -> str:
        return (
            f"{len(self.rows):,} changes: {len(self.not_introduced):,} not introduced, {len(self.not_contacted):,} not contacted; "
            f"introduced after {_text.duration(self.waited.median)}"
        )


def owner_introductions(
    assignments: Iterable[tuple[C, Hashable, date, *tuple[object, ...]]],
    contacts: Iterable[Interaction[C]],
    *,
    as_of: date,
    period: Period | None = None,
) -> OwnerIntroductions:
    """Which customers got another responsible person, and which of them have not met that person yet.

    Args:
        assignments: Rows ``(customer, owner, at, ...)``, as for `owner_changes`.
        contacts: Contacts with customers, in any order. One by the new person, since they are responsible, is the introduction, whoever began it.
        as_of: The review; later rows are not used. Its kind (aware, naive, plain date) is that of all times.
        period: Only changes in it; contacts count until the review.

    Raises:
        LogError: As for `owner_changes`.
        NaiveTimeError: Times of two kinds.

    Source:
        Accounts are often lost when the salesperson changes: OpenStax *Entrepreneurship* 8.6.

    >>> from datetime import UTC, datetime
    >>> january, march = datetime(2026, 1, 7, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    >>> rows = [(who, "sara", january) for who in ("A-1", "A-2")] + [(who, "omar", march) for who in ("A-1", "A-2")]
    >>> said = [Interaction("A-1", datetime(2026, 3, 5, tzinfo=UTC), "phone", by="omar")]
    >>> found = owner_introductions(rows, said, as_of=datetime(2026, 4, 1, tzinfo=UTC))
    >>> print(found)
    2 changes: 1 not introduced, 1 not contacted; introduced after 3.0 d
    >>> [row.change.customer for row in found.not_introduced]
    ['A-2']
    """
    require_period(period)
    review = comparable(as_of, as_of, "as_of")
    changes = dict[Hashable, list[OwnerChange]]()
    for change in owner_changes(assignments, as_of=as_of):
        changes.setdefault(change.customer, []).append(change)
    heard = dict[Hashable, list[tuple[date, Interaction[C]]]]()
    for number, one in enumerate(contacts, 1):
        at = comparable(one.at, as_of, f"contact {number}")
        if at <= review:
            heard.setdefault(one.customer, []).append((at, one))
    found = list[tuple[date, OwnerIntroduction]]()
    for customer, own in changes.items():
        for change, after in zip(own, [*own[1:], None], strict=True):
            if period is None or change.at in period:
                since = comparable(change.at, as_of, "at")
                row = _introduction(change, since, after, heard.get(customer, []), as_of)
                found.append((since, row))
    found.sort(key=lambda one: (one[0], str(one[1].change.customer)))
    return OwnerIntroductions(tuple(row for _, row in found), finish_durations(_waits(found, as_of)))


def _introduction(
    change: OwnerChange,
    since: date,
    after: OwnerChange | None,
    heard: list[tuple[date, Interaction[C]]],
    as_of: date,
) -> OwnerIntroduction:
    """What came after one change."""
    until = None if after is None else comparable(after.at, as_of, "at")
    here = sorted(
        (at, number) for number, (at, _) in enumerate(heard) if at >= since and (until is None or at < until)
    )
    times = [(heard[number][1].at, heard[number][1].by) for _, number in here]
    met = [at for at, by in times if by is not None and by == change.after]
    return OwnerIntroduction(
        change,
        met[0] if met else None,
        times[0][0] if times else None,
        None if after is None else after.at,
    )


def _waits(found: Iterable[tuple[date, OwnerIntroduction]], as_of: date) -> DurationCounts:
    """How long customers waited for the new person."""
    introduced, replaced, waiting = Counter[int](), Counter[int](), Counter[int]()
    for since, row in found:
        until, group = as_of, waiting
        if row.introduced_at is not None:
            until, group = row.introduced_at, introduced
        elif row.replaced_at is not None:
            until, group = row.replaced_at, replaced
        group[elapsed_microseconds(since, comparable(until, as_of, "at"))] += 1
    return DurationCounts(dict(introduced), dict(replaced), dict(waiting))


def _day(at: date | None) -> str | None:
    return None if at is None else at.isoformat()
