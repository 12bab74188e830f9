"""What was answered, and how often? The answers to one question on one scale, and the share on one side less that on the other."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.errors import LogError
from salesproc.metrics._adding import added
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Interval, Rate, two_sided

__all__ = ["AnswerCounts", "NetScore", "Nps", "reduce_answers"]


@attrs.frozen(repr=False, hash=False)
class AnswerCounts(Shown):
    """How often each answer was given: the statistics behind every metric of a survey.

    Attributes:
        scale: The lowest and the highest answer that could be given.
        answers: Answer -> how often it was given.
        unanswered: How many were asked and did not answer: in no score.
    """

    scale: tuple[int, int]
    answers: Mapping[int, int] = attrs.field(factory=dict[int, int])
    unanswered: int = 0

    @property
    def answered(self) -> int:
        """How many answered."""
        return sum(self.answers.values())

    @property
    def response_rate(self) -> Rate:
        """Those who answered, of all who were asked. Without it no score says whom it speaks for."""
        return Rate(self.answered, self.answered + self.unanswered)

    @property
    def undefined(self) -> str | None:
        """Why there is no score; None when there is one."""
        return None if self.answered else "nobody answered"

    def between(self, low: int, high: int) -> int:
        """How many answers lie from *low* to *high*, both included."""
        return sum(count for answer, count in self.answers.items() if low <= answer <= high)

    def __add__(self, other: object) -> "AnswerCounts":
        if not isinstance(other, AnswerCounts):
            return NotImplemented
        return added(self, other, ("scale",))

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per point of the scale, those nobody chose included: how often, and the share of the answers."""
        low, high = self.scale
        counts = {answer: self.answers.get(answer, 0) for answer in range(low, high + 1)}
        return [
            {"answer": answer, "count": count, "share": Rate(count, self.answered).value}
            for answer, count in counts.items()
        ]

    def __str__(self) -> str:
        low, high = self.scale
        return f"{self.answered:,} answers from {low} to {high}, {self.unanswered:,} unanswered"


def reduce_answers(answers: Iterable[int | None], *, scale: tuple[int, int]) -> AnswerCounts:
    """Reads the answers to one question once: the first half of every metric of a survey. Counts of different surveys add up.

    Args:
        answers: One per customer asked, in any order; None for no answer.
        scale: The lowest and the highest answer that could be given.

    Raises:
        ValueError: The scale does not rise.
        LogError: An answer that is no whole number or not on the scale; the message names it.

    >>> print(reduce_answers([5, 4, None, 4], scale=(1, 5)))
    3 answers from 1 to 5, 1 unanswered
    >>> reduce_answers([5, 0], scale=(1, 5))
    Traceback (most recent call last):
    salesproc.errors.LogError: answer 2 must be a whole number from 1 to 5, or None for no answer, got 0
    """
    low, high = scale
    if not low < high:
        raise ValueError(f"scale must rise from its lowest answer to its highest, got {scale!r}")
    counts, unanswered = Counter[int](), 0
    for number, answer in enumerate(answers, 1):
        if answer is None:
            unanswered += 1
            continue
        given: object = answer  # callers without a type checker pass anything
        if isinstance(given, bool) or not isinstance(given, int) or not low <= answer <= high:
            raise LogError(
                f"answer {number} must be a whole number from {low} to {high}, or None for no answer, got {answer!r}"
            )
        counts[answer] += 1
    return AnswerCounts((low, high), dict(counts), unanswered)


@attrs.frozen(repr=False)
class NetScore(Shown):
    """The share of answers on the good side less the share on the bad side.

    Attributes:
        positive: Answers on the good side.
        neutral: Answers in between, which count in the base.
        negative: Answers on the bad side.
        unanswered: Asked and not answered: in no share.
    """

    positive: int
    neutral: int
    negative: int
    unanswered: int = 0

    @property
    def answered(self) -> int:
        """How many answered."""
        return self.positive + self.neutral + self.negative

    @property
    def exact(self) -> Fraction | None:
        """The score without rounding, -1 to 1; None when nobody answered."""
        return Fraction(self.positive - self.negative, self.answered) if self.answered else None

    @property
    def value(self) -> float | None:
        """The score, -1 to 1; None when nobody answered."""
        return None if self.exact is None else float(self.exact)

    @property
    def points(self) -> float | None:
        """The score on the scale of -100 to 100, on which it is usually quoted; None when nobody answered."""
        return None if self.exact is None else float(self.exact * 100)

    @property
    def undefined(self) -> str | None:
        """Why there is no score; None when there is one."""
        return None if self.answered else "nobody answered"

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Where the true score plausibly lies: the normal approximation (Wald), cut off at -1 and 1.

        It takes the variance ``p + d - (p - d) ** 2`` of the answers, with *p* and *d* the shares of both sides, over their number.
        With fewer than some thirty answers, or nearly all on one side, it is too narrow.

        Args:
            confidence: How often such an interval should cover the truth, between 0 and 1.

        Returns:
            Both ends, -1 to 1; None when nobody answered, and when everybody answered alike, which leaves no variance to judge by.

        Raises:
            ValueError: *confidence* does not lie between 0 and 1.

        >>> [round(end, 3) for end in NetScore(162, 108, 54).interval()]
        [0.252, 0.414]
        """
        z = two_sided(confidence)
        if self.exact is None:
            return None
        variance = Fraction(self.positive + self.negative, self.answered) - self.exact**2
        if not variance:
            return None
        spread = z * math.sqrt(variance / self.answered)
        return Interval(max(-1.0, float(self.exact) - spread), min(1.0, float(self.exact) + spread))

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts, the score, and its interval at 95 %."""
        low, high = self.interval() or (None, None)
        return [{**attrs.asdict(self), "value": self.value, "low": low, "high": high}]

    def __str__(self) -> str:
        counts = f"{self.positive:,} positive, {self.neutral:,} neutral, {self.negative:,} negative, {self.unanswered:,} unanswered"
        return _scored(self.points, counts)


@attrs.frozen(repr=False)
class Nps(NetScore):
    """A Net Promoter Score: the share of promoters less the share of detractors."""

    @property
    def promoters(self) -> int:
        """Answers of 9 and 10."""
        return self.positive

    @property
    def passives(self) -> int:
        """Answers of 7 and 8."""
        return self.neutral

    @property
    def detractors(self) -> int:
        """Answers from 0 to 6."""
        return self.negative

    def __str__(self) -> str:
        counts = (
            f"{self.promoters:,} promoters, {self.passives:,} passives, {self.detractors:,} detractors, "
            f"{self.unanswered:,} unanswered"
        )
        return _scored(self.points, counts)


def _scored(points: float | None, counts: str) -> str:
    return f"{_text.ABSENT} ({counts})" if points is None else f"{points:+.1f} ({counts})"
