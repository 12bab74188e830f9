"""Is this lead worth a call? Frameworks with answers and gaps, notes on talks, the ideal profile, interest and scores."""

from salesproc.qualification.answers import Answer, Qualification
from salesproc.qualification.bands import Bands
from salesproc.qualification.calibration import (
    CalibratedBand,
    Calibration,
    grade_calibration,
    score_calibration,
)
from salesproc.qualification.disc import DiscObservation, DiscStyle, disc_styles
from salesproc.qualification.frameworks import Criterion, Framework, Rule
from salesproc.qualification.interest import (
    Interest,
    InterestEvent,
    InterestLine,
    InterestModel,
)
from salesproc.qualification.interest_rules import BuyerStage, FunnelPart, InterestRule
from salesproc.qualification.preset_frameworks import (
    BANT,
    MEDDIC,
    MEDDICC,
    MEDDPICC,
    NEED_AND_MEANS,
    SPICED,
)
from salesproc.qualification.profile import (
    FIT_GRADES,
    Fit,
    FitLine,
    FitMatch,
    IdealProfile,
    ProfileCriterion,
)
from salesproc.qualification.requirements import qualified
from salesproc.qualification.scoring import LeadAction, Score, ScoreLine, ScoringModel
from salesproc.qualification.spin import SpinKind, SpinLog, SpinQuestion
from salesproc.qualification.verdicts import AnswerState, Gap, Verdict

__all__ = [
    # frameworks: what has to be known
    "Framework",
    "Criterion",
    "Rule",
    "AnswerState",
    "Verdict",
    "Gap",
    "NEED_AND_MEANS",
    "BANT",
    "MEDDIC",
    "MEDDICC",
    "MEDDPICC",
    "SPICED",
    # what is known of one lead or deal
    "Qualification",
    "Answer",
    "qualified",
    # notes on talks, never a gate
    "SpinLog",
    "SpinQuestion",
    "SpinKind",
    "DiscObservation",
    "DiscStyle",
    "disc_styles",
    # whom we want
    "IdealProfile",
    "ProfileCriterion",
    "Fit",
    "FitLine",
    "FitMatch",
    "FIT_GRADES",
    # what they did
    "InterestModel",
    "InterestRule",
    "InterestEvent",
    "Interest",
    "InterestLine",
    "BuyerStage",
    "FunnelPart",
    # both together
    "ScoringModel",
    "Score",
    "ScoreLine",
    "LeadAction",
    "Bands",
    # how well it predicted
    "score_calibration",
    "grade_calibration",
    "Calibration",
    "CalibratedBand",
]
