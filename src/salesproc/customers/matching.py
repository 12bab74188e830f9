"""Whom do we know already? A contact held against a file: nobody, one, or several, with the evidence."""

from collections.abc import Hashable, Iterable
from typing import Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar, get_args

import attrs

from salesproc._identity import email_key, name_key, phone_key
from salesproc.errors import did_you_mean
from salesproc.records import Contact

__all__ = ["Agreement", "Candidate", "DuplicateGroup", "Enough", "HasContact", "Match", "duplicates", "match"]

Enough: TypeAlias = Literal["email or phone", "name and company", "name"]
"""The weakest agreement that says who somebody is."""
_LEVELS: tuple[Enough, ...] = get_args(Enough)


class HasContact(Protocol):
    """Anything that has an id and a contact, such as a lead or a customer."""

    @property
    def id(self) -> Hashable:
        """Which record."""
        ...

    @property
    def contact(self) -> Contact | None:
        """Who; None for one without a person, who is never matched."""
        ...


R = TypeVar("R", bound=HasContact)
R_co = TypeVar("R_co", bound=HasContact, covariant=True)


class Agreement(NamedTuple):
    """What two contacts say of one thing.

    Attributes:
        field: email, phone, name or company.
        given: What the contact that was asked about says.
        known: What the record says.
    """

    field: str
    given: str
    known: str


@attrs.frozen
class Candidate(Generic[R_co]):
    """A record that may be meant.

    Attributes:
        record: It.
        agrees: Where both say the same, spelling aside.
        differs: Where both say something, and not the same.
    """

    record: R_co
    agrees: tuple[Agreement, ...]
    differs: tuple[Agreement, ...]

    @property
    def level(self) -> Enough:
        """The strongest agreement."""
        fields = {one.field for one in self.agrees}
        if fields & {"email", "phone"}:
            return "email or phone"
        return "name and company" if "company" in fields else "name"

    def __str__(self) -> str:
        same = ", ".join(f"{one.field} {one.known!r}" for one in self.agrees)
        other = "".join(f"; {one.field} differs: {one.given!r}, {one.known!r}" for one in self.differs)
        return f"{self.record.id}: the same {same}{other}"


@attrs.frozen(repr=False)
class Match(Generic[R_co]):
    """Who is meant.

    Attributes:
        kind: Nobody in the file (``"none"``), one record (``"unique"``), or not to be decided (``"ambiguous"``): several agree equally well, or the only
            agreement is weaker than what was asked for.
        candidates: All that may be meant, those who agree best first, then in the order of the file.
        ask_for: What would tell the candidates apart and the contact does not say; empty unless ambiguous.
    """

    kind: Literal["none", "unique", "ambiguous"]
    candidates: tuple[Candidate[R_co], ...]
    ask_for: tuple[str, ...] = ()

    @property
    def record(self) -> R_co | None:
        """The record that is meant; None unless the match is unique."""
        return self.candidates[0].record if self.kind == "unique" else None

    def __repr__(self) -> str:
        ids = ", ".join(repr(one.record.id) for one in self.candidates)
        return f"<Match {self.kind}: {ids}>" if ids else "<Match none>"

    def __str__(self) -> str:
        if not self.candidates:
            return "nobody like that"
        ask = f"\nask for {' or '.join(self.ask_for)}" if self.ask_for else ""
        return "\n".join([self.kind, *(f"  {one}" for one in self.candidates)]) + ask


def match(
    contact: Contact,
    candidates: Iterable[R],
    *,
    enough: Enough = "email or phone",
    country_code: str | None = None,
) -> Match[R]:
    """Which of the records is about this person.

    A record comes into question when its e-mail address, its number or its name is the same, spelling aside. The best agreement counts: an address or a number
    before name and company, and these before the name alone. Where one record alone agrees best, and well enough, it is meant; otherwise the candidates are
    shown with what is the same and what is not, and nothing is decided.

    Args:
        contact: Who is looked for.
        candidates: The records, read once.
        enough: The weakest agreement that decides. A name alone is no identity unless you say so.
        country_code: As for `phone_key`.

    Returns:
        None, unique or ambiguous, with the evidence.

    Raises:
        ValueError: There is no such agreement, or the country code is none.

    Source:
        Document 004 of ``docs/explanation/sources.md``: one match fills in the record, several ask for more criteria.

    >>> from salesproc.records import Lead, LeadId
    >>> from datetime import UTC, datetime
    >>> def lead(key, *name, **known):
    ...     return Lead.capture(LeadId(key), Contact(*name, **known), source="web", at=datetime(2026, 3, 2, tzinfo=UTC))
    >>> file = [lead("L-1", "Sam Voss", email="sam@birch.example"), lead("L-2", "Sam Voss", email="voss@elm.example")]
    >>> print(match(Contact("S. Voss", email="Sam@Birch.example"), file))
    unique
      L-1: the same email 'sam@birch.example'; name differs: 'S. Voss', 'Sam Voss'
    >>> print(match(Contact("Voss, Sam"), file))
    ambiguous
      L-1: the same name 'Sam Voss'
      L-2: the same name 'Sam Voss'
    ask for email
    """
    if enough not in _LEVELS:
        raise ValueError(f"enough must be an agreement, got {enough!r}; {did_you_mean(str(enough), _LEVELS)}")
    return Index(candidates, country_code=country_code).match(contact, enough=enough)


@attrs.frozen
class DuplicateGroup(Generic[R_co]):
    """Records that are about one person, each linked to another by an agreement.

    Attributes:
        records: Two or more, in the order of the file.
        shared: What links them, as (field, what is the same).
    """

    records: tuple[R_co, ...]
    shared: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        links = ", ".join(f"{field} {key!r}" for field, key in self.shared)
        return f"{', '.join(str(record.id) for record in self.records)}: the same {links}"


def duplicates(
    records: Iterable[R], *, enough: Enough = "email or phone", country_code: str | None = None
) -> tuple[DuplicateGroup[R], ...]:
    """Who is in the file more than once.

    Two records that agree well enough are in one group, and so is whoever agrees with one of them. A shared address (``info@``) or a switchboard number joins
    everybody who gave it: ``shared`` shows that, so look before you merge.

    Args:
        records: The file, read once.
        enough: The weakest agreement that links.
        country_code: As for `phone_key`.

    Returns:
        The groups in the order of their first record; nobody is in two of them.

    Raises:
        ValueError: There is no such agreement.
    """
    if enough not in _LEVELS:
        raise ValueError(f"enough must be an agreement, got {enough!r}; {did_you_mean(str(enough), _LEVELS)}")
    index = Index(records, country_code=country_code)
    linking = [
        (field, places)
        for field, places in index.places.items()
        if len(places) > 1 and _LEVELS.index(_linked_by(field[0])) <= _LEVELS.index(enough)
    ]
    leader = list(range(len(index.records)))
    for _, places in linking:
        first, *others = (_leader(leader, place) for place in places)
        for other in others:
            low, high = sorted((_leader(leader, first), _leader(leader, other)))
            leader[high] = low
    groups: dict[int, list[int]] = {}
    for place in range(len(leader)):
        groups.setdefault(_leader(leader, place), []).append(place)
    shared: dict[int, list[tuple[str, str]]] = {}
    for field, places in linking:
        shared.setdefault(_leader(leader, places[0]), []).append(field)
    return tuple(
        DuplicateGroup(tuple(index.records[place] for place in places), tuple(sorted(shared[head])))
        for head, places in groups.items()
        if len(places) > 1
    )


class Index(Generic[R]):
    """A file to be asked many times; records can be added, and those without a contact are passed over.

    Attributes:
        records: In order.
        places: (field, key) -> the places of the records that have it.
    """

    def __init__(self, records: Iterable[R] = (), *, country_code: str | None = None) -> None:
        given: object = country_code  # callers without a type checker pass a number
        if given is not None and not (isinstance(given, str) and given.removeprefix("+").isdecimal()):
            raise ValueError(f"country_code must be the digits one dials, for example '49', got {given!r}")
        self.country_code = country_code
        self.records = list[R]()
        self.places: dict[tuple[str, str], list[int]] = {}
        self._known = list[tuple[Contact, dict[str, str]]]()
        for record in records:
            self.add(record)

    def add(self, record: R) -> None:
        """Puts one more record into the file.

        Raises:
            TypeError: It is no record with a contact, such as an id.
        """
        if not hasattr(record, "contact"):
            raise TypeError(f"a record has a contact, got {record!r}; give the records themselves")
        if record.contact is None:
            return
        keys = self._keys(record.contact)
        for link in _links(keys):
            self.places.setdefault(link, []).append(len(self.records))
        self.records.append(record)
        self._known.append((record.contact, keys))

    def match(self, contact: Contact, *, enough: Enough) -> Match[R]:
        """As `match` says."""
        keys = self._keys(contact)
        places = sorted({at for link in _links(keys) for at in self.places.get(link, ())})
        candidates = [self._candidate(contact, keys, at) for at in places]
        candidates.sort(key=lambda one: _LEVELS.index(one.level))
        if not candidates:
            return Match("none", ())
        best = candidates[0].level
        alone = len(candidates) == 1 or candidates[1].level != best
        if alone and _LEVELS.index(best) <= _LEVELS.index(enough):
            return Match("unique", tuple(candidates))
        return Match("ambiguous", tuple(candidates), self._ask_for(contact, places))

    def _keys(self, contact: Contact) -> dict[str, str]:
        return {
            "email": email_key(contact.email or ""),
            "phone": phone_key(contact.phone or "", country_code=self.country_code),
            "name": name_key(contact.name),
            "company": name_key(contact.company or ""),
        }

    def _candidate(self, contact: Contact, keys: dict[str, str], at: int) -> Candidate[R]:
        known, theirs = self._known[at]
        both = [field for field in keys if keys[field] and theirs[field]]
        said = {field: Agreement(field, getattr(contact, field), getattr(known, field)) for field in both}
        return Candidate(
            self.records[at],
            tuple(said[field] for field in both if keys[field] == theirs[field]),
            tuple(said[field] for field in both if keys[field] != theirs[field]),
        )

    def _ask_for(self, contact: Contact, places: Iterable[int]) -> tuple[str, ...]:
        """The fields the contact does not say and some candidate does."""
        known = [self._known[at][0] for at in places]
        missing = [field for field in ("email", "phone", "company") if not getattr(contact, field)]
        return tuple(field for field in missing if any(getattr(other, field) for other in known))


def _links(keys: dict[str, str]) -> list[tuple[str, str]]:
    """What a record is found by; a company alone is nobody."""
    both = f"{keys['name']}, {keys['company']}" if keys["name"] and keys["company"] else ""
    links = {"email": keys["email"], "phone": keys["phone"], "name": keys["name"], "name and company": both}
    return [(field, key) for field, key in links.items() if key]


def _linked_by(link: str) -> Enough:
    if link in ("email", "phone"):
        return "email or phone"
    return "name and company" if link == "name and company" else "name"


def _leader(leader: list[int], place: int) -> int:
    """The first record of the group that the place belongs to."""
    while leader[place] != place:
        leader[place] = leader[leader[place]]
        place = leader[place]
    return place
