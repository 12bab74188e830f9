"""The rows of a result as a table for a notebook."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from salesproc import _text

Cell: TypeAlias = str | int | float | None
"""What a table of results holds."""


class Tabular(Protocol):
    """A result that can be laid out as rows of a table."""

    def to_rows(self) -> list[dict[str, Cell]]:
        """One mapping from column name to value per row."""
        ...


class Shown:
    """A result that shows itself: one line for ``repr``, made of its text, and its rows as a table in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def _repr_html_(self: Tabular) -> str:
        return rows_table(str(self), self.to_rows())


def rows_table(caption: str, rows: Sequence[Mapping[str, Cell]]) -> str:
    """One line per row, columns named as in the rows, every cell escaped."""
    head = list(rows[0]) if rows else [""]
    return _text.html_table(caption, head, [[_cell(value) for value in row.values()] for row in rows])


def _cell(value: Cell) -> str:
    if value is None:
        return _text.ABSENT
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
