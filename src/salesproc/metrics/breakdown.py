"""The same question per part: by owner, source, segment. The parts always add up to the whole."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import reduce
from typing import Generic, Protocol, Self, TypeVar

import attrs

from salesproc import _text
from salesproc._tables import Cell, Tabular

__all__ = ["Breakdown", "Cell", "Tabular"]


class Additive(Protocol):
    """Counts that add up."""

    def __add__(self, other: object, /) -> Self:
        """The counts of both."""
        ...


K = TypeVar("K", bound=Hashable)
R_co = TypeVar("R_co", bound=Tabular, covariant=True)
C = TypeVar("C", bound=Additive)


@attrs.frozen(repr=False, hash=False)
class Breakdown(Mapping[K, R_co], Generic[K, R_co]):
    """One result per label, the largest part first, and the result of the whole.

    A mapping that cannot be changed. What had no label is under the key None, shown as ``(none)``.

    Attributes:
        total: The result of everything together, made from the added counts and not from an average of the parts.
    """

    _parts: dict[K, R_co]
    total: R_co

    def __getitem__(self, label: K) -> R_co:
        return self._parts[label]

    def __iter__(self) -> Iterator[K]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def to_rows(self) -> list[dict[str, Cell]]:
        """The rows of every part, each with its ``label`` in front; the total is not among them."""
        rows = list[dict[str, Cell]]()
        for label, part in self._parts.items():
            name: dict[str, Cell] = {"label": _text.label(label)}
            rows += [name | row for row in part.to_rows()]
        return rows

    def __repr__(self) -> str:
        labels = ", ".join(repr(_text.label(label)) for label in self._parts)
        return f"<Breakdown by {len(self._parts)} labels: {labels}>"

    def __str__(self) -> str:
        parts = [
            (_text.label(label), str(part)) for label, part in [*self._parts.items(), ("total", self.total)]
        ]
        if any("\n" in text for _, text in parts):
            return "\n\n".join(f"{label}\n{text}" for label, text in parts)
        width = max(_text.columns(label) for label, _ in parts)
        return "\n".join(f"{label}{' ' * (width - _text.columns(label))}  {text}" for label, text in parts)

    def _repr_html_(self) -> str:
        rows = self.to_rows()
        head = list(rows[0]) if rows else ["label"]
        cells = [["" if value is None else str(value) for value in row.values()] for row in rows]
        return _text.html_table(f"{len(self._parts)} parts", head, cells)


def break_down(
    counts: Mapping[K, C], empty: C, finish: Callable[[C], R_co], size: Callable[[C], int]
) -> Breakdown[K, R_co]:
    """Finishes the counts of every part, and of their sum.

    Args:
        counts: Per label, the sufficient statistics of its entities.
        empty: The statistics of nobody, the start of the sum.
        finish: From statistics to result.
        size: How large a part is; larger parts come first, equal ones by label.
    """
    order = sorted(counts, key=lambda label: (-size(counts[label]), label is None, str(label), repr(label)))
    total = reduce(lambda one, other: one + other, counts.values(), empty)
    return Breakdown({label: finish(counts[label]) for label in order}, finish(total))
