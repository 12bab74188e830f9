"""After the sale: who the important customers are, what depends on them, and how they are kept."""

from salesproc.loyalty.assessment import Assessment, LoyaltyCheck, WalletShare, assess
from salesproc.loyalty.climbing import climb
from salesproc.loyalty.counting import TierCounts, tier_counts
from salesproc.loyalty.dependency import (
    DEPENDENCY_ACTIONS,
    Dependency,
    DependencyLevel,
    DependencyPolicy,
    DependencyRow,
    dependency,
    revenue_to_dilute,
)
from salesproc.loyalty.introductions import OwnerIntroduction, OwnerIntroductions, owner_introductions
from salesproc.loyalty.key_accounts import (
    KeyAccount,
    KeyAccountPolicy,
    KeyAccounts,
    KeyShare,
    KeySign,
    key_accounts,
)
from salesproc.loyalty.ladder import Tiers, finish_tiers, tiers
from salesproc.loyalty.loss_impact import LossImpact, VolumeTier, loss_impact
from salesproc.loyalty.manager_load import ManagerLoad, ManagerLoadRow, manager_load, managers_needed
from salesproc.loyalty.migration import TierMigration, tier_migration
from salesproc.loyalty.policy import LoyaltyPolicy
from salesproc.loyalty.referral_growth import (
    KFactor,
    ReferralGeneration,
    ReferralProjection,
    WhoRefers,
    k_factor,
    referral_projection,
)
from salesproc.loyalty.referral_policy import ReferralIncentive, ReferralPolicy
from salesproc.loyalty.referral_request import ReferralRequest, referral_request
from salesproc.loyalty.referrals import (
    ReferralRow,
    finish_referred_orders_share,
    referral_rate,
    referred_orders_share,
)
from salesproc.loyalty.relationships import (
    OwnerChange,
    RelationshipAlert,
    RelationshipAlertKind,
    RelationshipBreadth,
    owner_changes,
    relationship_breadth,
)
from salesproc.loyalty.winback import (
    WinBackRow,
    may_ask_for_referral,
    reduce_win_back_report,
    win_back_report,
)
from salesproc.loyalty.winback_results import (
    ReactionRow,
    WinBackCounts,
    WinBackReport,
    finish_win_back_report,
)

# fmt: off
__all__ = [
    # who is a key account, and who looks after them
    "key_accounts", "manager_load", "managers_needed",
    "KeyAccount", "KeyAccountPolicy", "KeyAccounts", "KeyShare", "KeySign", "ManagerLoad",
    "ManagerLoadRow",
    # what if the largest leaves, and how broad is the relation
    "dependency", "loss_impact", "owner_changes", "owner_introductions", "relationship_breadth",
    "revenue_to_dilute",
    "DEPENDENCY_ACTIONS", "Dependency", "DependencyLevel", "DependencyPolicy", "DependencyRow",
    "LossImpact", "OwnerChange", "OwnerIntroduction", "OwnerIntroductions", "RelationshipAlert",
    "RelationshipAlertKind", "RelationshipBreadth", "VolumeTier",
    # on which rung of the ladder, and how they moved
    "assess", "climb", "tier_counts", "tier_migration", "tiers",
    "Assessment", "LoyaltyCheck", "LoyaltyPolicy", "TierCounts", "TierMigration", "Tiers",
    "WalletShare",
    "finish_tiers",
    # winning back, and recommendations
    "k_factor", "may_ask_for_referral", "referral_projection", "referral_rate", "referral_request",
    "referred_orders_share", "win_back_report",
    "KFactor", "ReactionRow", "ReferralGeneration", "ReferralIncentive", "ReferralPolicy",
    "ReferralProjection", "ReferralRequest", "ReferralRow", "WhoRefers", "WinBackCounts", "WinBackReport", "WinBackRow",
    "finish_referred_orders_share", "finish_win_back_report", "reduce_win_back_report",
]
# fmt: on
