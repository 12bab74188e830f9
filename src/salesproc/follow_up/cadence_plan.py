"""When is this lead to be tried again, and how often still?"""

from collections.abc import Hashable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Literal, TypeAlias, TypeVar

import attrs

from salesproc._given import require_duration, several, whole_number
from salesproc._instants import earlier, elapsed, first_instant, require_aware
from salesproc.calendars import WorkingCalendar
from salesproc.errors import PeriodError
from salesproc.records import Interaction

__all__ = ["CadencePlan", "CadenceStep", "NextTry", "TryState", "next_try"]

C = TypeVar("C", bound=Hashable)

TryState: TypeAlias = Literal["open", "finished", "answered"]
"""Whether there is something left to try: every planned try made is finished, and an answer ends it too."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@attrs.frozen
class CadenceStep:
    """One planned try, and how long after the one before it.

    Attributes:
        channel: How: ``"phone"``, ``"email"``.
        kind: What it is for.
        after: How long after the try before it, 0 or more; for the first, after the start. Working time where there is a calendar.
        working_days: Instead of a time, how many days of work after it, 1 or more.

    Raises:
        PeriodError: Not exactly one of the two is given.
        ValueError: A time below 0, or less than one day.
        TypeError: A time that is no duration, or days that are no whole number.

    >>> CadenceStep("phone", after=timedelta(hours=4)), CadenceStep("email", working_days=2)
    (<CadenceStep: phone after 4:00:00>, <CadenceStep: email after 2 working days>)
    """

    channel: str
    kind: str = "follow-up"
    after: timedelta | None = attrs.field(default=None, kw_only=True)
    working_days: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if (self.after is None) == (self.working_days is None):
            raise PeriodError(
                f"a step needs either after= or working_days=, got {self.after!r} and {self.working_days!r}"
            )
        if self.after is not None:
            require_duration(self.after, "after")
        if self.working_days is not None:
            whole_number(self.working_days, "working_days", least=1)

    def __str__(self) -> str:
        wait = self.after if self.after is not None else f"{self.working_days} working days"
        return f"{self.channel} after {wait}"

    def __repr__(self) -> str:
        return f"<CadenceStep: {self}>"


def _steps(given: Iterable[CadenceStep]) -> tuple[CadenceStep, ...]:
    steps = tuple(several(given, "steps"))
    if not steps:
        raise PeriodError("a cadence plans at least one step, got none")
    for step in steps:
        if not isinstance(step, CadenceStep):
            raise TypeError(
                f"a step must be a CadenceStep, for example CadenceStep('phone', working_days=1), got {step!r}"
            )
    return steps


@attrs.frozen
class CadencePlan:
    """How often a lead is tried, how, and at what distance. The number of steps is the cap on tries.

    Attributes:
        name: What it is called.
        steps: The tries in order, at least one.

    Raises:
        PeriodError: There is no step.

    >>> CadencePlan("new lead", [CadenceStep("phone", after=timedelta(hours=1)), CadenceStep("email", after=timedelta(days=2))])
    <CadencePlan 'new lead': phone after 1:00:00, email after 2 days, 0:00:00>
    """

    name: str
    steps: tuple[CadenceStep, ...] = attrs.field(converter=_steps)

    def __repr__(self) -> str:
        return f"<CadencePlan {self.name!r}: {', '.join(map(str, self.steps))}>"


@attrs.frozen(kw_only=True)
class NextTry:
    """Where a lead stands in its cadence.

    Attributes:
        state: Whether there is something left to try.
        made: How many tries were made.
        planned: How many the plan has.
        step: The one that comes next; None when there is none.
        due: When it is to be made, in the zone of the try before it; None when there is none.
        overdue_by: How long that is past, 0 while it is still to come; working time where there is a calendar. None when there is none.
        as_of: The moment of the review.
    """

    state: TryState
    made: int
    planned: int
    step: CadenceStep | None
    due: datetime | None
    overdue_by: timedelta | None
    as_of: datetime

    @property
    def is_due(self) -> bool:
        """Whether the next try is to be made now: it is due at the review or before."""
        return self.due is not None and not earlier(self.as_of, self.due)

    @property
    def reason(self) -> str:
        """Where it stands, in a sentence; the delay in hours, of work where there is a calendar."""
        if self.state == "answered":
            return f"answered after {self.made} of {self.planned} planned tries"
        if self.step is None or self.due is None:
            return f"finished: {self.made} tries made, {self.planned} planned"
        late = f", overdue by {self.overdue_by / _HOUR:.1f} h" if self.overdue_by else ""
        return f"try {self.made + 1} of {self.planned} by {self.step.channel} is due {self.due.isoformat(' ', 'minutes')}{late}"

    def __str__(self) -> str:
        return self.reason

    def __repr__(self) -> str:
        return f"<NextTry: {self}>"


def next_try(
    plan: CadencePlan,
    *,
    started_at: datetime,
    tries: Iterable[Interaction[C] | datetime] = (),
    as_of: datetime,
    calendar: WorkingCalendar | None = None,
    answered: bool = False,
) -> NextTry:
    """Which planned try comes next and when, counted from the one made last.

    A try that was late moves the later ones: two are never due at once. By which channel a try was made is not held against the plan.

    Args:
        plan: The cadence.
        started_at: When it began, such as the moment the lead was accepted, aware.
        tries: What was done, in any order: times, or contacts. A contact that came from them is an answer. Those before the start
            belong to something else, those after the review are not known yet.
        as_of: The moment of the review, aware. Before the start nothing is made, and the first try is still to come.
        calendar: When we work. Then a time of a step is working time, so that two days of it are six days of eight hours; write ``working_days`` for days.
            Those keep the time of day, and what falls outside working time moves to the next opening.
        answered: That they have answered, where no contact says so.

    Returns:
        The next step with its due time and how long it is overdue, or that all planned tries are made, or that they answered.

    Raises:
        NaiveTimeError: A time has no zone.
        PeriodError: A step counts working days and no calendar is given, or the calendar ends.

    Source:
        Following up until the planned number is reached: document 002 of ``docs/explanation/sources.md``. It gives no gaps, so there is no default plan.

    >>> from datetime import UTC, time
    >>> office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")
    >>> plan = CadencePlan("new lead", [CadenceStep("phone", after=timedelta(hours=1)), CadenceStep("email", working_days=1)])
    >>> friday, monday = datetime(2026, 3, 6, 16, tzinfo=UTC), datetime(2026, 3, 9, 18, tzinfo=UTC)
    >>> print(next_try(plan, started_at=friday, tries=[datetime(2026, 3, 6, 16, 30, tzinfo=UTC)], as_of=monday, calendar=office))
    try 2 of 2 by email is due 2026-03-09 16:30+00:00, overdue by 0.5 h
    """
    require_aware(as_of, "as_of")
    require_aware(started_at, "started_at")
    last, made = started_at, 0
    for one in tries:
        at = require_aware(one.at if isinstance(one, Interaction) else one, "the time of a try")
        if earlier(at, started_at) or earlier(as_of, at):
            continue
        if isinstance(one, Interaction) and one.inbound:
            answered = True
            continue
        made += 1
        if earlier(last, at):
            last = at
    planned = len(plan.steps)
    if answered or made >= planned:
        state: TryState = "answered" if answered else "finished"
        return NextTry(
            state=state, made=made, planned=planned, step=None, due=None, overdue_by=None, as_of=as_of
        )
    step = plan.steps[made]
    due = _due(step, last, calendar)
    return NextTry(
        state="open",
        made=made,
        planned=planned,
        step=step,
        due=due,
        overdue_by=_overdue(due, as_of, calendar),
        as_of=as_of,
    )


def _due(step: CadenceStep, last: datetime, calendar: WorkingCalendar | None) -> datetime:
    if step.working_days is not None:
        if calendar is None:
            raise PeriodError(f"{step!r} counts days of work; give the calendar= that says which these are")
        return _days_of_work_later(last, step.working_days, calendar)
    wait = step.after or timedelta()
    if calendar is None:
        return (last.astimezone(UTC) + wait).astimezone(last.tzinfo)
    return calendar.add(last, wait) if wait else calendar.opens(last)


def _overdue(due: datetime, as_of: datetime, calendar: WorkingCalendar | None) -> timedelta:
    if not earlier(due, as_of):
        return timedelta()
    return elapsed(due, as_of) if calendar is None else calendar.working_time(due, as_of)


def _days_of_work_later(last: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """The same time of day that many days of work later, or the next opening after it."""
    local = last.astimezone(calendar.tz)
    day = local.date()
    for _ in range(days):
        midnight = first_instant(datetime.combine(day + _DAY, time()), calendar.tz)
        day = calendar.opens(midnight).astimezone(calendar.tz).date()
    wall = datetime.combine(day, local.time())
    return calendar.opens(first_instant(wall, calendar.tz)).astimezone(last.tzinfo)
