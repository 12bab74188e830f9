"""Who is to be tried again, when, and has anybody been given up too early? Cadences, hours to call, and calls with an objective."""

from salesproc.follow_up.cadence_plan import CadencePlan, CadenceStep, NextTry, TryState, next_try
from salesproc.follow_up.call_objectives import (
    CallObjective,
    CallOutcome,
    ObjectiveRow,
    ObjectivesMet,
    objectives_met,
)
from salesproc.follow_up.call_preparation import CallPreparation, ResearchItem, ResearchNote, prepare_call
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
from salesproc.follow_up.contact_rhythm import (
    ContactDue,
    ContactRhythm,
    ContactsDue,
    Every,
    RhythmUnit,
    contacts_due,
)
from salesproc.follow_up.due_again import CallAgain, DueAgain, Identified, due_again
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
    # how often those who buy are spoken to
    "contacts_due",
    "ContactDue",
    "ContactRhythm",
    "ContactsDue",
    "Every",
    "RhythmUnit",
    # at which hour
    "next_best",
    "window_of",
    "CallRank",
    "CallWindow",
    "CallWindows",
    "RankedDay",
    "RankedHours",
    # before and after the call
    "prepare_call",
    "objectives_met",
    "CallObjective",
    "CallOutcome",
    "CallPreparation",
    "ObjectiveRow",
    "ObjectivesMet",
    "ResearchItem",
    "ResearchNote",
    # who said not now
    "due_again",
    "CallAgain",
    "DueAgain",
    "Identified",
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
