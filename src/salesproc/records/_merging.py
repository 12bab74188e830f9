"""What do two records of one person make together? Gaps are filled, contradictions are shown, nothing is overwritten unasked."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import attrs

from salesproc._given import several
from salesproc._identity import email_key, phone_key
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


def merge_contacts(
    mine: Contact, theirs: Contact, *, overwrite: Iterable[str] = (), country_code: str | None = None
) -> MergedContact:
    """What two contacts of one person say together.

    Two spellings of one address or number, as `salesproc.customers.match` compares them, do not contradict each other: the spelling that is there stays.

    Args:
        mine: The one that stays.
        theirs: The other one.
        overwrite: Fields in which the other's word counts, where it has one: name, email, phone, company, locale, time_zone.
        country_code: The country of numbers that name none, such as ``"49"``; without it ``030 123456`` and ``+49 30 123456`` are two numbers.

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
        if old and new and not _same(name, old, new, country_code):
            conflicts.append(Conflict(name, kept, dropped))
        elif new and not old:
            filled.append(name)
    interests = tuple(dict.fromkeys((*mine.interests, *theirs.interests)))
    return MergedContact(attrs.evolve(mine, **values, interests=interests), tuple(filled), tuple(conflicts))


def _same(field: str, one: str, other: str, country_code: str | None) -> bool:
    """Whether two texts say the same; an address and a number do so in any spelling."""
    if field == "email":
        keys = email_key(one), email_key(other)
    elif field == "phone":
        keys = phone_key(one, country_code=country_code), phone_key(other, country_code=country_code)
    else:
        keys = one, other
    return one == other or (keys[0] == keys[1] != "")
