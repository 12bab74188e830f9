"""How far is this lead or deal qualified? The answers so far, under one framework, with everything that was said before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import attrs

from salesproc import _plain
from salesproc._given import member
from salesproc._instants import earlier, require_aware
from salesproc.errors import RecordError, StorageError, did_you_mean
from salesproc.qualification.frameworks import Framework
from salesproc.qualification.verdicts import AnswerState, Gap, Verdict
from salesproc.rates import Rate
from salesproc.records._record import Stored
from salesproc.stages import EvidenceValue
from salesproc.stages.journey import require_storable

__all__ = ["Answer", "Qualification"]


class Answer(NamedTuple):
    """What was found out about one criterion.

    Attributes:
        criterion: Which one.
        state: What it means for us; unknown where an earlier answer turned out to be none.
        at: When it was found out, aware.
        value: What was said, as a value: an amount, a date, a name.
        note: How we know: who said it, and where.
        by: Who of us found it out.
    """

    criterion: str
    state: AnswerState
    at: datetime
    value: EvidenceValue = None
    note: str | None = None
    by: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data for JSON."""
        return {name: _plain.dump(getattr(self, name)) for name in self._fields if name != "value"} | {
            "value": _plain.tag(self.value)
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Answer":
        """The answer that `to_dict` wrote.

        Raises:
            StorageError: The data is no answer.
        """
        unknown = sorted(set(data) - set(cls._fields))
        missing = sorted({"criterion", "state", "at"} - set(data))
        if unknown or missing:
            raise StorageError(f"a stored answer has unknown fields {unknown} and lacks {missing}")
        values = {name: _plain.load(kind, data.get(name), name) for name, kind in _KINDS.items()}
        return cls(**values, value=_plain.untag(data.get("value"), "value"))


_KINDS: dict[str, Any] = {
    "criterion": str,
    "state": AnswerState,
    "at": datetime,
    "note": str | None,
    "by": str | None,
}


def _answers(given: Iterable[Answer]) -> tuple[Answer, ...]:
    return tuple(one._replace(state=_state(one.state)) for one in given)


@attrs.frozen(repr=False)
class Qualification(Stored):
    """The answers about one lead or deal under one framework. A later answer counts, an earlier one stays in the record.

    Attributes:
        entity: Which lead or deal.
        framework: What is asked.
        answers: Everything that was found out, in the order it was written down.

    Raises:
        RecordError: An answer to a criterion that is not in the framework, or one found out before the last answer to the same criterion.
        NaiveTimeError: An answer without a time zone.

    >>> from datetime import UTC, datetime
    >>> from salesproc.qualification import BANT
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> lin = Qualification("L-1", BANT).answered("need", "met", at=monday, note="loses two days a week on it")
    >>> lin = lin.answered("budget", "partial", at=monday, by="sara").answered("authority", "met", at=monday)
    >>> lin
    <Qualification of L-1 by BANT: open, needs 1 more of budget (partial), timeframe (unknown)>
    >>> print(lin.met, lin.completeness, *lin.gaps)
    None 75.0% (3 of 4) budget (partial) timeframe (unknown)
    """

    entity: str
    framework: Framework
    answers: tuple[Answer, ...] = attrs.field(default=(), converter=_answers)

    def __attrs_post_init__(self) -> None:
        if not self.entity:
            raise RecordError("a qualification is that of a lead or deal with a name, got ''")
        latest: dict[str, datetime] = {}
        for one in self.answers:
            if one.criterion not in self.framework.names:
                hint = did_you_mean(one.criterion, self.framework.names)
                raise RecordError(f"{self.framework.name} has no criterion {one.criterion!r}; {hint}")
            last = latest.get(one.criterion)
            if last is not None and earlier(require_aware(one.at, "at"), last):
                raise RecordError(
                    f"{self.entity}: {one.criterion} was answered at {last}; {one.state} at {one.at} is older than that"
                )
            latest[one.criterion] = require_aware(one.at, "at")

    def answered(
        self,
        criterion: str,
        state: AnswerState | str,
        *,
        at: datetime,
        by: str | None = None,
        value: EvidenceValue = None,
        note: str | None = None,
    ) -> "Qualification":
        """The record with one more answer.

        Args:
            criterion: Which one.
            state: Met, unmet, partial, or unknown again.
            at: When it was found out, aware; not before the last answer to the same criterion.
            by: Who found it out.
            value: What was said, as a value that can be stored.
            note: How we know.

        Raises:
            UnknownName: It is no criterion of the framework.
            ValueError: No such state.
            TypeError: A value that cannot be stored.
            RecordError: The last answer to it is newer.
        """
        self.framework.require(criterion)
        require_storable({"value": value})
        answer = Answer(criterion, _state(state), at, value, note, by)
        return attrs.evolve(self, answers=(*self.answers, answer))

    def latest(self, criterion: str) -> Answer | None:
        """The answer that counts; None when nobody has asked.

        Raises:
            UnknownName: It is no criterion of the framework.
        """
        self.framework.require(criterion)
        return next((one for one in reversed(self.answers) if one.criterion == criterion), None)

    def state(self, criterion: str) -> AnswerState:
        """What is known of it.

        Raises:
            UnknownName: It is no criterion of the framework.
        """
        answer = self.latest(criterion)
        return AnswerState.UNKNOWN if answer is None else answer.state

    def holds(self, criterion: str) -> bool | None:
        """The same as a yes, a no or None while it is unknown, as ``SAL.qualify(need=...)`` takes it. Partial is a no.

        Raises:
            UnknownName: It is no criterion of the framework.
        """
        state = self.state(criterion)
        return None if state is AnswerState.UNKNOWN else state is AnswerState.MET

    @property
    def states(self) -> dict[str, AnswerState]:
        """What is known of every criterion, in order."""
        return {name: self.state(name) for name in self.framework.names}

    @property
    def verdict(self) -> Verdict:
        """What the rule says."""
        return self.framework.judge(self.states)

    @property
    def met(self) -> bool | None:
        """True when the rule is met, False when it is not whatever is still unknown, None while that is open. None is no pass."""
        return self.verdict.met

    @property
    def reachable(self) -> bool:
        """Whether it can still be met without a no turning into a yes."""
        return self.verdict.reachable

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Every criterion that is not met, also where the rule can do without it."""
        return self.verdict.gaps

    @property
    def needed(self) -> tuple[Gap, ...]:
        """The gaps from which the rule still needs some or all; empty exactly when it is met."""
        return self.verdict.needed

    @property
    def completeness(self) -> Rate:
        """The share of the criteria that have an answer, whatever it says."""
        states = self.states.values()
        return Rate(sum(state is not AnswerState.UNKNOWN for state in states), len(states))

    def evidence(self) -> dict[str, EvidenceValue]:
        """What is known, as evidence for a step that requires ``qualified(framework)``; what is unknown is left out."""
        return {name: state.value for name, state in self.states.items() if state is not AnswerState.UNKNOWN}

    def to_rows(self) -> list[dict[str, str | None]]:
        """One row per criterion: how to ask, what is known, how and from whom."""
        return [
            {
                "criterion": one.name,
                "question": one.question,
                "state": self.state(one.name).value,
                **_said(self.latest(one.name)),
            }
            for one in self.framework.criteria
        ]

    def __repr__(self) -> str:
        verdict = self.verdict
        return f"<Qualification of {self.entity} by {self.framework.name}: {_stands(verdict)}{verdict}>"


def _state(given: AnswerState | str) -> AnswerState:
    return member(AnswerState, given, "state of an answer")


def _stands(verdict: Verdict) -> str:
    if verdict.met is None:
        return "open, needs "
    if verdict.met:
        return ""
    return "not met, needs " if verdict.reachable else "out of reach, lacks "


def _said(answer: Answer | None) -> dict[str, str | None]:
    if answer is None:
        return {"value": None, "note": None, "at": None, "by": None}
    value = None if answer.value is None else str(answer.value)
    return {"value": value, "note": answer.note, "at": answer.at.isoformat(), "by": answer.by}
