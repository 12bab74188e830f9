"""What came of a step: accepted or refused, as a value the caller may look at, keep or raise."""

from enum import StrEnum
from typing import Generic, Literal, NamedTuple, NoReturn, TypeVar

from salesproc.errors import SalesprocError
from salesproc.stages.journey import Journey, StageChange
from salesproc.stages.reasons import Reason, ReasonCode

__all__ = ["Accepted", "Option", "RefusalKind", "Refused", "TransitionRefused"]

S_co = TypeVar("S_co", bound=str, covariant=True)


class RefusalKind(StrEnum):
    """The kinds of refusal, kept apart because each asks for something else."""

    NO_SUCH_TRANSITION = "no_such_transition"
    AMBIGUOUS_TARGET = "ambiguous_target"
    EVIDENCE_MISSING = "evidence_missing"
    REQUIREMENT_NOT_MET = "requirement_not_met"
    TIME_RUNS_BACKWARDS = "time_runs_backwards"
    OTHER_VERSION = "other_version"


class Accepted(NamedTuple, Generic[S_co]):
    """The step was taken. True in a condition.

    Attributes:
        journey: The journey after the step.
        change: The change that was recorded.
    """

    journey: Journey[S_co]
    change: StageChange[S_co]

    def unwrap(self) -> Journey[S_co]:
        """The journey after the step."""
        return self.journey

    def __bool__(self) -> Literal[True]:
        return True

    def __str__(self) -> str:
        return f"accepted: {self.change.entity} went from {self.change.from_stage} to {self.change.stage}"


class Refused(NamedTuple):
    """The step was not taken, and nothing changed. False in a condition.

    Attributes:
        reasons: Every reason, not only the first.
        entity: Whose step it was.
        stage: The stage it stays in.
        event: The event asked for, or the target where the step was asked for by target.
    """

    reasons: tuple[Reason, ...]
    entity: str
    stage: str
    event: str

    @property
    def kind(self) -> RefusalKind:
        """What kind of refusal it is, as its reasons say."""
        codes = {reason.code for reason in self.reasons}
        if codes == {ReasonCode.MISSING}:
            return RefusalKind.EVIDENCE_MISSING
        return _KINDS.get(self.reasons[0].code, RefusalKind.REQUIREMENT_NOT_MET)

    def unwrap(self) -> NoReturn:
        """Raise what it says.

        Raises:
            TransitionRefused: Always, with the same reasons.
        """
        raise TransitionRefused(self)

    def __bool__(self) -> Literal[False]:
        return False

    def __str__(self) -> str:
        return "refused: " + "; ".join(map(str, self.reasons))


_KINDS = {
    ReasonCode.NO_SUCH_TRANSITION: RefusalKind.NO_SUCH_TRANSITION,
    ReasonCode.AMBIGUOUS_TARGET: RefusalKind.AMBIGUOUS_TARGET,
    ReasonCode.TIME_RUNS_BACKWARDS: RefusalKind.TIME_RUNS_BACKWARDS,
    ReasonCode.OTHER_VERSION: RefusalKind.OTHER_VERSION,
}


class TransitionRefused(SalesprocError, ValueError):
    """A step was refused and the caller wanted it or nothing.

    Attributes:
        refusal: The refusal with all its reasons.
    """

    def __init__(self, refusal: Refused) -> None:
        self.refusal = refusal
        super().__init__(refusal)

    def __str__(self) -> str:
        refusal = self.refusal
        return f"{refusal.entity} in {str(refusal.stage)!r}, {refusal.event!r} {refusal}"


class Option(NamedTuple, Generic[S_co]):
    """One transition out of a stage, and what it still needs.

    Attributes:
        event: The event to name.
        target: The stage it leads to.
        needs: The reasons it would be refused for now; empty when it can be taken.
    """

    event: str
    target: S_co
    needs: tuple[Reason, ...]

    @property
    def open(self) -> bool:
        """Whether it can be taken now."""
        return not self.needs
