"""What type checkers must infer for the metrics of value: run by mypy and pyright."""

from datetime import date
from fractions import Fraction
from typing import assert_type

from salesproc.metrics import (
    Breakdown,
    Durations,
    LostPotential,
    MeanMoney,
    Order,
    Ratio,
    RevenueMovement,
    acquisition_cost,
    customer_lifetimes,
    lost_potential,
    margin_multiple,
    net_revenue_retention,
    payback_months,
    revenue_movement,
    wallet_allocation,
)
from salesproc.money import Money

DAY = date(2026, 3, 1)


def balances(then: dict[str, Money], now: list[tuple[str, Money]], size: dict[str, int]) -> None:
    """Mappings and rows mix; a label gives one result per label."""
    assert_type(revenue_movement(then, now), RevenueMovement)
    assert_type(revenue_movement(then, now, by=size.__getitem__), Breakdown[int, RevenueMovement])
    assert_type(net_revenue_retention(now, then), Ratio)


def stays(rows: list[tuple[int, date, date | None]]) -> None:
    """One curve, or one per label."""
    assert_type(customer_lifetimes(rows, as_of=DAY), Durations)
    assert_type(customer_lifetimes(rows, as_of=DAY, by=str), Breakdown[str, Durations])


def formulas(orders: list[Order], size: dict[str, int]) -> None:
    """Amounts, means, rates and plain numbers go into the formulas."""
    cost = acquisition_cost(Money(1, "EUR"), 3)
    assert_type(cost, MeanMoney)
    assert_type(payback_months(cost, monthly_revenue=Money(1, "EUR"), margin=0.75), Ratio)
    assert_type(margin_multiple(0.8, Fraction(1, 10), first="next"), Fraction)
    assert_type(wallet_allocation(1.5, 3), Fraction)
    assert_type(lost_potential(orders, as_of=DAY, by=size.get), LostPotential[str])
