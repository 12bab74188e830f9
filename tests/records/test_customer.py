"""What a customer buys, complains of and recommends; leaving and coming back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import LogError, NaiveTimeError, StorageError, UnknownName
from salesproc.money import Money
from salesproc.records import (
    RELATIONSHIP,
    AccountId,
    ChurnReason,
    Complaint,
    Contact,
    Customer,
    CustomerId,
    FormerCustomer,
    Lead,
    LeadId,
    Opportunity,
    OpportunityId,
    OpportunityKind,
    Purchase,
    Referral,
)
from salesproc.stages import COMPLEX_SALE, TransitionRefused

T = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day) for day in range(12)]
BEFORE = T[0] - timedelta(hours=1)
USD = Money(50, "USD")


def customer(**options):
    options = {"contact": Contact("林薇"), "lead_id": LeadId("L-1")} | options
    return Customer.register(CustomerId("C-1"), at=T[0], by="sara", **options)


amounts = st.tuples(st.decimals(0, 10**6, places=3), st.sampled_from(["USD", "EUR", "JPY"]))


@given(st.lists(amounts, max_size=15))
def test_the_totals_are_exact_and_apart_by_currency(bought):
    """Euro and yen are never added, and no cent is lost."""
    who = customer()
    for i, (amount, code) in enumerate(bought):
        who = who.buy(Money(amount, code), at=T[0] + timedelta(hours=i))
    assert {code: Fraction(money.amount) for code, money in who.totals.items()} == {
        code: sum(Fraction(amount) for amount, other in bought if other == code) for _, code in bought
    }
    assert len(who.purchases) == len(bought)


def test_purchases_are_rows_as_the_order_metrics_read_them():
    who = customer().buy(USD, at=T[1]).buy(Money("0.10", "USD"), at=T[4], opportunity_id=OpportunityId("O-1"))
    assert [tuple(row)[:3] for row in who.purchases] == [
        ("C-1", T[1], USD),
        ("C-1", T[4], Money("0.10", "USD")),
    ]
    assert who.purchases[1] == Purchase(CustomerId("C-1"), T[4], Money("0.10", "USD"), OpportunityId("O-1"))
    assert (who.first_purchase_at, who.last_purchase_at) == (T[1], T[4])
    assert (customer().first_purchase_at, customer().last_purchase_at) == (None, None)
    assert who.totals["USD"].amount == Decimal("50.10")


def test_a_complaint_stands_until_it_is_put_right():
    who = customer().complain("late", at=T[1]).complain("broken", at=T[2])
    who = who.resolve_complaint(0, at=T[3], answer="refund")
    assert who.complaints == (
        Complaint(CustomerId("C-1"), T[1], "late", T[3], "refund"),
        Complaint(CustomerId("C-1"), T[2], "broken"),
    )
    assert [one.about for one in who.open_complaints] == ["broken"]
    with pytest.raises(UnknownName, match="customer 'C-1' has no open complaint '0'; known: '1'"):
        who.resolve_complaint(0, at=T[4])
    with pytest.raises(TransitionRefused, match="resolve_complaint"):
        who.resolve_complaint(1, at=T[1])


def test_a_referral_names_whom_they_brought():
    """Advocates are known by observed referrals."""
    who = customer().refer(LeadId("L-7"), at=T[1]).refer(LeadId("L-8"), at=T[2])
    assert who.referrals == (
        Referral(CustomerId("C-1"), T[1], LeadId("L-7")),
        Referral(CustomerId("C-1"), T[2], LeadId("L-8")),
    )


@pytest.mark.parametrize(
    "verb",
    [
        lambda who, at: who.buy(USD, at=at),
        lambda who, at: who.complain("late", at=at),
        lambda who, at: who.refer(LeadId("L-7"), at=at),
        lambda who, at: who.open_opportunity(OpportunityId("O-2"), kind="renewal", at=at),
        lambda who, at: who.leave(reason="neglect", at=at),
    ],
)
def test_nothing_happens_before_they_were_a_customer(verb):
    with pytest.raises(TransitionRefused, match="before the last change"):
        verb(customer(), BEFORE)
    with pytest.raises(NaiveTimeError):
        verb(customer(), datetime(2026, 3, 9))


def test_facts_of_one_kind_do_not_run_backwards():
    who = customer().buy(USD, at=T[3]).complain("late", at=T[3]).refer(LeadId("L-7"), at=T[3])
    for verb in (
        lambda: who.buy(USD, at=T[2]),
        lambda: who.complain("late", at=T[2]),
        lambda: who.refer(LeadId("L-8"), at=T[2]),
        lambda: who.leave(reason="neglect", at=T[2]),
    ):
        with pytest.raises(TransitionRefused, match="before the last change"):
            verb()


@pytest.mark.parametrize("kind", OpportunityKind)
def test_a_customer_has_further_deals(kind):
    """An up-sell is a deal with somebody who is a customer."""
    deal = customer(account_id=AccountId("A-1")).open_opportunity(
        OpportunityId("O-2"),
        kind=kind,
        at=T[1],
        amount=USD,
        close_date=date(2026, 5, 1),
        pipeline=COMPLEX_SALE,
        owner="sara",
        channel="inbound",
        by="omar",
    )
    assert (deal.kind, deal.customer_id, deal.account_id, deal.contact) == (
        kind,
        "C-1",
        "A-1",
        Contact("林薇"),
    )
    assert (deal.amount, deal.close_date, deal.owner, deal.channel) == (
        USD,
        date(2026, 5, 1),
        "sara",
        "inbound",
    )
    assert (deal.pipeline, deal.opened_at, deal.journey.history[0].by) == (COMPLEX_SALE, T[1], "omar")


def test_somebody_who_left_can_be_won_back():
    """Leaving has a reason, and both stay in the journey."""
    gone = customer().buy(USD, at=T[1]).leave(reason=ChurnReason.NEGLECT, at=T[5], by="sara")
    assert type(gone) is FormerCustomer
    assert (gone.reason, gone.left_at, gone.totals) == ("neglect", T[5], {"USD": USD})
    back = gone.win_back(at=T[7], by="omar", reason="better terms")
    assert type(back) is Customer
    assert [change.event for change in back.journey.history] == [None, "leave", "win_back"]
    assert back.buy(USD, at=T[8]).totals == {"USD": Money(100, "USD")}
    with pytest.raises(TransitionRefused, match="before the last change"):
        back.buy(USD, at=T[6])
    with pytest.raises(TransitionRefused, match="before the last change"):
        gone.win_back(at=T[4])
    with pytest.raises(TransitionRefused, match="reason is missing"):
        back.leave(reason="", at=T[9])


def test_a_customer_is_somebody():
    with pytest.raises(ValueError, match="Customer C-1 is nobody"):
        customer(contact=None)
    assert customer(contact=None, account_id=AccountId("A-1")).contact is None


def test_a_customer_is_in_the_stage_of_the_class():
    gone = customer().leave(reason="service", at=T[1])
    with pytest.raises(ValueError, match="Customer C-1 cannot be in stage 'former'"):
        attrs.evolve(customer(), journey=gone.journey)
    with pytest.raises(ValueError, match="FormerCustomer C-1 cannot be in stage 'customer'"):
        attrs.evolve(gone, journey=customer().journey)
    with pytest.raises(StorageError, match="no stored Customer"):
        Customer.from_dict(gone.to_dict())
    last = gone.journey.history[-1]._replace(reason=None)
    with pytest.raises(ValueError, match="FormerCustomer C-1 has no reason"):
        attrs.evolve(gone, journey=gone.journey._replace(history=(last,)))


def test_a_stored_customer_is_judged_again():
    stored = customer().leave(reason="service", at=T[1]).to_dict()
    stored["journey"]["history"][1]["reason"] = None
    with pytest.raises(LogError, match="reason is missing"):
        FormerCustomer.from_dict(stored)
    with pytest.raises(StorageError, match="no stored Customer"):
        Customer.from_dict({})


def test_the_relationship_is_a_process_like_any_other():
    assert RELATIONSHIP.replay(customer().journey.history) == customer().journey


def test_a_customer_says_what_it_is_in_one_line():
    assert repr(customer()) == "<Customer C-1, 0 purchases>"
    assert (
        repr(customer().buy(USD, at=T[1]).leave(reason="service", at=T[2]))
        == "<FormerCustomer C-1, 1 purchase>"
    )


@pytest.mark.parametrize("amount", [12.5, "12,50", None])
def test_only_money_is_bought_for(amount):
    """Accepted, it would fail in the totals, far from where it was given."""
    with pytest.raises(TypeError, match=r"amount must be Money\(amount, currency\), got "):
        customer().buy(amount, at=T[1])


def test_money_given_back_is_no_purchase():
    who = customer().buy(USD, at=T[1])
    assert repr(who) == "<Customer C-1, 1 purchase>"
    back = who.buy(Money(-20, "USD"), at=T[2])
    assert repr(back) == "<Customer C-1, 1 purchase, 1 given back>"
    assert back.totals == {"USD": Money(30, "USD")}
    assert (back.first_purchase_at, back.last_purchase_at) == (T[1], T[1])
    assert customer().buy(Money(-20, "USD"), at=T[1]).last_purchase_at is None
    for work in (lambda: back.buy(USD, at=T[1]), lambda: back.leave(reason="price", at=T[1])):
        with pytest.raises(TransitionRefused, match="the time of (buy|leave) is"):
            work()


@pytest.mark.parametrize(
    "work",
    [
        lambda: customer(contact="Müller GmbH"),
        lambda: Lead.capture(LeadId("L-1"), "Müller GmbH", source="event", at=T[0]),
        lambda: Opportunity.open(OpportunityId("O-1"), at=T[0], contact="Müller GmbH"),
    ],
)
def test_a_name_is_no_contact(work):
    with pytest.raises(
        TypeError, match=r"contact must be a Contact, got a str; for example Contact\('Lin Wei', "
    ):
        work()
