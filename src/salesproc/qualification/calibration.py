"""How well did the score predict? What became of the leads of each band, and how often the better one scored higher."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import attrs

from salesproc._given import exact_number, leading_fields, texts
from salesproc._tables import rows_table
from salesproc.errors import LogError, did_you_mean
from salesproc.qualification.bands import Bands
from salesproc.rates import Interval, Rate, two_sided

__all__ = ["CalibratedBand", "Calibration", "grade_calibration", "score_calibration"]

Outcome: TypeAlias = bool | None
"""True for won, False for lost, None while it is open."""


class CalibratedBand(NamedTuple):
    """What became of the leads of one band.

    Attributes:
        label: Which band.
        rate: Won of those that were won or lost.
        open: How many are neither yet; they are in no rate.
    """

    label: str
    rate: Rate
    open: int


@attrs.frozen(repr=False)
class Calibration:
    """How well a score told those who would be won from those who would be lost.

    Attributes:
        bands: The highest first.
        right: In how many pairs of a won and a lost lead the won one had scored higher.
        tied: In how many both had scored the same.
    """

    bands: tuple[CalibratedBand, ...]
    right: int
    tied: int

    @property
    def rate(self) -> Rate:
        """Won of all that were won or lost, whatever their band."""
        return sum((band.rate for band in self.bands), Rate(0, 0))

    @property
    def open(self) -> int:
        """How many are neither won nor lost yet."""
        return sum(band.open for band in self.bands)

    @property
    def pairs(self) -> int:
        """How many pairs of a won and a lost lead there are."""
        return self.rate.hits * (self.rate.trials - self.rate.hits)

    @property
    def ranked_right(self) -> Fraction | None:
        """The share of the pairs in which the won lead had scored higher, a tie counted as half; None without pairs.

        One half is what throwing a coin gives, 1 is without fault, below one half the score points the wrong way. It is the area under the ROC
        curve, and the Mann-Whitney statistic over the number of pairs.
        """
        return Fraction(2 * self.right + self.tied, 2 * self.pairs) if self.pairs else None

    @property
    def undefined(self) -> str | None:
        """Why there is no share of pairs; None when there is one."""
        return None if self.pairs else "no pairs: both won and lost leads are needed"

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Where the true share of pairs plausibly lies, given how few leads were seen.

        Args:
            confidence: How often such an interval should cover the truth, between 0 and 1.

        Returns:
            Both ends, 0 to 1. None without pairs, and where all of them were ranked rightly, or all wrongly: the formula then gives no width, which
            nobody should take for certainty.

        Raises:
            ValueError: *confidence* does not lie between 0 and 1.

        Source:
            J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve", Radiology 143
            (1982): the standard error by its formula, and the normal approximation.
        """
        z, area = two_sided(confidence), self.ranked_right
        if area is None or area in {0, 1}:
            return None
        won, lost = self.rate.hits, self.rate.trials - self.rate.hits
        two_won, two_lost = area / (2 - area), 2 * area**2 / (1 + area)
        square = area**2
        spread = area * (1 - area) + (won - 1) * (two_won - square) + (lost - 1) * (two_lost - square)
        error = z * math.sqrt(spread / self.pairs)
        return Interval(max(float(area) - error, 0.0), min(float(area) + error, 1.0))

    @property
    def inversions(self) -> tuple[tuple[str, str], ...]:
        """Where a band was won less often than the next one below it that has an outcome: pairs of labels, the higher band first."""
        known = [(band.label, band.rate.exact) for band in self.bands if band.rate.exact is not None]
        return tuple((high, low) for (high, a), (low, b) in pairwise(known) if a < b)

    @property
    def rising(self) -> bool | None:
        """Whether no band was won less often than one below it; None with outcomes in fewer than two bands."""
        if sum(band.rate.trials > 0 for band in self.bands) < 2:
            return None
        return not self.inversions

    def to_rows(self) -> list[dict[str, str | int | float | None]]:
        """One row per band: the counts, the rate, and its interval at 95 %."""
        return [{"band": band.label, **band.rate.to_rows()[0], "open": band.open} for band in self.bands]

    def __str__(self) -> str:
        return "\n".join(
            (self._summary, *(f"{band.label}: {band.rate}, {band.open} open" for band in self.bands))
        )

    def __repr__(self) -> str:
        return f"<Calibration: {self._summary}>"

    def _repr_html_(self) -> str:
        return rows_table(self._summary, self.to_rows())

    @property
    def _summary(self) -> str:
        area, ends = self.ranked_right, self.interval()
        if area is None:
            return f"pairs ranked rightly: n/a ({self.undefined})"
        within = f", {ends.low:.1%} to {ends.high:.1%}" if ends else ""
        fault = f"; out of order: {', '.join(f'{high} below {low}' for high, low in self.inversions)}"
        return f"pairs ranked rightly: {float(area):.1%} of {self.pairs:,}{within}{fault if self.inversions else ''}"


def score_calibration(
    rows: Iterable[tuple[Decimal | Fraction | float, Outcome, *tuple[object, ...]]], *, bands: Bands
) -> Calibration:
    """How well a score in points predicted.

    Take the score each lead had when somebody decided about it, by one version of one model. Today's score of a customer knows already how it ended.

    Args:
        rows: ``(score, won, ...)``: the points, and True for won, False for lost, None while open. In any order, read once.
        bands: How to group the scores for the rates. Pairs are judged by the scores themselves.

    Returns:
        The rate of each band, and the share of pairs ranked rightly.

    Raises:
        LogError: A row that cannot be read; the message names it.

    Source:
        As for `Calibration.interval`.

    >>> rows = [(80, True), (75, True), (70, False), (40, True), (30, False), (20, False), (90, None)]
    >>> print(score_calibration(rows, bands=Bands(("hot", "warm", "cold"), cuts=(60, 30))))
    pairs ranked rightly: 88.9% of 9, 58.8% to 100.0%
    hot: 66.7% (2 of 3), 1 open
    warm: 50.0% (1 of 2), 0 open
    cold: 0.0% (0 of 1), 0 open
    """
    read = [(_score(score, number), won) for number, score, won in _read(rows)]
    return _calibration(((score, bands.of(score), won) for score, won in read), bands.labels)


def grade_calibration(
    rows: Iterable[tuple[str, Outcome, *tuple[object, ...]]], *, grades: Sequence[str]
) -> Calibration:
    """How well a grade predicted, as `score_calibration` does for points.

    Args:
        rows: ``(grade, won, ...)``: the grade, and True for won, False for lost, None while open. In any order, read once.
        grades: All grades there are, the best first, such as ``profile.grades.labels``.

    Raises:
        LogError: A row that cannot be read, or of a grade that is none; the message names it.
        ValueError: No grades, or one twice.

    >>> print(repr(grade_calibration([("A", True), ("B", False), ("B", True), ("C", False)], grades="A B C".split())))
    <Calibration: pairs ranked rightly: 87.5% of 4, 46.8% to 100.0%>
    """
    names = texts(grades, "grades")
    if not names or len({*names}) != len(names):
        raise ValueError(f"grades are different names, the best first, got {grades!r}")
    places = {grade: Fraction(-place) for place, grade in enumerate(names)}
    read = list[tuple[Fraction, str, Outcome]]()
    for number, grade, won in _read(rows):
        if grade not in places:
            raise LogError(f"row {number} has grade {grade!r}; {did_you_mean(str(grade), names)}")
        read.append((places[str(grade)], str(grade), won))
    return _calibration(read, names)


def _calibration(rows: Iterable[tuple[Fraction, str, Outcome]], labels: Iterable[str]) -> Calibration:
    outcomes: dict[str, list[Outcome]] = {label: [] for label in labels}
    won, lost = list[Fraction](), list[Fraction]()
    for score, label, outcome in rows:
        outcomes[label].append(outcome)
        if outcome is not None:
            (won if outcome else lost).append(score)
    lost.sort()
    below = [bisect_left(lost, score) for score in won]
    upto = [bisect_right(lost, score) for score in won]
    bands = (
        CalibratedBand(label, Rate(found.count(True), len(found) - found.count(None)), found.count(None))
        for label, found in outcomes.items()
    )
    return Calibration(tuple(bands), sum(below), sum(upto) - sum(below))


def _read(rows: Iterable[object]) -> Iterable[tuple[int, object, Outcome]]:
    for number, row in enumerate(rows, 1):
        score, won = leading_fields(row, ("score", "won"), f"row {number}")
        if won is not None and not isinstance(won, bool):
            raise LogError(f"row {number}: won is True, False or None while open, got {won!r}")
        yield number, score, won


def _score(given: object, number: int) -> Fraction:
    try:
        return exact_number(given, "a score")  # type: ignore[arg-type]  # what is no number is what it refuses
    except (TypeError, ValueError) as error:
        raise LogError(f"row {number}: {error}") from None
