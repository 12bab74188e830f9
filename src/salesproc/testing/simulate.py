"""A realistic log from a process whose true rates and times are known, to hold estimates against."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Generic, NamedTuple, TypeVar

import attrs

from salesproc._instants import elapsed, require_aware
from salesproc.errors import PeriodError
from salesproc.stages import Evidence, Journey, Process, Refused, StageChange, TransitionRefused
from salesproc.testing._names import SELLERS
from salesproc.testing._truth import Delay, Exponential, LogNormal, Truth, exact_share
from salesproc.testing._ways import Way, proof, take, ways

__all__ = ["Delay", "Exponential", "LogNormal", "Simulation", "Truth", "simulate"]

S = TypeVar("S", bound=str)

_NEVER_ZERO = 2.0**-53  # a generator may give 0.0, which no quantile is defined for
_NO_FACTS: Mapping[str, Evidence] = {}


class _Exit(NamedTuple, Generic[S]):
    """A step out of a stage as the loop needs it: up to which random number it is taken, and after how long."""

    below: float
    way: Way[S]
    delay: Delay


@attrs.frozen(kw_only=True, hash=False, repr=False)
class Simulation(Generic[S]):
    """A simulated log: iterate over its rows, as often as you like; they are made on the way and the same every time.

    Attributes:
        process: The process simulated.
        entities: How many journeys there are.
        seed: What the chance was begun with.
        start: When the first ones begin.
        until: When the observation ends: what happens at or after it is not in the log, and who is open then stays open.
        truth: The rates and times it was made from, and what follows from them.
        evidence: By event, what you gave to be shown at the step.
    """

    process: Process[S]
    entities: int
    seed: int
    start: datetime
    until: datetime
    truth: Truth[S]
    evidence: Mapping[str, Evidence]

    def __iter__(self) -> Iterator[StageChange[S]]:
        """Every row, one entity after the other, each one's oldest first."""
        for journey in self.journeys():
            yield from journey.history

    @property
    def rows(self) -> tuple[StageChange[S], ...]:
        """All rows at once, in the order of iteration."""
        return tuple(self)

    def journeys(self) -> Iterator[Journey[S]]:
        """The journeys, each begun a little later than the one before.

        Raises:
            TransitionRefused: A step asks for what no made-up evidence shows; a note says what to do.
        """
        random = Random(self.seed)  # noqa: S311 - repeatable on purpose, no secret
        start = self.start.astimezone(UTC)
        seconds = elapsed(start, self.until).total_seconds()
        exits = self._exits()
        for i in range(self.entities):
            after = timedelta(seconds=int(seconds * ((i + random.random()) / self.entities)))
            begun = self.process.start(f"E-{i + 1}", at=start + after, by=random.choice(SELLERS))
            yield self._run(begun, exits, random)

    def _run(
        self, journey: Journey[S], exits: Mapping[str, tuple[_Exit[S], ...]], random: Random
    ) -> Journey[S]:
        """The journey up to the end of the observation, or to where it stays for good."""
        until = self.until.astimezone(UTC)
        while True:
            chance = random.random()
            out = next((one for one in exits.get(journey.stage, ()) if chance < one.below), None)
            if out is None:
                return journey
            wait = out.delay.quantile(max(random.random(), _NEVER_ZERO))
            if wait >= until - journey.entered_at:
                return journey
            at = journey.entered_at + timedelta(seconds=int(wait.total_seconds()))
            journey = self._step(journey, out.way, at, random)

    def _step(self, journey: Journey[S], way: Way[S], at: datetime, random: Random) -> Journey[S]:
        made_up = {"by": random.choice(SELLERS), **proof(way.requires, random.choice)}
        facts = {**made_up, **self.evidence.get(way.event, {})}
        outcome = take(self.process, journey, way, at=at, facts=facts)
        if isinstance(outcome, Refused):
            error = TransitionRefused(outcome)
            error.add_note(
                f"give evidence={{{way.event!r}: ...}} that meets it, or, where it asks for what happened before, "
                f"leave {way.event!r} from {str(journey.stage)!r} out of the rates"
            )
            raise error
        return outcome.journey

    def _exits(self) -> dict[str, tuple[_Exit[S], ...]]:
        table = ways(self.process)
        exits: dict[str, tuple[_Exit[S], ...]] = {}
        for stage, shares in self.truth.shares.items():
            by_event = {way.event: way for way in table[stage]}
            passed, found = Fraction(0), list[_Exit[S]]()
            for event, share in shares.items():
                passed += share
                found.append(_Exit(float(passed), by_event[event], self.truth.delays[stage][event]))
            exits[stage] = tuple(found)
        return exits

    def __repr__(self) -> str:
        return f"<Simulation of {self.entities} in {self.process.name}, seed {self.seed}>"


def simulate(
    process: Process[S],
    *,
    entities: int,
    seed: int,
    start: datetime,
    until: datetime,
    rates: Mapping[S, Mapping[str, int | float | Decimal | Fraction]],
    durations: Mapping[S, Mapping[str, timedelta | Delay]],
    evidence: Mapping[str, Evidence] = _NO_FACTS,
) -> Simulation[S]:
    """A log of a process that goes by known rates and takes known times.

    Everybody begins in the first initial stage, spread evenly over the time of the observation; so some are still open
    at its end, as in any real log. Times are whole seconds in UTC. The same arguments give the same rows under every version of Python.

    Args:
        process: The process to go through.
        entities: How many; any number, as rows are made while you iterate.
        seed: What the chance begins with.
        start: When the observation begins, aware.
        until: When it ends, aware.
        rates: By stage and event, the chance, 0 to 1, that this event is the one that leads out. What is left to 1
            stays for good; so do final stages that have no rates.
        durations: By stage and event, the time spent in the stage before that event: its median (the time is then
            `Exponential`), or one of `Exponential` and `LogNormal`.
        evidence: By event, what is shown at the step, in place of what is made up from the requirements; ``"by"`` and
            ``"reason"`` are the arguments of the step.

    Returns:
        The rows, made as they are read, and the truth behind them.

    Raises:
        ValueError: Stages, events, rates or durations that do not fit together; all of them are listed.
        NaiveTimeError: A time has no zone.
        PeriodError: The observation does not end after it begins.

    >>> from datetime import UTC, datetime, timedelta
    >>> from salesproc.stages import Process
    >>> log = simulate(
    ...     Process.pipeline("sales", stages=["talk"], won="won", lost="lost"),
    ...     entities=1000,
    ...     seed=7,
    ...     start=datetime(2026, 1, 1, tzinfo=UTC),
    ...     until=datetime(2027, 1, 1, tzinfo=UTC),
    ...     rates={"talk": {"win": 0.3, "lose": 0.7}},
    ...     durations={"talk": {"win": timedelta(days=40), "lose": timedelta(days=15)}},
    ... )
    >>> log.truth
    <Truth of sales: talk 100.0%, won 30.0%, lost 70.0%>
    >>> from collections import Counter
    >>> sorted(Counter(change.stage for change in log).items())
    [('lost', 668), ('talk', 1000), ('won', 246)]
    """
    span = elapsed(require_aware(start, "start"), require_aware(until, "until"))
    if span < timedelta(seconds=1):
        raise PeriodError(f"until must lie a second or more after start, got {start!r} to {until!r}")
    problems = list(_faults(process, entities, rates, durations))
    if problems:
        raise ValueError(
            f"{process.name!r} cannot be simulated:" + "".join(f"\n  - {one}" for one in problems)
        )
    shares = {
        process.stage(stage).name: {event: exact_share(share) for event, share in events.items()}
        for stage, events in rates.items()
    }
    delays = {
        stage: {event: _delay(durations[stage][event]) for event in events}
        for stage, events in shares.items()
    }
    return Simulation(
        process=process,
        entities=entities,
        seed=seed,
        start=start,
        until=until,
        truth=Truth(process, shares, delays),
        evidence={event: {**facts} for event, facts in evidence.items()},
    )


def _delay(given: timedelta | Delay) -> Delay:
    return Exponential(given) if isinstance(given, timedelta) else given


def _faults(
    process: Process[S],
    entities: int,
    rates: Mapping[S, Mapping[str, int | float | Decimal | Fraction]],
    durations: Mapping[S, Mapping[str, timedelta | Delay]],
) -> Iterator[str]:
    """What does not fit, one sentence each."""
    if entities < 0:
        yield f"entities must be 0 or more, got {entities!r}"
    table = ways(process)
    for one in process.stages:
        if not one.final and one.name not in rates:
            yield f"stage {str(one.name)!r} has no rates; give {{}} where everybody stays in it for good"
    for stage, events in rates.items():
        known = [way.event for way in table.get(stage, ())]
        if stage not in table:
            yield f"there is no stage {str(stage)!r}; there are {', '.join(map(repr, map(str, table)))}"
            continue
        for event, share in events.items():
            if event not in known:
                others = ", ".join(map(repr, known)) or "nothing"
                yield f"no {event!r} leads out of {str(stage)!r}; out of it leads {others}"
            if not 0 <= share <= 1:
                yield f"the rate of {event!r} from {str(stage)!r} must be from 0 to 1, got {share!r}"
            if event not in durations.get(stage, {}):
                yield f"{event!r} from {str(stage)!r} has no duration"
        if all(0 <= share <= 1 for share in events.values()) and sum(map(exact_share, events.values())) > 1:
            yield f"the rates out of {str(stage)!r} add up to more than 1"
