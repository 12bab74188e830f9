"""What type checkers must infer for the models of the customer lifetime: run by mypy and pyright."""

from datetime import date, timedelta
from typing import assert_type

from salesproc.lifetime import (
    BgNbd,
    BootstrapEstimate,
    ContractTenures,
    Estimate,
    GammaGamma,
    HoldoutHistory,
    ModelFit,
    Outlook,
    PurchaseHistory,
    ShiftedBetaGeometric,
    bootstrap,
    contract_tenures,
    customer_outlook,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_shifted_beta_geometric,
    history_from_summary,
    holdout_history,
    purchase_history,
)
from salesproc.metrics import Order
from salesproc.money import Money

DAY, WEEK = date(2026, 3, 1), timedelta(weeks=1)


def shops(
    orders: list[Order], rows: list[tuple[int, date, Money, str]], table: list[tuple[int, int, float, float]]
) -> None:
    """The kind of name a customer has is that of the orders, and goes through to the outlook."""
    history = purchase_history(orders, as_of=DAY, unit="week")
    assert_type(history, PurchaseHistory[str])
    assert_type(holdout_history(rows, calibration_end=DAY, as_of=DAY, unit="day"), HoldoutHistory[int])
    model, values = fit_bg_nbd(history), fit_gamma_gamma(history)
    assert_type(model, BgNbd)
    assert_type(model.fit, ModelFit | None)
    assert_type(values, GammaGamma)
    assert_type(values.mean_value, float | None)
    outlook = customer_outlook(history, model, horizon=WEEK, values=values, margin=0.3, discount=0.1)
    assert_type(outlook, Outlook[str])
    assert_type(outlook.worth, Money | None)
    assert_type(outlook.total("worth"), Estimate)
    assert_type(history_from_summary(table, unit="week"), PurchaseHistory[int])


def contracts(rows: list[tuple[int, date, date | None]]) -> None:
    """Tenures add up, and a quantity is a function of the model that was fitted."""
    tenures = contract_tenures(rows, as_of=DAY, unit="month")
    assert_type(tenures + tenures, ContractTenures)
    model = fit_shifted_beta_geometric(tenures)
    assert_type(model, ShiftedBetaGeometric)
    assert_type(model.estimates(), dict[str, Estimate])
    assert_type(model.estimate_of(lambda one: one.survival(12), scale="logit"), Estimate)
    drawn = bootstrap(tenures, fit_shifted_beta_geometric, lambda one: one.survival(12), seed=1)
    assert_type(drawn, BootstrapEstimate)
    assert_type(model.expected_lifetime(), float | None)
