"""What goes wrong after the sale, and whether it is put right."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError
from salesproc.errors import UnknownName
from salesproc.metrics import (
    Incident,
    IncidentCounts,
    IncidentKind,
    IncidentKindCounts,
    finish_incident_report,
    incident_report,
    reduce_incident_report,
)

START = date(2026, 3, 1)
REVIEW = START + timedelta(days=30)


def on(day):
    return START + timedelta(days=day)


@st.composite
def incidents(draw, customers="abcd"):
    at = draw(st.integers(0, 35))
    ended = draw(st.none() | st.integers(at, 40))
    return (
        draw(st.sampled_from(customers)),
        draw(st.sampled_from([*IncidentKind])),
        on(at),
        None if ended is None else on(ended),
        draw(st.sampled_from([None, "", "late", "broken"])),
    )


@given(st.lists(incidents(), max_size=12))
def test_every_incident_is_counted_once(rows):
    """Every row up to the review is of one kind, open or resolved, with a reason or without."""
    report = incident_report(rows, as_of=REVIEW)
    seen = [row for row in rows if row[2] <= REVIEW]
    assert report.after_as_of == len(rows) - len(seen)
    assert {row.kind: row.incidents for row in report.rows} == Counter(str(row[1]) for row in seen)
    for row in report.rows:
        mine = [one for one in seen if one[1] == row.kind]
        resolved = [one for one in mine if one[3] is not None and one[3] <= REVIEW]
        assert (row.resolved, row.open) == (len(resolved), len(mine) - len(resolved))
        assert row.customers == len({one[0] for one in mine})
        assert {why.cause: why.cases for why in row.reasons} == Counter(one[4] or None for one in mine)
        ages = Counter((min(one[3] or REVIEW, REVIEW) - one[2]) // timedelta(microseconds=1) for one in mine)
        counts = row.resolution.counts
        assert Counter(counts.finished) + Counter(counts.open) == ages
    assert report.open == sum(row.open for row in report.rows)
    assert (report.undefined is None) == bool(seen)


@given(st.lists(incidents("ab"), max_size=8), st.lists(incidents("cd"), max_size=8))
def test_regions_add_up(north, south):
    parts = reduce_incident_report(north, as_of=REVIEW) + reduce_incident_report(south, as_of=REVIEW)
    assert finish_incident_report(parts, orders=9) == incident_report(north + south, as_of=REVIEW, orders=9)


ROWS = [
    Incident("ann", "complaint", on(0), on(2), "late"),
    Incident("ann", "complaint", on(1), on(5), "late"),
    Incident("bob", "complaint", on(2), None, None),
    Incident("cid", IncidentKind.RETURN, on(3), on(40), "<b>"),
    Incident("dan", "return", on(31)),
]


def test_a_month_of_them():
    report = incident_report(ROWS, as_of=REVIEW, orders=50)
    complaint = report["complaint"]
    assert (complaint.incidents, complaint.customers, complaint.open, complaint.resolved) == (3, 2, 1, 2)
    assert complaint.per_order.exact == Fraction(3, 50)
    assert complaint.resolution.median == timedelta(days=4)
    assert complaint.reasons.named.exact == Fraction(2, 3)
    assert report["return"].open == 1
    assert (report.open, report.after_as_of, report.orders) == (2, 1, 50)
    with pytest.raises(UnknownName, match="kind of incident 'refund'"):
        report["refund"]


def test_the_same_kind_in_two_regions():
    parts = [reduce_incident_report(rows, as_of=REVIEW) for rows in (ROWS[:2], ROWS[2:])]
    assert finish_incident_report(parts[0] + parts[1]) == incident_report(ROWS, as_of=REVIEW)


def test_those_that_stand_keep_the_time_honest():
    """Nine wait for a month, one was put right in a day: the median is not one day."""
    rows = [("a", "complaint", on(0), None, None)] * 9 + [("b", "complaint", on(0), on(1), None)]
    times = incident_report(rows, as_of=REVIEW)["complaint"].resolution
    assert times.median is None
    assert times.finished_only_median == timedelta(days=1)


def test_more_complaints_than_orders_are_no_share():
    assert incident_report(ROWS, as_of=REVIEW, orders=2)["complaint"].per_order.value == 1.5


def test_a_rate_needs_orders():
    per_order = incident_report(ROWS, as_of=REVIEW)["complaint"].per_order
    assert (per_order.value, per_order.undefined) == (None, "the number of orders was not given")
    none = incident_report(ROWS, as_of=REVIEW, orders=0)["complaint"].per_order
    assert (none.value, none.undefined) == (None, "there were no orders")


def test_rows_as_lists_and_aware_times_do_as_well():
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    found = incident_report(
        [["a", "return", noon, noon + timedelta(hours=1), None, "more"]], as_of=noon + timedelta(days=1)
    )
    assert found["return"].resolution.median == timedelta(hours=1)


def test_the_report_shows_itself():
    report = incident_report(ROWS, as_of=REVIEW, orders=50)
    assert repr(report) == "<IncidentReport: 3 complaint, 1 return; 2 open>"
    assert str(report).splitlines() == [
        "kind       incidents  open  per order  median time",
        "complaint          3     1       6.0%        4.0 d",
        "return             1     1       2.0%          n/a",
    ]
    assert report.to_rows()[0] == {
        "kind": "complaint",
        "incidents": 3,
        "customers": 2,
        "open": 1,
        "resolved": 2,
        "per_order": 0.06,
        "median_days": 4.0,
        "with_reason": 2 / 3,
    }
    nothing = incident_report([], as_of=REVIEW)
    assert repr(nothing) == "<IncidentReport: none; 0 open>"
    assert nothing.undefined == "no incident is recorded, which may also mean that nobody records any"
    hostile = incident_report([("a", "<b>", on(0), None, None)], as_of=REVIEW)
    assert "<b>" not in hostile._repr_html_()
    assert pickle.loads(pickle.dumps(report)) == report


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (
            ("a", "return", on(1)),
            LogError,
            "incident 1 is no row of customer, kind, at, resolved_at, reason",
        ),
        (7, LogError, "incident 1 is no row of customer"),
        (([], "return", on(1), None, None), LogError, "incident 1 has a customer that cannot be looked up"),
        (("a", "", on(1), None, None), LogError, "incident 1 has no kind"),
        (
            ("a", "return", on(3), on(2), None),
            LogError,
            "incident 1 was put right at 2026-03-03, before it was raised at 2026-03-04",
        ),
        (("a", "return", None, None, None), NaiveTimeError, "incident 1 has no time: None"),
        (
            ("a", "return", datetime(2026, 3, 1), None, None),
            NaiveTimeError,
            "incident 1 has a naive datetime",
        ),
    ],
)
def test_refusals(row, error, message):
    with pytest.raises(error, match=message):
        incident_report([row], as_of=REVIEW)


def test_what_is_no_count_is_refused():
    with pytest.raises(ValueError, match="orders must be a whole number, 0 or more, got -1"):
        incident_report([], as_of=REVIEW, orders=-1)
    for counts in (IncidentCounts(), IncidentKindCounts()):
        with pytest.raises(TypeError, match="unsupported operand"):
            counts + 1
