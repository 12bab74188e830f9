"""How often is a lead tried, and how long does one wait between tries?"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import attrs

from salesproc import _text
from salesproc.metrics._log import elapsed_microseconds
from salesproc.metrics._touches import Touches, read_touches
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.rates import Rate

__all__ = ["Cadence", "CadenceCounts", "finish_cadence", "follow_up_cadence", "reduce_cadence"]

E = TypeVar("E", bound=Hashable)


@attrs.frozen(hash=False)
class CadenceCounts:
    """What adds up over leads: how often each was tried, and the time between tries.

    Attributes:
        attempts: Number of tries -> how many leads had that many.
        gaps: Microseconds between one try and the next -> how often.
        after_as_of: Tries after the review, left out.
    """

    attempts: Mapping[int, int] = attrs.field(factory=dict[int, int])
    gaps: Mapping[int, int] = attrs.field(factory=dict[int, int])
    after_as_of: int = 0

    def __add__(self, other: object) -> "CadenceCounts":
        if not isinstance(other, CadenceCounts):
            return NotImplemented
        return CadenceCounts(
            dict(Counter(self.attempts) + Counter(other.attempts)),
            dict(Counter(self.gaps) + Counter(other.gaps)),
            self.after_as_of + other.after_as_of,
        )


@attrs.frozen(repr=False)
class Cadence:
    """How persistent the follow-up is.

    Attributes:
        counts: The statistics it was made from.
        gaps: The time between one try and the next.
    """

    counts: CadenceCounts
    gaps: Durations

    @property
    def leads(self) -> int:
        """How many leads there are, those never tried included."""
        return sum(self.counts.attempts.values())

    @property
    def attempts(self) -> int:
        """How many tries in all."""
        return sum(tries * leads for tries, leads in self.counts.attempts.items())

    @property
    def per_lead(self) -> Fraction | None:
        """Tries per lead, exact; None without leads."""
        return Fraction(self.attempts, self.leads) if self.leads else None

    def persistence(self, planned: int) -> Rate:
        """The share of leads tried at least *planned* times.

        Args:
            planned: The number of tries agreed on; the folklore says five.
        """
        return Rate(
            sum(leads for tries, leads in self.counts.attempts.items() if tries >= planned), self.leads
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per number of tries: how many leads had that many, and the share that had at least that many."""
        return [
            {"attempts": tries, "leads": leads, "share_at_least": self.persistence(tries).value}
            for tries, leads in sorted(self.counts.attempts.items())
        ]

    def __repr__(self) -> str:
        return f"<Cadence: {self.attempts} tries for {self.leads} leads>"

    def _repr_html_(self) -> str:
        rows = [[str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table("tries per lead", ("tries", "leads", "share at least"), rows)


def follow_up_cadence(touches: Touches[E], *, as_of: date, leads: Iterable[E] = ()) -> Cadence:
    """How often leads are tried, and how long one waits between tries.

    Args:
        touches: Rows ``(entity, at, ...)``, one per try, in any order. A contact that says it was ``inbound`` is none.
        as_of: The moment of the review; later tries are left out and counted.
        leads: Everybody who should have been tried, so that those never tried are counted too.

    Raises:
        LogError: A row cannot be read; the message names it.
        NaiveTimeError: Times of two kinds.

    Source:
        Number of tries and persistence: ``docs/reference/glossary.md``.

    >>> march = [date(2025, 3, day) for day in range(1, 10)]
    >>> tried = follow_up_cadence([("L-1", march[0]), ("L-1", march[2]), ("L-2", march[1])], as_of=march[8], leads=["L-3"])
    >>> tried, tried.per_lead, str(tried.persistence(2))
    (<Cadence: 3 tries for 3 leads>, Fraction(1, 1), '33.3% (1 of 3)')
    """
    return finish_cadence(reduce_cadence(touches, as_of=as_of, leads=leads))


def reduce_cadence(touches: Touches[E], *, as_of: date, leads: Iterable[E] = ()) -> CadenceCounts:
    """The first half of `follow_up_cadence`: counts that add up over disjoint sets of leads."""
    tries: dict[E, list[date]] = {lead: [] for lead in leads}
    late = 0
    for entity, at in read_touches(touches, as_of):
        late += at is None
        if at is not None:
            tries.setdefault(entity, []).append(at)
    gaps = Counter[int]()
    for times in tries.values():
        times.sort()
        gaps.update(elapsed_microseconds(a, b) for a, b in pairwise(times))
    return CadenceCounts(dict(Counter(map(len, tries.values()))), dict(gaps), late)


def finish_cadence(counts: CadenceCounts) -> Cadence:
    """From counts to the result."""
    return Cadence(counts, finish_durations(DurationCounts(finished=counts.gaps)))
