"""Edges: rows and files in, with every row that could not be read."""

from salesproc.adapters.row_log import LogRow, Note, Reject, RowLog
from salesproc.adapters.rows import read_log

__all__ = ["LogRow", "Note", "Reject", "RowLog", "read_log"]
