"""Who is on the other side: a person to reach, and a company with several of them."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NewType

import attrs

from salesproc._given import instance, texts
from salesproc._instants import earlier, require_aware
from salesproc.errors import RecordError, UnknownName
from salesproc.records._record import Stored

__all__ = [
    "Account",
    "AccountContact",
    "AccountId",
    "Contact",
    "CustomerId",
    "LeadId",
    "OpportunityId",
    "OrderId",
]

LeadId = NewType("LeadId", str)
"""Which person or company on the way to becoming a customer."""
OpportunityId = NewType("OpportunityId", str)
"""Which deal."""
CustomerId = NewType("CustomerId", str)
"""Which customer."""
AccountId = NewType("AccountId", str)
"""Which company."""
OrderId = NewType("OrderId", str)
"""Which order."""

_WANTED = ("email", "phone", "company", "interests")


def _named(_: object, field: "attrs.Attribute[str]", value: object) -> None:
    if not isinstance(value, str) or all(unicodedata.category(sign)[0] in "ZC" for sign in value):
        raise RecordError(f"a {field.name} has at least one visible sign in any script, got {value!r}")


def _text(_: object, field: "attrs.Attribute[Any]", value: object) -> None:
    if value is not None and not isinstance(value, str):
        raise RecordError(f"the {field.name} of a contact is text or None, got {value!r}")


def _interests(given: Iterable[str]) -> tuple[str, ...]:
    return texts(given, "interests")


def _aware(_: object, field: "attrs.Attribute[Any]", value: datetime | None) -> None:
    if value is not None:
        require_aware(value, field.name)


@attrs.frozen
class Contact(Stored):
    """A person, and how to reach them.

    Attributes:
        name: In any script, as they write it.
        email: Their address.
        phone: Their number, as given.
        company: Where they work.
        interests: What they have shown interest in.
        locale: The language they prefer, such as ``"ar-EG"``.
        time_zone: Where they are, such as ``"Africa/Cairo"``: calls go by their clock.

    Raises:
        RecordError: The name is blank, or a field is no text.

    Source:
        The contact list of document 001: phone, e-mail, company, general interests.

    >>> Contact("林薇", email="lin@example.com").missing_fields
    ('phone', 'company', 'interests')
    """

    name: str = attrs.field(validator=_named)
    email: str | None = attrs.field(default=None, kw_only=True, validator=_text)
    phone: str | None = attrs.field(default=None, kw_only=True, validator=_text)
    company: str | None = attrs.field(default=None, kw_only=True, validator=_text)
    interests: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_interests)
    locale: str | None = attrs.field(default=None, kw_only=True, validator=_text)
    time_zone: str | None = attrs.field(default=None, kw_only=True, validator=_text)

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """What a contact list asks for and is not known yet: e-mail, phone, company, interests."""
        return tuple(name for name in _WANTED if not getattr(self, name))


def a_contact(_: object, __: object, value: Contact) -> None:
    """An attrs validator: it is a contact, and not the name of one.

    Raises:
        TypeError: It is something else.
    """
    instance(value, Contact, "contact", "for example Contact('Lin Wei', company='Harbour Ltd')")


@attrs.frozen(kw_only=True)
class AccountContact(Stored):
    """A person at a company, and what they do there.

    Attributes:
        contact: Who.
        role: Their function; `ContactRole` has the usual ones.
        level: How high; `ContactLevel` has the usual ones.
        decision_maker: Whether they decide on buying.
        since: When they took it up, if known.
        until: When they left; ``None`` while they are there.

    Raises:
        RecordError: They left before they came.
    """

    contact: Contact
    role: str | None = None
    level: str | None = None
    decision_maker: bool = False
    since: datetime | None = attrs.field(default=None, validator=_aware)
    until: datetime | None = attrs.field(default=None, validator=_aware)

    def __attrs_post_init__(self) -> None:
        if self.since and self.until and earlier(self.until, self.since):
            raise RecordError(f"{self.contact.name} left at {self.until}, before they came at {self.since}")

    @property
    def current(self) -> bool:
        """Whether they are still there."""
        return self.until is None


@attrs.frozen
class Account(Stored):
    """A company, with everybody known there: a change of one contact does not cut the link.

    Attributes:
        id: Which company.
        name: What it is called.
        contacts: Everybody, also those who have left.

    Source:
        Document 004, relations with several people at a customer.

    >>> acme = Account(AccountId("A-1"), "Acme").with_contact(
    ...     AccountContact(contact=Contact("Lin Wei"), role="purchasing manager", decision_maker=True)
    ... )
    >>> [contact.name for contact in acme.decision_makers]
    ['Lin Wei']
    """

    id: AccountId
    name: str = attrs.field(validator=_named)
    contacts: tuple[AccountContact, ...] = ()

    @property
    def current_contacts(self) -> tuple[AccountContact, ...]:
        """Those who are still there."""
        return tuple(one for one in self.contacts if one.current)

    @property
    def decision_makers(self) -> tuple[Contact, ...]:
        """Those still there who decide on buying."""
        return tuple(one.contact for one in self.current_contacts if one.decision_maker)

    def with_contact(self, contact: AccountContact) -> "Account":
        """The company with one more person.

        Raises:
            RecordError: They are there already.
        """
        if contact.current and any(one.contact == contact.contact for one in self.current_contacts):
            raise RecordError(
                f"{contact.contact.name} is already a contact of {self.name}; end that with without_contact() first"
            )
        return attrs.evolve(self, contacts=(*self.contacts, contact))

    def without_contact(self, contact: Contact, *, at: datetime) -> "Account":
        """The company after that person left; they stay in the record, with the time.

        Raises:
            UnknownName: They are not there.
        """
        if all(one.contact != contact for one in self.current_contacts):
            known = [one.contact.name for one in self.current_contacts]
            raise UnknownName("contact", contact.name, known, f"account {self.name!r}")
        contacts = tuple(
            attrs.evolve(one, until=at) if one.current and one.contact == contact else one
            for one in self.contacts
        )
        return attrs.evolve(self, contacts=contacts)
