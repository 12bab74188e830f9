"""A process: which stages there are, which steps lead from one to another, and what each step asks for.

The definition is a value, the journey is a value, a step is a function from one journey to the next.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, overload

from salesproc._instants import earlier, require_aware
from salesproc.errors import UnknownName
from salesproc.stages import _stored, bulk
from salesproc.stages._definition import Definition, Move
from salesproc.stages.journey import (
    NO_EVIDENCE,
    PLAIN,
    Evidence,
    Journey,
    StageChange,
    require_storable,
    require_texts,
)
from salesproc.stages.outcome import Accepted, Option, Refused
from salesproc.stages.reasons import Reason, ReasonCode
from salesproc.stages.requirements import Requirement

__all__ = ["Process"]

S = TypeVar("S", bound=str)
T = TypeVar("T", bound=str)
# A NamedTuple made without its wrapper: half the cost of a step.
_tuple: Callable[..., Any] = vars(tuple)["__new__"]
_NO_SUCH = ReasonCode.NO_SUCH_TRANSITION  # members of an Enum are looked up slowly before Python 3.12
#  the constructor of a NamedTuple without its wrapper: half the cost of a step


class Process(Definition[S]):
    """Stages and the transitions between them, checked when built.

    Attributes:
        name: What the process is called.
        version: Counts up when the definition changes; every recorded change carries it.
        stages: In the order a sale goes through them.
        transitions: Every way from stage to stage.
        initial: The stages a journey may begin in.

    Raises:
        DefinitionError: The definition has faults; every one is listed.

    >>> from datetime import UTC, datetime
    >>> from salesproc.stages import Process, Stage, StageKind, Transition, at_least
    >>> deals = Process(
    ...     "deals",
    ...     stages=[Stage("talk"), Stage("won", kind=StageKind.WON)],
    ...     transitions=[Transition("win", "talk", "won", requires=[at_least("meetings", 2)])],
    ... )
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> deal = deals.start("D-1", at=monday)
    >>> print(deals.step(deal, "win", at=monday, evidence={"meetings": 1}))
    refused: meetings is 1, at least 2 is required
    >>> deals.step(deal, "win", at=monday, evidence={"meetings": 2}).unwrap()
    <Journey D-1 in 'won' after 1 move>
    """

    __slots__ = ()

    # Taking a step

    def start(
        self,
        entity: str,
        *,
        at: datetime,
        stage: S | None = None,
        by: str | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> Journey[S]:
        """A new journey; its first change records the creation.

        Args:
            entity: Which lead, deal or customer.
            at: When it began, aware.
            stage: One of the initial stages; the first of them unless given.
            by: Who created it.
            reason: Why.
            evidence: What was known then.

        Raises:
            NaiveTimeError: *at* has no time zone.
            UnknownName: A journey cannot begin in that stage.
            TypeError: Something that cannot be recorded, as in `step`.
        """
        begin = self.initial[0] if stage is None else stage
        if begin not in self.initial:
            raise UnknownName("initial stage", begin, self.initial, f"process {self.name!r}")
        begin = self._by_name[begin].name
        facts = require_storable({**evidence}) if evidence else NO_EVIDENCE
        if entity.__class__ is not str or by or reason:
            require_texts(entity=entity, by=by, reason=reason)
        if not entity:
            raise ValueError("a journey is that of an entity with a name, got ''")
        first = (entity, begin, require_aware(at, "at"), None, None, by, reason, facts, self.version)
        created: StageChange[S] = _tuple(StageChange, first)
        return Journey(entity, begin, (created,))

    @overload
    def step(
        self,
        journey: Journey[S],
        event: str,
        /,
        *,
        at: datetime,
        by: str | None = ...,
        reason: str | None = ...,
        evidence: Evidence | None = ...,
    ) -> Accepted[S] | Refused: ...
    @overload
    def step(
        self,
        journey: Journey[S],
        /,
        *,
        to: S,
        at: datetime,
        by: str | None = ...,
        reason: str | None = ...,
        evidence: Evidence | None = ...,
    ) -> Accepted[S] | Refused: ...
    def step(  # noqa: C901, PLR0912 - the hot path: every call out of it would be a tenth of its cost
        self,
        journey: Journey[S],
        event: str | None = None,
        /,
        *,
        at: datetime,
        to: S | None = None,
        by: str | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> Accepted[S] | Refused:
        """Take a step, by its event or by the stage it leads to.

        Args:
            journey: Where the entity is; it stays as it is.
            event: The transition to take.
            to: The stage to go to, in place of the event; refused where several events lead there.
            at: When, in business time, aware; not before the last change.
            by: Who takes it.
            reason: Why.
            evidence: What the requirements ask for; copied into the record.

        Returns:
            `Accepted` with the journey after the step, or `Refused` with every reason. A requirement that raises is
            a bug, and what it raises comes through.

        Raises:
            NaiveTimeError: *at* has no time zone.
            UnknownName: The journey, or *to*, is in no stage of this process.
            TypeError: Something that cannot be recorded: evidence, a person or a reason of another type than they have; an event and
                *to* at once, or neither; an outcome in place of a journey.
        """
        try:
            entity, stage, history = journey
        except ValueError:
            raise TypeError(
                f"a step is taken from a journey, got {journey!r}; call .unwrap() on an outcome"
            ) from None
        moves = self._moves.get(stage)
        last = history[-1]
        if moves is None or last.process_version != self.version:
            return self._foreign(journey, event or str(to))
        if event is None:
            return self._step_to(journey, moves, to, at=at, by=by, reason=reason, evidence=evidence)
        move = moves.get(event)
        if move is None:
            return _no_such(journey, event, self._events[stage])
        if to is not None:
            raise TypeError(f"step() takes an event or to=, and got both: {event!r} and {to!r}")
        before = last.at
        # Within UTC the wall clock is the instant; anything else is compared with care.
        zone = getattr(at, "tzinfo", None)  # a plain date has none, and is refused
        if (at < before) if zone is UTC is before.tzinfo else earlier(require_aware(at, "at"), before):
            return _backwards(journey, event, at, before)
        facts = evidence or NO_EVIDENCE
        target, checks = move
        if checks:
            attempt = (journey, event, at, by, reason, facts)
            reasons: tuple[Reason, ...] = ()
            for check in checks:
                reasons += check(facts, attempt)
            if reasons:
                refused: Refused = _tuple(Refused, (reasons, entity, stage, event))
                return refused
        if evidence:
            facts = {**evidence}
            for name, value in facts.items():
                if type(value) not in PLAIN or type(name) is not str:
                    require_storable(facts)
            if "by" in facts or "reason" in facts:
                require_storable(facts)
        if (by and by.__class__ is not str) or (reason and reason.__class__ is not str):
            require_texts(by=by, reason=reason)
        row = (entity, target, at, stage, event, by, reason, facts, self.version)
        change: StageChange[S] = _tuple(StageChange, row)
        after = _tuple(Journey, (entity, target, history + (change,)))  # noqa: RUF005 - unpacking is half as fast
        accepted: Accepted[S] = _tuple(Accepted, (after, change))
        return accepted

    def why_not(
        self,
        journey: Journey[S],
        event: str,
        *,
        at: datetime | None = None,
        by: str | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> tuple[Reason, ...]:
        """The reasons the step would be refused for, from the step itself; empty when it would be taken.

        Args:
            journey: Where the entity is.
            event: The transition in question.
            at: When it would be taken; at the last change unless given.
            by: Who would take it.
            reason: Why.
            evidence: What would be shown.
        """
        when = journey.entered_at if at is None else at
        outcome = self.step(journey, event, at=when, by=by, reason=reason, evidence=evidence)
        return () if isinstance(outcome, Accepted) else outcome.reasons

    def allowed(
        self,
        journey: Journey[S],
        *,
        at: datetime | None = None,
        by: str | None = None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> tuple[Option[S], ...]:
        """What can be taken from here, in the order of the definition, and what each still needs.

        Args:
            journey: Where the entity is.
            at: When; at the last change unless given.
            by: Who asks.
            reason: Why.
            evidence: What can be shown already.
        """
        moves: dict[str, Any] = self._moves.get(journey.stage, {})
        return tuple(
            Option(
                event,
                move.target,
                self.why_not(journey, event, at=at, by=by, reason=reason, evidence=evidence),
            )
            for event, move in moves.items()
        )

    # From the store and back

    def replay(self, history: Iterable[StageChange[str]], *, check_requirements: bool = True) -> Journey[S]:
        """The journey these changes make, each of them checked as if it were taken now.

        Args:
            history: The changes of one entity, oldest first, beginning with its creation.
            check_requirements: Judge the recorded evidence again; without it only moves, times and versions are judged.

        Raises:
            LogError: The changes are no journey of this process; the message names the change.
        """
        return bulk.replay(self, tuple(history), check_requirements=check_requirements)

    def migrate(
        self,
        journey: Journey[str],
        *,
        stages: Mapping[str, S] | None = None,
        events: Mapping[str, str] | None = None,
    ) -> Journey[S]:
        """A journey made under another version, in the words of this one.

        Every change gets the new names and this version; entity, times, people and evidence stay. The moves are judged,
        the requirements are not: they were judged when the step was taken.

        Args:
            journey: Made under an earlier version.
            stages: Old stage name to new stage; stages not named keep theirs.
            events: Old event to new event.

        Raises:
            LogError: A stage or a move of the journey does not exist here, with both versions in the message.
        """
        return bulk.migrate(self, journey, stages or {}, events or {})

    @overload
    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, requirements: Iterable[Requirement] = ...
    ) -> "Process[str]": ...
    @overload
    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, stages: type[T], requirements: Iterable[Requirement] = ...
    ) -> "Process[T]": ...
    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, stages: Any = str, requirements: Iterable[Requirement] = ()
    ) -> "Process[Any]":
        """A definition from stored data.

        Args:
            data: What `to_dict` gave.
            stages: Your ``StrEnum`` of stages; plain text unless given.
            requirements: The requirements of your own that the data names.

        Raises:
            StorageError: The data is no definition, or names a requirement that was not given.
            DefinitionError: The definition has faults.
        """
        return Process(**_stored.parts(data, stages, tuple(requirements)))

    def _step_to(
        self, journey: Journey[S], moves: Mapping[str, Move], to: S | None, **options: Any
    ) -> Accepted[S] | Refused:
        if to is None:
            raise TypeError("step() takes an event or to=, and got neither")
        self.stage(to)
        events = tuple(event for event, move in moves.items() if move.target == to)
        if len(events) == 1:
            return self.step(journey, events[0], **options)
        if events:
            reason = Reason(ReasonCode.AMBIGUOUS_TARGET, str(to), journey.stage, events)
            return Refused((reason,), journey.entity, journey.stage, str(to))
        return _no_such(journey, f"move to {to}", tuple(moves))

    def _foreign(self, journey: Journey[S], event: str) -> Refused:
        if journey.version == self.version:
            self.stage(journey.stage)
        reason = Reason(ReasonCode.OTHER_VERSION, journey.entity, journey.version, self.version)
        return Refused((reason,), journey.entity, journey.stage, event)


def _no_such(journey: Journey[str], event: str, events: tuple[str, ...]) -> Refused:
    entity, stage, _ = journey
    reason = _tuple(Reason, (_NO_SUCH, event, stage, events, ()))
    refused: Refused = _tuple(Refused, ((reason,), entity, stage, event))
    return refused


def _backwards(journey: Journey[str], event: str, at: datetime, last: datetime) -> Refused:
    reason = Reason(ReasonCode.TIME_RUNS_BACKWARDS, event, at, last)
    return Refused((reason,), journey.entity, journey.stage, event)
