"""Results as text and as HTML: columns that line up in any script, cells that cannot break a page."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta

WIDEST_NAME = 32
ABSENT = "n/a"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes: two for a wide sign, none for a combining one."""
    return sum(map(_columns, text))


def clipped(text: str, width: int) -> str:
    """The text itself if it fits, else its beginning and an ellipsis."""
    if columns(text) <= width:
        return text
    while columns(text) >= width:
        text = text[:-1]
    return text + "…"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lines whose first column is a name, set left, and whose others are numbers, set right."""
    lines = [tuple(head), *((clipped(_one_line(row[0]), WIDEST_NAME), *row[1:]) for row in rows)]
    widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(line, widths) for line in lines)


def html_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same as a table for a notebook, every cell escaped."""
    top = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><caption>{html.escape(caption)}</caption><tr>{top}</tr>{body}</table>"


def duration(value: timedelta | None) -> str:
    """A duration at a glance: days from two days on, else hours; n/a when there is none."""
    if value is None:
        return ABSENT
    if value >= timedelta(days=2):
        return f"{value / timedelta(days=1):.1f} d"
    return f"{value / timedelta(hours=1):.1f} h"


def label(value: object) -> str:
    """The name of a part of a breakdown; what has no label is shown, not dropped."""
    return "(none)" if value is None else str(value)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def _one_line(text: str) -> str:
    """A name with a line break or a tab in it must not break the table."""
    return "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name = cells[0] + " " * (widths[0] - columns(cells[0]))
    numbers = (
        " " * (width - columns(cell)) + cell for cell, width in zip(cells[1:], widths[1:], strict=True)
    )
    return "  ".join((name, *numbers)).rstrip()
