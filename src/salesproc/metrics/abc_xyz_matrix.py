"""Who buys much and steadily? The nine cells of ABC by XYZ, with who is in each and what to do with them."""

import decimal
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._shares import Share
from salesproc._tables import Shown
from salesproc.metrics.abc_analysis import CLASSES as ABC
from salesproc.metrics.abc_analysis import Abc, CrossingRule, finish_abc
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.metrics.xyz_analysis import CLASSES as XYZ
from salesproc.metrics.xyz_analysis import Xyz, XyzPolicy, finish_xyz
from salesproc.money import Money

__all__ = ["ABC_XYZ_ACTIONS", "AbcXyz", "AbcXyzCell", "abc_xyz", "finish_abc_xyz"]

C = TypeVar("C", bound=Hashable)

ABC_XYZ_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "AX": "the target customer: their own manager, and nothing that disturbs them",
        "AY": "learn the reason of the ups and downs, and plan around it",
        "AZ": "large and unforeseeable: ask for orders in advance, do not live on them",
        "BX": "steady: offer what the A customers buy as well",
        "BY": "occasions to buy again, in the rhythm they have",
        "BZ": "find out what they buy elsewhere in between",
        "CX": "small and steady: serve them at low cost, ask for referrals",
        "CY": "mailings and self-service",
        "CZ": "no effort of their own; see whether they fit at all",
    }
)
"""What to do with the customers of each cell. The advice is ours; replace it by your own."""


class AbcXyzCell(NamedTuple):
    """One cell.

    Attributes:
        cell: Its two classes, such as AX.
        customers: Who is in it, those who spend most first.
        money: What they spent; None where nobody is in it.
        action: What to do with them.
    """

    cell: str
    customers: tuple[Any, ...]
    money: Money | None
    action: str


@attrs.frozen(repr=False)
class AbcXyz(Shown, Generic[C]):
    """The nine cells, empty ones too.

    Attributes:
        cells: From AX to CZ.
        by_money: The classes A, B and C.
        by_steadiness: The classes X, Y and Z.
    """

    cells: tuple[AbcXyzCell, ...]
    by_money: Abc[C]
    by_steadiness: Xyz[C]

    @property
    def undefined(self) -> str | None:
        """Why the cells say nothing; None when they do."""
        return self.by_money.undefined or self.by_steadiness.undefined

    def grades(self) -> dict[C, str]:
        """Each customer's cell."""
        return {customer: cell.cell for cell in self.cells for customer in cell.customers}

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per cell."""
        return [
            {
                "cell": one.cell,
                "customers": len(one.customers),
                "money": None if one.money is None else str(one.money.amount),
                "currency": None if one.money is None else one.money.currency,
                "action": one.action,
            }
            for one in self.cells
        ]

    def __str__(self) -> str:
        lines = [
            (one.cell, f"{len(one.customers):,}", _text.ABSENT if one.money is None else str(one.money))
            for one in self.cells
        ]
        return _text.table(("cell", "customers", "money"), lines)

    def __repr__(self) -> str:
        counts = ", ".join(f"{one.cell} {len(one.customers)}" for one in self.cells)
        return f"<AbcXyz: {counts}>"


def abc_xyz(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    rules: OrderRules | None = None,
    cuts: tuple[Share, Share] = (Decimal("0.80"), Decimal("0.95")),
    crossing: CrossingRule = "above",
    policy: XyzPolicy | None = None,
    actions: Mapping[str, str] = ABC_XYZ_ACTIONS,
) -> AbcXyz[C]:
    """How much by how steadily: who the target customers are, and who falls short of them.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review; later orders are not used.
        rules: What counts as a purchase.
        cuts: As in `abc_classes`.
        crossing: As in `abc_classes`.
        policy: As in `xyz_classes`.
        actions: What to do with the customers of each cell.

    Returns:
        Nine cells; every customer is in exactly one.

    Raises:
        ValueError: A cut or a rule that is none, or an action for a cell that is none.
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        Document 004 of ``docs/explanation/sources.md``: the matrix shows who the target audience is, and who can be lifted to it.

    >>> months = [date(2025, month, 9) for month in (1, 2, 3, 4)]
    >>> spent = {"ann": (100, 100, 100, 100), "bob": (20, 30, 20, 20), "cid": (300, 0, 0, 100)}
    >>> orders = [(who, day, Money(one, "EUR")) for who, all in spent.items() for day, one in zip(months, all)]
    >>> abc_xyz(orders, as_of=date(2025, 5, 1)).grades()
    {'ann': 'AX', 'cid': 'AZ', 'bob': 'BX'}
    """
    purchases = reduce_orders(orders, as_of=as_of, rules=rules)
    return finish_abc_xyz(purchases, cuts=cuts, crossing=crossing, policy=policy, actions=actions)


def finish_abc_xyz(
    purchases: Purchases[C],
    *,
    cuts: tuple[Share, Share] = (Decimal("0.80"), Decimal("0.95")),
    crossing: CrossingRule = "above",
    policy: XyzPolicy | None = None,
    actions: Mapping[str, str] = ABC_XYZ_ACTIONS,
) -> AbcXyz[C]:
    """The second half of `abc_xyz`."""
    require_purchases(purchases)
    names = [one + other for one in ABC for other in XYZ]
    unknown = sorted(actions.keys() - names)
    if unknown:
        raise ValueError(f"actions are of the cells AX to CZ, got one for {unknown[0]!r}")
    by_money = finish_abc(purchases, cuts=cuts, crossing=crossing)
    by_steadiness = finish_xyz(purchases, policy=policy)
    steadiness = by_steadiness.grades()
    groups: dict[str, list[tuple[C, Decimal]]] = {name: [] for name in names}
    for row in by_money.rows:
        groups[row.grade + steadiness[row.customer]].append((row.customer, row.money.amount))
    cells = list[AbcXyzCell]()
    with decimal.localcontext(EXACT):
        for name, members in groups.items():
            money = purchases.money(sum([amount for _, amount in members], Decimal(0))) if members else None
            who = tuple(customer for customer, _ in members)
            cells.append(AbcXyzCell(name, who, money, actions.get(name, "")))
    return AbcXyz((*cells,), by_money, by_steadiness)
