"""Deals in several currencies become deals in one, exactly."""

from datetime import date
from decimal import Decimal

import pytest

from salesproc import CurrencyMismatch, LogError, Money, MoneyError
from salesproc.metrics import Deal, DealHistory, in_currency, pipeline_waterfall, win_rate_by_value
from salesproc.periods import Period

DAY = date(2025, 1, 6)
DEALS = [
    Deal(Money(100, "EUR"), DAY, DAY, "won"),
    Deal(Money("33.33", "USD"), DAY, DAY, "lost"),
    Deal(None, DAY, None, "open"),
]
RATES = {"USD": Decimal("0.9")}


def test_amounts_are_converted_and_nothing_else_is():
    found = list(in_currency(iter(DEALS), "EUR", RATES))
    assert [deal.amount for deal in found] == [Money(100, "EUR"), Money("29.997", "EUR"), None]
    assert [deal[1:] for deal in found] == [deal[1:] for deal in DEALS]
    assert win_rate_by_value(found, as_of=DAY).exact == Money(100, "EUR") / Money("129.997", "EUR")


def test_a_history_is_converted_throughout():
    said = [(DAY, Money(10, "USD")), (date(2025, 1, 9), Money(20, "EUR"))]
    [found] = in_currency([DealHistory(DAY, None, "open", amounts=said)], "EUR", RATES)
    assert [amount for _, amount in found.amounts] == [Money(9, "EUR"), Money(20, "EUR")]
    assert pipeline_waterfall([found], period=Period.month(2025, 1)).counts.closing.money == Money(20, "EUR")


def test_without_rates_the_error_says_where_to_go():
    with pytest.raises(
        CurrencyMismatch, match=r"in_currency\(deals, currency, rates\), or take each currency apart"
    ):
        win_rate_by_value(DEALS, as_of=DAY)
    with pytest.raises(MoneyError, match="USD"):
        list(in_currency(DEALS, "EUR", {}))
    with pytest.raises(LogError, match="deal 1 is neither a Deal nor a DealHistory"):
        list(in_currency([object()], "EUR", RATES))
