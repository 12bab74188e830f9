"""How far a curve of durations may be off: its variance, age by age, and the band around it.

The variance of the share that has converted is that of the delta method (Marubini and Valsecchi 1995, also Pintilie 2006). Without
competing ends it is Greenwood's (1926), and without anybody open that of a plain share, F (1 - F) / n. It is
carried from age to age together with the covariance of "converted" and "still in view": linear in the number of ages.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Literal, NamedTuple, TypeAlias, get_args

from salesproc.metrics._curve import SCALE, Steps, Tally, share_at
from salesproc.rates import Interval, two_sided

__all__ = ["BandKind", "BandPoint", "TimeInterval"]

BandKind: TypeAlias = Literal["linear", "log", "log-log"]
"""The scale on which a band is symmetric: that of the share itself, of its logarithm, or of the logarithm of that."""


class BandPoint(NamedTuple):
    """The curve at one age, and how far it may be off.

    Attributes:
        time: The age.
        share: The estimated share that has converted by then, 0 to 1.
        low: Lower end of the band at this age; None where nobody has converted yet or everybody has, because the data then do
            not say how wide it is.
        high: Upper end.
    """

    time: timedelta
    share: float
    low: float | None
    high: float | None


class TimeInterval(NamedTuple):
    """The range in which a true percentile plausibly lies.

    Attributes:
        low: Lower end; None when the band never gets that far.
        high: Upper end; None when it is not known how long it may take.
    """

    low: timedelta | None
    high: timedelta | None


class Point(NamedTuple):
    """The curve at one age.

    Attributes:
        time: The age in microseconds.
        share: The share that has converted, 0 to 1.
        rest: What is left of it to 1, kept apart because it loses its digits when computed from the share.
        variance: That of the share.
        ends: The band; None where nobody has converted yet or everybody has, so that its width cannot be known.
    """

    time: int
    share: float
    rest: float
    variance: float
    ends: Interval | None


def require_kind(kind: str) -> None:
    """Refuses a kind of band there is not.

    Raises:
        ValueError: It is none of ``BandKind``.
    """
    if kind not in get_args(BandKind):
        raise ValueError(f"kind must be one of {', '.join(map(repr, get_args(BandKind)))}, got {kind!r}")


def banded(tallies: Iterable[Tally], steps: Steps, *, confidence: float, kind: BandKind) -> Iterator[Point]:
    """The curve with its band, at every age at which something happens, in ascending order.

    Raises:
        ValueError: *confidence* does not lie between 0 and 1, or there is no such *kind*.
    """
    z = two_sided(confidence)
    require_kind(kind)
    for time, variance in variances(tallies):
        units = share_at(steps, time)
        share, rest = units / SCALE, (SCALE - units) / SCALE
        yield Point(time, share, rest, variance, _ends(share, rest, z * math.sqrt(variance), kind))


def variances(tallies: Iterable[Tally]) -> Iterator[tuple[int, float]]:
    """Age and variance of the share converted by then, at every age at which something happens.

    Let S be the share still in view and F the share converted. At an age where the parts h of those in view end
    and c of them convert, S becomes S (1 - h) and F becomes F + S c; the rest is the variance of a product and a sum.
    """
    view, var_view, var_share, both = 1.0, 0.0, 0.0, 0.0
    for here in tallies:
        n, converting = here.at_risk, here.finished / here.at_risk
        ending, staying = (here.finished + here.lost) / n, (n - here.finished - here.lost) / n
        var_share += (
            2 * converting * both
            + converting**2 * var_view
            + view**2 * converting * ((n - here.finished) / n) / n
        )
        both = staying * (both + converting * var_view) - view**2 * converting * staying / n
        var_view = staying**2 * var_view + view**2 * ending * staying / n
        view *= staying
        yield here.time, max(var_share, 0.0)


def _ends(share: float, rest: float, spread: float, kind: BandKind) -> Interval | None:
    """The band around one share. The logarithms are those of the rest, the share that has not converted."""
    if not share or not 0 < rest < 1:
        return None
    if kind == "linear":
        return Interval(max(0.0, share - spread), min(1.0, share + spread))
    if kind == "log":
        factor = spread / rest
        return Interval(max(0.0, 1 - rest * math.exp(factor)), 1 - rest * math.exp(-factor))
    exponent = spread / (rest * -math.log(rest))
    return Interval(1 - rest ** math.exp(-exponent), 1 - rest ** math.exp(exponent))
