"""Deals by what was objected to: the counts that add up, and the result made of them."""

from collections.abc import Mapping
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.errors import UnknownName
from salesproc.metrics._adding import added
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate

__all__ = [
    "ObjectionCounts",
    "ObjectionOutcomeCounts",
    "ObjectionOutcomeRow",
    "ObjectionOutcomes",
    "finish_objection_outcomes",
]


@attrs.frozen(kw_only=True)
class ObjectionCounts:
    """Deals that met an objection, and what became of both. They add up over deals.

    Attributes:
        won: Deals won.
        lost: Deals lost.
        open: Deals still open.
        resolved: Objections resolved.
        unresolved: Objections that stood when the deal ended.
        standing: Objections that stand in deals that are open.
    """

    won: int = 0
    lost: int = 0
    open: int = 0
    resolved: int = 0
    unresolved: int = 0
    standing: int = 0

    @property
    def deals(self) -> int:
        """How many deals, each once, however often the objection was raised in it."""
        return self.won + self.lost + self.open

    @property
    def raised(self) -> int:
        """How many objections; a deal can raise the same one several times."""
        return self.resolved + self.unresolved + self.standing

    @property
    def win_rate(self) -> Rate:
        """Won over won and lost; open deals are in neither."""
        return Rate(self.won, self.won + self.lost)

    @property
    def resolved_share(self) -> Rate:
        """Resolved over resolved and unresolved; those that stand in open deals are in neither."""
        return Rate(self.resolved, self.resolved + self.unresolved)

    def __add__(self, other: object) -> "ObjectionCounts":
        if not isinstance(other, ObjectionCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(hash=False, kw_only=True)
class ObjectionOutcomeCounts:
    """What adds up over deals.

    Attributes:
        kinds: Kind of objection -> the deals that met it.
        stages: Kind and stage -> the deals that met it there; a deal that met it in two stages is in both.
        with_any: The deals that met any objection.
        without: The deals that met none.
        out_of_period: Deals opened outside the period asked for.
        ahead: Deals opened only after the review.
        after_as_of: Objections raised only after the review, left out.
    """

    kinds: Mapping[str, ObjectionCounts] = attrs.field(factory=dict[str, ObjectionCounts])
    stages: Mapping[tuple[str, str], ObjectionCounts] = attrs.field(
        factory=dict[tuple[str, str], ObjectionCounts]
    )
    with_any: ObjectionCounts = attrs.field(factory=ObjectionCounts)
    without: ObjectionCounts = attrs.field(factory=ObjectionCounts)
    out_of_period: int = 0
    ahead: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "ObjectionOutcomeCounts":
        if not isinstance(other, ObjectionOutcomeCounts):
            return NotImplemented
        return added(self, other, ())


class ObjectionOutcomeRow(NamedTuple):
    """The deals that met one kind of objection.

    Attributes:
        kind: Which.
        stage: In which stage; None for the kind in all stages together.
        counts: What became of them, with ``win_rate`` and ``resolved_share``.
    """

    kind: str
    stage: str | None
    counts: ObjectionCounts


@attrs.frozen(repr=False)
class ObjectionOutcomes(Shown):
    """What became of deals by what was objected to, the most frequent kind first.

    That deals with an objection are won less often, or more, than those without does not say that the objection is the cause: buyers who object are
    other buyers, often those who are interested enough to ask, and a deal lost early never got as far as an objection.

    Attributes:
        rows: One per kind, all stages together.
        stages: One per kind and stage, in the order of the kinds, the most frequent stage first.
        with_any: The deals that met any objection. A deal with two kinds is in two rows, and here once.
        without: The deals that met none.
        after_as_of: Objections raised only after the review, left out.
    """

    rows: tuple[ObjectionOutcomeRow, ...]
    stages: tuple[ObjectionOutcomeRow, ...]
    with_any: ObjectionCounts
    without: ObjectionCounts
    after_as_of: int = 0

    @property
    def undefined(self) -> str | None:
        """Why there is nothing to compare; None when there is."""
        return None if self.rows else "no objection is recorded, which may also mean that nobody records any"

    def __getitem__(self, kind: str) -> ObjectionCounts:
        """The deals that met that kind.

        Raises:
            UnknownName: Nobody did.
        """
        for row in self.rows:
            if row.kind == kind:
                return row.counts
        raise UnknownName("kind of objection", kind, [row.kind for row in self.rows], "the report")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per kind, one per kind and stage, and one for the deals without any: counts, shares, and the interval of the win rate."""
        nobody: list[tuple[str | None, str | None, ObjectionCounts]] = [(None, None, self.without)]
        return [
            {
                "kind": _text.label(kind),
                "stage": stage,
                "deals": counts.deals,
                "raised": counts.raised,
                "resolved": counts.resolved,
                "unresolved": counts.unresolved,
                "standing": counts.standing,
                "resolved_share": counts.resolved_share.value,
                "won": counts.won,
                "lost": counts.lost,
                "open": counts.open,
                "win_rate": counts.win_rate.value,
                **_ends(counts.win_rate),
            }
            for kind, stage, counts in (*self.rows, *self.stages, *nobody)
        ]

    def __str__(self) -> str:
        lines = [_line(row.kind, row.counts) for row in self.rows]
        head = ("objection", "deals", "raised", "resolved", "open", "won of closed")
        return _text.table(head, [*lines, _line(_text.label(None), self.without)])

    def __repr__(self) -> str:
        return (
            f"<ObjectionOutcomes of {len(self.rows)} kinds: {self.with_any.win_rate} of closed won with any, "
            f"{self.without.win_rate} without>"
        )


def finish_objection_outcomes(counts: ObjectionOutcomeCounts) -> ObjectionOutcomes:
    """The second half of `objection_outcomes`: the most frequent kind first, equal ones by name."""
    kinds = sorted(counts.kinds, key=lambda kind: (-counts.kinds[kind].deals, kind))
    places = sorted(
        counts.stages, key=lambda place: (kinds.index(place[0]), -counts.stages[place].deals, place[1])
    )
    return ObjectionOutcomes(
        tuple(ObjectionOutcomeRow(kind, None, counts.kinds[kind]) for kind in kinds),
        tuple(ObjectionOutcomeRow(*place, counts.stages[place]) for place in places),
        counts.with_any,
        counts.without,
        counts.after_as_of,
    )


def _ends(rate: Rate) -> dict[str, Cell]:
    low, high = rate.interval() or (None, None)
    return {"low": low, "high": high}


def _line(name: str, counts: ObjectionCounts) -> tuple[str, ...]:
    return (
        name,
        f"{counts.deals:,}",
        f"{counts.raised:,}",
        str(counts.resolved_share),
        f"{counts.open:,}",
        str(counts.win_rate),
    )
