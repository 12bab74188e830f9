"""How broad the relation with a company is, and where our own person changed."""

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError
from salesproc.loyalty import OwnerChange, RelationshipAlert, owner_changes, relationship_breadth
from salesproc.records import Account, AccountContact, AccountId, Contact, ContactLevel, ContactRole

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def account(*contacts):
    return Account(AccountId("A-1"), "Acme", contacts)


def person(name, since=None, until=None, **what):
    return AccountContact(
        contact=Contact(name),
        since=None if since is None else day(since),
        until=None if until is None else day(until),
        **what,
    )


@st.composite
def people(draw):
    since = draw(st.none() | st.integers(0, 10))
    until = draw(st.none() | st.integers(since or 0, 20))
    return person(
        draw(st.sampled_from("abcdef")),
        since,
        until,
        level=draw(st.none() | st.sampled_from([*ContactLevel, "board"])),
        role=draw(st.none() | st.sampled_from([*ContactRole])),
        decision_maker=draw(st.booleans()),
    )


@given(st.lists(people(), max_size=5), st.integers(0, 20))
def test_who_is_there_is_there(contacts, when):
    """Each person counts from the day they came to the day they left, which is already without them."""
    found = relationship_breadth(account(*contacts), as_of=day(when))
    here = [
        one
        for one in contacts
        if (one.since is None or one.since <= day(when)) and (one.until is None or day(when) < one.until)
    ]
    assert found.contacts == tuple(one.contact.name for one in here)
    assert found.decision_makers == tuple(one.contact.name for one in here if one.decision_maker)
    assert {*found.levels} == {one.level for one in here} - {None}
    assert found.without_level == len([one for one in here if one.level is None])
    kinds = [alert.kind for alert in found.alerts]
    assert ("no_contact" in kinds) == (not here)
    assert ("single_threaded" in kinds) == found.single_threaded == (len(here) == 1)
    assert ("no_executive" in kinds) == found.no_executive == (not found.executives)
    assert ("no_decision_maker" in kinds) == (not found.decision_makers)


def test_levels_come_from_the_top():
    found = relationship_breadth(
        account(
            person("a", level="staff"), person("b", level="board"), person("c", level="owner"), person("d")
        ),
        as_of=START,
    )
    assert found.levels == ("owner", "staff", "board")
    assert found.without_level == 1


@pytest.mark.parametrize(
    ("what", "executive"),
    [
        ({"level": "owner"}, True),
        ({"level": "top"}, True),
        ({"level": "middle"}, False),
        ({"role": "owner"}, True),
        ({"role": "chief_executive"}, True),
        ({"role": "accountant", "level": "staff"}, False),
        ({}, False),
    ],
)
def test_who_is_at_the_top(what, executive):
    assert relationship_breadth(account(person("a", **what)), as_of=START).no_executive is not executive


def test_the_only_contact_left():
    acme = account().with_contact(person("Lin", level="top", decision_maker=True))
    acme = acme.without_contact(Contact("Lin"), at=day(5))
    before, after = (relationship_breadth(acme, as_of=day(number)) for number in (4, 5))
    assert before.alerts == (RelationshipAlert("single_threaded"),)
    assert (before.single_threaded, after.single_threaded) == (True, False)
    assert after.alerts == (
        RelationshipAlert("no_contact", "Lin", day(5)),
        RelationshipAlert("no_executive", "Lin", day(5)),
        RelationshipAlert("no_decision_maker", "Lin", day(5)),
    )


def test_the_decision_maker_left_and_a_new_one_came():
    """The alert stands until somebody else decides, and names the last one who left."""
    acme = account(
        person("Ada", until=3, decision_maker=True),
        person("Lin", until=8, decision_maker=True),
        person("Omar"),
        person("Sue"),
        person("Tim", since=12, decision_maker=True),
    )
    assert [relationship_breadth(acme, as_of=day(n)).alerts[1:] for n in (5, 9, 12)] == [
        (),
        (RelationshipAlert("no_decision_maker", "Lin", day(8)),),
        (),
    ]


def test_the_last_to_leave_by_the_instant_and_not_by_the_wall_clock():
    """Noon in Tokyo is over before it is nine in the morning in New York."""
    tokyo = datetime(2026, 1, 5, 12, tzinfo=timezone(timedelta(hours=9)))
    york = datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("America/New_York"))
    gone = account(
        AccountContact(contact=Contact("Kei"), until=tokyo),
        AccountContact(contact=Contact("Bea"), until=york),
    )
    assert relationship_breadth(gone, as_of=day(30)).alerts[0] == RelationshipAlert("no_contact", "Bea", york)


def test_nobody_was_ever_there():
    found = relationship_breadth(account(), as_of=START)
    assert found.alerts[0] == RelationshipAlert("no_contact", None, None)
    assert str(found) == "0 known; no_contact, no_executive, no_decision_maker"


def test_the_breadth_shows_itself():
    acme = account(person("<b>", level="top", decision_maker=True), person("Omar", level="staff"))
    found = relationship_breadth(acme, as_of=START)
    assert repr(found) == "<RelationshipBreadth: 2 known, on top and staff; no alert>"
    assert found.to_rows() == [
        {
            "account": "A-1",
            "contacts": 2,
            "decision_makers": 1,
            "executives": 1,
            "levels": "top, staff",
            "without_level": 0,
            "alerts": "",
        }
    ]
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(NaiveTimeError, match="as_of must be a datetime with a time zone"):
        relationship_breadth(acme, as_of=datetime(2026, 1, 1))


ROWS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from([None, "mo", "sue"]), st.integers(0, 20)),
    unique_by=lambda row: (row[0], row[2]),
    max_size=12,
)


@given(ROWS, st.randoms())
def test_changes_follow_each_other(rows, chance):
    """Replayed by hand, account by account, whatever the order of the rows."""
    wanted = []
    for name in "AB":
        owners = sorted((at, str(owner)) for which, owner, at in rows if which == name)
        wanted += [
            (at, name, before, owner)
            for (_, before), (at, owner) in pairwise(owners)
            if at <= 15 and before != owner
        ]
    shuffled = chance.sample(rows, len(rows))
    found = owner_changes([(name, owner, day(at)) for name, owner, at in shuffled], as_of=day(15))
    assert [(one.at, one.customer, str(one.before), str(one.after)) for one in found] == [
        (day(at), name, before, after) for at, name, before, after in sorted(wanted)
    ]


def test_a_gap_is_a_change_and_the_future_is_not():
    rows = [
        ("A", "mo", date(2026, 1, 1)),
        ("A", None, date(2026, 2, 1)),
        ("A", "sue", date(2026, 3, 1)),
        ("A", "sue", date(2026, 3, 1)),
        ("A", "tim", date(2026, 9, 1)),
    ]
    assert owner_changes(rows, as_of=date(2026, 3, 1)) == (
        OwnerChange("A", "mo", None, date(2026, 2, 1)),
        OwnerChange("A", None, "sue", date(2026, 3, 1)),
    )


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([("A", "mo")], LogError, r"assignment 1 is no row of customer, owner, at: \('A', 'mo'\)"),
        ([([], "mo", date(2026, 1, 1))], LogError, "assignment 1 has a customer that cannot be looked up"),
        (
            [("A", "mo", date(2026, 1, 1)), ("A", "sue", date(2026, 1, 1))],
            LogError,
            "assignment 2 gives 'A' to 'sue' at 2026-01-01, when another row gives it to 'mo'",
        ),
        ([("A", "mo", START)], NaiveTimeError, "assignment 1 has an aware datetime"),
    ],
)
def test_refusals(rows, error, message):
    with pytest.raises(error, match=message):
        owner_changes(rows, as_of=date(2026, 3, 1))
