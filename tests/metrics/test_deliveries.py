"""Promises of delivery: kept, broken, excused, or not due yet; held against a count day by day."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period, Rate
from salesproc.metrics import (
    DeliveryCounts,
    DeliveryHistory,
    finish_on_time_delivery,
    on_time_delivery,
    reduce_on_time_delivery,
)
from salesproc.records import CustomerId, Delivery, OrderId
from salesproc.testing.strategies import deliveries

START = date(2026, 3, 1)
DAY = timedelta(days=1)
REVIEW = START + 20 * DAY


def on(day):
    return START + day * DAY


@st.composite
def orders(draw, owners=("sara", "omar")):
    said = draw(st.lists(st.integers(0, 24), min_size=1, max_size=4).map(sorted))
    promises = [(on(at), on(at + draw(st.integers(0, 12)))) for at in said]
    found = draw(
        st.lists(st.tuples(st.integers(0, 26), st.none() | st.integers(0, 9), st.booleans()), max_size=3)
    )
    issues = [(on(at), None if later is None else on(at + later), beyond) for at, later, beyond in found]
    end = draw(st.none() | st.integers(said[0], 30))
    how = draw(st.sampled_from(["fulfilled_at", "cancelled_at"]))
    ends = {} if end is None else {how: on(end)}
    return DeliveryHistory(promises, issues=issues, owner=draw(st.sampled_from(owners)), **ends)


def by_hand(order, review=REVIEW):
    """What became of one order and since which day it is late: on each evening, was the promise then in force for that day?"""
    placed = order.promises[0][0]
    if placed > review:
        return "ahead", None
    end, how = order.fulfilled_at or order.cancelled_at, "kept" if order.fulfilled_at else "cancelled"
    if end is None or end > review:
        end, how = review, "pending"
    told = [at for _, at, _ in order.issues if at is not None]
    told += [at for at, _, beyond in order.issues if beyond]
    excused = False
    for day in (placed + n * DAY for n in range((end - placed).days)):
        said, due = [one for one in order.promises if one[0] <= day][-1]
        if due != day:
            continue
        if not any(said < at <= day for at in told):
            return "late", day
        excused = True
    if how == "kept":
        return ("on_time" if end <= order.promises[0][1] else "excused"), None
    return ("excused" if excused and how == "pending" else how), None


def counted(report):
    counts = report.counts
    return Counter(
        on_time=counts.on_time,
        excused=counts.excused,
        cancelled=counts.cancelled,
        pending=counts.pending,
        ahead=counts.ahead,
        late=report.late,
    )


@given(st.lists(orders(), max_size=9))
def test_every_order_is_judged_as_by_hand(some):
    """Every order is in one place, and a late one is late from its first promise broken without excuse."""
    report = on_time_delivery(some, as_of=REVIEW)
    found = [by_hand(one) for one in some]
    assert counted(report) == Counter(what for what, _ in found)
    assert report.rate.hits + report.late == report.rate.trials
    ends = [min(one.fulfilled_at or one.cancelled_at or REVIEW, REVIEW) for one in some]
    late = Counter(
        (end - day) // timedelta(microseconds=1) for end, (_, day) in zip(ends, found, strict=True) if day
    )
    times = report.counts.late
    assert Counter(times.finished) + Counter(times.open) + Counter(times.lost) == late
    known = [
        (at, told)
        for one in some
        if one.promises[0][0] <= REVIEW
        for at, told, _ in one.issues
        if at <= REVIEW
    ]
    assert report.telling.finished + report.untold == len(known)
    assert report.untold == sum(told is None or told > REVIEW for _, told in known)


@given(st.lists(orders(), max_size=9))
def test_owners_add_up_to_the_whole(some):
    parts = on_time_delivery(iter(some), as_of=REVIEW, by="owner")
    assert parts.total == on_time_delivery(some[::-1], as_of=REVIEW)
    assert sum((part.rate for part in parts.values()), Rate(0, 0)) == parts.total.rate
    north, south = some[::2], some[1::2]
    added = reduce_on_time_delivery(north, as_of=REVIEW) + reduce_on_time_delivery(south, as_of=REVIEW)
    assert finish_on_time_delivery(added) == parts.total


@given(orders(), st.integers(0, 15))
def test_what_is_late_once_is_late_for_good(order, days):
    """A promise made after the broken one does not mend it."""
    if on_time_delivery([order], as_of=REVIEW).late:
        assert on_time_delivery([order], as_of=REVIEW + days * DAY).late == 1


@given(orders())
def test_whoever_is_told_in_time_is_never_late(order):
    """A notice on the promised day itself is in time; on the day of the promise it belongs to the promise."""
    notices = [(due, due, False) for said, due in order.promises if due > said]
    told = order._replace(issues=[*order.issues, *notices])
    report = on_time_delivery([told], as_of=on(60))
    same_day = any(said == due for said, due in order.promises)
    assert not report.late or same_day


PROMISED = [(on(0), on(9))]
CASES = {
    "early": (DeliveryHistory(PROMISED, on(6)), "on_time"),
    "on the day": (DeliveryHistory(PROMISED, on(9)), "on_time"),
    "a day late": (DeliveryHistory(PROMISED, on(10)), "late"),
    "told on the day": (DeliveryHistory(PROMISED, on(12), issues=[(on(8), on(9), False)]), "excused"),
    "told the day after": (DeliveryHistory(PROMISED, on(12), issues=[(on(8), on(10), False)]), "late"),
    "known, and not told": (DeliveryHistory(PROMISED, on(12), issues=[(on(8), None, False)]), "late"),
    "force majeure": (DeliveryHistory(PROMISED, on(12), issues=[(on(8), None, True)]), "excused"),
    "a flood after the day": (DeliveryHistory(PROMISED, on(12), issues=[(on(10), None, True)]), "late"),
    "promised anew in time": (DeliveryHistory([*PROMISED, (on(9), on(14))], on(13)), "excused"),
    "promised anew too late": (DeliveryHistory([*PROMISED, (on(10), on(14))], on(13)), "late"),
    "the new promise broken": (DeliveryHistory([*PROMISED, (on(7), on(14))], on(15)), "late"),
    "told with the new promise only": (
        DeliveryHistory([*PROMISED, (on(7), on(14))], on(15), issues=[(on(6), on(7), False)]),
        "late",
    ),
    "told of both": (
        DeliveryHistory([*PROMISED, (on(7), on(14))], on(15), issues=[(on(12), on(13), False)]),
        "excused",
    ),
    "brought forward and missed": (DeliveryHistory([*PROMISED, (on(2), on(5))], on(7)), "late"),
    "open and past its day": (DeliveryHistory(PROMISED), "late"),
    "open, its day to come": (DeliveryHistory([(on(0), on(20))]), "pending"),
    "open, promised anew": (DeliveryHistory([*PROMISED, (on(8), on(25))]), "pending"),
    "open after force majeure": (DeliveryHistory(PROMISED, issues=[(on(5), on(6), True)]), "excused"),
    "cancelled in time": (DeliveryHistory(PROMISED, cancelled_at=on(9)), "cancelled"),
    "cancelled because it was late": (DeliveryHistory(PROMISED, cancelled_at=on(12)), "late"),
    "fulfilled after the review": (DeliveryHistory([(on(0), on(30))], on(28)), "pending"),
    "placed after the review": (DeliveryHistory([(on(21), on(30))], on(28)), "ahead"),
}


@pytest.mark.parametrize("name", CASES)
def test_early_is_on_time_and_later_only_with_an_excuse(name):
    """The rule of the source, case by case."""
    order, wanted = CASES[name]
    assert by_hand(order)[0] == wanted
    assert +counted(on_time_delivery([order], as_of=REVIEW)) == Counter([wanted])


def test_what_came_at_the_very_review_came():
    order = DeliveryHistory([(on(0), on(20))], on(20))
    assert order.fulfilled_at == REVIEW
    assert +counted(on_time_delivery([order], as_of=REVIEW)) == Counter(["on_time"])
    called_off = DeliveryHistory([(on(0), on(20))], cancelled_at=on(20))
    assert +counted(on_time_delivery([called_off], as_of=REVIEW)) == Counter(["cancelled"])


@pytest.mark.parametrize("name", CASES)
def test_promises_and_issues_are_read_in_any_order(name):
    order, wanted = CASES[name]
    turned = order._replace(promises=order.promises[::-1], issues=[*order.issues[::-1]])
    assert +counted(on_time_delivery([turned], as_of=REVIEW)) == Counter([wanted])


def test_how_late_and_how_long_kept_in_the_dark():
    report = on_time_delivery([order for order, _ in CASES.values()], as_of=REVIEW)
    assert str(report) == (
        "16.7% (2 of 12) on time, 1 late and open; 5 excused, 1 cancelled, 3 pending; told after 24.0 h, 3 untold"
    )
    assert (report.lateness.finished, report.lateness.open, report.lateness.lost) == (8, 1, 1)
    assert report.to_rows() == [
        {
            "on_time": 2,
            "late": 10,
            "late_open": 1,
            "excused": 5,
            "cancelled": 1,
            "pending": 3,
            "rate": 2 / 12,
            "low": report.rate.interval().low,
            "high": report.rate.interval().high,
            "late_median_days": 3.0,
            "told": 5,
            "untold": 3,
            "told_median_days": 1.0,
        }
    ]
    assert repr(report) == f"<OnTimeDelivery: {report}>"
    assert "<table>" in report._repr_html_()
    assert pickle.loads(pickle.dumps(report)) == report
    assert report.undefined is None


@given(st.lists(deliveries(), max_size=4), st.integers(0, 40))
def test_every_record_is_judged_as_its_row(some, days):
    """A record and the plain row of the same facts say the same, in whatever zones its times are."""
    review = datetime(2025, 1, 1, tzinfo=UTC) + days * 30 * DAY
    rows = [
        DeliveryHistory(one.promises, one.fulfilled_at, one.cancelled_at, [issue[:3] for issue in one.issues])
        for one in some
    ]
    found = on_time_delivery(some, as_of=review)
    assert found == on_time_delivery(rows, as_of=review)
    assert sum(counted(found).values()) == len(some)


def test_a_quarter_has_the_orders_promised_for_it():
    rows = [DeliveryHistory([(on(0), on(day))], on(1), owner="sara") for day in (5, 40)]
    report = on_time_delivery(rows, as_of=on(60), period=Period.month(2026, 3))
    assert (report.rate, report.counts.out_of_period) == (Rate(1, 1), 1)


def test_nothing_kept_or_broken_is_undefined():
    report = on_time_delivery([CASES["open, its day to come"][0]], as_of=REVIEW)
    assert (report.rate.value, report.undefined) == (None, "no promise has been kept or broken yet")


def test_records_are_read_as_they_are():
    """The record and its row say the same, to the minute."""
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def order(number):
        promised = noon + 9 * DAY
        return Delivery.place(
            OrderId(f"D-{number}"), customer_id=CustomerId("C-1"), promised_at=promised, at=noon
        ).start(at=noon)

    kept = order(1).fulfil(at=noon + 9 * DAY)
    late = order(2).fulfil(at=noon + 9 * DAY + timedelta(minutes=1))
    told = order(3).raise_issue("delay", at=noon + DAY)
    told = told.tell_customer(0, at=noon + 2 * DAY, promised_at=noon + 12 * DAY)
    told = told.resume(at=noon + 3 * DAY).fulfil(at=noon + 11 * DAY)
    report = on_time_delivery(
        [kept, late, told, order(4).cancel(reason="x", at=noon + DAY)], as_of=noon + 30 * DAY
    )
    assert +counted(report) == Counter(on_time=1, late=1, excused=1, cancelled=1)
    assert report.lateness.median == timedelta(minutes=1)
    assert report.telling.median == DAY
    assert (
        on_time_delivery([kept, late], as_of=noon + 30 * DAY, by=lambda one: one.customer_id)["C-1"].late == 1
    )


@pytest.mark.parametrize(
    ("order", "error", "message"),
    [
        (DeliveryHistory([], id="D-7"), LogError, r"order 2 \('D-7'\) has no promise"),
        (
            DeliveryHistory([(on(3), on(2))]),
            LogError,
            "order 2 cannot be promised for 2026-03-03 at 2026-03-04",
        ),
        (
            DeliveryHistory([(on(3), on(9))], on(2)),
            LogError,
            "order 2 ended at 2026-03-03, before it was placed",
        ),
        (DeliveryHistory(PROMISED, on(2), on(3)), LogError, "was fulfilled at .* and cancelled at"),
        (
            DeliveryHistory(PROMISED, issues=[(on(3), on(2), False)]),
            LogError,
            "issue 1 of order 2 was told at 2026-03-03, before we knew of it at 2026-03-04",
        ),
        (
            DeliveryHistory(PROMISED, issues=[(on(3), on(4))]),
            LogError,
            "issue 1 of order 2 is no row of found_at",
        ),
        (DeliveryHistory(PROMISED, issues=[(on(3), None, "no")]), LogError, "by True or False, got 'no'"),
        (DeliveryHistory([(datetime(2026, 3, 1), on(9))]), NaiveTimeError, "order 2 has a naive datetime"),
    ],
)
def test_what_cannot_be_an_order_is_refused_by_name(order, error, message):
    with pytest.raises(error, match=message):
        on_time_delivery([CASES["early"][0], order], as_of=REVIEW)


def test_a_label_that_is_not_there_is_refused():
    bare = SimpleNamespace(promises=PROMISED, issues=(), fulfilled_at=None, cancelled_at=None)
    assert on_time_delivery([bare], as_of=REVIEW).late == 1
    with pytest.raises(LogError, match="by='owner' asks for an attribute that order 1 does not have"):
        on_time_delivery([bare], as_of=REVIEW, by="owner")
    with pytest.raises(TypeError, match="unsupported operand"):
        DeliveryCounts() + 1
