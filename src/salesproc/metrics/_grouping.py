"""Which part of a breakdown does an entity belong to: by a function, or by what its first row says."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from typing import TypeAlias, TypeVar

import attrs

from salesproc.errors import LogError
from salesproc.metrics._log import StageRow, comparable

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)

_Earliest: TypeAlias = tuple[tuple[date, int, str, str], Hashable]

By: TypeAlias = Callable[[E], K] | str


@attrs.define
class FirstRows:
    """Hands a log on row by row and remembers one field of each entity's earliest row.

    Rows at the same time are told apart by the position of their stage, then by its name and by the label itself,
    so that the order of the input never decides.
    """

    field: str
    positions: Mapping[str, int]
    as_of: date
    _earliest: dict[Hashable, _Earliest] = attrs.field(factory=dict[Hashable, _Earliest], init=False)

    def watch(self, log: Iterable[StageRow[E]]) -> Iterator[StageRow[E]]:
        """The rows as they are. A row is noted after its reader, who checks it, has taken it in."""
        for number, row in enumerate(log, 1):
            yield row
            entity, stage, at = row[0], row[1], row[2]
            found = self._read(row, number)
            rank = comparable(at, self.as_of, f"row {number}"), self.positions.get(stage, len(self.positions))
            key = (*rank, str(stage), repr(found))
            known = self._earliest.get(entity)
            if known is None or key < known[0]:
                self._earliest[entity] = key, found

    def label(self, entity: Hashable) -> Hashable:
        """What the entity's earliest row says."""
        return self._earliest[entity][1]

    def _read(self, row: object, number: int) -> Hashable:
        try:
            found: object = getattr(row, self.field)
        except AttributeError as error:
            raise LogError(
                f"by={self.field!r} asks for an attribute that row {number} does not have: {row!r}; "
                f"give rows that have it (a NamedTuple), or a function from entity to label, such as log.column({self.field!r}) of what read_log kept"
            ) from error
        if not isinstance(found, Hashable):
            raise LogError(
                f"row {number} has {self.field}={found!r}, which cannot be a label; give a text or a number"
            )
        return found


def grouped(
    log: Iterable[StageRow[E]], by: By[E, K] | None, positions: Mapping[str, int], as_of: date
) -> tuple[Iterable[StageRow[E]], Callable[[E], Hashable]]:
    """The log to read, and the function to ask for an entity's label once it has been read."""
    if by is None:
        return log, _whole
    if isinstance(by, str):
        rows = FirstRows(by, positions, as_of)
        return rows.watch(log), rows.label
    return log, by


def _whole(_entity: Hashable) -> None:
    """Everyone belongs to the one whole."""
