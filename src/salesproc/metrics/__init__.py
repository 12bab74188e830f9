"""Questions about a sales process, answered with counts that add up.

Every metric is two functions: ``reduce_...`` turns rows into sufficient statistics, which are added when the entities
of two logs are disjoint, and ``finish_...`` turns statistics into the result. The metric itself does both.
"""

from salesproc.metrics._bands import BandKind, BandPoint, TimeInterval
from salesproc.metrics.abc_analysis import Abc, AbcClass, AbcRow, CrossingRule, abc_classes, finish_abc
from salesproc.metrics.abc_xyz_matrix import ABC_XYZ_ACTIONS, AbcXyz, AbcXyzCell, abc_xyz, finish_abc_xyz
from salesproc.metrics.absorption_times import Absorption, AbsorptionStage, absorption, finish_absorption
from salesproc.metrics.accuracy import (
    AccuracyCounts,
    ForecastAccuracy,
    ForecastCall,
    finish_forecast_accuracy,
    forecast_accuracy,
    reduce_forecast_accuracy,
)
from salesproc.metrics.acquisition import (
    Spend,
    SpendBalance,
    acquisition_cost,
    payback_months,
    replacement_need,
    spend_balance,
    value_to_cost,
)
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
from salesproc.metrics.business_results import (
    gross_margin,
    market_share,
    return_on_investment,
    revenue_growth,
)
from salesproc.metrics.buying import (
    Buying,
    average_order_value,
    buying,
    finish_buying,
    purchase_frequency,
    repeat_purchase_rate,
)
from salesproc.metrics.cadence import (
    Cadence,
    CadenceCounts,
    finish_cadence,
    follow_up_cadence,
    reduce_cadence,
)
from salesproc.metrics.channels import (
    ChannelCounts,
    ChannelPerformance,
    ChannelRow,
    channel_performance,
    finish_channel_performance,
    reduce_channel_performance,
)
from salesproc.metrics.cohorts import (
    CohortRow,
    ConversionCohorts,
    ConversionCohortsCounts,
    conversion_cohorts,
    finish_conversion_cohorts,
    reduce_conversion_cohorts,
)
from salesproc.metrics.comparison import DurationChange, RateChange, RateTest, duration_change, rate_change
from salesproc.metrics.concentration import (
    Concentration,
    ConcentrationCounts,
    ConcentrationRow,
    PaidRow,
    concentration,
    finish_concentration,
    reduce_concentration,
)
from salesproc.metrics.contract_ends import LostAt, contract_churn, reduce_contract_churn
from salesproc.metrics.conversion import cohort_conversion, reduce_cohort_conversion
from salesproc.metrics.conversion_results import CohortConversion, CohortCounts, finish_cohort_conversion
from salesproc.metrics.convert import reduce_time_to_convert, time_to_convert
from salesproc.metrics.currencies import in_currency
from salesproc.metrics.customer_cohort_table import (
    CohortCell,
    CustomerCohort,
    CustomerCohorts,
    customer_cohorts,
    finish_customer_cohorts,
)
from salesproc.metrics.customer_survival import StayRow, customer_lifetimes, reduce_customer_lifetimes
from salesproc.metrics.deals import Deal, DealLike, Outcome
from salesproc.metrics.deliveries import (
    DeliveryHistory,
    DeliveryIssueRow,
    DeliveryLike,
    on_time_delivery,
    reduce_on_time_delivery,
)
from salesproc.metrics.deliveries_results import DeliveryCounts, OnTimeDelivery, finish_on_time_delivery
from salesproc.metrics.discounting import DiscountedValue, FirstMargin, discounted_value, margin_multiple
from salesproc.metrics.drop_offs import (
    DropOff,
    DropOffCounts,
    DropOffStage,
    drop_off,
    finish_drop_off,
    reduce_drop_off,
)
from salesproc.metrics.durations import CurvePoint, DurationCounts, Durations, finish_durations
from salesproc.metrics.event_funnel_results import (
    EventFunnel,
    EventFunnelCounts,
    EventOrder,
    EventStep,
    finish_event_funnel,
)
from salesproc.metrics.event_funnels import event_funnel, reduce_event_funnel
from salesproc.metrics.exit_reasons import (
    ExitAnswer,
    ExitSurvey,
    ExitSurveyCounts,
    churn_reasons,
    exit_survey,
    finish_exit_survey,
    reduce_churn_reasons,
    reduce_exit_survey,
)
from salesproc.metrics.forecast import (
    FORECAST_CATEGORIES,
    Rollup,
    RollupCounts,
    RollupRow,
    finish_forecast_rollup,
    forecast_rollup,
    reduce_forecast_rollup,
)
from salesproc.metrics.funnel import reduce_funnel, stage_funnel
from salesproc.metrics.funnel_comparison import FunnelChange, StepChange, compare_funnels
from salesproc.metrics.funnel_results import (
    Funnel,
    FunnelCounts,
    FunnelStage,
    ReentryRule,
    SkipRule,
    StageCounts,
    finish_funnel,
)
from salesproc.metrics.goodwill import Goodwill, goodwill
from salesproc.metrics.hand_over_results import (
    HandedOver,
    HandOverCounts,
    HandOverLike,
    HandOverOutcomes,
    finish_hand_over_outcomes,
)
from salesproc.metrics.hand_overs import hand_over_outcomes, reduce_hand_over_outcomes
from salesproc.metrics.histories import DealHistory, RememberingDeal
from salesproc.metrics.incident_notices import IncidentNotice, reduce_time_until_told, time_until_told
from salesproc.metrics.incidents import (
    Incident,
    IncidentCounts,
    IncidentKind,
    IncidentKindCounts,
    IncidentReport,
    IncidentRow,
    finish_incident_report,
    incident_report,
    reduce_incident_report,
)
from salesproc.metrics.last_period import ThisAndLast, this_and_last
from salesproc.metrics.levers import StageGap, StageGaps, WhatIf, WhatIfStage, benchmark, bottleneck, what_if
from salesproc.metrics.lifetime_value import (
    LifetimeValue,
    LifetimeValueChange,
    lifetime_from_churn,
    lifetime_value,
    lifetime_value_change,
)
from salesproc.metrics.lost_potential import (
    BelowLevel,
    LostPotential,
    SegmentLevel,
    finish_lost_potential,
    lost_potential,
)
from salesproc.metrics.montecarlo import PipelineDeal, PipelineDealLike, PipelineSimulation, simulate_pipeline
from salesproc.metrics.objection_outcomes import (
    DatedObjection,
    DealObjection,
    MeetsObjections,
    ObjectedDeal,
    objection_outcomes,
    reduce_objection_outcomes,
)
from salesproc.metrics.objection_results import (
    ObjectionCounts,
    ObjectionOutcomeCounts,
    ObjectionOutcomeRow,
    ObjectionOutcomes,
    finish_objection_outcomes,
)
from salesproc.metrics.orders import Order, OrderCounts, OrderRow, OrderRules, Purchases, reduce_orders
from salesproc.metrics.outcome_curves import (
    OutcomeCurve,
    OutcomePoint,
    finish_outcome_curve,
    outcome_curve,
    reduce_outcome_curve,
)
from salesproc.metrics.outcome_results import OutcomeCounts, Outcomes, finish_outcomes
from salesproc.metrics.outcomes import (
    average_deal_value,
    deal_outcomes,
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
from salesproc.metrics.pipeline import (
    Coverage,
    DatedDeal,
    StagedDeal,
    WeightedCounts,
    WeightedPipeline,
    finish_weighted_pipeline,
    pipeline_coverage,
    reduce_weighted_pipeline,
    weighted_pipeline,
)
from salesproc.metrics.probabilities import (
    StageDecisions,
    StageProbabilities,
    StageProbabilitiesCounts,
    finish_stage_probabilities,
    reduce_stage_probabilities,
    stage_probabilities,
)
from salesproc.metrics.purchase_lines import Line, PurchaseLines
from salesproc.metrics.pushes import (
    PushCounts,
    Pushes,
    PushRule,
    finish_push_count,
    push_count,
    reduce_push_count,
)
from salesproc.metrics.ratios import MeanMoney, Ratio
from salesproc.metrics.recurring_revenue import (
    Balances,
    RevenueMovement,
    finish_revenue_movement,
    gross_revenue_retention,
    net_revenue_retention,
    quick_ratio,
    reduce_revenue_movement,
    revenue_movement,
)
from salesproc.metrics.reopenings import Reopening
from salesproc.metrics.required import required_at
from salesproc.metrics.response import (
    LeadArrival,
    SlaAttainment,
    lead_response_times,
    reduce_lead_response_times,
    sla_attainment,
)
from salesproc.metrics.retention import (
    Retention,
    annual_churn,
    customer_retention,
    finish_customer_retention,
    reduce_customer_retention,
    retention_from_counts,
)
from salesproc.metrics.reworking import reduce_rework, rework
from salesproc.metrics.reworking_results import Rework, ReworkCounts, ReworkStage, finish_rework
from salesproc.metrics.rfm import (
    RFM_SEGMENTS,
    Rfm,
    RfmCuts,
    RfmRow,
    RfmSegment,
    RfmSegmentRow,
    finish_rfm,
    rfm,
)
from salesproc.metrics.rolling_response import reduce_rolling_response_times, rolling_response_times
from salesproc.metrics.sales_cycle import CycleEnd, reduce_sales_cycle, sales_cycle_length
from salesproc.metrics.satisfaction import (
    customer_effort_agreement,
    customer_effort_mean,
    customer_effort_net,
    customer_satisfaction,
    finish_customer_effort_agreement,
    finish_customer_effort_mean,
    finish_customer_effort_net,
    finish_customer_satisfaction,
    finish_net_promoter_score,
    net_promoter_score,
)
from salesproc.metrics.silence import (
    AtRisk,
    AtRiskRow,
    AtRiskState,
    SilencePolicy,
    at_risk,
    finish_at_risk,
)
from salesproc.metrics.slippage import Slippage, SlippageCounts, finish_slippage, reduce_slippage, slippage
from salesproc.metrics.stage_ages import Ages, StageAge, finish_stage_age, reduce_stage_age, stage_age
from salesproc.metrics.stage_history import ELSEWHERE, StageHistory, StayCounts, reduce_absorption
from salesproc.metrics.stage_times import reduce_time_in_stage, time_in_stage
from salesproc.metrics.stage_times_results import (
    TimeInStage,
    TimeInStageCounts,
    VisitRule,
    finish_time_in_stage,
)
from salesproc.metrics.stalling import reduce_stalled, stalled
from salesproc.metrics.stalling_results import Clock, Stalled, StalledCounts, StalledItem, finish_stalled
from salesproc.metrics.survey_answers import AnswerCounts, NetScore, Nps, reduce_answers
from salesproc.metrics.survival import SurvivalCurve, SurvivalPoint, survival_curve
from salesproc.metrics.target_coverage import target_coverage
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
from salesproc.metrics.velocity import (
    Population,
    SalesVelocity,
    VelocityChange,
    VelocityCounts,
    finish_sales_velocity,
    reduce_sales_velocity,
    sales_velocity,
    velocity_change,
)
from salesproc.metrics.visit_ends import (
    StageOutcomes,
    StageOutcomesCounts,
    VisitEnds,
    finish_stage_outcomes,
    reduce_stage_outcomes,
    stage_outcomes,
)
from salesproc.metrics.volume import (
    VolumeConversion,
    VolumeCounts,
    finish_volume_conversion,
    reduce_volume_conversion,
    volume_conversion,
)
from salesproc.metrics.waiting_rows import Snooze, Waiting, WaitingLike, waiting
from salesproc.metrics.wallet import (
    GrowthHeadroom,
    Wallet,
    growth_headroom,
    penetration,
    share_of_wallet,
    share_of_wallet_from_category,
    wallet_allocation,
)
from salesproc.metrics.waterfall import pipeline_waterfall, reduce_waterfall
from salesproc.metrics.waterfall_results import Waterfall, WaterfallCounts, finish_waterfall
from salesproc.metrics.xyz_analysis import Xyz, XyzClass, XyzPolicy, XyzRow, finish_xyz, xyz_classes

# fmt: off
__all__ = [
    # how many get through
    "benchmark", "bottleneck", "cohort_conversion", "compare_funnels", "conversion_cohorts", "drop_off",
    "event_funnel", "required_at", "stage_funnel", "stage_outcomes", "volume_conversion", "what_if",
    "CohortConversion", "CohortCounts", "CohortRow", "ConversionCohorts", "ConversionCohortsCounts",
    "DropOff", "DropOffCounts", "DropOffStage", "EventFunnel", "EventFunnelCounts", "EventOrder",
    "EventStep", "Funnel", "FunnelChange", "FunnelCounts", "FunnelStage", "ReentryRule", "SkipRule",
    "StageCounts", "StageGap", "StageGaps", "StageOutcomes", "StageOutcomesCounts", "StepChange",
    "VisitEnds", "VolumeConversion", "VolumeCounts", "WhatIf", "WhatIfStage",
    "finish_cohort_conversion", "finish_conversion_cohorts", "finish_drop_off", "finish_event_funnel",
    "finish_funnel", "finish_stage_outcomes", "finish_volume_conversion", "reduce_cohort_conversion",
    "reduce_conversion_cohorts", "reduce_drop_off", "reduce_event_funnel", "reduce_funnel",
    "reduce_stage_outcomes", "reduce_volume_conversion",
    # how long it takes
    "outcome_curve", "rework", "sales_cycle_length", "stage_age", "stalled", "survival_curve",
    "time_in_stage", "time_to_convert", "waiting",
    "Ages", "Clock", "CurvePoint", "CycleEnd", "DurationCounts", "Durations", "OutcomeCurve",
    "OutcomePoint", "Rework", "ReworkCounts", "ReworkStage", "Snooze", "StageAge", "Stalled",
    "StalledCounts", "StalledItem", "SurvivalCurve", "SurvivalPoint", "TimeInStage",
    "TimeInStageCounts", "VisitRule", "Waiting", "WaitingLike",
    "finish_durations", "finish_outcome_curve", "finish_rework", "finish_stage_age", "finish_stalled",
    "finish_time_in_stage", "reduce_outcome_curve", "reduce_rework", "reduce_sales_cycle",
    "reduce_stage_age", "reduce_stalled", "reduce_time_in_stage", "reduce_time_to_convert",
    # how deals end
    "average_deal_value", "deal_outcomes", "loss_reasons", "objection_outcomes", "objections", "win_rate",
    "win_rate_by_value", "win_rate_of_created",
    "in_currency", "DatedObjection", "Deal", "DealLike", "DealObjection", "MeetsObjections",
    "ObjectedDeal", "ObjectionCounts", "ObjectionLike", "ObjectionOutcomeCounts", "ObjectionOutcomeRow",
    "ObjectionOutcomes", "Outcome", "OutcomeCounts", "Outcomes", "Pareto", "ParetoCounts", "ParetoRow",
    "WithObjections",
    "finish_objection_outcomes", "finish_outcomes", "finish_pareto", "reduce_loss_reasons",
    "reduce_objection_outcomes", "reduce_objections", "reduce_outcomes",
    # what is in flight, and what will close
    "absorption", "forecast_accuracy", "forecast_rollup", "pipeline_coverage", "pipeline_waterfall",
    "push_count", "sales_velocity", "simulate_pipeline", "slippage", "stage_probabilities",
    "velocity_change", "weighted_pipeline",
    "Absorption", "AbsorptionStage", "AccuracyCounts", "Coverage", "DatedDeal", "DealHistory",
    "ELSEWHERE", "FORECAST_CATEGORIES", "ForecastAccuracy", "ForecastCall", "PipelineDeal",
    "PipelineDealLike", "PipelineSimulation", "Population", "PushCounts", "PushRule", "Pushes",
    "RememberingDeal", "Reopening", "Rollup", "RollupCounts", "RollupRow", "SalesVelocity", "Slippage",
    "SlippageCounts", "StageDecisions", "StageHistory", "StageProbabilities",
    "StageProbabilitiesCounts", "StagedDeal", "StayCounts", "VelocityChange", "VelocityCounts",
    "Waterfall", "WaterfallCounts", "WeightedCounts", "WeightedPipeline",
    "finish_absorption", "finish_forecast_accuracy", "finish_forecast_rollup", "finish_push_count",
    "finish_sales_velocity", "finish_slippage", "finish_stage_probabilities", "finish_waterfall",
    "finish_weighted_pipeline", "reduce_absorption", "reduce_forecast_accuracy",
    "reduce_forecast_rollup", "reduce_push_count", "reduce_sales_velocity", "reduce_slippage",
    "reduce_stage_probabilities", "reduce_waterfall", "reduce_weighted_pipeline",
    # who did what: activity, response, targets
    "activities_per_outcome", "activity_rates", "follow_up_cadence", "hand_over_outcomes", "lead_response_times",
    "quota_attainment", "ramp_curve", "ramp_time", "rolling_response_times", "sales_capacity", "sla_attainment", "target_coverage",
    "ActivityCounts", "ActivityRates", "Cadence", "CadenceCounts", "LeadArrival", "QuotaAttainment",
    "HandOverCounts", "HandOverLike", "HandOverOutcomes", "HandedOver",
    "RampCounts", "RampTime", "RepMonth", "SalesRep", "SlaAttainment",
    "finish_activity_rates", "finish_cadence", "finish_hand_over_outcomes", "finish_ramp_time", "reduce_activity_rates",
    "reduce_cadence", "reduce_hand_over_outcomes", "reduce_lead_response_times", "reduce_ramp_time",
    "reduce_rolling_response_times",
    # how the business did
    "gross_margin", "market_share", "return_on_investment", "revenue_growth",
    # which channel brought it
    "attribute", "channel_performance",
    "Attribution", "AttributionCounts", "AttributionModel", "ChannelCounts", "ChannelCredit",
    "ChannelPerformance", "ChannelRow", "Conversion", "Touch",
    "finish_attribution", "finish_channel_performance", "reduce_attribution",
    "reduce_channel_performance",
    # is it different
    "duration_change", "rate_change", "this_and_last",
    "DurationChange", "RateChange", "RateTest", "ThisAndLast",
    # what customers buy, and who comes back
    "annual_churn", "average_order_value", "buying", "customer_cohorts", "customer_retention",
    "purchase_frequency", "repeat_purchase_rate", "retention_from_counts",
    "Buying", "CohortCell", "CustomerCohort", "CustomerCohorts", "Line", "Order", "OrderCounts",
    "OrderRow", "OrderRules", "PurchaseLines", "Purchases", "Retention",
    "finish_buying", "finish_customer_cohorts", "finish_customer_retention",
    "reduce_customer_retention", "reduce_orders",
    # who is slipping away
    "at_risk", "contract_churn",
    "AtRisk", "AtRiskRow", "AtRiskState", "LostAt", "SilencePolicy",
    "finish_at_risk", "reduce_contract_churn",
    # are promises of delivery kept
    "on_time_delivery",
    "DeliveryCounts", "DeliveryHistory", "DeliveryIssueRow", "DeliveryLike", "OnTimeDelivery",
    "finish_on_time_delivery", "reduce_on_time_delivery",
    # who they are: segments
    "abc_classes", "abc_xyz", "rfm", "xyz_classes",
    "ABC_XYZ_ACTIONS", "Abc", "AbcClass", "AbcRow", "AbcXyz", "AbcXyzCell", "CrossingRule",
    "RFM_SEGMENTS", "Rfm", "RfmCuts", "RfmRow", "RfmSegment", "RfmSegmentRow", "Xyz", "XyzClass",
    "XyzPolicy", "XyzRow",
    "finish_abc", "finish_abc_xyz", "finish_rfm", "finish_xyz",
    # on whom we depend, and what they say
    "churn_reasons", "concentration", "customer_effort_agreement", "customer_effort_mean",
    "customer_effort_net", "customer_satisfaction", "exit_survey", "goodwill", "incident_report",
    "net_promoter_score", "time_until_told",
    "AnswerCounts", "Concentration", "ConcentrationCounts", "ConcentrationRow", "ExitAnswer",
    "ExitSurvey", "ExitSurveyCounts", "Goodwill", "Incident", "IncidentCounts", "IncidentKind",
    "IncidentKindCounts", "IncidentNotice", "IncidentReport", "IncidentRow", "NetScore", "Nps",
    "PaidRow",
    "finish_concentration", "finish_customer_effort_agreement", "finish_customer_effort_mean",
    "finish_customer_effort_net", "finish_customer_satisfaction", "finish_exit_survey",
    "finish_incident_report", "finish_net_promoter_score", "reduce_answers", "reduce_churn_reasons",
    "reduce_concentration", "reduce_exit_survey", "reduce_incident_report", "reduce_time_until_told",
    # what they are worth, what they cost, and what they buy elsewhere
    "acquisition_cost", "discounted_value", "growth_headroom", "lifetime_from_churn", "lifetime_value",
    "lifetime_value_change", "lost_potential", "margin_multiple", "payback_months", "penetration",
    "replacement_need", "share_of_wallet", "share_of_wallet_from_category", "spend_balance",
    "value_to_cost", "wallet_allocation",
    "BelowLevel", "DiscountedValue", "FirstMargin", "GrowthHeadroom", "LifetimeValue",
    "LifetimeValueChange", "LostPotential", "SegmentLevel", "Spend", "SpendBalance", "Wallet",
    "finish_lost_potential",
    # what those pay who paid already, and how long they stay
    "customer_lifetimes", "gross_revenue_retention", "net_revenue_retention", "quick_ratio",
    "revenue_movement",
    "Balances", "RevenueMovement", "StayRow",
    "finish_revenue_movement", "reduce_customer_lifetimes", "reduce_revenue_movement",
    # the same, by anything
    "BandKind", "BandPoint", "Breakdown", "MeanMoney", "Ratio", "TimeInterval",
]
# fmt: on
