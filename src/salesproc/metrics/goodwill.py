"""How many good experiences make up for the bad ones that were not put right?"""

import attrs

from salesproc._given import whole_number
from salesproc._tables import Shown
from salesproc.metrics.breakdown import Cell

__all__ = ["Goodwill", "goodwill"]


@attrs.frozen(repr=False)
class Goodwill(Shown):
    """Good experiences against bad ones that still stand.

    Attributes:
        positives: Good experiences.
        unresolved: Bad ones that were not put right; one that was put right is not among them.
        ratio: How many good ones it takes for one of them.
    """

    positives: int
    unresolved: int
    ratio: int

    @property
    def needed(self) -> int:
        """Good experiences it takes for all the bad ones."""
        return self.ratio * self.unresolved

    @property
    def missing(self) -> int:
        """How many more good ones it takes; 0 when there are enough. Putting one complaint right saves *ratio* of them."""
        return max(0, self.needed - self.positives)

    @property
    def reserve(self) -> int:
        """How many good ones there are beyond what it takes; 0 when there are not enough."""
        return max(0, self.positives - self.needed)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: what was given and what follows."""
        given = attrs.asdict(self)
        return [given | {"needed": self.needed, "missing": self.missing, "reserve": self.reserve}]

    def __str__(self) -> str:
        state = f"{self.missing:,} more needed" if self.missing else f"{self.reserve:,} in reserve"
        return f"{state} ({self.positives:,} positive, {self.needed:,} for {self.unresolved:,} unresolved)"


def goodwill(positives: int, unresolved: int, *, ratio: int = 12) -> Goodwill:
    """Whether there are enough good experiences for the bad ones that still stand.

    Args:
        positives: Good experiences, such as praise or smooth deliveries.
        unresolved: Complaints that were not put right, such as the open ones of an `incident_report`.
        ratio: How many good ones it takes for one unresolved bad one. Twelve is a saying of the trade and no measurement.

    Raises:
        ValueError: A number is below 0, or *ratio* below 1.
        TypeError: A number is not whole.

    Source:
        Twelve to one: OpenStax *Entrepreneurship* 8.6 (documents 000 and 003 of ``docs/explanation/sources.md``).

    >>> print(goodwill(0, 1))
    12 more needed (0 positive, 12 for 1 unresolved)
    >>> goodwill(30, 3).missing
    6
    """
    whole_number(ratio, "ratio", least=1)
    return Goodwill(whole_number(positives, "positives"), whole_number(unresolved, "unresolved"), ratio)
