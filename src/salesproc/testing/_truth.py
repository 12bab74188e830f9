"""What a simulated process really does: its rates, its times, and what follows from them without any sampling."""

import math
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import Generic, TypeAlias, TypeVar

import attrs

from salesproc.errors import UnknownName
from salesproc.stages import Process

__all__ = ["Delay", "Exponential", "LogNormal", "Truth", "exact_share"]

S = TypeVar("S", bound=str)

_SECOND = timedelta(seconds=1)
_LONGEST = 10**11  # seconds, more than three thousand years
_WIDEST = 10.0


def _lasting(_: object, field: "attrs.Attribute[timedelta]", value: timedelta) -> None:
    if value < _SECOND:
        raise ValueError(f"{field.name} must be a second or more, got {value!r}")


def _wide(_: object, field: "attrs.Attribute[float]", value: float) -> None:
    if not 0 < value <= _WIDEST:
        raise ValueError(f"{field.name} must lie above 0 and be at most {_WIDEST:g}, got {value!r}")


@attrs.frozen
class Exponential:
    """Waiting without memory: however long it has lasted, the wait ahead is the same.

    Attributes:
        median: The time within which half are done; a second or more.

    Raises:
        ValueError: The median is shorter.

    >>> Exponential(timedelta(days=10)).quantile(0.75)
    datetime.timedelta(days=20)
    """

    median: timedelta = attrs.field(validator=_lasting)

    def quantile(self, q: float) -> timedelta:
        """The time within which the share *q* is done.

        Raises:
            ValueError: *q* does not lie between 0 and 1.
        """
        return _scaled(self.median, math.log(1 - _inside(q)) / math.log(0.5))


@attrs.frozen
class LogNormal:
    """Times as most sales have them: many quick ones and a long tail.

    Attributes:
        median: The time within which half are done; a second or more.
        spread: The standard deviation of the logarithm of the time; with 1.0 one in six takes more than 2.7 medians.

    Raises:
        ValueError: The median is shorter, or the spread does not lie above 0 and up to 10.
    """

    median: timedelta = attrs.field(validator=_lasting)
    spread: float = attrs.field(validator=_wide)

    def quantile(self, q: float) -> timedelta:
        """The time within which the share *q* is done.

        Raises:
            ValueError: *q* does not lie between 0 and 1.
        """
        return _scaled(self.median, math.exp(self.spread * NormalDist().inv_cdf(_inside(q))))


Delay: TypeAlias = Exponential | LogNormal
"""How the time before a step is spread."""


@attrs.frozen(hash=False, repr=False)
class Truth(Generic[S]):
    """What a simulation was made from, and what follows from that exactly: hold an estimate against it.

    Attributes:
        process: The process simulated.
        shares: By stage and event, the chance that this event is the one that leads out. What is left to 1 stays for good.
        delays: By stage and event, the time spent in the stage before that event.
    """

    process: Process[S]
    shares: Mapping[S, Mapping[str, Fraction]]
    delays: Mapping[S, Mapping[str, Delay]]

    @property
    def reached(self) -> dict[S, Fraction]:
        """By stage, the chance that a journey ever gets there."""
        return {stage.name: self.reach(stage.name) for stage in self.process.stages}

    def reach(self, stage: S, *, since: S | None = None) -> Fraction:
        """The chance to get to a stage, sooner or later.

        Args:
            stage: Where to.
            since: From where; from the beginning unless given.

        Returns:
            0 to 1, exactly; 1 for the stage one is in.

        Raises:
            UnknownName: The process has no such stage.
        """
        goal = self.process.stage(stage).name
        start = self.process.initial[0] if since is None else self.process.stage(since).name
        return self._chances(goal).get(start, Fraction(0))

    def time_to(self, stage: S, event: str, *, q: float | Fraction = 0.5) -> timedelta | None:
        """The time after entering a stage by which the share *q* of all who entered have left it by that event.

        That is what a curve that counts the open and the lost ones estimates; the ``delays`` have the time of those
        alone who take the event.

        Args:
            stage: The stage entered.
            event: The step out of it.
            q: A share, above 0.

        Returns:
            The time; ``None`` where that share never takes the event.

        Raises:
            UnknownName: No such stage, or no such event is simulated from there.
            ValueError: *q* is not above 0.
        """
        here = self.process.stage(stage).name
        shares = self.shares.get(here, {})
        if event not in shares:
            raise UnknownName("simulated event", event, shares, f"stage {str(here)!r}")
        if q <= 0:
            raise ValueError(f"q must be a share above 0, got {q!r}")
        among = Fraction(q) / shares[event] if shares[event] else Fraction(1)
        return self.delays[here][event].quantile(float(among)) if among < 1 else None

    def _chances(self, goal: S) -> dict[S, Fraction]:
        """The chance to get to the goal from every stage that can: first-step equations, solved exactly."""
        ahead = {stage: self._targets(stage) for stage in self.shares if stage != goal}
        useful = [goal]
        for found in useful:
            useful += [stage for stage in ahead if stage not in useful and found in ahead[stage]]
        unknown = useful[1:]
        rows = [
            [Fraction(a == b) - ahead[a].get(b, Fraction(0)) for b in unknown]
            + [ahead[a].get(goal, Fraction(0))]
            for a in unknown
        ]
        return {goal: Fraction(1), **dict(zip(unknown, _solved(rows), strict=True))}

    def _targets(self, stage: S) -> dict[S, Fraction]:
        """The stages one step ahead, each with its chance above 0."""
        found: dict[S, Fraction] = {}
        for one in self.process.transitions:
            if stage in one.sources(self.process.stages):
                target = self.process.stage(one.target).name
                found[target] = found.get(target, Fraction(0)) + self.shares[stage].get(one.event, 0)
        return {target: share for target, share in found.items() if share}

    def __repr__(self) -> str:
        said = ", ".join(f"{stage} {float(share):.1%}" for stage, share in self.reached.items())
        return f"<Truth of {self.process.name}: {said}>"


def exact_share(value: float | Decimal | Fraction) -> Fraction:
    """The share as a fraction; a float by its shortest decimal, so that 0.1 is one tenth."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """The solution of linear equations, given as rows of coefficients with the right-hand side at the end.

    Every stage asked about has a way to the goal, so the equations always have exactly one solution.
    """
    for i in range(len(rows)):
        best = next(n for n in range(i, len(rows)) if rows[n][i])
        rows[i], rows[best] = rows[best], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for n in range(len(rows)):
            if n != i:
                rows[n] = [a - rows[n][i] * b for a, b in zip(rows[n], rows[i], strict=True)]
    return [row[-1] for row in rows]


def _inside(q: float) -> float:
    if not 0 < q < 1:
        raise ValueError(f"q must be a share between 0 and 1, for example 0.5, got {q!r}")
    return q


def _scaled(median: timedelta, factor: float) -> timedelta:
    return timedelta(seconds=min(median.total_seconds() * factor, _LONGEST))
