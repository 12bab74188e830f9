"""The frameworks the trade has names for. Define your own the same way: `Framework`."""

from salesproc.qualification.frameworks import Criterion, Framework, Rule

__all__ = ["BANT", "MEDDIC", "MEDDICC", "MEDDPICC", "NEED_AND_MEANS", "SPICED"]

NEED_AND_MEANS = Framework(
    "need and means",
    [
        Criterion("need", "Do they need what we sell?"),
        Criterion("can_afford", "Can they pay for it?"),
    ],
    source="OpenStax, Entrepreneurship, section 8.6",
)
"""They need it and can afford it. Source: OpenStax *Entrepreneurship* 8.6, qualified prospects."""

BANT = Framework(
    "BANT",
    [
        Criterion("budget", "Is there money for it?"),
        Criterion("authority", "Do we talk to somebody who can decide?"),
        Criterion("need", "Which problem of theirs does it solve?"),
        Criterion("timeframe", "By when do they want it?"),
    ],
    Rule(count=3),
    source="IBM; enough with three of the four",
)
"""Budget, authority, need, timeframe; three of the four are enough. Source: IBM's rule, as it is handed down."""

_METRICS = Criterion("metrics", "What does it bring them, in numbers?")
_BUYER = Criterion("economic_buyer", "Who releases the money, and have we met them?")
_CRITERIA = Criterion("decision_criteria", "By what do they judge offers?")
_PROCESS = Criterion("decision_process", "Which steps lead to their yes, and who takes them?")
_PAPER = Criterion("paper_process", "What has to be signed, by whom, and how long does that take?")
_PAIN = Criterion("identify_pain", "What does it cost them to go on as before?")
_CHAMPION = Criterion("champion", "Who there sells it for us when we are out of the room?")
_COMPETITION = Criterion("competition", "Against whom do we stand, doing nothing included?")
_PTC = "PTC, 1996, first written down by Dick Dunkel"

MEDDIC = Framework(
    "MEDDIC", [_METRICS, _BUYER, _CRITERIA, _PROCESS, _PAIN, _CHAMPION], source=f"{_PTC}; the rule is ours"
)
"""For deals with several people on the other side. Source: PTC, 1996. It names no rule: that all six are needed is ours."""

MEDDICC = Framework(
    "MEDDICC",
    [*MEDDIC.criteria, _COMPETITION],
    source=f"{_PTC}, with competition added; the rule is ours",
)
"""`MEDDIC` and the competition. All seven are needed, which is ours."""

MEDDPICC = Framework(
    "MEDDPICC",
    [_METRICS, _BUYER, _CRITERIA, _PROCESS, _PAPER, _PAIN, _CHAMPION, _COMPETITION],
    source=f"{_PTC}, with paper process and competition added; the rule is ours",
)
"""`MEDDICC` and the way of the contract. All eight are needed, which is ours."""

SPICED = Framework(
    "SPICED",
    [
        Criterion("situation", "How do they work today?"),
        Criterion("pain", "What hurts in it?"),
        Criterion("impact", "What would change if it stopped hurting?"),
        Criterion("critical_event", "Which date makes it matter now?"),
        Criterion("decision", "Who decides, how, and by what?"),
    ],
    source="Winning by Design; the rule is ours",
)
"""Situation, pain, impact, critical event, decision. Source: Winning by Design. That all five are needed is ours."""
