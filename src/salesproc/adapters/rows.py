"""A CSV file or plain rows as a log: who entered which stage when, and every row that could not be read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from salesproc.adapters._cells import Clock, text_of
from salesproc.adapters._sources import Column, Record, Source, records_of
from salesproc.adapters.row_log import LogRow, Note, Reject, RowLog

__all__ = ["read_log"]


def read_log(
    source: Source,
    *,
    entity: Column,
    at: Column | Mapping[str, Column],
    stage: Column | None = None,
    tz: str | tzinfo,
    date_format: str | Sequence[str] | None = None,
    keep: Iterable[Column] = (),
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> RowLog:
    """Reads who entered which stage when.

    In the long form each row is one entry: *stage* and *at* name the columns of the stage and of its time. In the
    wide form each row is one entity: *at* maps each stage to the column of its date, and *stage* is left out; this also
    serves a file whose rows all mean the same stage. Nothing is dropped in silence: what cannot be read is among
    the ``rejects``.

    Times are read in ISO form: ``2018-03-04``, with ``T`` or a blank ``10:00``, ``10:00:00`` or ``10:00:00.123456`` behind it, and
    ``Z``, ``+00:00`` or ``+0000`` behind that. ``03/04/2018`` is March to some and April to others, so it takes a *date_format*.

    Args:
        source: The path of a CSV file with a header row, an open text file of the same kind, or an iterable of
            mappings or of sequences.
        entity: The column that says who. Read as text, so leading zeros stay.
        at: The column of the time, or stage -> column in the wide form.
        stage: The column of the stage, in the long form only.
        tz: The zone of times that name none: an IANA key such as ``"America/Sao_Paulo"``, or a ``tzinfo``.
        date_format: How dates may be written besides ISO, in the letters of ``datetime.strptime``: one form or several. A date that two
            forms read as two different days is rejected.
        keep: Further columns to keep with each row, for ``RowLog.column``.
        delimiter: What separates the cells of a file.
        encoding: How a file given by its path is encoded.

    Returns:
        The rows in the order of the source, all times aware, and what was rejected, left blank, or doubtful.

    Raises:
        UnknownName: A column does not exist, or the zone is not known.
        LogError: Two columns have the same name, or the file cannot be decoded.
        ValueError: *stage* and *at* do not fit together, or *date_format* does not name a year.

    >>> log = read_log(
    ...     [{"id": "7", "lead": "2024-01-01", "won": "2024-02-01"}, {"id": "8", "lead": "2024-01-05", "won": ""}],
    ...     entity="id", at={"lead": "lead", "won": "won"}, tz="UTC",
    ... )
    >>> print(log.summary())
    2 rows read: 3 entries of 2 entities, 1 blank, 0 rejected, 0 doubtful
    """
    dates = _dates(at, stage)
    kept = tuple(dict.fromkeys(keep))
    reading = _Reading(Clock.of(tz, date_format), entity, dates, stage, kept)
    times = [column for _, column in dates] if isinstance(dates, tuple) else [dates]
    asked = (entity, *([] if stage is None else [stage]), *times, *kept)
    for record in records_of(source, asked, delimiter=delimiter, encoding=encoding):
        reading.take(record)
    return reading.log()


def _dates(
    at: Column | Mapping[str, Column], stage: Column | None
) -> Column | tuple[tuple[str, Column], ...]:
    """The column of the time in the long form; pairs of stage and column in the wide form."""
    if not isinstance(at, Mapping):
        if stage is None:
            raise ValueError(
                f"at={at!r} is one column, so stage= must name the column of the stage; or give at={{stage: column}}"
            )
        return at
    if stage is not None:
        raise ValueError(f"at={dict(at)!r} says the stages already, so stage={stage!r} must be left out")
    if not at:
        raise ValueError("at names no stage; give stage -> column, for example {'won': 'won_date'}")
    return tuple((str.__str__(name), column) for name, column in at.items())


class _Reading:
    """A log while it grows."""

    def __init__(
        self,
        clock: Clock,
        entity: Column,
        at: tuple[tuple[str, Column], ...] | Column,
        stage: Column | None,
        kept: tuple[Column, ...],
    ) -> None:
        self.clock, self.entity, self.at, self.stage, self.kept = clock, entity, at, stage, kept
        self.rows, self.rejects, self.notes = list[LogRow](), list[Reject](), list[Note]()
        self.blank = self.read = 0

    def take(self, record: Record) -> None:
        """Adds what one row says."""
        self.read += 1
        if record.fault is not None:
            self._reject(record, record.fault)
            return
        entity = text_of(record.cells[self.entity])
        if entity is None:
            self._reject(record, f"column {self.entity!r} (the entity) is blank")
            return
        kept = tuple([(column, text_of(record.cells[column])) for column in self.kept])
        if isinstance(self.at, tuple):
            for stage, column in self.at:
                self._enter(record, entity, stage, column, kept)
            return
        named = None if self.stage is None else text_of(record.cells[self.stage])
        if named is None:
            self._reject(record, f"column {self.stage!r} (the stage) is blank", entity)
            return
        self._enter(record, entity, named, self.at, kept)

    def log(self) -> RowLog:
        """All of it."""
        return RowLog(
            tuple(self.rows), tuple(self.rejects), tuple(self.notes), self.blank, self.read, self.kept
        )

    def _enter(
        self,
        record: Record,
        entity: str,
        stage: str,
        column: Column,
        kept: tuple[tuple[Column, str | None], ...],
    ) -> None:
        found = self.clock.read(record.cells[column])
        if found is None:
            if isinstance(self.at, tuple):
                self.blank += 1
            else:
                self._reject(record, f"column {column!r} (the time) is blank", entity)
        elif isinstance(found, str):
            self._reject(record, f"column {column!r}: {found}", entity)
        else:
            self.rows.append(LogRow(entity, stage, found.at, record.number, found.dated, kept))
            if found.remark is not None:
                self.notes.append(Note(record.number, f"column {column!r}: {found.remark}", record.source))

    def _reject(self, record: Record, reason: str, entity: str | None = None) -> None:
        values = tuple("" if value is None else str(value) for value in record.values)
        self.rejects.append(Reject(record.number, reason, values, record.source, entity))
