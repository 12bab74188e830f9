"""What is one kind of event worth, and what is left of it later? Points, half-lives, and how far along it shows a buyer to be."""

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction

import attrs

from salesproc._given import require_duration, whole_number
from salesproc._instants import MICROSECOND
from salesproc.qualification._points import points

__all__ = ["BuyerStage", "FunnelPart", "InterestRule"]

# Twenty digits more than any score has, and nothing of the defaults that a program may have changed.
_POWERS = Context(prec=40, rounding=ROUND_HALF_EVEN, traps=[])


class FunnelPart(StrEnum):
    """The part of the funnel: top, middle or bottom, where numbers shrink from the one to the next."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class BuyerStage(StrEnum):
    """How far a buyer has come in their own journey, from learning that there is a subject to deciding.

    Source: document 002 of ``docs/explanation/sources.md``, the buyer's journey.
    """

    DISCOVERY = "discovery"
    PROBLEM_RECOGNITION = "problem recognition"
    CONSIDERATION = "consideration"
    DECISION = "decision"

    @property
    def funnel_part(self) -> FunnelPart:
        """Where in the funnel such a buyer is.

        >>> [str(stage.funnel_part) for stage in BuyerStage]
        ['top', 'middle', 'middle', 'bottom']
        """
        if self is BuyerStage.DISCOVERY:
            return FunnelPart.TOP
        return FunnelPart.BOTTOM if self is BuyerStage.DECISION else FunnelPart.MIDDLE


@attrs.frozen
class InterestRule:
    """What one kind of event is worth.

    Attributes:
        kind: Which.
        points: Whole, not 0; below 0 where it speaks against them.
        group: Events of one group share a cap; None is in no group.
        half_life: After so long half of the points are left, after twice that a quarter; None keeps them for good.
        stage: How far along it shows them to be. Such an event speaks for them, and never less than one of an earlier stage.

    Raises:
        ValueError: No kind, no points, a half-life that is not above 0, a stage with points below 0.
        TypeError: Points that are no whole number, a half-life that is no duration.
    """

    kind: str
    points: int
    group: str | None = attrs.field(default=None, kw_only=True)
    half_life: timedelta | None = attrs.field(default=None, kw_only=True)
    stage: BuyerStage | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.kind:
            raise ValueError("a rule is about a kind of event with a name, got ''")
        if not whole_number(self.points, f"points of {self.kind!r}", least=None):
            raise ValueError(f"{self.kind!r} gives 0 points; leave the rule out")
        if self.half_life is not None:
            require_duration(self.half_life, f"the half-life of {self.kind!r}", zero=False)
        if self.stage is not None and self.points < 0:
            raise ValueError(
                f"{self.kind!r} shows them at {self.stage}, so it cannot take points, got {self.points}"
            )

    def left(self, age: timedelta) -> Decimal:
        """The points that are left at that age, rounded half-even to a hundredth; exact after whole half-lives, then rounded.

        >>> rule = InterestRule("demo", 40, half_life=timedelta(days=30))
        >>> rule.left(timedelta(days=30)), rule.left(timedelta(days=45))
        (Decimal('20.00'), Decimal('14.14'))
        """
        if self.half_life is None:
            return points(self.points)
        halvings, rest = divmod(age, self.half_life)
        if halvings > self.points.bit_length() + 8:  # less than half a hundredth is left
            return points(0)
        part = _POWERS.divide(Decimal(-(rest // MICROSECOND)), Decimal(self.half_life // MICROSECOND))
        return points(Fraction(_POWERS.power(Decimal(2), part)) * self.points / 2**halvings)
