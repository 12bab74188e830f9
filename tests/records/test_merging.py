"""Two contacts made one: gaps filled, contradictions shown, nothing overwritten unasked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import UnknownName
from salesproc.customers import email_key, phone_key
from salesproc.records import Contact, merge_contacts

FIELDS = ("name", "email", "phone", "company", "locale", "time_zone")
texts = st.none() | st.sampled_from(["a", "b"])
contacts = st.builds(
    Contact,
    st.sampled_from(["Lin", "Wei"]),
    email=texts,
    phone=texts,
    company=texts,
    locale=texts,
    time_zone=texts,
    interests=st.lists(st.sampled_from("xyz"), unique=True).map(tuple),
)


@given(contacts, contacts, st.frozensets(st.sampled_from(FIELDS)))
def test_every_field_is_kept_filled_or_shown(mine, theirs, asked):
    found = merge_contacts(mine, theirs, overwrite=asked)
    conflicts = {one.field: (one.kept, one.dropped) for one in found.conflicts}
    for field in FIELDS:
        old, new, now = (getattr(one, field) for one in (mine, theirs, found.contact))
        if old and new and old != new:
            assert conflicts[field] == ((new, old) if field in asked else (old, new))
            assert now == conflicts[field][0]
        else:
            assert field not in conflicts
            assert now == (old or new)
        assert (field in found.filled) == bool(new and not old)
    assert set(found.contact.interests) == {*mine.interests, *theirs.interests}


@given(contacts)
def test_merging_with_itself_changes_nothing(mine):
    assert merge_contacts(mine, mine) == (mine, (), ())


@given(
    st.sampled_from(
        ["lin@wei.example", "LIN@wei.example", " Lin@Wei.example", "max@wei.example", "none", "None"]
    ),
    st.sampled_from(
        ["lin@wei.example", "LIN@wei.example", " Lin@Wei.example", "max@wei.example", "none", "None"]
    ),
    st.sampled_from(["+49 30 123456", "0049 (30) 1234-56", "030 123456", "+49 30 9", "+49 30 8"]),
    st.sampled_from(["+49 30 123456", "0049 (30) 1234-56", "030 123456", "+49 30 9", "+49 30 8"]),
    st.sampled_from([None, "49"]),
)
def test_what_matching_takes_for_one_is_no_contradiction(
    email, other_email, phone, other_phone, country_code
):
    """A text that is no address, and a number too short to be one, is compared as it stands."""
    mine, theirs = (
        Contact("Lin", email=email, phone=phone),
        Contact("Lin", email=other_email, phone=other_phone),
    )
    found = merge_contacts(mine, theirs, country_code=country_code)
    keys = [
        ("email", email_key(email) or email, email_key(other_email) or other_email),
        (
            "phone",
            phone_key(phone, country_code=country_code) or phone,
            phone_key(other_phone, country_code=country_code) or other_phone,
        ),
    ]
    assert [one.field for one in found.conflicts] == [field for field, key, other in keys if key != other]
    assert (found.contact.email, found.contact.phone) == (email, phone)


def test_the_other_spelling_is_taken_where_it_was_asked_for():
    found = merge_contacts(
        Contact("Lin", email="LIN@wei.example"), Contact("Lin", email="lin@wei.example"), overwrite=["email"]
    )
    assert (found.contact.email, found.conflicts) == ("lin@wei.example", ())


def test_a_field_there_is_none_of_cannot_be_overwritten():
    with pytest.raises(UnknownName, match="a contact has no field to overwrite 'mail'"):
        merge_contacts(Contact("Lin"), Contact("Wei"), overwrite=["mail"])
