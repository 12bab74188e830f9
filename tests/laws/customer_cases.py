"""The cases of the laws for the metrics of customers."""

from datetime import date, timedelta

from hypothesis import strategies as st
from laws import HOSTILE, Case, World

from salesproc import metrics
from salesproc.money import Money

START = date(2025, 1, 1)
AS_OF = START + timedelta(days=200)
SHOPPERS = ["ann", "bob", f"cid{HOSTILE}", "dan"]
orders = st.lists(
    st.tuples(
        st.sampled_from(SHOPPERS),
        st.integers(0, 210).map(lambda n: START + timedelta(days=n)),
        st.integers(-2, 12).map(lambda n: Money(60 * n, "EUR")),
    ),
    min_size=4,
    max_size=12,
)
MIXED = World(
    ([("ann", START, Money(60, "EUR")), ("bob", START, Money(60, "USD"))],),
    {"as_of": AS_OF},
)


ONE_ROW_EACH = "one row per customer: twice the customers are twice the rows"
BY_CALENDAR = "it sums by calendar unit, and units are not equally long"


def order_worlds(**options):
    """Worlds of an order list."""
    return st.builds(lambda rows: World((rows,), {"as_of": AS_OF} | options), orders)


CUSTOMERS = [
    Case(
        name="rfm",
        worlds=order_worlds(cuts=3),
        call=metrics.rfm,
        reduce=lambda orders, as_of, cuts: metrics.reduce_orders(orders, as_of=as_of),
        finish=lambda purchases, as_of, cuts: metrics.finish_rfm(purchases, cuts=cuts),
        values=("r", "f", "m", "frequency"),
        means=("money",),
        mixed=World(MIXED.tables, {"as_of": AS_OF, "cuts": 3}),
        excused={
            "repeating_keeps_shares": ONE_ROW_EACH,
        },
    ),
    Case(
        name="abc_classes",
        worlds=order_worlds(),
        call=metrics.abc_classes,
        reduce=metrics.reduce_orders,
        finish=lambda purchases, **options: metrics.finish_abc(purchases),
        values=("share", "cumulative"),
        means=("money",),
        mixed=MIXED,
        excused={"repeating_keeps_shares": ONE_ROW_EACH},
    ),
    Case(
        name="xyz_classes",
        worlds=order_worlds(),
        call=metrics.xyz_classes,
        reduce=metrics.reduce_orders,
        finish=lambda purchases, **options: metrics.finish_xyz(purchases),
        values=("variation",),
        mixed=MIXED,
        excused={"repeating_keeps_shares": ONE_ROW_EACH, "shifting_dates_keeps_everything": BY_CALENDAR},
    ),
    Case(
        name="abc_xyz",
        worlds=order_worlds(),
        call=metrics.abc_xyz,
        reduce=metrics.reduce_orders,
        finish=lambda purchases, **options: metrics.finish_abc_xyz(purchases),
        values=("customers",),
        counts=("customers",),
        sums=("money",),
        mixed=MIXED,
        excused={
            "repeating_keeps_shares": "customers who spend equally much go into one class, so copies can lift one another",
            "shifting_dates_keeps_everything": BY_CALENDAR,
        },
    ),
]
