"""The catalogue of what is won, what is in flight, what will close, and who brought it."""

from salesproc.metrics._metric import ANY, POSITIVE, SHARE, Metric, metric
from salesproc.metrics.accuracy import forecast_accuracy
from salesproc.metrics.attribution import attribute
from salesproc.metrics.channels import channel_performance
from salesproc.metrics.forecast import forecast_rollup
from salesproc.metrics.objection_outcomes import objection_outcomes
from salesproc.metrics.outcomes import (
    average_deal_value,
    deal_outcomes,
    win_rate,
    win_rate_by_value,
    win_rate_of_created,
)
from salesproc.metrics.pareto import loss_reasons, objections
from salesproc.metrics.pipeline import pipeline_coverage, weighted_pipeline
from salesproc.metrics.pushes import push_count
from salesproc.metrics.slippage import slippage
from salesproc.metrics.targets import quota_attainment, ramp_curve, ramp_time, sales_capacity
from salesproc.metrics.velocity import sales_velocity, velocity_change
from salesproc.metrics.waterfall import pipeline_waterfall

_DECISIONS = "docs/explanation/decisions.md"

OUTCOMES: tuple[Metric, ...] = (
    metric(
        deal_outcomes,
        "How did deals end, and which win rates follow?",
        "won, lost, undecided and open deals, counted and summed",
        unit="deals",
        range=POSITIVE,
        level="business result",
        input="deals",
    ),
    metric(
        win_rate,
        "Which share of the closed deals was won?",
        "won / (won + lost), by count",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="deals",
    ),
    metric(
        win_rate_by_value,
        "Which share of the closed value was won?",
        "value won / (value won + value lost)",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="deals",
    ),
    metric(
        win_rate_of_created,
        "Which share of the deals opened has been won by now?",
        "won / opened, by count",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="deals",
    ),
    metric(
        average_deal_value,
        "What is a won deal worth?",
        "value won / deals won that have an amount",
        unit="money",
        range=ANY,
        direction="higher",
        level="sales objective",
        input="deals",
    ),
    metric(
        loss_reasons,
        "Why are deals lost?",
        "lost for a reason / lost, the most frequent first",
        unit="share",
        range=SHARE,
        level="sales objective",
        input="deals",
    ),
    metric(
        objections,
        "What do customers object to?",
        "objections of a kind / objections, the most frequent first",
        unit="share",
        range=SHARE,
        level="sales activity",
        input="deals",
    ),
    metric(
        objection_outcomes,
        "What becomes of deals that meet an objection?",
        "won / (won + lost), of the deals that met it; objections resolved / (resolved + unresolved at the end)",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="deals",
        source=_DECISIONS,
    ),
)

PIPELINE: tuple[Metric, ...] = (
    metric(
        weighted_pipeline,
        "What is the open pipeline worth, each deal by its chance?",
        "sum of amount x chance",
        unit="money",
        range=ANY,
        direction="higher",
        level="business result",
        input="deals",
    ),
    metric(
        pipeline_coverage,
        "Is there enough in the pipeline to reach the target?",
        "open value due in the period / (target - won)",
        unit="ratio",
        range=POSITIVE,
        direction="higher",
        level="sales objective",
        input="deals",
    ),
    metric(
        sales_velocity,
        "How much money does the pipeline make per day?",
        "opportunities x win rate x mean value / mean cycle",
        unit="money per day",
        range=ANY,
        direction="higher",
        level="business result",
        input="deals",
        source="J. D. C. Little, Operations Research 9 (1961)",
    ),
    metric(
        velocity_change,
        "Which factor made the pipeline faster or slower?",
        "later factor / earlier factor; the cycle the other way round",
        unit="ratio",
        range=POSITIVE,
        direction="higher",
        level="business result",
        input="results",
    ),
)

FORECAST: tuple[Metric, ...] = (
    metric(
        pipeline_waterfall,
        "Why is the pipeline worth more, or less, than before?",
        "opening + created + reopened + pulled in + increased - decreased - pushed out - won - lost - removed = closing",
        unit="money",
        range=ANY,
        level="business result",
        input="histories",
        source=_DECISIONS,
    ),
    metric(
        slippage,
        "How much of what was forecast to close did not?",
        "forecast deals still open, or not won, at the end / forecast deals",
        unit="share",
        range=SHARE,
        direction="lower",
        level="sales objective",
        input="histories",
        source=_DECISIONS,
    ),
    metric(
        push_count,
        "How often was the expected close put off?",
        "deals by how often their day was moved",
        unit="pushes per deal",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="histories",
        source=_DECISIONS,
    ),
    metric(
        forecast_rollup,
        "What is won, committed, likely and possible in the period?",
        "value of a category, alone and with the surer ones",
        unit="money",
        range=ANY,
        direction="higher",
        level="business result",
        input="deals",
        source=_DECISIONS,
    ),
    metric(
        forecast_accuracy,
        "How far off were the forecasts, and to which side?",
        "sum of errors without signs / won; (won - forecast) / won",
        unit="ratio",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="calls",
        source="S. Kolassa and W. Schuetz, Foresight 6 (2007)",
    ),
)

TARGETS: tuple[Metric, ...] = (
    metric(
        quota_attainment,
        "How much of the quota was reached?",
        "won / (quota x share in service)",
        unit="ratio",
        range=ANY,
        direction="higher",
        level="business result",
        input="numbers",
    ),
    metric(
        ramp_curve,
        "How much does a rep sell in each month of service?",
        "mean attainment per month of service",
        unit="ratio",
        range=POSITIVE,
        direction="higher",
        level="sales objective",
        input="months",
    ),
    metric(
        ramp_time,
        "How long until a rep first sells in full?",
        "product-limit median of the first month at the threshold",
        unit="months",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="months",
    ),
    metric(
        sales_capacity,
        "How much can the team be expected to sell?",
        "sum of quota x attainment x ramp",
        unit="money",
        range=ANY,
        direction="higher",
        level="business result",
        input="numbers",
    ),
)

CHANNELS: tuple[Metric, ...] = (
    metric(
        attribute,
        "Which channel brought the sale?",
        "each sale shared out among the touches before it, to the cent",
        unit="money",
        range=ANY,
        level="business result",
        input="touches",
    ),
    metric(
        channel_performance,
        "What did each channel bring, and what did a win cost?",
        "won / opened; value won / cost, per channel",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="deals",
        source=_DECISIONS,
    ),
)

ENTRIES = (*OUTCOMES, *PIPELINE, *FORECAST, *TARGETS, *CHANNELS)
