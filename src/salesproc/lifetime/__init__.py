"""Fitted models of the customer lifetime: how long subscribers stay, and which customers of a shop are alive, will buy, and be worth what."""

from salesproc.lifetime._fit import ModelFit
from salesproc.lifetime.bg_nbd import BgNbd
from salesproc.lifetime.bg_nbd_fit import fit_bg_nbd
from salesproc.lifetime.bootstrapping import BootstrapEstimate, Resampled, bootstrap
from salesproc.lifetime.contract_tenures import ContractTenures, contract_tenures, tenures_from_survivors
from salesproc.lifetime.customer_outlook import Outlook, OutlookRow, OutlookTotal, customer_outlook
from salesproc.lifetime.estimates import Estimate, FittedModel, IntervalScale
from salesproc.lifetime.expectation_tables import (
    ConditionalExpectations,
    ExpectationRow,
    RepeatCalibration,
    RepeatRow,
    conditional_expectations,
    repeat_calibration,
)
from salesproc.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from salesproc.lifetime.handover import ClvTarget, to_clv_rows
from salesproc.lifetime.holdout import HoldoutHistory, finish_holdout_history, holdout_history
from salesproc.lifetime.purchase_history import (
    CustomerHistory,
    PurchaseHistory,
    SummaryRow,
    TimeUnit,
    finish_purchase_history,
    history_from_summary,
    purchase_history,
)
from salesproc.lifetime.purchase_tracking import PurchaseTracking, TrackingPoint, purchase_tracking
from salesproc.lifetime.shifted_beta_geometric import ShiftedBetaGeometric, fit_shifted_beta_geometric
from salesproc.lifetime.survival_forecast import (
    ForecastPoint,
    RenewalForecast,
    RenewalPoint,
    SurvivalForecast,
    renewal_forecast,
    survival_forecast,
)
from salesproc.lifetime.value_independence import ValueIndependence, ValueRow, value_independence

# fmt: off
__all__ = [
    # what is known of the customers of a shop
    "finish_holdout_history", "finish_purchase_history", "history_from_summary", "holdout_history",
    "purchase_history",
    "CustomerHistory", "HoldoutHistory", "PurchaseHistory", "SummaryRow", "TimeUnit",
    # who is alive, what they will buy and be worth
    "customer_outlook", "fit_bg_nbd", "fit_gamma_gamma",
    "BgNbd", "GammaGamma", "Outlook", "OutlookRow", "OutlookTotal",
    # may it be believed
    "conditional_expectations", "purchase_tracking", "repeat_calibration", "value_independence",
    "ConditionalExpectations", "ExpectationRow", "PurchaseTracking", "RepeatCalibration", "RepeatRow",
    "TrackingPoint", "ValueIndependence", "ValueRow",
    # how long subscribers stay
    "contract_tenures", "fit_shifted_beta_geometric", "renewal_forecast", "survival_forecast",
    "tenures_from_survivors",
    "ContractTenures", "ForecastPoint", "RenewalForecast", "RenewalPoint", "ShiftedBetaGeometric",
    "SurvivalForecast",
    # how sure it is, and where to go on
    "bootstrap", "to_clv_rows",
    "BootstrapEstimate", "ClvTarget", "Estimate", "ModelFit", "FittedModel", "IntervalScale", "Resampled",
]
# fmt: on
