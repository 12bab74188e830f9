"""What users may rely on changes on purpose only, is documented, and has one path."""

import importlib
import importlib.util
import inspect
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def snapshot():
    spec = importlib.util.spec_from_file_location("snapshot", Path(__file__).with_name("snapshot.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="signatures are spelled differently elsewhere")
def test_the_public_names_are_those_of_the_snapshot(snapshot):
    """Run tests/api/snapshot.py after a change that is meant."""
    assert list(snapshot.lines()) == snapshot.FILE.read_text(encoding="utf-8").splitlines()


def public_names(snapshot):
    for package in snapshot.PACKAGES:
        for name in importlib.import_module(package).__all__:
            yield package, name


def test_every_public_name_has_one_path(snapshot):
    counts = Counter(name for _, name in public_names(snapshot))
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_public_name_is_in_the_reference(snapshot):
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "reference").glob("*.md"))
    documented = set()
    for name in re.findall(r"automodule:: (\S+)", pages):
        documented |= set(importlib.import_module(name).__all__)
    modules = {"lifecycle"}
    missing = {name for _, name in public_names(snapshot)} - documented - modules
    assert missing == set()


def test_every_public_thing_has_a_docstring(snapshot):
    lacking = []
    for package, name in public_names(snapshot):
        thing = getattr(importlib.import_module(package), name)
        if (inspect.isclass(thing) or inspect.isfunction(thing)) and not (thing.__doc__ or "").strip():
            lacking.append(name)
    assert lacking == []
