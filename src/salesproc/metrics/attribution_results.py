"""What sharing out sales among channels gives: credits that add up to the sales, to the cent."""

from collections.abc import Hashable, Mapping
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

import attrs

from salesproc import _text
from salesproc.errors import UnknownName
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

__all__ = [
    "Attribution",
    "AttributionCounts",
    "AttributionModel",
    "ChannelCredit",
    "Conversion",
    "Touch",
    "finish_attribution",
]

E = TypeVar("E", bound=Hashable)

AttributionModel: TypeAlias = Literal["first", "last", "last_non_direct", "linear", "position", "time_decay"]
"""The rule by which a sale is shared out."""


class Touch(NamedTuple, Generic[E]):
    """Somebody was in contact with us through a channel.

    Attributes:
        entity: Who.
        channel: Through what: an advertisement, a search, a referral.
        at: When.
    """

    entity: E
    channel: str
    at: date


class Conversion(NamedTuple, Generic[E]):
    """A sale to be shared out among the touches before it.

    Attributes:
        entity: Whose.
        at: When; touches after it had no part in it.
        value: What it was worth.
    """

    entity: E
    at: date
    value: Money


class ChannelCredit(NamedTuple):
    """What one channel is given.

    Attributes:
        channel: The channel; None for sales that no touch came before.
        conversions: Its part of the number of sales, exact.
        value: Its part of their value, to the cent.
    """

    channel: str | None
    conversions: Fraction
    value: Money


@attrs.frozen(kw_only=True)
class AttributionCounts:
    """What adds up over people: credits per channel, and what was left out.

    Attributes:
        model: The rule used.
        conversions: How many sales.
        credits: Per channel, its part of their number.
        values: Per channel, its part of their value.
        late: Touches after the last sale of the person.
        old: Touches that lie before the look-back of every sale of the person.
        unconverted: Touches of people without a sale.
    """

    model: AttributionModel
    conversions: int = 0
    credits: Mapping[str | None, Fraction] = attrs.field(factory=dict[str | None, Fraction])
    values: Mapping[str | None, Money] = attrs.field(factory=dict[str | None, Money])
    late: int = 0
    old: int = 0
    unconverted: int = 0

    def __add__(self, other: object) -> "AttributionCounts":
        if not isinstance(other, AttributionCounts):
            return NotImplemented
        if other.model != self.model:
            raise ValueError(f"credits by {self.model!r} and by {other.model!r} do not add up; use one model")
        return AttributionCounts(
            model=self.model,
            conversions=self.conversions + other.conversions,
            credits=_merged(self.credits, other.credits),
            values=_merged(self.values, other.values),
            late=self.late + other.late,
            old=self.old + other.old,
            unconverted=self.unconverted + other.unconverted,
        )


@attrs.frozen(repr=False)
class Attribution:
    """How much each channel is given, the most valuable first.

    Attributes:
        channels: One row per channel; sales that no touch came before are a row of their own, under None.
        counts: What the rows rest on, with the touches left out and why.
    """

    channels: tuple[ChannelCredit, ...]
    counts: AttributionCounts

    @property
    def total(self) -> Money | None:
        """The value shared out: to the cent what the sales were worth. None when there are none."""
        values = [row.value for row in self.channels]
        return reduce(add, values) if values else None

    @property
    def undefined(self) -> str | None:
        """Why nothing was shared out; None when something was."""
        return None if self.channels else "no sale to share out"

    def __getitem__(self, channel: str | None) -> ChannelCredit:
        for row in self.channels:
            if row.channel == channel:
                return row
        known = [_text.label(row.channel) for row in self.channels]
        raise UnknownName("channel", _text.label(channel), known, "the attribution")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per channel: its part of the number, the amount as exact text, the currency."""
        return [
            {
                "channel": _text.label(row.channel),
                "conversions": float(row.conversions),
                "value": str(row.value.amount),
                "currency": row.value.currency,
            }
            for row in self.channels
        ]

    def __str__(self) -> str:
        rows = [
            (_text.label(row.channel), f"{float(row.conversions):,.1f}", str(row.value))
            for row in self.channels
        ]
        left = f"{self.counts.late} touches too late, {self.counts.old} too old, {self.counts.unconverted} of people without a sale"
        return _text.table(("channel", "sales", "value"), rows) + f"\n{self.counts.model}; left out: {left}"

    def __repr__(self) -> str:
        return f"<Attribution by {self.counts.model}: {self.counts.conversions} sales, {len(self.channels)} channels>"

    def _repr_html_(self) -> str:
        rows = [[str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table(
            f"attribution, {self.counts.model}", ("channel", "sales", "value", "currency"), rows
        )


def finish_attribution(counts: AttributionCounts) -> Attribution:
    """The rows of the credits, the most valuable first, equal ones by name."""
    rows = [
        ChannelCredit(channel, credit, counts.values[channel]) for channel, credit in counts.credits.items()
    ]
    rows.sort(key=lambda row: (-row.value.amount, -row.conversions, row.channel is None, row.channel or ""))
    return Attribution(tuple(rows), counts)


def _merged(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> dict[Any, Any]:
    both = dict(one)
    for key, value in other.items():
        both[key] = both[key] + value if key in both else value
    return both
