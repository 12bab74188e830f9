"""Why did they leave? What customers say when they go, those who say nothing counted."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple, TypeAlias

import attrs

from salesproc import _text
from salesproc._given import leading_fields
from salesproc._tables import Shown
from salesproc.metrics._adding import added
from salesproc.metrics._amounts import Amounts
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.pareto import Pareto, ParetoCounts, finish_pareto
from salesproc.rates import Rate

__all__ = [
    "ExitAnswer",
    "ExitSurvey",
    "ExitSurveyCounts",
    "churn_reasons",
    "exit_survey",
    "finish_exit_survey",
    "reduce_churn_reasons",
    "reduce_exit_survey",
]

_QUESTIONS = ("product", "staff", "irritation")


class ExitAnswer(NamedTuple):
    """What a customer who left says to the three questions. Any tuple that begins like it serves as well.

    Attributes:
        customer: Who left.
        product: What did not suit them in the product or service; None when they said nothing.
        staff: What they disliked in the work of the staff.
        irritation: What annoyed them when they bought.
    """

    customer: str
    product: str | None = None
    staff: str | None = None
    irritation: str | None = None


ExitAnswers: TypeAlias = Iterable[tuple[Hashable, str | None, str | None, str | None, *tuple[object, ...]]]
"""Rows that begin like `ExitAnswer`."""


@attrs.frozen(hash=False)
class ExitSurveyCounts:
    """What adds up over customers who left.

    Attributes:
        product: How often each answer to the first question was given.
        staff: To the second.
        irritation: To the third.
        silent: How many answered none of them.
    """

    product: ParetoCounts = attrs.field(factory=ParetoCounts)
    staff: ParetoCounts = attrs.field(factory=ParetoCounts)
    irritation: ParetoCounts = attrs.field(factory=ParetoCounts)
    silent: int = 0

    def __add__(self, other: object) -> "ExitSurveyCounts":
        if not isinstance(other, ExitSurveyCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(repr=False)
class ExitSurvey(Shown):
    """What customers who left say, question by question.

    Attributes:
        product: What did not suit them in the product or service.
        staff: What they disliked in the work of the staff.
        irritation: What annoyed them when they bought.
        answered: Those who answered at least one question, of all who left: whom the rest speaks for.
    """

    product: Pareto
    staff: Pareto
    irritation: Pareto
    answered: Rate

    @property
    def undefined(self) -> str | None:
        """Why there is nothing to say; None when there is."""
        return None if self.answered.hits else "nobody who left said why"

    def to_rows(self) -> list[dict[str, Cell]]:
        """The rows of the three questions, each with its ``question`` in front."""
        rows = list[dict[str, Cell]]()
        for question in _QUESTIONS:
            causes: Pareto = getattr(self, question)
            rows += [{"question": question, **row} for row in causes.to_rows()]
        return rows

    def __str__(self) -> str:
        lines = [
            (str(row["question"]), str(row["cause"]), str(row["cases"]), f"{row['share']:.1%}")
            for row in self.to_rows()
        ]
        return _text.table(("question", "answer", "cases", "share"), lines)

    def __repr__(self) -> str:
        return f"<ExitSurvey: {self.answered} answered>"


def exit_survey(answers: ExitAnswers) -> ExitSurvey:
    """What customers who left answer to three questions: what did not suit, what they disliked in the staff, what annoyed them.

    Args:
        answers: Rows ``(customer, product, staff, irritation)``, such as `ExitAnswer`, one per customer who left, in any order. None
            and blank are no answer; a customer who said nothing at all is a row too.

    Returns:
        For each question the answers, the most frequent first, with those who gave none in a row of their own. Answers are compared as
        they are written, so put them into the words of a catalogue first.

    Raises:
        LogError: A row that cannot be read; the message names it.

    Source:
        The three questions: document 004 of ``docs/explanation/sources.md``.

    >>> left = [ExitAnswer("ann", "too slow", "rude"), ExitAnswer("bob", "too slow"), ExitAnswer("cid")]
    >>> found = exit_survey(left)
    >>> print(found.answered)
    66.7% (2 of 3)
    >>> print(found.product)
    cause     cases  share  together
    too slow      2  66.7%     66.7%
    (none)        1  33.3%    100.0%
    """
    return finish_exit_survey(reduce_exit_survey(answers))


def reduce_exit_survey(answers: ExitAnswers) -> ExitSurveyCounts:
    """The first half of `exit_survey`: counts that add up over disjoint sets of customers."""
    product, staff, irritation = Counter[str | None](), Counter[str | None](), Counter[str | None]()
    silent = 0
    for number, row in enumerate(answers, 1):
        said = [*map(_words, leading_fields(row, ("customer", *_QUESTIONS), f"row {number}")[1:])]
        for causes, answer in zip((product, staff, irritation), said, strict=True):
            causes[answer] += 1
        silent += not any(said)
    return ExitSurveyCounts(_counted(product), _counted(staff), _counted(irritation), silent)


def finish_exit_survey(counts: ExitSurveyCounts) -> ExitSurvey:
    """The second half of `exit_survey`."""
    asked = sum(group.deals for group in counts.product.causes.values())
    product, staff, irritation = (finish_pareto(getattr(counts, question)) for question in _QUESTIONS)
    return ExitSurvey(product, staff, irritation, Rate(asked - counts.silent, asked))


def churn_reasons(leavers: Iterable[tuple[Hashable, str | None, *tuple[object, ...]]]) -> Pareto:
    """Why customers left, the most frequent reason first.

    Args:
        leavers: Rows ``(customer, reason, ...)``, one per customer who left, in any order; the reasons may be those of
            ``salesproc.records.ChurnReason``. None and blank are counted as unsaid.

    Returns:
        Rows with counts, shares and cumulative shares; unsaid reasons in a row of their own, under None.

    Raises:
        LogError: A row that cannot be read; the message names it.

    Source:
        Reasons of leaving: document 004 of ``docs/explanation/sources.md``, which adds that most leave for want of attention.

    >>> print(churn_reasons([("ann", "neglect"), ("bob", "neglect"), ("cid", "service"), ("dan", None)]))
    cause    cases  share  together
    neglect      2  50.0%     50.0%
    service      1  25.0%     75.0%
    (none)       1  25.0%    100.0%
    """
    return finish_pareto(reduce_churn_reasons(leavers))


def reduce_churn_reasons(
    leavers: Iterable[tuple[Hashable, str | None, *tuple[object, ...]]],
) -> ParetoCounts:
    """The first half of `churn_reasons`, which ends with ``finish_pareto``: counts that add up over disjoint sets of customers."""
    causes = Counter[str | None]()
    for number, row in enumerate(leavers, 1):
        causes[_words(leading_fields(row, ("customer", "reason"), f"row {number}")[1])] += 1
    return _counted(causes)


def _words(answer: object) -> str | None:
    """What was said; None when it was nothing."""
    return None if answer is None else str(answer).strip() or None


def _counted(causes: Counter[str | None]) -> ParetoCounts:
    return ParetoCounts({cause: Amounts(count, None, count, None) for cause, count in causes.items()})
