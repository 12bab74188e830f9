"""X, Y and Z by how much the money of a customer varies, and the nine cells with A, B and C."""

import pickle
import statistics
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money, PeriodError
from salesproc.metrics import (
    ABC_XYZ_ACTIONS,
    XyzPolicy,
    abc_classes,
    abc_xyz,
    finish_abc_xyz,
    reduce_orders,
    xyz_classes,
)

REVIEW = date(2025, 6, 15)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 170).map(lambda n: date(2025, 1, 1) + timedelta(days=n)),
        st.integers(-2, 9).map(lambda n: Money(n, "EUR")),
    ),
    max_size=16,
)
POLICIES = st.builds(
    XyzPolicy,
    every=st.sampled_from(["week", "month", "quarter"]),
    deviation=st.sampled_from(["population", "sample"]),
    empty=st.sampled_from(["zero", "drop"]),
    since=st.sampled_from(["first order", "first of all"]),
)


def start_of(day, every):
    """The first day of the calendar unit."""
    if every == "week":
        return day - timedelta(days=day.weekday())
    return date(day.year, day.month if every == "month" else (day.month - 1) // 3 * 3 + 1, 1)


def following(day, every):
    return start_of(day + timedelta(days={"week": 7, "month": 32, "quarter": 93}[every]), every)


def by_hand(rows, policy):
    """The series of every customer, period by period, and its deviation by the statistics module."""
    purchases = reduce_orders(rows, as_of=REVIEW)
    first = {who: start_of(lines[0][0], policy.every) for who, lines in purchases.lines.items()}
    end = start_of(REVIEW + timedelta(days=1), policy.every)  # a Sunday: its week is over
    found = {}
    for who in {row[0] for row in rows if row[2]} | set(first):
        if who not in first:
            continue
        sums = defaultdict(Decimal)
        for customer, day, money in rows:
            if customer == who and day <= REVIEW:
                sums[start_of(day, policy.every)] += money.amount
        period = first[who] if policy.since == "first order" else min(first.values())
        bought_in = {start_of(day, policy.every) for day, _ in purchases.lines[who]}
        bought_in |= {start_of(day, policy.every) for day, _ in purchases.lowered.get(who, ())}
        series = []
        while period < end:
            if policy.empty == "zero" or period in bought_in:
                series.append(float(sums[period]))
            period = following(period, policy.every)
        if len(series) < 2 or sum(series) <= 0:
            found[who] = None
        else:
            spread = statistics.pstdev if policy.deviation == "population" else statistics.stdev
            found[who] = spread(series) / statistics.mean(series)
    return found


@given(ROWS, POLICIES)
def test_the_variation_is_that_of_the_series(rows, policy):
    result = xyz_classes(rows, as_of=REVIEW, policy=policy)
    wanted = by_hand(rows, policy)
    for row in result.rows:
        expected = wanted.get(row.customer)
        if expected is None:
            assert (row.variation, row.grade) == (None, "Z")
            assert row.undefined
        else:
            assert row.variation == pytest.approx(expected, abs=1e-9)
            if min(abs(expected - 0.5), abs(expected - 1)) > 1e-9:
                assert row.grade == ("X" if expected < 0.5 else "Y" if expected < 1 else "Z")


def orders(**series):
    """Orders on the ninth of each month from January."""
    return [
        (who, date(2025, month, 9), Money(amount, "EUR"))
        for who, amounts in series.items()
        for month, amount in enumerate(amounts, 1)
        if amount is not None
    ]


STRICT = XyzPolicy(limits=(Decimal("0.10"), Decimal("0.25")))


def test_the_examples_of_the_field():
    """Even money is X, [80, 100, 120, 100] is Y at 25 %, [0, 300, 0, 100] is Z."""
    rows = orders(even=[100] * 4, varied=[80, 100, 120, 100], wild=[300, None, 100, None])
    found = {row.customer: row for row in xyz_classes(rows, as_of=date(2025, 4, 30), policy=STRICT).rows}
    assert [found[who].grade for who in ("even", "varied", "wild")] == ["X", "Y", "Z"]
    assert round(found["varied"].variation, 4) == 0.1414
    assert round(found["wild"].variation, 4) == 1.2247
    sample = XyzPolicy(limits=(0.10, 0.25), deviation="sample")
    again = {row.customer: row for row in xyz_classes(rows, as_of=date(2025, 4, 30), policy=sample).rows}
    assert round(again["varied"].variation, 4) == 0.1633


def test_a_variation_on_the_limit_is_in_the_better_class():
    """3 and 1: the mean is 2, the deviation 1, the variation exactly one half."""
    (row,) = xyz_classes(orders(ann=[3, 1]), as_of=date(2025, 2, 28)).rows
    assert (row.variation, row.grade) == (0.5, "X")


def test_dropping_empty_periods_makes_rare_buyers_look_steady():
    rows = orders(ann=[100, None, None, None, None, 100])
    kept = xyz_classes(rows, as_of=date(2025, 6, 30)).rows[0]
    dropped = xyz_classes(rows, as_of=date(2025, 6, 30), policy=XyzPolicy(empty="drop")).rows[0]
    assert (kept.grade, dropped.grade) == ("Z", "X")


def test_what_cannot_be_judged_is_z_and_says_why():
    rows = [*orders(new=[None, None, None, None, 9]), *orders(back=[100, -100, None, None, None])]
    rows += [("only back", date(2025, 1, 9), Money(-5, "EUR"))]
    result = xyz_classes(rows, as_of=date(2025, 5, 31))
    assert {row.customer: row.undefined for row in result.rows} == {
        "new": "1 of the 2 periods it takes are over",
        "back": "nothing is left of what was bought",
        "only back": "0 of the 2 periods it takes are over",
    }
    assert result.by_class()[2] == ("Z", 3, 3)
    assert result.undefined == "nobody bought over enough periods to vary"
    assert xyz_classes([], as_of=REVIEW).undefined
    assert xyz_classes(orders(ann=[1, 1]), as_of=REVIEW).undefined is None


def test_the_period_that_is_running_does_not_count():
    rows = orders(ann=[100, 100, 100])
    assert xyz_classes(rows, as_of=date(2025, 3, 30)).rows[0].periods == 2
    assert xyz_classes(rows, as_of=date(2025, 3, 31)).rows[0].periods == 3


@given(ROWS)
def test_the_nine_cells_part_the_customers(rows):
    result = abc_xyz(rows, as_of=REVIEW)
    grades = result.grades()
    assert len(result.cells) == 9
    assert sum(len(cell.customers) for cell in result.cells) == len(grades)
    by_money, by_steadiness = abc_classes(rows, as_of=REVIEW), xyz_classes(rows, as_of=REVIEW)
    assert grades == {who: grade + by_steadiness.grades()[who] for who, grade in by_money.grades().items()}
    if by_money.total is not None:
        money = sum(cell.money.amount for cell in result.cells if cell.money)
        assert money == sum(row.money.amount for row in by_money.rows)


def test_the_results_show_themselves():
    rows = orders(**{"<b>": [100, 100], "bob": [5, 50]})
    steady = xyz_classes(rows, as_of=date(2025, 3, 1))
    assert repr(steady) == "<Xyz of 2 customers, by month before 2025-03-01>"
    assert "<b>" not in steady._repr_html_()
    assert steady.to_rows()[0]["grade"] == "X"
    assert str(steady).splitlines()[1].split() == ["X", "1", "0"]
    cells = abc_xyz(rows, as_of=date(2025, 3, 1))
    assert repr(cells).startswith("<AbcXyz: AX 1, AY 1, AZ 0")
    assert "<table>" in cells._repr_html_()
    assert str(cells).splitlines()[3].split() == ["AZ", "0", "n/a"]
    assert cells.to_rows()[0]["action"] == ABC_XYZ_ACTIONS["AX"]
    assert cells.undefined is None
    for one in (steady, cells):
        assert pickle.loads(pickle.dumps(one)) == one


def test_refusals():
    with pytest.raises(PeriodError, match="no unit 'fortnight'"):
        XyzPolicy(every="fortnight")
    with pytest.raises(ValueError, match="limits must rise from 0"):
        XyzPolicy(limits=(1, 0.5))
    with pytest.raises(ValueError, match="deviation must be one of its rules, got 'sd'"):
        XyzPolicy(deviation="sd")
    with pytest.raises(ValueError, match="at_least must be 2 or more"):
        XyzPolicy(at_least=1)
    with pytest.raises(ValueError, match="got one for 'A'"):
        finish_abc_xyz(reduce_orders([], as_of=REVIEW), actions={"A": "call"})
