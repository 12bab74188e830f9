"""A clean log made dirty on purpose, with a list of what was done, to hold an audit against."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from salesproc._instants import earlier
from salesproc.stages import FindingKind, Process, StageChange
from salesproc.testing._ways import ways

__all__ = ["Dirt", "DirtyLog", "dirty"]

_Rows: TypeAlias = list[StageChange[str]]


class Dirt(NamedTuple):
    """One thing that was done to a log; its first three fields are those of the finding an audit owes.

    Attributes:
        kind: What an audit should call it.
        entity: Whose rows it was done to.
        row: The row an audit should name, counted from 1 in the dirty log.
        detail: What was done, in words.
    """

    kind: FindingKind
    entity: str
    row: int
    detail: str


@attrs.frozen(repr=False)
class DirtyLog:
    """A log with known faults.

    Attributes:
        rows: The rows, entity after entity.
        done: What was done, in the order of the rows.
    """

    rows: tuple[StageChange[str], ...]
    done: tuple[Dirt, ...]

    def __repr__(self) -> str:
        return f"<DirtyLog of {len(self.rows)} rows, {len(self.done)} made dirty>"


def dirty(log: Iterable[StageChange[str]], process: Process[Any], *, seed: int, share: float) -> DirtyLog:
    """The log as a careless CRM would export it.

    At most one thing is done to each entity: a row said twice, a row left out, a stage misspelt, two times swapped, the
    creation lost, or a row added after the end. Where it would not show (a row left out between two stages that a step
    joins anyway) it is not done.

    Args:
        log: Clean changes, each entity's oldest first, read once.
        process: The process they are journeys of.
        seed: What the chance begins with.
        share: The chance, 0 to 1, that something is done to an entity.

    Returns:
        The dirty rows, and what was done to which.

    Raises:
        ValueError: The share is none.

    >>> from datetime import UTC, datetime
    >>> from salesproc.stages import Process, audit
    >>> sales = Process.pipeline("sales", stages=["talk"], won="won", lost="lost")
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> log = [change for i in range(3) for change in sales.start(f"D-{i}", at=monday).history]
    >>> made = dirty(log, sales, seed=1, share=1.0)
    >>> [one.kind.value for one in made.done], audit(made.rows, sales).conforming
    (['duplicate', 'duplicate', 'duplicate'], Rate(hits=3, trials=3))
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1, got {share!r}")
    random = Random(seed)  # noqa: S311 - repeatable on purpose, no secret
    entities: dict[str, _Rows] = {}
    for change in log:
        entities.setdefault(change.entity, []).append(change)
    soil = _Soil(process, random)
    rows: _Rows = []
    done: list[Dirt] = []
    for entity, clean in entities.items():
        made = soil.spread(clean) if random.random() < share else None
        if made is None:
            rows += clean
            continue
        done.append(Dirt(made.kind, entity, len(rows) + made.place + 1, made.detail))
        rows += made.rows
    return DirtyLog(tuple(rows), tuple(done))


class _Made(NamedTuple):
    """Rows of one entity after something was done to them, and the place of the row that shows it."""

    kind: FindingKind
    rows: _Rows
    place: int
    detail: str


class _Soil:
    """Knows of a process what would show, and does one thing to the rows of one entity after another."""

    def __init__(self, process: Process[Any], random: Random) -> None:
        self.random = random
        self.ahead = {str(stage): {str(way.target) for way in out} for stage, out in ways(process).items()}
        self.final = {str(stage.name) for stage in process.stages if stage.final}
        self.initial = {str(stage) for stage in process.initial}

    def spread(self, rows: _Rows) -> _Made:
        """One of the things that would show on these rows."""
        made = [found for one in _KINDS for found in one(self, rows)]
        kinds = sorted({one.kind for one in made})
        kind = self.random.choice(kinds)
        return self.random.choice([one for one in made if one.kind == kind])


def _duplicate(_: _Soil, rows: _Rows) -> Iterator[_Made]:
    for i, row in enumerate(rows):
        yield _Made(FindingKind.DUPLICATE, [*rows[: i + 1], row, *rows[i + 1 :]], i + 1, "row said twice")


def _skipped(soil: _Soil, rows: _Rows) -> Iterator[_Made]:
    for i in range(1, len(rows) - 1):
        before, gone, after = (str(row.stage) for row in rows[i - 1 : i + 2])
        if after != before and after not in soil.ahead[before] and not {before, gone} & soil.final:
            detail = f"row in {gone!r} left out"
            yield _Made(FindingKind.SKIPPED_STAGE, [*rows[:i], *rows[i + 1 :]], i, detail)


def _unknown(soil: _Soil, rows: _Rows) -> Iterator[_Made]:
    # Only the last row: without it nothing else looks wrong.
    name = str(rows[-1].stage)
    while name in soil.ahead:
        name += name[-1]
    if len(rows) > 1:
        misspelt = [*rows[:-1], rows[-1]._replace(stage=name)]
        yield _Made(FindingKind.UNKNOWN_STAGE, misspelt, len(rows) - 1, f"stage misspelt {name!r}")


def _backwards(_: _Soil, rows: _Rows) -> Iterator[_Made]:
    # Only the last two, for the same reason.
    if len(rows) > 1 and earlier(rows[-2].at, rows[-1].at):
        swapped = [*rows[:-2], rows[-2]._replace(at=rows[-1].at), rows[-1]._replace(at=rows[-2].at)]
        yield _Made(FindingKind.TIME_BACKWARDS, swapped, len(rows) - 1, "times of two rows swapped")


def _uncreated(soil: _Soil, rows: _Rows) -> Iterator[_Made]:
    if len(rows) > 1 and str(rows[1].stage) not in soil.initial:
        yield _Made(FindingKind.NO_CREATION, rows[1:], 0, "creation left out")


def _after_end(soil: _Soil, rows: _Rows) -> Iterator[_Made]:
    last = rows[-1]
    if str(last.stage) not in soil.final:
        return
    for stage in soil.ahead:
        if stage != last.stage and stage not in soil.ahead[str(last.stage)]:
            late = StageChange(last.entity, stage, last.at + timedelta(days=1), last.stage)
            yield _Made(FindingKind.AFTER_END, [*rows, late], len(rows), f"row in {stage!r} after the end")


_KINDS: Final[Sequence[Callable[[_Soil, _Rows], Iterator[_Made]]]] = (
    _duplicate,
    _skipped,
    _unknown,
    _backwards,
    _uncreated,
    _after_end,
)
