"""An order list from a file or from rows: who bought when for how much, and every row that could not be read."""

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from typing import NamedTuple, get_args

import attrs

from salesproc.adapters._amounts import DecimalMark, number_of
from salesproc.adapters._cells import Clock, Moment, is_midnight, text_of
from salesproc.adapters._sources import Column, Record, Source, records_of
from salesproc.adapters.row_log import Note, Reject, told
from salesproc.errors import MoneyError
from salesproc.money import Money

__all__ = ["ImportedOrder", "OrderImport", "read_orders"]


class ImportedOrder(NamedTuple):
    """One order, as the metrics of orders read it.

    Attributes:
        customer: Who bought.
        at: The day, or the moment where a zone was given.
        amount: For how much; below zero for a refund.
        row: The number of its row in the source; in a file the header is row 1.
    """

    customer: str
    at: date
    amount: Money
    row: int


@attrs.frozen(repr=False)
class OrderImport:
    """Orders read from one or several sources. Iterate over it, or hand it to a metric as it is.

    Attributes:
        rows: The orders, as they come in the source.
        rejects: What could not be read.
        notes: What was read by a rule worth knowing, such as a refund in parentheses.
        read: How many rows of the sources were looked at, rejected ones included.
    """

    rows: tuple[ImportedOrder, ...]
    rejects: tuple[Reject, ...] = ()
    notes: tuple[Note, ...] = ()
    read: int = 0

    def __iter__(self) -> Iterator[ImportedOrder]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __add__(self, other: object) -> "OrderImport":
        if not isinstance(other, OrderImport):
            return NotImplemented
        return OrderImport(
            self.rows + other.rows,
            self.rejects + other.rejects,
            self.notes + other.notes,
            self.read + other.read,
        )

    def summary(self) -> str:
        """What was read and what was not, one reason a line with an example."""
        customers = len({row.customer for row in self.rows})
        head = (
            f"{self.read:,} rows read: {len(self.rows):,} orders of {customers:,} customers, "
            f"{len(self.rejects):,} rejected, {len(self.notes):,} doubtful"
        )
        return told(head, self.rejects, self.notes)

    def __repr__(self) -> str:
        return f"<OrderImport: {len(self.rows)} orders, {len(self.rejects)} rejected, {len(self.notes)} doubtful>"


def read_orders(
    source: Source,
    *,
    customer: Column,
    at: Column,
    amount: Column,
    currency: str | None = None,
    currency_column: Column | None = None,
    tz: str | tzinfo | None = None,
    date_format: str | Sequence[str] | None = None,
    decimal: DecimalMark | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> OrderImport:
    """Reads who bought when for how much.

    Nothing is dropped in silence and nothing is guessed. ``1,234.50``, ``1.234,50``, ``12,50`` and ``1'234.50`` can be read in one way only, and are read;
    ``1,234`` cannot, and is rejected until *decimal* says what it is. ``(12.50)`` and ``12.50-`` are amounts below zero, and noted.

    Args:
        source: The path of a CSV file with a header row, an open text file of the same kind, or an iterable of
            mappings or of sequences.
        customer: The column that says who. Read as text, so leading zeros stay.
        at: The column of the day or the time.
        amount: The column of the amount: text or a number, without a sign of the currency.
        currency: The code of every amount; this or *currency_column*.
        currency_column: The column of the code.
        tz: The zone of times that name none. Left out where the list knows only days: then every time is a plain date, midnight stands for its day, and a row with another time of day is rejected.
        date_format: As in `read_log`.
        decimal: What stands before the cents, ``"."`` or ``","``, where it cannot be told from the amount alone.
        delimiter: What separates the cells of a file.
        encoding: How a file given by its path is encoded.

    Returns:
        The orders as they come in the source, all plain dates or all aware, and what was rejected or is doubtful.

    Raises:
        UnknownName: A column does not exist, or the zone is not known.
        LogError: Two columns have the same name, or the file cannot be decoded.
        MoneyError: *currency* is no code.
        ValueError: Not exactly one of *currency* and *currency_column*; *decimal* is no such mark, or *date_format* does not name a year.

    >>> export = [
    ...     {"Customer": "007", "Day": "2025-01-06", "Total": "1,234.50"},
    ...     {"Customer": "007", "Day": "2025-01-09", "Total": "(34.50)"},
    ...     {"Customer": "008", "Day": "2025-01-09", "Total": "1,234"},
    ... ]
    >>> orders = read_orders(export, customer="Customer", at="Day", amount="Total", currency="EUR")
    >>> print(orders.summary())
    3 rows read: 2 orders of 1 customers, 1 rejected, 1 doubtful
    rejected: row 3: column 'Total': '1,234' can be read as 1234 and as 1.234; say which by decimal='.' or decimal=','
    doubtful: row 2: column 'Total': '(34.50)' was read as below zero
    >>> from salesproc.metrics import reduce_orders
    >>> reduce_orders(orders, as_of=date(2025, 1, 31)).spent("007")
    Decimal('1200.00')
    """
    if (currency is None) == (currency_column is None):
        raise ValueError(
            "give currency= where all amounts are in one, or currency_column= where a column says, and not both"
        )
    if currency is not None:
        Money.zero(currency)  # refuses what is no code
    if decimal not in (None, *get_args(DecimalMark)):
        raise ValueError(f"decimal must be '.' or ',', got {decimal!r}")
    reading = _Reading(
        Clock.of("UTC" if tz is None else tz, date_format),
        tz is not None,
        (customer, at, amount),
        (currency, currency_column),
        decimal,
    )
    asked = (customer, at, amount, *([] if currency_column is None else [currency_column]))
    for record in records_of(source, tuple(dict.fromkeys(asked)), delimiter=delimiter, encoding=encoding):
        reading.take(record)
    return reading.result()


class _Reading:
    """An order list while it grows."""

    def __init__(
        self,
        clock: Clock,
        timed: bool,  # noqa: FBT001 - what the clock is used for
        columns: tuple[Column, Column, Column],
        currency: tuple[str | None, Column | None],
        mark: DecimalMark | None,
    ) -> None:
        self.clock, self.timed = clock, timed
        self.mark: DecimalMark | None = mark
        self.customer, self.at, self.amount = columns
        self.currency, self.currency_column = currency
        self.rows, self.rejects, self.notes = list[ImportedOrder](), list[Reject](), list[Note]()
        self.read = 0

    def take(self, record: Record) -> None:
        """Adds what one row says."""
        self.read += 1
        if record.fault is not None:
            self._reject(record, record.fault)
            return
        customer = text_of(record.cells[self.customer])
        if customer is None:
            self._reject(record, f"column {self.customer!r} (the customer) is blank")
            return
        remarks = list[tuple[Column, str]]()
        at, money = self._day(record, remarks), self._money(record, remarks)
        if isinstance(at, str) or isinstance(money, str):
            self._reject(record, "; ".join(one for one in (at, money) if isinstance(one, str)), customer)
            return
        self.rows.append(ImportedOrder(customer, at, money, record.number))
        self.notes += [
            Note(record.number, f"column {column!r}: {remark}", record.source) for column, remark in remarks
        ]

    def result(self) -> OrderImport:
        """All of it."""
        return OrderImport(tuple(self.rows), tuple(self.rejects), tuple(self.notes), self.read)

    def _day(self, record: Record, remarks: list[tuple[Column, str]]) -> date | str:
        """The day or the moment of a row, or what is wrong with it."""
        found = self.clock.read(record.cells[self.at])
        if found is None:
            return f"column {self.at!r} (the time) is blank"
        if not isinstance(found, Moment):
            return f"column {self.at!r}: {found}"
        if self.timed:
            remarks += [] if found.remark is None else [(self.at, found.remark)]
            return found.at
        given = record.cells[self.at]
        if not (found.dated or is_midnight(given)):
            return f"column {self.at!r}: {given!r} has a time of day; give tz= to read times, or days alone"
        return found.at.date()

    def _money(self, record: Record, remarks: list[tuple[Column, str]]) -> Money | str:
        """The amount of a row, or what is wrong with it."""
        found = number_of(record.cells[self.amount], self.mark)
        if found is None:
            return f"column {self.amount!r} (the amount) is blank"
        if isinstance(found, str):
            return f"column {self.amount!r}: {found}"
        remarks += [] if found.remark is None else [(self.amount, found.remark)]
        code = self.currency
        if self.currency_column is not None:
            code = text_of(record.cells[self.currency_column])
            if code is None:
                return f"column {self.currency_column!r} (the currency) is blank"
        try:
            return Money(found.value, code or "")
        except MoneyError as error:
            return str(error)

    def _reject(self, record: Record, reason: str, customer: str | None = None) -> None:
        values = tuple("" if value is None else str(value) for value in record.values)
        self.rejects.append(Reject(record.number, reason, values, record.source, customer))
