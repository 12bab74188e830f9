"""Somebody else's log, held against a process: what does not fit, row by row, and what is left when it is cleaned."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast, get_args

import attrs

from salesproc._instants import earlier, is_placeholder
from salesproc.errors import NaiveTimeError, did_you_mean
from salesproc.rates import Rate
from salesproc.stages.journey import NO_EVIDENCE, Journey, StageChange
from salesproc.stages.process import Process

__all__ = ["AuditReport", "Finding", "FindingKind", "audit"]

S = TypeVar("S", bound=str)
_Order: TypeAlias = Literal["rows", "time"]
_Row: TypeAlias = tuple[str, Any, int]  # stage, at, number of the row


class FindingKind(StrEnum):
    """What can be wrong with a row of a log."""

    UNREADABLE = "unreadable row"
    UNKNOWN_STAGE = "unknown stage"
    DUPLICATE = "duplicate"
    NO_CREATION = "no creation"
    TIME_BACKWARDS = "time runs backwards"
    SKIPPED_STAGE = "skipped stage"
    ILLEGAL_MOVE = "illegal move"
    AFTER_END = "move after the end"


class Finding(NamedTuple):
    """One thing that is wrong with one row.

    Attributes:
        kind: What kind of thing.
        entity: Whose row it is; as given where it could not be read.
        row: The row, counted from 1 in the log given.
        stage: The stage of the row.
        detail: What exactly, in words.
    """

    kind: FindingKind
    entity: str
    row: int
    stage: str
    detail: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.entity}: {self.kind.value}: {self.detail}"


@attrs.frozen(repr=False)
class AuditReport(Generic[S]):
    """What an audit found.

    Attributes:
        process: The process the log was held against.
        rows: The rows read.
        findings: Everything that is wrong, in the order of entities and rows.
        clean: By entity, the rows ``(stage, at, row)`` that make a journey: without what is unreadable, unknown or a
            duplicate, what runs backwards in time, and what comes after the end.
    """

    process: Process[S]
    rows: int
    findings: tuple[Finding, ...]
    clean: Mapping[str, Sequence[_Row]] = attrs.field(repr=False)

    @property
    def entities(self) -> int:
        """How many entities have at least one readable row."""
        return len(self.clean)

    @property
    def counts(self) -> dict[FindingKind, int]:
        """How often each kind was found, all kinds listed."""
        found = Counter(finding.kind for finding in self.findings)
        return {kind: found[kind] for kind in FindingKind}

    @property
    def conforming(self) -> Rate:
        """The share of entities whose moves the process allows; duplicate rows do not count against them."""
        faulty = {finding.entity for finding in self.findings if finding.kind is not FindingKind.DUPLICATE}
        return Rate(len(self.clean.keys() - faulty), len(self.clean))

    @property
    def clean_log(self) -> list[tuple[str, S, Any]]:
        """The cleaned rows ``(entity, stage, at)``, as the metrics take them."""
        name = self.process.stage
        return [
            (entity, name(stage).name, at) for entity, rows in self.clean.items() for stage, at, _ in rows
        ]

    @property
    def journeys(self) -> dict[str, Journey[S]]:
        """The cleaned journeys by entity, made now.

        A move keeps its event where exactly one leads from stage to stage, and none otherwise: an illegal move or a
        skipped stage stays in, since it happened. Entities of which no row is left have no journey.

        Raises:
            NaiveTimeError: The log has no time zone; read it with one.
        """
        events = _events(self.process)
        return {
            entity: _journey(self.process, entity, rows, events)
            for entity, rows in self.clean.items()
            if rows
        }

    def of(self, entity: str) -> tuple[Finding, ...]:
        """What was found about one entity."""
        return tuple(finding for finding in self.findings if finding.entity == entity)

    def summary(self) -> str:
        """The counts in lines of text."""
        head = f"{self.rows:,} rows, {self.entities:,} entities, {self.conforming.hits:,} of them conforming"
        lines = [head, *(f"  {kind.value:<20} {count:>7,}" for kind, count in self.counts.items() if count)]
        if self.counts[FindingKind.TIME_BACKWARDS] * 10 > self.rows:
            lines.append("many rows run backwards: where they stand newest first, say order='time'")
        return "\n".join(lines)

    def to_rows(self) -> list[dict[str, object]]:
        """The findings as rows for a dataframe."""
        return [finding._asdict() for finding in self.findings]

    def __repr__(self) -> str:
        return f"<AuditReport {self.rows} rows, {len(self.findings)} findings, {self.conforming!r}>"


def audit(log: Iterable[Any], process: Process[S], *, order: _Order = "rows") -> AuditReport[S]:
    """Hold a log against a process.

    Args:
        log: Rows ``(entity, stage, at, ...)``, read once. Times are all aware, all naive or all dates.
        process: What should have happened.
        order: ``"rows"``: each entity's rows stand in the order things happened, so a time that runs backwards is a
            fault. ``"time"``: the rows stand in any order and are sorted first, so nothing can run backwards.

    Returns:
        The findings with their rows, the counts, the share of conforming entities, and the cleaned rows.

    Raises:
        NaiveTimeError: Two kinds of time in one log; the message names the row.
        ValueError: There is no such order.
    """
    if order not in get_args(_Order):
        raise ValueError(f"there is no order {order!r}; {did_you_mean(str(order), get_args(_Order))}")
    findings: list[Finding] = []
    found = _read(log, findings)
    judge = _Judge(process, found)
    for entity, rows in found.entities.items():
        if order == "time":
            rows.sort(key=lambda row: _instant(row[1]))
        found.entities[entity] = judge.walk(entity, rows, findings)
    return AuditReport(process, found.rows, tuple(findings), found.entities)


class _Found(NamedTuple):
    """What one pass over a log found.

    Attributes:
        rows: How many rows.
        entities: The readable rows of each entity, in the order they stand.
        days: The rows whose time is a whole day.
        plain: Whether times compare as instants as they are; those of one zone with clock changes do not.
    """

    rows: int
    entities: dict[str, list[_Row]]
    days: set[int]
    plain: bool


def _read(log: Iterable[Any], findings: list[Finding]) -> _Found:
    entities: dict[str, list[_Row]] = {}
    days: set[int] = set()
    count, kind, zones = 0, None, set[Any]()
    for count, row in enumerate(log, start=1):
        problem = _unreadable(row)
        if problem:
            findings.append(Finding(FindingKind.UNREADABLE, *_named(row, count), problem))
            continue
        entity, stage, at = row[0], row[1], row[2]
        zone = getattr(at, "tzinfo", None)
        this = (at.__class__, zone is None)
        if this != kind:
            if kind is not None:
                _refuse_mixture(count, at, kind)
            kind = this
        zones.add(zone)
        if entity in entities:
            entities[entity].append((stage, at, count))
        else:
            entities[entity] = [(stage, at, count)]
        if getattr(row, "dated", False):
            days.add(count)
    return _Found(count, entities, days, zones <= {None, UTC})


def _refuse_mixture(number: int, at: date, kind: tuple[type, bool]) -> None:
    """Stops at a time of another kind than those before it; a subclass of datetime is no other kind."""
    this, before = _kind_of_time(at), _KINDS[issubclass(kind[0], datetime), kind[1]]
    if this != before:
        raise NaiveTimeError(
            f"row {number} has {this}, the rows before it {before}: {at!r}; give a log of one kind"
        )


class _Judge(Generic[S]):
    """Judges rows of one entity after another, remembering what it has said of a pair of stages."""

    def __init__(self, process: Process[S], found: _Found) -> None:
        self.process = process
        self.days, self.plain = found.days, found.plain
        self.names = {str(stage.name) for stage in process.stages}
        self.initial = {str(name) for name in process.initial}
        self.edges = _edges(process)
        self.legal = {(source, target) for source, targets in self.edges.items() for target in targets}
        self.said: dict[tuple[str, str], tuple[FindingKind, str] | None] = {}

    def walk(self, entity: str, rows: list[_Row], findings: list[Finding]) -> list[_Row]:
        """The rows that stay, while what is wrong goes to *findings*."""
        legal, plain = self.legal, self.plain
        kept: list[_Row] = []
        before: _Row | None = None
        for given in rows:
            row = given
            # The usual row, a step the process allows, is passed without a call: most logs are mostly right.
            if before is None or not (plain and (before[0], row[0]) in legal and row[1] >= before[1]):
                row = given if before is None else self._placed(given, before)
                stage, at, number = row
                verdict = self._first(stage) if before is None else self._next(before, stage, at)
                if verdict is not None:
                    findings.append(Finding(verdict[0], entity, number, str(stage), verdict[1]))
                    if verdict[0] in _LEFT_OUT:
                        continue
            before = row
            kept.append(row)
        return kept

    def _placed(self, row: _Row, before: _Row) -> _Row:
        """A row that says only the day is not before another of that day: it takes the time of the one before it."""
        stage, at, number = row
        if (
            number in self.days
            and _before(at, before[1])
            and at.date() == before[1].astimezone(at.tzinfo).date()
        ):
            return stage, before[1], number
        return row

    def _first(self, stage: str) -> tuple[FindingKind, str] | None:
        if stage not in self.names:
            return self._unknown(stage)
        if stage in self.initial:
            return None
        begins = " or ".join(map(repr, sorted(self.initial)))
        return FindingKind.NO_CREATION, f"its first row is in {str(stage)!r}, a journey begins in {begins}"

    def _next(self, before: _Row, stage: str, at: Any) -> tuple[FindingKind, str] | None:
        if stage == before[0]:
            if _before(at, before[1]):
                return FindingKind.TIME_BACKWARDS, f"{stage} at {at}, after {before[0]} at {before[1]}"
            return FindingKind.DUPLICATE, f"it is in {str(stage)!r} already, since row {before[2]}"
        if stage not in self.names:
            return self._unknown(stage)
        if _before(at, before[1]):
            return FindingKind.TIME_BACKWARDS, f"{stage} at {at}, after {before[0]} at {before[1]}"
        pair = (before[0], stage)
        if pair not in self.said:
            self.said[pair] = self._move(*pair)
        return self.said[pair]

    def _unknown(self, stage: str) -> tuple[FindingKind, str]:
        return FindingKind.UNKNOWN_STAGE, f"{str(stage)!r}; {did_you_mean(stage, sorted(self.names))}"

    def _move(self, source: str, target: str) -> tuple[FindingKind, str] | None:
        if target in self.edges[source]:
            return None
        if self.process.stage(source).final:
            return FindingKind.AFTER_END, f"from {str(source)!r}, which is final, to {str(target)!r}"
        between = _shortest(self.edges, source, target, {str(s.name) for s in self.process.stages if s.final})
        if between:
            return (
                FindingKind.SKIPPED_STAGE,
                f"from {str(source)!r} to {str(target)!r} without {', '.join(map(repr, between))}",
            )
        return FindingKind.ILLEGAL_MOVE, f"from {str(source)!r} to {str(target)!r}"


_LEFT_OUT = {
    FindingKind.UNKNOWN_STAGE,
    FindingKind.DUPLICATE,
    FindingKind.TIME_BACKWARDS,
    FindingKind.AFTER_END,
}


def _edges(process: Process[Any]) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {str(stage.name): set() for stage in process.stages}
    for transition in process.transitions:
        for source in transition.sources(process.stages):
            edges[str(source)].add(str(transition.target))
    return edges


def _shortest(edges: Mapping[str, set[str]], source: str, target: str, final: set[str]) -> list[str]:
    """The stages between the two on a shortest way that passes through no final stage; empty where there is none."""
    ways: dict[str, list[str]] = {source: []}
    waiting = [source]
    while waiting:
        name = waiting.pop(0)
        for following in sorted(edges[name]):
            if following == target:
                return ways[name]
            if following not in ways and following not in final:
                ways[following] = [*ways[name], following]
                waiting.append(following)
    return []


def _unreadable(row: Any) -> str | None:
    try:
        entity, stage, at = row[0], row[1], row[2]
    except (TypeError, LookupError):
        return f"a row begins with entity, stage and time, got {row!r}"
    if entity and stage and entity.__class__ is str and isinstance(stage, str) and isinstance(at, date):
        return f"the time is {at}, which is a placeholder and no real date" if is_placeholder(at) else None
    if not isinstance(entity, str) or not entity:
        return f"the entity is {entity!r}; it must be text that names one"
    if not isinstance(stage, str) or not stage:
        return f"the stage is {stage!r}; it must be text that names one"
    if not isinstance(at, date):
        return f"the time is {at!r}; it must be a datetime or a date"
    return None


def _named(row: Any, number: int) -> tuple[str, int, str]:
    """Whatever can be said of a row that could not be read."""
    cells = [str(cell) for cell in cast("Sequence[object]", row)[:2]] if isinstance(row, tuple | list) else []
    entity, stage = [*cells, "", ""][:2]
    return entity, number, stage


_KINDS = {(True, False): "an aware time", (True, True): "a naive time", (False, True): "a date"}


def _kind_of_time(at: date) -> str:
    return _KINDS[isinstance(at, datetime), getattr(at, "tzinfo", None) is None]


def _instant(at: Any) -> Any:
    return at.astimezone(UTC) if isinstance(at, datetime) and at.tzinfo is not None else at


def _before(at: Any, other: Any) -> bool:
    return earlier(at, other) if isinstance(at, datetime) else bool(at < other)


def _events(process: Process[Any]) -> dict[tuple[str, str], str]:
    """From stage to stage by which event, where there is exactly one."""
    found: dict[tuple[str, str], list[str]] = {}
    for transition in process.transitions:
        for source in transition.sources(process.stages):
            found.setdefault((str(source), str(transition.target)), []).append(transition.event)
    return {pair: events[0] for pair, events in found.items() if len(events) == 1}


def _journey(
    process: Process[S], entity: str, rows: Sequence[_Row], events: Mapping[tuple[str, str], str]
) -> Journey[S]:
    changes: list[StageChange[S]] = []
    before: S | None = None
    for name, at, number in rows:
        if not isinstance(at, datetime) or at.tzinfo is None:
            raise NaiveTimeError(
                f"row {number} has {at!r}: a journey needs aware times; read the log with a time zone"
            )
        stage = process.stage(name).name
        event = None if before is None else events.get((before, stage))
        changes.append(
            StageChange(entity, stage, at, before, event, None, None, NO_EVIDENCE, process.version)
        )
        before = stage
    return Journey(entity, changes[-1].stage, tuple(changes))
