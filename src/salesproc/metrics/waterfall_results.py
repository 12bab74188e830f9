"""What a waterfall of the pipeline gives: buckets that balance."""

from functools import reduce
from operator import add

import attrs

from salesproc import _text
from salesproc.metrics._adding import added
from salesproc.metrics._amounts import Amounts
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

__all__ = ["Waterfall", "WaterfallCounts", "finish_waterfall"]

_IN = ("created", "reopened", "pulled_in", "increased")
_OUT = ("decreased", "pushed_out", "won", "lost", "removed")
_MOVES = (*_IN, *_OUT)
_BUCKETS = ("opening", *_MOVES, "closing")
_CHANGES = ("increased", "decreased")


@attrs.frozen(kw_only=True)
class WaterfallCounts:
    """What adds up over deals. Every bucket holds amounts without a sign, and how many movements made it.

    Attributes:
        opening: Open deals just before the period.
        created: Deals opened in the period.
        reopened: Deals opened again after they had been won or lost.
        pulled_in: Deals whose expected close was moved into the period that is asked about.
        increased: By how much amounts were raised, first amounts among them.
        decreased: By how much amounts were lowered.
        pushed_out: Deals whose expected close was moved out of the period that is asked about.
        won: Deals won, at the amount held when they were.
        lost: Deals lost, at the amount held when they were.
        removed: Deals deleted, or merged into others.
        closing: Open deals just before the end of the period.
        first_amounts: How many of the changes gave a deal its first amount.
    """

    opening: Amounts = attrs.field(factory=Amounts)
    created: Amounts = attrs.field(factory=Amounts)
    reopened: Amounts = attrs.field(factory=Amounts)
    pulled_in: Amounts = attrs.field(factory=Amounts)
    increased: Amounts = attrs.field(factory=Amounts)
    decreased: Amounts = attrs.field(factory=Amounts)
    pushed_out: Amounts = attrs.field(factory=Amounts)
    won: Amounts = attrs.field(factory=Amounts)
    lost: Amounts = attrs.field(factory=Amounts)
    removed: Amounts = attrs.field(factory=Amounts)
    closing: Amounts = attrs.field(factory=Amounts)
    first_amounts: int = 0

    def __add__(self, other: object) -> "WaterfallCounts":
        if not isinstance(other, WaterfallCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(repr=False)
class Waterfall:
    """From opening to closing, bucket by bucket.

    Attributes:
        counts: The statistics it was made from: every bucket with its deals.
    """

    counts: WaterfallCounts

    @property
    def opening(self) -> Money | None:
        """What the pipeline was worth at the start; None when no deal in it has an amount."""
        return self.counts.opening.money

    @property
    def closing(self) -> Money | None:
        """What the pipeline was worth at the end; None when no deal in it has an amount."""
        return self.counts.closing.money

    @property
    def changes(self) -> dict[str, Money]:
        """What each bucket adds to the pipeline, negative where it takes away; empty when no deal has an amount."""
        values = self._values
        return {name: -value if name in _OUT else value for name, value in values.items() if name in _MOVES}

    @property
    def net(self) -> Money | None:
        """By how much the pipeline grew; negative when it shrank. None when no deal has an amount."""
        changes = list(self.changes.values())
        return reduce(add, changes) if changes else None

    @property
    def balanced(self) -> bool:
        """Whether opening and all changes make closing: in money, in deals, and in deals without an amount. True for any history."""
        values, net = self._values, self.net
        money = net is None or values["opening"] + net == values["closing"]
        return money and not self._left("deals") and self._left("without_amount") == self.counts.first_amounts

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per bucket: movements, the value they add as exact text, the currency, and how many lack an amount."""
        values = self._values | self.changes
        rows = list[dict[str, Cell]]()
        for name in _BUCKETS:
            group, value = self._bucket(name), values.get(name)
            rows.append(
                {
                    "bucket": name.replace("_", " "),
                    "deals": group.deals,
                    "value": None if value is None else str(value.amount),
                    "currency": None if value is None else value.currency,
                    "without_amount": group.without_amount,
                }
            )
        return rows

    def __str__(self) -> str:
        rows = [
            (
                str(row["bucket"]),
                f"{row['deals']:,}",
                _text.ABSENT if row["value"] is None else str(Money(str(row["value"]), str(row["currency"]))),
                f"{row['without_amount']:,}",
            )
            for row in self.to_rows()
        ]
        return _text.table(("bucket", "deals", "value", "without amount"), rows)

    def __repr__(self) -> str:
        counts, values = self.counts, self._values
        if not values:
            return f"<Waterfall without amounts: {counts.opening.deals} deals to {counts.closing.deals}>"
        return f"<Waterfall from {values['opening']} to {values['closing']}>"

    def _repr_html_(self) -> str:
        rows = [["" if cell is None else str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table(
            repr(self)[1:-1], ("bucket", "deals", "value", "currency", "without amount"), rows
        )

    @property
    def _values(self) -> dict[str, Money]:
        """The sum of every bucket, nothing where it has none; empty when no deal has an amount."""
        sums = {name: self._bucket(name).money for name in _BUCKETS}
        currencies = [one.currency for one in sums.values() if one is not None]
        if not currencies:
            return {}
        return {name: one or Money.zero(currencies[0]) for name, one in sums.items()}

    def _bucket(self, name: str) -> Amounts:
        bucket: Amounts = getattr(self.counts, name)
        return bucket

    def _left(self, field: str) -> int:
        """What came in less what went out, deals or deals without an amount; changes move none."""
        ways = [(1, name) for name in ("opening", *_IN)] + [(-1, name) for name in (*_OUT, "closing")]
        moved = [(sign, self._bucket(name)) for sign, name in ways if name not in _CHANGES]
        return sum(sign * int(getattr(bucket, field)) for sign, bucket in moved)


def finish_waterfall(counts: WaterfallCounts) -> Waterfall:
    """From counts to the result."""
    return Waterfall(counts)
