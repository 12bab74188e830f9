"""Rows for other packages: the numbers they read, and beside them what makes the numbers mean something."""

import json
from datetime import date, timedelta

import pytest

from salesproc import Money
from salesproc.lifetime import history_from_summary, purchase_history, to_clv_rows
from salesproc.metrics import OrderRules

START = date(2025, 1, 6)
ORDERS = [
    ("ann", START, Money(10, "EUR")),
    ("ann", START + timedelta(weeks=2), Money(30, "EUR")),
    ("ann", START + timedelta(weeks=5), Money(20, "EUR")),
    ("bob", START + timedelta(weeks=4), Money(5, "EUR")),
    ("cid", START, Money(5, "EUR")),
    ("cid", START + timedelta(weeks=1), Money(0, "EUR")),
]
COLUMNS = {"customer_id", "frequency", "recency", "T", "monetary_value"}
END = START + timedelta(weeks=9)


def test_the_rows_carry_unit_end_and_rules():
    rows = to_clv_rows(
        purchase_history(ORDERS, as_of=END, unit="week", rules=OrderRules(refunds="take back"))
    )
    assert [row["customer_id"] for row in rows] == ["ann", "cid", "bob"]
    assert rows[0] == {
        "customer_id": "ann",
        "frequency": 2,
        "recency": 5.0,
        "T": 9.0,
        "monetary_value": 25.0,
        "time_unit": "week",
        "observation_end": "2025-03-10",
        "refund_rule": "take back",
        "same_day_rule": "one",
        "zero_rule": "count",
        "currency": "EUR",
    }
    assert (rows[2]["frequency"], rows[2]["recency"], rows[2]["monetary_value"]) == (0, 0.0, 0.0)
    assert json.loads(json.dumps(rows)) == rows


def test_a_model_of_values_gets_only_those_it_takes():
    history = purchase_history(ORDERS, as_of=END, unit="day")
    assert [row["customer_id"] for row in to_clv_rows(history, model="values")] == ["ann"]
    assert to_clv_rows(history)[0]["recency"] == 35


def test_what_a_summary_did_not_say_is_not_made_up():
    [row] = to_clv_rows(history_from_summary([("ann", 2, 21.5, 36.25)], unit="week"))
    assert {row[name] for name in row.keys() - COLUMNS - {"time_unit"}} == {None}
    assert row["monetary_value"] is None


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="there is no model of 'value'; did you mean 'values'"):
        to_clv_rows(purchase_history(ORDERS, as_of=END, unit="day"), model="value")


def test_another_fitter_finds_the_same_in_the_rows():
    """The rows are enough for a general optimiser with the likelihood of the paper."""
    optimize, special = pytest.importorskip("scipy.optimize"), pytest.importorskip("scipy.special")
    np = pytest.importorskip("numpy")
    from simulated import shop

    from salesproc.lifetime import fit_bg_nbd

    history = shop(3, 300, r=0.6, alpha=6.0, a=0.8, b=2.5)
    rows = to_clv_rows(history)
    x, t_x, age = (np.array([row[name] for row in rows]) for name in ("frequency", "recency", "T"))

    def loss(logs):
        r, alpha, a, b = np.exp(logs)
        stays = special.betaln(a, b + x) - (r + x) * np.log(alpha + age)
        leaves = special.betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
        both = np.where(x > 0, np.logaddexp(stays, leaves), stays)
        rest = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
        return -(both + rest).sum()

    options = {"maxiter": 9000, "maxfev": 9000, "xatol": 1e-9, "fatol": 1e-9}
    found = optimize.minimize(loss, np.zeros(4), method="Nelder-Mead", options=options)
    model = fit_bg_nbd(history)
    assert -found.fun == pytest.approx(model.fit.log_likelihood, abs=1e-7)
    assert np.exp(found.x) == pytest.approx([*model.parameters.values()], rel=1e-3)
