"""What will close in the period, by category, and how good such forecasts were."""

import pickle
from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, NaiveTimeError, Period, Rate, UnknownName
from salesproc.metrics import (
    FORECAST_CATEGORIES,
    AccuracyCounts,
    Deal,
    ForecastCall,
    RollupCounts,
    finish_forecast_accuracy,
    finish_forecast_rollup,
    forecast_accuracy,
    forecast_rollup,
    reduce_forecast_accuracy,
    reduce_forecast_rollup,
)
from salesproc.records import Contact, Opportunity, OpportunityId

Q1 = Period.quarter(2025, 1)
REVIEW = date(2025, 4, 30)
DAYS = st.dates(date(2024, 12, 1), date(2025, 4, 30))
STAGES = {"contract": "commit", "offer": "best_case", "demo": "pipeline", "parked": "omitted"}


@st.composite
def deals(draw):
    opened, closed = sorted([draw(DAYS), draw(DAYS)])
    outcome = draw(st.sampled_from(["open", "open", "won", "lost"]))
    return Deal(
        draw(st.none() | st.decimals(0, 1000, places=2).map(lambda amount: Money(amount, "EUR"))),
        opened,
        None if outcome == "open" else closed,
        outcome,
        stage=draw(st.sampled_from([*STAGES, "new"])),
        close_date=draw(st.none() | DAYS),
        owner=draw(st.sampled_from(["ann", "bo"])),
    )


LISTS = st.lists(deals(), max_size=6)


def worth(group):
    return Decimal(0) if group.money is None else group.money.amount


@given(LISTS)
def test_every_deal_is_in_one_place(found):
    """What is in a category, without one, without a day and elsewhere are all the deals there are."""
    result = forecast_rollup(iter(found), STAGES, period=Q1, as_of=REVIEW)
    counts = result.counts
    placed = sum(group.deals for group in counts.categories.values())
    assert (
        placed + counts.uncategorised.deals + counts.undated.deals + counts.overdue.deals + counts.elsewhere
        == len(found)
    )
    for category in ("commit", "most_likely", "best_case", "pipeline"):
        due = [
            d for d in found
            if d.outcome == "open" and d.close_date is not None and d.close_date in Q1 and STAGES.get(d.stage) == category
        ]  # fmt: skip
        assert result[category].alone.deals == len(due)
        assert worth(result[category].alone) == sum(d.amount.amount for d in due if d.amount is not None)
    assert result["closed"].alone.deals == sum(d.outcome == "won" and d.closed_at in Q1 for d in found)


@given(LISTS)
def test_each_category_together_is_what_is_won_and_all_surer_ones(found):
    """The last one is what is won and the whole open pipeline."""
    result = forecast_rollup(found, STAGES, period=Q1, as_of=REVIEW)
    for i, row in enumerate(result.rows):
        assert row.together.deals == sum(one.alone.deals for one in result.rows[: i + 1])
        assert worth(row.together) == sum(worth(one.alone) for one in result.rows[: i + 1])
    won, last = result["closed"].alone, result.rows[-1].together
    assert worth(result.open_pipeline) == worth(last) - worth(won)
    assert result.open_pipeline.deals == last.deals - won.deals


@given(LISTS, LISTS)
def test_forecasts_of_disjoint_deals_add_up(north, south):
    one, two = (reduce_forecast_rollup(part, STAGES, period=Q1, as_of=REVIEW) for part in (north, south))
    whole = forecast_rollup(south + north, STAGES, period=Q1, as_of=REVIEW)
    assert finish_forecast_rollup(one + two) == whole
    assert forecast_rollup(north + south, STAGES, period=Q1, as_of=REVIEW, by="owner").total == whole
    with pytest.raises(TypeError):
        one + 1


def test_a_forecast_worked_by_hand():
    """500 won, 300 committed, 100 likely: the commit call is 800, the open pipeline 400."""
    jan, feb = date(2025, 1, 6), date(2025, 2, 3)
    categories = {"D-2": "commit", "D-3": "most_likely", "D-4": "omitted", "D-5": None}
    found = [
        Deal(Money(amount, "EUR"), jan, feb if name == "D-1" else None, "won" if name == "D-1" else "open", name, close_date=feb)
        for name, amount in (("D-1", 500), ("D-2", 300), ("D-3", 100), ("D-4", 70), ("D-5", 30))
    ]  # fmt: skip
    undated = Deal(None, jan, None, "open", "D-6")
    result = forecast_rollup([*found, undated], lambda deal: categories[deal.id], period=Q1, as_of=feb)
    assert result["commit"].together.money == Money(800, "EUR")
    assert result.open_pipeline.money == Money(400, "EUR")
    assert [row["value_together"] for row in result.to_rows()] == ["500", "800", "900", "900", "900"]
    assert [row["value"] for row in result.to_rows()] == ["500", "300", "100", None, None]
    assert str(result).endswith(
        "left out: 1 omitted, 1 without a category, 1 without a day, 0 overdue from before"
    )
    assert str(result).splitlines()[4].split() == ["best_case", "0", "n/a", "900.00", "EUR"]
    assert "<td>commit</td><td>1</td><td>300</td><td>2</td><td>800</td>" in result._repr_html_()
    assert [row.category for row in result.rows[1:]] == list(FORECAST_CATEGORIES)
    with pytest.raises(UnknownName, match="comit"):
        result["comit"]


def test_a_rollup_is_a_value():
    result = forecast_rollup([Deal(Money(5, "EUR"), REVIEW, REVIEW, "won")], {}, period=Q1, as_of=REVIEW)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy(result) == deepcopy(result) == result
    assert [row["currency"] for row in result.to_rows()] == [None] * 5
    assert repr(result) == "<Rollup: closed n/a, commit n/a, most_likely n/a, best_case n/a, pipeline n/a>"


def test_records_have_forecasts_in_days_and_in_instants():
    """A deal is due on a day; a period of instants has days of its own clock."""
    noon = datetime(2025, 1, 6, 12, tzinfo=UTC)
    deal = Opportunity.open(
        OpportunityId("O-1"), at=noon, contact=Contact("Lin Wei"), amount=Money(9, "USD"), close_date=date(2025, 3, 31)
    )  # fmt: skip
    won = Deal(Money(5, "USD"), noon, noon, "won")
    for period in (Q1, Period.quarter(2025, 1, tz="America/New_York")):
        result = forecast_rollup([deal], {deal.stage: "commit"}, period=period, as_of=noon)
        assert result["commit"].together.money == Money(9, "USD")
        closed = forecast_rollup([won._replace(close_date=None)], {}, period=period, as_of=noon)
        assert closed["closed"].alone.deals == 1


def test_a_category_that_would_vanish_is_refused():
    """Some tools drop the deals of a category they do not know."""
    found = [Deal(None, Q1.start, None, "open", "D-1", stage="offer", close_date=Q1.start)]
    with pytest.raises(LogError, match=r"deal 1 \('D-1'\) is in the category 'most likely'.*most_likely"):
        forecast_rollup(found, {"offer": "most likely"}, period=Q1, as_of=REVIEW)
    with pytest.raises(LogError, match="deal 1 has the stage None"):
        forecast_rollup([found[0]._replace(stage=None, id=None)], {}, period=Q1, as_of=REVIEW)


def test_orders_that_are_none_and_sums_over_two_orders_are_refused():
    for order in (("commit", "commit"), ("closed", "commit"), ("omitted",)):
        with pytest.raises(ValueError, match="names each category of open deals once"):
            forecast_rollup([], {}, period=Q1, as_of=REVIEW, order=order)
    with pytest.raises(ValueError, match="add up only with the same"):
        RollupCounts(order=("a",)) + RollupCounts(order=("b",))


def test_a_deal_without_a_close_date_field_and_two_currencies_are_refused():
    class Bare:
        amount, opened_at, closed_at, outcome = None, Q1.start, None, "open"

    with pytest.raises(LogError, match="deal 1 has no close_date"):
        forecast_rollup([Bare()], {}, period=Q1, as_of=REVIEW)
    mixed = [Deal(Money(1, code), Q1.start, None, "open") for code in ("EUR", "USD")]
    with pytest.raises(CurrencyMismatch, match="deal 2 is in USD"):
        forecast_rollup(mixed, {}, period=Q1, as_of=REVIEW)


MONEY = st.integers(0, 200).map(lambda amount: Money(amount, "EUR"))
CALLS = st.lists(
    st.builds(
        ForecastCall, st.just(Q1), DAYS.filter(lambda day: day < Q1.end), MONEY, st.none() | MONEY,
        st.sampled_from(["ann", "bo"]),
    ),
    max_size=8,
)  # fmt: skip


@given(CALLS)
def test_the_bias_lies_within_the_error(calls):
    """Errors to both sides cancel out in the bias and not in the error."""
    result = forecast_accuracy(iter(calls))
    known = [(call.forecast.amount, call.actual.amount) for call in calls if call.actual is not None]
    won = sum(actual for _, actual in known)
    assert result.calls == len(known)
    assert result.counts.pending == len(calls) - len(known)
    assert result.too_high == Rate(sum(said > actual for said, actual in known), len(known))
    if not won:
        assert (result.bias, result.error) == (None, None)
        assert result.undefined is not None
    else:
        assert result.bias == Fraction(sum(actual - said for said, actual in known)) / Fraction(won)
        assert result.error == Fraction(sum(abs(actual - said) for said, actual in known)) / Fraction(won)
        assert abs(result.bias) <= result.error


@given(CALLS, CALLS)
def test_accuracies_add_up(north, south):
    one, two = (reduce_forecast_accuracy(part) for part in (north, south))
    assert finish_forecast_accuracy(one + two) == forecast_accuracy(south + north)
    assert forecast_accuracy(north + south, by="owner").total.counts == one + two
    with pytest.raises(TypeError):
        one + 1


@given(CALLS, st.integers(2, 9))
def test_neither_scale_nor_repetition_changes_error_and_bias(calls, times):
    grown = [
        call._replace(forecast=call.forecast * times, actual=None if call.actual is None else call.actual * times)
        for call in calls
    ]  # fmt: skip
    results = [forecast_accuracy(one) for one in (calls, grown, calls * times)]
    assert len({(result.error, result.bias, result.undefined) for result in results}) == 1


def test_accuracy_worked_by_hand():
    """120 said and 100 won, 250 said and 300 won: off by 70 of 400, and 30 of 400 too little."""
    calls = [ForecastCall(Q1, Q1.start, Money(said, "EUR"), Money(won, "EUR")) for said, won in ((120, 100), (250, 300))]  # fmt: skip
    result = forecast_accuracy([*calls, ForecastCall(Q1, Q1.start, Money(9, "EUR"))])
    assert (result.error, result.bias, result.bias_money) == (
        Fraction(70, 400),
        Fraction(30, 400),
        Money(30, "EUR"),
    )
    assert str(result) == "error 17.5%, bias +7.5% in 2 calls, too high: 50.0% (1 of 2); 1 pending"
    assert result.to_rows() == [
        {"calls": 2, "forecast": "370", "actual": "400", "currency": "EUR", "error": 0.175, "bias": 0.075, "too_high": 1, "pending": 1}
    ]  # fmt: skip
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy(result) == deepcopy(result) == result


def test_a_call_knows_its_own_error():
    call = ForecastCall(Q1, Q1.start, Money(120, "EUR"))
    assert (call.error, call.relative_error) == (None, None)
    assert call._replace(actual=Money(0, "EUR")).relative_error is None
    assert call._replace(actual=Money(160, "EUR")).relative_error == Fraction(1, 4)


def test_no_calls_is_no_accuracy():
    result = forecast_accuracy([])
    assert (result.bias_money, result.too_high.value, result.undefined) == (
        None,
        None,
        "no call can be judged yet",
    )
    assert str(result) == "no accuracy: no call can be judged yet; 0 calls pending"
    assert result.to_rows()[0]["actual"] is None
    assert result.counts == AccuracyCounts()


def test_calls_after_the_fact_and_of_other_kinds_are_refused():
    with pytest.raises(LogError, match="call 1 was called at .*, after its period had ended"):
        forecast_accuracy([ForecastCall(Q1, Q1.end, Money(1, "EUR"))])
    with pytest.raises(NaiveTimeError, match="call 1 was called at"):
        forecast_accuracy([ForecastCall(Q1, datetime(2025, 1, 1, tzinfo=UTC), Money(1, "EUR"))])
    with pytest.raises(LogError, match="call 1 has the amount 5"):
        forecast_accuracy([ForecastCall(Q1, Q1.start, Money(1, "EUR"), 5)])
    with pytest.raises(CurrencyMismatch, match="call 1 is in USD"):
        forecast_accuracy([ForecastCall(Q1, Q1.start, Money(1, "EUR"), Money(1, "USD"))])
    with pytest.raises(CurrencyMismatch, match="call 2 is in USD"):
        forecast_accuracy([ForecastCall(Q1, Q1.start, Money(1, code)) for code in ("EUR", "USD")])
    assert forecast_accuracy([ForecastCall(Q1, Q1.end - timedelta(days=1), Money(1, "EUR"))]).calls == 0
