"""The cases of the laws for the models of the customer lifetime.

A model needs more customers than the worlds of other metrics have, so these worlds are drawn from a few seeds.
"""

from datetime import date, timedelta
from random import Random

from customer_cases import NO_MONEY, ONE_ROW_EACH
from hypothesis import strategies as st
from laws import HOSTILE, Case, World

from salesproc import lifetime
from salesproc.errors import FitError
from salesproc.metrics import reduce_orders
from salesproc.money import Money

START, END = date(2024, 1, 1), date(2024, 12, 31)
WEEK = timedelta(weeks=1)
CUSTOMERS = 60


def shop_orders(seed):
    """Orders of a small shop: some come once, some often, some fall silent."""
    chance, rows = Random(seed), []
    for number in range(CUSTOMERS):
        pace, level = chance.gammavariate(0.7, 1 / 25), chance.gammavariate(3, 20)
        leaving = chance.betavariate(1.5, 3)
        day, name = START + timedelta(days=chance.randrange(60)), f"C{number}{HOSTILE}"
        while day <= END:
            rows.append((name, day, Money(max(1, round(chance.gammavariate(4, level / 4))), "EUR")))
            if chance.random() < leaving or pace < 1e-4:
                break
            day += timedelta(days=1 + int(chance.expovariate(pace)))
    return rows


def stays(seed):
    """Customers under contract who leave with a chance of their own each week."""
    chance, rows = Random(seed), []
    for number in range(80):
        since, leaving = START + timedelta(days=chance.randrange(60)), chance.betavariate(0.7, 2.0)
        weeks = next((n for n in range(1, 60) if chance.random() < leaving), None)
        until = None if weeks is None else since + weeks * WEEK - timedelta(days=3)
        rows.append((f"C{number}{HOSTILE}", since, until))
    return rows


SEEDS = st.sampled_from([0, 5, 8, 9])
MIXED_ORDERS = [
    (name, day, Money(money.amount, "USD") if "1" in name else money) for name, day, money in shop_orders(0)
]


def shops(seeds=SEEDS, **options):
    """Worlds of the orders of a shop."""
    return seeds.map(lambda seed: World((shop_orders(seed),), {"as_of": END} | options))


def contracts(**options):
    """Worlds of stays."""
    return SEEDS.map(lambda seed: World((stays(seed),), {"as_of": END} | options))


def history(orders, *, as_of):
    return lifetime.purchase_history(orders, as_of=as_of, unit="week")


def mixed(**options):
    """Two currencies in one list."""
    return World((MIXED_ORDERS,), {"as_of": END} | options)


def tenures(rows, *, as_of):
    return lifetime.contract_tenures(rows, as_of=as_of, unit="week")


def of_history(make):
    """The two halves of a function of a purchase history."""
    return {
        "call": lambda orders, as_of: make(history(orders, as_of=as_of)),
        "reduce": reduce_orders,
        "finish": lambda purchases, **options: make(lifetime.finish_purchase_history(purchases, unit="week")),
    }


def of_tenures(make):
    """The two halves of a function of tenures."""
    return {
        "call": lambda rows, as_of: make(tenures(rows, as_of=as_of)),
        "reduce": tenures,
        "finish": lambda found, **options: make(found),
    }


def estimates(model):
    """One row: every parameter; one that is money is called so."""
    return [dict(model.parameters)]


def split(orders, *, as_of):
    return lifetime.holdout_history(
        orders, calibration_end=as_of - timedelta(days=184), as_of=as_of, unit="week"
    )


SURVEYED = lifetime.BgNbd(r=0.6, alpha=5.0, a=0.8, b=2.0, unit="week")
SUBSCRIBED = lifetime.ShiftedBetaGeometric(alpha=0.7, beta=2.0, unit="week")
TWICE = {"parts_add_up": "the orders are read twice, and each reading adds up"}
FITTED = {"refuses_nothing": FitError}


def outlook(history):
    """By a model that was written down; the scale of the values is that of the history."""
    mean = sum(float(row.repeat_spend) for row in history.rows) / max(1, history.repeats)
    values = lifetime.GammaGamma(p=4.0, q=3.5, v=max(mean, 1e-9), currency=history.currency)
    return lifetime.customer_outlook(history, SURVEYED, horizon=26 * WEEK, values=values, discount=0.1)


def without_end(found):
    """The rows without the day a step ends on, which moves with the data as it should."""
    return [{name: value for name, value in row.items() if name != "end"} for row in found.to_rows()]


LIFETIME = [
    Case(
        name="purchase_history",
        worlds=shops(),
        **of_history(lambda found: found),
        values=("repeats", "age_at_last", "age"),
        means=("mean_value",),
        mixed=mixed(),
        excused={"repeating_keeps_shares": ONE_ROW_EACH},
    ),
    Case(
        name="holdout_history",
        worlds=shops(),
        call=split,
        values=("repeats", "age", "holdout_purchases"),
        mixed=mixed(),
        excused={"repeating_keeps_shares": ONE_ROW_EACH} | TWICE,
    ),
    Case(
        name="fit_bg_nbd",
        worlds=shops(),
        **of_history(lifetime.fit_bg_nbd),
        rows=estimates,
        values=("r", "alpha", "a", "b"),
        mixed=mixed(),
        **FITTED,
    ),
    Case(
        name="fit_gamma_gamma",
        worlds=shops(),
        **of_history(lifetime.fit_gamma_gamma),
        rows=estimates,
        values=("p", "q", "v"),
        means=("v",),
        mixed=mixed(),
        **FITTED,
    ),
    Case(
        name="customer_outlook",
        worlds=shops(),
        **of_history(outlook),
        values=("purchases", "probability_alive"),
        means=("purchase_value", "worth"),
        mixed=mixed(),
        excused={"repeating_keeps_shares": ONE_ROW_EACH},
    ),
    Case(
        name="purchase_tracking",
        worlds=shops(),
        call=lambda orders, **options: lifetime.purchase_tracking(SURVEYED, split(orders, **options)),
        rows=without_end,
        values=("purchases", "expected"),
        counts=("purchases", "expected", "purchases_so_far", "expected_so_far"),
        mixed=mixed(),
        excused=TWICE,
    ),
    Case(
        name="conditional_expectations",
        worlds=shops(),
        call=lambda orders, **options: lifetime.conditional_expectations(SURVEYED, split(orders, **options)),
        values=("expected", "actual"),
        counts=("customers",),
        mixed=mixed(),
        excused=TWICE,
    ),
    Case(
        name="repeat_calibration",
        worlds=shops(),
        **of_history(lambda found: lifetime.repeat_calibration(SURVEYED, found)),
        values=("customers", "expected"),
        counts=("customers", "expected"),
        mixed=mixed(),
    ),
    Case(
        name="value_independence",
        worlds=shops(),
        **of_history(lifetime.value_independence),
        values=("correlation",),
        means=("mean_value",),
        counts=("customers",),
        mixed=mixed(),
    ),
    Case(
        name="contract_tenures",
        worlds=contracts(),
        **of_tenures(lambda found: found),
        values=("retention", "survival"),
        counts=("at_risk", "kept", "lost"),
        excused=NO_MONEY,
    ),
    Case(
        name="fit_shifted_beta_geometric",
        worlds=contracts(),
        **of_tenures(lifetime.fit_shifted_beta_geometric),
        rows=estimates,
        values=("alpha", "beta"),
        excused=NO_MONEY,
        **FITTED,
    ),
    Case(
        name="survival_forecast",
        worlds=contracts(),
        **of_tenures(
            lambda found: lifetime.survival_forecast(lifetime.fit_shifted_beta_geometric(found), periods=6)
        ),
        values=("survival", "retention"),
        loose=("low", "high"),
        around="survival",
        excused=NO_MONEY,
        **FITTED,
    ),
    Case(
        name="renewal_forecast",
        worlds=contracts(),
        **of_tenures(lambda found: lifetime.renewal_forecast(SUBSCRIBED, found, periods=3)),
        values=("customers",),
        counts=("customers",),
        excused=NO_MONEY,
    ),
]
