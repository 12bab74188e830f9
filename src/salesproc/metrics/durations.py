"""How long does it take? Percentiles that count those still waiting, instead of forgetting them."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._given import require_duration
from salesproc._instants import MICROSECOND
from salesproc.metrics import _bands, _curve
from salesproc.metrics._bands import BandKind, BandPoint, TimeInterval
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Interval

__all__ = ["CurvePoint", "DurationCounts", "Durations", "finish_durations"]


class CurvePoint(NamedTuple):
    """One age at which something happened.

    Attributes:
        time: The age.
        at_risk: How many were followed at least that long and had not ended before.
        finished: How many converted at that age.
        lost: How many ended elsewhere at that age.
        open: How many were last seen at that age, still open.
        share: The estimated share that has converted by then, 0 to 1.
    """

    time: timedelta
    at_risk: int
    finished: int
    lost: int
    open: int
    share: float


@attrs.frozen(hash=False, repr=False)
class DurationCounts:
    """The sufficient statistics of durations: who took how long, in counts that add up.

    Attributes:
        finished: Duration in microseconds -> how many converted after it.
        lost: Duration in microseconds -> how many ended elsewhere after it, which rules converting out.
        open: Age in microseconds -> how many are still open at it.
        backwards: How many reached the end only before the start; they have no duration.
        outside: Entities that never entered the start.
        out_of_period: Entities that entered the start outside the period asked for.
        other_rows: Rows in stages that were not asked for.
        after_as_of: Rows after the date of the review, left out.
    """

    finished: Mapping[int, int] = attrs.field(factory=dict[int, int])
    lost: Mapping[int, int] = attrs.field(factory=dict[int, int])
    open: Mapping[int, int] = attrs.field(factory=dict[int, int])
    backwards: int = 0
    outside: int = 0
    out_of_period: int = 0
    other_rows: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "DurationCounts":
        if not isinstance(other, DurationCounts):
            return NotImplemented
        return DurationCounts(
            _added(self.finished, other.finished),
            _added(self.lost, other.lost),
            _added(self.open, other.open),
            self.backwards + other.backwards,
            self.outside + other.outside,
            self.out_of_period + other.out_of_period,
            self.other_rows + other.other_rows,
            self.after_as_of + other.after_as_of,
        )

    def __repr__(self) -> str:
        sizes = (sum(counts.values()) for counts in (self.finished, self.lost, self.open))
        return "<DurationCounts: {} finished, {} lost, {} open>".format(*sizes)


@attrs.frozen(hash=False, repr=False)
class Durations:
    """How long something takes, those who are not there yet included.

    A percentile is the smallest age by which the estimated share that has converted is at least that percentage.
    A curve that lies exactly on one half has reached its median there (some programs, R among them, give the middle of the
    flat stretch instead). Everything is decided in exact arithmetic.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: DurationCounts
    _steps: _curve.Steps = attrs.field(
        init=False, eq=False, default=attrs.Factory(lambda self: self._climb(), takes_self=True)
    )

    def _climb(self) -> _curve.Steps:
        return _curve.climb(self.counts.finished, self.counts.lost, self.counts.open)

    @property
    def finished(self) -> int:
        """How many converted."""
        return sum(self.counts.finished.values())

    @property
    def lost(self) -> int:
        """How many ended elsewhere first."""
        return sum(self.counts.lost.values())

    @property
    def open(self) -> int:
        """How many have done neither yet."""
        return sum(self.counts.open.values())

    @property
    def backwards(self) -> int:
        """How many reached the end only before the start, and are left out of the curve."""
        return self.counts.backwards

    @property
    def median(self) -> timedelta | None:
        """The age by which half have converted; None when half never do, or not within the time observed."""
        return self.quantile(0.5)

    def quantile(self, q: float | Fraction | Decimal) -> timedelta | None:
        """The age by which the share *q* of all, open and lost ones included, has converted.

        Args:
            q: A share above 0 and up to 1. A float means the decimal number it is written as: 0.9 is nine tenths.

        Returns:
            The smallest age at which the curve is at least *q*; None when it never is, and ``why_undefined(q)`` says why.

        Raises:
            ValueError: *q* is not above 0 and at most 1.

        >>> done = Durations(DurationCounts(finished={86_400_000_000: 2}, open={172_800_000_000: 1}))
        >>> done.quantile(0.5), done.quantile(0.9)
        (datetime.timedelta(days=1), None)
        >>> done.why_undefined(0.9)
        'only 66.7% of 3 had converted when the last one open was seen, at the age of 2.0 d'
        """
        counts = self.counts
        time = _curve.first_reaching(self._steps, _share(q), counts.finished, counts.lost, counts.open)
        return None if time is None else timedelta(microseconds=time)

    def why_undefined(self, asked: float | Fraction | Decimal | timedelta) -> str | None:
        """Why ``quantile(asked)`` or ``share_within(asked)`` is None; None when it is not.

        Args:
            asked: The share or the duration that was asked for.
        """
        value = self.share_within(asked) if isinstance(asked, timedelta) else self.quantile(asked)
        if value is not None:
            return None
        entities, last = self.finished + self.lost + self.open, self._steps.known_until
        if not entities:
            return "nobody was observed"
        by_the_end = (
            f"{(self._steps.shares[-1] if self._steps.shares else 0) / _curve.SCALE:.1%} of {entities}"
        )
        if last is None:
            return f"only {by_the_end} ever convert: all others ended elsewhere"
        age = _text.duration(timedelta(microseconds=last))
        return f"only {by_the_end} had converted when the last one open was seen, at the age of {age}"

    def share_within(self, limit: timedelta) -> float | None:
        """The estimated share that has converted by an age.

        Args:
            limit: The age, 0 or more.

        Returns:
            0 to 1; None when nobody was observed, or when nobody was followed that long and some were still open.

        Raises:
            TypeError: *limit* is no duration.
            ValueError: *limit* is negative.
        """
        time, last = require_duration(limit, "limit") // MICROSECOND, self._steps.known_until
        if not self.finished + self.lost + self.open or (last is not None and time > last):
            return None
        return _curve.share_at(self._steps, time) / _curve.SCALE

    def curve(self) -> tuple[CurvePoint, ...]:
        """Every age at which somebody converted, was lost, or was last seen open, in ascending order."""
        counts = self.counts
        return tuple(
            CurvePoint(
                timedelta(microseconds=here.time),
                *here[1:],
                _curve.share_at(self._steps, here.time) / _curve.SCALE,
            )
            for here in _curve.tallies(counts.finished, counts.lost, counts.open)
        )

    def band(self, confidence: float = 0.95, *, kind: BandKind = "log-log") -> tuple[BandPoint, ...]:
        """The curve with an interval at each of its ages.

        At each age by itself the interval covers the true share that often; the whole curve lies in the whole band less often.

        Args:
            confidence: How often an interval should cover the truth, between 0 and 1.
            kind: The scale on which it is symmetric: ``"linear"``, that of the share, cut off at 0 and 1; ``"log"`` or
                ``"log-log"``, those of the share that has *not* converted. The last one holds its promise best with few cases.

        Raises:
            ValueError: *confidence* does not lie between 0 and 1, or there is no such *kind*.

        Source:
            Variance: M. Greenwood (1926); where losing competes with converting, the delta method, E. Marubini and M. G. Valsecchi,
            "Analysing Survival Data from Clinical Trials and Observational Studies" (1995). Kinds: J. D. Kalbfleisch and
            R. L. Prentice, "The Statistical Analysis of Failure Time Data" (1980).

        >>> half = Durations(DurationCounts(finished={86_400_000_000: 8}, open={172_800_000_000: 8}))
        >>> [(point.share, round(point.low, 3), round(point.high, 3)) for point in half.band(kind="linear")][0]
        (0.5, 0.255, 0.745)
        """
        return tuple(
            BandPoint(timedelta(microseconds=here.time), here.share, *(here.ends or (None, None)))
            for here in self._banded(confidence, kind)
        )

    def share_interval(
        self, limit: timedelta, confidence: float = 0.95, *, kind: BandKind = "log-log"
    ) -> Interval | None:
        """Where the true share that converts within a time plausibly lies; ``band`` explains the options.

        Returns:
            Both ends, 0 to 1; None when ``share_within(limit)`` is None, or while nobody has converted, or when everybody has.

        Raises:
            ValueError: As for ``share_within`` and ``band``.
        """
        known, ends = self.share_within(limit) is not None, None
        for here in self._banded(confidence, kind):
            if here.time > limit // MICROSECOND:
                break
            ends = here.ends
        return ends if known else None

    def quantile_interval(
        self, q: float | Fraction | Decimal, confidence: float = 0.95, *, kind: BandKind = "log-log"
    ) -> TimeInterval:
        """Where the true ``quantile(q)`` plausibly lies: the ages at which the band contains *q*.

        Args:
            q: A share above 0 and up to 1.
            confidence: How often such an interval should cover the truth, between 0 and 1.
            kind: As for ``band``.

        Returns:
            From the first age at which the upper end of the band is at least *q* to the first at which the lower end is; an end that
            is never reached is None.

        Raises:
            ValueError: As for ``quantile`` and ``band``.

        Source:
            R. Brookmeyer and J. Crowley, "A confidence interval for the median survival time", Biometrics 38 (1982).

        >>> some = Durations(DurationCounts(finished={day * 86_400_000_000: 1 for day in range(1, 12)}))
        >>> interval = some.quantile_interval(0.5)
        >>> interval.low.days, some.median.days, interval.high.days
        (2, 6, 9)
        """
        wanted, low = float(_share(q)), None
        for here in self._banded(confidence, kind):
            time = timedelta(microseconds=here.time)
            lower, upper = here.ends or (0.0, here.share)
            low = time if low is None and upper >= wanted else low
            if lower >= wanted:
                return TimeInterval(low, time)
        return TimeInterval(low, None)

    def _banded(self, confidence: float, kind: BandKind) -> list[_bands.Point]:
        counts = self.counts
        tallies = _curve.tallies(counts.finished, counts.lost, counts.open)
        return list(_bands.banded(tallies, self._steps, confidence=confidence, kind=kind))

    @property
    def finished_only_mean(self) -> timedelta | None:
        """The mean of those who converted: too short while others are still open. None when nobody has."""
        total = sum(time * count for time, count in self.counts.finished.items())
        return timedelta(microseconds=total) / self.finished if self.counts.finished else None

    @property
    def finished_only_median(self) -> timedelta | None:
        """The median of those who converted: too short while others are still open. None when nobody has.

        Of an even number it is the middle of the two middle ones, as ``statistics.median`` has it.
        """
        if not self.counts.finished:
            return None
        times = sorted(self.counts.finished)
        so_far = list(accumulate(self.counts.finished[time] for time in times))
        middle = [
            times[bisect_right(so_far, rank)] for rank in ((self.finished - 1) // 2, self.finished // 2)
        ]
        return timedelta(microseconds=sum(middle)) / 2

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts, and the durations in days."""
        return [
            {
                "finished": self.finished,
                "lost": self.lost,
                "open": self.open,
                "backwards": self.backwards,
                "p25_days": _days(self.quantile(0.25)),
                "median_days": _days(self.median),
                "p75_days": _days(self.quantile(0.75)),
                "finished_only_mean_days": _days(self.finished_only_mean),
                "finished_only_median_days": _days(self.finished_only_median),
            }
        ]

    def __repr__(self) -> str:
        return (
            f"<Durations: median {_text.duration(self.median)}, "
            f"{self.finished} finished, {self.lost} lost, {self.open} open, {self.backwards} backwards"
            + (f", {self.counts.outside} outside>" if self.counts.outside else ">")
        )

    def _repr_html_(self) -> str:
        [row] = self.to_rows()
        cells = [_cell(value) for value in row.values()]
        return _text.html_table("Durations", list(row), [cells])


def finish_durations(counts: DurationCounts) -> Durations:
    """The second half of every metric of durations: from counts to the curve and its percentiles."""
    return Durations(counts)


def _added(left: Mapping[int, int], right: Mapping[int, int]) -> dict[int, int]:
    if not left or not right:
        return dict(left or right)
    return dict(Counter(left) + Counter(right))


def _share(q: float | Fraction | Decimal) -> Fraction:
    """The share as a fraction; a float by its shortest decimal, so that 0.9 is nine tenths and not a hair more."""
    exact = repr(float(q)) if isinstance(q, float) else q
    wanted = Fraction(exact) if math.isfinite(q) else Fraction(0)
    if not 0 < wanted <= 1:
        raise ValueError(f"q must be a share above 0 and at most 1, for example 0.5, got {q!r}")
    return wanted


def _days(value: timedelta | None) -> float | None:
    return None if value is None else value / timedelta(days=1)


def _cell(value: Cell) -> str:
    if value is None:
        return _text.ABSENT
    return f"{value:.1f}" if isinstance(value, float) else str(value)
