"""Statistics of two disjoint sets of entities, added field by field, when they answer the same question."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import attrs

C = TypeVar("C", bound=attrs.AttrsInstance)


def added(one: C, other: C, question: Sequence[str]) -> C:
    """The statistics of both.

    Args:
        one: Statistics.
        other: Statistics of other entities.
        question: The fields that say what was asked; they must be equal and stay as they are.

    Raises:
        ValueError: They answer different questions.
    """
    for name in question:
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine != theirs:
            raise ValueError(f"counts add up only with the same {name}, got {mine!r} and {theirs!r}")
    names = [field.name for field in attrs.fields(type(one)) if field.name not in question]
    sums = {name: _sum(getattr(one, name), getattr(other, name)) for name in names}
    same: Any = one  # an attrs class, whichever it is
    result: C = attrs.evolve(same, **sums)
    return result


def _sum(one: Any, other: Any) -> Any:
    """The sum of two numbers, of two mappings value by value, of two tuples place by place, or of what knows how to add itself."""
    if isinstance(one, Mapping):
        both = dict(cast("Mapping[object, Any]", one))
        for key, value in cast("Mapping[object, Any]", other).items():
            both[key] = _sum(both[key], value) if key in both else value
        return both
    if isinstance(one, tuple):
        return (*map(_sum, cast("Sequence[Any]", one), cast("Sequence[Any]", other)),)
    return one + other
