"""At every renewal, how many had the choice, stayed and left."""

import pickle
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period, PeriodError, shifted
from salesproc.lifetime import contract_tenures, fit_shifted_beta_geometric, tenures_from_survivors

START, REVIEW = date(2023, 1, 31), date(2025, 6, 30)
UNITS = {
    "day": lambda start, n: start + timedelta(days=n),
    "week": lambda start, n: start + timedelta(weeks=n),
    "month": lambda start, n: shifted(start, months=n),
    "quarter": lambda start, n: shifted(start, months=3 * n),
    "year": lambda start, n: shifted(start, years=n),
}
STAYS = st.lists(
    st.tuples(st.integers(0, 900), st.none() | st.integers(0, 900)).map(
        lambda stay: (
            START + timedelta(days=stay[0]),
            None if stay[1] is None else START + timedelta(days=sum(stay)),
        )
    ),
    max_size=8,
).map(lambda stays: [(f"C{n}", *stay) for n, stay in enumerate(stays)])


@given(STAYS, st.sampled_from(sorted(UNITS)))
def test_renewals_are_counted_one_by_one(rows, unit):
    """The same by walking from renewal to renewal; who left before one that is still to come has not come to it."""
    lost, kept, early, ahead = {}, {}, {}, 0
    for _, since, until in rows:
        if since > REVIEW:
            ahead += 1
            continue
        gone = until is not None and until <= REVIEW
        end, passed = until if gone else REVIEW, 0
        while UNITS[unit](since, passed + 1) < end or (not gone and UNITS[unit](since, passed + 1) == end):
            passed += 1
        into, key = (lost, passed + 1) if gone else (kept, passed)
        if gone and UNITS[unit](since, passed + 1) > REVIEW:
            into, key = early, passed
        into[key] = into.get(key, 0) + 1
    found = contract_tenures(iter(rows), as_of=REVIEW, unit=unit)
    assert (found.lost, found.kept, found.under_way, found.after_as_of) == (lost, kept, early, ahead)
    assert found.customers == len(rows) - ahead


@given(STAYS)
def test_cohorts_add_up(rows):
    cohorts = [Period(START, date(2024, 1, 1)), Period(date(2024, 1, 1), date(2026, 1, 1))]
    parts = [contract_tenures(rows, as_of=REVIEW, unit="month", period=period) for period in cohorts]
    whole = contract_tenures(rows, as_of=REVIEW, unit="month")
    both = parts[0] + parts[1]
    assert (both.lost, both.kept) == (
        {n: whole.lost[n] for n in both.lost},
        {n: whole.kept[n] for n in both.kept},
    )
    assert both.customers == whole.customers
    assert both.out_of_period == whole.customers


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8).map(lambda some: sorted(some, reverse=True)))
def test_a_table_of_survivors_is_the_same_as_its_customers(survivors):
    table = tenures_from_survivors(survivors, unit="week")
    today = START + timedelta(weeks=len(survivors) - 1)
    rows = [(n, START, None) for n in range(survivors[-1])]
    for at in range(1, len(survivors)):
        end = START + timedelta(weeks=at)
        rows += [((at, n), START, end) for n in range(survivors[at - 1] - survivors[at])]
    assert contract_tenures(rows, as_of=today, unit="week") == table
    seen = table.renewals()
    assert [at_risk for at_risk, _ in seen if at_risk] == [one for one in survivors[:-1] if one][: len(seen)]


def test_several_cohorts_share_the_renewals_they_have_in_common():
    both = tenures_from_survivors([100, 60, 40], unit="year") + tenures_from_survivors(
        [200, 140], unit="year"
    )
    assert both.renewals() == ((300, 100), (60, 20))
    rows = both.to_rows()
    assert [row["retention"] for row in rows] == pytest.approx([2 / 3, 2 / 3])
    assert [row["survival"] for row in rows] == pytest.approx([2 / 3, 4 / 9])
    assert str(both) == "300 customers, 180 still there, 120 left, renewed by the year"
    with pytest.raises(ValueError, match="counts add up only with the same unit, got 'year' and 'month'"):
        both + tenures_from_survivors([3, 2], unit="month")
    with pytest.raises(TypeError):
        both + 1


def test_a_renewal_nobody_came_to_is_shown_as_such():
    """A young cohort and the only customer who stayed long enough to skip a renewal of theirs."""
    found = contract_tenures([("ann", START, date(2023, 2, 5))], as_of=REVIEW, unit="week")
    assert found.renewals() == ((1, 1),)
    nobody = contract_tenures([], as_of=REVIEW, unit="week")
    assert (nobody.renewals(), nobody.undefined) == ((), "nobody has come to a renewal")
    young = contract_tenures([("ann", REVIEW, None)], as_of=REVIEW, unit="month")
    assert young.undefined == "nobody has come to a renewal"


def test_a_gap_between_cohorts_keeps_the_share():
    from salesproc.lifetime import ContractTenures

    gap = ContractTenures(lost={1: 2}, kept={1: 1, 3: 0}, unit="year")
    assert [row["retention"] for row in gap.to_rows()] == [pytest.approx(1 / 3), None, None]
    assert [row["survival"] for row in gap.to_rows()] == pytest.approx([1 / 3] * 3)


def test_days_of_a_contract_begin_where_the_review_is():
    """At 23:30 in London a day has begun in Berlin, and with it the month of the contract."""
    berlin = ZoneInfo("Europe/Berlin")
    since = datetime(2025, 1, 31, 23, 30, tzinfo=UTC)
    until = datetime(2025, 3, 1, 12, tzinfo=UTC)
    here = contract_tenures([("ann", since, until)], as_of=datetime(2025, 6, 1, tzinfo=berlin), unit="month")
    assert here.lost == {1: 1}
    there = contract_tenures([("ann", since, until)], as_of=datetime(2025, 6, 1, tzinfo=UTC), unit="month")
    assert there.lost == {2: 1}


def test_customers_can_be_drawn_again():
    table = tenures_from_survivors([100, 60, 40], unit="year")
    again = table.resampled(Random(1))
    assert again == table.resampled(Random(1)) != table.resampled(Random(2))
    assert again.customers == 100
    assert table.kept.keys() >= again.kept.keys()
    assert pickle.loads(pickle.dumps(again)) == again
    empty = contract_tenures([], as_of=REVIEW, unit="week")
    assert empty.resampled(Random(1)) == empty


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (("ann", START, None), LogError, "row 2 names 'ann' a second time, after row 1; join the contracts"),
        (("bob", START, date(2023, 1, 1)), LogError, "row 2 ends before it starts"),
        (("bob", START), LogError, "row 2 is no row of customer, since, until"),
        (("bob", datetime(2023, 1, 1), None), NaiveTimeError, "row 2 has a naive datetime"),
    ],
)
def test_rows_that_are_no_stay_are_refused(row, error, message):
    with pytest.raises(error, match=message):
        contract_tenures([("ann", START, None), row], as_of=REVIEW, unit="month")


def test_tables_that_are_none_are_refused():
    with pytest.raises(ValueError, match="survivors must begin with the customers at the start, got none"):
        tenures_from_survivors([], unit="year")
    with pytest.raises(ValueError, match="survivors must not rise, got 60 and then 61 after renewal 2"):
        tenures_from_survivors([100, 60, 61], unit="year")
    with pytest.raises(
        TypeError, match="survivors after renewal 1 must be a whole number, 0 or more, got 0.869"
    ):
        tenures_from_survivors([1, 0.869], unit="year")
    with pytest.raises(PeriodError, match="there is no unit 'years'; did you mean 'year'"):
        tenures_from_survivors([3, 2], unit="years")
    with pytest.raises(PeriodError):
        contract_tenures([], as_of=REVIEW, unit="fortnight")
    with pytest.raises(TypeError, match="period must be a Period"):
        contract_tenures([], as_of=REVIEW, unit="month", period=(START, REVIEW))


def test_leaving_within_a_year_does_not_bias_the_model():
    """Customers who give notice half-way through a year they will not renew, reviewed while many such years are under way."""
    chance, review = Random(20260101), date(2025, 6, 30)
    rows = []
    for n in range(5000):
        since = date(2020, 1, 1) + timedelta(days=chance.randrange(1826))
        leaves, renewals = chance.betavariate(2, 6), 1
        while chance.random() >= leaves:
            renewals += 1
        end = shifted(since, years=renewals - 1) + timedelta(days=chance.randrange(1, 365))
        rows.append((n, since, end if end <= review else None))
    tenures = contract_tenures(rows, as_of=review, unit="year")
    assert sum(tenures.under_way.values()) > 300
    model = fit_shifted_beta_geometric(tenures)
    for renewals, truth in ((1, 6 / 8), (2, 6 / 8 * 7 / 9), (4, 6 / 8 * 7 / 9 * 8 / 10 * 9 / 11)):
        stays = model.estimate_of(lambda one, renewals=renewals: one.survival(renewals), confidence=0.999)
        assert stays.low < truth < stays.high


def test_who_left_in_a_period_under_way_is_told_apart():
    rows = [("ann", date(2025, 6, 1), date(2025, 6, 20)), ("bob", date(2025, 6, 1), None)]
    found = contract_tenures(rows, as_of=date(2025, 6, 30), unit="month")
    assert (found.lost, found.kept, found.under_way) == ({}, {0: 1}, {0: 1})
    assert str(found) == (
        "2 customers, 1 still there, 1 left (1 in a period under way), renewed by the month"
    )
    assert found.undefined == "nobody has come to a renewal"
    assert found.resampled(Random(1)).customers == 2
    later = contract_tenures(rows, as_of=date(2025, 7, 1), unit="month")
    assert (later.lost, later.kept, later.under_way) == ({1: 1}, {1: 1}, {})
