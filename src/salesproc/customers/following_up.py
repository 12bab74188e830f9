"""What was said, what comes next, and who has nothing planned? The record of contacts with each customer."""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Generic, TypeVar

import attrs

from salesproc._given import require_duration, several
from salesproc._instants import earlier, elapsed, require_aware
from salesproc.errors import LogError
from salesproc.records import Interaction, PlannedActivity

__all__ = ["FollowUp", "FollowUps", "follow_ups", "timeline"]

C = TypeVar("C", bound=Hashable)


@attrs.frozen
class FollowUp(Generic[C]):
    """How one customer is looked after.

    Attributes:
        customer: Whom.
        last: The last contact; None when there was none yet.
        silent_for: How long ago that was; None when there was none.
        next: What is planned and due next, at the review or later; None when nothing is.
        overdue: What was due before the review and is not done, the oldest first.
    """

    customer: C
    last: Interaction[C] | None
    silent_for: timedelta | None
    next: PlannedActivity[C] | None
    overdue: tuple[PlannedActivity[C], ...]

    @property
    def nothing_planned(self) -> bool:
        """Whether nothing is to be done for them, neither late nor to come: nobody will call."""
        return self.next is None and not self.overdue


@attrs.frozen(repr=False)
class FollowUps(Generic[C]):
    """How all customers are looked after.

    Attributes:
        rows: One per customer, in the order they were given.
        as_of: The moment of the review.
        strangers: Customers of contacts or activities who are not among those asked about, in the order they came up.
    """

    rows: tuple[FollowUp[C], ...]
    as_of: datetime
    strangers: tuple[C, ...]

    @property
    def without_plan(self) -> tuple[FollowUp[C], ...]:
        """The alert: those for whom nothing is planned."""
        return tuple(row for row in self.rows if row.nothing_planned)

    @property
    def late(self) -> tuple[FollowUp[C], ...]:
        """Those for whom something is overdue, the oldest duty first."""
        late = [row for row in self.rows if row.overdue]
        return tuple(sorted(late, key=lambda row: row.overdue[0].due.timestamp()))

    def neglected(self, longer_than: timedelta) -> tuple[FollowUp[C], ...]:
        """Those not spoken to for longer than that, or never, the longest silence first: the never spoken to, then the others.

        More than half of those who leave do so for want of attention, says document 004 of ``docs/explanation/sources.md``.

        Raises:
            TypeError: It is no duration.
            ValueError: It is below 0.
        """
        require_duration(longer_than, "longer_than")
        never = [row for row in self.rows if row.silent_for is None]
        silent = [row for row in self.rows if row.silent_for is not None and row.silent_for > longer_than]
        silent.sort(key=attrgetter("silent_for"), reverse=True)
        return (*never, *silent)

    def to_rows(self) -> list[dict[str, str | int | float | None]]:
        """One row per customer: days of silence, what comes next and when, how much is overdue."""
        return [
            {
                "customer": str(row.customer),
                "silent_days": None if row.silent_for is None else row.silent_for / timedelta(days=1),
                "next": None if row.next is None else row.next.kind,
                "due": None if row.next is None else row.next.due.isoformat(),
                "overdue": len(row.overdue),
            }
            for row in self.rows
        ]

    def __repr__(self) -> str:
        return (
            f"<FollowUps of {len(self.rows)} customers as of {self.as_of.isoformat()}: "
            f"{len(self.without_plan)} without plan, {len(self.late)} late>"
        )


def timeline(customer: C, interactions: Iterable[Interaction[C]]) -> tuple[Interaction[C], ...]:
    """Every contact with one customer, the latest first.

    Raises:
        NaiveTimeError: A time has no zone.

    >>> from datetime import UTC
    >>> said = [
    ...     Interaction("C-1", datetime(2026, 3, 2, 9, tzinfo=UTC), "email", "asked for a price"),
    ...     Interaction("C-2", datetime(2026, 3, 2, 10, tzinfo=UTC), "phone"),
    ...     Interaction("C-1", datetime(2026, 3, 4, 9, tzinfo=UTC), "phone", "price agreed", by="sara"),
    ... ]
    >>> [one.summary for one in timeline("C-1", said)]
    ['price agreed', 'asked for a price']
    """
    own = [one for one in interactions if one.customer == customer]
    return tuple(sorted(own, key=lambda one: require_aware(one.at, "at").timestamp(), reverse=True))


def follow_ups(
    customers: Iterable[C],
    activities: Iterable[PlannedActivity[C]],
    *,
    as_of: datetime,
    interactions: Iterable[Interaction[C]] = (),
) -> FollowUps[C]:
    """Per customer: the last contact, what is planned next, what is overdue, and whether nothing is planned at all.

    Args:
        customers: Everybody asked about, each once.
        activities: What is or was to be done, in any order. What was done by the review is settled; what was done after it was not yet.
        as_of: The moment of the review, aware.
        interactions: The contacts, in any order; later ones are not known yet.

    Raises:
        NaiveTimeError: A time has no zone.
        LogError: A customer is named twice.
        TypeError: One text where several customers belong.

    Source:
        The central file and its upkeep, documents 002 and 004 of ``docs/explanation/sources.md``.

    >>> from datetime import UTC
    >>> plans = [PlannedActivity("C-1", datetime(2026, 3, 9, tzinfo=UTC), "call"), PlannedActivity("C-2", datetime(2026, 3, 1, tzinfo=UTC), "visit")]
    >>> found = follow_ups(["C-1", "C-2", "C-3"], plans, as_of=datetime(2026, 3, 4, tzinfo=UTC))
    >>> [row.customer for row in found.late], [row.customer for row in found.without_plan]
    (['C-2'], ['C-3'])
    """
    require_aware(as_of, "as_of")
    latest = dict[C, Interaction[C]]()
    strangers = dict[C, None]()
    for one in interactions:
        if not earlier(as_of, require_aware(one.at, "at of a contact")) and (
            one.customer not in latest or earlier(latest[one.customer].at, one.at)
        ):
            latest[one.customer] = one
        strangers[one.customer] = None
    duties = dict[C, list[PlannedActivity[C]]]()
    for plan in sorted(activities, key=lambda plan: require_aware(plan.due, "due").timestamp()):
        strangers[plan.customer] = None
        if plan.done_at is None or earlier(as_of, require_aware(plan.done_at, "done_at")):
            duties.setdefault(plan.customer, []).append(plan)
    rows = dict[C, FollowUp[C]]()
    for customer in several(customers, "customers"):
        if customer in rows:
            raise LogError(f"customer {customer!r} is asked about twice; name each once")
        rows[customer] = _follow_up(customer, latest.get(customer), duties.get(customer, []), as_of)
    return FollowUps(tuple(rows.values()), as_of, tuple(one for one in strangers if one not in rows))


def _follow_up(
    customer: C, last: Interaction[C] | None, duties: list[PlannedActivity[C]], as_of: datetime
) -> FollowUp[C]:
    overdue = tuple(plan for plan in duties if earlier(plan.due, as_of))
    return FollowUp(
        customer,
        last,
        None if last is None else elapsed(last.at, as_of),
        duties[len(overdue)] if len(overdue) < len(duties) else None,
        overdue,
    )
