"""Questions about a sales process, answered with counts that add up.

Every metric is two functions: ``reduce_...`` turns rows into sufficient statistics, which are added when the entities
of two logs are disjoint, and ``finish_...`` turns statistics into the result. The metric itself does both.
"""

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
from salesproc.metrics.convert import reduce_time_to_convert, time_to_convert
from salesproc.metrics.durations import CurvePoint, DurationCounts, Durations, finish_durations
from salesproc.metrics.funnel import reduce_funnel, stage_funnel
from salesproc.metrics.funnel_results import (
    Funnel,
    FunnelCounts,
    FunnelStage,
    SkipRule,
    StageCounts,
    finish_funnel,
)
from salesproc.metrics.response import (
    LeadArrival,
    SlaAttainment,
    lead_response_times,
    reduce_lead_response_times,
    sla_attainment,
)
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

__all__ = [
    "ActivityCounts",
    "ActivityRates",
    "Attribution",
    "AttributionCounts",
    "AttributionModel",
    "Breakdown",
    "Cadence",
    "CadenceCounts",
    "ChannelCredit",
    "Conversion",
    "CurvePoint",
    "DurationCounts",
    "Durations",
    "Funnel",
    "FunnelCounts",
    "FunnelStage",
    "LeadArrival",
    "QuotaAttainment",
    "RampCounts",
    "RampTime",
    "RepMonth",
    "SalesRep",
    "SkipRule",
    "SlaAttainment",
    "StageCounts",
    "Touch",
    "activities_per_outcome",
    "activity_rates",
    "attribute",
    "finish_activity_rates",
    "finish_attribution",
    "finish_cadence",
    "finish_durations",
    "finish_funnel",
    "finish_ramp_time",
    "follow_up_cadence",
    "lead_response_times",
    "quota_attainment",
    "ramp_curve",
    "ramp_time",
    "reduce_activity_rates",
    "reduce_attribution",
    "reduce_cadence",
    "reduce_funnel",
    "reduce_lead_response_times",
    "reduce_ramp_time",
    "reduce_time_to_convert",
    "sales_capacity",
    "sla_attainment",
    "stage_funnel",
    "time_to_convert",
]
