"""Where does it end, and how long until then? The process as a Markov chain with ends, estimated from its log."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._tables import rows_table
from salesproc.metrics._by_stage import ByStage
from salesproc.metrics._equations import solved
from salesproc.metrics._grouping import By
from salesproc.metrics._log import StageRow
from salesproc.metrics._routes import Steps, routes_of
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.stage_history import StageHistory, histories, nothing_seen
from salesproc.periods import Period

__all__ = ["Absorption", "AbsorptionStage", "absorption", "finish_absorption"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@attrs.frozen(hash=False)
class AbsorptionStage:
    """What is to be expected from the moment of entering one stage.

    Attributes:
        stage: Its name.
        exits: Stage gone to -> how many stays ended there; what everything is estimated from.
        open: How many stays have not ended.
        mean_stay: How long a stay lasts on average; None while none has ended.
        ends: End -> the chance, exact, to arrive there in the end, adding up to 1; None where undefined.
        chance_to_win: The chance, exact, 0 to 1, to arrive in a won stage; None where undefined.
        time_left: The expected time to the end, whichever it is; None where undefined.
        undefined: Why chances and time are None; None when they are not.
    """

    stage: str
    exits: Mapping[str, int]
    open: int
    mean_stay: timedelta | None
    ends: Mapping[str, Fraction] | None
    chance_to_win: Fraction | None
    time_left: timedelta | None
    undefined: str | None

    @property
    def steps(self) -> dict[str, Fraction]:
        """Stage gone to -> the share of the stays that ended there, adding up to 1; empty while none has ended."""
        ended = sum(self.exits.values())
        return {target: Fraction(count, ended) for target, count in self.exits.items()}


@attrs.frozen(repr=False, hash=False)
class Absorption(ByStage[AbsorptionStage]):
    """The process as a chain of steps that ends sooner or later, by the name of the stage.

    Attributes:
        stages: The open stages in order.
        counts: The statistics it was made from.
    """

    stages: tuple[AbsorptionStage, ...]
    counts: StageHistory

    @property
    def _by_stage(self) -> Mapping[str, AbsorptionStage]:
        return {here.stage: here for here in self.stages}

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage: the counts, the chance to win, and the times in days."""
        return [
            {
                "stage": here.stage,
                "ended": sum(here.exits.values()),
                "open": here.open,
                "chance_to_win": None if here.chance_to_win is None else float(here.chance_to_win),
                "mean_stay_days": None if here.mean_stay is None else here.mean_stay / timedelta(days=1),
                "time_left_days": None if here.time_left is None else here.time_left / timedelta(days=1),
                "undefined": here.undefined,
            }
            for here in self.stages
        ]

    def __repr__(self) -> str:
        chances = ", ".join(f"{here.stage} {_percent(here.chance_to_win)}" for here in self.stages)
        return f"<Absorption as of {self.counts.as_of}, chance to win: {' '.join(chances.split())}>"

    def __str__(self) -> str:
        lines = [
            (
                here.stage,
                str(sum(here.exits.values())),
                str(here.open),
                _percent(here.chance_to_win),
                _text.duration(here.time_left),
            )
            for here in self.stages
        ]
        return _text.table(("stage", "ended", "open", "chance to win", "time left"), lines)

    def _repr_html_(self) -> str:
        return rows_table(f"Chance to win and time left, as of {self.counts.as_of}", self.to_rows())


@overload
def absorption(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> Absorption: ...
@overload
def absorption(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, Absorption]: ...
@overload
def absorption(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, Absorption]: ...
def absorption(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> Absorption | Breakdown[Any, Absorption]:
    """The chance to win, and the time left, from every stage, put together from the steps that were observed.

    Each step counts, also those of deals that are still open further on; so a deal that has come half of the way
    teaches something, where ``stage_probabilities`` waits for its end. In return it is assumed that where a deal goes next depends on the stage it
    is in, not on how it got there or how long it stays.

    - The chance to go from one stage to another is its share of the stays that have ended.
    - A stay lasts, on average, the time of all stays, the running ones up to the review, over the number of those that have ended: the
      estimate that does not take the running ones for short. It is exact for waits without memory.
    - A pause (a stage on hold) is part of the stay before it. An end is an end: what is reopened begins a new way.
    - From a stage that nobody has left, and from every stage that may lead there, nothing follows: undefined, with the reason.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        stages: A process, or the open stages in order. Any stage not named is an end, called ``(elsewhere)``.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        won: Stages that mean won, next to those of the process.
        lost: Stages that mean lost, next to those of the process.
        period: Only stays that began in it.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        Per stage the chances, 0 to 1 as exact fractions, the expected time left, and the counts behind them.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: A stage stands in two places, or none is open.

    Source:
        J. G. Kemeny and J. L. Snell, "Finite Markov Chains" (1960), chapter 3. Time at risk over exits: the maximum-likelihood estimate of
        the mean of exponential times under censoring, B. Epstein and M. Sobel, JASA 48 (1953).

    >>> log = [
    ...     ("a", "talk", date(2024, 1, 1)), ("a", "offer", date(2024, 1, 11)), ("a", "won", date(2024, 1, 21)),
    ...     ("b", "talk", date(2024, 1, 1)), ("b", "lost", date(2024, 1, 21)),
    ...     ("c", "talk", date(2024, 1, 1)), ("c", "offer", date(2024, 1, 31)), ("c", "lost", date(2024, 2, 10)),
    ... ]
    >>> print(absorption(log, ["talk", "offer"], won=["won"], lost=["lost"], as_of=date(2024, 3, 1)))
    stage  ended  open  chance to win  time left
    talk       3     0          33.3%     26.7 d
    offer      2     0          50.0%     10.0 d
    """
    routes = routes_of(stages, won, lost)
    empty = nothing_seen(routes, as_of)
    parts = histories(log, routes, empty, period=period, by=by)
    if by is None:
        return finish_absorption(sum(parts.values(), empty))
    return break_down(parts, empty, finish_absorption, _size)


def finish_absorption(counts: StageHistory) -> Absorption:
    """The second half of ``absorption``: from counts to chances and times."""
    exits = {stage: counts.at[stage].targets for stage in counts.steps}
    means = {
        stage: Fraction(counts.at[stage].time_at_risk, sum(exits[stage].values()))
        for stage in counts.steps
        if exits[stage]
    }
    dark = _undefined(exits)
    known = [stage for stage in counts.steps if stage not in dark]
    ends = sorted({end for stage in known for end in exits[stage] if end not in exits})
    shares = {
        stage: {target: Fraction(n, sum(to.values())) for target, n in to.items()}
        for stage, to in exits.items()
    }
    rows = [
        [Fraction(a == b) - shares[a].get(b, 0) for b in known]
        + [shares[a].get(end, Fraction(0)) for end in ends]
        + [means[a]]
        for a in known
    ]
    found = dict(zip(known, solved(rows), strict=True))
    return Absorption(
        tuple(
            _stage(
                stage,
                counts,
                means.get(stage),
                dark.get(stage),
                dict(zip([*ends, None], found.get(stage, ()), strict=False)),
            )
            for stage in counts.steps
        ),
        counts,
    )


def _size(counts: StageHistory) -> int:
    """How many stays."""
    return sum(sum(here.exits.values()) + sum(here.open.values()) for here in counts.at.values())


def _stage(
    stage: str,
    counts: StageHistory,
    mean: Fraction | None,
    reason: str | None,
    found: Mapping[str | None, Fraction],
) -> AbsorptionStage:
    """One stage of the result. The expected time left is found under None, next to the chances of the ends."""
    here, chances = counts.at[stage], {end: chance for end, chance in found.items() if end is not None}
    winning = sum((chance for end, chance in chances.items() if end in counts.won), Fraction(0))
    return AbsorptionStage(
        stage,
        here.targets,
        sum(here.open.values()),
        _time(mean),
        chances if found else None,
        winning if found else None,
        _time(found.get(None)),
        reason,
    )


def _undefined(exits: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """The stages from which nothing follows, each with the reason."""
    ending = _leading_to(
        [stage for stage, to in exits.items() if any(target not in exits for target in to)], exits
    )
    stuck = [stage for stage in exits if stage not in ending]
    reasons = dict[str, str]()
    for stage in _leading_to(stuck, exits):
        if not exits[stage]:
            reasons[stage] = f"nobody has left {stage!r} yet"
        elif stage in stuck:
            reasons[stage] = f"nobody who left {stage!r} has been seen to come to an end, by whatever way"
        else:
            where = ", ".join(repr(other) for other in stuck if stage in _leading_to([other], exits))
            reasons[stage] = f"it may lead to {where}, from where no end has been observed"
    return reasons


def _leading_to(goals: Sequence[str], exits: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The goals and every stage from which one of them can be reached."""
    found = list(goals)
    for goal in found:
        found += [stage for stage, to in exits.items() if goal in to and stage not in found]
    return found


def _time(microseconds: Fraction | None) -> timedelta | None:
    """The duration, rounded half to even to the microsecond."""
    return None if microseconds is None else timedelta(microseconds=round(microseconds))


def _percent(chance: Fraction | None) -> str:
    return _text.ABSENT if chance is None else f"{float(chance):.1%}"
