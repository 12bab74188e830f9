"""Questions about a sales process, answered with counts that add up.

Every metric is two functions: ``reduce_...`` turns rows into sufficient statistics, which are added when the entities
of two logs are disjoint, and ``finish_...`` turns statistics into the result. The metric itself does both.
"""

from salesproc.metrics._bands import BandKind, BandPoint, TimeInterval
from salesproc.metrics.activity import (
    ActivityCounts,
    ActivityRates,
    activities_per_outcome,
    activity_rates,
    finish_activity_rates,
    reduce_activity_rates,
)
from salesproc.metrics.attribution import attribute, reduce_attribution
from salesproc.metrics.attribution_results import (
    Attribution,
    AttributionCounts,
    AttributionModel,
    ChannelCredit,
    Conversion,
    Touch,
    finish_attribution,
)
from salesproc.metrics.breakdown import Breakdown
from salesproc.metrics.cadence import (
    Cadence,
    CadenceCounts,
    finish_cadence,
    follow_up_cadence,
    reduce_cadence,
)
from salesproc.metrics.comparison import DurationChange, RateChange, RateTest, duration_change, rate_change
from salesproc.metrics.convert import reduce_time_to_convert, time_to_convert
from salesproc.metrics.deals import Deal, DealLike, Outcome
from salesproc.metrics.durations import CurvePoint, DurationCounts, Durations, finish_durations
from salesproc.metrics.funnel import reduce_funnel, stage_funnel
from salesproc.metrics.funnel_comparison import FunnelChange, StepChange, compare_funnels
from salesproc.metrics.funnel_results import (
    Funnel,
    FunnelCounts,
    FunnelStage,
    SkipRule,
    StageCounts,
    finish_funnel,
)
from salesproc.metrics.last_period import ThisAndLast, this_and_last
from salesproc.metrics.outcome_curves import (
    OutcomeCurve,
    OutcomePoint,
    finish_outcome_curve,
    outcome_curve,
    reduce_outcome_curve,
)
from salesproc.metrics.outcomes import (
    OutcomeCounts,
    Outcomes,
    average_deal_value,
    deal_outcomes,
    finish_outcomes,
    reduce_outcomes,
    win_rate,
    win_rate_by_value,
    win_rate_of_created,
)
from salesproc.metrics.pareto import (
    ObjectionLike,
    Pareto,
    ParetoCounts,
    ParetoRow,
    WithObjections,
    finish_pareto,
    loss_reasons,
    objections,
    reduce_loss_reasons,
    reduce_objections,
)
from salesproc.metrics.response import (
    LeadArrival,
    SlaAttainment,
    lead_response_times,
    reduce_lead_response_times,
    sla_attainment,
)
from salesproc.metrics.reworking import reduce_rework, rework
from salesproc.metrics.reworking_results import Rework, ReworkCounts, ReworkStage, finish_rework
from salesproc.metrics.sales_cycle import CycleEnd, reduce_sales_cycle, sales_cycle_length
from salesproc.metrics.stage_ages import Ages, StageAge, finish_stage_age, reduce_stage_age, stage_age
from salesproc.metrics.stage_times import reduce_time_in_stage, time_in_stage
from salesproc.metrics.stage_times_results import (
    TimeInStage,
    TimeInStageCounts,
    VisitRule,
    finish_time_in_stage,
)
from salesproc.metrics.stalling import reduce_stalled, stalled
from salesproc.metrics.stalling_results import Clock, Stalled, StalledCounts, StalledItem, finish_stalled
from salesproc.metrics.survival import SurvivalCurve, SurvivalPoint, survival_curve
from salesproc.metrics.targets import (
    QuotaAttainment,
    RampCounts,
    RampTime,
    RepMonth,
    SalesRep,
    finish_ramp_time,
    quota_attainment,
    ramp_curve,
    ramp_time,
    reduce_ramp_time,
    sales_capacity,
)
from salesproc.metrics.waiting_rows import Snooze, Waiting, WaitingLike, waiting

__all__ = [
    "ActivityCounts",
    "ActivityRates",
    "Ages",
    "Attribution",
    "AttributionCounts",
    "AttributionModel",
    "BandKind",
    "BandPoint",
    "Breakdown",
    "Cadence",
    "CadenceCounts",
    "ChannelCredit",
    "Clock",
    "Conversion",
    "CurvePoint",
    "CycleEnd",
    "Deal",
    "DealLike",
    "DurationChange",
    "DurationCounts",
    "Durations",
    "Funnel",
    "FunnelChange",
    "FunnelCounts",
    "FunnelStage",
    "LeadArrival",
    "ObjectionLike",
    "Outcome",
    "OutcomeCounts",
    "OutcomeCurve",
    "OutcomePoint",
    "Outcomes",
    "Pareto",
    "ParetoCounts",
    "ParetoRow",
    "QuotaAttainment",
    "RampCounts",
    "RampTime",
    "RateChange",
    "RateTest",
    "RepMonth",
    "Rework",
    "ReworkCounts",
    "ReworkStage",
    "SalesRep",
    "SkipRule",
    "SlaAttainment",
    "Snooze",
    "StageAge",
    "StageCounts",
    "Stalled",
    "StalledCounts",
    "StalledItem",
    "StepChange",
    "SurvivalCurve",
    "SurvivalPoint",
    "ThisAndLast",
    "TimeInStage",
    "TimeInStageCounts",
    "TimeInterval",
    "Touch",
    "VisitRule",
    "Waiting",
    "WaitingLike",
    "WithObjections",
    "activities_per_outcome",
    "activity_rates",
    "attribute",
    "average_deal_value",
    "compare_funnels",
    "deal_outcomes",
    "duration_change",
    "finish_activity_rates",
    "finish_attribution",
    "finish_cadence",
    "finish_durations",
    "finish_funnel",
    "finish_outcome_curve",
    "finish_outcomes",
    "finish_pareto",
    "finish_ramp_time",
    "finish_rework",
    "finish_stage_age",
    "finish_stalled",
    "finish_time_in_stage",
    "follow_up_cadence",
    "lead_response_times",
    "loss_reasons",
    "objections",
    "outcome_curve",
    "quota_attainment",
    "ramp_curve",
    "ramp_time",
    "rate_change",
    "reduce_activity_rates",
    "reduce_attribution",
    "reduce_cadence",
    "reduce_funnel",
    "reduce_lead_response_times",
    "reduce_loss_reasons",
    "reduce_objections",
    "reduce_outcome_curve",
    "reduce_outcomes",
    "reduce_ramp_time",
    "reduce_rework",
    "reduce_sales_cycle",
    "reduce_stage_age",
    "reduce_stalled",
    "reduce_time_in_stage",
    "reduce_time_to_convert",
    "rework",
    "sales_capacity",
    "sales_cycle_length",
    "sla_attainment",
    "stage_age",
    "stage_funnel",
    "stalled",
    "survival_curve",
    "this_and_last",
    "time_in_stage",
    "time_to_convert",
    "waiting",
    "win_rate",
    "win_rate_by_value",
    "win_rate_of_created",
]
