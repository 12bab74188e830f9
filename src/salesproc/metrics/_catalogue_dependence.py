"""The catalogue of whom the business rests on, of promises kept, and of what customers say."""

from salesproc.metrics._metric import POSITIVE, SHARE, Metric, ValueRange, metric
from salesproc.metrics.concentration import concentration
from salesproc.metrics.deliveries import on_time_delivery
from salesproc.metrics.exit_reasons import churn_reasons, exit_survey
from salesproc.metrics.goodwill import goodwill
from salesproc.metrics.incident_notices import time_until_told
from salesproc.metrics.incidents import incident_report
from salesproc.metrics.satisfaction import (
    customer_effort_agreement,
    customer_effort_mean,
    customer_effort_net,
    customer_satisfaction,
    net_promoter_score,
)

_DECISIONS = "docs/explanation/decisions.md"
_SOURCES = "docs/explanation/sources.md"
_KAPLAN_MEIER = "E. L. Kaplan and P. Meier, JASA 53 (1958)"
_NET = ValueRange(-1, 1)

ENTRIES: tuple[Metric, ...] = (
    metric(
        concentration,
        "On how many customers does the business rest?",
        "sum of the squared shares of the money (HHI); its inverse is the effective number of customers",
        unit="share",
        range=SHARE,
        direction="lower",
        level="business result",
        input="orders",
    ),
    metric(
        net_promoter_score,
        "Would customers recommend us?",
        "share of answers of 9 and 10 - share of answers of 0 to 6",
        unit="net share",
        range=_NET,
        direction="higher",
        level="business result",
        input="answers",
    ),
    metric(
        customer_satisfaction,
        "Are customers satisfied?",
        "answers from a threshold on / answers",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="answers",
    ),
    metric(
        customer_effort_mean,
        "How easy was it for customers, on average?",
        "sum of the answers from 1 to 7 / answers, 7 being easy",
        unit="points",
        range=ValueRange(1, 7),
        direction="higher",
        level="business result",
        input="answers",
    ),
    metric(
        customer_effort_agreement,
        "How many customers agree that it was easy?",
        "answers of 5 to 7 / answers",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="answers",
    ),
    metric(
        customer_effort_net,
        "How many more found it easy than hard?",
        "share of answers of 6 and 7 - share of answers of 1 to 3",
        unit="net share",
        range=_NET,
        direction="higher",
        level="business result",
        input="answers",
    ),
    metric(
        on_time_delivery,
        "Are orders delivered as promised?",
        "on time / (on time + late), excused ones apart",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="deliveries",
        source=_DECISIONS,
    ),
    metric(
        incident_report,
        "What goes wrong after the sale, and is it put right?",
        "incidents by kind: count, open, per order, reasons, and the time it takes to put one right",
        unit="incidents per order",
        range=POSITIVE,
        direction="lower",
        level="business result",
        input="answers",
        source=_SOURCES,
    ),
    metric(
        time_until_told,
        "How long until a customer hears from us that something went wrong?",
        "quantiles of the product-limit estimate of being told, from our knowing",
        unit="days",
        range=POSITIVE,
        direction="lower",
        level="sales activity",
        input="answers",
        source=_KAPLAN_MEIER,
    ),
    metric(
        goodwill,
        "Are there enough good experiences for the bad ones that stand?",
        "12 * unresolved bad ones - good ones, if above 0",
        unit="experiences",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="numbers",
        source=_SOURCES,
    ),
    metric(
        exit_survey,
        "What do customers say who leave?",
        "answers to each of three questions / customers who left, those who gave none in a row of their own",
        unit="share",
        range=SHARE,
        level="business result",
        input="answers",
        source=_SOURCES,
    ),
    metric(
        churn_reasons,
        "Why did customers leave?",
        "customers per reason / customers who left, those without one in a row of their own",
        unit="share",
        range=SHARE,
        level="business result",
        input="answers",
        source=_SOURCES,
    ),
)
