"""A person in any script, and a company with several of them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import NaiveTimeError, RecordError, UnknownName
from salesproc.records import Account, AccountContact, AccountId, Contact, ContactLevel, ContactRole

T0 = datetime(2026, 3, 1, 9, tzinfo=UTC)
LIN, OMAR = Contact("林薇"), Contact("عمر")


@given(st.text(min_size=1).filter(str.isalnum))
def test_a_name_may_be_in_any_script(name):
    assert Contact(name).name == name


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u3000", "\u200b\u200f", None, 7])
def test_a_name_is_not_blank(name):
    with pytest.raises(ValueError, match="a name has at least one visible sign in any script, got"):
        Contact(name)


def test_missing_fields_are_those_a_contact_list_asks_for():
    assert LIN.missing_fields == ("email", "phone", "company", "interests")
    full = Contact("Lin", email="l@example.com", phone="1", company="Acme", interests=["crm"])
    assert full.missing_fields == ()
    assert full.interests == ("crm",)


def test_interests_are_several():
    """A text would be taken apart into its letters."""
    with pytest.raises(TypeError, match="interests must be several, got the one text 'crm'"):
        Contact("Lin", interests="crm")


def test_somebody_who_leaves_stays_in_the_record():
    """A change of contact does not cut the link."""
    buyer = AccountContact(contact=LIN, role=ContactRole.PURCHASING_MANAGER, decision_maker=True, since=T0)
    owner = AccountContact(contact=OMAR, level=ContactLevel.OWNER, decision_maker=True)
    acme = Account(AccountId("A-1"), "Acme").with_contact(buyer).with_contact(owner)
    assert acme.decision_makers == (LIN, OMAR)
    later = acme.without_contact(LIN, at=T0 + timedelta(days=9))
    assert later.decision_makers == (OMAR,)
    assert [one.contact for one in later.contacts] == [LIN, OMAR]
    assert later.contacts[0].until == T0 + timedelta(days=9)
    back = later.with_contact(buyer)
    assert [one.current for one in back.contacts] == [False, True, True]
    twice = back.without_contact(LIN, at=T0 + timedelta(days=20))
    assert [one.until for one in twice.contacts] == [T0 + timedelta(days=9), None, T0 + timedelta(days=20)]
    assert acme.without_contact(OMAR, at=T0).current_contacts == (buyer,)


def test_nobody_is_there_twice_at_once():
    acme = Account(AccountId("A-1"), "Acme", (AccountContact(contact=LIN),))
    with pytest.raises(ValueError, match="林薇 is already a contact of Acme"):
        acme.with_contact(AccountContact(contact=LIN, role="owner"))
    earlier = AccountContact(contact=LIN, role="user", until=T0)
    assert len(acme.with_contact(earlier).contacts) == 2


def test_only_somebody_who_is_there_can_leave():
    acme = Account(AccountId("A-1"), "Acme", (AccountContact(contact=OMAR),))
    with pytest.raises(UnknownName, match="account 'Acme' has no contact '林薇'"):
        acme.without_contact(LIN, at=T0)


def test_nobody_leaves_before_they_came():
    """The two instants are compared as instants, whatever their zones."""
    east = timezone(timedelta(hours=8))
    with pytest.raises(ValueError, match="before they came"):
        AccountContact(contact=LIN, since=T0, until=T0.replace(tzinfo=east))
    assert AccountContact(contact=LIN, since=T0.replace(tzinfo=east), until=T0).current is False


def test_times_need_a_zone():
    with pytest.raises(NaiveTimeError, match="since must be"):
        AccountContact(contact=LIN, since=datetime(2026, 3, 1))


def test_a_company_has_a_name():
    with pytest.raises(ValueError, match="a name has at least one visible sign"):
        Account(AccountId("A-1"), " ")


@pytest.mark.parametrize("field", ["email", "phone", "company", "locale", "time_zone"])
def test_what_is_known_of_a_contact_is_text(field):
    with pytest.raises(RecordError, match=f"the {field} of a contact is text or None, got 5"):
        Contact("Lin Wei", **{field: 5})
    assert getattr(Contact("Lin Wei", **{field: "x"}), field) == "x"
