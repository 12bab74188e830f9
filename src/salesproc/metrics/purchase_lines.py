"""What did everybody buy, day by day? Kept as it was read, and put in order when somebody asks for the order."""

import decimal
from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from salesproc._exact import EXACT

__all__ = ["Line", "PurchaseLines"]

C = TypeVar("C", bound=Hashable)

Line: TypeAlias = tuple[date, Decimal]
"""A purchase as it is kept: its day and its amount, in the one currency of the list."""

Kept: TypeAlias = Mapping[date, Decimal] | tuple[Line, ...]
"""The purchases of a customer: by day in any order, or line by line in order of time."""


@attrs.frozen(repr=False, eq=False)
class PurchaseLines(Mapping[C, tuple[Line, ...]], Generic[C]):
    """Per customer who bought, the purchases in order of time.

    Most questions need no order: what they come to, how many there are, which one is the last. So the table of days that was read is kept as it is, and a
    customer's lines are made when they are asked for: a tuple per purchase would be twice the memory, and time that most questions do not need.

    Attributes:
        kept: Per customer, amounts by day, or lines in order.
    """

    kept: Mapping[C, Kept] = attrs.field(factory=dict[Any, Any])

    def sums(self) -> dict[C, Decimal]:
        """What the purchases of everyone come to."""
        with decimal.localcontext(EXACT):
            return {customer: _sum(found) for customer, found in self.kept.items()}

    def totals(self) -> list[tuple[C, date, int, Decimal]]:
        """Of everyone, the day of the last purchase, how many there are, and what they come to."""
        with decimal.localcontext(EXACT):
            return [
                (customer, found[-1][0] if isinstance(found, tuple) else max(found), len(found), _sum(found))
                for customer, found in self.kept.items()
            ]

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


def _sum(found: Kept) -> Decimal:
    """What the purchases of a customer come to, in the context of the caller."""
    amounts = [amount for _, amount in found] if isinstance(found, tuple) else found.values()
    return sum(amounts, Decimal(0))
