"""The stage machine: processes as values, steps as functions, refusals with every reason."""

from salesproc.stages.ageing import age, overdue
from salesproc.stages.audit import AuditReport, Finding, FindingKind, audit
from salesproc.stages.bulk import ReplayFailure, ReplayReport, StepReport, replay_log, step_many
from salesproc.stages.diagram import dot, markdown_table, mermaid
from salesproc.stages.journey import Evidence, EvidenceValue, Journey, StageChange
from salesproc.stages.outcome import Accepted, Option, RefusalKind, Refused, TransitionRefused
from salesproc.stages.presets import (
    BASIC_FUNNEL,
    COMPLEX_SALE,
    LIFECYCLE,
    LOYALTY_LADDER,
    SIMPLE_SALE,
    SIX_STEP_SALE,
    WIN_BACK,
    ComplexSale,
    LadderStage,
    LifecycleStage,
    LoyaltyTier,
    SixStep,
    WinBack,
)
from salesproc.stages.process import Process
from salesproc.stages.reasons import Reason, ReasonCode
from salesproc.stages.requirements import (
    Attempt,
    Requirement,
    all_of,
    any_of,
    at_least,
    at_most,
    confirmed,
    not_,
    one_of,
    provided,
    requirement,
)
from salesproc.stages.stage import AnyOpen, Stage, StageKind, Transition

__all__ = [
    # define a process
    "Process",
    "Stage",
    "StageKind",
    "Transition",
    "AnyOpen",
    # ask for something before a step
    "Requirement",
    "provided",
    "confirmed",
    "at_least",
    "at_most",
    "one_of",
    "all_of",
    "any_of",
    "not_",
    "requirement",
    "Attempt",
    # take steps
    "Journey",
    "StageChange",
    "Evidence",
    "EvidenceValue",
    "Accepted",
    "Refused",
    "RefusalKind",
    "Reason",
    "ReasonCode",
    "TransitionRefused",
    "Option",
    # time in a stage
    "age",
    "overdue",
    # many at once
    "step_many",
    "StepReport",
    "replay_log",
    "ReplayReport",
    "ReplayFailure",
    # somebody else's log
    "audit",
    "AuditReport",
    "Finding",
    "FindingKind",
    # draw it
    "mermaid",
    "dot",
    "markdown_table",
    # processes ready to use
    "LIFECYCLE",
    "LifecycleStage",
    "BASIC_FUNNEL",
    "SIMPLE_SALE",
    "COMPLEX_SALE",
    "ComplexSale",
    "SIX_STEP_SALE",
    "SixStep",
    "LOYALTY_LADDER",
    "LadderStage",
    "LoyaltyTier",
    "WIN_BACK",
    "WinBack",
]
