"""The cases of the laws for the metrics of customers."""

from datetime import date, timedelta

from hypothesis import strategies as st
from laws import HOSTILE, Case, World

from salesproc import metrics
from salesproc.money import Money
from salesproc.periods import Period

START = date(2025, 1, 1)
AS_OF = START + timedelta(days=200)
SHOPPERS = ["ann", "bob", f"cid{HOSTILE}", "dan"]
orders = st.lists(
    st.tuples(
        st.sampled_from(SHOPPERS),
        st.integers(0, 210).map(lambda n: START + timedelta(days=n)),
        st.integers(-2, 12).map(
            lambda n: Money(27_720 * n, "EUR")
        ),  # a mean of up to twelve of them is exact
    ),
    min_size=4,
    max_size=12,
)
MIXED = World(
    ([("ann", START, Money(60, "EUR")), ("bob", START, Money(60, "USD"))],),
    {"as_of": AS_OF},
)


SPRING = Period(date(2025, 3, 1), date(2025, 6, 1))
people = st.lists(st.sampled_from(["ann", "bob", f"cid{HOSTILE}", "dan", "eve"]), max_size=5)
ROW_LAWS = (
    "order_does_not_matter",
    "a_generator_gives_what_a_list_gives",
    "nothing_gives_undefined",
    "repeating_keeps_shares",
    "parts_add_up",
)
NUMBERS = dict.fromkeys(ROW_LAWS, "it takes single values and no rows")
NO_DATES = {"shifting_dates_keeps_everything": "nothing in its input is a date"}
NO_MONEY = {
    "amounts_scale_money": "nothing in its input is an amount",
    "mixed_currencies_are_refused": "nothing in its input is an amount",
}
ONE_ROW_EACH = "one row per customer: twice the customers are twice the rows"
BY_CALENDAR = "it sums by calendar unit, and units are not equally long"


def order_worlds(**options):
    """Worlds of an order list."""
    return st.builds(lambda rows: World((rows,), {"as_of": AS_OF} | options), orders)


def reduced(orders, *, as_of, **options):
    """The first half of every metric of orders."""
    return metrics.reduce_orders(orders, as_of=as_of)


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
    Case(
        name="buying",
        worlds=order_worlds(period=SPRING),
        call=metrics.buying,
        reduce=reduced,
        finish=lambda purchases, as_of, period: metrics.finish_buying(purchases, period=period),
        values=("buyers", "orders"),
        counts=("buyers", "orders"),
        sums=("money",),
        mixed=World(MIXED.tables, MIXED.options | {"period": SPRING}),
    ),
    *(
        Case(
            name=name,
            worlds=order_worlds(period=SPRING),
            call=getattr(metrics, name),
            reduce=reduced,
            finish=lambda purchases, as_of, period, part=part: getattr(
                metrics.finish_buying(purchases, period=period), part
            ),
            mixed=World(MIXED.tables, MIXED.options | {"period": SPRING}),
            **columns,
        )
        for name, part, columns in (
            (
                "repeat_purchase_rate",
                "repeat_rate",
                {
                    "values": ("value",),
                    "counts": ("hits", "trials"),
                    "loose": ("low", "high"),
                    "around": "value",
                },
            ),
            ("purchase_frequency", "frequency", {"values": ("value",), "counts": ("part", "whole")}),
            (
                "average_order_value",
                "order_value",
                {"values": ("value",), "means": ("value",), "sums": ("total",), "counts": ("count",)},
            ),
        )
    ),
    Case(
        name="customer_cohorts",
        worlds=order_worlds(),
        call=metrics.customer_cohorts,
        reduce=metrics.reduce_orders,
        finish=lambda purchases, **options: metrics.finish_customer_cohorts(purchases),
        values=("share",),
        counts=("customers", "active"),
        sums=("money",),
        mixed=MIXED,
        excused={"shifting_dates_keeps_everything": BY_CALENDAR},
    ),
    Case(
        name="customer_retention",
        worlds=st.builds(lambda one, other: World(([*one], [*other]), {}), people, people),
        call=metrics.customer_retention,
        reduce=metrics.reduce_customer_retention,
        finish=metrics.finish_customer_retention,
        values=("retention", "churn"),
        counts=("start", "kept", "lost", "new", "end"),
        loose=("low", "high"),
        around="retention",
        excused=NO_MONEY | NO_DATES,
    ),
    Case(
        name="retention_from_counts",
        worlds=st.builds(
            lambda kept, gone, new: World((), {"start": kept + gone, "end": kept + new, "new": new}),
            *[st.integers(0, 9)] * 3,
        ),
        call=metrics.retention_from_counts,
        values=("retention", "churn"),
        around="retention",
        excused=NUMBERS | NO_MONEY | NO_DATES,
    ),
    Case(
        name="annual_churn",
        worlds=st.builds(lambda share: World((), {"churn": share}), st.fractions(0, 1, max_denominator=50)),
        call=metrics.annual_churn,
        rows=lambda share: [{"value": share}],
        values=("value",),
        excused=NUMBERS | NO_MONEY | NO_DATES,
    ),
]
