"""Who buys less than is usual in their segment."""

import pickle
import statistics
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money, PeriodError
from salesproc.metrics import finish_lost_potential, lost_potential, reduce_orders
from salesproc.periods import Period

REVIEW = date(2025, 5, 10)
SPRING = Period(date(2025, 3, 1), date(2025, 5, 1))
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcdefg"),
        st.integers(0, 140).map(lambda n: date(2025, 1, 1) + timedelta(days=n)),
        st.integers(-2, 9).map(lambda n: Money(n, "EUR")),
    ),
    max_size=24,
)
SEGMENTS = {"a": "large", "b": "large", "c": "large", "d": "large", "e": "small", "f": "small"}


@given(ROWS)
def test_the_level_is_the_median_of_the_buyers_and_the_gap_what_is_missing_to_it(rows):
    """Worked out from the rows, segment by segment."""
    purchases = reduce_orders(rows, as_of=REVIEW)
    buyers = {who for who, lines in purchases.lines.items() if any(day in SPRING for day, _ in lines)}
    spent = defaultdict(Decimal)
    for who, day, money in rows:
        if who in buyers and day in SPRING:
            spent[who] += money.amount
    groups = defaultdict(list)
    for who in buyers & SEGMENTS.keys():
        groups[SEGMENTS[who]].append(spent[who])
    found = finish_lost_potential(purchases, by=SEGMENTS.get, period=SPRING)
    assert {one.segment: one.level.amount for one in found.segments} == {
        segment: statistics.median(group) for segment, group in groups.items()
    }
    for one in found.segments:
        gaps = [one.level.amount - money for money in groups[one.segment] if money < one.level.amount]
        assert (one.buyers, one.below, one.gap.amount) == (len(groups[one.segment]), len(gaps), sum(gaps))
        assert one.below <= one.buyers / 2
    assert {one.customer: one.money.amount for one in found.below} == {
        who: spent[who]
        for who in buyers & SEGMENTS.keys()
        if spent[who] < statistics.median(groups[SEGMENTS[who]])
    }
    assert found.without_segment == len(buyers - SEGMENTS.keys())
    assert found.silent == sum(
        lines[0][0] < SPRING.start and who not in buyers and who in SEGMENTS
        for who, lines in purchases.lines.items()
    )
    if found.segments:
        assert found.gap.amount == sum(one.gap.amount for one in found.below)
    else:
        assert (found.gap, found.undefined) == (None, "nobody in a segment bought")


def orders(**spent):
    return [(who, date(2025, 3, 9), Money(amount, "EUR")) for who, amount in spent.items()]


def test_one_large_customer_does_not_move_the_level():
    """A mean of 250 would find three of four below it."""
    rows = orders(a=910, b=40, c=30, d=20)
    found = lost_potential(rows, as_of=REVIEW, by=SEGMENTS.get)
    assert found.segments[0].level == Money(35, "EUR")
    assert [(one.customer, one.gap.amount) for one in found.below] == [("d", 15), ("c", 5)]
    assert statistics.mean(money.amount for _, _, money in rows) == 250


def test_a_refund_of_a_later_day_lowers_what_was_bought():
    rows = [*orders(a=90, b=90, c=90), ("c", date(2025, 4, 1), Money(-50, "EUR"))]
    found = lost_potential(rows, as_of=REVIEW, by=SEGMENTS.get, period=SPRING)
    assert [(one.customer, one.money.amount, one.gap.amount) for one in found.below] == [("c", 40, 50)]
    assert found.below[0].first_purchase == date(2025, 3, 9)
    before_it = Period(date(2025, 3, 1), date(2025, 4, 1))
    assert lost_potential(rows, as_of=REVIEW, by=SEGMENTS.get, period=before_it).below == ()


def test_who_is_silent_or_in_no_segment_is_counted_apart():
    rows = [
        *orders(a=90, g=1),
        ("b", date(2025, 1, 2), Money(9, "EUR")),
        ("c", date(2025, 5, 2), Money(9, "EUR")),
    ]
    found = lost_potential(rows, as_of=REVIEW, by=SEGMENTS.get, period=SPRING)
    assert (found.silent, found.without_segment, len(found.segments)) == (1, 1, 1)
    assert lost_potential(rows, as_of=REVIEW, by=SEGMENTS.get).silent == 0


def test_the_result_shows_itself():
    names = {"a": "<b>", "b": "<b>", "e": "small"}
    found = lost_potential(orders(a=10, b=5, e=7), as_of=REVIEW, by=names.get)
    assert found.to_rows()[0] == {
        "segment": "<b>",
        "buyers": 2,
        "level": "7.5",
        "below": 1,
        "gap": "2.5",
        "currency": "EUR",
    }
    assert "<b>" not in found._repr_html_()
    assert str(found).splitlines()[-1] == "0 silent, 0 without a segment"
    assert repr(found) == "<LostPotential: 1 customers below the level of their segment by 2.50 EUR>"
    assert found.undefined is None
    assert pickle.loads(pickle.dumps(found)) == found
    nothing = lost_potential([], as_of=REVIEW, by=names.get)
    assert repr(nothing) == "<LostPotential: 0 customers below the level of their segment by n/a>"
    assert nothing.undefined == "nobody in a segment bought"


def test_refusals():
    instants = Period(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC))
    with pytest.raises(PeriodError, match="give a period of plain dates"):
        lost_potential([], as_of=REVIEW, by=SEGMENTS.get, period=instants)
    with pytest.raises(CurrencyMismatch):
        lost_potential([*orders(a=1), ("b", REVIEW, Money(1, "USD"))], as_of=REVIEW, by=SEGMENTS.get)
    with pytest.raises(TypeError, match="by"):
        lost_potential([], as_of=REVIEW)
