"""The purchases cut at a day: nothing that happened after it is known before it."""

import pickle
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money, PeriodError
from salesproc.lifetime import finish_holdout_history, holdout_history, purchase_history
from salesproc.metrics import OrderRules, reduce_orders

START = date(2025, 1, 1)
CUT, END = START + timedelta(days=100), START + timedelta(days=200)
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid", "dan"]),
        st.integers(0, 220).map(lambda n: START + timedelta(days=n)),
        st.integers(1, 9).map(lambda n: Money(n, "EUR")),
    ),
    max_size=20,
)


def split(orders, **options):
    return holdout_history(orders, calibration_end=CUT, as_of=END, unit="week", **options)


@given(ORDERS)
def test_every_purchase_is_on_one_side_of_the_cut(orders):
    found, days = split(orders), {}
    for who, day, _ in orders:
        if day <= END:
            days.setdefault(who, set()).add(day)
    known = {who for who, own in days.items() if min(own) <= CUT}
    assert {row.customer for row in found.calibration.rows} == known
    later = {who: sum(day > CUT for day in days[who]) for who in known}
    assert found.bought == {who: count for who, count in later.items() if count}
    assert found.newcomers == len(days) - len(known)
    assert sum(found.repeat_days.values()) == sum(len(days[who]) - 1 for who in known)
    assert sum(found.first_days.values()) == len(known)
    assert {row["customer"]: row["holdout_purchases"] for row in found.to_rows()} == later


@given(ORDERS)
def test_the_calibration_is_what_was_known_on_the_day(orders):
    earlier = [row for row in orders if row[1] <= CUT]
    known = purchase_history(earlier, as_of=CUT, unit="week")
    assert split(iter(orders)).calibration.rows == known.rows


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 24 * 220)), max_size=20), st.integers(0, 23))
def test_a_cut_in_the_middle_of_a_day_is_the_cut_at_its_end(orders, hour):
    """Purchases of the evening are neither in nobody's part nor newcomers: a day is on one side."""
    rows = [
        (who, datetime.combine(START, time(), UTC) + timedelta(hours=n), Money(1, "EUR")) for who, n in orders
    ]
    cut = datetime.combine(CUT, time(hour), UTC)
    end = datetime.combine(END, time(23, 59), UTC)
    found = holdout_history(rows, calibration_end=cut, as_of=end, unit="week")
    days = split([(who, at.date(), amount) for who, at, amount in rows])
    assert found.bought == days.bought
    assert found.newcomers == days.newcomers
    assert found.repeat_days == days.repeat_days
    assert [row.repeats for row in found.calibration.rows] == [row.repeats for row in days.calibration.rows]


def test_a_refund_of_later_does_not_undo_a_purchase_of_before():
    """Read as one list, what came back in the holdout would already have changed what the model is fitted to."""
    bought = [("ann", START, Money(10, "EUR")), ("ann", START + timedelta(days=50), Money(30, "EUR"))]
    back = ("ann", CUT + timedelta(days=3), Money(-30, "EUR"))
    found = split([*bought, back], rules=OrderRules(refunds="take back"))
    assert found.calibration.rows[0].repeats == 1
    assert (found.repeat_days, found.first_days) == ({START + timedelta(days=50): 1}, {START: 1})
    whole = ("ann", CUT + timedelta(days=3), Money(-40, "EUR"))
    found = split([*bought, whole], rules=OrderRules(refunds="take back"))
    assert found.calibration.rows[0].repeats == 1
    assert (found.bought, found.first_days, found.newcomers) == ({}, {START: 1}, 0)
    assert sum(found.repeat_days.values()) == 1


def test_a_holdout_says_how_long_it_is_and_can_be_kept():
    found = split([("<b>", START, Money(1, "EUR")), ("<b>", END, Money(1, "EUR"))])
    assert (found.cut, found.length) == (CUT, timedelta(days=100))
    assert found.to_rows()[0]["holdout_length"] == pytest.approx(100 / 7)
    assert pickle.loads(pickle.dumps(found)) == found
    assert "<b>" not in found._repr_html_()
    assert split([]).undefined == "no purchases: there are no customers"


def test_a_holdout_that_is_none_is_refused():
    with pytest.raises(
        PeriodError,
        match="must end after the calibration does, got calibration_end=2025-04-11 and as_of=2025-04-11",
    ):
        holdout_history([], calibration_end=CUT, as_of=CUT, unit="week")
    parts = reduce_orders([], as_of=END), reduce_orders([], as_of=CUT)
    with pytest.raises(PeriodError, match="must end after"):
        finish_holdout_history(*parts, unit="week")
    with pytest.raises(PeriodError, match="there is no unit of time 'w'"):
        holdout_history([], calibration_end=CUT, as_of=END, unit="w")
