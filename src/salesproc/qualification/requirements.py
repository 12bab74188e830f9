"""A framework as something a step asks for, so that a refused step lists the gaps."""

from typing import Any

import attrs

from salesproc.qualification.frameworks import Framework
from salesproc.qualification.verdicts import AnswerState, Gap, Verdict
from salesproc.stages import Attempt, Evidence, EvidenceValue, Reason, ReasonCode, Requirement
from salesproc.stages.requirements import NamedRequirement

__all__ = ["qualified"]


def qualified(framework: Framework) -> Requirement:
    """The framework is met by the evidence, criterion by criterion; unknown is not a pass.

    The evidence is what ``Qualification.evidence()`` gives: a state by the name of the criterion. A plain yes is met and a plain no is unmet, so
    that evidence which ``confirmed("need")`` asks for does as well. Anything else under such a name is no pass.

    Where the rule needs every gap closed, a refusal has one reason per gap. Where some of them would do, it has one reason that says how many,
    and the gaps are its ``parts``.

    Stored definitions find it by its name: hand it to ``Process.from_dict(..., requirements=[qualified(framework)])``.

    Args:
        framework: What has to be met.

    Source:
        Refusing with all that is missing at once; need and means: OpenStax *Entrepreneurship* 8.6.

    >>> from datetime import UTC, datetime
    >>> from salesproc.qualification import BANT, NEED_AND_MEANS
    >>> from salesproc.stages import Process
    >>> sales = Process.pipeline(
    ...     "sales", stages=["talk", "offer"], won="won", lost="lost", to_win=[qualified(BANT), qualified(NEED_AND_MEANS)]
    ... )
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> deal = sales.start("D-1", at=monday)
    >>> print(sales.step(deal, "win", at=monday, evidence={"need": "met", "budget": "unmet", "authority": "met"}))
    refused: BANT: 1 more of budget (unmet), timeframe (unknown) is missing; can_afford is missing
    """
    return _Qualified(f"qualified by {framework.name}", _Holds(framework), (), framework)


@attrs.frozen
class _Holds:
    """The yes or no of it; a class rather than a closure, so that it pickles and compares."""

    framework: Framework

    def __call__(self, attempt: Attempt) -> bool:
        return _judged(self.framework, attempt.evidence).met is True


@attrs.frozen(repr=False)
class _Qualified(NamedRequirement):
    """A rule by name, as `requirement` makes them, that says more than yes or no when it refuses."""

    framework: Framework

    def check(self, evidence: Evidence, attempt: tuple[Any, ...]) -> tuple[Reason, ...]:
        if self.test(Attempt(*attempt)):
            return ()
        verdict = _judged(self.framework, evidence)
        gaps = tuple(_reason(gap, evidence.get(gap.criterion)) for gap in verdict.gaps)
        if verdict.needs_all:
            return gaps
        # Missing, as long as the answers that are unknown could settle it: not_() must not take that for a no.
        code = ReasonCode.MISSING if verdict.met is None else ReasonCode.NOT_MET
        return (Reason(code, f"{self.framework.name}: {verdict}", parts=gaps),)

    def __repr__(self) -> str:
        return f"qualified({self.framework.name!r})"


def _judged(framework: Framework, evidence: Evidence) -> Verdict:
    return framework.judge({name: _state(evidence.get(name)) for name in framework.names})


def _state(saw: EvidenceValue) -> AnswerState:
    """What was given, as a state; what is no state is no pass."""
    if saw is None:
        return AnswerState.UNKNOWN
    if isinstance(saw, bool):
        return AnswerState.MET if saw else AnswerState.UNMET
    return next((state for state in AnswerState if state == saw), AnswerState.UNMET)


def _reason(gap: Gap, saw: EvidenceValue) -> Reason:
    if gap.state is AnswerState.UNKNOWN:
        return Reason(ReasonCode.MISSING, gap.criterion)
    return Reason(ReasonCode.NOT_ONE_OF, gap.criterion, saw, AnswerState.MET.value)
