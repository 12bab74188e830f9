"""The public names with their signatures, as text: run it to write ``public_api.txt`` again, on purpose only."""

import importlib
import inspect
from collections.abc import Iterator
from enum import EnumMeta
from pathlib import Path

PACKAGES = (
    "salesproc",
    "salesproc.stages",
    "salesproc.records",
    "salesproc.records.lifecycle",
    "salesproc.qualification",
    "salesproc.metrics",
    "salesproc.loyalty",
    "salesproc.lifetime",
    "salesproc.catalogue",
    "salesproc.customers",
    "salesproc.goals",
    "salesproc.follow_up",
    "salesproc.agreement",
    "salesproc.adapters",
    "salesproc.testing",
)
FILE = Path(__file__).with_name("public_api.txt")


def lines() -> Iterator[str]:
    """One line per name, and one per public member of a class."""
    for package in PACKAGES:
        module = importlib.import_module(package)
        yield f"{package}:"
        for name in sorted(module.__all__):
            yield from described(name, getattr(module, name))


def described(name: str, thing: object) -> Iterator[str]:
    """The name, what it is, and what it has."""
    if isinstance(thing, EnumMeta):
        yield f"  enum {name}: {', '.join(member.name for member in thing)}"
    elif inspect.isclass(thing):
        yield f"  class {name}{signature(thing)}"
        for member in sorted(vars(thing)):
            if not member.startswith("_") and member not in getattr(thing, "_fields", ()):
                yield f"    {member}{signature(getattr(thing, member)) if callable(getattr(thing, member)) else ''}"
    elif inspect.isfunction(thing):
        yield f"  def {name}{signature(thing)}"
    elif inspect.ismodule(thing):
        yield f"  module {name}"
    else:
        yield f"  {name}: {type(thing).__name__}"


def signature(thing: object) -> str:
    """Its parameters, without annotations, which type checkers watch."""
    try:
        found = inspect.signature(thing)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ""
    parameters = [one.replace(annotation=inspect.Parameter.empty) for one in found.parameters.values()]
    return str(found.replace(parameters=parameters, return_annotation=inspect.Signature.empty))


if __name__ == "__main__":
    FILE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
