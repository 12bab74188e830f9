"""An order list read once: purchases, refunds, zeros, days, currencies."""

import copy
import pickle
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, NaiveTimeError
from salesproc.metrics import Order, OrderRules, PurchaseLines, Purchases, reduce_orders

DAY = date(2025, 1, 6)
REVIEW = date(2025, 3, 1)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 12).map(lambda n: DAY + timedelta(days=n)),
        st.integers(-3, 5).map(lambda n: Money(n, "EUR")),
    ),
    max_size=14,
)
RULES = st.builds(
    OrderRules,
    same_day=st.sampled_from(["one", "each"]),
    refunds=st.sampled_from(["net", "leave out", "take back"]),
    zero=st.sampled_from(["count", "leave out"]),
)


def euros(n):
    return Money(n, "EUR")


class Unknown:
    """The missing value of pandas: what it is compared with, it is neither equal nor unequal to."""

    def __ne__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = object.__hash__


def by_hand(rows, rules):
    """Purchases per customer, straight from the words of the rules."""
    kept = [
        row
        for row in rows
        if not (row[2].amount < 0 and rules.refunds == "leave out")
        and not (row[2].amount == 0 and rules.zero == "leave out")
    ]
    days = defaultdict(list)
    for place, (customer, at, money) in enumerate(kept):
        days[customer, at, place if rules.same_day == "each" else 0].append(money.amount)
    bought, back = defaultdict(list), defaultdict(list)
    for (customer, at, _), amounts in days.items():
        net = sum(amounts)
        if net > 0 or (net == 0 and min(amounts) == 0):
            bought[customer].append((at, net))
        elif net < 0:
            back[customer].append((at, net))
    if rules.refunds == "take back":
        for who in [*back]:
            bought[who], back[who] = coins_taken_back(bought[who], back[who])
    return [{who: sorted(lines) for who, lines in found.items() if lines} for found in (bought, back)]


def coins_taken_back(bought, back):
    """Every refund takes coin after coin off the latest purchase that has one, by its own day."""
    coins = [[day, [1] * int(amount), amount == 0] for day, amount in sorted(bought)]
    left = []
    for day, amount in sorted(back):
        missing = 0
        for _ in range(int(-amount)):
            rich = [purse for purse in coins if purse[0] <= day and purse[1]]
            if rich:
                rich[-1][1].pop()
            else:
                missing += 1
        if missing:
            left.append((day, -missing))
    kept = [(day, len(purse)) for day, purse, free in coins if purse or free]
    return kept, left


def test_the_purchases_of_a_day_are_in_order_of_their_amounts_after_a_refund_too():
    """What was taken back in part moves to its place among the others of the day."""
    rows = [("ann", DAY, Money(amount, "EUR")) for amount in (-1, 2, 2)]
    found = reduce_orders(rows, as_of=REVIEW, rules=OrderRules(same_day="each", refunds="take back"))
    assert found.lines == {"ann": ((DAY, 1), (DAY, 2))}


@given(ROWS, RULES)
@example(  # what is left of the larger of two orders of one day comes first
    [("c", DAY, Money(-1, "EUR")), ("c", DAY, Money(2, "EUR")), ("c", DAY, Money(2, "EUR"))],
    OrderRules(same_day="each", refunds="take back"),
)
def test_purchases_are_what_the_rules_say(rows, rules):
    found = reduce_orders(rows, as_of=REVIEW, rules=rules)
    bought, back = by_hand(rows, rules)
    assert {who: [*lines] for who, lines in found.lines.items()} == bought
    assert {who: [*lines] for who, lines in found.lowered.items()} == back


@given(ROWS, RULES)
def test_no_money_is_lost_while_netting(rows, rules):
    """What is left of every customer is what they paid, less what they got back."""
    found = reduce_orders(rows, as_of=REVIEW, rules=rules)
    for who in "abc":
        amounts = [money.amount for customer, _, money in rows if customer == who]
        wanted = sum(one for one in amounts if one > 0 or rules.refunds != "leave out")
        assert found.spent(who) == wanted
        assert found.spending().get(who, 0) == wanted


@given(ROWS, RULES, st.integers(0, 999))
def test_the_order_of_rows_and_the_cut_into_parts_do_not_matter(rows, rules, seed):
    whole = reduce_orders(rows, as_of=REVIEW, rules=rules)
    mixed = Random(seed).sample(rows, len(rows))
    assert reduce_orders(iter(mixed), as_of=REVIEW, rules=rules) == whole
    parts = [
        reduce_orders([row for row in rows if (row[0] == "a") is mine], as_of=REVIEW, rules=rules)
        for mine in (True, False)
    ]
    assert parts[0] + parts[1] == whole


def test_a_day_on_which_refunds_took_everything_is_no_purchase():
    """The mistake of the field: a purchase and its refund counted as two purchases."""
    rows = [("ann", DAY, euros(100)), ("ann", DAY + timedelta(days=30), euros(-100))]
    found = reduce_orders(rows, as_of=REVIEW)
    assert found.lines == {"ann": ((DAY, Decimal(100)),)}
    assert found.spent("ann") == 0
    assert (found.counts.refunds, found.counts.netted_days) == (1, 1)


def test_counts_say_what_was_netted_and_left_out():
    rows = [
        ("ann", DAY, euros(10)),
        ("ann", DAY, euros(-10)),
        ("bob", DAY, euros(0)),
        ("bob", date(2025, 4, 1), euros(5)),
    ]
    counts = reduce_orders(rows, as_of=REVIEW, rules=OrderRules(zero="leave out")).counts
    assert counts.to_rows() == [
        {
            "rows": 4,
            "ahead": 1,
            "refunds": 1,
            "zeros": 1,
            "left_out": 1,
            "folded": 1,
            "netted_days": 1,
            "converted": 0,
            "without_customer": 0,
        }
    ]
    assert str(counts) == "4 rows, 1 ahead, 1 refunds, 1 zeros, 1 left out, 1 folded, 1 netted days"
    assert str(reduce_orders([], as_of=REVIEW).counts) == "no rows"


@given(ROWS, RULES)
def test_what_is_asked_without_order_is_what_the_lines_say(rows, rules):
    """The last day, the number and the money of everyone, and the lines in whatever order they are kept."""
    lines = reduce_orders(rows, as_of=REVIEW, rules=rules).lines
    wanted = [(who, own[-1][0], len(own), sum(amount for _, amount in own)) for who, own in lines.items()]
    assert lines.totals() == wanted
    assert lines.sums() == {who: amount for who, _, _, amount in wanted}
    assert all(sorted(lines.unordered(who)) == [*own] for who, own in lines.items())
    assert all([*own] == sorted(own) for own in lines.values())
    assert [*lines.unordered("nobody")] == []


def test_lines_compare_like_a_dictionary_of_them():
    lines = reduce_orders([("ann", DAY, euros(5)), ("bob", DAY, euros(5))], as_of=REVIEW).lines
    assert lines == {"ann": ((DAY, Decimal(5)),), "bob": ((DAY, Decimal(5)),)}
    assert (len(lines), "ann" in lines, "cid" in lines) == (2, True, False)
    assert repr(lines) == "<PurchaseLines of 2 customers>"
    assert isinstance(lines, PurchaseLines)


def test_days_begin_where_the_review_is():
    """23:30 in London is the next day in Berlin."""
    berlin = timezone(timedelta(hours=1))
    rows = [("ann", datetime(2025, 1, 6, 23, 30, tzinfo=UTC), euros(1))]
    found = reduce_orders(rows, as_of=datetime(2025, 3, 1, tzinfo=berlin))
    assert found.lines["ann"][0][0] == date(2025, 1, 7)
    assert found.as_of == date(2025, 3, 1)
    naive = reduce_orders([("ann", datetime(2025, 1, 6, 23), euros(1))], as_of=datetime(2025, 3, 1))
    assert naive.lines["ann"][0][0] == date(2025, 1, 6)


def test_other_currencies_are_converted_by_the_rates_given():
    rows = [Order("ann", DAY, euros(100)), Order("ann", DAY, Money(10, "USD"))]
    found = reduce_orders(rows, as_of=REVIEW, currency="EUR", rates={"USD": Decimal("0.9")})
    assert (found.spent("ann"), found.counts.converted) == (Decimal("109.0"), 1)
    assert found.money(found.spent("ann")) == Money("109.0", "EUR")
    assert reduce_orders([], as_of=REVIEW).money(Decimal(1)) is None


def test_sums_are_exact_beyond_the_digits_of_the_callers_context():
    large = Money("1" + "0" * 40, "EUR")
    rows = [("ann", DAY, large), ("ann", DAY, Money("0.01", "EUR"))]
    found = reduce_orders(rows, as_of=REVIEW)
    assert found.spent("ann") == Decimal("1" + "0" * 40 + ".01")
    assert found.lines["ann"] == ((DAY, Decimal("1" + "0" * 40 + ".01")),)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("ann", DAY), "is no row of customer, time and amount"),
        ("an", "is no row of customer, time and amount"),
        (None, "is no row of customer, time and amount"),
        ({"customer": "ann"}, "is a mapping; make it a tuple"),
        (("ann", DAY, 100), "has the amount 100; give Money"),
        ((["ann"], DAY, euros(1)), "names its customer by something that cannot be looked up"),
        (("ann", [DAY], euros(1)), "has for a time something that cannot be looked up"),
        (("ann", date(9999, 12, 31), euros(1)), "placeholder"),
        (("ann", date(1900, 1, 1), euros(1)), "placeholder"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row, words):
    with pytest.raises(LogError, match=f"row 2 .*{words}"):
        reduce_orders([("ann", DAY, euros(1)), row], as_of=REVIEW)


def test_refusals():
    with pytest.raises(NaiveTimeError, match="row 1"):
        reduce_orders([("ann", datetime(2025, 1, 6), euros(1))], as_of=REVIEW)
    with pytest.raises(NaiveTimeError, match="row 1 has the text '2025-01-06' for a time"):
        reduce_orders([("ann", "2025-01-06", euros(1))], as_of=REVIEW)
    with pytest.raises(CurrencyMismatch, match="row 2 is in USD"):
        reduce_orders([("ann", DAY, euros(1)), ("bob", DAY, Money(1, "USD"))], as_of=REVIEW)
    with pytest.raises(LogError, match="row 1 is a refund"):
        reduce_orders([("ann", DAY, euros(-1))], as_of=REVIEW, rules=OrderRules(refunds="refuse"))
    with pytest.raises(ValueError, match="rates need currency="):
        reduce_orders([], as_of=REVIEW, rates={})
    with pytest.raises(ValueError, match="same_day must be one of its rules, got 'day'"):
        OrderRules(same_day="day")


def test_only_money_is_an_amount():
    """Money of another library looks like ours and rounds otherwise."""
    with pytest.raises(LogError, match="row 1 has the amount namespace"):
        reduce_orders([("ann", DAY, SimpleNamespace(amount=1, currency="EUR"))], as_of=REVIEW)


def test_an_error_of_the_callers_own_generator_is_not_blamed_on_a_row():
    def broken():
        yield ("ann", DAY, euros(1))
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        reduce_orders(broken(), as_of=REVIEW)


def test_parts_that_do_not_belong_together_do_not_add_up():
    one = reduce_orders([("ann", DAY, euros(1))], as_of=REVIEW)
    with pytest.raises(ValueError, match="different customers, got 'ann'"):
        one + one
    with pytest.raises(ValueError, match="of one day"):
        one + reduce_orders([], as_of=DAY)
    with pytest.raises(CurrencyMismatch):
        one + reduce_orders([("bob", DAY, Money(1, "USD"))], as_of=REVIEW)
    with pytest.raises(TypeError):
        one + 1
    with pytest.raises(TypeError):
        one.counts + 1


def test_purchases_can_be_kept_and_sent():
    one = reduce_orders([("ann", DAY, euros(1))], as_of=REVIEW)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(one, protocol)) == one
    assert copy.deepcopy(one) == one
    assert isinstance(one, Purchases)
    assert repr(one) == "<Purchases of 1 customers to 2025-03-01: 1 rows>"
    assert "<table>" in one.counts._repr_html_()


def test_goods_that_come_back_later_are_taken_off_the_order_they_came_from():
    """Bob sent his second order back a day later: he bought once, and what he kept was the first."""
    rows = [
        ("bob", DAY, euros(300)),
        ("bob", date(2025, 2, 3), euros(40)),
        ("bob", date(2025, 2, 4), euros(-40)),
    ]
    net = reduce_orders(rows, as_of=REVIEW)
    assert len(net.lines["bob"]) == 2
    back = reduce_orders(rows, as_of=REVIEW, rules=OrderRules(refunds="take back"))
    assert back.lines == {"bob": ((DAY, Decimal(300)),)}
    assert (back.lowered, back.counts.netted_days, back.spent("bob")) == ({}, 2, 300)
    part = reduce_orders(
        [*rows, ("bob", date(2025, 2, 9), euros(-350))], as_of=REVIEW, rules=OrderRules(refunds="take back")
    )
    assert (part.lines, part.lowered) == ({}, {"bob": ((date(2025, 2, 9), Decimal(-50)),)})


def test_part_of_an_order_that_comes_back_lowers_it_and_passes_over_what_was_free():
    """Ann returned 15 of 40; the free sample in between has nothing to give back and stays a purchase."""
    sample, returned = DAY + timedelta(days=3), DAY + timedelta(days=5)
    rows = [("ann", DAY, euros(40)), ("ann", sample, euros(0)), ("ann", returned, euros(-15))]
    found = reduce_orders(rows, as_of=REVIEW, rules=OrderRules(refunds="take back"))
    assert found.lines == {"ann": ((DAY, Decimal(25)), (sample, Decimal(0)))}
    assert (found.lowered, found.spent("ann")) == ({}, 25)
    assert found.counts.netted_days == 1  # the day of the return itself, which bought nothing


@pytest.mark.parametrize("nobody", [None, "", float("nan"), Unknown()])
def test_orders_of_nobody_are_counted_and_are_not_those_of_one_customer(nobody):
    found = reduce_orders(
        [(nobody, DAY, euros(5)), ("ann", DAY, euros(1)), (nobody, DAY, euros(5))], as_of=REVIEW
    )
    assert found.customers() == ("ann",)
    assert found.counts.without_customer == 2
    assert str(found.counts) == "3 rows, 2 without customer"
