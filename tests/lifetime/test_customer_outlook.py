"""Each customer and all of them: what the models say, put together, discounted and summed."""

import math
import pickle
from datetime import timedelta
from fractions import Fraction
from random import Random

import attrs
import pytest
from simulated import shop

from salesproc import CurrencyMismatch, Money, PeriodError
from salesproc.lifetime import (
    BgNbd,
    CustomerHistory,
    GammaGamma,
    customer_outlook,
    fit_bg_nbd,
    fit_gamma_gamma,
    history_from_summary,
)

MODEL = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, unit="week")
VALUES = GammaGamma(p=6.25, q=3.74, v=15.44, currency="EUR")
YEAR = timedelta(weeks=52)
SHOP = {"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.5}


def valued(seed, customers):
    """A simulated shop with amounts."""
    chance, history = Random(seed), shop(seed, customers, **SHOP)
    rows = [
        (
            row.customer,
            row.repeats,
            row.age_at_last / timedelta(weeks=1),
            row.age / timedelta(weeks=1),
            Money(5 + int(chance.gammavariate(2, 15)), "EUR") if row.repeats else None,
        )
        for row in history.rows
    ]
    return history_from_summary(rows, unit="week")


HISTORY = valued(3, 60)


def test_every_row_is_what_the_models_say_of_the_customer():
    found = customer_outlook(
        HISTORY, MODEL, horizon=YEAR, values=VALUES, margin=Fraction(3, 10), discount=0.15, per="year"
    )
    known = {row.customer: row for row in HISTORY.rows}
    for row in found.rows:
        one = known[row.customer]
        assert row.probability_alive == MODEL.probability_alive(one)
        assert row.purchases == MODEL.expected_purchases_of(one, YEAR)
        assert row.purchase_value == VALUES.expected_value_of(one)
        present = MODEL.expected_purchases_of(one, YEAR, discount=0.15)
        assert row.worth == pytest.approx(present * row.purchase_value * 0.3, rel=1e-12)
    assert found.alive == pytest.approx(sum(row.probability_alive for row in found.rows))
    assert found.purchases == pytest.approx(sum(row.purchases for row in found.rows))
    assert found.worth == Money(round(sum(row.worth for row in found.rows) * 100), "EUR").divided_by(100)
    worths = [row.worth for row in found.rows]
    assert worths == sorted(worths, reverse=True)


def test_later_money_is_worth_less_and_a_margin_is_a_part():
    plain = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=VALUES)
    later = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=VALUES, discount=0.15)
    part = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=VALUES, margin=0.25)
    assert plain.worth.amount / 1 > later.worth.amount > plain.worth.amount / 2
    assert float(part.worth.amount) == pytest.approx(float(plain.worth.amount) / 4, abs=0.01)
    assert later.purchases == plain.purchases
    monthly = customer_outlook(
        HISTORY, MODEL, horizon=YEAR, values=VALUES, discount=1.15 ** (1 / 12) - 1, per="month"
    )
    assert float(monthly.worth.amount) == pytest.approx(float(later.worth.amount), abs=0.02)


def test_the_unit_of_the_model_does_not_matter():
    weeks = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=VALUES, discount=0.1)
    days = customer_outlook(
        HISTORY.in_unit("day"), MODEL.in_unit("day"), horizon=YEAR, values=VALUES, discount=0.1
    )
    for one, other in zip(weeks.rows, days.rows, strict=True):
        assert one.customer == other.customer
        assert other[1:] == pytest.approx(one[1:], rel=1e-9)
    assert days.to_rows()[0]["horizon"] == 364
    assert (weeks.to_rows()[0]["unit"], weeks.to_rows()[0]["currency"]) == ("week", "EUR")


def test_totals_have_intervals_and_both_models_are_in_that_of_the_worth():
    history = valued(5, 150)
    model, values = fit_bg_nbd(history), fit_gamma_gamma(history)
    found = customer_outlook(history, model, horizon=YEAR, values=values, discount=0.1)
    for what, value in (("alive", found.alive), ("purchases", found.purchases)):
        total = found.total(what)
        assert total.value == pytest.approx(value)
        assert total.low < value < total.high
    worth = found.total("worth")
    assert worth.value == pytest.approx(float(found.worth.amount), abs=0.01)
    exact = attrs.evolve(values.fit, covariance=((0.0,) * 3,) * 3)
    of_purchases = attrs.evolve(found, values=attrs.evolve(values, fit=exact)).total("worth").error
    exact = attrs.evolve(model.fit, covariance=((0.0,) * 4,) * 4)
    of_values = attrs.evolve(found, model=attrs.evolve(model, fit=exact)).total("worth").error
    assert worth.error == pytest.approx(math.hypot(of_purchases, of_values), rel=1e-9)
    assert min(of_purchases, of_values) > 0
    assert attrs.evolve(found, values=attrs.evolve(values, fit=None)).total("worth").error is None
    wide, narrow = found.total("alive", confidence=0.99), found.total("alive", confidence=0.5)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_loss_has_an_interval_too():
    """The worth of a sale at a loss is below 0, and without a margin it is 0 for certain."""
    history = valued(5, 150)
    model, values = fit_bg_nbd(history), fit_gamma_gamma(history)
    gain, loss, even = (
        customer_outlook(history, model, horizon=YEAR, values=values, margin=margin).total("worth")
        for margin in (Fraction(1, 20), Fraction(-1, 20), 0)
    )
    assert loss.low < loss.value < loss.high < 0
    assert (loss.value, loss.error) == pytest.approx((-gain.value, gain.error))
    assert loss.high - loss.low == pytest.approx(2 * 1.959963984540054 * loss.error)
    assert even == (0, 0, 0, 0)


def test_written_down_values_are_in_no_interval_of_the_purchases():
    """The number of purchases is of the fitted model alone; only the worth depends on values whose errors nobody knows."""
    history = valued(5, 150)
    found = customer_outlook(history, fit_bg_nbd(history), horizon=YEAR, values=VALUES)
    total = found.total("purchases")
    assert total == customer_outlook(history, found.model, horizon=YEAR).total("purchases")
    assert total.low < found.purchases < total.high
    assert found.total("worth")[1:] == (None, None, None)


def test_customers_of_unknown_worth_are_shown_beside_the_sum():
    heavy = GammaGamma(p=2.0, q=0.8, v=3.0, currency="EUR")
    found = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=heavy)
    assert str(found).endswith(f"worth {found.worth} ({found.without_worth} of unknown worth)")
    assert "unknown" not in str(customer_outlook(HISTORY, MODEL, horizon=YEAR, values=VALUES))


@pytest.mark.slow
def test_the_interval_of_a_total_covers_what_the_true_model_says():
    """Ninety-five in a hundred, give or take three standard errors."""
    truth, hits, runs = BgNbd(**SHOP, unit="week"), 0, 40
    for seed in range(runs):
        history = shop(seed, 500, **SHOP)
        total = customer_outlook(history, fit_bg_nbd(history), horizon=YEAR).total("purchases")
        hits += total.low < customer_outlook(history, truth, horizon=YEAR).purchases < total.high
    assert abs(hits - 0.95 * runs) < 3 * math.sqrt(0.95 * 0.05 * runs)


def test_without_values_there_is_no_worth():
    found = customer_outlook(HISTORY, MODEL, horizon=YEAR)
    assert (found.worth, found.without_worth) == (None, 60)
    assert found.to_rows()[0]["worth"] is None
    assert ", worth" not in str(found)
    with pytest.raises(
        ValueError, match="there is no 'worth' of nobody: no worth of any customer is known; give values="
    ):
        found.total("worth")


def test_a_worth_without_a_currency_is_a_number_in_the_rows_only():
    nameless = attrs.evolve(VALUES, currency=None)
    found = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=nameless)
    assert found.worth is None
    assert found.total("worth").value > 0


def test_customers_whose_value_has_no_mean_are_counted_and_in_no_total():
    heavy = GammaGamma(p=2.0, q=0.8, v=3.0, currency="EUR")
    found = customer_outlook(HISTORY, MODEL, horizon=YEAR, values=heavy)
    assert found.without_worth == sum(not row.repeats for row in HISTORY.rows)
    assert found.total("worth").value == pytest.approx(sum(row.worth or 0 for row in found.rows))


def test_nobody_has_no_outlook():
    found = customer_outlook(history_from_summary([], unit="week"), MODEL, horizon=YEAR, values=VALUES)
    assert found.undefined == "no purchases: there are no customers"
    assert (found.alive, found.purchases, found.worth) == (0, 0, None)
    with pytest.raises(ValueError, match="there is no 'alive' of nobody: no purchases"):
        found.total("alive")


def test_an_outlook_can_be_kept_and_shown():
    history = attrs.evolve(HISTORY, rows=(CustomerHistory("<b>", 1, YEAR / 9, YEAR),))
    found = customer_outlook(history, MODEL, horizon=YEAR)
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert repr(found) == "<Outlook: 0.3 of 1 customers alive, 0.3 purchases in 52 weeks>"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"horizon": 52}, TypeError, "horizon must be a timedelta"),
        ({"horizon": -YEAR}, ValueError, "horizon must be 0 or more"),
        (
            {"margin": 30},
            ValueError,
            "margin must be a share from -1 to 1, got 30; a percentage is divided by 100 first",
        ),
        (
            {"discount": 15},
            ValueError,
            "discount must lie between 0 and 1, got 15; a percentage is divided by 100 first",
        ),
        ({"per": "yearly"}, PeriodError, "there is no unit of time 'yearly'; did you mean 'year'"),
        (
            {"values": attrs.evolve(VALUES, currency="USD")},
            CurrencyMismatch,
            "the history is in EUR and the values are in USD",
        ),
    ],
)
def test_wrong_calls_say_what_would_do(options, error, message):
    with pytest.raises(error, match=message):
        customer_outlook(HISTORY, MODEL, **({"horizon": YEAR} | options))


def test_an_unknown_total_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="there is no total 'clv'; known: 'alive', 'purchases', 'worth'"):
        customer_outlook(HISTORY, MODEL, horizon=YEAR).total("clv")
