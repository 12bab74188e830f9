"""Who moved up and who fell back between two days? The rungs before against the rungs after."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import TypeAlias, TypeVar

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate
from salesproc.stages import LoyaltyTier

__all__ = ["TierMigration", "tier_migration"]

C = TypeVar("C", bound=Hashable)
Rung: TypeAlias = LoyaltyTier | None

_RUNGS = tuple(LoyaltyTier)


@attrs.frozen(repr=False, hash=False)
class TierMigration(Shown):
    """Who was where before, and where after.

    Attributes:
        moves: From the rung before and the rung after to the number of customers; None is not there, so that None before is new, and
            None after is gone.
        rungs: The rungs of the ladder, lowest first.
    """

    moves: Mapping[tuple[Rung, Rung], int]
    rungs: tuple[LoyaltyTier, ...] = _RUNGS

    @property
    def new(self) -> int:
        """Customers who are there only after."""
        return sum(count for (before, _), count in self.moves.items() if before is None)

    @property
    def gone(self) -> int:
        """Customers who are there only before. From an order list nobody goes: who falls silent falls back."""
        return sum(count for (_, after), count in self.moves.items() if after is None)

    @property
    def up(self) -> int:
        """Customers on a higher rung than before."""
        return self._there(lambda before, after: after > before)

    @property
    def down(self) -> int:
        """Customers on a lower rung than before."""
        return self._there(lambda before, after: after < before)

    @property
    def stayed(self) -> int:
        """Customers on the same rung."""
        return self._there(lambda before, after: after == before)

    @property
    def coarse(self) -> "TierMigration":
        """The same on the four-step ladder, on which repeat customers are customers."""
        found = Counter[tuple[Rung, Rung]]()
        for (before, after), count in self.moves.items():
            found[_coarse(before), _coarse(after)] += count
        return TierMigration(dict(found), (*dict.fromkeys(rung.coarse for rung in self.rungs),))

    @property
    def undefined(self) -> str | None:
        """Why there is no promotion rate; None when there is one."""
        return None if self.promotion_rate().trials else "nobody was there who could rise"

    def promotion_rate(self, start: LoyaltyTier | None = None, *, to: LoyaltyTier | None = None) -> Rate:
        """Of the customers who could rise, the share that did; those who are gone are in the base.

        Args:
            start: The rung before; every rung below *to* when left out.
            to: The rung that counts as risen, and those above it. Any higher rung when left out, and then the highest one is in no base.

        Raises:
            ValueError: *start* is not below *to*, or is the highest.
        """
        if start is not None and _height(start) >= _height(to or self.rungs[-1]):
            raise ValueError(f"start must be below the rung to rise to, got start={start!r}, to={to!r}")
        goal = _height(to or self.rungs[-1])
        base = {
            (before, after): count
            for (before, after), count in self.moves.items()
            if before is not None and _height(before) < goal and start in {None, before}
        }
        risen = [
            count
            for (before, after), count in base.items()
            if _height(after) > _height(before) and (to is None or _height(after) >= goal)
        ]
        return Rate(sum(risen), sum(base.values()))

    def __add__(self, other: object) -> "TierMigration":
        if not isinstance(other, TierMigration):
            return NotImplemented
        return TierMigration(dict(Counter(self.moves) + Counter(other.moves)), self.rungs)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per rung before, and one for the new: how many are on each rung after, gone, and in all."""
        rows = list[dict[str, Cell]]()
        for before in (*self.rungs, None):
            found = {str(after): self.moves.get((before, after), 0) for after in self.rungs}
            gone = self.moves.get((before, None), 0)
            total = sum(found.values()) + gone
            rows.append(
                {"before": "(new)" if before is None else str(before), **found, "gone": gone, "total": total}
            )
        return rows

    def __str__(self) -> str:
        rows = self.to_rows()
        lines = [(str(row["before"]), *(f"{value:,}" for value in list(row.values())[1:])) for row in rows]
        table = _text.table((*rows[0],), lines)
        return f"{table}\nup {self.up:,}, down {self.down:,}, stayed {self.stayed:,}; promoted {self.promotion_rate()}"

    def __repr__(self) -> str:
        return (
            f"<TierMigration: {self.up:,} up, {self.down:,} down, {self.stayed:,} stayed, "
            f"{self.new:,} new, {self.gone:,} gone>"
        )

    def _there(self, moved: Callable[[int, int], bool]) -> int:
        """Customers who are there before and after, and moved so."""
        return sum(
            count
            for (before, after), count in self.moves.items()
            if before is not None and after is not None and moved(_height(before), _height(after))
        )


def tier_migration(
    before: Mapping[C, LoyaltyTier | None], after: Mapping[C, LoyaltyTier | None]
) -> TierMigration:
    """The matrix of rungs between two days: who rose, fell back, stayed, came and went; with the promotion rate.

    Args:
        before: From customer to rung on the earlier day, such as `Tiers`.
        after: The same on the later day. Both by one policy, or the difference is that of the policies.

    Returns:
        Counts that add up: a row is everybody who was on that rung. Migrations of disjoint sets of customers add up with ``+``.

    Source:
        Moving customers up is the aim of document 004 of ``docs/explanation/sources.md``; falling back is implied there.

    >>> one, two, three = LoyaltyTier.CUSTOMER, LoyaltyTier.REPEAT, LoyaltyTier.REGULAR
    >>> moved = tier_migration({"ann": one, "bob": three}, {"ann": two, "bob": two, "cid": one})
    >>> moved
    <TierMigration: 1 up, 1 down, 0 stayed, 1 new, 0 gone>
    >>> print(moved.promotion_rate())
    50.0% (1 of 2)
    """
    everybody = dict.fromkeys((*before, *after))
    moves = Counter[tuple[Rung, Rung]]((before.get(one), after.get(one)) for one in everybody)
    del moves[None, None]
    return TierMigration(dict(moves))


def _height(rung: Rung) -> int:
    return -1 if rung is None else _RUNGS.index(rung)


def _coarse(rung: Rung) -> Rung:
    return None if rung is None else rung.coarse
