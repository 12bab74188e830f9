"""A list of people brought in: every row is new, known, repeated, unclear or rejected, and nothing is written."""

import io
import pickle
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import UnknownName
from salesproc.adapters import read_contacts
from salesproc.records import Contact


class Known(NamedTuple):
    id: str
    contact: Contact | None


FILE = [
    Known("C-1", Contact("Sam Voss", email="sam@birch.example", company="Birch Labs")),
    Known("C-2", Contact("Ida Roth", phone="+49 30 123456")),
    Known("C-3", None),
]
cells = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["1", "2", "3", "4", ""]),
        "name": st.sampled_from(["Sam Voss", "Ida Roth", "林薇", "", "--"]),
        "email": st.sampled_from(["", "sam@birch.example", "lin@example.com", "none"]),
        "phone": st.sampled_from(["", "030 123456", "0049 30 123456"]),
    }
)
COLUMNS = {"id": "id", "name": "name", "email": "email", "phone": "phone"}


@given(st.lists(cells, max_size=8))
def test_every_row_is_in_one_place(rows):
    found = read_contacts(rows, known=FILE, **COLUMNS)
    places = (
        [one.row for one in found.new]
        + [one.given.row for one in (*found.known, *found.repeated, *found.unclear)]
        + [one.row for one in found.rejects]
    )
    assert sorted(places) == list(range(1, len(rows) + 1))
    assert found.read == len(rows)


@given(st.lists(cells, max_size=8))
def test_reading_what_was_new_again_finds_nobody_new(rows):
    """An import that is run twice brings nobody in twice, as far as they can be told."""
    once = read_contacts(rows, known=FILE, **COLUMNS)
    again = read_contacts(rows, known=[*FILE, *once.new], **COLUMNS)
    told = {one.id for one in again.new if one.contact.email not in (None, "none") or one.contact.phone}
    assert not told


def test_nothing_is_overwritten_and_every_contradiction_is_shown():
    rows = [{"name": "S. Voss", "email": "SAM@birch.example", "company": "Birch"}]
    [one] = read_contacts(rows, name="name", email="email", company="company", known=FILE).known
    assert one.record.id == "C-1"
    assert one.merged.contact.name == "Sam Voss"
    assert {conflict.field for conflict in one.merged.conflicts} == {"name", "company"}
    assert one.merged.contact.email == "sam@birch.example"


def test_two_spellings_of_one_number_do_not_contradict_each_other():
    """What made the two one person cannot be what they differ in."""
    rows = [("Ann Lee", "030/123456"), ("Ann Lee", "+49 30 123456")]
    [one] = read_contacts(rows, name=0, phone=1, country_code="49").repeated
    assert (one.merged.conflicts, one.merged.contact.phone) == ((), "030/123456")


def test_a_name_in_two_columns_and_a_row_without_an_id():
    found = read_contacts([("Sam", "Voss", " "), ("", "Roth", "x@y.example")], name=(0, 1), email=2)
    assert [(one.id, one.contact.name) for one in found.new] == [("row 1", "Sam Voss"), ("row 2", "Roth")]


def test_who_only_shares_a_name_is_unclear():
    found = read_contacts(
        [{"name": "Ida Roth", "email": "roth@elm.example"}], name="name", email="email", known=FILE
    )
    [one] = found.unclear
    assert (one.match.kind, one.match.candidates[0].record.id) == ("ambiguous", "C-2")
    assert one.match.ask_for == ("phone",)


def test_a_list_is_held_against_itself():
    rows = [
        {"name": "Lin", "phone": "030 123456"},
        {"name": "Lin Wei", "phone": "+49 30 123456"},
        {"name": "Lin Wei", "phone": ""},
    ]
    found = read_contacts(rows, name="name", phone="phone", country_code="49")
    assert [one.first.row for one in found.repeated] == [1]
    assert found.summary() == (
        "3 rows read: 2 new, 0 known, 1 repeated (1 of known and repeated with contradictions), 0 unclear, 0 rejected"
    )
    twins = read_contacts([{"name": "Lin"}, {"name": "LIN"}], name="name")
    assert [(one.given.row, one.match.candidates[0].record.row) for one in twins.unclear] == [(2, 1)]


def test_what_cannot_be_read_says_why():
    text = "id,name,email,phone\n1,Sam,n/a,12\n1,Ida,,\n,Lin,,\n3,,x@y.example,\n4,Wei\n"
    found = read_contacts(io.StringIO(text), **COLUMNS)
    assert [(one.row, one.reason) for one in found.rejects] == [
        (3, "id '1' stands in row 2 already"),
        (4, "column 'id' (the id) is blank"),
        (5, "no name in name"),
        (6, "line 6: 2 cells where the header has 4"),
    ]
    assert [one.remark for one in found.notes] == [
        "column 'email': 'n/a' is no address",
        "column 'phone': '12' is no number",
    ]
    assert found.rejects[2].values == ("3", "", "x@y.example", "")
    with pytest.raises(UnknownName, match="no column 'mail'"):
        read_contacts(io.StringIO(text), name="name", email="mail")


def test_all_parts_are_read_and_the_result_pickles():
    rows = [
        {"n": "Lin", "e": "l@x.example", "p": "030 123456", "c": "Acme", "l": "zh-CN", "z": "Asia/Shanghai"}
    ]
    found = read_contacts(
        rows, name="n", email="e", phone="p", company="c", locale="l", time_zone="z", known=FILE
    )
    [one] = found.new
    assert (one.contact.locale, one.contact.time_zone, one.contact.company) == (
        "zh-CN",
        "Asia/Shanghai",
        "Acme",
    )
    assert pickle.loads(pickle.dumps(found)) == found
    assert repr(found) == f"<ContactImport: {found.summary()}>"


def test_an_agreement_there_is_none_of_is_refused_before_anything_is_read():
    with pytest.raises(ValueError, match="enough must be an agreement, got 'mail'"):
        read_contacts([], name="name", enough="mail")
