"""A plan, or a revenue, in months and years that add up."""

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money, MoneyError, Period, PeriodError, shifted
from salesproc.goals import plan_back, roadmap
from salesproc.money import total

AMOUNTS = st.decimals("0.01", 10**7, places=2).map(lambda amount: Money(amount, "EUR"))


def plan_of(revenue=100_000, **options):
    return plan_back(
        Money(revenue, "EUR"),
        ticket=Money(2_500, "EUR"),
        opportunities_per_sale=10,
        contact_time=timedelta(minutes=30),
        contacts_per_day=8,
        working_days=21,
        **options,
    )


def months_from(start, months):
    return Period(start, shifted(start, months=months))


@given(AMOUNTS, st.integers(1, 40), st.integers(1, 12), st.data())
def test_nothing_is_lost_in_months_or_years(revenue, months, first, data):
    weights = data.draw(st.none() | st.lists(st.integers(0, 9), min_size=months, max_size=months).filter(any))
    plan = plan_of(revenue.amount, steps=[("leads", 0.3)])
    period = months_from(date(2026, first, 1), months)
    found = roadmap(plan, period, weights=weights)
    assert total(row.revenue for row in found.months) == total(row.revenue for row in found.years) == revenue
    needed = tuple(level.needed for level in plan.levels)
    for rows in (found.months, found.years):
        assert tuple(map(sum, zip(*(row.counts for row in rows), strict=True))) == needed
        assert (rows[0].period.start, rows[-1].period.end) == (period.start, period.end)
    assert (len(found.months), len(found.years)) == (months, -(-months // 12))
    for n, year in enumerate(found.years):
        parts = found.months[12 * n : 12 * n + 12]
        assert year.revenue == total(row.revenue for row in parts)
    if weights:
        assert all(not row.revenue for row, weight in zip(found.months, weights, strict=True) if not weight)


@given(st.integers(1, 10**5), st.integers(1, 36))
def test_equal_months_differ_by_a_cent_and_by_a_sale_at_most(revenue, months):
    found = roadmap(plan_of(revenue), months_from(date(2026, 1, 1), months)).months[: months // 12 * 12]
    for year in range(0, len(found), 12):
        amounts = [row.revenue.amount for row in found[year : year + 12]]
        sales = [row.counts[-1] for row in found[year : year + 12]]
        assert max(amounts) - min(amounts) <= Decimal("0.01")
        assert max(sales) - min(sales) <= 1


def test_a_million_dollars_in_five_years():
    found = roadmap(Money(1_000_000, "USD"), Period(date(2026, 1, 1), date(2031, 1, 1)))
    assert {row.revenue for row in found.years} == {Money("200000.00", "USD")}
    assert {row.revenue.amount for row in found.months} == {Decimal("16666.67"), Decimal("16666.66")}
    assert found.levels == ()
    assert {row.counts for row in found.months} == {()}


def test_a_month_has_the_opportunities_its_own_sales_need():
    found = roadmap(plan_of(), Period.year(2026), weights=[1] * 6 + [2] * 6)
    assert found.levels == ("opportunities", "sales")
    assert sum(row.counts[1] for row in found.months) == 40
    assert all(opportunities == 10 * sales for opportunities, sales in (row.counts for row in found.months))
    assert found.years[0].counts == (400, 40)


def test_growth_from_year_to_year():
    weights = [Decimal(10)] * 12 + [Decimal(11)] * 12
    found = roadmap(Money(210, "EUR"), months_from(date(2026, 4, 1), 24), weights=weights)
    assert [str(row.revenue) for row in found.years] == ["100.00 EUR", "110.00 EUR"]
    assert [row.period.start for row in found.years] == [date(2026, 4, 1), date(2027, 4, 1)]


def test_a_year_without_weight_has_nothing():
    found = roadmap(plan_of(), months_from(date(2026, 1, 1), 13), weights=[0] * 12 + [1])
    assert [(row.revenue, row.counts) for row in found.years] == [
        (Money("0.00", "EUR"), (0, 0)),
        (Money("100000.00", "EUR"), (400, 40)),
    ]


def test_the_result_shows_itself():
    found = roadmap(plan_of(5_000), months_from(date(2026, 11, 1), 2))
    assert str(found).splitlines() == [
        "from                   revenue  opportunities  sales",
        "month 2026-11-01  2,500.00 EUR             10      1",
        "month 2026-12-01  2,500.00 EUR             10      1",
        "year 2026-11-01   5,000.00 EUR             20      2",
    ]
    assert repr(found) == "<Roadmap: 2 months, 1 years from 2026-11-01>"
    assert found.to_rows()[0] == {
        "month": "2026-11-01",
        "revenue": "2500.00",
        "currency": "EUR",
        "opportunities": 10,
        "sales": 1,
    }
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("period", "weights", "error", "message"),
    [
        (Period(date(2026, 1, 2), date(2026, 3, 1)), None, PeriodError, "period must be whole months"),
        (Period(date(2026, 1, 1), date(2026, 3, 2)), None, PeriodError, "period must be whole months"),
        (
            Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
            None,
            PeriodError,
            "period must be whole months of plain dates, such as Period.year",
        ),
        (
            Period.quarter(2026, 1),
            [1, 2],
            ValueError,
            r"weights must be one per month, 3 here, got 2: \[1, 2\]",
        ),
        (Period.quarter(2026, 1), [0, 0, 0], MoneyError, "weights must be 0 or more with a sum above 0"),
        (Period.quarter(2026, 1), [2, -1, 2], MoneyError, "weights must be 0 or more with a sum above 0"),
        (Period.quarter(2026, 1), [0.5, 0.5, 1], MoneyError, "a weight must be a whole number or a Decimal"),
    ],
)
def test_refusals(period, weights, error, message):
    with pytest.raises(error, match=message):
        roadmap(Money(100, "EUR"), period, weights=weights)


def test_a_negative_revenue_is_refused():
    with pytest.raises(ValueError, match="revenue must be 0 or more"):
        roadmap(Money(-1, "EUR"), Period.year(2026))
