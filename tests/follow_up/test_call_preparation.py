"""Before a call it is known what is known, what is to be found out, and what only the call can tell."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import RecordError
from salesproc.follow_up import CallObjective, CallOutcome, ResearchItem, ResearchNote, prepare_call
from salesproc.qualification import BANT, IdealProfile, Qualification
from salesproc.records import Contact
from salesproc.stages import at_least, confirmed

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIN = Contact("林薇", phone="+86 21 5550100", company="Acme")
WANTED = IdealProfile("wanted", [(at_least("employees", 50), 10), (confirmed("has_website"), 5)])
notes = st.lists(
    st.builds(ResearchNote, st.sampled_from([*ResearchItem]), st.just("x"), st.just("a directory"))
)


@given(notes)
def test_what_is_missing_and_what_is_known_is_everything(some):
    """Prepared is who knows something of each of the four."""
    found = prepare_call("L-1", LIN, objective="discover", notes=some)
    assert {note.item for note in found.notes} | set(found.research_missing) == set(ResearchItem)
    assert not {note.item for note in found.notes} & set(found.research_missing)
    assert found.prepared == (not found.research_missing)
    assert [row["about"] for row in found.to_rows() if row["known"] is None] == [
        *found.research_missing,
        *LIN.missing_fields,
    ]


@given(st.sets(st.sampled_from(BANT.names)), st.sampled_from(["met", "unmet", "partial"]))
def test_what_nobody_knows_is_to_be_asked(answered, state):
    """An answer that is a no is an answer."""
    known = Qualification("L-1", BANT)
    for name in sorted(answered):
        known = known.answered(name, state, at=MONDAY)
    asked = prepare_call("L-1", LIN, objective="discover", qualification=known).to_ask
    assert asked == tuple(one.question or one.name for one in BANT.criteria if one.name not in answered)


def test_a_call_is_prepared_made_and_judged():
    found = prepare_call(
        "L-1",
        LIN,
        objective=CallObjective.DISCOVER,
        notes=[("competitors", "Birch Labs", "their association"), ("customers", "two mills", "their site")],
        fit=WANTED.fit({"employees": 12}),
    )
    assert str(found).splitlines() == [
        "林薇, discover",
        "to find out: demographics, suppliers",
        "not known of the contact: email, interests",
        "to ask: a yes to has_website",
    ]
    assert found.contact_missing == ("email", "interests")
    assert found.to_rows()[0] == {
        "about": "competitors",
        "known": "Birch Labs",
        "source": "their association",
    }
    assert repr(found) == "<CallPreparation for L-1, discover: demographics, suppliers to find out, 1 to ask>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    call = found.outcome(at=MONDAY, met=True, by="omar", note="a mill of their own")
    assert call == CallOutcome("L-1", "discover", MONDAY, True, "omar", "a mill of their own")
    assert found.outcome(at=MONDAY).met is None


def test_nothing_left_to_find_out_says_so():
    everything = [ResearchNote(item, "x", "a directory") for item in ResearchItem]
    full = Contact("Amal", email="a@b.example", phone="1", company="Oak", interests=("crm",))
    found = prepare_call("L-2", full, objective="start_sale", notes=everything)
    assert found.prepared
    assert str(found) == "Amal, start_sale"
    assert repr(found) == "<CallPreparation for L-2, start_sale: nothing to find out, 0 to ask>"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"objective": ""}, RecordError, "a call to L-1 needs an objective, for example 'discover'"),
        ({"notes": [("staff", "x", "y")]}, ValueError, "no item of research 'staff'"),
        ({"notes": [("customers", " ", "y")]}, RecordError, "says what was found and where, got"),
        ({"notes": [("customers", "x", "")]}, RecordError, "says what was found and where, got"),
    ],
)
def test_what_says_nothing_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        prepare_call("L-1", LIN, **({"objective": "discover"} | options))
