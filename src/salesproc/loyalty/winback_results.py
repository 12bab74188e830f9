"""What came of win-back cases, as counts that add up and the report made of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.metrics import (
    DurationCounts,
    Durations,
    Pareto,
    ParetoCounts,
    finish_durations,
    finish_pareto,
)
from salesproc.metrics._adding import added
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate

__all__ = ["ReactionRow", "WinBackCounts", "WinBackReport", "finish_win_back_report"]

LIMITS = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
NO_REACTION = "none yet or never"
UNKNOWN = "not known"


class ReactionRow(NamedTuple):
    """The cases in which somebody reacted so soon.

    Attributes:
        reaction: How soon after the customer left.
        recovered: Won back.
        lost: Lost for good.
        running: Neither yet.
        rate: Won back, of those won back or lost.
    """

    reaction: str
    recovered: int
    lost: int
    running: int
    rate: Rate


@attrs.frozen(hash=False)
class WinBackCounts:
    """What adds up over different cases.

    Attributes:
        limits: The limits between quick and slow reactions.
        cases: From how soon somebody reacted, and the outcome, to the number of cases.
        reactions: From leaving to the first reaction.
        reasons: Why they had left.
        after_as_of: Rows after the review, not used.
    """

    limits: tuple[timedelta, ...] = LIMITS
    cases: Mapping[tuple[str, str], int] = attrs.field(factory=dict[tuple[str, str], int])
    reactions: DurationCounts = attrs.field(factory=DurationCounts)
    reasons: ParetoCounts = attrs.field(factory=ParetoCounts)
    after_as_of: int = 0

    def __add__(self, other: object) -> "WinBackCounts":
        if not isinstance(other, WinBackCounts):
            return NotImplemented
        return added(self, other, ("limits",))


@attrs.frozen(repr=False, hash=False)
class WinBackReport(Shown):
    """What came of the customers who had left.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: WinBackCounts

    @property
    def recovered(self) -> int:
        """Cases won back."""
        return self._cases("recovered")

    @property
    def lost(self) -> int:
        """Cases lost for good."""
        return self._cases("lost")

    @property
    def running(self) -> int:
        """Cases that are neither yet."""
        return self._cases("running")

    @property
    def rate(self) -> Rate:
        """Won back, of those won back or lost; running ones are in neither."""
        return Rate(self.recovered, self.recovered + self.lost)

    @property
    def reactions(self) -> Durations:
        """From leaving to the first reaction, those to whom nobody has reacted yet included."""
        return finish_durations(self.counts.reactions)

    @property
    def reasons(self) -> Pareto:
        """Why they had left, as learned in the talks, or as noted when they left."""
        return finish_pareto(self.counts.reasons)

    @property
    def undefined(self) -> str | None:
        """Why there is no rate; None when there is one."""
        return None if self.rate.trials else "no case has come to an end"

    def by_reaction(self) -> tuple[ReactionRow, ...]:
        """The rate by how soon somebody reacted, quickest first; empty rows too, but the unknown ones only where there are any."""
        labels = [*reaction_names(self.counts.limits), NO_REACTION]
        labels += [UNKNOWN] if any(label == UNKNOWN for label, _ in self.counts.cases) else []
        rows = list[ReactionRow]()
        for label in labels:
            recovered, lost, running = (
                self.counts.cases.get((label, outcome), 0) for outcome in ("recovered", "lost", "running")
            )
            rows.append(ReactionRow(label, recovered, lost, running, Rate(recovered, recovered + lost)))
        return (*rows,)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per time of reaction, with the interval of its rate."""
        rows = list[dict[str, Cell]]()
        for row in self.by_reaction():
            low, high = row.rate.interval() or (None, None)
            rows.append(row._asdict() | {"rate": row.rate.value, "low": low, "high": high})
        return rows

    def __str__(self) -> str:
        lines = [
            (row.reaction, f"{row.recovered:,}", f"{row.lost:,}", f"{row.running:,}", f"{row.rate:.1%}")
            for row in self.by_reaction()
        ]
        table = _text.table(("reaction", "recovered", "lost", "running", "rate"), lines)
        return f"{table}\nwon back {self.rate}, {self.running:,} running"

    def __repr__(self) -> str:
        return f"<WinBackReport: {self.rate} won back, {self.running:,} running>"

    def _cases(self, wanted: str) -> int:
        return sum(count for (_, outcome), count in self.counts.cases.items() if outcome == wanted)


def finish_win_back_report(counts: WinBackCounts) -> WinBackReport:
    """The second half of `win_back_report`."""
    return WinBackReport(counts)


def reaction_names(limits: Sequence[timedelta]) -> list[str]:
    """What the times of reaction are called, quickest first."""
    days = [limit / timedelta(days=1) for limit in limits]
    return [*(f"within {count:g} {'day' if count == 1 else 'days'}" for count in days), "later"]
