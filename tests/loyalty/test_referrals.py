"""Who recommends, what comes of it, and what it would be if everybody did."""

import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, Money, NaiveTimeError, Period, PeriodError, Rate
from salesproc.loyalty import (
    KFactor,
    ReferralIncentive,
    ReferralPolicy,
    finish_referred_orders_share,
    k_factor,
    referral_projection,
    referral_rate,
    referred_orders_share,
)
from salesproc.metrics import reduce_orders
from salesproc.records import CustomerId, LeadId, Referral

REVIEW = date(2025, 6, 30)
DAYS = st.integers(0, 200).map(lambda n: date(2025, 1, 1) + timedelta(days=n))
MARCH = Period.month(2025, 3)


@given(st.lists(st.tuples(st.integers(0, 9), DAYS), max_size=9), st.frozensets(st.integers(0, 9)))
def test_a_customer_who_brings_many_is_one_who_refers(rows, others):
    base = {who for who, _ in rows} | others
    assert referral_rate(rows, base) == Rate(len({who for who, _ in rows}), len(base))
    inside = referral_rate(iter(rows), [*base, *base], period=MARCH)
    assert inside == Rate(len({who for who, day in rows if day in MARCH}), len(base))


@given(st.lists(st.tuples(st.sampled_from("abc"), DAYS, st.just(Money(1, "EUR"))), max_size=12))
def test_referred_orders_and_the_others_are_all_orders(rows):
    purchases = reduce_orders(rows, as_of=REVIEW)
    orders = [(who, day) for who, lines in purchases.lines.items() for day, _ in lines]
    found = referred_orders_share(rows, as_of=REVIEW, referred={"a"})
    assert found == Rate(sum(who == "a" for who, _ in orders), len(orders))
    march = finish_referred_orders_share(purchases, referred={"a"}, period=MARCH)
    assert march == Rate(*(sum(day in MARCH and who in of for who, day in orders) for of in ("a", "abc")))


def test_the_share_of_referred_orders_is_no_share_of_customers():
    """Bob was referred and is one of two customers; three of the four orders are his."""
    rows = [("ann", REVIEW, Money(90, "EUR"))]
    rows += [("bob", date(2025, month, 2), Money(1, "EUR")) for month in (2, 3, 4)]
    assert referred_orders_share(rows, as_of=REVIEW, referred={"bob"}) == Rate(3, 4)
    assert referred_orders_share(rows, as_of=REVIEW, referred={"bob"}, period=MARCH) == Rate(1, 1)


@given(st.integers(0, 50), st.integers(1, 50), st.data())
def test_k_is_invitations_each_times_conversion(invites, users, data):
    found = k_factor(invites, users, data.draw(st.integers(0, invites)))
    if invites:
        assert found.k.exact == found.invites_per_user.exact * found.conversion.exact
    else:
        assert found.k.exact == 0


@given(st.integers(0, 20), st.fractions(0, 4, max_denominator=9), st.integers(1, 6))
def test_the_projection_is_a_geometric_series(customers, each, rounds):
    """Only the new ones: the sum of the powers. Everybody again: one more power each time."""
    new_only = referral_projection(customers, per_customer=each, generations=rounds)
    assert new_only.total == customers * sum(each**n for n in range(rounds + 1))
    again = referral_projection(customers, per_customer=each, generations=rounds, again="everybody")
    assert again.total == customers * (1 + each) ** rounds
    for one in (new_only, again):
        assert one.total == customers + sum(row.new for row in one.generations)


def test_the_examples_of_the_source():
    """Three each: 100 become 400. One brings 3 and these 9, 13 in all; 16 when everybody brings three again."""
    (only,) = referral_projection(100, per_customer=3).generations
    assert (only.new, only.total, only.money) == (300, 400, None)
    chain = referral_projection(1, per_customer=3, generations=2)
    assert [one.new for one in chain.generations] == [3, 9]
    assert chain.total == 13
    assert referral_projection(1, per_customer=3, generations=2, again="everybody").total == 16


def test_the_projection_shows_itself():
    found = referral_projection(10, per_customer=0.25, generations=2, average_value=Money("9.99", "EUR"))
    assert found.per_customer == Fraction(1, 4)
    assert str(found) == (
        "generation    new   total      money\n"
        "1             2.5    12.5  24.98 EUR\n"
        "2           0.625  13.125   6.24 EUR"
    )
    assert found.to_rows()[1] == {
        "generation": 2,
        "new": 0.625,
        "total": 13.125,
        "money": "6.24",
        "currency": "EUR",
    }
    assert repr(found) == "<ReferralProjection: 10 to 13.125 customers in 2 generations>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    plain = referral_projection(1000, per_customer=1)
    assert plain.to_rows() == [{"generation": 1, "new": 1000, "total": 2000, "money": None, "currency": None}]
    assert str(plain).splitlines()[1].split() == ["1", "1,000", "2,000", "n/a"]


def test_k_shows_itself():
    found = k_factor(500, 100, 50)
    assert found.to_rows() == [
        {
            "invites": 500,
            "users": 100,
            "converted": 50,
            "invites_per_user": 5.0,
            "conversion": 0.1,
            "k": 0.5,
        }
    ]
    assert repr(found) == "<KFactor: k 0.500 = 5.000 invitations each x 10.0% (50 of 500) converted>"
    assert "<table>" in found._repr_html_()
    assert found.undefined is None
    assert pickle.loads(pickle.dumps(found)) == found
    assert KFactor(0, 0, 0).undefined == "nobody could invite"
    assert "n/a" in str(k_factor(0, 0, 0))


def test_referrals_of_the_records_are_such_rows():
    rows = [Referral(CustomerId("C-1"), datetime(2025, 3, 9, tzinfo=UTC), LeadId("L-1"))]
    assert referral_rate(rows, ["C-1", "C-2"]) == Rate(1, 2)
    assert referral_rate(rows, ["C-1"], period=Period.month(2025, 4, tz="UTC")) == Rate(0, 1)


@pytest.mark.parametrize(
    ("answers", "reasons"),
    [
        ({"fulfilled": True, "satisfied": True}, []),
        ({"fulfilled": None, "satisfied": True}, ["fulfilled is missing"]),
        ({"fulfilled": True, "satisfied": None}, ["satisfied is missing"]),
        ({"fulfilled": True, "satisfied": False}, ["satisfied is False, True is required"]),
        (
            {"fulfilled": False, "satisfied": None, "open_complaints": 2},
            [
                "fulfilled is False, True is required",
                "satisfied is missing",
                "open_complaints is 2, at most 0 is allowed",
            ],
        ),
    ],
)
def test_nobody_is_asked_before_they_are_known_to_be_satisfied(answers, reasons):
    assert [*map(str, ReferralPolicy().why_not(**answers))] == reasons


def test_incentives_are_any_words():
    assert ReferralPolicy().incentives == tuple(ReferralIncentive)
    policy = ReferralPolicy(incentives=["a free month"], max_open_complaints=1)
    assert policy.incentives == ("a free month",)
    assert policy.why_not(fulfilled=True, satisfied=True, open_complaints=1) == ()
    assert pickle.loads(pickle.dumps(policy)) == policy


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: referral_rate([("eve", REVIEW)], ["ann"]), LogError, "row 1 is of 'eve', who is not among"),
        (lambda: referral_rate([("ann",)], ["ann"]), LogError, "row 1 is no row of customer, time"),
        (
            lambda: referral_rate([("ann", REVIEW)], ["ann"], period=Period.month(2025, 4, tz="UTC")),
            NaiveTimeError,
            "row 1",
        ),
        (
            lambda: referred_orders_share(
                [], as_of=REVIEW, referred=(), period=Period.month(2025, 4, tz="UTC")
            ),
            PeriodError,
            "plain dates",
        ),
        (lambda: k_factor(5, 1, 6), ValueError, "6 of 5 invitations cannot have made a customer"),
        (lambda: k_factor(5, 0, 1), ValueError, "5 invitations came from somebody"),
        (lambda: k_factor(-1, 0, 0), ValueError, "invites must be a whole number, 0 or more, got -1"),
        (lambda: referral_projection(1, per_customer=-1), ValueError, "per_customer must be 0 or more"),
        (lambda: referral_projection(1.5, per_customer=1), TypeError, "customers must be a whole number"),
        (
            lambda: referral_projection(1, per_customer=1, generations=0),
            ValueError,
            "generations must be a whole number, 1 or more",
        ),
        (
            lambda: referral_projection(1, per_customer=1, again="all"),
            ValueError,
            "again must be one of its rules, got 'all'; known: 'new only', 'everybody'",
        ),
        (lambda: ReferralPolicy(incentives="discount"), TypeError, r"write \['discount'\]"),
    ],
)
def test_what_cannot_be_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()
