"""Values as plain data for JSON, and back: the one place that knows how a value is written down.

`dump` writes a value whose type the reader will know from a field; `tag` writes one of any type, and says which.
An instant keeps its offset from UTC but not the name of its zone.
"""

# Values of any type pass through here, so their types are unknown by nature.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

import math
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

import attrs

from salesproc.errors import StorageError
from salesproc.money import Money

__all__ = ["dump", "fields", "load", "parts", "tag", "untag"]


def dump(value: Any) -> Any:
    """The value as text, numbers, lists and dicts."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if _is_record(type(value)):
        return {name: dump(getattr(value, name)) for name in fields(type(value))}
    if isinstance(value, tuple):
        return [dump(item) for item in value]
    for kind, (write, _) in _SCALARS.items():
        if isinstance(value, kind):
            return write(value)
    raise StorageError(f"no plain form for {value!r} of type {type(value).__name__}")


def load(kind: Any, data: Any, where: str = "$") -> Any:
    """The value of that type that `dump` wrote.

    Raises:
        StorageError: The data is nothing of that type; the message names the place.
    """
    try:
        return _load(kind, data, where)
    except StorageError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        raise StorageError(f"{where}: {data!r} is no {_name(kind)}: {error}") from error


def fields(kind: type) -> tuple[str, ...]:
    """The fields of an attrs class or a NamedTuple that make up its plain form."""
    named: tuple[str, ...] | None = getattr(kind, "_fields", None)
    return tuple(field.name for field in attrs.fields(kind) if field.init) if named is None else named


def parts(kind: type, data: Any, where: str = "$") -> dict[str, Any]:
    """The value of every field of an attrs class or a NamedTuple that the data holds, by name.

    Raises:
        StorageError: The data is no record, has a field the class does not know, or a value of another type.
    """
    if not isinstance(data, Mapping):
        raise StorageError(f"{where}: {data!r} is no {_name(kind)}: a mapping of its fields is expected")
    unknown = sorted(set(data) - set(fields(kind)))
    if unknown:
        raise StorageError(f"{where}: {kind.__name__} has no field {', '.join(map(repr, unknown))}")
    hints = _hints(kind)
    return {name: load(hints[name], item, f"{where}.{name}") for name, item in data.items()}


def tag(value: Any) -> Any:
    """The value as plain data that says which type it was."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, tuple):
        return {"$tuple": [tag(item) for item in value]}
    for kind, (write, _) in _SCALARS.items():
        if isinstance(value, kind):
            return {f"${kind.__name__.lower()}": write(value)}
    raise StorageError(f"no plain form for {value!r} of type {type(value).__name__}")


def untag(data: Any, where: str = "$") -> Any:
    """The value that `tag` wrote.

    Raises:
        StorageError: The data is none of its making.
    """
    if not isinstance(data, Mapping):
        return data
    for name, content in data.items() if len(data) == 1 else ():
        if name == "$tuple" and isinstance(content, list):
            return tuple(untag(item, where) for item in content)
        for kind in _SCALARS:
            if name == f"${kind.__name__.lower()}":
                return load(kind, content, where)
    raise StorageError(f"{where}: {data!r} is no tagged value")


def _is_record(kind: type) -> bool:
    return (attrs.has(kind) and kind is not Money) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise StorageError(f"no plain form for {value!r}: JSON has no such number")
    return value


def _money(data: Mapping[str, str]) -> Money:
    return Money(data["amount"], data["currency"])


# The order matters: a datetime is a date.
_SCALARS: dict[type, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
    timedelta: (lambda value: value // timedelta(microseconds=1), lambda data: timedelta(microseconds=data)),
    Decimal: (str, Decimal),
    Money: (lambda value: {"amount": str(value.amount), "currency": value.currency}, _money),
}


def _load(kind: Any, data: Any, where: str) -> Any:
    if isinstance(kind, NewType):
        return _load(kind.__supertype__, data, where)
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _load_union(get_args(kind), data, where)
    if origin is Literal:
        return _one_of(get_args(kind), data)
    if origin is tuple:
        return tuple(
            load(get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(_expect(list, data))
        )
    plain = origin or kind
    if hasattr(plain, "from_dict"):
        return _load_own(plain, data, where)
    if plain in _SCALARS:
        return _SCALARS[plain][1](data)
    if issubclass(plain, Enum):
        return plain(data)
    if _is_record(plain):
        return plain(**parts(plain, data, where))
    return _expect(plain, data)


def _load_union(kinds: tuple[Any, ...], data: Any, where: str) -> Any:
    if data is None and type(None) in kinds:
        return None
    [kind] = [kind for kind in kinds if kind is not type(None)]
    return _load(kind, data, where)


def _load_own(kind: Any, data: Any, where: str) -> Any:
    """By the type's own reader, which does not know where in the whole it is."""
    try:
        return kind.from_dict(data)
    except StorageError as error:
        raise StorageError(f"{where}: {error}") from error


def _one_of(words: tuple[Any, ...], data: Any) -> Any:
    if data not in words:
        raise ValueError(f"one of {', '.join(map(repr, words))} expected")
    return data


def _expect(kind: type, data: Any) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise TypeError(f"{kind.__name__} expected, got {type(data).__name__}")
    return data


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _name(kind: Any) -> str:
    return "word" if get_origin(kind) is Literal else getattr(kind, "__name__", str(kind))
