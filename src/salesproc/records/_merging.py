"""What do two records of one person make together? Gaps are filled, contradictions are shown, nothing is overwritten unasked."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import attrs

from salesproc._given import several
from salesproc.errors import UnknownName
from salesproc.records.parties import Contact

__all__ = ["Conflict", "MergedContact", "merge_contacts"]

_FIELDS = ("name", "email", "phone", "company", "locale", "time_zone")


class Conflict(NamedTuple):
    """Two records of one person say different things.

    Attributes:
        field: About what.
        kept: What the survivor says, and goes on saying.
        dropped: What the duplicate said.
    """

    field: str
    kept: str
    dropped: str


class MergedContact(NamedTuple):
    """Two contacts of one person made one.

    Attributes:
        contact: The first one, its gaps filled and its interests joined.
        filled: The fields that were empty.
        conflicts: What the two did not agree on; where it was asked to take the other's word, that is the one kept.
    """

    contact: Contact
    filled: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def merge_contacts(mine: Contact, theirs: Contact, *, overwrite: Iterable[str] = ()) -> MergedContact:
    """What two contacts of one person say together.

    Args:
        mine: The one that stays.
        theirs: The other one.
        overwrite: Fields in which the other's word counts, where it has one: name, email, phone, company, locale, time_zone.

    Returns:
        The contact, what was filled, and every contradiction, also those that were decided by *overwrite*.

    Raises:
        TypeError: One text where several fields belong.
        UnknownName: There is no such field to overwrite.

    Source:
        Document 004 of ``docs/explanation/sources.md``: a record is overwritten only after somebody was asked.

    >>> old, new = Contact("Sam Voss", email="sam@birch.example"), Contact("Sam Voss", email="svoss@birch.example", phone="+49 30 1")
    >>> merged = merge_contacts(old, new)
    >>> merged.contact.email, merged.filled
    ('sam@birch.example', ('phone',))
    >>> merged.conflicts
    (Conflict(field='email', kept='sam@birch.example', dropped='svoss@birch.example'),)
    >>> merge_contacts(old, new, overwrite=["email"]).contact.email
    'svoss@birch.example'
    """
    asked = frozenset(several(overwrite, "overwrite"))
    for name in sorted(asked.difference(_FIELDS)):
        raise UnknownName("field to overwrite", name, _FIELDS, "a contact")
    values: dict[str, Any] = {}
    filled, conflicts = list[str](), list[Conflict]()
    for name in _FIELDS:
        old, new = getattr(mine, name), getattr(theirs, name)
        kept, dropped = (new, old) if name in asked and new else (old or new, new)
        values[name] = kept
        if old and new and old != new:
            conflicts.append(Conflict(name, kept, dropped))
        elif new and not old:
            filled.append(name)
    interests = tuple(dict.fromkeys((*mine.interests, *theirs.interests)))
    return MergedContact(attrs.evolve(mine, **values, interests=interests), tuple(filled), tuple(conflicts))
