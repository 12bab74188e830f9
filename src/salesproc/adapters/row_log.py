"""What came out of a file: entries, and every row that could not be one."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import NamedTuple

import attrs

from salesproc.errors import UnknownName

__all__ = ["LogRow", "Note", "Reject", "RowLog"]


class LogRow(NamedTuple):
    """One entry into a stage.

    Attributes:
        entity: Who.
        stage: Which stage.
        at: When, aware.
        row: The number of its row in the source; in a file the header is row 1.
        dated: Whether only the day was given, so that *at* is midnight.
        kept: Pairs of column and value for the columns that were kept; a blank one is None.
    """

    entity: str
    stage: str
    at: datetime
    row: int
    dated: bool = False
    kept: tuple[tuple[str | int, str | None], ...] = ()


class Reject(NamedTuple):
    """A row, or one date of it, that could not be read.

    Attributes:
        row: The number of the row in the source; in a file the header is row 1.
        reason: What is wrong with it.
        values: Its cells as text.
        source: The name of the file; empty for rows from memory.
        entity: Whose row it is, where that much could be read.
    """

    row: int
    reason: str
    values: tuple[str, ...]
    source: str = ""
    entity: str | None = None


class Note(NamedTuple):
    """A row that was read, but by a rule one may want to know of.

    Attributes:
        row: The number of the row in the source; in a file the header is row 1.
        remark: What was done with it.
        source: The name of the file; empty for rows from memory.
    """

    row: int
    remark: str
    source: str = ""


@attrs.frozen(repr=False)
class RowLog:
    """Entries read from one or several sources. Iterate over it, or hand it to a metric as it is.

    Attributes:
        rows: The entries, in the order of the source.
        rejects: What could not be read.
        notes: What was read by a rule worth knowing, such as a local time that happened twice.
        blank: Dates left blank in the wide form: stages that were not reached.
        read: How many rows of the sources were looked at, rejected ones included.
        columns: The columns that were kept.
    """

    rows: tuple[LogRow, ...]
    rejects: tuple[Reject, ...] = ()
    notes: tuple[Note, ...] = ()
    blank: int = 0
    read: int = 0
    columns: tuple[str | int, ...] = ()

    def __iter__(self) -> Iterator[LogRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __add__(self, other: object) -> "RowLog":
        if not isinstance(other, RowLog):
            return NotImplemented
        return RowLog(
            self.rows + other.rows,
            self.rejects + other.rejects,
            self.notes + other.notes,
            self.blank + other.blank,
            self.read + other.read,
            tuple(dict.fromkeys(self.columns + other.columns)),
        )

    @property
    def incomplete(self) -> frozenset[str]:
        """Entities of which a row was rejected: they may have won or lost in it, and count as open without it."""
        return frozenset(one.entity for one in self.rejects if one.entity is not None)

    def column(self, name: str | int) -> Callable[[str], str | None]:
        """A function from entity to what a kept column says of it, for the ``by=`` of a metric.

        Args:
            name: A column named in ``keep=``.

        Returns:
            A function that gives the first value of an entity that is not blank; None when there is none.

        Raises:
            UnknownName: The column was not kept.

        >>> log = RowLog((LogRow("7", "lead", datetime(2024, 1, 1), 2, kept=(("origin", "fair"),)),), columns=("origin",))
        >>> log.column("origin")("7")
        'fair'
        """
        if name not in self.columns:
            raise UnknownName("kept column", str(name), map(str, self.columns), "the log")
        values: dict[str, str] = {}
        for row in self.rows:
            for column, value in row.kept:
                if column == name and value is not None:
                    values.setdefault(row.entity, value)
        return values.get

    def summary(self) -> str:
        """What was read and what was not, one reason a line with an example."""
        entities = len({row.entity for row in self.rows})
        head = (
            f"{self.read:,} rows read: {len(self.rows):,} entries of {entities:,} entities, "
            f"{self.blank:,} blank, {len(self.rejects):,} rejected, {len(self.notes):,} doubtful"
        )
        return told(head, self.rejects, self.notes)

    def __repr__(self) -> str:
        return (
            f"<RowLog: {len(self.rows)} entries, {self.blank} blank, "
            f"{len(self.rejects)} rejected, {len(self.notes)} doubtful>"
        )


_SHOWN = 10


def told(head: str, rejects: Sequence[Reject], notes: Sequence[Note]) -> str:
    """A line of counts, and below it the first of what could not be read or is doubtful."""
    lines = [head]
    lines += [f"rejected: {_place(fault.row, fault.source)}: {fault.reason}" for fault in rejects[:_SHOWN]]
    lines += [f"doubtful: {_place(note.row, note.source)}: {note.remark}" for note in notes[:_SHOWN]]
    more = sum(max(0, len(faults) - _SHOWN) for faults in (rejects, notes))
    return "\n".join([*lines, f"and {more:,} more"] if more else lines)


def _place(row: int, source: str) -> str:
    return f"{PurePath(source).name}, row {row}" if source else f"row {row}"
