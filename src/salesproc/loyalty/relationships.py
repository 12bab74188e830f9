"""How broad is the relation with a company? Whom we know there, on which floors, and what is missing."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

import attrs

from salesproc._given import leading_fields
from salesproc._instants import earlier, require_aware
from salesproc._tables import Shown
from salesproc.errors import LogError
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Cell
from salesproc.records import Account, AccountContact, AccountId, ContactLevel, ContactRole

__all__ = [
    "OwnerChange",
    "RelationshipAlert",
    "RelationshipAlertKind",
    "RelationshipBreadth",
    "owner_changes",
    "relationship_breadth",
]

_EXECUTIVE_LEVELS = frozenset({ContactLevel.OWNER.value, ContactLevel.TOP.value})
_EXECUTIVE_ROLES = frozenset({ContactRole.OWNER.value, ContactRole.CHIEF_EXECUTIVE.value})


class RelationshipAlertKind(StrEnum):
    """What is wrong with a relation.

    Source: know several people on several floors, so that a change of one does not cut the link, document 004 of
    ``docs/explanation/sources.md``.
    """

    NO_CONTACT = "no_contact"
    SINGLE_THREADED = "single_threaded"
    NO_EXECUTIVE = "no_executive"
    NO_DECISION_MAKER = "no_decision_maker"


class RelationshipAlert(NamedTuple):
    """Something is wrong with a relation.

    Attributes:
        kind: What.
        left: Who of the kind that is missing was the last to leave; None when there never was one.
        at: When they left.
    """

    kind: RelationshipAlertKind
    left: str | None = None
    at: datetime | None = None


@attrs.frozen(kw_only=True, repr=False)
class RelationshipBreadth(Shown):
    """Whom we know at a company at an instant.

    Attributes:
        account_id: Which company.
        contacts: Names of those who are there.
        decision_makers: Names of those of them who decide on buying.
        executives: Names of those of them at the top: by level or by role.
        levels: The levels we know somebody on, the highest of `ContactLevel` first, then words of your own.
        without_level: How many are there whose level is unknown.
        alerts: What is wrong.
    """

    account_id: AccountId
    contacts: tuple[str, ...]
    decision_makers: tuple[str, ...]
    executives: tuple[str, ...]
    levels: tuple[str, ...]
    without_level: int
    alerts: tuple[RelationshipAlert, ...]

    @property
    def single_threaded(self) -> bool:
        """Whether the relation hangs on one person."""
        return len(self.contacts) == 1

    @property
    def no_executive(self) -> bool:
        """Whether we know nobody at the top."""
        return not self.executives

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts, and the alerts by name."""
        return [
            {
                "account": self.account_id,
                "contacts": len(self.contacts),
                "decision_makers": len(self.decision_makers),
                "executives": len(self.executives),
                "levels": ", ".join(self.levels),
                "without_level": self.without_level,
                "alerts": ", ".join(alert.kind for alert in self.alerts),
            }
        ]

    def __str__(self) -> str:
        found = [f"{alert.kind}{f' since {alert.left} left' if alert.left else ''}" for alert in self.alerts]
        levels = f", on {' and '.join(self.levels)}" if self.levels else ""
        return f"{len(self.contacts)} known{levels}; {', '.join(found) or 'no alert'}"


def relationship_breadth(account: Account, *, as_of: datetime) -> RelationshipBreadth:
    """Whom we know at a company, and on which floors, at an instant.

    Args:
        account: The company with everybody known there, those who have left included.
        as_of: The instant, aware. Contacts are there from their ``since`` on, always when it is unknown, and until their ``until``.

    Returns:
        Who is there, and alerts: nobody, one person alone, nobody at the top, nobody who decides. Where somebody of the missing kind has left,
        the alert says who was last.

    Raises:
        NaiveTimeError: *as_of* has no zone.

    Source:
        `RelationshipAlertKind`. At the top are the levels owner and top, and the roles owner and chief executive.

    >>> from salesproc.records import Contact
    >>> spring, summer = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    >>> lin, omar = Contact("Lin Wei"), Contact("Omar Said")
    >>> acme = Account(AccountId("A-1"), "Acme")
    >>> acme = acme.with_contact(AccountContact(contact=lin, level="top", decision_maker=True))
    >>> acme = acme.with_contact(AccountContact(contact=omar, level="staff")).without_contact(lin, at=spring)
    >>> print(relationship_breadth(acme, as_of=summer))
    1 known, on staff; single_threaded, no_executive since Lin Wei left, no_decision_maker since Lin Wei left
    """
    require_aware(as_of, "as_of")
    known = [one for one in account.contacts if one.since is None or not earlier(as_of, one.since)]
    here = [one for one in known if one.until is None or earlier(as_of, one.until)]
    left = [(one.until.astimezone(UTC), one) for one in known if one.until and not earlier(as_of, one.until)]
    gone = [one for _, one in sorted(left, key=lambda entry: entry[0], reverse=True)]
    levels = {str(one.level) for one in here if one.level}
    ranked = [level.value for level in ContactLevel if level in levels]
    return RelationshipBreadth(
        account_id=account.id,
        contacts=_names(here),
        decision_makers=_names(one for one in here if one.decision_maker),
        executives=_names(filter(_executive, here)),
        levels=(*ranked, *sorted(levels.difference(ranked))),
        without_level=sum(not one.level for one in here),
        alerts=(*_alerts(here, gone),),
    )


class OwnerChange(NamedTuple):
    """Another person of ours became responsible for a customer.

    Attributes:
        customer: Which one.
        before: Who was responsible; None when nobody was.
        after: Who is now; None when nobody is.
        at: Since when.
    """

    customer: Any
    before: Any
    after: Any
    at: date


def owner_changes(
    assignments: Iterable[tuple[Hashable, Hashable, date, *tuple[object, ...]]], *, as_of: date
) -> tuple[OwnerChange, ...]:
    """Where our responsible person changed: the relation went with the old one and has to be built again.

    Args:
        assignments: Rows ``(customer, owner, at, ...)`` in any order: who became responsible when; None for nobody. The first row of a
            customer is no change, nor is the same person again.
        as_of: The review; later rows are not used. Its kind (plain date, aware, naive) is that of all rows.

    Returns:
        The changes in order of time.

    Raises:
        LogError: A row that cannot be read, or two people who became responsible for one customer at one time; the message names it.
        NaiveTimeError: Times of two kinds.

    Source:
        Accounts are often lost when the salesperson changes: OpenStax *Entrepreneurship* 8.6.

    >>> rows = [("A-1", "sara", date(2025, 1, 7)), ("A-1", "omar", date(2026, 2, 2)), ("A-2", "sara", date(2025, 1, 7))]
    >>> for change in owner_changes(rows, as_of=date(2026, 3, 1)):
    ...     print(change.customer, change.before, change.after, change.at)
    A-1 sara omar 2026-02-02
    """
    review = comparable(as_of, as_of, "as_of")
    histories: dict[Hashable, dict[date, tuple[Hashable, date]]] = {}
    for number, row in enumerate(assignments, 1):
        customer, owner, at = leading_fields(row, ("customer", "owner", "at"), f"assignment {number}")
        history = histories.setdefault(customer, {})
        when = comparable(at, as_of, f"assignment {number}")
        if when <= review and history.setdefault(when, (owner, at))[0] != owner:
            raise LogError(
                f"assignment {number} gives {customer!r} to {owner!r} at {at}, when another row gives it to {history[when][0]!r}"
            )
    found = [
        (after_when, OwnerChange(customer, before, after, at))
        for customer, history in histories.items()
        for (_, (before, _)), (after_when, (after, at)) in pairwise(
            sorted(history.items(), key=lambda one: one[0])
        )
        if before != after
    ]
    found.sort(key=lambda one: (one[0], str(one[1].customer), repr(one[1].customer)))
    return tuple(change for _, change in found)


def _alerts(here: list[AccountContact], gone: list[AccountContact]) -> Iterator[RelationshipAlert]:
    """What is wrong, with the last of those missing who left."""
    wanted: tuple[tuple[RelationshipAlertKind, Callable[[AccountContact], bool]], ...] = (
        (RelationshipAlertKind.NO_CONTACT, lambda _one: True),
        (RelationshipAlertKind.NO_EXECUTIVE, _executive),
        (RelationshipAlertKind.NO_DECISION_MAKER, lambda one: one.decision_maker),
    )
    if len(here) == 1:
        yield RelationshipAlert(RelationshipAlertKind.SINGLE_THREADED)
    for kind, is_one in wanted:
        if not any(map(is_one, here)):
            last = next(filter(is_one, gone), None)
            yield (
                RelationshipAlert(kind)
                if last is None
                else RelationshipAlert(kind, last.contact.name, last.until)
            )


def _executive(one: AccountContact) -> bool:
    return one.level in _EXECUTIVE_LEVELS or one.role in _EXECUTIVE_ROLES


def _names(contacts: Iterable[AccountContact]) -> tuple[str, ...]:
    return tuple(one.contact.name for one in contacts)
