"""What did everybody buy, day by day? Kept as it was read, and put in order when somebody asks for the order."""

import decimal
from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from salesproc.money import EXACT

__all__ = ["Line", "PurchaseLines"]

C = TypeVar("C", bound=Hashable)

Line: TypeAlias = tuple[date, Decimal]
"""A purchase as it is kept: its day and its amount, in the one currency of the list."""

Kept: TypeAlias = Mapping[date, Decimal] | tuple[Line, ...]
"""The purchases of a customer: by day in any order, or line by line in order of time."""


@attrs.frozen(repr=False, eq=False)
class PurchaseLines(Mapping[C, tuple[Line, ...]], Generic[C]):
    """Per customer who bought, the purchases in order of time.

    Most questions need no order: what they come to, how many there are, which one is the last. So the table of days that was read is kept as it is, which is a third
    of the memory and less time, and a customer's lines are made when they are asked for.

    Attributes:
        kept: Per customer, amounts by day, or lines in order.
    """

    kept: Mapping[C, Kept] = attrs.field(factory=dict[Any, Any])

    def totals(self) -> list[tuple[C, date, int, Decimal]]:
        """Of everyone, the day of the last purchase, how many there are, and what they come to; in one pass, since a large table is slow to walk through."""
        nothing, found = Decimal(0), list[tuple[C, date, int, Decimal]]()
        with decimal.localcontext(EXACT):
            for customer, bought in self.kept.items():
                if isinstance(bought, tuple):
                    last, amount = bought[-1][0], sum([one[1] for one in bought], nothing)
                else:
                    last, amount = max(bought), sum(bought.values(), nothing)
                found.append((customer, last, len(bought), amount))
        return found

    def unordered(self, customer: C) -> Collection[Line]:
        """The purchases of a customer in whatever order they are kept; none of somebody who bought nothing."""
        found = self.kept.get(customer, ())
        return found if isinstance(found, tuple) else found.items()

    def __getitem__(self, customer: C) -> tuple[Line, ...]:
        found = self.kept[customer]
        return found if isinstance(found, tuple) else (*sorted(found.items()),)

    def __iter__(self) -> Iterator[C]:
        return iter(self.kept)

    def __len__(self) -> int:
        return len(self.kept)

    def __or__(self, other: "PurchaseLines[C]") -> "PurchaseLines[C]":
        """Those of both; of a customer of both, the second ones."""
        return PurchaseLines({**self.kept, **other.kept})

    def __repr__(self) -> str:
        return f"<PurchaseLines of {len(self.kept):,} customers>"
