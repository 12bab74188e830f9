"""The catalogue of how many get through, how long it takes, who did what, and what has changed."""

from salesproc.metrics._metric import ANY, POSITIVE, SHARE, Metric, metric
from salesproc.metrics.absorption_times import absorption
from salesproc.metrics.activity import activities_per_outcome, activity_rates
from salesproc.metrics.cadence import follow_up_cadence
from salesproc.metrics.cohorts import conversion_cohorts
from salesproc.metrics.comparison import duration_change, rate_change
from salesproc.metrics.conversion import cohort_conversion
from salesproc.metrics.convert import time_to_convert
from salesproc.metrics.drop_offs import drop_off
from salesproc.metrics.event_funnels import event_funnel
from salesproc.metrics.funnel import stage_funnel
from salesproc.metrics.funnel_comparison import compare_funnels
from salesproc.metrics.hand_overs import hand_over_outcomes
from salesproc.metrics.levers import benchmark, bottleneck, what_if
from salesproc.metrics.montecarlo import simulate_pipeline
from salesproc.metrics.outcome_curves import outcome_curve
from salesproc.metrics.probabilities import stage_probabilities
from salesproc.metrics.required import required_at
from salesproc.metrics.response import lead_response_times, sla_attainment
from salesproc.metrics.reworking import rework
from salesproc.metrics.rolling_response import rolling_response_times
from salesproc.metrics.sales_cycle import sales_cycle_length
from salesproc.metrics.stage_ages import stage_age
from salesproc.metrics.stage_times import time_in_stage
from salesproc.metrics.stalling import stalled
from salesproc.metrics.survival import survival_curve
from salesproc.metrics.target_coverage import target_coverage
from salesproc.metrics.visit_ends import stage_outcomes
from salesproc.metrics.volume import volume_conversion

_KAPLAN_MEIER = "E. L. Kaplan and P. Meier, JASA 53 (1958)"
_AALEN_JOHANSEN = "O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978)"
_NEWCOMBE = "R. G. Newcombe, Statistics in Medicine 17 (1998), method 10"

FUNNELS: tuple[Metric, ...] = (
    metric(
        stage_funnel,
        "How many reached each stage, and what became of them?",
        "reached / reached the stage before",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="log",
    ),
    metric(
        cohort_conversion,
        "Which share of those who entered one stage got to another?",
        "converted / entered; within a window: converted / followed for the whole of it",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="log",
    ),
    metric(
        volume_conversion,
        "How many moved on in a period, per entry in it?",
        "moves in the period / entries in the period",
        unit="ratio",
        range=POSITIVE,
        direction="higher",
        level="sales objective",
        input="log",
    ),
    metric(
        conversion_cohorts,
        "Does conversion get better from month to month?",
        "converted within the window / followed for the whole of it, per unit of entry",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="log",
    ),
    metric(
        stage_outcomes,
        "How did the stays in each stage end?",
        "advanced + lost + moved back + handed over + still there = entries",
        unit="stays",
        range=POSITIVE,
        level="sales objective",
        input="log",
    ),
    metric(
        event_funnel,
        "How many got through a series of events in time?",
        "entities at a step / entities at the step before",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="log",
    ),
    metric(
        drop_off,
        "Where are deals lost, and why?",
        "lost from a stage / entered it",
        unit="share",
        range=SHARE,
        direction="lower",
        level="sales objective",
        input="log",
    ),
    metric(
        bottleneck,
        "Which stage costs most wins?",
        "wins with the rate of one stage lifted - wins",
        unit="wins",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="results",
    ),
    metric(
        benchmark,
        "How far is each stage from the sector, and what is the gap worth?",
        "(wins at the sector's rate - wins) x value per win, per stage",
        unit="wins",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="results",
    ),
    metric(
        what_if,
        "How many would win at other rates?",
        "reached the first stage x product of the rates",
        unit="wins",
        range=POSITIVE,
        level="sales objective",
        input="results",
    ),
    metric(
        required_at,
        "How many are needed at each stage to reach the target?",
        "needed at the next stage / rate, rounded up",
        unit="cases",
        range=POSITIVE,
        level="sales activity",
        input="numbers",
    ),
    metric(
        stage_probabilities,
        "What is the chance to win from each stage?",
        "won / (won + lost), of those that were ever in the stage",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="log",
    ),
    metric(
        absorption,
        "What is the chance to win, and the time left, from each stage?",
        "absorption of the chain of steps counted in the log",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="log",
        source="J. G. Kemeny and J. L. Snell, Finite Markov Chains (1960), chapter 3",
    ),
    metric(
        simulate_pipeline,
        "What may the open deals bring in within a time?",
        "value won per simulated run; quantiles over the runs",
        unit="money",
        range=ANY,
        direction="higher",
        level="business result",
        input="results",
        source=_AALEN_JOHANSEN,
    ),
    metric(
        compare_funnels,
        "At which step has the funnel changed?",
        "share of the later funnel - share of the earlier one, per step",
        unit="difference of shares",
        range=ANY._replace(low=-1, high=1),
        direction="higher",
        level="sales objective",
        input="results",
        source=_NEWCOMBE,
    ),
)

TIMES: tuple[Metric, ...] = (
    metric(
        time_in_stage,
        "How long do deals stay in each stage?",
        "product-limit quantiles of the stays, those still there included",
        unit="days",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="log",
        source=_KAPLAN_MEIER,
    ),
    metric(
        time_to_convert,
        "How long does it take from one stage to another?",
        "quantiles of the cumulative incidence of arriving",
        unit="days",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="log",
        source=_AALEN_JOHANSEN,
    ),
    metric(
        sales_cycle_length,
        "How long does it take to win a deal?",
        "quantiles of the cumulative incidence of winning, from opening",
        unit="days",
        range=POSITIVE,
        direction="lower",
        level="business result",
        input="deals",
        source=_AALEN_JOHANSEN,
    ),
    metric(
        survival_curve,
        "Which share is still there at each age?",
        "1 - share that has converted by that age",
        unit="share",
        range=SHARE,
        level="sales objective",
        input="results",
        source=_KAPLAN_MEIER,
    ),
    metric(
        outcome_curve,
        "Which shares are won, lost and open so long after the start?",
        "cumulative incidence of winning and of losing; the rest is open",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="deals",
        source=_AALEN_JOHANSEN,
    ),
    metric(
        stage_age,
        "How long have those in a stage now been in it?",
        "review - last entry, of those in the stage",
        unit="days",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="log",
    ),
    metric(
        stalled,
        "Which deals wait for longer than their stage allows?",
        "over the limit / judged",
        unit="share",
        range=SHARE,
        direction="lower",
        level="sales activity",
        input="items",
    ),
    metric(
        rework,
        "How often does a deal go back, or come again?",
        "entities that moved back / entities; moves back / moves",
        unit="share",
        range=SHARE,
        direction="lower",
        level="sales objective",
        input="log",
    ),
)

_SOURCES = "docs/explanation/sources.md"

ACTIVITY: tuple[Metric, ...] = (
    metric(
        lead_response_times,
        "How long does a lead wait for the first answer?",
        "product-limit quantiles of the wait, the unanswered included",
        unit="days",
        range=POSITIVE,
        direction="lower",
        level="sales activity",
        input="touches",
    ),
    metric(
        sla_attainment,
        "How many leads were answered in time?",
        "met / (met + missed); those still in time are apart",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales activity",
        input="results",
    ),
    metric(
        rolling_response_times,
        "How long does a lead wait each time it asks?",
        "product-limit quantiles of the waits, from the first question since our last answer, the unanswered included",
        unit="days",
        range=POSITIVE,
        direction="lower",
        level="sales activity",
        input="touches",
    ),
    metric(
        hand_over_outcomes,
        "How many of the leads passed on does sales accept, and why are the others given back?",
        "accepted / (accepted + rejected + recycled); the undecided are apart",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="hand-overs",
    ),
    metric(
        target_coverage,
        "How many of those we want as customers has anybody spoken to?",
        "target accounts contacted / target accounts",
        unit="share",
        range=SHARE,
        direction="higher",
        level="sales objective",
        input="touches",
        source=_SOURCES,
    ),
    metric(
        follow_up_cadence,
        "How often are leads tried, and how long between tries?",
        "leads tried at least n times / leads",
        unit="share",
        range=SHARE,
        level="sales activity",
        input="touches",
    ),
    metric(
        activity_rates,
        "How much does a rep do per day?",
        "activities / (reps x days)",
        unit="activities per rep and day",
        range=POSITIVE,
        level="sales activity",
        input="activities",
    ),
    metric(
        activities_per_outcome,
        "How many activities did one outcome take?",
        "activities / outcomes",
        unit="activities per outcome",
        range=POSITIVE,
        direction="lower",
        level="sales objective",
        input="numbers",
    ),
)

COMPARISON: tuple[Metric, ...] = (
    metric(
        rate_change,
        "Has a rate changed by more than chance?",
        "later share - earlier share",
        unit="difference of shares",
        range=ANY._replace(low=-1, high=1),
        level="sales objective",
        input="results",
        source=_NEWCOMBE,
    ),
    metric(
        duration_change,
        "Does something take longer than before?",
        "log-rank statistic of both groups; later median - earlier median",
        unit="days",
        range=ANY,
        direction="lower",
        level="sales objective",
        input="results",
        source="N. Mantel, Cancer Chemotherapy Reports 50 (1966)",
    ),
)

ENTRIES = (*FUNNELS, *TIMES, *ACTIVITY, *COMPARISON)
