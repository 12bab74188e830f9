"""Leads passed on as data, and what came of them as a result."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import NamedTuple, Protocol

import attrs

from salesproc._tables import Cell, Shown
from salesproc.metrics._adding import added
from salesproc.rates import Rate

__all__ = [
    "HandOverCounts",
    "HandOverLike",
    "HandOverOutcomes",
    "HandedOver",
    "finish_hand_over_outcomes",
]


class HandOverLike(Protocol):
    """A lead passed on, and what came of it; the hand-overs of ``salesproc.records`` are."""

    @property
    def lead_id(self) -> Hashable:
        """Which lead."""
        ...

    @property
    def submitted_at(self) -> date:
        """When it was passed on."""
        ...

    @property
    def outcome(self) -> str:
        """``"submitted"`` while nobody has decided, then ``"accepted"``, ``"rejected"`` or ``"recycled"``."""
        ...

    @property
    def decided_at(self) -> date | None:
        """When it was decided; None while it is not."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it was given back."""
        ...


class HandedOver(NamedTuple):
    """A lead passed on, as a plain row.

    Attributes:
        lead_id: Which lead; one that comes again is another hand-over.
        submitted_at: When it was passed on.
        outcome: ``"submitted"`` while nobody has decided, then ``"accepted"``, ``"rejected"`` or ``"recycled"``.
        decided_at: When it was decided; None while it is not.
        reason: Why it was given back.
    """

    lead_id: str
    submitted_at: date
    outcome: str = "submitted"
    decided_at: date | None = None
    reason: str | None = None


@attrs.frozen(hash=False)
class HandOverCounts:
    """The sufficient statistics of hand-overs, in counts that add up.

    Attributes:
        accepted: How many were accepted.
        rejected: Reason -> how many were rejected for it; None where none was given.
        recycled: Reason -> how many were sent back for later; None where none was given.
        undecided: How many nobody had decided on at the review.
        out_of_period: How many were handed over outside the period asked for.
        after_as_of: How many were handed over after the review.
    """

    accepted: int = 0
    rejected: Mapping[str | None, int] = attrs.field(factory=dict[str | None, int])
    recycled: Mapping[str | None, int] = attrs.field(factory=dict[str | None, int])
    undecided: int = 0
    out_of_period: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "HandOverCounts":
        if not isinstance(other, HandOverCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(repr=False)
class HandOverOutcomes(Shown):
    """What came of hand-overs.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: HandOverCounts

    @property
    def handed_over(self) -> int:
        """How many there were, those without a decision included."""
        return self.acceptance.trials + self.counts.undecided

    @property
    def acceptance(self) -> Rate:
        """Accepted of those decided; those still lying are in neither."""
        return Rate(self.counts.accepted, self.counts.accepted + self.returned)

    @property
    def returned(self) -> int:
        """How many were given back, for good or for later."""
        return sum(self.counts.rejected.values()) + sum(self.counts.recycled.values())

    @property
    def with_reason(self) -> Rate:
        """Given back with a reason, of those given back."""
        unsaid = self.counts.rejected.get(None, 0) + self.counts.recycled.get(None, 0)
        return Rate(self.returned - unsaid, self.returned)

    @property
    def undefined(self) -> str | None:
        """Why there is no acceptance; None when there is one."""
        return None if self.acceptance.trials else "no hand-over has been decided"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per outcome and reason, with its share of those decided; what is undecided last, without a share."""
        decided = self.acceptance.trials
        rows = [
            {
                "outcome": outcome,
                "reason": reason,
                "hand_overs": count,
                "share": Rate(count, decided).value,
            }
            for outcome, reason, count in self._lines()
        ]
        return [
            *rows,
            {"outcome": "undecided", "reason": None, "hand_overs": self.counts.undecided, "share": None},
        ]

    def _lines(self) -> Iterable[tuple[str, str | None, int]]:
        yield "accepted", None, self.counts.accepted
        for outcome, reasons in (("rejected", self.counts.rejected), ("recycled", self.counts.recycled)):
            for reason, count in sorted(
                reasons.items(), key=lambda one: (-one[1], one[0] is None, str(one[0]))
            ):
                yield outcome, "no reason" if reason is None else reason, count

    def __str__(self) -> str:
        back = ", ".join(
            f"{count:,} {outcome} ({reason})"
            for outcome, reason, count in self._lines()
            if reason is not None
        )
        return f"{self.acceptance} accepted{f'; {back}' if back else ''}; {self.counts.undecided:,} undecided"


def finish_hand_over_outcomes(counts: HandOverCounts) -> HandOverOutcomes:
    """The second half of `hand_over_outcomes`."""
    return HandOverOutcomes(counts)
