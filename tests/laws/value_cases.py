"""The cases of the laws for what customers are worth, what they cost, and what those pay who paid already."""

from datetime import timedelta
from fractions import Fraction

from customer_cases import (
    AS_OF,
    MIXED,
    NO_DATES,
    NO_MONEY,
    NUMBERS,
    SHOPPERS,
    SPRING,
    START,
    order_worlds,
    people,
    reduced,
)
from hypothesis import strategies as st
from laws import HOSTILE, Case, World

from salesproc import metrics
from salesproc.money import Money

# Sixty divides by every number of customers and quarter of a share in a world, so that nothing is rounded.
euros = st.integers(0, 9).map(lambda n: Money(60 * n, "EUR"))
positive = st.integers(1, 9).map(lambda n: Money(60 * n, "EUR"))
quarters = st.integers(0, 4).map(lambda n: Fraction(n, 4))
few = st.integers(0, 6)
EURO, DOLLAR = Money(60, "EUR"), Money(60, "USD")
NO_ROWS = NUMBERS | NO_DATES
ONE_AMOUNT = {"mixed_currencies_are_refused": "it takes one amount"}
FACTORS = st.tuples(euros, few, quarters, few)


def numbers(**options):
    """Worlds without tables: what is drawn for each option."""
    return st.fixed_dictionaries(options).map(lambda drawn: World((), drawn))


def of_options(**options):
    """One such world."""
    return World((), options)


def value_of(check, often, margin, long):
    """The lifetime value of four factors."""
    return metrics.lifetime_value(check, purchases_per_month=often, margin=margin, lifetime_months=long)


def segment_of(customer):
    """A segment by the first letter of the customer; none for those with a d."""
    return {"a": f"large{HOSTILE}", "b": f"large{HOSTILE}", "c": "small"}.get(customer[0])


@st.composite
def schedules(draw):
    """Margins with the shares still there."""
    margins = draw(st.lists(st.integers(-2, 9).map(lambda n: Money(60 * n, "EUR")), min_size=1, max_size=4))
    shares = draw(st.lists(quarters, min_size=len(margins), max_size=len(margins)))
    options = {"margins": margins, "survival": sorted(shares, reverse=True), "discount": draw(quarters)}
    return World((), options | {"first": draw(st.sampled_from(["next", "now"]))})


balances = st.lists(st.tuples(st.sampled_from(SHOPPERS), euros), max_size=8)
MOVED = st.builds(
    lambda before, after, earlier: World((before, after, [*earlier]), {}), balances, balances, people
)
TWO_BALANCES = st.builds(lambda before, after: World((before, after), {}), balances, balances)
MIXED_BALANCES = ([("ann", EURO)], [("bob", DOLLAR)])

WORTH = [
    Case(
        name="lifetime_value",
        worlds=numbers(average_check=euros, purchases_per_month=few, margin=quarters, lifetime_months=few),
        call=metrics.lifetime_value,
        values=("value",),
        means=("value", "average_check"),
        excused=NO_ROWS | ONE_AMOUNT,
    ),
    Case(
        name="lifetime_value_change",
        worlds=numbers(before=FACTORS, after=FACTORS),
        call=lambda before, after: metrics.lifetime_value_change(value_of(*before), value_of(*after)),
        values=("gain",),
        means=("gain",),
        mixed=of_options(before=(EURO, 1, 1, 1), after=(DOLLAR, 1, 1, 1)),
        excused=NO_ROWS,
    ),
    Case(
        name="lifetime_from_churn",
        worlds=numbers(churn=quarters),
        call=metrics.lifetime_from_churn,
        values=("value",),
        excused=NO_ROWS | NO_MONEY,
    ),
    Case(
        name="margin_multiple",
        worlds=numbers(
            retention=quarters,
            discount=st.integers(1, 9).map(lambda n: Fraction(n, 10)),
            first=st.sampled_from(["next", "now"]),
        ),
        call=metrics.margin_multiple,
        rows=lambda multiple: [{"value": multiple}],
        values=("value",),
        excused=NO_ROWS | NO_MONEY,
    ),
    Case(
        name="discounted_value",
        worlds=schedules(),
        call=metrics.discounted_value,
        values=("present",),
        means=("margin", "present"),
        mixed=of_options(margins=[EURO, DOLLAR], survival=[1, 1], discount=0, first="now"),
        excused=NO_ROWS,
    ),
    Case(
        name="share_of_wallet",
        worlds=numbers(own=euros, elsewhere=euros),
        call=metrics.share_of_wallet,
        values=("share",),
        means=("own", "elsewhere", "category"),
        mixed=of_options(own=EURO, elsewhere=DOLLAR),
        excused=NO_ROWS,
    ),
    Case(
        name="share_of_wallet_from_category",
        worlds=numbers(own=euros, category=euros.map(lambda money: money + Money(540, "EUR"))),
        call=metrics.share_of_wallet_from_category,
        values=("share",),
        means=("own", "elsewhere", "category"),
        mixed=of_options(own=EURO, category=DOLLAR),
        excused=NO_ROWS,
    ),
    Case(
        name="wallet_allocation",
        worlds=numbers(rank=st.integers(1, 3), brands=st.integers(3, 9)),
        call=metrics.wallet_allocation,
        rows=lambda share: [{"value": share}],
        values=("value",),
        excused=NO_ROWS | NO_MONEY,
    ),
    Case(
        name="penetration",
        worlds=numbers(buyers=few, population=st.integers(6, 99)),
        call=metrics.penetration,
        values=("value",),
        around="value",
        excused=NO_ROWS | NO_MONEY,
    ),
    Case(
        name="growth_headroom",
        worlds=numbers(current=euros, potential=euros.map(lambda money: money + Money(540, "EUR"))),
        call=metrics.growth_headroom,
        values=("multiple",),
        means=("current", "potential", "headroom"),
        mixed=of_options(current=EURO, potential=DOLLAR),
        excused=NO_ROWS,
    ),
    Case(
        name="lost_potential",
        worlds=order_worlds(by=segment_of, period=SPRING),
        call=metrics.lost_potential,
        reduce=reduced,
        finish=lambda purchases, as_of, **options: metrics.finish_lost_potential(purchases, **options),
        values=("gap",),
        counts=("buyers", "below"),
        sums=("gap",),
        means=("level",),
        mixed=World(MIXED.tables, MIXED.options | {"by": segment_of}),
    ),
]

RESULTS = [
    Case(
        name="revenue_growth",
        worlds=numbers(current=euros, previous=euros),
        call=metrics.revenue_growth,
        values=("value",),
        means=("part", "whole"),
        mixed=of_options(current=EURO, previous=DOLLAR),
        excused=NO_ROWS,
    ),
    Case(
        name="market_share",
        worlds=st.tuples(euros, euros)
        .map(sorted)
        .map(lambda two: World((), {"own": two[0], "market": two[1]})),
        call=metrics.market_share,
        values=("value",),
        means=("part", "whole"),
        mixed=of_options(own=EURO, market=DOLLAR),
        excused=NO_ROWS,
    ),
    Case(
        name="gross_margin",
        worlds=numbers(revenue=euros, cost=euros),
        call=metrics.gross_margin,
        values=("value",),
        means=("part", "whole"),
        mixed=of_options(revenue=EURO, cost=DOLLAR),
        excused=NO_ROWS,
    ),
    Case(
        name="return_on_investment",
        worlds=numbers(gain=euros, cost=euros),
        call=metrics.return_on_investment,
        values=("value",),
        means=("part", "whole"),
        mixed=of_options(gain=EURO, cost=DOLLAR),
        excused=NO_ROWS,
    ),
]

COST = [
    Case(
        name="acquisition_cost",
        worlds=numbers(cost=euros, new_customers=few),
        call=metrics.acquisition_cost,
        values=("value",),
        means=("value", "total"),
        excused=NO_ROWS | ONE_AMOUNT,
    ),
    Case(
        name="payback_months",
        worlds=numbers(cost=euros, monthly_revenue=euros, margin=quarters),
        call=metrics.payback_months,
        values=("value",),
        means=("part", "whole"),
        mixed=of_options(cost=EURO, monthly_revenue=DOLLAR, margin=1),
        excused=NO_ROWS,
    ),
    Case(
        name="value_to_cost",
        worlds=numbers(value=euros, cost=euros),
        call=metrics.value_to_cost,
        values=("value",),
        means=("part", "whole"),
        mixed=of_options(value=EURO, cost=DOLLAR),
        excused=NO_ROWS,
    ),
    Case(
        name="spend_balance",
        worlds=numbers(acquisition=st.tuples(euros, few, few), retention=st.tuples(positive, few, few)),
        call=metrics.spend_balance,
        rows=lambda found: [{**row, "ratio": found.ratio.value} for row in found.to_rows()],
        values=("ratio",),
        means=("cost", "cost_per_customer"),
        mixed=of_options(acquisition=(EURO, 1, 1), retention=(DOLLAR, 1, 1)),
        excused=NO_ROWS,
    ),
    Case(
        name="replacement_need",
        worlds=numbers(customers=st.integers(0, 99), churn=quarters),
        call=metrics.replacement_need,
        rows=lambda needed: [{"value": needed}],
        values=("value",),
        excused=NO_ROWS | NO_MONEY,
    ),
]

STAYS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", f"cid{HOSTILE}", "dan", "eve"]),
        st.integers(0, 220).map(lambda n: START + timedelta(days=n)),
        st.none() | st.integers(0, 90),
    ),
    unique_by=lambda row: row[0],
    max_size=5,
).map(
    lambda rows: [
        (who, since, None if days is None else since + timedelta(days=days)) for who, since, days in rows
    ]
)

RECURRING = [
    Case(
        name="revenue_movement",
        worlds=MOVED,
        call=lambda before, after, earlier: metrics.revenue_movement(before, after, earlier=earlier),
        reduce=lambda before, after, earlier: metrics.reduce_revenue_movement(before, after, earlier=earlier),
        finish=metrics.finish_revenue_movement,
        values=("money", "customers"),
        counts=("customers",),
        sums=("money",),
        mixed=World((*MIXED_BALANCES, []), {}),
        excused=NO_DATES,
    ),
    *(
        Case(
            name=name,
            worlds=TWO_BALANCES,
            call=getattr(metrics, name),
            reduce=metrics.reduce_revenue_movement,
            finish=lambda counts, part=part: getattr(counts, part),
            values=("value",),
            sums=("part", "whole"),
            mixed=World(MIXED_BALANCES, {}),
            excused=NO_DATES,
        )
        for name, part in (
            ("net_revenue_retention", "net_retention"),
            ("gross_revenue_retention", "gross_retention"),
            ("quick_ratio", "quick_ratio"),
        )
    ),
    Case(
        name="customer_lifetimes",
        worlds=st.builds(lambda rows: World((rows,), {"as_of": AS_OF}), STAYS),
        call=metrics.customer_lifetimes,
        reduce=metrics.reduce_customer_lifetimes,
        finish=lambda counts, as_of: metrics.finish_durations(counts),
        values=(
            "p25_days",
            "median_days",
            "p75_days",
            "finished_only_mean_days",
            "finished_only_median_days",
        ),
        counts=("finished", "lost", "open", "backwards"),
        undefined=lambda found: found.why_undefined(0.5),
        excused=NO_MONEY,
    ),
]

VALUE = [*RESULTS, *WORTH, *COST, *RECURRING]
