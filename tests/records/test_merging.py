"""Two contacts made one: gaps filled, contradictions shown, nothing overwritten unasked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import UnknownName
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


def test_a_field_there_is_none_of_cannot_be_overwritten():
    with pytest.raises(UnknownName, match="a contact has no field to overwrite 'mail'"):
        merge_contacts(Contact("Lin"), Contact("Wei"), overwrite=["mail"])
