"""What was asked in a call, by the four kinds of question of SPIN, and what was not?"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import attrs

from salesproc._given import member
from salesproc._instants import require_aware
from salesproc.errors import RecordError
from salesproc.records._record import Stored

__all__ = ["SpinKind", "SpinLog", "SpinQuestion"]


class SpinKind(StrEnum):
    """The kinds of question, in the order in which they lead a buyer to their own need.

    Source: N. Rackham, *SPIN Selling* (1988).
    """

    SITUATION = "situation"
    PROBLEM = "problem"
    IMPLICATION = "implication"
    NEED_PAYOFF = "need-payoff"


class SpinQuestion(NamedTuple):
    """One question of a call.

    Attributes:
        kind: What kind.
        text: What was asked.
        answer: What they said; None when they did not, or nobody took it down.
    """

    kind: SpinKind
    text: str
    answer: str | None = None


def _questions(given: Iterable[SpinQuestion]) -> tuple[SpinQuestion, ...]:
    return tuple(one._replace(kind=_kind(one.kind)) for one in given)


@attrs.frozen(repr=False)
class SpinLog(Stored):
    """The questions of one call, in the order they were asked. It says what was left out; it is no test that somebody passes.

    Attributes:
        entity: With which lead or deal.
        at: When the call was, aware.
        by: Who of us asked.
        questions: What was asked.

    Raises:
        NaiveTimeError: A time without a zone.
        RecordError: No lead or deal.

    Source:
        N. Rackham, *SPIN Selling* (1988): situation, problem, implication, need-payoff.

    >>> from datetime import UTC
    >>> call = SpinLog("L-1", datetime(2026, 3, 2, 9, tzinfo=UTC), by="sara")
    >>> call = call.asked("situation", "How do you plan routes?", answer="by hand").asked("problem", "Where does that fail?")
    >>> print(call)
    situation 1, problem 1, implication 0, need-payoff 0; not asked: implication, need-payoff
    """

    entity: str
    at: datetime
    by: str | None = None
    questions: tuple[SpinQuestion, ...] = attrs.field(default=(), converter=_questions)

    def __attrs_post_init__(self) -> None:
        require_aware(self.at, "at")
        if not self.entity:
            raise RecordError("a call is with a lead or deal that has a name, got ''")

    def asked(self, kind: SpinKind | str, text: str, *, answer: str | None = None) -> "SpinLog":
        """The log with one more question.

        Args:
            kind: What kind of question.
            text: What was asked.
            answer: What they said.

        Raises:
            ValueError: No such kind.
        """
        return attrs.evolve(self, questions=(*self.questions, SpinQuestion(_kind(kind), text, answer)))

    @property
    def coverage(self) -> dict[SpinKind, int]:
        """How many questions of each kind were asked."""
        return {kind: sum(one.kind is kind for one in self.questions) for kind in SpinKind}

    @property
    def missing(self) -> tuple[SpinKind, ...]:
        """The kinds nobody asked for."""
        return tuple(kind for kind, count in self.coverage.items() if not count)

    @property
    def out_of_order(self) -> tuple[SpinQuestion, ...]:
        """Questions asked after one of a later kind. Advice, not a fault: talks go back and forth."""
        order = [*SpinKind]
        furthest, found = 0, list[SpinQuestion]()
        for one in self.questions:
            place = order.index(one.kind)
            if place < furthest:
                found.append(one)
            furthest = max(furthest, place)
        return tuple(found)

    def __str__(self) -> str:
        counts = ", ".join(f"{kind} {count}" for kind, count in self.coverage.items())
        return counts + (f"; not asked: {', '.join(self.missing)}" if self.missing else "")

    def __repr__(self) -> str:
        return f"<SpinLog of {self.entity} at {self.at.isoformat()}: {self}>"


def _kind(given: SpinKind | str) -> SpinKind:
    return member(SpinKind, given, "kind of SPIN question")
