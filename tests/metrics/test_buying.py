"""How often customers buy, for how much, and who of them came back."""

import pickle
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, PeriodError, Rate
from salesproc.metrics import (
    average_order_value,
    buying,
    customer_cohorts,
    purchase_frequency,
    reduce_orders,
    repeat_purchase_rate,
)
from salesproc.periods import Period

REVIEW = date(2025, 5, 10)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(0, 140).map(lambda n: date(2025, 1, 1) + timedelta(days=n)),
        st.integers(-2, 9).map(lambda n: Money(n, "EUR")),
    ),
    max_size=16,
)
FEBRUARY = Period.month(2025, 2)


@given(ROWS)
def test_buyers_orders_and_money_of_a_period_are_counted_customer_by_customer(rows):
    lines = reduce_orders(rows, as_of=REVIEW).lines
    inside = {who: [a for day, a in own if day in FEBRUARY] for who, own in lines.items()}
    inside = {who: amounts for who, amounts in inside.items() if amounts}
    old = {who for who, own in lines.items() if own[0][0] < FEBRUARY.start}
    found = buying(rows, as_of=REVIEW, period=FEBRUARY)
    assert found.buyers == len(inside)
    assert found.repeat_rate == Rate(sum(len(a) > 1 for a in inside.values()), len(inside))
    assert found.returning_rate == Rate(len(old & inside.keys()), len(inside))
    assert found.came_back == Rate(len(old & inside.keys()), len(old))
    if inside:
        orders, money = sum(map(len, inside.values())), sum(map(sum, inside.values()))
        assert found.frequency.exact == Fraction(orders, len(inside))
        assert found.order_value.exact == Fraction(money) / orders
        repeat = sum(sum(amounts) for who, amounts in inside.items() if who in old)
        assert found.repeat_share.exact == (Fraction(repeat) / Fraction(money) if money else None)
    else:
        assert found.undefined == found.frequency.undefined == found.order_value.undefined == "nobody bought"


@given(ROWS)
def test_two_periods_side_by_side_have_all_orders_of_both(rows):
    months = [buying(rows, as_of=REVIEW, period=Period.month(2025, month)) for month in range(1, 6)]
    whole = buying(rows, as_of=REVIEW)
    assert sum(one.orders for one in months) == whole.orders
    assert sum(one.new for one in months) == whole.new == whole.buyers
    assert sum((one.money.amount for one in months if one.money), Decimal(0)) == sum(
        (one.amount for one in [whole.money] if one), Decimal(0)
    )


def euros(n):
    return Money(n, "EUR")


ORDERS = [
    ("ann", date(2025, 1, 6), euros(100)),
    ("ann", date(2025, 2, 3), euros(80)),
    ("bob", date(2025, 2, 9), euros(20)),
    ("bob", date(2025, 2, 20), euros(40)),
    ("cid", date(2025, 1, 9), euros(90)),
    ("cid", date(2025, 2, 1), euros(-30)),
]


def test_the_short_forms_are_the_same_numbers():
    options = {"as_of": REVIEW, "period": FEBRUARY}
    found = buying(ORDERS, **options)
    assert repeat_purchase_rate(ORDERS, **options) == found.repeat_rate == Rate(1, 2)
    assert purchase_frequency(ORDERS, **options).exact == Fraction(3, 2)
    assert average_order_value(ORDERS, **options).value == Money("46.67", "EUR")
    assert found.taken_back == euros(30)
    assert buying(ORDERS[:2], **options).taken_back is None


def test_the_result_shows_itself():
    found = buying(ORDERS, as_of=REVIEW, period=FEBRUARY)
    assert found.to_rows() == [
        {"customers": "new", "buyers": 1, "orders": 2, "money": "60", "currency": "EUR"},
        {"customers": "returning", "buyers": 1, "orders": 1, "money": "80", "currency": "EUR"},
    ]
    assert repr(found) == "<Buying: 3 orders of 2 customers, 50.0% (1 of 2) again>"
    assert "<table>" in found._repr_html_()
    assert "n/a" in str(buying([], as_of=REVIEW))
    assert buying([], as_of=REVIEW).repeat_share.undefined == "nobody bought"
    assert pickle.loads(pickle.dumps(found)) == found


def test_refusals_of_buying():
    with pytest.raises(PeriodError, match="give a period of plain dates"):
        buying(
            ORDERS,
            as_of=REVIEW,
            period=Period(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)),
        )
    with pytest.raises(CurrencyMismatch):
        buying([*ORDERS, ("dan", date(2025, 1, 1), Money(1, "USD"))], as_of=REVIEW)


# Cohorts


@given(ROWS, st.booleans())
def test_cohorts_count_every_customer_once_and_tell_unseen_from_nothing(rows, running):
    lines = reduce_orders(rows, as_of=REVIEW).lines
    table = customer_cohorts(rows, as_of=REVIEW, running=running)
    first = {who: own[0][0].replace(day=1) for who, own in lines.items()}
    bought = defaultdict(set)
    for who, own in lines.items():
        for day, _ in own:
            bought[first[who], day.replace(day=1)].add(who)
    assert {row.start: row.customers for row in table if row.customers} == Counter(first.values())
    for row in table:
        for age, cell in enumerate(row.cells):
            month = row.start.year * 12 + row.start.month - 1 + age
            unit = date(month // 12, month % 12 + 1, 1)
            if unit == date(2025, 5, 1) and not running:  # May is not over on the tenth
                assert cell is None
            else:
                assert cell.active == Rate(len(bought[row.start, unit]), row.customers)
                assert cell.complete == (unit < date(2025, 5, 1))
        assert len(row.cells) == 5 - row.start.month + 1


@given(ROWS)
def test_the_mean_over_cohorts_is_weighted_by_their_size(rows):
    """2 of 110 is 1.8 %, however small one of the cohorts is."""
    table = customer_cohorts(rows, as_of=REVIEW, running=True)
    for age in range(5):
        cells = [row.cells[age] for row in table if age < len(row.cells) and row.cells[age].complete]
        assert table.at_age(age) == Rate(
            sum(c.active.hits for c in cells), sum(c.active.trials for c in cells)
        )


@given(ROWS)
def test_the_money_of_the_cells_is_all_the_money_from_the_first_purchase_on(rows):
    purchases = reduce_orders(rows, as_of=REVIEW)
    table = customer_cohorts(rows, as_of=REVIEW, running=True)
    money = sum((cell.money.amount for row in table for cell in row.cells), Decimal(0))
    wanted = sum((purchases.spent(who) for who in purchases.lines), Decimal(0))
    early = [
        amount
        for who, own in purchases.lowered.items()
        for day, amount in own
        if who in purchases.lines and day.replace(day=1) < purchases.lines[who][0][0].replace(day=1)
    ]
    assert money == wanted - sum(early)


def test_the_running_month_is_marked():
    table = customer_cohorts(ORDERS, as_of=date(2025, 2, 25), running=True)
    assert "50%*" in str(table)
    assert customer_cohorts(ORDERS, as_of=date(2025, 2, 28)).cohorts[0].cells[1].complete
    assert table.at_age(1) == Rate(0, 0)
    assert table.at_age(99) == Rate(0, 0)


def test_the_table_of_cohorts_shows_itself():
    table = customer_cohorts(ORDERS, as_of=date(2025, 3, 31))
    assert repr(table) == "<CustomerCohorts of 3 customers in 3 cohorts by month>"
    assert (len(table), table.undefined, table.without_purchase) == (3, None, 0)
    assert table.to_rows()[1] == {
        "cohort": "2025-01-01",
        "customers": 2,
        "age": 1,
        "active": 1,
        "share": 0.5,
        "money": "50",
        "currency": "EUR",
        "complete": True,
    }
    assert "<table>" in table._repr_html_()
    assert pickle.loads(pickle.dumps(table)) == table
    nothing = customer_cohorts([("ann", date(2025, 1, 1), euros(-1))], as_of=REVIEW)
    assert (len(nothing), nothing.undefined, nothing.without_purchase) == (0, "nobody bought", 1)
    assert str(nothing).startswith("cohort")
    with pytest.raises(PeriodError, match="no unit 'moon'"):
        customer_cohorts([], as_of=REVIEW, every="moon")
