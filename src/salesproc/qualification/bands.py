"""Which grade is that? Names for ranges of a number."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import attrs

from salesproc._given import exact_number, texts

__all__ = ["Bands"]


def _labels(given: Iterable[str]) -> tuple[str, ...]:
    return texts(given, "labels")


def _cuts(given: Iterable[Fraction | Decimal | float]) -> tuple[Fraction, ...]:
    return tuple(exact_number(one, "a cut") for one in given)


@attrs.frozen
class Bands:
    """Names for the ranges of a number, the highest first.

    Attributes:
        labels: The names, the highest first; the last is for everything below the last cut.
        cuts: From where on each name but the last is earned, the highest first.

    Raises:
        ValueError: Not one cut fewer than labels, cuts that do not fall, a label twice.
        TypeError: Labels as one text, a cut that is no number.

    >>> grades = Bands(("A", "B", "C", "D"), cuts=(0.75, 0.5, 0.25))
    >>> grades.of(Fraction(1, 2)), grades.of(0)
    ('B', 'D')
    """

    labels: tuple[str, ...] = attrs.field(converter=_labels)
    cuts: tuple[Fraction, ...] = attrs.field(converter=_cuts)

    def __attrs_post_init__(self) -> None:
        if len(self.labels) != len(self.cuts) + 1:
            raise ValueError(
                f"bands have one cut fewer than labels, got {len(self.labels)} labels and {len(self.cuts)} cuts"
            )
        if len({*self.labels}) != len(self.labels):
            raise ValueError(f"bands have different labels, got {self.labels!r}")
        if [*self.cuts] != sorted({*self.cuts}, reverse=True):
            raise ValueError(f"cuts fall from the highest on, got {', '.join(map(str, self.cuts))}")

    @property
    def lowest(self) -> str:
        """The name below all cuts."""
        return self.labels[-1]

    def of(self, number: Fraction | Decimal | float) -> str:
        """The name of the range the number lies in."""
        value = exact_number(number, "a number in bands")
        return next(
            (label for label, cut in zip(self.labels, self.cuts, strict=False) if value >= cut), self.lowest
        )
