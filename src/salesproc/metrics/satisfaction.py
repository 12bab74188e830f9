"""What do customers say? Whether they would recommend us, are satisfied, and had an easy time."""

from collections.abc import Iterable

from salesproc.metrics.ratios import Ratio
from salesproc.metrics.survey_answers import AnswerCounts, NetScore, Nps, reduce_answers
from salesproc.rates import Rate

__all__ = [
    "customer_effort_agreement",
    "customer_effort_mean",
    "customer_effort_net",
    "customer_satisfaction",
    "finish_customer_effort_agreement",
    "finish_customer_effort_mean",
    "finish_customer_effort_net",
    "finish_customer_satisfaction",
    "finish_net_promoter_score",
    "net_promoter_score",
]

NPS_SCALE = (0, 10)
EFFORT_SCALE = (1, 7)


def net_promoter_score(answers: Iterable[int | None]) -> Nps:
    """Net Promoter Score: of those who say how likely they are to recommend us, the share of promoters less that of detractors.

    Args:
        answers: One per customer asked, 0 to 10, in any order; None for no answer. 9 and 10 are promoters, 7 and 8 passives,
            0 to 6 detractors.

    Returns:
        The score, -1 to 1, with ``points`` from -100 to 100, the counts and an interval; undefined when nobody answered.

    Raises:
        LogError: An answer that is no whole number from 0 to 10; the message names it.

    Source:
        F. F. Reichheld, "The One Number You Need to Grow", Harvard Business Review (December 2003).

    >>> score = net_promoter_score([10, 9, 9, 8, 7, 6, 0, None])
    >>> print(score)
    +14.3 (3 promoters, 2 passives, 2 detractors, 1 unanswered)
    >>> score.exact
    Fraction(1, 7)
    """
    return finish_net_promoter_score(reduce_answers(answers, scale=NPS_SCALE))


def finish_net_promoter_score(counts: AnswerCounts) -> Nps:
    """The second half of `net_promoter_score`; the counts must be on the scale from 0 to 10."""
    _on(counts, NPS_SCALE, "a Net Promoter Score")
    return Nps(counts.between(9, 10), counts.between(7, 8), counts.between(0, 6), counts.unanswered)


def customer_satisfaction(
    answers: Iterable[int | None], *, satisfied_from: int, scale: tuple[int, int] = (1, 5)
) -> Rate:
    """Customer satisfaction (CSAT): of those who answered, the share who are satisfied.

    Args:
        answers: One per customer asked, in any order, high for satisfied; None for no answer, which is in no share
            (`reduce_answers` counts them).
        satisfied_from: The lowest answer that counts as satisfied: 4 on five points is the usual top two boxes.
        scale: The lowest and the highest answer that could be given.

    Returns:
        Satisfied over answered, 0 to 1; undefined when nobody answered.

    Raises:
        LogError: An answer that is not on the scale; the message names it.
        ValueError: *satisfied_from* is not on the scale, or everybody would be satisfied.

    Source:
        Top-two-box share; ``docs/reference/glossary.md``.

    >>> print(customer_satisfaction([5, 4, 4, 2, None], satisfied_from=4))
    75.0% (3 of 4)
    """
    return finish_customer_satisfaction(reduce_answers(answers, scale=scale), satisfied_from=satisfied_from)


def finish_customer_satisfaction(counts: AnswerCounts, *, satisfied_from: int) -> Rate:
    """The second half of `customer_satisfaction`."""
    low, high = counts.scale
    if not low < satisfied_from <= high:
        raise ValueError(
            f"satisfied_from must be above the lowest answer {low} and at most {high}, got {satisfied_from!r}"
        )
    return Rate(counts.between(satisfied_from, high), counts.answered)


def customer_effort_mean(answers: Iterable[int | None]) -> Ratio:
    """Customer Effort Score 2.0 as a mean: how far customers agree that we made it easy, 1 to 7.

    Args:
        answers: One per customer asked, 1 (strongly disagree) to 7 (strongly agree), in any order; None for no answer.
            The first version of the score asked how much effort it was: there, high is bad. Turn such answers round first.

    Returns:
        The exact mean, 1 to 7; undefined when nobody answered.

    Raises:
        LogError: An answer that is no whole number from 1 to 7; the message names it.

    Source:
        M. Dixon, N. Toman and R. DeLisi, "The Effortless Experience" (2013). This mean, the share who agree and the net share are all
        reported under the one name.

    >>> print(customer_effort_mean([7, 6, 5, 4, 2, None]))
    4.800 (24 over 5)
    """
    return finish_customer_effort_mean(reduce_answers(answers, scale=EFFORT_SCALE))


def finish_customer_effort_mean(counts: AnswerCounts) -> Ratio:
    """The second half of `customer_effort_mean`."""
    _on(counts, EFFORT_SCALE, "a Customer Effort Score 2.0")
    total = sum(answer * count for answer, count in counts.answers.items())
    return Ratio(total, counts.answered, nothing="nobody answered")


def customer_effort_agreement(answers: Iterable[int | None]) -> Rate:
    """Customer Effort Score 2.0 as a share: of those who answered, how many agree at all that we made it easy.

    Args:
        answers: As in `customer_effort_mean`.

    Returns:
        Answers of 5 to 7 over all answers, 0 to 1; undefined when nobody answered.

    Raises:
        LogError: An answer that is no whole number from 1 to 7; the message names it.

    Source:
        As for `customer_effort_mean`.

    >>> print(customer_effort_agreement([7, 6, 5, 4, 2, None]))
    60.0% (3 of 5)
    """
    return finish_customer_effort_agreement(reduce_answers(answers, scale=EFFORT_SCALE))


def finish_customer_effort_agreement(counts: AnswerCounts) -> Rate:
    """The second half of `customer_effort_agreement`."""
    _on(counts, EFFORT_SCALE, "a Customer Effort Score 2.0")
    return Rate(counts.between(5, 7), counts.answered)


def customer_effort_net(answers: Iterable[int | None]) -> NetScore:
    """Customer Effort Score 2.0 as a net share: answers of 6 and 7 less answers of 1 to 3.

    Args:
        answers: As in `customer_effort_mean`.

    Returns:
        The score, -1 to 1, with ``points`` from -100 to 100; undefined when nobody answered.

    Raises:
        LogError: An answer that is no whole number from 1 to 7; the message names it.

    Source:
        As for `customer_effort_mean`.

    >>> print(customer_effort_net([7, 6, 5, 4, 2, None]))
    +20.0 (2 positive, 2 neutral, 1 negative, 1 unanswered)
    """
    return finish_customer_effort_net(reduce_answers(answers, scale=EFFORT_SCALE))


def finish_customer_effort_net(counts: AnswerCounts) -> NetScore:
    """The second half of `customer_effort_net`."""
    _on(counts, EFFORT_SCALE, "a Customer Effort Score 2.0")
    return NetScore(counts.between(6, 7), counts.between(4, 5), counts.between(1, 3), counts.unanswered)


def _on(counts: AnswerCounts, scale: tuple[int, int], what: str) -> None:
    """Refuses answers on another scale, whose borders would lie elsewhere.

    Raises:
        ValueError: They are on another one.
    """
    if counts.scale != scale:
        raise ValueError(
            f"{what} is asked on the scale from {scale[0]} to {scale[1]}, got answers from {counts.scale[0]} to {counts.scale[1]}"
        )
