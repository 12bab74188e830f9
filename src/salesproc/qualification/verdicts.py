"""How do some answers stand against a rule? What is known of a criterion, what is missing, and whether that is enough."""

from enum import StrEnum
from typing import NamedTuple

__all__ = ["AnswerState", "Gap", "Verdict"]


class AnswerState(StrEnum):
    """What is known about a criterion. Only met is a pass; unknown and partial are not."""

    UNKNOWN = "unknown"
    UNMET = "unmet"
    PARTIAL = "partial"
    MET = "met"


class Gap(NamedTuple):
    """A criterion that is not met; ``str()`` says how it stands.

    Attributes:
        criterion: Which one.
        state: Unknown, unmet or partial.
        weight: What it would add if it were met.
    """

    criterion: str
    state: AnswerState
    weight: int = 1

    def __str__(self) -> str:
        return f"{self.criterion} ({self.state})"


class Verdict(NamedTuple):
    """What a framework says of some answers; ``str()`` says what is needed.

    Attributes:
        met: True when the rule is met; False when it is not, even if everything unknown came out well; None as long as that depends on what is
            unknown. Partial is known, and not enough. None is no pass.
        lacking: The weight that is still needed: how many criteria, where each weighs 1. 0 when the rule is met.
        gaps: Every criterion that is not met, whether the rule needs it or not.
    """

    met: bool | None
    lacking: int
    gaps: tuple[Gap, ...]

    @property
    def needed(self) -> tuple[Gap, ...]:
        """The gaps the rule still has to have closed, or some of them; empty exactly when it is met."""
        return self.gaps if self.lacking else ()

    @property
    def reachable(self) -> bool:
        """Whether it can still be met without a no turning into a yes: what is unknown or partial may get there."""
        return sum(gap.weight for gap in self.gaps if gap.state != AnswerState.UNMET) >= self.lacking

    @property
    def needs_all(self) -> bool:
        """Whether every one of the gaps has to be closed, rather than some."""
        return self.lacking == sum(gap.weight for gap in self.gaps)

    def __str__(self) -> str:
        if not self.lacking:
            return "met"
        gaps = ", ".join(map(str, self.gaps))
        if self.needs_all:
            return gaps
        points = "points " if any(gap.weight > 1 for gap in self.gaps) else ""
        return f"{self.lacking} more {points}of {gaps}"
