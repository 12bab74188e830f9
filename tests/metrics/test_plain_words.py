"""What people get wrong with most metrics is told in words that say what to do."""

from datetime import UTC, date, datetime, timedelta

import pytest

from salesproc import LogError, Money, NaiveTimeError, Period
from salesproc.customers import follow_ups
from salesproc.loyalty import ReferralPolicy, manager_load, referred_orders_share
from salesproc.metrics import (
    Deal,
    PipelineDeal,
    XyzPolicy,
    absorption,
    activity_rates,
    attribute,
    channel_performance,
    cohort_conversion,
    concentration,
    contract_churn,
    conversion_cohorts,
    customer_lifetimes,
    deal_outcomes,
    drop_off,
    event_funnel,
    forecast_rollup,
    lifetime_from_churn,
    lifetime_value,
    loss_reasons,
    outcome_curve,
    pipeline_coverage,
    pipeline_waterfall,
    push_count,
    reduce_absorption,
    repeat_purchase_rate,
    revenue_movement,
    rfm,
    sales_velocity,
    simulate_pipeline,
    slippage,
    stage_funnel,
    stage_outcomes,
    stage_probabilities,
    time_in_stage,
    time_to_convert,
    volume_conversion,
    win_rate,
)
from salesproc.records import Contact, merge_contacts

DAY, AS_OF = date(2026, 1, 5), date(2026, 2, 1)
LOG = [
    ("a", "lead", DAY),
    ("a", "won", date(2026, 1, 9)),
    ("b", "lead", DAY),
    ("b", "lost", date(2026, 1, 7)),
]
ENDS = {"won": ["Won"], "lost": ["lost"]}
MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: stage_funnel(LOG, ["lead", "Won"], as_of=AS_OF),
        lambda: stage_funnel(LOG, ["lead", "won"], lost=["Lost "], as_of=AS_OF),
        lambda: time_to_convert(LOG, "lead", "Won", as_of=AS_OF),
        lambda: cohort_conversion(LOG, "LEAD", "won", as_of=AS_OF),
        lambda: volume_conversion(LOG, "lead", "Won", as_of=AS_OF, period=Period.month(2026, 1)),
        lambda: conversion_cohorts(LOG, "lead", "Won", as_of=AS_OF, window=MONTH),
        lambda: event_funnel(LOG, ["lead", "Won"], as_of=AS_OF, window=None),
        lambda: stage_probabilities(LOG, ["lead"], as_of=AS_OF, **ENDS),
        lambda: absorption(LOG, ["lead"], as_of=AS_OF, **ENDS),
        lambda: stage_outcomes(LOG, ["lead"], as_of=AS_OF, **ENDS),
        lambda: drop_off(LOG, ["lead"], as_of=AS_OF, **ENDS),
        lambda: time_in_stage(LOG, as_of=AS_OF, final=["Won", "lost"]),
    ],
)
def test_a_stage_that_the_log_spells_otherwise_is_told(ask):
    """Without it nobody would be won, and nothing would say so."""
    with pytest.raises(
        LogError, match=r"the log has the stage '\w+', and '[\w ]+' was asked for; write it as the log does"
    ):
        ask()


@pytest.mark.parametrize("period", [(DAY, AS_OF), "2026-01"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda period: stage_funnel(LOG, ["lead", "won"], as_of=AS_OF, period=period),
        lambda period: time_to_convert(LOG, "lead", "won", as_of=AS_OF, period=period),
        lambda period: cohort_conversion(LOG, "lead", "won", as_of=AS_OF, period=period),
        lambda period: volume_conversion(LOG, "lead", "won", as_of=AS_OF, period=period),
        lambda period: conversion_cohorts(LOG, "lead", "won", as_of=AS_OF, window=MONTH, period=period),
        lambda period: event_funnel(LOG, ["lead"], as_of=AS_OF, window=None, period=period),
        lambda period: stage_probabilities(LOG, ["lead"], as_of=AS_OF, period=period),
        lambda period: absorption(LOG, ["lead"], as_of=AS_OF, period=period),
        lambda period: stage_outcomes(LOG, ["lead"], as_of=AS_OF, period=period),
        lambda period: drop_off(LOG, ["lead"], as_of=AS_OF, period=period),
        lambda period: time_in_stage(LOG, as_of=AS_OF, period=period),
        lambda period: deal_outcomes([], as_of=AS_OF, period=period),
        lambda period: loss_reasons([], as_of=AS_OF, period=period),
        lambda period: outcome_curve([], as_of=AS_OF, period=period),
        lambda period: pipeline_coverage([], Money(1, "EUR"), as_of=AS_OF, period=period),
        lambda period: sales_velocity([], period=period, population="closed"),
        lambda period: forecast_rollup([], {}, as_of=AS_OF, period=period),
        lambda period: pipeline_waterfall([], period=period),
        lambda period: pipeline_waterfall([], period=Period.month(2026, 1), due=period),
        lambda period: slippage([], as_of=AS_OF, period=period),
        lambda period: push_count([], counts="later", as_of=AS_OF, period=period),
        lambda period: activity_rates([], reps=["ann"], period=period),
        lambda period: channel_performance([], as_of=AS_OF, period=period),
        lambda period: repeat_purchase_rate([], as_of=AS_OF, period=period),
        lambda period: customer_lifetimes([], as_of=AS_OF, period=period),
        lambda period: contract_churn([], period=period),
    ],
)
def test_a_pair_of_days_is_no_period(ask, period):
    """It would be searched for those two days alone."""
    with pytest.raises(TypeError, match=r"period must be a Period, for example Period.quarter\(2026, 1\)"):
        ask(period)


def test_a_number_of_days_is_no_duration():
    with pytest.raises(
        TypeError, match=r"window must be a timedelta, for example timedelta\(days=30\), got 30"
    ):
        event_funnel(LOG, ["lead"], as_of=AS_OF, window=30)
    history = reduce_absorption(LOG, ["lead"], won=["won"], lost=["lost"], as_of=AS_OF)
    with pytest.raises(
        TypeError, match=r"horizon must be a timedelta, for example timedelta\(days=30\), got 90"
    ):
        simulate_pipeline([], history, horizon=90, as_of=AS_OF, seed=1)


def test_a_simulation_says_how_many_deals_it_knows_nothing_of():
    history = reduce_absorption(LOG, ["lead"], won=["won"], lost=["lost"], as_of=AS_OF)
    old = PipelineDeal("D-1", "lead", date(2025, 1, 1), Money(100, "EUR"))
    found = simulate_pipeline([old], history, horizon=MONTH, as_of=AS_OF, seed=1, runs=10)
    assert repr(found).startswith(
        "<PipelineSimulation of 1 deals, 1 older than anything seen to end, 10 runs: "
    )


def test_a_touch_without_a_channel_is_not_taken_for_no_touch():
    with pytest.raises(LogError, match=r"touch 1 has the channel None; name it, for example '\(unknown\)'"):
        attribute([("a", None, DAY)], [("a", AS_OF, Money(1, "EUR"))], model="first")


def test_text_for_a_time_and_a_mapping_for_a_deal():
    with pytest.raises(NaiveTimeError, match="row 1 has the text '2026-01-05' for a time; read it first"):
        stage_funnel([("a", "lead", "2026-01-05")], ["lead"], as_of=AS_OF)
    with pytest.raises(NaiveTimeError, match=r"at.replace\(tzinfo=zone\) gives a time its zone"):
        stage_funnel([("a", "lead", datetime(2026, 1, 5))], ["lead"], as_of=datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(LogError, match=r"deal 1 is a mapping; make it a deal: Deal\(\*\*row\)"):
        win_rate([{"amount": None}], as_of=AS_OF)


def test_velocity_says_what_was_really_won():
    """A pipeline full of deals that never close is quick on paper."""
    january = Period(date(2026, 1, 1), date(2026, 1, 31))
    won = Deal(Money(900, "EUR"), date(2026, 1, 1), date(2026, 1, 16), "won")
    dead = [Deal(Money(900, "EUR"), date(2024, 1, 1), None, "open")] * 5
    found = sales_velocity([won, *dead], period=january, population="open_on_average")
    assert found.won_per_day == 30
    assert found.per_day == 330
    assert str(found).endswith("; really won: 30.00 a day")
    assert sales_velocity([], period=january, population="closed").won_per_day is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda: revenue_movement({}, {}, earlier="Dan"),
        lambda: referred_orders_share([], as_of=AS_OF, referred="Bobby"),
        lambda: manager_load([], key="Acme"),
        lambda: follow_ups("C-1", [], as_of=datetime(2026, 2, 1, tzinfo=UTC)),
        lambda: merge_contacts(Contact("Lin"), Contact("Lin"), overwrite="phone"),
    ],
)
def test_one_text_is_not_read_letter_by_letter(ask):
    with pytest.raises(TypeError, match="must be several( fields)?, got the one text"):
        ask()


def test_nobody_is_no_customer():
    with pytest.raises(LogError, match="row 1 names no customer"):
        concentration([(None, Money(1, "EUR"))])
    with pytest.raises(LogError, match="row 1 names no customer"):
        customer_lifetimes([("", DAY, None)], as_of=AS_OF)


def test_words_of_a_form_are_no_yes_and_no_no():
    policy = ReferralPolicy()
    with pytest.raises(TypeError, match="fulfilled must be True, False or None for unknown, got 'no'"):
        policy.why_not(fulfilled="no", satisfied=True)
    with pytest.raises(ValueError, match="open_complaints"):
        policy.why_not(fulfilled=True, satisfied=True, open_complaints=-3)


def test_a_ratio_goes_into_a_formula():
    """Twenty months of life at a churn of 5 % a month."""
    found = lifetime_value(
        Money(100, "EUR"), purchases_per_month=1, margin=0.5, lifetime_months=lifetime_from_churn(0.05)
    )
    assert found.value == Money(1000, "EUR")
    with pytest.raises(ValueError, match="lifetime_months is undefined"):
        lifetime_value(
            Money(100, "EUR"), purchases_per_month=1, margin=0.5, lifetime_months=lifetime_from_churn(0)
        )


def test_limits_in_percent_are_no_limits_of_variation():
    with pytest.raises(ValueError, match="a percentage is divided by 100 first"):
        XyzPolicy(limits=(10, 25))


def test_a_steady_base_is_told_that_its_cuts_coincide():
    """Everybody ordered every month: the names of segments would call them new."""
    orders = [(who, date(2025, month, 9), Money(5, "EUR")) for who in "abcdefghij" for month in range(1, 7)]
    found = rfm(orders, as_of=date(2025, 6, 30))
    assert found.coinciding == ("recency_days", "frequency", "money")
    assert str(found).endswith(
        "cuts coincide on recency days, frequency, money: look at the cuts before the names, or give limits of your own"
    )
    assert rfm([], as_of=DAY).coinciding == ()
    apart = [(who, DAY, Money(n, "EUR")) for n, who in enumerate("abcdefghij", 1)]
    assert rfm(apart, as_of=AS_OF).coinciding == ("recency_days", "frequency")


def test_a_contract_cancelled_after_its_end_is_refused_by_either_rule():
    row = ("A", date(2025, 1, 1), date(2026, 1, 1), date(2026, 2, 1))
    with pytest.raises(LogError, match="row 1 was cancelled after it had ended"):
        contract_churn([row], period=Period.month(2026, 1))
