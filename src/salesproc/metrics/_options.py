"""Options that are one of a few words."""

from typing import Any, get_args

import attrs

from salesproc.errors import did_you_mean


def chosen(_: object, field: "attrs.Attribute[Any]", value: object) -> None:
    """An attrs validator: the value is one of the words of the field's ``Literal``.

    Raises:
        ValueError: It is none of them; the message names the nearest.
    """
    known: tuple[str, ...] = get_args(field.type)
    if value not in known:
        hint = did_you_mean(str(value), known)
        raise ValueError(f"{field.name} must be one of its rules, got {value!r}; {hint}")
