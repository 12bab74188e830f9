"""Which way did each entity go: its rows in order of time, and the stays in stages that follow from them."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from operator import itemgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, cast

import attrs

from salesproc._instants import FIRST_YEAR, MICROSECOND, require_aware
from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError
from salesproc.metrics._log import (
    StageRow,
    comparable,
    elapsed_microseconds,
    refuse_placeholder,
    refuse_row,
)
from salesproc.metrics._path import stage_names
from salesproc.metrics._spelling import refuse_other_spellings

E = TypeVar("E", bound=Hashable)

_STAGE, _TIME = itemgetter(0), itemgetter(2)


class StageLike(Protocol):
    """A stage that knows whether a journey ends there, such as one of a process of the stage machine."""

    @property
    def name(self) -> str:
        """What it is called in logs."""
        ...

    @property
    def final(self) -> bool:
        """Whether a journey ends there."""
        ...


class StageTable(Protocol):
    """Anything that knows its stages, such as a process of the stage machine."""

    @property
    def stages(self) -> Sequence[StageLike]:
        """All of them, in order."""
        ...


Stages: TypeAlias = Sequence[str] | StageTable


@attrs.frozen
class VisitPlan:
    """The stages a question is about.

    Attributes:
        stages: Those whose stays are asked for, in order; None for all that the log names.
        order: What tells rows of one moment apart: stage -> place.
        final: Those in which no clock runs.
    """

    stages: tuple[str, ...] | None
    order: dict[str, int]
    final: frozenset[str]

    @property
    def named(self) -> frozenset[str]:
        """All stages it names, the final ones included."""
        return self.final.union(self.order)

    def asked(self, stage: str) -> bool:
        """Whether stays in that stage are asked for."""
        return stage not in self.final and (self.stages is None or stage in self.order)


class Visit(NamedTuple):
    """One stay in one stage.

    Attributes:
        stage: Which.
        start: When it was entered.
        end: When another one was; None while the stay lasts.
    """

    stage: str
    start: date
    end: date | None


@attrs.frozen
class Ways(Generic[E]):
    """The rows of a log by entity.

    Attributes:
        plan: Tells in which order stages entered at one and the same time were entered.
        rows: Per entity, as they came, all times comparable.
        late_rows: Per entity, rows after the review.
        review: The moment of the review, comparable.
    """

    plan: VisitPlan
    rows: dict[E, list[StageRow[E]]]
    late_rows: dict[E, int]
    review: date

    def visits(self) -> Iterator[tuple[E, list[Visit]]]:
        """Every entity with its stays, in order. Rows that enter the stage one is in already begin no stay.

        Raises:
            LogError: One entity enters two stages at one time and the plan does not say which comes first, or a stage of the plan is spelled otherwise.
        """
        seen = set[str]()
        for entity, rows in self.rows.items():
            stays, in_order = _stays(rows)
            if not in_order:
                _sort(rows, self.plan)
                stays, _ = _stays(rows)
            seen.update(map(_STAGE, stays))
            yield entity, stays
        refuse_other_spellings(self.plan.named, seen - self.plan.named)

    def entities(self) -> dict[E, None]:
        """Everyone in the log, those with nothing but late rows included."""
        return dict.fromkeys([*self.rows, *self.late_rows])


def visit_plan(stages: Stages | None, final: Sequence[str]) -> VisitPlan:
    """The plan of a list of names, of a process with its own final stages, or of whatever the log names.

    Raises:
        TypeError: One name was given where a sequence of names belongs.
        ValueError: A stage stands twice, or there is none.
    """
    ends = stage_names(final, "final")
    if stages is None:
        return VisitPlan(None, {}, frozenset(ends))
    if isinstance(stages, Sequence):
        names, ending = stage_names(stages), frozenset(ends)
    else:
        names = tuple(str.__str__(stage.name) for stage in stages.stages)
        ending = frozenset(ends) | {str.__str__(stage.name) for stage in stages.stages if stage.final}
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise ValueError(f"stages must be one or more names, each once, got {names!r}")
    order = dict.fromkeys([*names, *ends])
    asked = tuple(name for name in names if name not in ending)
    return VisitPlan(asked, {name: place for place, name in enumerate(order)}, ending)


def read_ways(log: Iterable[StageRow[E]], plan: VisitPlan, as_of: date) -> Ways[E]:
    """Reads a log once.

    Args:
        log: Rows in any order.
        plan: Tells in which order stages entered at one and the same time were entered.
        as_of: Rows after it are counted, not used. Its kind (aware, naive, plain date) is the kind of all rows.

    Raises:
        NaiveTimeError: A row's time is of another kind than *as_of*.
        LogError: A row is too short, or its time is a placeholder such as 9999-12-31.
    """
    end = comparable(as_of, as_of, "as_of")
    kind, timed = end.__class__, isinstance(end, datetime)
    zone = getattr(end, "tzinfo", None)
    floor = datetime(FIRST_YEAR, 1, 1, tzinfo=zone) if timed else date(FIRST_YEAR, 1, 1)
    ways = Ways[E](plan, {}, {}, end)
    rows, late = ways.rows, ways.late_rows
    number, row = 0, None
    try:
        # The hot loop; a row is kept as it is, so that nothing is made for it.
        for number, row in enumerate(log, 1):
            entity, stage, at = row[0], row[1], row[2]
            if at.__class__ is not kind or (timed and at.tzinfo is not zone):  # type: ignore[attr-defined]  # timed: it has a zone
                given, at = at, comparable(at, as_of, f"row {number}")
                zone = getattr(at, "tzinfo", None)  # the next rows are probably in the same one
            else:
                given = at
            if not floor <= at <= end:
                refuse_placeholder(at, f"row {number}")
                late[entity] = late.get(entity, 0) + 1
                continue
            kept = row if at is given else (entity, stage, at)
            own = rows.get(entity)
            if own is None:
                rows[entity] = [kept]
            else:
                own.append(kept)
    except (TypeError, AttributeError, IndexError, KeyError) as error:
        refuse_row(row, number, error)
        raise
    return ways


def stopwatch(calendar: WorkingCalendar | None, as_of: date) -> Callable[[date, date], int]:
    """The function that says how many microseconds pass between two comparable times, or how many of them are working time.

    Raises:
        NaiveTimeError: There is a calendar, which needs aware times, and *as_of* is none.
    """
    if calendar is None:
        return elapsed_microseconds
    given: Any = as_of  # a plain date is refused like a naive time
    require_aware(given, "as_of, where a calendar is given,")

    def working(start: date, end: date) -> int:
        aware = cast(
            "tuple[datetime, datetime]", (start, end)
        )  # of the kind of as_of: the reader has seen to it
        return calendar.working_time(*aware) // MICROSECOND

    return working


def _stays(rows: Sequence[StageRow[E]]) -> tuple[list[Visit], bool]:
    """The stays, and whether the rows were in order of time with no two stages entered at one time."""
    stays, in_order = list[Visit](), True
    _, stage, start, *_ = rows[0]
    before = start
    # The second hot loop. Most rows come in order, so that is found out on the way rather than by sorting.
    for row in rows:
        at = row[2]
        if row[1] != stage:
            in_order = in_order and before < at
            stays.append(Visit(stage, start, at))
            stage, start = row[1], at
        elif at < before:
            in_order = False
        before = at
    stays.append(Visit(stage, start, None))
    return stays, in_order


def _sort(rows: list[StageRow[E]], plan: VisitPlan) -> None:
    rows.sort(key=_TIME)
    tied = False
    for before, row in pairwise(rows):
        if row[2] == before[2] and row[1] != before[1]:
            _refuse_tie(before, row, plan)
            tied = True
    if tied:
        rows.sort(key=lambda row: (row[2], plan.order.get(row[1], -1)))


def _refuse_tie(before: StageRow[E], row: StageRow[E], plan: VisitPlan) -> None:
    if before[1] not in plan.order or row[1] not in plan.order:
        raise LogError(
            f"{row[0]!r} entered {before[1]!r} and {row[1]!r} at one time, {row[2]!r}, and nothing says which came "
            f"first; give stages= in their order, with both of them"
        )
