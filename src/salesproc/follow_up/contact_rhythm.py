"""How often is which kind of customer to be spoken to, and who is due? A rhythm has no end, unlike a cadence."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Generic, Literal, NamedTuple, TypeAlias, TypeVar

import attrs

from salesproc._given import chosen, leading_fields, whole_number
from salesproc._instants import earlier, elapsed, require_aware
from salesproc._tables import Cell, Shown
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError, PeriodError
from salesproc.periods import shifted
from salesproc.records import PlannedActivity

__all__ = ["ContactDue", "ContactRhythm", "ContactsDue", "Every", "RhythmUnit", "contacts_due"]

C = TypeVar("C", bound=Hashable)

RhythmUnit: TypeAlias = Literal["day", "week", "month", "year"]
"""A unit of the calendar."""

_DAY = timedelta(days=1)


@attrs.frozen
class Every:
    """Once in so many calendar units.

    Attributes:
        count: How many, 1 or more.
        unit: Days, weeks, months or years. A month from the 31st is the last day of a shorter one.

    Raises:
        ValueError: Less than one, or no such unit.
        TypeError: No whole number.

    >>> Every(2, "week"), Every(1, "month").after(datetime(2026, 1, 31, 9))
    (Every(count=2, unit='week'), datetime.datetime(2026, 2, 28, 9, 0))
    """

    count: int
    unit: RhythmUnit = attrs.field(validator=chosen)

    def __attrs_post_init__(self) -> None:
        whole_number(self.count, "count", least=1)

    def after(self, moment: datetime) -> datetime:
        """The moment so much later; the clock on the wall stays as it is."""
        if self.unit == "month":
            return shifted(moment, months=self.count)
        if self.unit == "year":
            return shifted(moment, years=self.count)
        days = self.count * (7 if self.unit == "week" else 1)
        return shifted(moment + days * _DAY)


def _rules(given: Mapping[str, Every] | Iterable[tuple[str, Every]]) -> tuple[tuple[str, Every], ...]:
    rules = tuple(dict(given).items())
    for group, every in rules:
        if not isinstance(every, Every):
            raise TypeError(f"the rhythm of {group!r} must be Every(count, unit), got {every!r}")
    if not rules:
        raise PeriodError("a rhythm says for at least one group how often, got none")
    return rules


@attrs.frozen
class ContactRhythm:
    """How often each group of customers is spoken to.

    Attributes:
        name: What it is called.
        rules: By group, such as a loyalty tier or an ABC class, how often.

    Raises:
        PeriodError: No group.
        TypeError: A rhythm that is none.

    Source:
        A plan of following up for present customers, document 001 of ``docs/explanation/sources.md``; regular contact with key accounts, document 004. Neither says
        how often.
    """

    name: str
    rules: tuple[tuple[str, Every], ...] = attrs.field(converter=_rules)


class ContactDue(NamedTuple, Generic[C]):
    """When a customer is to be spoken to.

    Attributes:
        customer: Who.
        group: Of which group.
        last: When they were last spoken to; None for never.
        due: By when they are to be spoken to again; None for at once, since nobody ever has.
    """

    customer: C
    group: str
    last: datetime | None
    due: datetime | None


@attrs.frozen(repr=False)
class ContactsDue(Shown, Generic[C]):
    """Who is to be spoken to, and when.

    Attributes:
        rhythm: By which rhythm.
        as_of: The moment of the review.
        due: Now: those never spoken to, then the earliest due first.
        coming: Later, the next first.
        without_rhythm: Those of whose group the rhythm says nothing, in the order given.
    """

    rhythm: ContactRhythm
    as_of: datetime
    due: tuple[ContactDue[C], ...]
    coming: tuple[ContactDue[C], ...]
    without_rhythm: tuple[C, ...]

    def activities(self, kind: str) -> tuple[PlannedActivity[C], ...]:
        """The contacts to come as planned activities, for `follow_ups` of ``salesproc.customers``; what is due at once is due at the review."""
        return tuple(
            PlannedActivity(row.customer, self.as_of if row.due is None else row.due, kind)
            for row in (*self.due, *self.coming)
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer with a rhythm, those due first: days since the last contact, when, and the days overdue."""
        return [
            {
                "customer": str(row.customer),
                "group": row.group,
                "silent_days": None if row.last is None else elapsed(row.last, self.as_of) / _DAY,
                "due": None if row.due is None else row.due.isoformat(),
                "overdue_days": None
                if row.due is None
                else max(elapsed(row.due, self.as_of), timedelta()) / _DAY,
            }
            for row in (*self.due, *self.coming)
        ]

    def __str__(self) -> str:
        apart = f", {len(self.without_rhythm)} without a rhythm" if self.without_rhythm else ""
        return (
            f"{self.rhythm.name} as of {self.as_of.isoformat(' ', 'minutes')}: "
            f"{len(self.due)} due, {len(self.coming)} coming{apart}"
        )


def contacts_due(
    rhythm: ContactRhythm,
    customers: Iterable[tuple[C, str, datetime | None, *tuple[object, ...]]],
    *,
    as_of: datetime,
    calendar: WorkingCalendar | None = None,
) -> ContactsDue[C]:
    """Who is to be spoken to by now, and who later.

    Args:
        rhythm: How often each group is spoken to.
        customers: Rows ``(customer, group, last_contact)``, each customer once, in any order; the contact aware, None for never.
        as_of: The moment of the review, aware. A contact after it is refused: give what was known then.
        calendar: When we work; what falls outside moves to the next opening.

    Raises:
        LogError: A row that cannot be read, a customer twice, or a contact after the review; the message names it.
        NaiveTimeError: A time has no zone.
        PeriodError: The calendar ends.

    Source:
        As for `ContactRhythm`.

    >>> from datetime import UTC
    >>> rhythm = ContactRhythm("care", {"key account": Every(1, "month"), "regular": Every(3, "month")})
    >>> january = datetime(2026, 1, 31, 10, tzinfo=UTC)
    >>> found = contacts_due(rhythm, [("C-1", "key account", january), ("C-2", "regular", january), ("C-3", "regular", None)], as_of=datetime(2026, 3, 10, tzinfo=UTC))
    >>> print(found)
    care as of 2026-03-10 00:00+00:00: 2 due, 1 coming
    >>> [(row.customer, row.due and row.due.date().isoformat()) for row in found.due]
    [('C-3', None), ('C-1', '2026-02-28')]
    """
    require_aware(as_of, "as_of")
    rules, seen = dict(rhythm.rules), set[C]()
    never, strangers = list[ContactDue[C]](), list[C]()
    timed = list[tuple[float, ContactDue[C]]]()
    for number, row in enumerate(customers, 1):
        where = f"row {number}"
        customer, group, last = leading_fields(row, ("customer", "group", "last contact"), where)
        if customer in seen:
            raise LogError(f"{where} names {customer!r} a second time; give the last contact of each once")
        seen.add(customer)
        if last is not None and earlier(as_of, require_aware(last, f"the last contact of {where}")):
            raise LogError(f"{where} was last spoken to at {last}, after as_of {as_of}: {row!r}")
        if group not in rules:
            strangers.append(customer)
        elif last is None:
            never.append(ContactDue(customer, group, None, None))
        else:
            due = rules[group].after(last)
            due = due if calendar is None else calendar.opens(due)
            timed.append((due.timestamp(), ContactDue(customer, group, last, due)))
    ahead = [row for _, row in sorted(timed, key=itemgetter(0))]
    review = as_of.timestamp()
    now = sum(stamp <= review for stamp, _ in timed)
    return ContactsDue(rhythm, as_of, (*never, *ahead[:now]), (*ahead[now:],), tuple(strangers))
