"""A, B and C by the part of the money."""

import pickle
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money
from salesproc.metrics import abc_classes, finish_abc, reduce_orders

DAY = date(2025, 1, 6)
AMOUNTS = st.lists(st.integers(-5, 40), max_size=12)
CUTS = st.tuples(st.integers(1, 9), st.integers(0, 9)).map(
    lambda pair: (Fraction(pair[0], 10), Fraction(min(10, sum(pair)), 10))
)


def orders(amounts):
    return [(f"c{n:02}", DAY, Money(amount, "EUR")) for n, amount in enumerate(amounts)]


@given(AMOUNTS, CUTS, st.sampled_from(["above", "below"]))
def test_classes_are_those_of_the_running_share(amounts, cuts, crossing):
    """Each customer's class by the share of all who spend more, and of all who spend as much or more, in fractions."""
    result = abc_classes(orders(amounts), as_of=DAY, cuts=cuts, crossing=crossing)
    base = sum(amount for amount in amounts if amount > 0)
    for row in result.rows:
        spent = int(row.money.amount)
        if spent <= 0:
            assert (row.grade, row.running) == ("C", None)
            continue
        before = Fraction(sum(a for a in amounts if a > spent), base)
        after = Fraction(sum(a for a in amounts if a >= spent), base)
        if crossing == "above":
            wanted = "A" if before < cuts[0] else "B" if before < cuts[1] else "C"
        else:
            wanted = "A" if after <= cuts[0] else "B" if after <= cuts[1] else "C"
        assert row.grade == wanted
        assert Fraction(row.running.amount) / base == after


@given(AMOUNTS)
def test_the_classes_part_the_customers_and_the_money(amounts):
    result = abc_classes(orders(amounts), as_of=DAY)
    classes = result.by_class()
    assert sum(one.customers for one in classes) == len(amounts) == len(result.grades())
    assert result.not_positive == sum(amount <= 0 for amount in amounts)
    if result.undefined is None:
        assert sum(one.share for one in classes) == 1
        assert sum(one.money.amount for one in classes if one.money) == sum(amounts)
        assert classes[0].customers > 0


def test_the_customer_who_crosses_the_border():
    """One customer larger than 80 % leaves A empty by the one rule and not by the other."""
    above = abc_classes(orders([90, 6, 4]), as_of=DAY).grades()
    below = abc_classes(orders([90, 6, 4]), as_of=DAY, crossing="below").grades()
    assert above == {"c00": "A", "c01": "B", "c02": "C"}
    assert below == {"c00": "B", "c01": "C", "c02": "C"}


def test_equal_customers_are_in_one_class():
    assert set(abc_classes(orders([5] * 20), as_of=DAY).grades().values()) == {"A"}
    assert set(abc_classes(orders([5] * 20), as_of=DAY, crossing="below").grades().values()) == {"C"}


@pytest.mark.parametrize("amounts", [[], [0, 0], [-5]])
def test_where_nobody_spent_anything_there_are_no_shares(amounts):
    result = abc_classes(orders(amounts), as_of=DAY)
    assert result.undefined == "nobody spent anything: there is nothing to part"
    assert set(result.grades().values()) <= {"C"}
    assert "n/a" in str(result)


def test_the_result_shows_itself():
    result = abc_classes([*orders([70, 20, 0]), ("<b>", DAY, Money(10, "EUR"))], as_of=DAY)
    assert repr(result) == "<Abc of 4 customers to 2025-01-06>"
    assert "<b>" not in result._repr_html_()
    assert result.to_rows()[1] == {
        "customer": "c01",
        "money": "20",
        "currency": "EUR",
        "share": 0.2,
        "cumulative": 0.9,
        "grade": "A",
    }
    assert result.to_rows()[3]["share"] is None
    assert pickle.loads(pickle.dumps(result)) == result


def test_refusals():
    purchases = reduce_orders(orders([1]), as_of=DAY)
    with pytest.raises(ValueError, match="a percentage is divided by 100 first"):
        finish_abc(purchases, cuts=(80, 95))
    with pytest.raises(ValueError, match="cuts must rise"):
        finish_abc(purchases, cuts=(Decimal("0.9"), Decimal("0.8")))
    with pytest.raises(ValueError, match="crossing must be a rule, got 'A'"):
        finish_abc(purchases, crossing="A")
