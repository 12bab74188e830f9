"""On how many customers the business rests."""

import pickle
from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money
from salesproc.metrics import (
    ConcentrationCounts,
    abc_classes,
    concentration,
    finish_concentration,
    reduce_concentration,
    reduce_orders,
)

PAID = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(-5, 40)), max_size=14)
DAY = date(2025, 1, 6)


def euros(rows):
    return [(who, Money(amount, "EUR")) for who, amount in rows]


def by_hand(rows):
    """The shares in descending order, from plain sums; empty when nobody paid."""
    sums = defaultdict(Fraction)
    for who, amount in rows:
        sums[who] += amount
    paid = sorted((amount for amount in sums.values() if amount > 0), reverse=True)
    return [amount / sum(paid) for amount in paid]


@given(PAID)
def test_every_measure_is_made_of_the_shares(rows):
    found, shares = concentration(euros(rows)), by_hand(rows)
    assert [row.share for row in found.rows] == shares
    assert found.not_positive == len({who for who, _ in rows}) - len(shares)
    if not shares:
        nothing = (found.largest, found.hhi, found.hhi_points, found.effective_number, found.top(3))
        assert nothing == (None,) * 5
        assert (found.normalised_hhi, found.customers_for(0.5), found.total) == (None, None, None)
        assert found.undefined == "nobody paid anything: there is nothing to have a share of"
        return
    assert found.hhi == sum(share * share for share in shares)
    assert found.hhi_points == sum((100 * share) ** 2 for share in shares)
    assert found.effective_number * found.hhi == 1
    assert 1 <= found.effective_number <= len(shares)
    for n in range(1, 9):
        assert found.top(n) == sum(shares[:n])
    for tenths in range(11):
        fewest = min(k for k in range(len(shares) + 1) if sum(shares[:k]) >= Fraction(tenths, 10))
        assert found.customers_for(Fraction(tenths, 10)) == fewest


@given(PAID, PAID)
def test_january_and_february_add_up(january, february):
    """Sums per customer add up over any two sets of rows, also where a customer is in both."""
    parts = reduce_concentration(euros(january)) + reduce_concentration(euros(february))
    assert finish_concentration(parts) == concentration(euros(january + february))


@given(PAID)
def test_the_same_orders_give_the_same_shares_as_abc(rows):
    orders = [(who, DAY, Money(amount, "EUR")) for who, amount in rows]
    found = finish_concentration(reduce_orders(orders, as_of=DAY))
    abc = abc_classes(orders, as_of=DAY)
    assert found.total == abc.total
    assert found.not_positive == abc.not_positive
    assert [row.money for row in found.rows] == [row.money for row in abc.rows if row.money.amount > 0]


@given(PAID, st.permutations("abcdef"))
def test_a_group_counts_as_one_customer(rows, order):
    groups = dict(zip("abc", ["x", "x", "x"], strict=True))
    merged = [(groups.get(who, who), amount) for who, amount in rows]
    assert concentration(euros(rows), parent=groups.get) == concentration(euros(merged))


@given(st.integers(1, 40))
def test_equal_customers_are_as_many_as_they_are(n):
    found = concentration([(f"c{i}", Money(7, "EUR")) for i in range(n)])
    assert found.effective_number == n
    assert found.hhi == Fraction(1, n)
    assert found.normalised_hhi == (0 if n > 1 else None)
    assert found.undefined is None


def test_the_published_example():
    """Four firms of 30, 30, 20 and 20 %: an index of 2,600 points (U.S. Department of Justice)."""
    found = concentration(euros([("a", 30), ("b", 30), ("c", 20), ("d", 20)]))
    assert found.hhi_points == 2600
    assert found.hhi == Fraction(13, 50)
    assert found.normalised_hhi == Fraction(1, 75)
    assert found.effective_number == Fraction(50, 13)
    assert (found.top(2), found.top(9)) == (Fraction(3, 5), 1)
    assert [found.customers_for(share) for share in (0, 0.3, 0.31, 1)] == [0, 1, 2, 4]


def test_the_parent_itself_belongs_to_its_group():
    found = concentration(
        euros([("acme", 10), ("acme north", 20), ("bob", 70)]), parent={"acme north": "acme"}.get
    )
    assert [(row.customer, row.share) for row in found.rows] == [
        ("bob", Fraction(7, 10)),
        ("acme", Fraction(3, 10)),
    ]


def test_a_refund_of_the_group_comes_off_the_group():
    rows = euros([("a", 10), ("b", -4), ("c", 6)])
    assert concentration(rows).not_positive == 1
    assert concentration(rows, parent={"b": "a"}.get).rows[0].money == Money(6, "EUR")


def test_equal_customers_come_by_name_whatever_the_order():
    rows = euros([("b", 5), (1, 5), ("1", 5), ("a", 5)])
    names = [row.customer for row in concentration(rows).rows]
    assert names == ["1", 1, "a", "b"]
    assert [row.customer for row in concentration(rows[::-1]).rows] == names


def test_departments_and_the_company():
    """A customer of two departments is in both, and once in the company."""
    rows = [
        ("a", Money(80, "EUR"), "north"),
        ("a", Money(10, "EUR"), "south"),
        ("b", Money(10, "EUR"), "south"),
    ]
    parts = concentration(rows, by=lambda row: row[2])
    assert [*parts] == ["south", "north"]
    assert parts["north"].largest == 1
    assert parts["south"].largest == Fraction(1, 2)
    assert parts.total == concentration(rows)
    grouped = concentration(rows, by=lambda row: row[2], parent={"b": "a"}.get)
    assert grouped["south"].largest == 1
    assert concentration([], by=lambda row: row[2]).total.undefined


def test_the_result_shows_itself():
    found = concentration(euros([("<b>", 3), ("b", 1), ("c", 0)]))
    assert repr(found) == "<Concentration: largest of 2 customers 75.0%, HHI 6,250 points, as 1.6 equal ones>"
    assert found.to_rows() == [
        {
            "customers": 2,
            "not_positive": 1,
            "total": "4",
            "currency": "EUR",
            "largest": 0.75,
            "hhi": 0.625,
            "hhi_points": 6250.0,
            "normalised_hhi": 0.25,
            "effective_number": 1.6,
        }
    ]
    nothing = concentration([])
    assert str(nothing) == "n/a: nobody paid anything: there is nothing to have a share of"
    assert nothing.to_rows()[0]["currency"] is None
    assert (nothing.top(1), nothing.customers_for(1)) == (None, None)
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    counts = reduce_concentration(euros([("a", 1)]))
    assert repr(counts) == "<ConcentrationCounts of 1 customers in EUR>"
    assert pickle.loads(pickle.dumps(counts)) == counts


def test_a_shop_with_many_customers(real_data):
    """CDNOW, added up from the file with floats: nobody matters, and the index says so."""
    spent = defaultdict(float)
    orders = []
    for line in (real_data / "cdnow" / "CDNOW_master.txt").read_text().splitlines()[1:]:
        who, day, _, amount = line.split()
        spent[who] += float(amount)
        orders.append((who, date(int(day[:4]), int(day[4:6]), int(day[6:])), Money(amount, "USD")))
    found = finish_concentration(reduce_orders(orders, as_of=date(1998, 6, 30)))
    total = sum(spent.values())
    assert (len(found.rows), found.not_positive) == (23_502, 68)
    assert float(found.total.amount) == pytest.approx(total)
    assert float(found.largest) == pytest.approx(max(spent.values()) / total)
    assert float(found.hhi) == pytest.approx(sum((one / total) ** 2 for one in spent.values()))


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: concentration([("a",)]),
            LogError,
            r"row 1 is no row of customer, amount: \('a',\)",
        ),
        (lambda: concentration([3]), LogError, "row 1 is no row of customer, amount: 3"),
        (
            lambda: concentration([([], Money(1, "EUR"))]),
            LogError,
            "row 1 has a customer that cannot be looked up",
        ),
        (
            lambda: concentration([*euros([("a", 1)]), ("b", 2)]),
            LogError,
            "row 2 has the amount 2; give Money",
        ),
        (
            lambda: concentration([("a", Money(1, "EUR")), ("b", Money(1, "USD"))]),
            CurrencyMismatch,
            "row 2 is in USD, those before it in EUR",
        ),
        (
            lambda: (
                reduce_concentration([("a", Money(1, "EUR"))])
                + reduce_concentration([("b", Money(1, "USD"))])
            ),
            CurrencyMismatch,
            "amounts in EUR and in USD; convert one part first",
        ),
        (lambda: ConcentrationCounts() + 1, TypeError, "unsupported operand"),
        (
            lambda: concentration([]).top(0),
            ValueError,
            "n must be a whole number, 1 or more, got 0",
        ),
        (lambda: concentration([]).top(1.5), TypeError, "n must be a whole number"),
        (lambda: concentration([]).customers_for(80), ValueError, "a percentage is divided by 100 first"),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
