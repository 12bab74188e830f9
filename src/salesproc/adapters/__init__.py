"""Edges: rows and files in, with every row that could not be read."""

from salesproc.adapters.contacts import (
    ContactImport,
    ImportedContact,
    KnownContact,
    RepeatedContact,
    UnclearContact,
    read_contacts,
)
from salesproc.adapters.orders import ImportedOrder, OrderImport, read_orders
from salesproc.adapters.row_log import LogRow, Note, Reject, RowLog
from salesproc.adapters.rows import read_log

__all__ = [
    # a log of stages
    "read_log",
    "RowLog",
    "LogRow",
    # an order list
    "read_orders",
    "OrderImport",
    "ImportedOrder",
    # a list of people
    "read_contacts",
    "ContactImport",
    "ImportedContact",
    "KnownContact",
    "RepeatedContact",
    "UnclearContact",
    # what could not be read, or is doubtful
    "Reject",
    "Note",
]
