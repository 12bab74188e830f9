"""From here, how often do we win? The share of deals won of all that were ever in a stage and are decided."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc._tables import rows_table
from salesproc.metrics._adding import added
from salesproc.metrics._by_stage import ByStage
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow
from salesproc.metrics._routes import Routes, Steps, routes_of
from salesproc.metrics._visits import Visit, read_ways
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.periods import Period
from salesproc.rates import Interval, Rate

__all__ = [
    "StageDecisions",
    "StageProbabilities",
    "StageProbabilitiesCounts",
    "finish_stage_probabilities",
    "reduce_stage_probabilities",
    "stage_probabilities",
]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


@attrs.frozen
class StageDecisions:
    """What became of the deals that were ever in one stage.

    Attributes:
        won: How many are won.
        lost: How many are lost.
        open: How many are neither yet.
        ended: How many ended neither way: done, or in a stage of another pipeline.
    """

    won: int = 0
    lost: int = 0
    open: int = 0
    ended: int = 0

    @property
    def rate(self) -> Rate:
        """Won of those that are decided, 0 to 1; undefined when none is."""
        return Rate(self.won, self.won + self.lost)

    @property
    def bounds(self) -> Interval | None:
        """What the share will be when the open ones are decided: at least (all lost) and at most (all won); None when there are none at all."""
        everyone = self.won + self.lost + self.open
        return Interval(self.won / everyone, (self.won + self.open) / everyone) if everyone else None

    @property
    def immature(self) -> bool:
        """Whether those still open could carry the share out of its interval at 95 %, or nothing is decided yet."""
        interval, bounds = self.rate.interval(), self.bounds
        if interval is None or bounds is None:
            return True
        return bounds.low < interval.low or bounds.high > interval.high

    def __add__(self, other: object) -> "StageDecisions":
        if not isinstance(other, StageDecisions):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(hash=False)
class StageProbabilitiesCounts:
    """The sufficient statistics of winning from each stage, in counts that add up over disjoint sets of entities.

    Attributes:
        as_of: The moment of the review.
        at: Stage -> what became of those that were ever in it, in the order of the stages.
        out_of_period: Entities that entered their first stage outside the period asked for.
        outside: Entities that were in none of the stages.
        after_as_of: Rows after the moment of the review, left out.
    """

    as_of: date
    at: Mapping[str, StageDecisions]
    out_of_period: int = 0
    outside: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "StageProbabilitiesCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, StageProbabilitiesCounts):
            return NotImplemented
        if tuple(self.at) != tuple(other.at):
            raise ValueError(
                f"counts add up only with the same stages, got {tuple(self.at)!r} and {tuple(other.at)!r}"
            )
        return added(self, other, ("as_of",))


@attrs.frozen(repr=False, hash=False)
class StageProbabilities(ByStage[Rate]):
    """The chance to win from each stage, as a ``Rate``, by the name of the stage.

    Attributes:
        counts: The statistics it was made from: the open ones, and whether a share is immature, are there.
    """

    counts: StageProbabilitiesCounts

    @property
    def immature(self) -> tuple[str, ...]:
        """Stages whose open deals could still carry the share out of its interval."""
        return tuple(stage for stage, here in self.counts.at.items() if here.immature)

    @property
    def _by_stage(self) -> Mapping[str, Rate]:
        return {stage: here.rate for stage, here in self.counts.at.items()}

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage: the counts, the share, its interval at 95 %, and the flag."""
        rows = list[dict[str, Cell]]()
        for stage, here in self.counts.at.items():
            low, high = here.rate.interval() or (None, None)
            counts: dict[str, Cell] = {"stage": stage, **attrs.asdict(here)}
            rows.append(
                counts | {"rate": here.rate.value, "low": low, "high": high, "immature": here.immature}
            )
        return rows

    def __repr__(self) -> str:
        rates = ", ".join(f"{stage} {rate:.1%}" for stage, rate in self.items())
        return f"<StageProbabilities as of {self.counts.as_of}: {' '.join(rates.split())}>"

    def __str__(self) -> str:
        lines = [
            (
                stage,
                str(here.won),
                str(here.lost),
                str(here.open),
                f"{here.rate:.1%}",
                _span(here.rate.interval()),
                "yes" if here.immature else "no",
            )
            for stage, here in self.counts.at.items()
        ]
        return _text.table(("stage", "won", "lost", "open", "chance", "95 %", "immature"), lines)

    def _repr_html_(self) -> str:
        return rows_table(f"Chance to win, as of {self.counts.as_of}", self.to_rows())


@overload
def stage_probabilities(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> StageProbabilities: ...
@overload
def stage_probabilities(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, StageProbabilities]: ...
@overload
def stage_probabilities(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, StageProbabilities]: ...
def stage_probabilities(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> StageProbabilities | Breakdown[Any, StageProbabilities]:
    """How often deals that were in a stage are won in the end, learned from those that are decided.

    A deal counts once at every stage it was really in; stages it skipped are not filled in. Won or lost is what its latest row says, so one that
    was reopened is open. Where losses come sooner than wins the share of the decided is too low while many are open:
    ``immature`` says so. ``absorption`` uses the open ones' moves as well.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        stages: A process, or the open stages in order.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        won: Stages that mean won, next to those of the process.
        lost: Stages that mean lost, next to those of the process.
        period: Only entities that entered their first stage, of those asked for, in it.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        A mapping from stage to ``Rate``, 0 to 1, undefined where nothing is decided; with the open ones apart.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*.
        LogError: A row cannot be read, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: A stage stands in two places, or none is open.

    >>> log = [
    ...     ("a", "talk", date(2024, 1, 1)), ("a", "offer", date(2024, 1, 8)), ("a", "won", date(2024, 1, 20)),
    ...     ("b", "talk", date(2024, 1, 2)), ("b", "lost", date(2024, 1, 9)),
    ...     ("c", "talk", date(2024, 1, 3)), ("c", "offer", date(2024, 1, 9)),
    ... ]
    >>> print(stage_probabilities(log, ["talk", "offer"], won=["won"], lost=["lost"], as_of=date(2024, 2, 1)))
    stage  won  lost  open  chance         95 %  immature
    talk     1     1     1   50.0%    9% to 91%        no
    offer    1     0     1  100.0%  21% to 100%        no
    """
    parts, empty = _reduce(log, routes_of(stages, won, lost), as_of=as_of, period=period, by=by)
    if by is None:
        return finish_stage_probabilities(sum(parts.values(), empty))
    return break_down(parts, empty, finish_stage_probabilities, _size)


def reduce_stage_probabilities(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    won: Sequence[str] = (),
    lost: Sequence[str] = (),
    period: Period | None = None,
) -> StageProbabilitiesCounts:
    """The first half of ``stage_probabilities``: from rows to counts, which add up over disjoint sets of entities."""
    parts, empty = _reduce(log, routes_of(stages, won, lost), as_of=as_of, period=period, by=None)
    return sum(parts.values(), empty)


def finish_stage_probabilities(counts: StageProbabilitiesCounts) -> StageProbabilities:
    """The second half of ``stage_probabilities``: from counts to rates."""
    return StageProbabilities(counts)


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.at = Counter[tuple[str, str]]()
        self.apart = Counter[str]()

    def add(self, stays: Sequence[Visit], routes: Routes, period: Period | None) -> None:
        """Counts one entity."""
        asked = [stay for stay in stays if stay.stage in routes.steps]
        if not asked:
            self.apart["outside"] += 1
        elif period is not None and asked[0].start not in period:
            self.apart["out_of_period"] += 1
        else:
            now = _standing(stays[-1].stage, routes)
            self.at.update({(stay.stage, now) for stay in asked})

    def counts(self, empty: StageProbabilitiesCounts) -> StageProbabilitiesCounts:
        names = [field.name for field in attrs.fields(StageDecisions)]
        at = {stage: StageDecisions(*(self.at[stage, name] for name in names)) for stage in empty.at}
        apart: dict[str, Any] = dict(self.apart)
        return attrs.evolve(empty, at=at, **apart)


def _standing(stage: str, routes: Routes) -> str:
    """How an entity in that stage stands, as the name of the field that counts it."""
    if stage in routes.won:
        return "won"
    if stage in routes.lost:
        return "lost"
    return "open" if stage in routes.steps or stage in routes.held else "ended"


def _reduce(
    log: Iterable[StageRow[E]],
    routes: Routes,
    *,
    as_of: date,
    period: Period | None,
    by: By[E, K] | None,
) -> tuple[dict[Hashable, StageProbabilitiesCounts], StageProbabilitiesCounts]:
    """The counts per label, and those of nobody."""
    require_period(period)
    empty = StageProbabilitiesCounts(as_of, dict.fromkeys(routes.steps, StageDecisions()))
    rows, label = grouped(log, by, routes.order, as_of)
    ways = read_ways(rows, routes.plan, as_of)
    parts = {label(entity): _Part() for entity in ways.entities()}
    for entity, stays in ways.visits():
        parts[label(entity)].add(stays, routes, period)
    for entity, late in ways.late_rows.items():
        parts[label(entity)].apart["after_as_of"] += late
    return {name: part.counts(empty) for name, part in parts.items()}, empty


def _span(interval: Interval | None) -> str:
    return _text.ABSENT if interval is None else f"{interval.low:.0%} to {interval.high:.0%}"


def _size(counts: StageProbabilitiesCounts) -> int:
    return max(here.won + here.lost + here.open + here.ended for here in counts.at.values())
