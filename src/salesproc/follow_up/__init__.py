"""Who is to be tried again, when, and has anybody been given up too early? Cadences as plans, and the best hours to call."""

from salesproc.follow_up.cadence_plan import CadencePlan, CadenceStep, NextTry, TryState, next_try
from salesproc.follow_up.call_windows import (
    PUBLISHED_CALL_WINDOWS,
    CallRank,
    CallWindow,
    CallWindows,
    RankedDay,
    RankedHours,
    next_best,
    window_of,
)
from salesproc.follow_up.giving_up import EarlyGiveUps, early_give_ups, planned_tries_made
from salesproc.follow_up.reference_claims import (
    PUBLISHED_FOLLOW_UPS_NEEDED,
    PUBLISHED_STOP_AFTER_ONE,
    ReferenceClaim,
)
from salesproc.follow_up.tries_due import DueTry, FollowedLead, TriesDue, tries_due

__all__ = [
    # when to try again
    "next_try",
    "tries_due",
    "CadencePlan",
    "CadenceStep",
    "DueTry",
    "FollowedLead",
    "NextTry",
    "TriesDue",
    "TryState",
    # at which hour
    "next_best",
    "window_of",
    "CallRank",
    "CallWindow",
    "CallWindows",
    "RankedDay",
    "RankedHours",
    # not giving up early
    "early_give_ups",
    "planned_tries_made",
    "EarlyGiveUps",
    # what others have published
    "PUBLISHED_CALL_WINDOWS",
    "PUBLISHED_FOLLOW_UPS_NEEDED",
    "PUBLISHED_STOP_AFTER_ONE",
    "ReferenceClaim",
]
