"""Who is to be tried today, and who has waited longest?"""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

import attrs

from salesproc._given import several
from salesproc._tables import Shown
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError
from salesproc.follow_up.cadence_plan import CadencePlan, NextTry, next_try
from salesproc.metrics.breakdown import Cell
from salesproc.records import Interaction

__all__ = ["DueTry", "FollowedLead", "TriesDue", "tries_due"]

E = TypeVar("E", bound=Hashable)

_HOUR = timedelta(hours=1)


class FollowedLead(NamedTuple, Generic[E]):
    """A lead in a cadence.

    Attributes:
        entity: Who.
        started_at: When its cadence began, aware.
        tries: What was done, as `next_try` takes it.
        answered: That they have answered, where no contact says so.
    """

    entity: E
    started_at: datetime
    tries: Iterable[Interaction[E] | datetime] = ()
    answered: bool = False


class DueTry(NamedTuple, Generic[E]):
    """Where one lead stands.

    Attributes:
        entity: Who.
        next: What comes next for them.
    """

    entity: E
    next: NextTry


@attrs.frozen(repr=False)
class TriesDue(Shown, Generic[E]):
    """Where all leads of a cadence stand.

    Attributes:
        plan: The cadence.
        as_of: The moment of the review.
        due: To be tried now: the earliest due first.
        coming: To be tried later, the next first.
        finished: Tried as often as planned without an answer, in the order given: to be given up or nurtured.
        answered: Those who answered, in the order given.
    """

    plan: CadencePlan
    as_of: datetime
    due: tuple[DueTry[E], ...]
    coming: tuple[DueTry[E], ...]
    finished: tuple[DueTry[E], ...]
    answered: tuple[DueTry[E], ...]

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per lead, those due first: who, the state, how many tries of how many, the channel, when, and the hours overdue."""
        return [
            {
                "lead": str(entity),
                "state": "due" if one.is_due else one.state,
                "made": one.made,
                "planned": one.planned,
                "channel": None if one.step is None else one.step.channel,
                "due": None if one.due is None else one.due.isoformat(),
                "overdue_hours": None if one.overdue_by is None else one.overdue_by / _HOUR,
            }
            for entity, one in (*self.due, *self.coming, *self.finished, *self.answered)
        ]

    def __str__(self) -> str:
        return (
            f"{self.plan.name} as of {self.as_of.isoformat(' ', 'minutes')}: {len(self.due)} due, "
            f"{len(self.coming)} coming, {len(self.finished)} finished, {len(self.answered)} answered"
        )


def tries_due(
    plan: CadencePlan,
    leads: Iterable[FollowedLead[E]],
    *,
    as_of: datetime,
    calendar: WorkingCalendar | None = None,
) -> TriesDue[E]:
    """Who is to be tried now, who later, and for whom the plan is at its end.

    Args:
        plan: The cadence they are all in.
        leads: Each once, in any order; one whose cadence begins later is to come.
        as_of: The moment of the review, aware.
        calendar: When we work, as for `next_try`.

    Raises:
        LogError: A lead is named twice, or has a contact with somebody else among its tries.
        TypeError: One text where several tries belong.
        NaiveTimeError: A time has no zone.
        PeriodError: As for `next_try`.

    Source:
        Tasks and reminders for following up: document 002 of ``docs/explanation/sources.md``.

    >>> from datetime import UTC
    >>> from salesproc.follow_up import CadenceStep
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> plan = CadencePlan("new lead", [CadenceStep("phone", after=timedelta(hours=1)), CadenceStep("email", after=timedelta(days=2))])
    >>> found = tries_due(plan, [FollowedLead("L-1", monday), FollowedLead("L-2", monday, [monday])], as_of=monday + timedelta(hours=3))
    >>> print(found)
    new lead as of 2026-03-02 12:00+00:00: 1 due, 1 coming, 0 finished, 0 answered
    >>> print(found.due[0].next)
    try 1 of 2 by phone is due 2026-03-02 10:00+00:00, overdue by 2.0 h
    """
    found = dict[E, NextTry]()
    for entity, started_at, given, answered in leads:
        if entity in found:
            raise LogError(f"lead {entity!r} is followed twice in one cadence; name each once")
        tries = [*several(given, f"the tries of {entity!r}")]
        other = next((one for one in tries if isinstance(one, Interaction) and one.customer != entity), None)
        if other is not None:
            raise LogError(f"a try of lead {entity!r} is a contact with {other.customer!r}: {other!r}")
        found[entity] = next_try(
            plan, started_at=started_at, tries=tries, as_of=as_of, calendar=calendar, answered=answered
        )
    rows = [DueTry(entity, one) for entity, one in found.items()]
    timed = [(row.next.due.timestamp(), row) for row in rows if row.next.due is not None]
    ahead = [row for _, row in sorted(timed, key=itemgetter(0))]
    return TriesDue(
        plan,
        as_of,
        due=tuple(row for row in ahead if row.next.is_due),
        coming=tuple(row for row in ahead if not row.next.is_due),
        finished=tuple(row for row in rows if row.next.state == "finished"),
        answered=tuple(row for row in rows if row.next.state == "answered"),
    )
