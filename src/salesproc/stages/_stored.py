"""A process definition as plain data, for a table of definitions per tenant, and its hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesproc import _plain
from salesproc.errors import StorageError, did_you_mean
from salesproc.stages import requirements as req
from salesproc.stages.requirements import Requirement
from salesproc.stages.stage import ANY_OPEN, Stage, StageKind, Transition

if TYPE_CHECKING:
    from salesproc.stages._definition import Definition

__all__ = ["own_requirements", "parts", "structure_hash", "to_dict"]

SCHEMA = 1


def to_dict(process: "Definition[Any]") -> dict[str, Any]:
    """The definition as text, numbers, lists and dicts."""
    return {"schema": SCHEMA, "name": process.name, "version": process.version, **_structure(process)}


def structure_hash(process: "Definition[Any]") -> str:
    """SHA-256 over the structure in one canonical spelling."""
    text = json.dumps(_structure(process), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def own_requirements(process: "Definition[Any]") -> tuple[Requirement, ...]:
    """The custom requirements of the process, also those inside others, each once."""
    found: dict[str, Requirement] = {}
    waiting = [one for transition in process.transitions for one in transition.requires]
    while waiting:
        one = waiting.pop(0)
        match one:
            case req._AllOf(inner) | req._AnyOf(inner):
                waiting += inner
            case req._Not(inner):
                waiting.append(inner)
            case req.NamedRequirement(name):
                found.setdefault(name, one)
            case _:
                pass
    return tuple(found.values())


def parts(data: Mapping[str, Any], stages: Any, own: tuple[Requirement, ...]) -> dict[str, Any]:
    """The arguments that build the process the data describes."""
    try:
        if data["schema"] != SCHEMA:
            raise StorageError(
                f"a definition of schema {data['schema']!r}; this version reads schema {SCHEMA}"
            )
        named = {one.name: one for one in own if isinstance(one, req.NamedRequirement)}
        return {
            "name": data["name"],
            "version": data["version"],
            "stages": [_load_stage(stage, stages) for stage in data["stages"]],
            "transitions": [_load_transition(one, stages, named) for one in data["transitions"]],
            "initial": [stages(name) for name in data["initial"]],
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise StorageError(f"no stored process definition: {type(error).__name__} {error}") from error


def _structure(process: "Definition[Any]") -> dict[str, Any]:
    return {
        "stages": [_stage(stage) for stage in process.stages],
        "transitions": [_transition(transition) for transition in process.transitions],
        "initial": [str(name) for name in process.initial],
    }


def _stage(stage: Stage[str]) -> dict[str, Any]:
    return {
        "name": str(stage.name),
        "kind": stage.kind.value,
        "probability": _plain.dump(stage.probability),
        "limit_microseconds": _plain.dump(stage.limit),
    }


def _load_stage(data: Mapping[str, Any], stages: Any) -> Stage[Any]:
    _only(data, ("name", "kind", "probability", "limit_microseconds"), "stage")
    return Stage(
        stages(data["name"]),
        kind=_plain.load(StageKind, data["kind"], "stage.kind"),
        probability=_plain.load(Decimal | None, data["probability"], "stage.probability"),
        limit=_plain.load(timedelta | None, data["limit_microseconds"], "stage.limit_microseconds"),
    )


def _only(data: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    """Refuses a field that nothing would read.

    Raises:
        StorageError: There is one.
    """
    for name in data:
        if name not in known:
            raise StorageError(f"a stored {what} has no field {name!r}; {did_you_mean(str(name), known)}")


def _transition(transition: Transition[str]) -> dict[str, Any]:
    named = transition.named_sources
    return {
        "event": transition.event,
        "source": None if named is None else [str(name) for name in named],
        "target": str(transition.target),
        "requires": [_requirement(one) for one in transition.requires],
        "reopens": transition.reopens,
    }


def _load_transition(
    data: Mapping[str, Any], stages: Any, named: Mapping[str, Requirement]
) -> Transition[Any]:
    _only(data, ("event", "source", "target", "requires", "reopens"), "transition")
    names: list[str] | None = data["source"]
    source: Any = ANY_OPEN
    if names is not None:
        source = stages(names[0]) if len(names) == 1 else tuple(stages(name) for name in names)
    requires = [_load_requirement(one, named) for one in data["requires"]]
    return Transition(
        data["event"], source, stages(data["target"]), requires=requires, reopens=data["reopens"]
    )


def _requirement(one: Requirement) -> dict[str, Any]:
    match one:
        case req._Provided(about):
            return {"kind": "provided", "about": about}
        case req._Confirmed(about):
            return {"kind": "confirmed", "about": about}
        case req._AtLeast(about, limit):
            return {"kind": "at_least", "about": about, "limit": _plain.tag(limit)}
        case req._AtMost(about, limit):
            return {"kind": "at_most", "about": about, "limit": _plain.tag(limit)}
        case req._OneOf(about, values):
            return {"kind": "one_of", "about": about, "values": [_plain.tag(value) for value in values]}
        case req._AllOf(inner):
            return {"kind": "all_of", "inner": [_requirement(part) for part in inner]}
        case req._AnyOf(inner):
            return {"kind": "any_of", "inner": [_requirement(part) for part in inner]}
        case req._Not(inner):
            return {"kind": "not_", "inner": _requirement(inner)}
        case req.NamedRequirement(name):
            return {"kind": "requirement", "name": name}
        case _:
            raise StorageError(f"no plain form for requirement {one!r}; make it with requirement(name, test)")


def _load_requirement(data: Mapping[str, Any], named: Mapping[str, Requirement]) -> Requirement:
    match data:
        case {"kind": "provided", "about": about}:
            return req.provided(about)
        case {"kind": "confirmed", "about": about}:
            return req.confirmed(about)
        case {"kind": "at_least", "about": about, "limit": limit}:
            return req.at_least(about, _plain.untag(limit))
        case {"kind": "at_most", "about": about, "limit": limit}:
            return req.at_most(about, _plain.untag(limit))
        case {"kind": "one_of", "about": about, "values": values}:
            return req.one_of(about, *map(_plain.untag, values))
        case {"kind": "all_of", "inner": inner}:
            return req.all_of(*(_load_requirement(part, named) for part in inner))
        case {"kind": "any_of", "inner": inner}:
            return req.any_of(*(_load_requirement(part, named) for part in inner))
        case {"kind": "not_", "inner": inner}:
            return req.not_(_load_requirement(inner, named))
        case {"kind": "requirement", "name": name}:
            if name not in named:
                raise StorageError(
                    f"requirement {name!r} was not given to from_dict; {did_you_mean(name, named)}"
                )
            return named[name]
        case _:
            raise StorageError(f"no stored requirement: {data!r}")
