"""The rungs of a whole base: counts, shares, and who moved between two days."""

import pickle
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, Rate
from salesproc.loyalty import (
    LoyaltyPolicy,
    TierCounts,
    TierMigration,
    assess,
    finish_tiers,
    tier_counts,
    tier_migration,
    tiers,
)
from salesproc.metrics import OrderRules, reduce_orders
from salesproc.stages import LoyaltyTier

REVIEW = date(2025, 12, 31)
TIERS = list(LoyaltyTier)
ONE, TWO, THREE, FOUR, FIVE = TIERS
DAYS = st.integers(0, 500).map(lambda n: date(2024, 9, 1) + timedelta(days=n))
PEOPLE = st.sampled_from("abcd")
ROWS = st.lists(
    st.tuples(PEOPLE, DAYS, st.integers(-2, 9).map(lambda n: Money(n, "EUR"))),
    max_size=24,
)
WALLETS = st.dictionaries(PEOPLE, st.lists(st.tuples(DAYS, st.sampled_from([0.5, 1])), max_size=2))
REFERRALS = st.dictionaries(PEOPLE, st.lists(DAYS, max_size=2))
RUNGS = st.dictionaries(st.integers(0, 20), st.none() | st.sampled_from(TIERS), max_size=15)


@given(ROWS, WALLETS, REFERRALS)
def test_the_base_is_assessed_customer_by_customer(rows, wallet, referrals):
    """The order list gives what the days of each customer give; everybody in it has a place."""
    found = tiers(rows, as_of=REVIEW, wallet=wallet, referrals=referrals)
    purchases = reduce_orders(rows, as_of=REVIEW)
    assert found == finish_tiers(purchases, wallet=wallet, referrals=referrals)
    assert [*found] == [*purchases.customers()]
    assert found.strangers == len((wallet.keys() | referrals.keys()) - {*found})
    for who in found:
        alone = assess(
            [day for day, _ in purchases.lines.get(who, ())],
            as_of=REVIEW,
            wallet=wallet.get(who, ()),
            referrals=referrals.get(who, ()),
        )
        assert found.assessments[who] == alone
        assert found[who] == alone.tier
    assert {row["customer"] for row in found.to_rows()} == {*found}


@given(RUNGS)
def test_the_counts_add_up_to_the_customers(rungs):
    counts = tier_counts(rungs)
    assert counts.customers + counts.without == len(rungs)
    assert counts.customers == sum(rung is not None for rung in rungs.values())
    if counts.customers:
        assert sum((counts.share(tier).exact for tier in TIERS), Fraction(0)) == 1
    assert sum(counts.coarse.counts.values()) == counts.customers
    assert counts.coarse.counts[ONE] == counts.counts[ONE] + counts.counts[TWO]
    assert TWO not in counts.coarse.counts


@given(RUNGS, RUNGS)
def test_counts_and_moves_of_two_regions_add_up(before, after):
    sides = [{k: v for k, v in before.items() if k % 2 == side} for side in (0, 1)]
    others = [{k: v for k, v in after.items() if k % 2 == side} for side in (0, 1)]
    assert tier_counts(sides[0]) + tier_counts(sides[1]) == tier_counts(before)
    parts = [tier_migration(one, other) for one, other in zip(sides, others, strict=True)]
    assert parts[0] + parts[1] == tier_migration(before, after)


@given(RUNGS, RUNGS)
def test_every_customer_makes_one_move(before, after):
    """Rows add up to the rungs before, columns to the rungs after; whoever is there both days is up, down or where they were."""
    moved = tier_migration(before, after)
    rows = moved.to_rows()
    for tier, row in zip(TIERS, rows, strict=False):
        assert row["total"] == tier_counts(before).counts[tier]
        assert sum(one[str(tier)] for one in rows) == tier_counts(after).counts[tier]
    both = [k for k in before if before[k] and after.get(k)]
    heights = Counter(
        (TIERS.index(after[k]) > TIERS.index(before[k])) - (TIERS.index(after[k]) < TIERS.index(before[k]))
        for k in both
    )
    assert (moved.up, moved.down, moved.stayed) == (heights[1], heights[-1], heights[0])
    assert moved.gone == sum(rung is not None and not after.get(k) for k, rung in before.items())
    assert moved.new == sum(rung is not None and not before.get(k) for k, rung in after.items())
    could = sum(rung not in {None, FIVE} for rung in before.values())
    assert moved.promotion_rate() == Rate(moved.up, could)
    assert (moved.undefined is None) == bool(could)


@given(RUNGS, RUNGS)
def test_the_coarse_matrix_is_that_of_the_coarse_rungs(before, after):
    def coarse(rungs):
        return {k: rung and rung.coarse for k, rung in rungs.items()}

    fine = tier_migration(before, after).coarse
    assert fine.moves == tier_migration(coarse(before), coarse(after)).moves
    assert fine.rungs == (ONE, THREE, FOUR, FIVE)


def euros(n):
    return Money(n, "EUR")


def orders():
    """Ann buys every month, Bob bought twice, Cid once, and Dan got money back and nothing else."""
    rows = [("Ann", REVIEW - timedelta(days=10 + 30 * n), euros(20)) for n in range(5)]
    rows += [("<b>", date(2025, 3, 1), euros(500)), ("<b>", date(2025, 3, 9), euros(1))]
    return [*rows, ("Cid", date(2025, 12, 1), euros(30)), ("Dan", date(2025, 12, 1), euros(-5))]


def test_the_table_of_the_base():
    found = tiers(
        orders(),
        as_of=REVIEW,
        wallet={"Ann": [(date(2025, 6, 1), 1)], "Zoe": []},
        referrals={"Cid": [REVIEW]},
    )
    assert dict(found) == {"Ann": FOUR, "<b>": TWO, "Cid": ONE, "Dan": None}
    assert (found.strangers, found.undefined, len(found)) == (1, None, 4)
    assert found.to_rows() == [
        {
            "customer": "Ann",
            "tier": "supporter",
            "coarse": "supporter",
            "money": "100",
            "currency": "EUR",
            "next": "referrals in 365 days: 0, at least 1 is needed",
        },
        {
            "customer": "<b>",
            "tier": "repeat",
            "coarse": "customer",
            "money": "501",
            "currency": "EUR",
            "next": "purchases in 365 days: 2, at least 4 is needed; days since the last: 297, at most 24 is needed",
        },
        {
            "customer": "Cid",
            "tier": "customer",
            "coarse": "customer",
            "money": "30",
            "currency": "EUR",
            "next": "purchases: 1, at least 2 is needed",
        },
        {
            "customer": "Dan",
            "tier": None,
            "coarse": None,
            "money": "-5",
            "currency": "EUR",
            "next": "purchases: 0, at least 1 is needed",
        },
    ]
    table = (
        "tier       customers  share\n"
        "customer           1  33.3%\n"
        "repeat             1  33.3%\n"
        "regular            0   0.0%\n"
        "supporter          1  33.3%\n"
        "advocate           0   0.0%"
    )
    assert str(tier_counts(found)) == table
    assert str(found) == f"{table}\n1 named in wallet or referrals and in no order"
    assert repr(found) == "<Tiers of 4 customers to 2025-12-31>"
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert tiers([], as_of=REVIEW).undefined == "nobody bought"


def test_the_policy_and_the_rules_are_used():
    strict = LoyaltyPolicy(min_purchases=6)
    assert tiers(orders(), as_of=REVIEW, policy=strict)["Ann"] is TWO
    zero = [("Ann", date(2025, 1, n), euros(0)) for n in (1, 2)]
    assert tiers(zero, as_of=REVIEW)["Ann"] is TWO
    assert dict(tiers(zero, as_of=REVIEW, rules=OrderRules(zero="leave out"))) == {}


def test_the_counts_show_themselves():
    counts = tier_counts({"Ann": THREE, "Bob": ONE, "Cid": TWO, "Dan": None})
    assert repr(counts) == "<TierCounts: customer 1, repeat 1, regular 1, supporter 0, advocate 0>"
    assert counts.to_rows()[2] == {"tier": "regular", "customers": 1, "share": 1 / 3}
    assert (counts.without, counts.coarse.without) == (1, 1)
    assert counts.coarse.share(ONE) == Rate(2, 3)
    assert counts.coarse.share(TWO) == Rate(0, 3)
    assert "<table>" in counts._repr_html_()
    assert pickle.loads(pickle.dumps(counts)) == counts
    assert counts.undefined is None
    assert tier_counts({}).undefined == "nobody bought"
    assert "n/a" in str(tier_counts({}))
    with pytest.raises(TypeError):
        counts + 1


def test_the_matrix_shows_itself():
    before = {"Ann": ONE, "Bob": THREE, "Cid": TWO, "Dan": TWO, "Eve": FIVE, "Fay": None}
    after = {"Ann": THREE, "Bob": TWO, "Cid": TWO, "Eve": FOUR, "Gil": ONE, "Fay": None}
    moved = tier_migration(before, after)
    assert str(moved) == (
        "before     customer  repeat  regular  supporter  advocate  gone  total\n"
        "customer          0       0        1          0         0     0      1\n"
        "repeat            0       1        0          0         0     1      2\n"
        "regular           0       1        0          0         0     0      1\n"
        "supporter         0       0        0          0         0     0      0\n"
        "advocate          0       0        0          1         0     0      1\n"
        "(new)             1       0        0          0         0     0      1\n"
        "up 1, down 2, stayed 1; promoted 25.0% (1 of 4)"
    )
    assert repr(moved) == "<TierMigration: 1 up, 2 down, 1 stayed, 1 new, 1 gone>"
    assert "<table>" in moved._repr_html_()
    assert moved.undefined is None
    assert pickle.loads(pickle.dumps(moved)) == moved
    assert tier_migration({}, {"Ann": ONE}).undefined == "nobody was there who could rise"
    with pytest.raises(TypeError):
        moved + 1


def test_the_rate_of_one_step_or_of_reaching_a_rung():
    """Of four customers on the lowest rung one is regular, one repeat, one gone, and one where they were."""
    before = dict.fromkeys("abcd", ONE) | {"e": THREE, "f": FIVE}
    after = {"a": THREE, "b": TWO, "d": ONE, "e": FOUR, "f": FIVE}
    moved = tier_migration(before, after)
    assert moved.promotion_rate() == Rate(3, 5)
    assert moved.promotion_rate(ONE) == Rate(2, 4)
    assert moved.promotion_rate(ONE, to=THREE) == Rate(1, 4)
    assert moved.promotion_rate(to=THREE) == Rate(1, 4)
    assert moved.promotion_rate(to=FIVE) == Rate(0, 5)
    assert moved.coarse.promotion_rate(ONE) == Rate(1, 4)
    for start, to in ((FIVE, None), (THREE, THREE), (THREE, ONE)):
        with pytest.raises(ValueError, match="start must be below the rung to rise to"):
            moved.promotion_rate(start, to=to)


def test_results_may_be_made_by_hand_and_added():
    assert TierCounts({ONE: 2}).share(ONE) == Rate(2, 2)
    assert (TierCounts({ONE: 2}, 1) + TierCounts({TWO: 3}, 1)) == TierCounts({ONE: 2, TWO: 3}, 2)
    risen = TierMigration({(ONE, TWO): 3})
    assert risen.promotion_rate() == Rate(3, 3)
    assert (risen + TierMigration({(ONE, TWO): 1, (ONE, None): 2})).promotion_rate() == Rate(4, 6)


def test_refusals():
    with pytest.raises(CurrencyMismatch):
        tiers([("Ann", REVIEW, euros(1)), ("Ann", REVIEW, Money(1, "USD"))], as_of=REVIEW)
    with pytest.raises(LogError, match="referrals, number 1 must be a plain date"):
        tiers([], as_of=REVIEW, referrals={"Ann": ["2025-01-01"]})
    with pytest.raises(ValueError, match="a percentage is divided by 100 first"):
        tiers([], as_of=REVIEW, wallet={"Ann": [(REVIEW, 80)]})


def test_counts_say_when_nothing_is_known_of_wallets():
    """Nobody above regular is no finding where nobody asked."""
    orders = [("ann", date(2026, 1, 9), Money(5, "EUR"))]
    asked = tiers(orders, as_of=date(2026, 2, 1), wallet={"ann": [(date(2026, 1, 9), 1)]})
    assert "no share of wallet" not in str(asked)
    assert str(tiers(orders, as_of=date(2026, 2, 1))).endswith(
        "no share of wallet is known, so nobody can be seen above regular"
    )
