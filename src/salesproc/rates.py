"""How often does it work? A share that keeps the two counts it was made from, and its interval."""

import html
import math
import re
from fractions import Fraction
from statistics import NormalDist
from typing import NamedTuple

import attrs

__all__ = ["Interval", "Rate"]

# The parts of a format specification that say where a text goes: fill and alignment, then width.
_PLACE = re.compile(r"(?P<fill>.(?=[<>=^]))?(?P<align>[<>=^])?[-+ ]?z?#?0?(?P<width>[0-9]*)", re.DOTALL)


class Interval(NamedTuple):
    """The range in which the true share plausibly lies.

    Attributes:
        low: Lower end, 0 to 1.
        high: Upper end, 0 to 1.
    """

    low: float
    high: float


def _whole(_rate: "Rate", attribute: "attrs.Attribute[int]", value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{attribute.name} must be a whole number of cases (int), got {value!r}")
    if value < 0:
        raise ValueError(f"{attribute.name} must be 0 or more, got {value!r}")


@attrs.frozen
class Rate:
    """A share as two counts: how many of how many.

    Counts rather than a percentage, so that rates of parts add up to the rate of the whole, and so that
    one of two is not taken for five hundred of a thousand.

    Attributes:
        hits: How many did it, 0 or more.
        trials: How many could have, never fewer than *hits*.

    Raises:
        TypeError: A count is not an ``int``; ``True`` is refused too.
        ValueError: A count is negative, or there are more hits than trials.

    >>> north, south = Rate(8, 10), Rate(10, 90)
    >>> format(north + south, ".1%")
    '18.0%'
    >>> print(Rate(0, 0))
    n/a (0 of 0)
    """

    hits: int = attrs.field(validator=_whole)
    trials: int = attrs.field(validator=_whole)

    def __attrs_post_init__(self) -> None:
        if self.hits > self.trials:
            raise ValueError(
                f"a rate cannot have more hits than trials, got hits={self.hits!r}, trials={self.trials!r}"
            )

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None when there were no trials."""
        return self.hits / self.trials if self.trials else None

    @property
    def exact(self) -> Fraction | None:
        """The share without rounding; None when there were no trials."""
        return Fraction(self.hits, self.trials) if self.trials else None

    @property
    def undefined(self) -> str | None:
        """Why there is no value; None when there is one."""
        return None if self.trials else "no trials: nothing was there to succeed or fail"

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Where the true share plausibly lies, given how few cases were seen.

        Args:
            confidence: How often such an interval should cover the truth, between 0 and 1.

        Returns:
            Both ends, 0 to 1, always around the value; exactly 0.0 below when nothing hit and exactly 1.0 above
            when everything did. None when there were no trials.

        Raises:
            ValueError: *confidence* does not lie between 0 and 1.

        Source:
            E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
            Journal of the American Statistical Association 22 (1927), without continuity correction.

        >>> [round(end, 4) for end in Rate(81, 263).interval()]
        [0.2553, 0.3662]
        """
        z = two_sided(confidence)
        if not self.trials:
            return None
        spread = z * math.sqrt(self.hits * (self.trials - self.hits) / self.trials + z * z / 4)
        middle, whole = self.hits + z * z / 2, self.trials + z * z
        # Rounding leaves the outer ends a hair inside 0 and 1, so both are set.
        low = (middle - spread) / whole if self.hits else 0.0
        high = (middle + spread) / whole if self.hits < self.trials else 1.0
        return Interval(low, high)

    def to_rows(self) -> list[dict[str, str | int | float | None]]:
        """One row: the two counts, the share, and its interval at 95 %."""
        low, high = self.interval() or (None, None)
        return [{"hits": self.hits, "trials": self.trials, "value": self.value, "low": low, "high": high}]

    def __add__(self, other: object) -> "Rate":
        if not isinstance(other, Rate):
            return NotImplemented
        return Rate(self.hits + other.hits, self.trials + other.trials)

    def __float__(self) -> float:
        return self.hits / self.trials if self.trials else math.nan

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        text = format(self.hits / self.trials if self.trials else 0.0, spec)  # also refuses a bad spec
        return text if self.trials else _placed("n/a", spec)

    def __str__(self) -> str:
        share = format(self.hits / self.trials, ".1%") if self.trials else "n/a"
        return f"{share} ({self.hits:,} of {self.trials:,})"

    def _repr_html_(self) -> str:
        return f"<span>{html.escape(str(self))}</span>"


def two_sided(confidence: float) -> float:
    """How many standard errors an interval goes to either side to cover the truth that often.

    Raises:
        ValueError: *confidence* does not lie between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, for example 0.95, got {confidence!r}")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _placed(text: str, spec: str) -> str:
    """The text where a number of that format specification would stand."""
    place = _PLACE.match(spec)
    if place is None:  # pragma: no cover - every part of the pattern is optional
        return text
    side = place["align"] or ">"
    return format(text, f"{place['fill'] or ' '}{'>' if side == '=' else side}{place['width']}")
