"""Results show themselves in one line and as an escaped table."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from salesproc import Money, Period
from salesproc.metrics import (
    Deal,
    DurationCounts,
    ForecastCall,
    finish_durations,
    forecast_accuracy,
    pipeline_coverage,
    quota_attainment,
    ramp_time,
    sales_velocity,
    sla_attainment,
    velocity_change,
    weighted_pipeline,
)

DAY, END = date(2025, 1, 6), date(2025, 3, 31)
QUARTER = Period.quarter(2025, 1)
EUR = Money(100, "EUR")
WON = Deal(EUR, DAY, DAY + timedelta(days=10), "won")
OPEN = Deal(EUR, DAY, None, "open", stage="demo", close_date=END)
VELOCITY = sales_velocity([WON], period=QUARTER, population="closed")
RESULTS = [
    weighted_pipeline([OPEN], {"demo": Decimal("0.3")}, as_of=END),
    pipeline_coverage([OPEN], EUR, period=QUARTER, as_of=END),
    VELOCITY,
    velocity_change(VELOCITY, VELOCITY),
    sla_attainment(finish_durations(DurationCounts(finished={1: 1})), timedelta(days=1)),
    quota_attainment(EUR, EUR),
    ramp_time([("a", 1, 1)], threshold=1),
    ramp_time([("a", 1, 0)], threshold=1),
    forecast_accuracy([ForecastCall(QUARTER, DAY, EUR, EUR)]),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_a_result_is_one_line_and_a_table(result):
    assert repr(result) == f"<{type(result).__name__}: {result}>"
    assert "\n" not in repr(result)
    assert result._repr_html_().startswith("<table>")
    assert all(str(key) in result._repr_html_() for key in result.to_rows()[0])
