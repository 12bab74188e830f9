"""Wrong calls of the models: what is no history, a horizon beyond all knowledge, other contracts."""

from datetime import date, timedelta

import pytest

from salesproc import Money
from salesproc.lifetime import (
    BgNbd,
    GammaGamma,
    ShiftedBetaGeometric,
    conditional_expectations,
    customer_outlook,
    fit_bg_nbd,
    fit_gamma_gamma,
    history_from_summary,
    purchase_history,
    purchase_tracking,
    survival_forecast,
    tenures_from_survivors,
)

MODEL = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
VALUES = GammaGamma(p=6.25, q=3.74, v=15.44, currency="USD")
MONTHLY = ShiftedBetaGeometric(alpha=0.7, beta=1.2, unit="month")
HISTORY = history_from_summary(
    [("ann", 2, 21.5, 36.25, Money("24.50", "USD")), ("bob", 0, 0, 36.25)], unit="week"
)
YEAR = timedelta(weeks=52)
ORDERS = [("ann", date(2026, 1, 5), Money(9, "EUR"))]
MADE_OF = "history must be a PurchaseHistory, got a list; make one with purchase_history(orders, as_of=..., unit=...)"


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: fit_bg_nbd(ORDERS), TypeError, MADE_OF),
        (lambda: fit_gamma_gamma(ORDERS), TypeError, MADE_OF),
        (lambda: customer_outlook(ORDERS, MODEL, horizon=YEAR), TypeError, MADE_OF),
        (
            lambda: customer_outlook(HISTORY, HISTORY, horizon=YEAR),
            TypeError,
            "model must be a BgNbd, got a PurchaseHistory; fit one with fit_bg_nbd(history)",
        ),
        (
            lambda: customer_outlook(HISTORY, MODEL, horizon=YEAR, values=MODEL),
            TypeError,
            "values must be a GammaGamma, got a BgNbd; fit them with fit_gamma_gamma(history)",
        ),
        (
            lambda: purchase_tracking(MODEL, HISTORY),
            TypeError,
            "holdout must be a HoldoutHistory, got a PurchaseHistory; make one with holdout_history",
        ),
        (
            lambda: conditional_expectations(MODEL, HISTORY),
            TypeError,
            "holdout must be a HoldoutHistory, got a PurchaseHistory; make one with holdout_history",
        ),
        (
            lambda: MODEL.expected_purchases(timedelta.max),
            ValueError,
            "horizon must be at most 100 years, got",
        ),
        (
            lambda: customer_outlook(HISTORY, MODEL, horizon=timedelta(days=36526)),
            ValueError,
            "horizon must be at most 100 years, got",
        ),
        (
            lambda: MONTHLY.residual_lifetime(renewals=0, discount=1e-6),
            ValueError,
            "discount must lie between 0.0001 and 1, got 1e-06; with less the sum has no limit",
        ),
        (
            lambda: survival_forecast(
                MONTHLY, periods=3, tenures=tenures_from_survivors([9, 8], unit="year")
            ),
            ValueError,
            "the model is of contracts by the month and the tenures are of contracts by the year",
        ),
    ],
)
def test_a_wrong_call_says_what_would_do(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value).startswith(message)


def test_a_sale_at_a_loss_is_worth_less_than_nothing():
    """The purchases are the same, and the worth is that of the margin turned round."""
    found = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=VALUES, margin=-0.05)
    other = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=VALUES, margin=0.05)
    assert found.worth == -other.worth
    assert found.purchases == other.purchases


def test_a_history_says_what_it_does_not_use():
    orders = [*ORDERS, ("ann", date(2027, 1, 5), Money(9, "EUR")), (None, date(2026, 1, 5), Money(9, "EUR"))]
    found = purchase_history(orders, as_of=date(2026, 3, 2), unit="week")
    assert str(found).endswith("time by the week, 1 orders after the end, 1 of nobody")


def test_a_hundred_years_are_a_horizon():
    assert MODEL.expected_purchases(timedelta(days=36525)) > MODEL.expected_purchases(YEAR)
