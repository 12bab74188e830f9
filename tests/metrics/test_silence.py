"""Who is slipping away, by the rhythm of each customer."""

import pickle
import statistics
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, Rate
from salesproc.metrics import OrderRules, SilencePolicy, at_risk, finish_at_risk, reduce_orders
from salesproc.metrics.silence import usual_gap

REVIEW = date(2025, 12, 31)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 900).map(lambda n: date(2023, 9, 1) + timedelta(days=n)),
        st.integers(-2, 9).map(lambda n: Money(n, "EUR")),
    ),
    max_size=20,
)


def euros(n):
    return Money(n, "EUR")


def every(days, times, *, who="ann", last=REVIEW, amount=10):
    """Orders so many days apart, the last one on that day."""
    return [(who, last - timedelta(days=days * n), euros(amount)) for n in range(times)]


@given(ROWS)
def test_every_customer_is_judged_by_their_own_gaps(rows):
    """Held against the medians of the statistics module, in floats."""
    purchases = reduce_orders(rows, as_of=REVIEW)
    found = finish_at_risk(purchases)
    assert {row.customer for row in found.rows} == purchases.lines.keys()
    for row in found.rows:
        days = [day for day, _ in purchases.lines[row.customer]]
        gaps = [(later - day).days for day, later in pairwise(days)]
        assert (row.purchases, row.last, row.silent_days) == (len(days), days[-1], (REVIEW - days[-1]).days)
        if len(days) < 3:
            assert (row.usual_gap, row.times, row.state) == (None, None, "unknown")
        else:
            assert float(row.usual_gap) == statistics.median(gaps)
            assert row.times * row.usual_gap == row.silent_days
            limits = [2 * row.usual_gap, 4 * row.usual_gap]
            assert row.state == ("active", "late", "silent")[sum(row.silent_days > limit for limit in limits)]


@given(ROWS)
def test_the_states_part_the_customers_and_their_money(rows):
    found = at_risk(rows, as_of=REVIEW)
    states = found.by_state()
    assert sum(one.customers for one in states) == len(found.rows)
    assert [row.customer for row in found.rows] == [
        row.customer for row in sorted(found.rows, key=lambda row: (-row.money.amount, row.customer))
    ]
    by_name = {one.state: one.customers for one in states}
    known = by_name["active"] + by_name["late"] + by_name["silent"]
    assert found.silent_rate == Rate(by_name["silent"], known)
    assert (found.undefined is None) == (known > 0)
    if found.rows:
        assert sum(one.money.amount for one in states) == sum(row.money.amount for row in found.rows)


@given(ROWS, st.integers(0, 400))
def test_the_longer_nothing_comes_the_worse_the_state(rows, days):
    """Only silence passes: nobody becomes more active by it."""
    order = ("active", "late", "silent")
    kept = [row for row in rows if row[1] <= REVIEW]
    before = {row.customer: row.state for row in at_risk(kept, as_of=REVIEW).rows}
    after = at_risk(kept, as_of=REVIEW + timedelta(days=days)).rows
    for row in after:
        if row.state == "unknown":
            assert before[row.customer] == "unknown"
        else:
            assert order.index(row.state) >= order.index(before[row.customer])


@pytest.mark.parametrize(
    ("silent", "state"), [(0, "active"), (20, "active"), (21, "late"), (40, "late"), (41, "silent")]
)
def test_exactly_the_limit_is_not_past_it(silent, state):
    rows = every(10, 4, last=REVIEW - timedelta(days=silent))
    assert at_risk(rows, as_of=REVIEW).rows[0].state == state


def test_the_usual_gap_is_the_median_and_exact():
    """Gaps of 7 and 10 days: 8.5, and one long holiday does not change the rhythm of somebody who comes every week."""
    assert usual_gap([date(2025, 1, 18), date(2025, 1, 1), date(2025, 1, 8), date(2025, 1, 8)]) == Fraction(
        17, 2
    )
    assert usual_gap([date(2025, 1, 1), date(2025, 1, 1)]) is None
    weekly = [REVIEW - timedelta(days=days) for days in (0, 7, 14, 21, 90, 97, 104)]
    assert usual_gap(weekly) == 7


def test_a_rhythm_takes_as_many_purchases_as_the_policy_says():
    rows = every(10, 2)
    assert at_risk(rows, as_of=REVIEW).rows[0].state == "unknown"
    assert at_risk(rows, as_of=REVIEW, policy=SilencePolicy(min_purchases=2)).rows[0].usual_gap == 10


def test_two_orders_of_one_day_have_no_gap_between_them():
    rows = [*every(10, 2), ("ann", REVIEW, euros(5))]
    (row,) = at_risk(rows, as_of=REVIEW, rules=OrderRules(same_day="each")).rows
    assert (row.purchases, row.state) == (2, "unknown")


def test_what_is_at_stake_is_the_last_year_of_the_customer():
    """Neither a life of orders nor the year up to the review, in which who is silent spent nothing."""
    rows = [
        ("ann", date(2022, 1, 1), euros(1000)),
        ("ann", date(2023, 1, 2), euros(100)),
        ("ann", date(2024, 1, 1), euros(10)),
        ("ann", date(2024, 2, 1), euros(-3)),
    ]
    assert at_risk(rows, as_of=REVIEW).rows[0].money == euros(107)
    assert at_risk(rows, as_of=REVIEW, policy=SilencePolicy(stake_days=364)).rows[0].money == euros(7)


def test_amounts_keep_every_digit():
    rows = every(10, 3, amount=Decimal("1e30")) + every(5, 3, amount=Decimal("0.0000000001"))
    assert at_risk(rows, as_of=REVIEW).rows[0].money.amount == Decimal(
        "3000000000000000000000000000000.0000000003"
    )


def test_the_result_shows_itself_and_its_rule():
    rows = [*every(10, 4, who="<b>"), *every(7, 4, who="bob", last=date(2025, 6, 1)), *every(1, 1, who="cid")]
    rows += [("back", date(2025, 1, 1), euros(-1))]
    found = at_risk(rows, as_of=REVIEW)
    assert str(found) == (
        "state    customers  money at stake\n"
        "active           1       40.00 EUR\n"
        "late             0        0.00 EUR\n"
        "silent           1       40.00 EUR\n"
        "unknown          1       10.00 EUR\n"
        "silent, of those with a known rhythm: 50.0% (1 of 2)\n"
        "late is more than 2 times, silent more than 4 times the customer's own median gap, known from 3 purchases on"
    )
    assert repr(found) == "<AtRisk of 3 customers to 2025-12-31: 50.0% (1 of 2) silent>"
    assert found.to_rows()[1] == {
        "customer": "bob",
        "purchases": 4,
        "last": "2025-06-01",
        "usual_gap_days": 7.0,
        "silent_days": 213,
        "times": 213 / 7,
        "state": "silent",
        "money": "40",
        "currency": "EUR",
    }
    assert found.to_rows()[2]["times"] is None
    assert "<b>" not in found._repr_html_()
    assert [row.customer for row in found.of("silent")] == ["bob"]
    assert pickle.loads(pickle.dumps(found)) == found
    nothing = at_risk([], as_of=REVIEW)
    assert nothing.undefined == "nobody has bought often enough to have a rhythm"
    assert str(nothing).splitlines()[1].split() == ["active", "0", "n/a"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"late_times": 3, "silent_times": 2}, "silent_times must be late_times or more"),
        ({"late_times": 0.5}, "both 1 or more, got late_times=1/2"),
        ({"min_purchases": 1}, "one purchase has no gap, got 1"),
        ({"stake_days": 0}, "stake_days must be a whole number, 1 or more, got 0"),
        ({"late_times": float("nan")}, "times must be finite"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        SilencePolicy(**options)


def test_refusals():
    with pytest.raises(ValueError, match="state must be one of active, late, silent, unknown, got 'gone'"):
        at_risk([], as_of=REVIEW).of("gone")
    with pytest.raises(TypeError, match="times must be a number, got '2'"):
        SilencePolicy(late_times="2")
    with pytest.raises(CurrencyMismatch):
        at_risk([("ann", REVIEW, euros(1)), ("ann", REVIEW, Money(1, "USD"))], as_of=REVIEW)
