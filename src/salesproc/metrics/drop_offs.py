"""Where do deals drop out, and why? The last open stage before each loss, with the reasons that the rows carry."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc._tables import rows_table
from salesproc.errors import LogError
from salesproc.metrics._adding import added
from salesproc.metrics._by_stage import ByStage
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import StageRow, comparable
from salesproc.metrics._routes import Routes, Steps, routes_of
from salesproc.metrics._visits import Visit, read_ways
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = ["DropOff", "DropOffCounts", "DropOffStage", "drop_off", "finish_drop_off", "reduce_drop_off"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)

ReasonOf: TypeAlias = Callable[[Any], str | None] | str | None


@attrs.frozen(hash=False)
class DropOffStage:
    """Who was in one stage, and who went no further.

    Attributes:
        entered: Entities that were ever in the stage.
        open: How many are there now: not yet, not no.
        reasons: Reason -> how many were lost from there for it; None for those whose rows say none.
    """

    entered: int = 0
    open: int = 0
    reasons: Mapping[str | None, int] = attrs.field(factory=dict[str | None, int])

    @property
    def dropped(self) -> int:
        """How many were lost from there."""
        return sum(self.reasons.values())

    @property
    def rate(self) -> Rate:
        """Those lost from there of all that were ever there, 0 to 1; undefined when nobody was."""
        return Rate(self.dropped, self.entered)

    def __add__(self, other: object) -> "DropOffStage":
        if not isinstance(other, DropOffStage):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(hash=False)
class DropOffCounts:
    """The sufficient statistics of drop-off, in counts that add up over disjoint sets of entities.

    Attributes:
        as_of: The moment of the review.
        at: Stage -> who was there and went no further, in the order of the stages.
        unplaced: Entities that are lost and were never in one of the stages.
        out_of_period: Entities that entered their first stage outside the period asked for.
        after_as_of: Rows after the moment of the review, left out.
    """

    as_of: date
    at: Mapping[str, DropOffStage]
    unplaced: int = 0
    out_of_period: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "DropOffCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, DropOffCounts):
            return NotImplemented
        if tuple(self.at) != tuple(other.at):
            raise ValueError(
                f"counts add up only with the same stages, got {tuple(self.at)!r} and {tuple(other.at)!r}"
            )
        return added(self, other, ("as_of",))


@attrs.frozen(repr=False, hash=False)
class DropOff(ByStage[DropOffStage]):
    """Where entities drop out, by the name of the stage.

    Attributes:
        counts: The statistics it was made from, with all that was left out of it.
    """

    counts: DropOffCounts

    @property
    def _by_stage(self) -> Mapping[str, DropOffStage]:
        return self.counts.at

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage and reason, the frequent ones first; a stage from which nobody was lost has one row with none."""
        rows = list[dict[str, Cell]]()
        for stage, here in self.items():
            head: dict[str, Cell] = {
                "stage": stage,
                "entered": here.entered,
                "open": here.open,
                "rate": here.rate.value,
            }
            reasons = sorted(here.reasons.items(), key=lambda pair: (-pair[1], pair[0] is None, str(pair[0])))
            rows += [head | {"reason": reason, "dropped": count} for reason, count in reasons or [(None, 0)]]
        return rows

    def __repr__(self) -> str:
        counts = ", ".join(f"{stage} {here.dropped}" for stage, here in self.items())
        return f"<DropOff as of {self.counts.as_of}: {' '.join(counts.split())}>"

    def __str__(self) -> str:
        lines = [
            (
                stage,
                f"{here.entered:,}",
                f"{here.dropped:,}",
                f"{here.open:,}",
                f"{here.rate:.1%}",
                _main(here.reasons),
            )
            for stage, here in self.items()
        ]
        return _text.table(("stage", "entered", "dropped", "open", "rate", "main reason"), lines)

    def _repr_html_(self) -> str:
        return rows_table(f"Drop-off as of {self.counts.as_of}", self.to_rows())


@overload
def drop_off(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    won: Sequence[str] = (),
    reason: ReasonOf = None,
    period: Period | None = None,
    by: None = None,
) -> DropOff: ...
@overload
def drop_off(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    won: Sequence[str] = (),
    reason: ReasonOf = None,
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, DropOff]: ...
@overload
def drop_off(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    won: Sequence[str] = (),
    reason: ReasonOf = None,
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, DropOff]: ...
def drop_off(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    won: Sequence[str] = (),
    reason: ReasonOf = None,
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> DropOff | Breakdown[Any, DropOff]:
    """From which stage deals are lost, how many, and for which reasons.

    An entity drops out of the open stage it was last in before the loss, once, and only if the loss still stands at the review. The reason
    is the one on the row that entered the lost stage.

    Args:
        log: Rows that begin with entity, stage and time, in any order, read once. All times aware, all naive, or all plain dates.
        stages: A process, or the open stages in order.
        as_of: The moment of the review, of the log's kind of time. Later rows are left out and counted.
        lost: Stages that mean lost, next to those of the process.
        won: Stages that mean won, next to those of the process.
        reason: A function from a row to its reason, or the name of an attribute of the rows; no reasons when left out.
        period: Only entities that entered their first stage, of those asked for, in it.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one result per label.

    Returns:
        Per stage who entered, dropped out and is there now, and the reasons, those without one included.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*.
        LogError: A row cannot be read or lacks the attribute, or one entity enters two stages at one time and *stages* does not tell them apart.
        ValueError: A stage stands in two places, or none is open.

    >>> from typing import NamedTuple
    >>> class Row(NamedTuple):
    ...     who: str
    ...     stage: str
    ...     at: date
    ...     reason: str | None = None
    >>> log = [
    ...     Row("a", "lead", date(2024, 1, 1)), Row("a", "lost", date(2024, 1, 8), "no budget"),
    ...     Row("b", "lead", date(2024, 1, 2)), Row("b", "offer", date(2024, 1, 5)), Row("b", "lost", date(2024, 1, 9)),
    ...     Row("c", "lead", date(2024, 1, 3)),
    ... ]
    >>> print(drop_off(log, ["lead", "offer"], lost=["lost"], reason="reason", as_of=date(2024, 2, 1)))
    stage  entered  dropped  open    rate    main reason
    lead         3        1     1   33.3%  no budget (1)
    offer        1        1     0  100.0%     (none) (1)
    """
    parts, empty = _reduce(
        log, routes_of(stages, won, lost), as_of=as_of, reason=reason, period=period, by=by
    )
    if by is None:
        return finish_drop_off(sum(parts.values(), empty))
    return break_down(parts, empty, finish_drop_off, _size)


def reduce_drop_off(
    log: Iterable[StageRow[E]],
    stages: Steps,
    *,
    as_of: date,
    lost: Sequence[str] = (),
    won: Sequence[str] = (),
    reason: ReasonOf = None,
    period: Period | None = None,
) -> DropOffCounts:
    """The first half of ``drop_off``: from rows to counts, which add up over disjoint sets of entities."""
    parts, empty = _reduce(
        log, routes_of(stages, won, lost), as_of=as_of, reason=reason, period=period, by=None
    )
    return sum(parts.values(), empty)


def finish_drop_off(counts: DropOffCounts) -> DropOff:
    """The second half of ``drop_off``: from counts to the result."""
    return DropOff(counts)


@attrs.define
class _Reasons:
    """Hands a log on row by row and remembers why entities were lost; of two reasons at one time the first by name."""

    of: ReasonOf
    lost: frozenset[str]
    as_of: date
    known: dict[tuple[Hashable, date], str] = attrs.field(factory=dict[tuple[Hashable, date], str])

    def watch(self, log: Iterable[StageRow[E]]) -> Iterator[StageRow[E]]:
        """The rows as they are. A row is noted after its reader, who checks it, has taken it in."""
        for number, row in enumerate(log, 1):
            yield row
            said = self._said(row, number) if row[1] in self.lost else None
            if said is not None:
                place = row[0], comparable(row[2], self.as_of, f"row {number}")
                self.known[place] = min(said, self.known.get(place, said))

    def _said(self, row: Any, number: int) -> str | None:
        if self.of is None:
            return None
        if isinstance(self.of, str) and not hasattr(row, self.of):
            raise LogError(
                f"reason={self.of!r} asks for an attribute that row {number} does not have: {row!r}; give rows that have it, or a function"
            )
        said: object = getattr(row, self.of) if isinstance(self.of, str) else self.of(row)
        return None if said is None or said == "" else str(said)


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.entered, self.open = Counter[str](), Counter[str]()
        self.reasons = Counter[tuple[str, str | None]]()
        self.apart = Counter[str]()

    def add(self, stays: Sequence[Visit], routes: Routes, period: Period | None, why: str | None) -> None:
        """Counts one entity."""
        asked = [stay for stay in stays if stay.stage in routes.steps]
        if not asked:
            self.apart["unplaced"] += bool(stays) and stays[-1].stage in routes.lost
        elif period is not None and asked[0].start not in period:
            self.apart["out_of_period"] += 1
        else:
            self.entered.update({stay.stage for stay in asked})
            self.open[asked[-1].stage] += stays[-1].stage in routes.steps
            self.reasons[asked[-1].stage, why] += stays[-1].stage in routes.lost

    def counts(self, empty: DropOffCounts) -> DropOffCounts:
        at = {
            stage: DropOffStage(
                self.entered[stage],
                self.open[stage],
                {why: count for (where, why), count in self.reasons.items() if where == stage and count},
            )
            for stage in empty.at
        }
        apart: dict[str, Any] = dict(self.apart)
        return attrs.evolve(empty, at=at, **apart)


def _reduce(
    log: Iterable[StageRow[E]],
    routes: Routes,
    *,
    as_of: date,
    reason: ReasonOf,
    period: Period | None,
    by: By[E, K] | None,
) -> tuple[dict[Hashable, DropOffCounts], DropOffCounts]:
    """The counts per label, and those of nobody."""
    require_period(period)
    empty = DropOffCounts(as_of, dict.fromkeys(routes.steps, DropOffStage()))
    reasons = _Reasons(reason, routes.lost, as_of)
    rows, label = grouped(reasons.watch(log), by, routes.order, as_of)
    ways = read_ways(rows, routes.plan, as_of)
    parts = {label(entity): _Part() for entity in ways.entities()}
    for entity, visits in ways.visits():
        why = reasons.known.get((entity, visits[-1].start))
        parts[label(entity)].add(routes.stays(visits), routes, period, why)
    for entity, late in ways.late_rows.items():
        parts[label(entity)].apart["after_as_of"] += late
    return {name: part.counts(empty) for name, part in parts.items()}, empty


def _main(reasons: Mapping[str | None, int]) -> str:
    """The most frequent reason, as text."""
    if not reasons:
        return ""
    why, count = min(reasons.items(), key=lambda pair: (-pair[1], pair[0] is None, str(pair[0])))
    return f"{_text.clipped(_text.label(why), _text.WIDEST_NAME)} ({count:,})"


def _size(counts: DropOffCounts) -> int:
    return max(here.entered for here in counts.at.values())
