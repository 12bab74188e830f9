"""Processes ready to use, each with the source it was read from.

The sources describe the stages and what each step asks for; names of events are ours. Derive your own from them with
``without``, ``with_transitions`` and ``with_requirements``, or write one: `Process`.
"""

from enum import StrEnum

from salesproc.stages.process import Process
from salesproc.stages.requirements import Attempt, at_least, at_most, confirmed, provided, requirement
from salesproc.stages.stage import Stage, StageKind, Transition

__all__ = [
    "BASIC_FUNNEL",
    "COMPLEX_SALE",
    "LIFECYCLE",
    "LOYALTY_LADDER",
    "SIMPLE_SALE",
    "SIX_STEP_SALE",
    "WIN_BACK",
    "ComplexSale",
    "LadderStage",
    "LifecycleStage",
    "LoyaltyTier",
    "SixStep",
    "WinBack",
]


class LifecycleStage(StrEnum):
    """How far the relationship with a person or company has come."""

    VISITOR = "visitor"
    LEAD = "lead"
    MQL = "mql"
    SAL = "sal"
    SQL = "sql"
    OPPORTUNITY = "opportunity"
    CUSTOMER = "customer"
    DISQUALIFIED = "disqualified"


_L = LifecycleStage
_REASON = provided("reason")
_ENDS = [Stage(_L.CUSTOMER, kind=StageKind.WON), Stage(_L.DISQUALIFIED, kind=StageKind.LOST)]
_CAPTURE = Transition("capture", _L.VISITOR, _L.LEAD, requires=[provided("contact")])
_RETURN = Transition("recycle", _L.DISQUALIFIED, _L.LEAD, reopens=True)

LIFECYCLE = Process(
    "lifecycle",
    stages=[*map(Stage, (_L.VISITOR, _L.LEAD, _L.MQL, _L.SAL, _L.SQL, _L.OPPORTUNITY)), *_ENDS],
    transitions=[
        _CAPTURE,
        Transition("qualify", _L.LEAD, _L.MQL, requires=[provided("score")]),
        Transition("accept", _L.MQL, _L.SAL, requires=[provided("by")]),
        Transition("reject", _L.MQL, _L.LEAD, requires=[_REASON]),
        Transition("qualify", _L.SAL, _L.SQL, requires=[confirmed("need"), confirmed("can_afford")]),
        Transition("open_opportunity", _L.SQL, _L.OPPORTUNITY),
        Transition("win", _L.OPPORTUNITY, _L.CUSTOMER),
        Transition("recycle", (_L.SAL, _L.SQL, _L.OPPORTUNITY), _L.LEAD, requires=[_REASON]),
        _RETURN,
        Transition(
            "disqualify",
            (_L.LEAD, _L.MQL, _L.SAL, _L.SQL, _L.OPPORTUNITY),
            _L.DISQUALIFIED,
            requires=[_REASON],
        ),
    ],
    initial=[_L.VISITOR, _L.LEAD],
)
"""From visitor to customer by way of MQL, SAL and SQL.

Marketing alone makes an MQL; the pre-sales person accepts it before any contact; after contact, need and means make it
an SQL. Source: a guide to sales processes (``docs/explanation/sources.md``, document 002), funnel stages and MQL, SAL, SQL;
need and means from the six-step sale.
"""

BASIC_FUNNEL = Process(
    "basic funnel",
    stages=[*map(Stage, (_L.VISITOR, _L.LEAD, _L.OPPORTUNITY)), *_ENDS],
    transitions=[
        _CAPTURE,
        Transition("open_opportunity", _L.LEAD, _L.OPPORTUNITY),
        Transition("win", _L.OPPORTUNITY, _L.CUSTOMER),
        Transition("disqualify", (_L.LEAD, _L.OPPORTUNITY), _L.DISQUALIFIED, requires=[_REASON]),
        _RETURN,
    ],
    initial=[_L.VISITOR, _L.LEAD],
)
"""The four stages every company has, from visitor to customer. Source: the same guide, document 002."""

SIMPLE_SALE = Process(
    "simple sale",
    stages=[*map(Stage, (_L.VISITOR, _L.LEAD)), *_ENDS],
    transitions=[
        _CAPTURE,
        Transition("buy", (_L.VISITOR, _L.LEAD), _L.CUSTOMER),
        Transition("disqualify", _L.LEAD, _L.DISQUALIFIED, requires=[_REASON]),
        _RETURN,
    ],
    initial=[_L.VISITOR, _L.LEAD],
)
"""A purchase made at once, as in retail and self-service. Source: the same guide, document 002, simple sale."""


class ComplexSale(StrEnum):
    """The steps of a sale that takes several meetings."""

    CONTACT = "contact"
    DIAGNOSIS = "diagnosis"
    SOLUTION = "solution"
    CLOSING = "closing"
    WON = "won"
    LOST = "lost"


_C = ComplexSale
_RESOLVED = at_most("open_objections", 0)

COMPLEX_SALE = Process(
    "complex sale",
    stages=[
        *map(Stage, (_C.CONTACT, _C.DIAGNOSIS, _C.SOLUTION, _C.CLOSING)),
        Stage(_C.WON, kind=StageKind.WON),
        Stage(_C.LOST, kind=StageKind.LOST),
    ],
    transitions=[
        Transition("diagnose", _C.CONTACT, _C.DIAGNOSIS),
        Transition("propose", _C.DIAGNOSIS, _C.SOLUTION, requires=[provided("problem")]),
        Transition("close", _C.SOLUTION, _C.CLOSING, requires=[_RESOLVED]),
        Transition("rework", (_C.SOLUTION, _C.CLOSING), _C.DIAGNOSIS),
        Transition("win", _C.CLOSING, _C.WON, requires=[at_least("contacts", 2), _RESOLVED]),
        Transition("lose", Process.any_open, _C.LOST, requires=[_REASON]),
        Transition("reopen", _C.LOST, _C.CONTACT, reopens=True),
    ],
)
"""The seller as consultant, who understands the problem before offering a solution; one contact does not win it.
Closing and winning need every objection resolved, as in the six-step sale.

Source: the same guide, document 002, complex sale; the names of the steps are ours.
"""


class SixStep(StrEnum):
    """The six steps of a sale, and the end of those that fail."""

    PROSPECT = "prospect"
    CONTACT = "contact"
    PRESENT = "present"
    OBJECTIONS = "objections"
    CLOSE = "close"
    NURTURE = "nurture"
    LOST = "lost"


def _was_presented(attempt: Attempt) -> bool:
    return any(change.stage == SixStep.PRESENT for change in attempt.journey.history)


_X = SixStep
_PRESENTED = requirement("the proposal was presented", _was_presented)

SIX_STEP_SALE = Process(
    "six-step sale",
    stages=[
        *map(Stage, (_X.PROSPECT, _X.CONTACT, _X.PRESENT, _X.OBJECTIONS, _X.CLOSE)),
        Stage(_X.NURTURE, kind=StageKind.WON),
        Stage(_X.LOST, kind=StageKind.LOST),
    ],
    transitions=[
        Transition("contact", (_X.PROSPECT, _X.OBJECTIONS), _X.CONTACT),
        Transition("present", (_X.CONTACT, _X.OBJECTIONS), _X.PRESENT),
        Transition("object", (_X.CONTACT, _X.PRESENT, _X.CLOSE), _X.OBJECTIONS),
        Transition("close", (_X.PRESENT, _X.OBJECTIONS), _X.CLOSE, requires=[_PRESENTED, _RESOLVED]),
        Transition("win", _X.CLOSE, _X.NURTURE, requires=[_RESOLVED]),
        Transition("lose", Process.any_open, _X.LOST, requires=[_REASON]),
        Transition("reopen", _X.LOST, _X.PROSPECT, reopens=True),
    ],
)
"""From prospect to nurture in six steps; entering nurture is the sale made.

Objections can come up while contacting, presenting and closing, and lead back to any of them; closing and winning
need every objection resolved. Source: OpenStax *Entrepreneurship*, section 8.6 (CC BY 4.0).
"""


class LoyaltyTier(StrEnum):
    """The five rungs of the loyalty ladder, lowest first."""

    CUSTOMER = "customer"
    REPEAT = "repeat"
    REGULAR = "regular"
    SUPPORTER = "supporter"
    ADVOCATE = "advocate"

    @property
    def coarse(self) -> "LoyaltyTier":
        """The rung of the four-step ladder, which has no repeat customers of its own."""
        return LoyaltyTier.CUSTOMER if self is LoyaltyTier.REPEAT else self


class LadderStage(StrEnum):
    """The rungs, and having left: the stages of `LOYALTY_LADDER`."""

    CUSTOMER = "customer"
    REPEAT = "repeat"
    REGULAR = "regular"
    SUPPORTER = "supporter"
    ADVOCATE = "advocate"
    DEPARTED = "departed"


_T = LadderStage

LOYALTY_LADDER = Process(
    "loyalty ladder",
    stages=[
        *map(Stage, (_T.CUSTOMER, _T.REPEAT, _T.REGULAR, _T.SUPPORTER, _T.ADVOCATE)),
        Stage(_T.DEPARTED, kind=StageKind.LOST),
    ],
    transitions=[
        Transition("buy_again", _T.CUSTOMER, _T.REPEAT, requires=[at_least("purchases", 2)]),
        Transition("become_regular", _T.REPEAT, _T.REGULAR, requires=[confirmed("systematic")]),
        Transition(
            "become_supporter",
            _T.REGULAR,
            _T.SUPPORTER,
            requires=[confirmed("systematic"), confirmed("exclusive")],
        ),
        Transition(
            "become_advocate",
            _T.SUPPORTER,
            _T.ADVOCATE,
            requires=[confirmed("exclusive"), at_least("referrals", 1)],
        ),
        Transition("fall_back", _T.ADVOCATE, _T.SUPPORTER, requires=[_REASON]),
        Transition("fall_back", _T.SUPPORTER, _T.REGULAR, requires=[_REASON]),
        Transition("fall_back", _T.REGULAR, _T.REPEAT, requires=[_REASON]),
        Transition("depart", Process.any_open, _T.DEPARTED, requires=[_REASON]),
        Transition("return", _T.DEPARTED, _T.CUSTOMER, reopens=True),
    ],
)
"""From the first purchase to the advocate, by behaviour, then exclusivity, then an observed referral.

Source: an article on regular customers (document 004), five kinds of customers; falling back is implied there, not described.
"""


class WinBack(StrEnum):
    """The steps towards a customer who has left."""

    DEPARTED = "departed"
    MEETING_REQUESTED = "meeting requested"
    MET = "met on neutral ground"
    VISITED = "visited at the office"
    REASON_KNOWN = "reason known"
    OFFERED = "better terms offered"
    RECOVERED = "recovered"
    LOST = "lost for good"


_W = WinBack

WIN_BACK = Process(
    "win-back",
    stages=[
        *map(Stage, (_W.DEPARTED, _W.MEETING_REQUESTED, _W.MET, _W.VISITED, _W.REASON_KNOWN, _W.OFFERED)),
        Stage(_W.RECOVERED, kind=StageKind.WON),
        Stage(_W.LOST, kind=StageKind.LOST),
    ],
    transitions=[
        Transition("request_meeting", _W.DEPARTED, _W.MEETING_REQUESTED),
        Transition("meet", _W.MEETING_REQUESTED, _W.MET),
        Transition("visit", _W.MEETING_REQUESTED, _W.VISITED),
        Transition("learn_reason", (_W.MET, _W.VISITED), _W.REASON_KNOWN, requires=[_REASON]),
        Transition("offer", _W.REASON_KNOWN, _W.OFFERED, requires=[provided("offer")]),
        Transition("recover", _W.OFFERED, _W.RECOVERED),
        Transition("give_up", Process.any_open, _W.LOST, requires=[_REASON]),
        Transition("try_again", _W.LOST, _W.MEETING_REQUESTED, reopens=True),
    ],
)
"""Ask to meet at once, learn why they left, offer to put it right, and part well where that fails.

Source: an interview on key customers (document 004), winning back a customer who has left.
"""
