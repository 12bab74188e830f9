"""On which rung a customer stands: the truth table of the source, what raises and lowers, and what is refused."""

import pickle
import statistics
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, Money, NaiveTimeError, Rate
from salesproc.loyalty import Assessment, LoyaltyCheck, LoyaltyPolicy, WalletShare, assess
from salesproc.records import Contact, Customer, CustomerId, LeadId
from salesproc.stages import LoyaltyTier

REVIEW = date(2025, 12, 31)
TIERS = list(LoyaltyTier)
DAYS = st.integers(0, 500).map(lambda n: REVIEW - timedelta(days=n))
PURCHASES = st.lists(DAYS, max_size=12)
WALLET = st.lists(st.tuples(DAYS, st.sampled_from([0, 0.5, 1])), max_size=3)
REFERRALS = st.lists(DAYS, max_size=3)


def height(tier):
    return -1 if tier is None else TIERS.index(tier)


def back(*days):
    """Days so many days before the review."""
    return [REVIEW - timedelta(days=n) for n in days]


MONTHLY = back(10, 40, 70, 100)
ONLY_US = [(REVIEW, 1)]


@given(PURCHASES, WALLET, REFERRALS)
def test_the_rung_is_the_highest_whose_evidence_is_complete(purchases, wallet, referrals):
    """Each rule by hand, and the rungs counted from below."""
    days = sorted(set(purchases))
    recent = [day for day in days if (REVIEW - day).days < 365]
    gaps = [(later - day).days for day, later in pairwise(recent)]
    usual = statistics.median(gaps) if gaps else None
    pauses = sum(gap > 3 * usual for gap in gaps)
    regular = len(recent) >= 4 and pauses <= len(gaps) // 5 and (REVIEW - days[-1]).days <= 3 * usual
    latest = max((day for day, _ in wallet), default=None)
    fresh = latest is not None and (REVIEW - latest).days < 365
    exclusive = fresh and all(share == 1 for day, share in wallet if day == latest)
    referred = any((REVIEW - day).days < 365 for day in referrals)
    rungs = [len(days) >= 1, len(days) >= 2, regular, exclusive, referred]
    reached = 0
    while reached < 5 and rungs[reached]:
        reached += 1
    found = assess(purchases, as_of=REVIEW, wallet=wallet, referrals=referrals)
    assert found.tier == (TIERS[reached - 1] if reached else None)
    assert [found.met(tier) for tier in TIERS] == rungs


@given(PURCHASES, WALLET, REFERRALS, DAYS)
def test_more_good_evidence_never_lowers(purchases, wallet, referrals, day):
    """Another referral; another word that they buy only from us; a first word about where they buy at all."""
    before = height(assess(purchases, as_of=REVIEW, wallet=wallet, referrals=referrals).tier)
    brought = assess(purchases, as_of=REVIEW, wallet=wallet, referrals=[*referrals, day])
    assert height(brought.tier) >= before
    newest = assess(purchases, as_of=REVIEW, wallet=[(REVIEW, 1)], referrals=referrals)
    assert height(newest.tier) >= before
    unknown = height(assess(purchases, as_of=REVIEW, referrals=referrals).tier)
    assert height(assess(purchases, as_of=REVIEW, wallet=[(day, 0.5)], referrals=referrals).tier) >= unknown


@given(PURCHASES, DAYS)
def test_another_purchase_never_takes_a_repeat_customer_down(purchases, day):
    few = [TIERS.index(LoyaltyTier.REPEAT), height(assess(purchases, as_of=REVIEW).tier)]
    assert height(assess([*purchases, day], as_of=REVIEW).tier) >= min(few)


@given(PURCHASES, WALLET, REFERRALS)
def test_a_looser_policy_never_lowers(purchases, wallet, referrals):
    loose = LoyaltyPolicy(min_purchases=3, times=5, share=0.5, wallet_days=999, referral_days=999)
    evidence = {"as_of": REVIEW, "wallet": wallet, "referrals": referrals}
    assert height(assess(purchases, policy=loose, **evidence).tier) >= height(
        assess(purchases, **evidence).tier
    )


@given(PURCHASES, WALLET, REFERRALS)
def test_what_is_later_than_the_review_is_not_used(purchases, wallet, referrals):
    early = REVIEW - timedelta(days=200)
    whole = assess(purchases, as_of=early, wallet=wallet, referrals=referrals)
    known = assess(
        [day for day in purchases if day <= early],
        as_of=early,
        wallet=[pair for pair in wallet if pair[0] <= early],
        referrals=[day for day in referrals if day <= early],
    )
    assert whole == known


@given(PURCHASES, WALLET, REFERRALS)
def test_the_next_rung_is_reached_when_all_it_needs_is_there(purchases, wallet, referrals):
    found = assess(purchases, as_of=REVIEW, wallet=wallet, referrals=referrals)
    if found.tier is LoyaltyTier.ADVOCATE:
        assert found.next == ()
        return
    wanted = TIERS[height(found.tier) + 1]
    assert found.next
    assert {check.tier for check in found.next} == {wanted}
    assert all(check.state != "met" for check in found.next)
    done = tuple(check for check in found.checks if check not in found.next)
    assert height(Assessment(found.as_of, found.last_purchase, done).tier) > height(found.tier)


@pytest.mark.parametrize(
    ("purchases", "wallet", "referrals", "tier"),
    [
        ([], [], [], None),
        ([], ONLY_US, [REVIEW], None),
        (MONTHLY[:1], [], [], "customer"),
        (MONTHLY[:2], [], [], "repeat"),
        (MONTHLY, [(REVIEW, 0.6)], [], "regular"),
        (MONTHLY, ONLY_US, [], "supporter"),
        (MONTHLY, ONLY_US, [REVIEW], "advocate"),
        (MONTHLY[:1], [], [REVIEW], "customer"),
        (MONTHLY[:1], ONLY_US, [REVIEW], "customer"),
        (MONTHLY, [], [], "regular"),
        (MONTHLY, [], [REVIEW], "regular"),
        (MONTHLY, [(REVIEW, 0.6)], [REVIEW], "regular"),
    ],
)
def test_the_table_of_the_source(purchases, wallet, referrals, tier):
    """Systematic and elsewhere too is regular, systematic and only from us a supporter, and an advocate recommends besides."""
    assert assess(purchases, as_of=REVIEW, wallet=wallet, referrals=referrals).tier == tier


def test_the_rhythm_is_the_customers_own():
    """Weekly for a month is regular, and so is every quarter for a year; four orders at random times are not."""
    assert assess(back(1, 8, 15, 22), as_of=REVIEW).tier == "regular"
    assert assess(back(60, 150, 240, 330), as_of=REVIEW).tier == "regular"
    assert assess(back(1, 2, 3, 300), as_of=REVIEW).tier == "repeat"


@pytest.mark.parametrize(("silent", "tier"), [(90, "supporter"), (91, "repeat")])
def test_silence_falls_back(silent, tier):
    """Three usual gaps are still regular, a day more is not, whatever the share of wallet."""
    purchases = back(silent, silent + 30, silent + 60, silent + 90)
    assert assess(purchases, as_of=REVIEW, wallet=ONLY_US).tier == tier


@pytest.mark.parametrize(
    ("wallet", "state"),
    [
        ([], "unknown"),
        ([(REVIEW - timedelta(days=364), 1)], "met"),
        ([(REVIEW - timedelta(days=365), 1)], "unknown"),
        ([(REVIEW - timedelta(days=9), 1), (REVIEW, 0.9)], "unmet"),
        ([(REVIEW - timedelta(days=9), 0.9), (REVIEW, 1)], "met"),
        ([(REVIEW, 1), (REVIEW, 0.9)], "unmet"),
        ([(REVIEW + timedelta(days=1), 1)], "unknown"),
        ([WalletShare(REVIEW, Rate(5, 5))], "met"),
    ],
)
def test_the_latest_word_on_the_wallet_counts_until_it_ages_out(wallet, state):
    found = assess(MONTHLY, as_of=REVIEW, wallet=wallet)
    assert {check.state for check in found.checks if check.tier is LoyaltyTier.SUPPORTER} == {state}
    assert found.tier == ("supporter" if state == "met" else "regular")


def test_a_referral_ages_out():
    old = assess(MONTHLY, as_of=REVIEW, wallet=ONLY_US, referrals=back(365))
    assert old.tier == "supporter"
    assert assess(MONTHLY, as_of=REVIEW, wallet=ONLY_US, referrals=back(364)).tier == "advocate"
    two = LoyaltyPolicy(min_referrals=2)
    assert assess(MONTHLY, as_of=REVIEW, wallet=ONLY_US, referrals=back(1), policy=two).tier == "supporter"


def test_one_pause_in_many_gaps_breaks_no_rhythm():
    """Every working day of a year, closed over Christmas, is as regular as it gets; so is every week but one month."""
    workdays = [REVIEW - timedelta(days=n) for n in range(360) if (REVIEW - timedelta(days=n)).weekday() < 5]
    closed = [day for day in workdays if not date(2025, 12, 25) <= day <= date(2025, 12, 28)]
    assert assess(closed, as_of=REVIEW).tier == "regular"
    weekly = back(0, 7, 14, 21, 28, 35, 42, 77, 84, 91, 98)
    assert assess(weekly, as_of=REVIEW).tier == "regular"
    assert assess(weekly, as_of=REVIEW, policy=LoyaltyPolicy(pauses=0)).tier == "repeat"
    assert assess(back(0, 7, 14, 50, 57), as_of=REVIEW).tier == "repeat"


def test_the_assessment_shows_itself():
    found = assess(MONTHLY, as_of=REVIEW, wallet=[(REVIEW, 0.6)])
    assert str(found) == (
        "regular on 2025-12-31\n"
        "evidence                         seen      wanted  state\n"
        "customer: purchases                 4  at least 1    met\n"
        "repeat: purchases                   4  at least 2    met\n"
        "regular: purchases in 365 days      4  at least 4    met\n"
        "regular: pauses over 90 days        0   at most 0    met\n"
        "regular: days since the last       10  at most 90    met\n"
        "supporter: share of wallet        0.6  at least 1  unmet\n"
        "advocate: referrals in 365 days     0  at least 1  unmet"
    )
    assert [*map(str, found.next)] == ["share of wallet: 0.6, at least 1 is needed"]
    assert repr(found) == "<Assessment: regular on 2025-12-31>"
    assert found.to_rows()[5] == {
        "tier": "supporter",
        "about": "share of wallet",
        "seen": 0.6,
        "rule": "at least",
        "wanted": 1.0,
        "state": "unmet",
    }
    assert "<table>" in found._repr_html_()
    assert found.undefined is None
    assert pickle.loads(pickle.dumps(found)) == found
    nobody = assess([], as_of=REVIEW)
    assert repr(nobody) == "<Assessment: (none) on 2025-12-31>"
    assert (nobody.undefined, nobody.last_purchase) == ("no purchase yet", None)
    assert [*map(str, nobody.next)] == ["purchases: 0, at least 1 is needed"]
    assert "n/a" in str(nobody)


def test_without_a_gap_there_is_nothing_to_hold_a_silence_against():
    found = assess(MONTHLY[:1], as_of=REVIEW)
    texts = [str(check) for check in found.checks if check.tier is LoyaltyTier.REGULAR]
    assert texts == [
        "purchases in 365 days: 1, at least 4 is needed",
        "pauses: not known, and no usual gap yet to hold it against",
        "days since the last: 10, and no usual gap yet to hold it against",
    ]
    assert found.checks[3].state == found.checks[4].state == "unknown"
    assert str(LoyaltyCheck(LoyaltyTier.SUPPORTER, "share of wallet", None, "at least", Fraction(1, 2))) == (
        "share of wallet: not known, at least 0.5 is needed"
    )


def test_the_facts_are_what_the_ladder_asks_for():
    assert assess(MONTHLY, as_of=REVIEW, referrals=back(3, 4)).facts() == {
        "systematic": True,
        "purchases": 4,
        "referrals": 2,
    }
    assert assess([], as_of=REVIEW, wallet=[(REVIEW, 0.2)]).facts() == {
        "systematic": False,
        "exclusive": False,
        "purchases": 0,
        "referrals": 0,
    }


# From the record of a customer

NOON = datetime(2025, 12, 31, 12, tzinfo=UTC)


def customer(*amounts, referred=()):
    """A customer who bought for these amounts, a month apart, the last one ten days before the review."""
    found = Customer.register(CustomerId("C-1"), at=NOON - timedelta(days=400), contact=Contact("Lin Wei"))
    for place, amount in enumerate(amounts):
        found = found.buy(amount, at=NOON - timedelta(days=10 + 30 * (len(amounts) - 1 - place)))
    for days in referred:
        found = found.refer(LeadId("L-9"), at=NOON - timedelta(days=days))
    return found


def euros(n):
    return Money(n, "EUR")


def test_a_record_is_assessed_like_its_days():
    record = customer(*[euros(9)] * 4, referred=[3])
    found = assess(record, as_of=NOON, wallet=ONLY_US)
    assert found == assess(MONTHLY, as_of=REVIEW, wallet=ONLY_US, referrals=back(3))
    assert found.tier == "advocate"
    assert assess(record, as_of=NOON, wallet=ONLY_US, referrals=back(5)).checks[-1].seen == 2


def test_a_record_in_several_currencies_and_with_refunds():
    """A day on which everything was taken back is no purchase; francs and euros are two purchases, and never added."""
    record = customer(euros(9), Money(9, "CHF"))
    assert assess(record, as_of=NOON).tier == "repeat"
    record = record.buy(euros(5), at=NOON).buy(euros(-5), at=NOON)
    assert assess(record, as_of=NOON).checks[0].seen == 2


def test_the_days_of_a_record_begin_where_the_review_is():
    late = datetime(2025, 12, 20, 23, 30, tzinfo=UTC)
    record = Customer.register(CustomerId("C-1"), at=late, contact=Contact("Lin Wei")).buy(
        Money(Decimal(3), "EUR"), at=late
    )
    record = record.refer(LeadId("L-1"), at=late)
    in_rome = NOON.astimezone(ZoneInfo("Europe/Rome"))
    assert assess(record, as_of=NOON).last_purchase == date(2025, 12, 20)
    assert assess(record, as_of=in_rome).last_purchase == date(2025, 12, 21)
    before = late - timedelta(minutes=1)
    assert assess(record, as_of=before).checks[-1].seen == 0
    assert assess(record, as_of=before).tier is None


# Refusals


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: assess([REVIEW, NOON], as_of=REVIEW),
            LogError,
            "purchases, number 2 must be a plain date, got datetime.*give at.astimezone",
        ),
        (
            lambda: assess([date(9999, 12, 31)], as_of=REVIEW),
            LogError,
            "purchases, number 1 has .* placeholder",
        ),
        (
            lambda: assess([], as_of=REVIEW, referrals=[None]),
            LogError,
            "referrals, number 1 must be a plain date",
        ),
        (
            lambda: assess([], as_of=REVIEW, wallet=[(NOON, 1)]),
            LogError,
            "wallet, number 1 must be a plain date",
        ),
        (
            lambda: assess([], as_of=REVIEW, wallet=[(REVIEW, 60)]),
            ValueError,
            "share of wallet must be a share from 0 to 1, got 60; a percentage",
        ),
        (lambda: assess([], as_of="2025-12-31"), LogError, "as_of must be a date or a datetime, got '2025"),
        (lambda: assess([], as_of=date(1900, 1, 1)), LogError, "as_of has .* placeholder"),
        (
            lambda: assess(customer(euros(1)), as_of=REVIEW),
            NaiveTimeError,
            "as_of must be a datetime with a time",
        ),
        (
            lambda: assess(customer(euros(1)).leave(reason="service", at=NOON), as_of=NOON),
            TypeError,
            "FormerCustomer C-1.* has left and is on no rung; win_back",
        ),
        (
            lambda: LoyaltyPolicy(min_purchases=2),
            ValueError,
            "min_purchases must be a whole number, 3 or more, got 2",
        ),
        (
            lambda: LoyaltyPolicy(window_days=0),
            ValueError,
            "window_days must be a whole number, 1 or more, got 0",
        ),
        (
            lambda: LoyaltyPolicy(min_referrals=0),
            ValueError,
            "min_referrals must be a whole number, 1 or more, got 0",
        ),
        (lambda: LoyaltyPolicy(times=0.9), ValueError, "times must be 1 or more, got 9/10"),
        (lambda: LoyaltyPolicy(share=0), ValueError, "at 0 everybody would be a supporter"),
        (lambda: LoyaltyPolicy(share=95), ValueError, "a percentage is divided by 100 first"),
        (lambda: LoyaltyPolicy(wallet_days=1.5), TypeError, "wallet_days must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()


def test_a_rhythm_of_pauses_is_none():
    with pytest.raises(ValueError, match="pauses must be below one half, got 1/2"):
        LoyaltyPolicy(pauses=0.5)
