"""What became of those who entered a stage: converted, lost, still on the way, or out of time."""

from datetime import date, timedelta

import attrs

from salesproc import _text
from salesproc._tables import rows_table
from salesproc.metrics._adding import added
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate

__all__ = ["CohortConversion", "CohortCounts", "finish_cohort_conversion"]


@attrs.frozen
class CohortCounts:
    """The sufficient statistics of a cohort's conversion, in counts that add up over disjoint sets of entities.

    Attributes:
        start: The stage entered.
        end: The stage to get to.
        as_of: The moment of the review.
        window: How long each was given; None for no limit.
        entered: Entities that entered the start.
        converted: Of these, how many then entered the end, within the window.
        lost: How many were lost first, within the window.
        expired: How many did neither in the whole window.
        late: Of the expired, how many entered the end afterwards.
        followed: Of all entered, how many have been followed for the whole window.
        followed_converted: How many of these converted within it.
        backwards: Entities in the start that were in the end only before; they have no conversion.
        outside: Entities that never entered the start.
        out_of_period: Entities that entered the start outside the period asked for.
        other_rows: Rows in stages that were not asked for.
        after_as_of: Rows after the moment of the review, left out.
    """

    start: str
    end: str
    as_of: date
    window: timedelta | None
    entered: int = 0
    converted: int = 0
    lost: int = 0
    expired: int = 0
    late: int = 0
    followed: int = 0
    followed_converted: int = 0
    backwards: int = 0
    outside: int = 0
    out_of_period: int = 0
    other_rows: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "CohortCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, CohortCounts):
            return NotImplemented
        return added(self, other, ("start", "end", "as_of", "window"))


@attrs.frozen(repr=False)
class CohortConversion:
    """How many of those who entered one stage got to another. ``converted + lost + expired + pending == entered``.

    Attributes:
        counts: The statistics it was made from, with all that was left out of it.
    """

    counts: CohortCounts

    @property
    def entered(self) -> int:
        """How many entered the start."""
        return self.counts.entered

    @property
    def converted(self) -> int:
        """How many then got to the end, within the window if there is one."""
        return self.counts.converted

    @property
    def lost(self) -> int:
        """How many were lost first."""
        return self.counts.lost

    @property
    def expired(self) -> int:
        """How many let the whole window pass; 0 without a window."""
        return self.counts.expired

    @property
    def pending(self) -> int:
        """How many can still make it: "not yet", not "no"."""
        here = self.counts
        return here.entered - here.converted - here.lost - here.expired

    @property
    def rate(self) -> Rate:
        """Converted so far of all who entered; it can still rise while some are pending."""
        return Rate(self.counts.converted, self.counts.entered)

    @property
    def matured(self) -> Rate | None:
        """Converted within the window of those who were followed for the whole of it; None without a window."""
        here = self.counts
        return None if here.window is None else Rate(here.followed_converted, here.followed)

    @property
    def mature(self) -> bool:
        """Whether nobody is pending, so that the rate is final."""
        return not self.pending

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts and both rates."""
        matured = self.matured
        return [
            {
                "start": self.counts.start,
                "end": self.counts.end,
                "entered": self.entered,
                "converted": self.converted,
                "lost": self.lost,
                "expired": self.expired,
                "pending": self.pending,
                "rate": self.rate.value,
                "matured_rate": None if matured is None else matured.value,
                "followed": self.counts.followed,
                "mature": self.mature,
            }
        ]

    def __repr__(self) -> str:
        way = f"{_text.clipped(self.counts.start, 32)} to {_text.clipped(self.counts.end, 32)}"
        return f"<CohortConversion {' '.join(way.split())}: {self.rate}, {self.pending} pending>"

    def _repr_html_(self) -> str:
        return rows_table("Conversion of a cohort", self.to_rows())


def finish_cohort_conversion(counts: CohortCounts) -> CohortConversion:
    """The second half of ``cohort_conversion``: from counts to rates."""
    return CohortConversion(counts)
