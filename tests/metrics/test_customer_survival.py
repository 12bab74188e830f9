"""How long customers stay, those included who are still there."""

import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError
from salesproc.metrics import (
    customer_lifetimes,
    finish_durations,
    reduce_customer_lifetimes,
    survival_curve,
)
from salesproc.periods import Period

START, REVIEW = date(2024, 1, 1), date(2024, 12, 31)
DAY = timedelta(days=1)


def on(day):
    return START + day * DAY


STAYS = st.lists(
    st.tuples(st.integers(0, 400), st.none() | st.integers(0, 200)).map(
        lambda stay: (on(stay[0]), None if stay[1] is None else on(stay[0] + stay[1]))
    ),
    max_size=12,
).map(lambda stays: [(f"C{number}", *stay) for number, stay in enumerate(stays)])


@given(STAYS)
def test_the_share_still_there_is_the_product_limit_estimate(rows):
    """Age by age: of those followed so long, those who do not leave then."""
    seen = [row for row in rows if row[1] <= REVIEW]
    ages = [
        ((until - since).days, True) if until and until <= REVIEW else ((REVIEW - since).days, False)
        for _, since, until in seen
    ]
    found = customer_lifetimes(rows, as_of=REVIEW)
    assert (found.finished, found.open) == (sum(left for _, left in ages), sum(not left for _, left in ages))
    assert found.counts.after_as_of == len(rows) - len(seen)
    still_there = Fraction(1)
    for point in found.curve():
        age = point.time.days
        at_risk = sum(other >= age for other, _ in ages)
        still_there *= 1 - Fraction(sum(other == age and left for other, left in ages), at_risk)
        assert point.at_risk == at_risk
        assert point.share == pytest.approx(float(1 - still_there), abs=1e-12)


@given(STAYS, st.frozensets(st.integers(0, 11)))
def test_regions_add_up(rows, north):
    def region(customer):
        return int(customer[1:]) in north

    parts = [
        reduce_customer_lifetimes([row for row in rows if region(row[0]) is side], as_of=REVIEW)
        for side in (True, False)
    ]
    whole = customer_lifetimes(rows, as_of=REVIEW)
    assert finish_durations(parts[0] + parts[1]) == whole
    regions = customer_lifetimes(rows, as_of=REVIEW, by=region)
    assert regions.total == whole
    assert sum(one.finished + one.open for one in regions.values()) == whole.finished + whole.open


# Gehan (1965), weeks to relapse under treatment, the standard example of the estimate: relapsed, and still well.
RELAPSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
WELL = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)


def gehan():
    """Patients as customers, all of them looked at on one day."""
    for number, weeks in enumerate(RELAPSED):
        since = REVIEW - timedelta(weeks=60)
        yield f"relapsed {number}", since, since + timedelta(weeks=weeks)
    for number, weeks in enumerate(WELL):
        yield f"well {number}", REVIEW - timedelta(weeks=weeks), None


def test_a_published_survival_curve():
    found = customer_lifetimes(gehan(), as_of=REVIEW)
    assert (found.finished, found.open) == (9, 12)
    assert found.median == timedelta(weeks=23)
    left = {point.time // timedelta(weeks=1): point.share for point in survival_curve(found).points}
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {week: round(left[week], 3) for week in published} == published


def test_an_independent_estimator_agrees():
    statistics = pytest.importorskip("lifelines")
    rows = [(f"C{n}", on(n * 17 % 90), None if n % 3 else on(n * 17 % 90 + n * 29 % 211)) for n in range(60)]
    ages = [((until or REVIEW) - since).days for _, since, until in rows]
    fit = statistics.KaplanMeierFitter().fit(ages, [until is not None for *_, until in rows])
    found = customer_lifetimes(rows, as_of=REVIEW)
    for days in (10, 50, 150, 200):
        assert 1 - found.share_within(days * DAY) == pytest.approx(fit.predict(days), abs=1e-12)


ROWS = [
    ("ann", on(0), on(30)),
    ("bob", on(0), None),
    ("cid", on(60), on(120)),
    ("dan", on(152), None),
    ("eve", on(100), on(500)),
    ("fay", on(400), None),
]


def test_who_leaves_after_the_review_is_still_there():
    found = customer_lifetimes(ROWS, as_of=on(181))
    assert (found.finished, found.open, found.counts.after_as_of) == (2, 3, 1)
    assert found.finished_only_mean == 45 * DAY
    assert found.median == 60 * DAY
    assert customer_lifetimes([("ann", on(0), on(30))], as_of=on(30)).finished == 1
    of_spring = customer_lifetimes(ROWS, as_of=on(181), period=Period(on(60), on(152)))
    assert (of_spring.finished, of_spring.open, of_spring.counts.out_of_period) == (1, 1, 3)
    assert customer_lifetimes([], as_of=REVIEW).why_undefined(0.5) == "nobody was observed"


def test_times_of_day_are_times():
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    found = customer_lifetimes([("ann", noon, noon + timedelta(hours=30))], as_of=noon + 9 * DAY)
    assert found.median == timedelta(hours=30)


def test_the_result_shows_itself():
    found = customer_lifetimes(ROWS, as_of=on(181), by=lambda customer: f"<b>{customer > 'b'}")
    assert "<b>" not in found._repr_html_()
    assert found.total.to_rows()[0]["open"] == 3
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (("eve", on(9), on(8)), LogError, "row 2 ends before it starts: [(]'eve', "),
        (("ann", on(31), None), LogError, "row 2 names 'ann' a second time, after row 1; join the contracts"),
        (("eve", on(9)), LogError, "row 2 is no row of customer, since, until: "),
        ("abc", LogError, "row 2 is no row of customer, since, until: 'abc'"),
        ({"customer": "eve"}, LogError, "row 2 is a mapping"),
        (5, LogError, "row 2 is no row of customer"),
        ((["eve"], on(9), None), LogError, "row 2 has a customer that cannot be looked up"),
        (
            ("eve", on(9), date(9999, 12, 31)),
            LogError,
            "row 2 ends on datetime.date[(]9999, 12, 31[)], which is a placeholder; give None for a customer",
        ),
        (("eve", date(1900, 1, 1), None), LogError, "row 2 has .* a placeholder and no real date"),
        (("eve", datetime(2024, 1, 1), None), NaiveTimeError, "row 2 has a naive datetime"),
        (("eve", on(9), "2024-05-01"), NaiveTimeError, "row 2 has the text '2024-05-01'"),
        (("eve", None, None), NaiveTimeError, "row 2 has no time: None"),
    ],
)
def test_rows_that_are_no_stay_are_refused(row, error, message):
    with pytest.raises(error, match=message):
        customer_lifetimes([("ann", on(0), on(30)), row], as_of=REVIEW)
