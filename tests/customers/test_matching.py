"""Whom do we know: nobody, one, or several; the evidence is shown and nothing is guessed."""

import copy
import pickle
from itertools import combinations
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.customers import duplicates, email_key, match, name_key, phone_key
from salesproc.records import Contact


class Known(NamedTuple):
    id: int
    contact: Contact | None


def known(number, *name, **said):
    return Known(number, Contact(*name, **said))


people = st.builds(
    Contact,
    st.sampled_from(["Sam Voss", "Voss, Sam", "Ida Roth", "林薇", "أحمد", "احمد"]),
    email=st.sampled_from([None, "sam@birch.example", "SAM@Birch.example", "ida@alder.example", "n/a"]),
    phone=st.sampled_from([None, "+49 30 123456", "0049 30 12 34 56", "030 123456", "-"]),
    company=st.sampled_from([None, "Birch Labs", "BIRCH LABS", "Alder"]),
)
files = st.lists(people, max_size=6).map(
    lambda contacts: [Known(number, contact) for number, contact in enumerate(contacts)]
)
LEVELS = ["email or phone", "name and company", "name"]


def keys(contact):
    return {
        "email": email_key(contact.email or ""),
        "phone": phone_key(contact.phone or ""),
        "name": name_key(contact.name),
        "company": name_key(contact.company or ""),
    }


def level_of(one, other):
    """How well two contacts agree, straight from the words: the place in LEVELS, or none."""
    same = {field for field, key in keys(one).items() if key and key == keys(other)[field]}
    if same & {"email", "phone"}:
        return 0
    if "name" in same:
        return 1 if "company" in same else 2
    return None


@given(people, files, st.sampled_from(LEVELS))
def test_it_finds_who_holding_everybody_against_everybody_finds(contact, file, enough):
    levels = {record.id: level_of(contact, record.contact) for record in file}
    found = match(contact, iter(file), enough=enough)
    assert {one.record.id: LEVELS.index(one.level) for one in found.candidates} == {
        key: level for key, level in levels.items() if level is not None
    }
    best = min((level for level in levels.values() if level is not None), default=None)
    at_best = [key for key, level in levels.items() if level == best]
    if best is None:
        assert found.kind == "none"
    elif len(at_best) == 1 and best <= LEVELS.index(enough):
        assert (found.kind, found.record.id) == ("unique", at_best[0])
    else:
        assert (found.kind, found.record) == ("ambiguous", None)


@given(files, st.sampled_from(LEVELS))
def test_duplicates_are_joined_as_joining_all_pairs_joins_them(file, enough):
    groups = {record.id: {record.id} for record in file}
    for one, other in combinations(file, 2):
        level = level_of(one.contact, other.contact)
        if level is not None and level <= LEVELS.index(enough):
            both = groups[one.id] | groups[other.id]
            groups |= dict.fromkeys(both, both)
    wanted = {frozenset(group) for group in groups.values() if len(group) > 1}
    found = duplicates(file, enough=enough)
    assert {frozenset(record.id for record in group.records) for group in found} == wanted
    assert all(group.shared for group in found)
    assert [group.records[0].id for group in found] == sorted(group.records[0].id for group in found)


def test_the_evidence_says_what_is_the_same_and_what_is_not():
    file = [known(1, "Sam Voss", email="sam@birch.example", company="Birch Labs")]
    found = match(Contact("S. Voss", email="SAM@birch.example", company="birch labs"), file)
    [candidate] = found.candidates
    assert [(one.field, one.given, one.known) for one in candidate.agrees] == [
        ("email", "SAM@birch.example", "sam@birch.example"),
        ("company", "birch labs", "Birch Labs"),
    ]
    assert [one.field for one in candidate.differs] == ["name"]
    assert candidate.level == "email or phone"


def test_a_name_alone_is_no_identity_unless_it_is_said_to_be_one():
    file = [known(1, "Sam Voss", phone="+49 30 123456", company="Birch Labs")]
    found = match(Contact("Sam Voss"), file)
    assert (found.kind, found.ask_for) == ("ambiguous", ("phone", "company"))
    assert str(found) == "ambiguous\n  1: the same name 'Sam Voss'\nask for phone or company"
    assert match(Contact("Sam Voss"), file, enough="name").record == file[0]
    assert match(Contact("Sam Voss", company="Birch labs"), file, enough="name and company").record == file[0]


def test_an_address_that_two_share_decides_nothing():
    file = [known(1, "Ida", email="info@alder.example"), known(2, "Sam", email="info@alder.example")]
    found = match(Contact("Ida Roth", email="info@alder.example"), file)
    assert (found.kind, found.ask_for) == ("ambiguous", ())
    assert str(found).count("the same email") == 2


def test_an_address_of_one_and_a_number_of_another_decide_nothing():
    file = [known(1, "A", email="a@x.example"), known(2, "B", phone="+1 212 5550100")]
    assert match(Contact("C", email="a@x.example", phone="001 212 555 0100"), file).kind == "ambiguous"


def test_nobody_is_said_so_and_records_without_a_person_are_passed_over():
    assert str(match(Contact("Sam"), [Known(1, None)])) == "nobody like that"
    assert repr(match(Contact("Sam"), [])) == "<Match none>"
    assert duplicates([Known(1, None), Known(2, None)]) == ()


def test_what_links_duplicates_is_shown():
    file = [
        known(1, "Sam", email="sam@x.example"),
        known(2, "S.", email="SAM@x.example", phone="030 123456"),
        known(3, "Samuel", phone="030/12 34 56"),
        known(4, "Ida"),
    ]
    [group] = duplicates(file)
    assert group.shared == (("email", "sam@x.example"), ("phone", "030123456"))
    assert str(group) == "1, 2, 3: the same email 'sam@x.example', phone '030123456'"
    assert len(duplicates(file, country_code="49")) == 1


def test_results_pickle_and_show_themselves():
    file = [known(1, "Sam Voss", email="sam@x.example")]
    found = match(Contact("Sam Voss", email="sam@x.example"), file)
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found
    assert repr(found) == "<Match unique: 1>"


@pytest.mark.parametrize(
    "work", [lambda how: match(Contact("Sam"), [], enough=how), lambda how: duplicates([], enough=how)]
)
def test_an_agreement_there_is_none_of_is_refused(work):
    with pytest.raises(ValueError, match="did you mean 'name'"):
        work("nam")


@pytest.mark.parametrize("code", ["EG", 49])
def test_a_country_code_is_what_one_dials(code):
    with pytest.raises(ValueError, match="country_code must be the digits one dials, for example '49'"):
        match(Contact("Sam"), [], country_code=code)
