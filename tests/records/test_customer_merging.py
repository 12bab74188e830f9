"""Two records of one customer made one: nothing lost, nothing doubled in silence, one history."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money
from salesproc.errors import RecordError
from salesproc.records import (
    AccountId,
    Complaint,
    Contact,
    Customer,
    CustomerId,
    FormerCustomer,
    LeadId,
    OpportunityId,
    Purchase,
    Referral,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
ONE, TWO = CustomerId("C-1"), CustomerId("C-2")


def on(day):
    return START + timedelta(days=day)


def euros(amount):
    return Money(amount, "EUR")


def customer(key, *, day=0, name="Lin Wei", **facts):
    return attrs.evolve(Customer.register(key, at=on(day), contact=Contact(name)), **facts)


def purchases(key):
    one = st.builds(
        Purchase,
        st.just(key),
        st.integers(0, 3).map(on),
        st.integers(1, 2).map(euros),
        st.none() | st.sampled_from(["O-1", "O-2"]),
    )
    return st.lists(one, max_size=5).map(lambda rows: tuple(sorted(rows, key=lambda row: row.at)))


@given(purchases(ONE), purchases(TWO))
def test_every_purchase_of_both_is_there_and_what_was_in_both_is_told(mine, theirs):
    """Only the same sale of the same deal is there once; the rest adds up to the cent."""
    found = customer(ONE, purchases=mine).merge(customer(TWO, purchases=theirs))
    renamed = [one._replace(customer=ONE) for one in theirs]
    shared = Counter(one for one in mine if one.opportunity_id) & Counter(renamed)
    assert Counter(found.repeated) == shared
    assert Counter(found.survivor.purchases) == Counter(mine) + Counter(renamed) - shared
    times = [one.at for one in found.survivor.purchases]
    assert times == sorted(times)
    kept = Counter(renamed) - shared
    like = {
        one
        for one in kept
        if any(
            (one.at, one.amount) == (own.at, own.amount)
            or (own.opportunity_id is not None and own.opportunity_id == one.opportunity_id)
            for own in mine
        )
    }
    assert Counter(found.look_alikes) == Counter({one: count for one, count in kept.items() if one in like})


@given(purchases(ONE), purchases(TWO))
def test_the_history_of_the_survivor_stays_its_own(mine, theirs):
    survivor, duplicate = customer(ONE, purchases=mine), customer(TWO, day=-9, purchases=theirs)
    found = survivor.merge(duplicate).survivor
    assert found.journey == survivor.journey
    assert found.merged_ids == (TWO,)
    assert Customer.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_two_records_of_one_shop():
    """The company and the lead are filled in, the name is a contradiction, the other purchases come in between."""
    tokyo = timezone(timedelta(hours=9))
    mine = customer(ONE, day=2).buy(euros(10), at=on(2)).buy(euros(30), at=on(6))
    theirs = attrs.evolve(
        customer(TWO, name="Lin W.").buy(euros(20), at=on(4).astimezone(tokyo)),
        account_id=AccountId("A-1"),
        lead_id=LeadId("L-1"),
    )
    found = mine.merge(theirs)
    assert [one.amount for one in found.survivor.purchases] == [euros(10), euros(20), euros(30)]
    assert {one.customer for one in found.survivor.purchases} == {ONE}
    assert (found.survivor.account_id, found.survivor.lead_id) == ("A-1", "L-1")
    assert [(one.field, one.kept, one.dropped) for one in found.conflicts] == [("name", "Lin Wei", "Lin W.")]
    assert found.look_alikes == found.repeated == ()


def test_what_the_two_tell_differently_is_shown_and_the_survivor_keeps_its_word():
    mine = (
        customer(ONE, account_id=AccountId("A-1")).complain("late", at=on(1)).refer(LeadId("L-9"), at=on(3))
    )
    theirs = customer(TWO, account_id=AccountId("A-2"), contact=None)
    theirs = theirs.complain("late", at=on(1)).resolve_complaint(0, at=on(2)).complain("cold", at=on(4))
    theirs = theirs.refer(LeadId("L-9"), at=on(3))
    found = mine.merge(theirs)
    assert [(one.field, one.kept, one.dropped) for one in found.conflicts] == [
        ("account_id", "A-1", "A-2"),
        ("complaints", f"{on(1)}, late", f"{on(1)}, late, {on(2)}"),
    ]
    assert found.survivor.complaints == (Complaint(ONE, on(1), "late"), Complaint(ONE, on(4), "cold"))
    assert found.survivor.referrals == (Referral(ONE, on(3), "L-9"),)
    assert found.repeated == (Complaint(ONE, on(1), "late", on(2)), Referral(ONE, on(3), "L-9"))


def test_instalments_of_one_deal_are_all_kept_and_shown():
    """The same deal on another day may be the next instalment: dropping it would lose money."""
    deal = OpportunityId("O-1")
    mine = customer(ONE).buy(euros(50), at=on(1), opportunity_id=deal)
    theirs = customer(TWO).buy(euros(50), at=on(8), opportunity_id=deal)
    found = mine.merge(theirs)
    assert found.survivor.totals == {"EUR": euros(100)}
    assert found.look_alikes == (Purchase(ONE, on(8), euros(50), deal),)


def test_merging_in_turn_keeps_every_id_once():
    three = customer(CustomerId("C-3")).merge(customer(TWO)).survivor
    assert customer(ONE).merge(three).survivor.merged_ids == ("C-3", "C-2")
    assert customer(ONE).merge(customer(TWO)).survivor.merge(
        customer(CustomerId("C-3"))
    ).survivor.merged_ids == ("C-2", "C-3")


def test_somebody_who_left_takes_in_nobody_who_did_not():
    gone = customer(ONE).buy(euros(5), at=on(1)).leave(reason="price", at=on(3))
    early = customer(TWO).buy(euros(7), at=on(2)).leave(reason="price", at=on(9))
    late = customer(TWO).buy(euros(7), at=on(4)).leave(reason="price", at=on(9))
    found = gone.merge(early).survivor
    assert isinstance(found, FormerCustomer)
    assert (found.left_at, found.totals) == (on(3), {"EUR": euros(12)})
    for other in (customer(TWO), late):
        with pytest.raises(RecordError, match="C-1 left at .*, and C-2 did not; merge C-1 into C-2"):
            gone.merge(other)
    assert customer(TWO).merge(gone).survivor.totals == {"EUR": euros(5)}
    assert gone.merge(attrs.evolve(early, purchases=())).survivor.totals == {"EUR": euros(5)}
    assert attrs.evolve(gone, purchases=()).merge(attrs.evolve(early, purchases=())).survivor.totals == {}


def test_a_record_is_not_merged_into_itself():
    with pytest.raises(RecordError, match="C-1 cannot be merged into itself; give a record with another id"):
        customer(ONE).merge(customer(ONE))


def test_a_duplicate_is_merged_once():
    """Its purchases would stand twice, and look like two sales of one day."""
    once = customer(ONE).merge(customer(TWO)).survivor
    three = CustomerId("C-3")
    for survivor, duplicate, message in (
        (once, customer(TWO), "C-2 is in both C-1 and C-2 already; once more would double what it did"),
        (customer(TWO), once, "C-2 is in both C-2 and C-1 already"),
        (once, customer(three).merge(customer(TWO)).survivor, "C-2 is in both C-1 and C-3 already"),
    ):
        with pytest.raises(RecordError, match=message):
            survivor.merge(duplicate)
    assert once.merge(customer(three)).survivor.merged_ids == ("C-2", "C-3")
