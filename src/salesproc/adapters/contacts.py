"""A list of people brought in: who is new, who is known, who stands twice, and what cannot be told or read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar, get_args

import attrs

from salesproc.adapters._cells import text_of
from salesproc.adapters._sources import Column, Record, Source, records_of
from salesproc.adapters.row_log import Note, Reject
from salesproc.customers import Enough, HasContact, Match, email_key, phone_key
from salesproc.customers.matching import Index
from salesproc.errors import did_you_mean
from salesproc.records import Contact, MergedContact, merge_contacts

__all__ = [
    "ContactImport",
    "ImportedContact",
    "KnownContact",
    "RepeatedContact",
    "UnclearContact",
    "read_contacts",
]

R = TypeVar("R", bound=HasContact)

_PARTS = ("email", "phone", "company", "locale", "time_zone")


class ImportedContact(NamedTuple):
    """A person from the list.

    Attributes:
        id: As the list has it; ``row 7`` where it has none.
        contact: Who.
        row: The number of the row; in a file the header is row 1.
    """

    id: str
    contact: Contact
    row: int


@attrs.frozen
class KnownContact(Generic[R]):
    """A person from the list whom the file knows.

    Attributes:
        given: As the list has them.
        record: As the file has them.
        merged: Both together: what the list fills in, and where the two contradict each other. Nothing is written anywhere.
    """

    given: ImportedContact
    record: R
    merged: MergedContact


@attrs.frozen
class RepeatedContact:
    """A person who stands in the list further up.

    Attributes:
        given: As they stand here.
        first: As they stand further up.
        merged: Both together.
    """

    given: ImportedContact
    first: ImportedContact
    merged: MergedContact


@attrs.frozen
class UnclearContact:
    """A person of whom it cannot be told whether they are known.

    Attributes:
        given: As the list has them.
        match: Who may be meant, and what would tell: records of the file, or rows further up.
    """

    given: ImportedContact
    match: Match[HasContact]


@attrs.frozen(repr=False)
class ContactImport(Generic[R]):
    """What a list of people holds; every row of it is in one of the first five.

    Attributes:
        new: Nobody like them is in the file or further up.
        known: Whom the file knows.
        repeated: Who stands further up.
        unclear: Of whom it cannot be told.
        rejects: Rows that cannot be read, each with the reason.
        notes: What is doubtful in rows that were read, such as an address that is none.
        read: How many rows there are.
    """

    new: tuple[ImportedContact, ...]
    known: tuple[KnownContact[R], ...]
    repeated: tuple[RepeatedContact, ...]
    unclear: tuple[UnclearContact, ...]
    rejects: tuple[Reject, ...]
    notes: tuple[Note, ...]
    read: int

    def summary(self) -> str:
        """One line of counts."""
        merged = [*(one.merged for one in self.known), *(one.merged for one in self.repeated)]
        conflicts = sum(bool(one.conflicts) for one in merged)
        return (
            f"{self.read} rows read: {len(self.new)} new, {len(self.known)} known, {len(self.repeated)} repeated "
            f"({conflicts} of known and repeated with contradictions), {len(self.unclear)} unclear, {len(self.rejects)} rejected"
        )

    def __repr__(self) -> str:
        return f"<ContactImport: {self.summary()}>"


def read_contacts(
    source: Source,
    *,
    name: Column | Sequence[Column],
    id: Column | None = None,  # noqa: A002 - what the column is called everywhere
    email: Column | None = None,
    phone: Column | None = None,
    company: Column | None = None,
    locale: Column | None = None,
    time_zone: Column | None = None,
    known: Iterable[R] = (),
    enough: Enough = "email or phone",
    country_code: str | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> ContactImport[R]:
    """Reads a list of people and holds every one of them against the file, and against those further up.

    Nothing is stored and nothing overwritten: the result says what to do. A person counts as known by the rules of `salesproc.customers.match`.

    Args:
        source: The path of a CSV file with a header row, an open text file of the same kind, or an iterable of mappings or of sequences.
        name: The column of the name, or several whose texts are put together, such as ``("First name", "Last name")``.
        id: The column of an id of their own.
        email: The column of the address.
        phone: The column of the number.
        company: The column of the company.
        locale: The column of the language.
        time_zone: The column of the zone.
        known: The file: records with ``id`` and ``contact``, read once.
        enough: The weakest agreement that says who somebody is.
        country_code: The country of numbers that name none, such as ``"49"``.
        delimiter: What separates the cells of a file.
        encoding: How a file given by its path is encoded.

    Returns:
        The people, parted into new, known, repeated and unclear, and the rows that were rejected: without a name, with an id that stands further up, or not to be read.

    Raises:
        UnknownName: A column does not exist.
        LogError: Two columns have the same name, or the file cannot be decoded.
        ValueError: There is no such agreement.

    Source:
        Document 004 of ``docs/explanation/sources.md``: columns in any order, brought together by a mapping; a record is changed only after somebody was asked.

    >>> rows = [
    ...     {"First": "Sam", "Last": "Voss", "Mail": "sam@birch.example", "Tel": ""},
    ...     {"First": "S.", "Last": "Voss", "Mail": "SAM@birch.example", "Tel": "+49 30 123456"},
    ...     {"First": "", "Last": "", "Mail": "info@elm.example", "Tel": ""},
    ... ]
    >>> found = read_contacts(rows, name=("First", "Last"), email="Mail", phone="Tel")
    >>> print(found.summary())
    3 rows read: 1 new, 0 known, 1 repeated (1 of known and repeated with contradictions), 0 unclear, 1 rejected
    >>> found.repeated[0].merged.filled, found.rejects[0].reason
    (('phone',), 'no name in First, Last')
    """
    if enough not in get_args(Enough):
        raise ValueError(
            f"enough must be an agreement, got {enough!r}; {did_you_mean(str(enough), get_args(Enough))}"
        )
    names = (name,) if isinstance(name, str | int) else tuple(name)
    columns = {"email": email, "phone": phone, "company": company, "locale": locale, "time_zone": time_zone}
    parts = {part: column for part, column in columns.items() if column is not None}
    reading = _Reading(names, parts, id, Index(known, country_code=country_code), enough)
    asked = (*names, *parts.values(), *([] if id is None else [id]))
    for record in records_of(source, tuple(dict.fromkeys(asked)), delimiter=delimiter, encoding=encoding):
        reading.take(record)
    return reading.result()


class _Reading(Generic[R]):
    """An import while it grows."""

    def __init__(
        self,
        names: Sequence[Column],
        parts: Mapping[str, Column],
        key: Column | None,
        known: Index[R],
        enough: Enough,
    ) -> None:
        self.names, self.parts, self.key = names, parts, key
        self.enough: Enough = enough
        self.file, self.above = known, Index[ImportedContact](country_code=known.country_code)
        self.ids: dict[str, int] = {}
        self.new, self.known = list[ImportedContact](), list[KnownContact[R]]()
        self.repeated, self.unclear = list[RepeatedContact](), list[UnclearContact]()
        self.rejects, self.notes = list[Reject](), list[Note]()
        self.read = 0

    def take(self, record: Record) -> None:
        """Puts one row where it belongs."""
        self.read += 1
        if record.fault is not None:
            self._reject(record, record.fault)
            return
        given = self._person(record)
        if given is None:
            return
        found = self.file.match(given.contact, enough=self.enough)
        if found.record is not None:
            other = found.record.contact or given.contact
            self.known.append(KnownContact(given, found.record, self._merged(other, given.contact)))
            return
        further_up = self.above.match(given.contact, enough=self.enough)
        if found.kind == "none" and further_up.record is not None:
            first = further_up.record
            self.repeated.append(RepeatedContact(given, first, self._merged(first.contact, given.contact)))
            return
        self.above.add(given)
        if found.kind == further_up.kind == "none":
            self.new.append(given)
        else:
            self.unclear.append(UnclearContact(given, found if found.kind != "none" else further_up))

    def result(self) -> ContactImport[R]:
        """All of it."""
        return ContactImport(
            tuple(self.new),
            tuple(self.known),
            tuple(self.repeated),
            tuple(self.unclear),
            tuple(self.rejects),
            tuple(self.notes),
            self.read,
        )

    def _person(self, record: Record) -> ImportedContact | None:
        """The person of a row; None when the row was rejected."""
        name = " ".join(part for column in self.names if (part := text_of(record.cells[column])))
        if not any(sign.isalnum() for sign in name):
            self._reject(record, f"no name in {', '.join(map(str, self.names))}")
            return None
        key = f"row {record.number}" if self.key is None else text_of(record.cells[self.key])
        if key is None:
            self._reject(record, f"column {self.key!r} (the id) is blank")
            return None
        if key in self.ids:
            self._reject(record, f"id {key!r} stands in row {self.ids[key]} already")
            return None
        self.ids[key] = record.number
        said = {part: text_of(record.cells[column]) for part, column in self.parts.items()}
        for part, readable in (("email", email_key), ("phone", phone_key)):
            text = said.get(part)
            if text is not None and not readable(text):
                what = "address" if part == "email" else "number"
                self.notes.append(
                    Note(record.number, f"column {self.parts[part]!r}: {text!r} is no {what}", record.source)
                )
        contact = Contact(
            name,
            email=said.get("email"),
            phone=said.get("phone"),
            company=said.get("company"),
            locale=said.get("locale"),
            time_zone=said.get("time_zone"),
        )
        return ImportedContact(key, contact, record.number)

    def _merged(self, mine: Contact, theirs: Contact) -> MergedContact:
        return merge_contacts(mine, theirs, country_code=self.file.country_code)

    def _reject(self, record: Record, reason: str) -> None:
        values = tuple("" if value is None else str(value) for value in record.values)
        self.rejects.append(Reject(record.number, reason, values, record.source))
