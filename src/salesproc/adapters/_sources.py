"""Rows of a file or of a program, each with its number and with access to its cells by column."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike, fspath
from typing import NamedTuple, Protocol, TypeAlias, cast

from salesproc.errors import LogError, UnknownName

Column: TypeAlias = str | int
"""A column: its name in a header or a mapping, its place from 0 in a sequence."""


class Lines(Protocol):
    """An open text file."""

    @property
    def read(self) -> object:
        """What tells a file from a list of rows."""
        ...

    def __iter__(self) -> Iterator[str]:
        """Its lines."""
        ...


Row: TypeAlias = Mapping[str, object] | Sequence[object]
Source: TypeAlias = str | PathLike[str] | Lines | Iterable[Row]


class Record(NamedTuple):
    """One row of a source.

    Attributes:
        number: Its number; in a file the header is row 1.
        source: The name of the file; empty for rows from memory.
        values: All its cells.
        cells: The cells that were asked for, by column; empty when the row has a fault.
        fault: Why the row cannot be read, if so.
    """

    number: int
    source: str
    values: tuple[object, ...]
    cells: Mapping[Column, object]
    fault: str | None = None


def records_of(source: Source, asked: Sequence[Column], *, delimiter: str, encoding: str) -> Iterator[Record]:
    """The rows of any source, in order.

    Raises:
        UnknownName: A column that was asked for does not exist.
        LogError: The source cannot be read as rows at all.
    """
    if isinstance(source, str | PathLike):
        name = fspath(source)
        with open(name, encoding=encoding, newline="") as lines:  # noqa: PTH123 - takes any PathLike
            yield from _from_lines(lines, name, asked, delimiter)
    elif hasattr(source, "read"):
        opened = cast("Lines", source)
        yield from _from_lines(opened, _name_of(opened), asked, delimiter)
    else:
        yield from _from_rows(cast("Iterable[object]", source), asked)


def _name_of(lines: Lines) -> str:
    name: object = getattr(lines, "name", "")
    return name if isinstance(name, str) else ""


def _from_lines(lines: Iterable[str], name: str, asked: Sequence[Column], delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = _header(reader, name, asked)
        number = 1
        while True:
            number += 1
            before = reader.line_num
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                span = _span(before, reader.line_num)
                yield Record(number, name, (), {}, f"{span}: broken quoting ({error})")
                continue
            if len(values) == len(header):
                yield Record(
                    number, name, tuple(values), {column: values[header[column]] for column in asked}
                )
            else:
                fault = f"{len(values)} cells where the header has {len(header)}" if values else "empty line"
                span = _span(before, reader.line_num)
                yield Record(number, name, tuple(values), {}, f"{span}: {fault}")
    except UnicodeDecodeError as error:
        hint = "give its encoding, for example encoding='cp1252'"
        raise LogError(
            f"{name or 'the file'} is not text in {error.encoding!r} ({error.reason}); {hint}"
        ) from error


def _header(reader: Iterator[list[str]], name: str, asked: Sequence[Column]) -> dict[Column, int]:
    where = name or "the file"
    try:
        names = [cell.strip() for cell in next(reader)]
    except StopIteration:
        raise LogError(f"{where} is empty; its first row must name the columns") from None
    except csv.Error as error:
        raise LogError(f"{where} has a header row with broken quoting ({error})") from error
    if names and names[0].startswith("\ufeff"):  # a file opened as plain UTF-8 keeps the mark of its encoding
        names[0] = names[0][1:].strip('"')
    twice = sorted({column for column in names if names.count(column) > 1})
    if twice:
        raise LogError(f"{where} has several columns of the same name: {twice!r}; rename all but one")
    _require(asked, names, where)
    return {column: place for place, column in enumerate(names)}


def _require(asked: Iterable[Column], known: Iterable[object], where: str) -> None:
    names = list(known)
    missing = next((column for column in asked if column not in names), None)
    if missing is None:
        return
    only = str(names[0]) if len(names) == 1 else ""
    other = next((sign for sign in ";\t|" if sign in only), None)
    if other is not None:
        raise LogError(f"{where} has one column, {only!r}; give delimiter={other!r}")
    raise UnknownName("column", str(missing), map(str, names), where)


def _span(before: int, after: int) -> str:
    """Which lines of the file a row takes; several when a quoted cell holds line ends."""
    return f"line {after}" if after - before <= 1 else f"lines {before + 1} to {after}"


def _from_rows(rows: Iterable[object], asked: Sequence[Column]) -> Iterator[Record]:
    missing, seen = dict.fromkeys(asked), dict[object, None]()
    for number, row in enumerate(rows, 1):
        if isinstance(row, Mapping):
            cells = cast("Mapping[object, object]", row)
            missing = dict.fromkeys([column for column in missing if column not in cells])
            seen |= dict.fromkeys(cells) if missing else {}
            # csv.DictReader puts the cells beyond the header under the key None.
            fault = f"more cells than columns: {cells[None]!r}" if None in cells else None
            yield Record(
                number, "", tuple(cells.values()), {column: cells.get(column) for column in asked}, fault
            )
        elif isinstance(row, Sequence) and not isinstance(row, str | bytes):
            missing = {}
            yield _placed(number, cast("Sequence[object]", row), asked)
        else:
            raise LogError(
                f"row {number} is neither a mapping nor a sequence of cells: {row!r}; "
                f"for CSV text give a path or an open file"
            )
    if seen:
        _require(missing, seen, "the source")


def _placed(number: int, row: Sequence[object], asked: Sequence[Column]) -> Record:
    cells: dict[Column, object] = {}
    for column in asked:
        if isinstance(column, str):
            raise LogError(
                f"row {number} is a sequence, which has no column {column!r}; give its place from 0"
            )
        if not 0 <= column < len(row):
            fault = f"{len(row)} cells, so there is none at place {column}"
            return Record(number, "", tuple(row), {}, fault)
        cells[column] = row[column]
    return Record(number, "", tuple(row), cells)
