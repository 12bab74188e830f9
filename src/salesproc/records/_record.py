"""What all records share: their plain form, and the rule that nothing happens before what went before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar, cast

import attrs

from salesproc import _plain
from salesproc._instants import earlier, require_aware
from salesproc.errors import StorageError
from salesproc.stages import Journey, Process, Reason, ReasonCode, Refused

__all__ = ["Stored", "carried", "in_order", "restored"]

R = TypeVar("R", bound="Stored")


@attrs.frozen
class Stored:
    """A record that goes through JSON and back."""

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data for JSON."""
        return {name: _plain.dump(getattr(self, name)) for name in _plain.fields(type(self))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record that `to_dict` wrote.

        Raises:
            StorageError: The data is no such record; the message names the place.
        """
        return _built(cls, _plain.parts(cls, data))


def restored(kind: type[R], data: Mapping[str, Any], process: Process[Any], **others: Any) -> R:
    """The record of that class that the data describes, its journey judged by the process.

    Raises:
        StorageError: The data is no such record.
        LogError: Its history is no journey of the process.
    """
    parts = {**_plain.parts(kind, data), **others}
    for name, value in parts.items():
        _require_aware(name, value)
    if "journey" in parts:
        parts["journey"] = process.replay(parts["journey"].history)
    return _built(kind, parts)


def carried(record: Stored, into: type[R], journey: Journey[str]) -> R:
    """The same record in another class and further on its way."""
    values: dict[str, Any] = {name: getattr(record, name) for name in _plain.fields(type(record))}
    values["journey"] = journey
    return into(**values)


def in_order(journey: Journey[str], event: str, at: datetime, last: datetime) -> datetime:
    """The time itself when it is not before the last one.

    Raises:
        NaiveTimeError: It has no zone.
        TransitionRefused: It lies before the last one.
    """
    if earlier(require_aware(at, "at"), last):
        reason = Reason(ReasonCode.TIME_RUNS_BACKWARDS, event, at, last)
        Refused((reason,), journey.entity, journey.stage, event).unwrap()
    return at


def _require_aware(name: str, facts: Any) -> None:
    """Every instant of the facts has a zone; those of the journey are judged by its process."""
    if not isinstance(facts, tuple) or isinstance(facts, Journey):
        return
    for fact in cast("tuple[Iterable[object], ...]", facts):
        for value in fact:
            if isinstance(value, datetime) and value.utcoffset() is None:
                raise StorageError(f"$.{name}: {value!r} has no time zone in {fact!r}")


def _built(kind: type[R], parts: Mapping[str, Any]) -> R:
    """The record made of these parts; what it objects to is a fault of the stored data."""
    try:
        return kind(**parts)
    except (TypeError, ValueError) as error:
        raise StorageError(f"no stored {kind.__name__}: {error}") from error
