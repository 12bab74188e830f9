"""What is known of every customer: counted from the orders by stated rules, with the unit of time carried along."""

import copy
import pickle
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, PeriodError
from salesproc.lifetime import (
    CustomerHistory,
    finish_purchase_history,
    history_from_summary,
    purchase_history,
)
from salesproc.metrics import OrderRules, reduce_orders

START = date(2025, 1, 1)
END = START + timedelta(days=200)
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid"]),
        st.integers(0, 220).map(lambda n: START + timedelta(days=n)),
        st.integers(0, 9).map(lambda n: Money(n, "EUR")),
    ),
    max_size=15,
)


def euros(amount):
    return Money(amount, "EUR")


@given(ORDERS)
def test_the_three_numbers_are_counted_from_the_days_with_a_purchase(orders):
    """Written down once more, the way the papers say it."""
    days = defaultdict(lambda: defaultdict(Decimal))
    for who, day, money in orders:
        if day <= END:
            days[who][day] += money.amount
    found = purchase_history(orders, as_of=END, unit="day")
    assert {row.customer for row in found.rows} == days.keys()
    for row in found.rows:
        own = sorted(days[row.customer])
        assert row.repeats == len(own) - 1
        assert row.age_at_last == own[-1] - own[0]
        assert row.age == END - own[0]
        assert row.repeat_spend == sum(days[row.customer][day] for day in own[1:])
        assert (row.mean_value is None) == (not row.repeats)
    assert found.repeats == sum(len(own) - 1 for own in days.values())
    assert found.came_back == sum(len(own) > 1 for own in days.values())
    assert sum(found.patterns().values()) == len(days)


@given(ORDERS)
def test_a_unit_changes_how_times_are_written_and_nothing_else(orders):
    weeks = purchase_history(orders, as_of=END, unit="week")
    days = purchase_history(orders, as_of=END, unit="day")
    assert weeks.in_unit("day") == days
    assert weeks.rows == days.rows
    for one, other in zip(weeks.to_rows(), days.to_rows(), strict=True):
        assert (one["unit"], other["unit"]) == ("week", "day")
        assert one["age"] * 7 == pytest.approx(other["age"])
        assert one["age_at_last"] * 7 == pytest.approx(other["age_at_last"])


def test_months_and_years_are_of_one_length():
    history = history_from_summary([("ann", 1, 12, 24)], unit="month")
    assert history.in_unit("year").to_rows()[0]["age"] == 2
    assert history.rows[0].age == timedelta(days=730.5)


def test_a_refund_is_no_purchase_and_never_makes_somebody_a_repeat_customer():
    """Two widely used packages count +100 and then -100 as a repeat purchase worth -100."""
    sent_back = [("ann", START, euros(100)), ("ann", START + timedelta(days=30), euros(-100))]
    found = purchase_history(sent_back, as_of=END, unit="week")
    assert (found.rows[0].repeats, found.apart) == (0, 1)
    assert "1 refunds on days of their own in no value" in str(found)
    kept = OrderRules(refunds="take back")
    assert purchase_history(sent_back, as_of=END, unit="week", rules=kept).undefined.startswith(
        "no purchases"
    )


def test_the_rules_are_explicit_and_their_effects_counted():
    orders = [
        ("ann", START, euros(10)),
        ("ann", START, euros(5)),
        ("ann", START + timedelta(days=5), euros(0)),
        ("ann", START + timedelta(days=9), euros(20)),
        ("ann", START + timedelta(days=9), euros(-20)),
    ]
    usual = purchase_history(orders, as_of=END, unit="day")
    assert usual.rows[0].repeats == 1
    assert (usual.counts.folded, usual.counts.zeros, usual.counts.refunds, usual.counts.netted_days) == (
        2,
        1,
        1,
        1,
    )
    each = purchase_history(orders, as_of=END, unit="day", rules=OrderRules(same_day="each"))
    assert each.rows[0].repeats == 3
    paid = purchase_history(orders, as_of=END, unit="day", rules=OrderRules(zero="leave out"))
    assert (paid.rows[0].repeats, paid.counts.left_out) == (0, 1)


def test_days_begin_where_the_review_is():
    berlin = ZoneInfo("Europe/Berlin")
    at = [datetime(2025, 3, 1, 23, 30, tzinfo=UTC), datetime(2025, 3, 2, 10, tzinfo=UTC)]
    orders = [("ann", moment, euros(1)) for moment in at]
    there = purchase_history(orders, as_of=datetime(2025, 4, 1, tzinfo=berlin), unit="day")
    assert there.rows[0].repeats == 0
    assert purchase_history(orders, as_of=datetime(2025, 4, 1, tzinfo=UTC), unit="day").rows[0].repeats == 1


def test_a_history_is_finished_from_purchases_that_add_up():
    orders = [(who, START + timedelta(days=n), euros(n)) for who in "abc" for n in (0, 4, 9)]
    whole = reduce_orders(orders, as_of=END)
    parts = [
        reduce_orders([row for row in orders if (row[0] == "a") is side], as_of=END) for side in (True, False)
    ]
    assert finish_purchase_history(parts[0] + parts[1], unit="week") == finish_purchase_history(
        whole, unit="week"
    )


SUMMARY = [
    ("ann", 2, 21.5, 36.25, Money("24.50", "USD")),
    ("bob", 0, 0, 36.25, None),
    ("cid", 1, 2.25, 36.25, Money("15.00", "USD")),
]


def test_a_table_that_is_there_already_is_read_with_its_unit():
    history = history_from_summary(SUMMARY, unit="week", as_of=date(1997, 9, 30))
    assert [row.customer for row in history.rows] == ["ann", "cid", "bob"]
    assert history.rows[0].age == timedelta(weeks=36.25)
    assert history.rows[0].mean_value == Fraction("24.5")
    assert (history.currency, history.as_of, history.rules) == ("USD", date(1997, 9, 30), None)
    assert history.to_rows()[0] == {
        "customer": "ann",
        "repeats": 2,
        "age_at_last": 21.5,
        "age": 36.25,
        "unit": "week",
        "mean_value": 24.5,
        "currency": "USD",
    }
    bare = history_from_summary([row[:4] for row in SUMMARY], unit="week")
    assert {row.mean_value for row in bare.rows} == {None}


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (
            ("x", 0, 8.4, 30),
            LogError,
            "row 2 has no repeat purchase, so its age at the last purchase is 0, got 8.4; is it the time since",
        ),
        (("x", 2, 31, 30), LogError, "row 2 bought last at an age of 31, which is more than its age of 30"),
        (("x", -1, 0, 30), LogError, "row 2: repeats must be a whole number, 0 or more, got -1"),
        (("x", 1.0, 3, 30), LogError, "row 2: repeats must be a whole number, 0 or more, got 1.0"),
        (("x", 1, -3, 30), LogError, "row 2: age_at_last must be 0 or more, got -3"),
        (("x", 1, 3, float("nan")), LogError, "row 2: age must be finite, got nan"),
        (("x", 1, "3", 30), LogError, "row 2: age_at_last must be a number, got '3'"),
        (("x", 1, 3), LogError, "row 2 is no row of customer, repeats, age_at_last, age"),
        (("ann", 1, 3, 30), LogError, "row 2 names 'ann' a second time; give one row per customer"),
        (
            ("x", 1, 3, 30, 24.5),
            LogError,
            "row 2 has the mean value 24.5; give Money(amount, currency), 0 or more, or None",
        ),
        (("x", 1, 3, 30, euros(-1)), LogError, "row 2 has the mean value "),
        (
            ("x", 1, 3, 30, Money(1, "USD")),
            CurrencyMismatch,
            "row 2 is in USD, those before it in EUR; convert first",
        ),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_by_its_number(row, error, message):
    with pytest.raises(error) as caught:
        history_from_summary([("ann", 1, 3, 30, euros(5)), row], unit="week")
    assert str(caught.value).startswith(message)


def test_an_end_that_is_no_date_is_refused():
    with pytest.raises(LogError, match="as_of must be a date or a datetime, got .1997-09-30."):
        history_from_summary([("ann", 0, 0, 30)], unit="week", as_of="1997-09-30")
    assert history_from_summary([("ann", 0, 0, 30)], unit="week", as_of=END).as_of == END


def test_a_unit_that_is_none_is_refused_before_anything_is_read():
    with pytest.raises(PeriodError, match="there is no unit of time 'weeks'; did you mean 'week'"):
        purchase_history(iter([1]), as_of=END, unit="weeks")
    with pytest.raises(PeriodError):
        history_from_summary([], unit="W")
    with pytest.raises(PeriodError):
        purchase_history([], as_of=END, unit="day").in_unit("quarter")


def test_customers_can_be_drawn_again():
    history = history_from_summary([(n, n % 5, n % 5, 30) for n in range(50)], unit="week")
    again = history.resampled(Random(3))
    assert again == history.resampled(Random(3)) != history.resampled(Random(4))
    assert len(again.rows) == 50
    assert set(again.rows) < set(history.rows)
    assert again.unit == "week"


def test_a_history_can_be_kept_and_shown():
    history = purchase_history([("<b>", START, euros(3)), ("<b>", END, euros(4))], as_of=END, unit="week")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(history, protocol)) == history
    assert copy.deepcopy(history) == history
    assert "<b>" not in history._repr_html_()
    assert (
        repr(history) == "<PurchaseHistory: 1 customers to 2025-07-20, 1 came back 1 times, time by the week>"
    )
    assert purchase_history([], as_of=END, unit="week").undefined == "no purchases: there are no customers"
    assert CustomerHistory("x", 2, timedelta(), timedelta()).mean_value is None
