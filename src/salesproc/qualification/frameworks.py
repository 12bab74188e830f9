"""What has to be known before somebody deserves a call, and how much of it is enough? A framework, as data."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import attrs

from salesproc._given import several, whole_number
from salesproc._shares import decimal_share
from salesproc.errors import UnknownName
from salesproc.qualification.verdicts import AnswerState, Gap, Verdict
from salesproc.records._record import Stored

__all__ = ["Criterion", "Framework", "Rule"]


def _criterion_name(_: object, __: "attrs.Attribute[str]", value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a criterion has a name, got {value!r}")
    if value in {"by", "reason"}:
        raise ValueError(f"{value!r} is an argument of every step and cannot be the name of a criterion")


@attrs.frozen
class Criterion(Stored):
    """One thing that has to be found out.

    Attributes:
        name: What it is called, also as evidence of a step.
        question: How to ask for it.
        weight: How much it counts against the others: whole, 1 or more. Only a rule by share looks at it.

    Raises:
        ValueError: No name, or one that is taken by the step; a weight below 1.
        TypeError: A weight that is no whole number.
    """

    name: str = attrs.field(validator=_criterion_name)
    question: str = ""
    weight: int = 1

    def __attrs_post_init__(self) -> None:
        whole_number(self.weight, f"the weight of {self.name!r}", least=1)


def _decimal_share(given: Decimal | float | None) -> Decimal | None:
    """The share as a decimal number; a float as it is written."""
    return None if given is None else decimal_share(given, "share")


@attrs.frozen(kw_only=True)
class Rule(Stored):
    """How much has to be met: all of it unless said otherwise, at least so many criteria, or at least that share of the weight.

    Attributes:
        count: At least so many criteria, whatever their weight.
        share: At least that part of all weights, above 0 and at most 1.

    Raises:
        ValueError: Both at once, a count below 1, a share that is none.
        TypeError: No number.

    >>> Rule(), Rule(count=3), Rule(share=0.7)
    (Rule(count=None, share=None), Rule(count=3, share=None), Rule(count=None, share=Decimal('0.7')))
    """

    count: int | None = None
    share: Decimal | None = attrs.field(default=None, converter=_decimal_share)

    def __attrs_post_init__(self) -> None:
        if self.count is not None:
            whole_number(self.count, "count", least=1)
            if self.share is not None:
                raise ValueError(f"a rule has a count or a share, got {self.count!r} and {self.share!r}")


def _criteria(given: Iterable[Criterion]) -> tuple[Criterion, ...]:
    criteria = tuple(several(given, "criteria"))
    for one in criteria:
        if not isinstance(one, Criterion):
            raise TypeError(f"a criterion must be a Criterion, got {one!r}; write Criterion({one!r})")
    return criteria


def _rule(given: Rule) -> Rule:
    if not isinstance(given, Rule):
        raise TypeError(f"rule must be a Rule, for example Rule(count=3), got {given!r}")
    return given


@attrs.frozen
class Framework(Stored):
    """The criteria by which somebody is qualified, in the order they are asked for, and the rule.

    Attributes:
        name: What it is called.
        criteria: What has to be found out.
        rule: How much of it has to be met; all of it unless given.
        source: Where it is described.

    Raises:
        ValueError: No criteria, two of one name, a count that cannot be reached, or weights that no rule looks at.

    Source:
        Qualification by several matters, such as need and means: OpenStax *Entrepreneurship* 8.6. The frameworks of the trade differ in their
        criteria and in the rule, and in nothing else.

    >>> bant = Framework("BANT", map(Criterion, ["budget", "authority", "need", "timeframe"]), Rule(count=3))
    >>> print(bant)
    BANT: at least 3 of budget, authority, need, timeframe
    >>> bant.judge({"budget": AnswerState.MET, "authority": AnswerState.UNMET}).met is None
    True
    """

    name: str
    criteria: tuple[Criterion, ...] = attrs.field(converter=_criteria)
    rule: Rule = attrs.field(factory=Rule, converter=_rule)
    source: str = ""

    def __attrs_post_init__(self) -> None:
        names = self.names
        if not names:
            raise ValueError(f"framework {self.name!r} needs at least one criterion")
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"framework {self.name!r} has more than one criterion {doubled[0]!r}")
        if self.rule.count is not None and self.rule.count > len(names):
            raise ValueError(
                f"framework {self.name!r} has {len(names)} criteria, so that {self.rule.count} of them are never met"
            )
        if self.rule.share is None and any(one.weight > 1 for one in self.criteria):
            raise ValueError(
                f"framework {self.name!r} gives weights, which only a rule by share looks at: Rule(share=...)"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the criteria, in order."""
        return tuple(one.name for one in self.criteria)

    @property
    def needed(self) -> int:
        """The weight that has to be met: a number of criteria, where each weighs 1."""
        whole = sum(one.weight for one in self.criteria)
        if self.rule.share is not None:
            return math.ceil(Fraction(self.rule.share) * whole)
        return whole if self.rule.count is None else self.rule.count

    def judge(self, states: Mapping[str, AnswerState]) -> Verdict:
        """What the rule says of these answers.

        Args:
            states: What is known, by criterion; what is left out is unknown.

        Raises:
            UnknownName: A name that is no criterion of this framework.
        """
        for name in states:
            self.require(name)
        unknown = AnswerState.UNKNOWN
        found = [(one, states.get(one.name, unknown)) for one in self.criteria]
        met = sum(one.weight for one, state in found if state == AnswerState.MET)
        hoped = sum(one.weight for one, state in found if state == unknown)
        lacking = max(self.needed - met, 0)
        gaps = tuple(Gap(one.name, state, one.weight) for one, state in found if state != AnswerState.MET)
        verdict = True if not lacking else (None if hoped >= lacking else False)
        return Verdict(verdict, lacking, gaps)

    def part(self, *names: str) -> "Framework":
        """Some of the criteria as a framework of their own, all of them needed: what one stage asks for already.

        Args:
            names: Which of them.

        Raises:
            UnknownName: One is no criterion of this framework.
            ValueError: None is named.
        """
        for name in names:
            self.require(name)
        kept = [Criterion(one.name, one.question) for one in self.criteria if one.name in names]
        return Framework(f"{self.name} ({', '.join(one.name for one in kept)})", kept, source=self.source)

    def require(self, name: str) -> str:
        """The name itself when it is a criterion.

        Raises:
            UnknownName: It is none; the message names the nearest.
        """
        if name not in self.names:
            raise UnknownName("criterion", name, self.names, f"framework {self.name!r}")
        return name

    def __str__(self) -> str:
        names, rule = ", ".join(self.names), self.rule
        if rule.share is not None:
            weights = ", ".join(f"{one.name} {one.weight}" for one in self.criteria)
            return f"{self.name}: at least {self.needed} points of {weights}"
        return f"{self.name}: {'all' if rule.count is None else f'at least {rule.count}'} of {names}"
