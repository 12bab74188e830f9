"""What became of the money of those who paid already."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money
from salesproc.metrics import (
    finish_revenue_movement,
    gross_revenue_retention,
    net_revenue_retention,
    quick_ratio,
    reduce_revenue_movement,
    revenue_movement,
)


def euros(amount):
    return Money(amount, "EUR")


PEOPLE = st.integers(0, 9)
BALANCES = st.dictionaries(PEOPLE, st.integers(0, 9).map(euros))
MOVES = ("new", "reactivated", "expansion", "contraction", "churned")


def amount(money):
    return 0 if money is None else money.amount


@given(BALANCES, BALANCES, st.frozensets(PEOPLE))
def test_every_customer_is_in_one_movement_and_all_of_them_balance(before, after, earlier):
    found = revenue_movement(before, after, earlier=earlier)
    assert amount(found.before) == sum(one.amount for one in before.values())
    assert amount(found.after) == sum(one.amount for one in after.values())
    came, went = (sum(amount(getattr(found, name)) for name in names) for names in (MOVES[:3], MOVES[3:]))
    assert amount(found.before) + came - went == amount(found.after)
    assert found.customers["before"] == sum(1 for one in before.values() if one)
    assert found.customers_after == sum(1 for one in after.values() if one)
    changed = {who for who in {*before, *after} if before.get(who, euros(0)) != after.get(who, euros(0))}
    assert sum(found.customers[name] for name in MOVES) == len(changed)


@given(BALANCES, BALANCES, st.frozensets(PEOPLE))
def test_retention_is_of_those_who_paid_before(before, after, earlier):
    """NRR sums what they pay now; GRR counts nobody for more than they paid. Who else pays now changes neither."""
    base = {who: int(one.amount) for who, one in before.items() if one}
    now = {who: int(after[who].amount) if who in after else 0 for who in base}
    found = revenue_movement(before, after, earlier=earlier)
    if not base:
        assert found.undefined == found.gross_retention.undefined == "nobody paid before"
        return
    paid = sum(base.values())
    assert found.net_retention.exact == Fraction(sum(now.values()), paid)
    assert found.gross_retention.exact == Fraction(sum(min(now[who], base[who]) for who in base), paid)
    assert 0 <= found.gross_retention.exact <= min(1, found.net_retention.exact)
    of_base = {who: one for who, one in after.items() if who in base}
    assert net_revenue_retention(before, of_base) == found.net_retention
    assert gross_revenue_retention(before, of_base) == found.gross_retention


@given(BALANCES, BALANCES, st.frozensets(PEOPLE))
def test_what_is_known_of_earlier_customers_only_parts_the_new(before, after, earlier):
    """Otherwise knowing more would change ratios."""
    blind, seeing = revenue_movement(before, after), revenue_movement(before, after, earlier=earlier)
    assert amount(blind.new) == amount(seeing.new) + amount(seeing.reactivated)
    assert amount(blind.reactivated) == 0
    for ratio in ("net_retention", "gross_retention", "quick_ratio"):
        assert getattr(blind, ratio) == getattr(seeing, ratio)


@given(BALANCES, BALANCES, st.frozensets(PEOPLE), st.frozensets(PEOPLE))
def test_regions_add_up(before, after, earlier, north):
    def part(inside):
        one, other = (
            {who: money for who, money in balances.items() if (who in north) is inside}
            for balances in (before, after)
        )
        return reduce_revenue_movement(one, other, earlier=earlier)

    whole = revenue_movement(before, after, earlier=earlier)
    assert finish_revenue_movement(part(inside=True) + part(inside=False)) == whole
    regions = revenue_movement(before, after, earlier=earlier, by=lambda who: who in north)
    assert regions.total == whole
    assert all(regions[inside] == part(inside=inside) for inside in regions)


# Published examples: what was paid before, churned, contraction and expansion, and the two retentions.
PUBLISHED = [
    ((100, 10, 10, 10), Fraction(90, 100), Fraction(80, 100)),  # ChartMogul: net and gross churn 10 and 20 %
    ((200_000, 6000, 4000, 20_000), Fraction(105, 100), Fraction(95, 100)),  # dnoise: 105 %
    ((100_000, 10_000, 5000, 15_000), Fraction(1), Fraction(85, 100)),  # MetricKit: 100 %
]


@pytest.mark.parametrize(("figures", "net", "gross"), PUBLISHED)
def test_the_examples_of_the_dashboards(figures, net, gross):
    """One customer leaves, one pays less, one pays more."""
    base, churned, contraction, expansion = figures
    before = {"gone": churned, "less": 2 * contraction, "more": base - churned - 2 * contraction}
    after = {"less": contraction, "more": before["more"] + expansion}
    found = revenue_movement(*({who: euros(one) for who, one in there.items()} for there in (before, after)))
    assert (found.before, found.churned) == (euros(base), euros(churned))
    assert (found.contraction, found.expansion) == (euros(contraction), euros(expansion))
    assert (found.net_retention.exact, found.gross_retention.exact) == (net, gross)


def test_a_quick_ratio_of_three_and_a_half():
    """New 20, expansion 8, churned 5, contraction 3, in thousands: a published example."""
    before = {"gone": euros(5), "less": euros(9), "more": euros(10)}
    after = {"less": euros(6), "more": euros(18), "new": euros(20)}
    assert quick_ratio(before, after).exact == Fraction(7, 2)
    assert quick_ratio(before, before).undefined == "nothing was lost"


THEN = [("ann", euros(60)), ("bob", euros(100)), ("cid", euros(100)), ("ann", euros(40)), ("fay", euros(0))]
NOW = {"ann": euros(130), "bob": euros(80), "dan": euros(50), "eve": euros(40), "fay": euros(0)}


def test_two_contracts_are_one_customer_and_nothing_is_nobody():
    found = revenue_movement(THEN, NOW, earlier=["eve", "ann"])
    assert [(row["movement"], row["customers"], row["money"]) for row in found.to_rows()] == [
        ("before", 3, "300"),
        ("new", 1, "50"),
        ("reactivated", 1, "40"),
        ("expansion", 1, "30"),
        ("contraction", 1, "-20"),
        ("churned", 1, "-100"),
        ("after", 4, "300"),
    ]
    assert revenue_movement(iter(THEN), iter(NOW.items()), earlier=iter(["eve"])) == found


def test_who_came_back_does_not_repair_retention():
    """Adding reactivated money to the gains, as some tools do, turns 90 % into 110 %."""
    before = {"ann": euros(90), "bob": euros(10)}
    found = revenue_movement(before, {"ann": euros(90), "eve": euros(20)}, earlier=["eve"])
    assert found.net_retention.exact == Fraction(9, 10)
    assert (found.after / found.before) == Fraction(11, 10)


def test_the_result_shows_itself():
    found = revenue_movement(THEN, NOW)
    assert str(found).splitlines()[-1] == "net retention 70.0%, gross 60.0%"
    assert repr(found) == "<RevenueMovement: 300.00 EUR to 300.00 EUR, net 70.0%, gross 60.0%>"
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    nothing = revenue_movement([], {})
    assert (nothing.before, nothing.after, nothing.undefined) == (None, None, "nobody paid before")
    assert (nothing.new, nothing.quick_ratio.undefined) == (None, "nothing was lost")
    assert {row["money"] for row in nothing.to_rows()} == {None}
    assert "n/a" in str(nothing)
    assert repr(nothing) == "<RevenueMovement: no balances>"
    assert revenue_movement({}, {"ann": euros(1)}).undefined == "nobody paid before"
    assert len(revenue_movement({}, {}, by=str)) == 0


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: revenue_movement({"ann": euros(1), "bob": euros(-1)}, {}),
            LogError,
            "row 2 of before is below 0: [(]'bob', Money[(]'-1', 'EUR'[)][)]; a credit is no recurring",
        ),
        (
            lambda: revenue_movement({"ann": euros(1)}, [("ann", Money(1, "USD"))]),
            CurrencyMismatch,
            "row 1 of after is in USD, those before it in EUR",
        ),
        (lambda: revenue_movement([("ann", 100)], []), LogError, "row 1 of before has the amount 100; give"),
        (
            lambda: revenue_movement([], [("ann",)]),
            LogError,
            "row 1 of after is no row of customer, amount: ",
        ),
        (lambda: revenue_movement([], [5]), LogError, "row 1 of after is no row"),
        (
            lambda: revenue_movement([(["ann"], euros(1))], []),
            LogError,
            "row 1 of before has a customer that cannot be looked up",
        ),
        (
            lambda: revenue_movement(["ann"], []),
            LogError,
            "row 1 of before is no row of customer, amount: 'ann'",
        ),
        (
            lambda: revenue_movement([{"customer": "ann", "amount": euros(1)}], []),
            LogError,
            "row 1 of before is a mapping: .*; make it a tuple of customer, amount",
        ),
        (
            lambda: revenue_movement({"a": euros(1)}, {}) + revenue_movement({"b": Money(1, "USD")}, {}),
            CurrencyMismatch,
            "EUR and USD do not mix",
        ),
        (lambda: revenue_movement({}, {}) + 1, TypeError, "unsupported operand"),
    ],
)
def test_balances_that_are_none_are_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()
