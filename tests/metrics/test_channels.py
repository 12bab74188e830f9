"""What each channel brings, and what it costs."""

import pickle
from copy import copy, deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, Period, Rate, UnknownName
from salesproc.metrics import (
    ChannelCounts,
    channel_performance,
    deal_outcomes,
    finish_channel_performance,
    reduce_channel_performance,
)
from salesproc.records import Channel, Contact, Opportunity, OpportunityId

Q1 = Period.quarter(2025, 1)
REVIEW = date(2025, 4, 30)
DAYS = st.dates(date(2024, 12, 1), date(2025, 5, 30))
JAN, FEB = date(2025, 1, 6), date(2025, 2, 3)


class Sale(NamedTuple):
    """A deal with a channel, as a table may have it."""

    amount: Money | None
    opened_at: date
    closed_at: date | None
    outcome: str
    channel: str | None


@st.composite
def sales(draw):
    opened, closed = sorted([draw(DAYS), draw(DAYS)])
    outcome = draw(st.sampled_from(["open", "won", "lost"]))
    amount = draw(st.none() | st.integers(0, 900).map(lambda euros: Money(euros, "EUR")))
    channel = draw(st.sampled_from(["web", "fair", None]))
    return Sale(amount, opened, None if outcome == "open" else closed, outcome, channel)


LISTS = st.lists(sales(), max_size=6)
COSTS = st.dictionaries(
    st.sampled_from(["web", "fair", "mail"]), st.integers(0, 500).map(lambda euros: Money(euros, "EUR"))
)


@given(LISTS, COSTS)
def test_channels_add_up_to_all_deals(found, costs):
    """Every deal opened in the period is in one row, every cost too."""
    result = channel_performance(iter(found), as_of=REVIEW, period=Q1, costs=costs)
    whole = deal_outcomes(found, as_of=REVIEW, period=Q1, base="created")
    assert sum(row.deals for row in result.rows) == whole.of_all.trials
    assert sum(row.counts.won.deals for row in result.rows) == whole.of_all.hits
    values = [row.value.amount for row in result.rows if row.value is not None]
    assert sum(values) == (0 if whole.counts.won.money is None else whole.counts.won.money.amount)
    assert {row.channel: row.cost for row in result.rows if row.cost is not None} == costs
    assert sum(row.deals for row in result.rows) + result.out_of_period + result.ahead == len(found)


@given(LISTS)
def test_a_row_is_what_happened_to_the_deals_of_its_channel(found):
    for row in channel_performance(found, as_of=REVIEW).rows:
        own = [d for d in found if d.channel == row.channel and d.opened_at <= REVIEW]
        won = [d for d in own if d.outcome == "won" and d.closed_at <= REVIEW]
        lost = [d for d in own if d.outcome == "lost" and d.closed_at <= REVIEW]
        assert row.won == Rate(len(won), len(own))
        assert row.won_of_closed == Rate(len(won), len(won) + len(lost))
        worth = [d.amount.amount for d in won if d.amount is not None]
        assert row.value == (Money(sum(worth, Decimal(0)), "EUR") if worth else None)


@given(LISTS, LISTS, COSTS)
def test_channels_of_disjoint_deals_add_up(north, south, costs):
    one, two = (reduce_channel_performance(part, as_of=REVIEW, period=Q1) for part in (north, south))
    whole = channel_performance(south + north, as_of=REVIEW, period=Q1, costs=costs)
    assert finish_channel_performance(one + two, costs=costs) == whole
    with pytest.raises(TypeError):
        one + 1


def test_the_cost_of_a_win_worked_by_hand():
    """Three deals by web, one won for 900, for 300 spent: 100 a deal, 300 a win, three back for one."""
    found = [
        Sale(Money(900, "EUR"), JAN, FEB, "won", "web"),
        Sale(None, JAN, FEB, "lost", "web"),
        Sale(None, JAN, None, "open", "web"),
        Sale(None, JAN, FEB, "won", "fair"),
        Sale(None, JAN, None, "open", None),
    ]
    costs = {name: Money(euros, "EUR") for name, euros in (("web", 300), ("fair", 50), ("mail", 20))}
    result = channel_performance(found, as_of=REVIEW, costs=costs)
    assert [row.channel for row in result.rows] == ["web", "fair", None, "mail"]
    web, fair, mail = result["web"], result["fair"], result["mail"]
    assert (web.cost_per_deal, web.cost_per_win, web.value_per_cost) == (
        Money("100.00", "EUR"),
        Money("300.00", "EUR"),
        3,
    )
    assert web.average_won == Money(900, "EUR")
    assert (fair.cost_per_win, fair.value_per_cost) == (Money("50.00", "EUR"), None)
    assert (mail.cost_per_deal, mail.cost_per_win, mail.won.value, mail.value_per_cost) == (
        None,
        None,
        None,
        Fraction(0),
    )
    assert (result[None].cost, result[None].cost_per_deal, result[None].value_per_cost) == (None, None, None)
    assert result.to_rows()[0] == {
        "channel": "web", "deals": 3, "won": 1, "lost": 1, "open": 1, "won_rate": 1 / 3, "value": "900", "cost": "300",
        "currency": "EUR", "cost_per_win": "300.00", "value_per_cost": 3.0, "won_without_amount": 0,
    }  # fmt: skip
    assert result.to_rows()[2]["currency"] is None
    assert repr(result) == "<ChannelPerformance of 4 channels, 5 deals>"
    assert "(none)" in str(result)
    assert "<td>web</td><td>3</td>" in result._repr_html_()
    with pytest.raises(UnknownName, match="wed"):
        result["wed"]


def test_what_cost_nothing_has_no_return():
    result = channel_performance([], as_of=REVIEW, costs={"mail": Money(0, "EUR")})
    assert result["mail"].value_per_cost is None


def test_the_html_cannot_break_a_page():
    result = channel_performance([Sale(None, JAN, None, "open", "<b>")], as_of=REVIEW)
    assert "<b>" not in result._repr_html_()


def test_channels_are_values():
    result = channel_performance([Sale(Money(9, "EUR"), JAN, FEB, "won", "web")], as_of=REVIEW)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy(result) == deepcopy(result) == result


def test_records_name_their_channel_and_a_function_may_too():
    noon = datetime(2026, 1, 5, tzinfo=UTC)
    channel = next(iter(Channel))
    deal = Opportunity.open(OpportunityId("O-1"), at=noon, contact=Contact("Lin Wei"), channel=channel)
    assert channel_performance([deal], as_of=noon)[channel].deals == 1
    assert channel_performance([deal], as_of=noon, channel=lambda _: "all")["all"].deals == 1


def test_two_currencies_and_deals_without_a_channel_field_are_refused():
    euro = Sale(Money(9, "EUR"), JAN, FEB, "won", "web")
    dollars = {"web": Money(1, "USD")}
    with pytest.raises(CurrencyMismatch, match="the deals in EUR, the cost of 'web' in USD"):
        channel_performance([euro], as_of=REVIEW, costs=dollars)
    with pytest.raises(CurrencyMismatch, match="the cost of 'fair' in EUR"):
        finish_channel_performance(ChannelCounts(), costs={**dollars, "fair": Money(1, "EUR")})
    with pytest.raises(CurrencyMismatch, match="deal 2 is in USD"):
        channel_performance([euro, euro._replace(amount=Money(1, "USD"))], as_of=REVIEW)
    with pytest.raises(LogError, match="by='medium' asks for an attribute"):
        channel_performance([euro], as_of=REVIEW, channel="medium")
