"""What do two records of one customer say was done? Facts joined in order of time, those of both found once."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from salesproc.records._merging import Conflict

Fact = tuple[Any, ...]
"""Who, when, then anything."""


class Joined(NamedTuple):
    """The facts of two records.

    Attributes:
        facts: All of them, oldest first.
        repeated: Those of the second that the first one has, and that are in it once.
        conflicts: Where the two tell one fact differently; the first one's word stays.
    """

    facts: tuple[Any, ...]
    repeated: tuple[Any, ...]
    conflicts: tuple[Conflict, ...]


def _sale(purchase: Any) -> Hashable:
    """A purchase of a deal is known by all it says; one without a deal by nothing."""
    return None if purchase.opportunity_id is None else purchase


IDENTITY: Mapping[str, Callable[[Any], Hashable]] = MappingProxyType(
    {
        "purchases": _sale,
        "complaints": lambda one: (one.raised_at, one.about),
        "referrals": lambda one: one.lead_id,
    }
)
"""By field, what says that two facts are one; None where nothing does."""


def joined(field: str, mine: Iterable[Fact], theirs: Iterable[Fact]) -> Joined:
    """The facts of a field from both records."""
    same = IDENTITY[field]
    facts = [*mine]
    known: dict[Hashable, list[Fact]] = {}
    for one in facts:
        known.setdefault(same(one), []).append(one)
    known.pop(None, None)
    repeated, conflicts = list[Fact](), list[Conflict]()
    for one in theirs:
        alike = known.get(same(one))
        if not alike:  # also where the other has one more of them
            facts.append(one)
            continue
        there = alike.pop(0)
        repeated.append(one)
        if there != one:
            conflicts.append(Conflict(field, _shown(there), _shown(one)))
    facts.sort(key=lambda fact: cast("datetime", fact[1]).astimezone(UTC))
    return Joined(tuple(facts), tuple(repeated), tuple(conflicts))


def _shown(fact: Fact) -> str:
    return ", ".join(str(part) for part in fact[1:] if part is not None)
