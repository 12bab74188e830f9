"""The cases of the laws for customers who leave."""

from datetime import timedelta

from customer_cases import MIXED, NO_MONEY, ONE_ROW_EACH, SHOPPERS, SPRING, START, order_worlds
from hypothesis import strategies as st
from laws import Case, World

from salesproc import metrics


@st.composite
def contracts(draw):
    """Contracts that do not contradict themselves; a customer may have several."""
    rows = []
    for _ in range(draw(st.integers(3, 6))):
        start = draw(st.integers(0, 140))
        end = draw(st.none() | st.integers(start, 200))
        notice = draw(st.none() | st.integers(0, 200 if end is None else end))
        days = [None if n is None else START + timedelta(days=n) for n in (start, end, notice)]
        rows.append((draw(st.sampled_from(SHOPPERS)), *days))
    return rows


def without_last(found):
    """The rows without the day of the last purchase, which moves with the data as it should."""
    return [{name: value for name, value in row.items() if name != "last"} for row in found.to_rows()]


LADDER = [
    Case(
        name="at_risk",
        worlds=order_worlds(),
        call=metrics.at_risk,
        reduce=metrics.reduce_orders,
        finish=lambda purchases, **options: metrics.finish_at_risk(purchases),
        values=("usual_gap_days", "silent_days", "times"),
        means=("money",),
        rows=without_last,
        mixed=MIXED,
        excused={"repeating_keeps_shares": ONE_ROW_EACH},
    ),
    Case(
        name="contract_churn",
        worlds=st.builds(
            lambda rows, rule: World((rows,), {"period": SPRING, "lost_at": rule}),
            contracts(),
            st.sampled_from(["service end", "cancellation"]),
        ),
        call=metrics.contract_churn,
        reduce=metrics.reduce_contract_churn,
        finish=lambda counts, **options: metrics.finish_customer_retention(counts),
        values=("churn", "retention"),
        counts=("start", "kept", "lost", "new", "end"),
        loose=("low", "high"),
        around="retention",
        excused=NO_MONEY,
    ),
]
