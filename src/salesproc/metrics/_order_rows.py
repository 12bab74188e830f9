"""What is wrong with a row of an order list that could not be read."""

from collections.abc import Mapping, Sequence
from typing import cast

from salesproc.money import Money


def fault_of(row: object) -> str | None:
    """What is wrong with a row; None when it is not to blame."""
    if isinstance(row, Mapping):
        return "is a mapping; make it a tuple, (row[...], row[...], row[...])"
    fields = (*cast("Sequence[object]", row),) if isinstance(row, Sequence) else ()
    if len(fields) < 3 or isinstance(row, str):
        return "is no row of customer, time and amount"
    if not isinstance(fields[2], Money):
        return f"has the amount {fields[2]!r}; give Money(amount, currency)"
    for field, fault in zip(fields, ("names its customer by", "has for a time"), strict=False):
        try:
            hash(field)
        except TypeError:
            return f"{fault} something that cannot be looked up"
    return None
