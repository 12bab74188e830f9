"""Does somebody look after every key account, and can they? Managers by how many they have."""

from collections.abc import Hashable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._given import leading_fields, several, whole_number
from salesproc._tables import Shown
from salesproc.loyalty.key_accounts import KeyAccountPolicy
from salesproc.metrics.breakdown import Cell

__all__ = ["ManagerLoad", "ManagerLoadRow", "manager_load", "managers_needed"]

C = TypeVar("C", bound=Hashable)


class ManagerLoadRow(NamedTuple):
    """One manager.

    Attributes:
        manager: Who.
        key_accounts: How many key accounts they look after.
        others: How many other customers.
        overloaded: Whether they have more key accounts than the policy allows.
    """

    manager: Any
    key_accounts: int
    others: int
    overloaded: bool

    @property
    def mixed(self) -> bool:
        """Whether they look after key accounts and others: two kinds of work that few people do equally well."""
        return bool(self.key_accounts and self.others)


@attrs.frozen(repr=False)
class ManagerLoad(Shown, Generic[C]):
    """Who looks after how many, those with most key accounts first.

    Attributes:
        rows: One per manager.
        without_manager: Key accounts nobody looks after.
        policy: How many one manager can look after.
    """

    rows: tuple[ManagerLoadRow, ...]
    without_manager: tuple[C, ...]
    policy: KeyAccountPolicy

    @property
    def overloaded(self) -> tuple[Any, ...]:
        """Managers with too many key accounts."""
        return tuple(row.manager for row in self.rows if row.overloaded)

    @property
    def mixed(self) -> tuple[Any, ...]:
        """Managers with key accounts and other customers."""
        return tuple(row.manager for row in self.rows if row.mixed)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per manager."""
        return [
            {
                "manager": _text.label(row.manager),
                "key_accounts": row.key_accounts,
                "others": row.others,
                "overloaded": row.overloaded,
                "mixed": row.mixed,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        lines = [
            (
                _text.label(row.manager),
                str(row.key_accounts),
                str(row.others),
                "yes" if row.overloaded else "no",
            )
            for row in self.rows
        ]
        return _text.table(("manager", "key accounts", "others", "overloaded"), lines)

    def __repr__(self) -> str:
        return (
            f"<ManagerLoad: {len(self.rows):,} managers, {len(self.overloaded):,} overloaded, "
            f"{len(self.without_manager):,} key accounts without one>"
        )


def manager_load(
    assignments: Iterable[tuple[C, Hashable, *tuple[object, ...]]],
    *,
    key: Iterable[C],
    policy: KeyAccountPolicy | None = None,
) -> ManagerLoad[C]:
    """Who looks after which customers, who has too many key accounts, and which key account nobody looks after.

    Args:
        assignments: Rows ``(customer, manager, ...)`` in any order, of key accounts and of others; None as manager is nobody. Two managers
            of one customer both have it; a row that comes twice counts once.
        key: The key accounts, such as ``key_accounts(...).customers``.
        policy: How many one manager can look after; `KeyAccountPolicy` as it is when left out.

    Raises:
        LogError: A row that cannot be read; the message names it.

    Source:
        No more than three, and none by the way of other customers: document 004 of ``docs/explanation/sources.md``.

    >>> given = [("A1", "mo"), ("A2", "mo"), ("A3", "mo"), ("A4", "mo"), ("A5", "sue"), ("B1", "sue")]
    >>> found = manager_load(given, key=["A1", "A2", "A3", "A4", "A5", "A6"])
    >>> print(found)
    manager  key accounts  others  overloaded
    mo                  4       0         yes
    sue                 1       1          no
    >>> found.without_manager, found.mixed
    (('A6',), ('sue',))
    """
    policy = policy or KeyAccountPolicy()
    important = frozenset(several(key, "key"))
    portfolios: dict[Hashable, set[C]] = {}
    for number, row in enumerate(assignments, 1):
        customer, manager = leading_fields(row, ("customer", "manager"), f"assignment {number}")
        if manager is not None:
            portfolios.setdefault(manager, set()).add(customer)
    rows = [
        ManagerLoadRow(
            manager,
            len(theirs & important),
            len(theirs - important),
            len(theirs & important) > policy.per_manager,
        )
        for manager, theirs in portfolios.items()
    ]
    rows.sort(key=lambda row: (-row.key_accounts, -row.others, str(row.manager), repr(row.manager)))
    looked_after = {customer for theirs in portfolios.values() for customer in theirs}
    return ManagerLoad((*rows,), (*sorted(important - looked_after, key=repr),), policy)


def managers_needed(accounts: int, *, policy: KeyAccountPolicy | None = None) -> int:
    """How many managers it takes to look after so many key accounts.

    Args:
        accounts: How many key accounts.
        policy: How many one manager can look after; `KeyAccountPolicy` as it is when left out.

    Raises:
        ValueError: *accounts* is below 0.
        TypeError: It is no whole number.

    >>> [managers_needed(accounts) for accounts in (0, 1, 3, 4, 7, 10)]
    [0, 1, 1, 2, 3, 4]
    """
    return -(-whole_number(accounts, "accounts") // (policy or KeyAccountPolicy()).per_manager)
