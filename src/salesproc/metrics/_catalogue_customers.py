"""The catalogue of what customers buy, who they are, what they are worth, and who stays."""

from salesproc.metrics._metric import ANY, POSITIVE, SHARE, Metric, metric
from salesproc.metrics.abc_analysis import abc_classes
from salesproc.metrics.abc_xyz_matrix import abc_xyz
from salesproc.metrics.buying import average_order_value, buying, purchase_frequency, repeat_purchase_rate
from salesproc.metrics.customer_cohort_table import customer_cohorts
from salesproc.metrics.retention import annual_churn, customer_retention, retention_from_counts
from salesproc.metrics.rfm import rfm
from salesproc.metrics.xyz_analysis import xyz_classes

_DECISIONS = "docs/explanation/decisions.md"

SEGMENTS: tuple[Metric, ...] = (
    metric(
        rfm,
        "Who are the good customers?",
        "days since the last purchase, purchases, and money, each scored by quantiles in which ties share a score",
        unit="score",
        range=POSITIVE,
        level="business result",
        input="orders",
    ),
    metric(
        abc_classes,
        "Which customers bring most of the money?",
        "customers by money, cut where their running share passes 80 % and 95 %",
        unit="share",
        range=SHARE,
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
    metric(
        xyz_classes,
        "Who buys steadily?",
        "standard deviation over mean of the money per period, cut at 0.5 and 1.0",
        unit="ratio",
        range=POSITIVE,
        direction="lower",
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
    metric(
        abc_xyz,
        "Who buys much and steadily, and what is to be done with the others?",
        "the nine pairs of a class by money and a class by steadiness",
        unit="customers",
        range=POSITIVE,
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
)

STAYING: tuple[Metric, ...] = (
    metric(
        buying,
        "Who bought, how often and for how much, and who of them is new?",
        "buyers, orders and money of a period, by whether the first purchase lies in it",
        unit="customers",
        range=POSITIVE,
        direction="higher",
        level="business result",
        input="orders",
    ),
    metric(
        repeat_purchase_rate,
        "Which share of the buyers bought more than once?",
        "buyers with two purchases or more / buyers",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="orders",
    ),
    metric(
        purchase_frequency,
        "How often does a buyer buy?",
        "orders / different buyers",
        unit="orders",
        range=POSITIVE,
        direction="higher",
        level="sales objective",
        input="orders",
    ),
    metric(
        average_order_value,
        "What is an order worth?",
        "money of the orders / orders",
        unit="money",
        range=ANY,
        direction="higher",
        level="sales objective",
        input="orders",
    ),
    metric(
        customer_cohorts,
        "Do later customers stay longer?",
        "of the customers who first bought in one unit, those who bought in each unit since",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
    metric(
        customer_retention,
        "Which share of the customers stayed?",
        "customers at the start who are there at the end / customers at the start",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="balances",
    ),
    metric(
        retention_from_counts,
        "Which share of the customers stayed, by three counts?",
        "(customers at the end - new ones) / customers at the start",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="numbers",
        source="docs/explanation/sources.md",
    ),
    metric(
        annual_churn,
        "How many leave in a year, at this pace?",
        "1 - (1 - churn per period) ** periods of a year",
        unit="share",
        range=SHARE,
        direction="lower",
        level="business result",
        input="numbers",
    ),
)

ENTRIES: tuple[Metric, ...] = (*SEGMENTS, *STAYING)
