"""Hypothesis finds the strategies by itself, whoever is imported first, and nobody else has to load it.

Each case runs in an interpreter of its own, with the entry point installed as an installer would write it.

The entry point names a module, which registers when it is imported. A function in it could not be found in one case: when
``salesproc.testing.strategies`` is what makes Hypothesis be imported, Hypothesis asks for the entry point before the
rest of that module has run, and an error there would break every test of everybody who has both installed.
"""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"

# No database of examples on disk, and every warning an error: Hypothesis warns of plugins that do work while it loads.
ASK = """
from hypothesis import find, settings, strategies as st
from salesproc.records import Lead
lead = find(st.from_type(Lead), lambda lead: True, settings=settings(database=None))
print(type(lead).__name__)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that makes the interpreter believe the package was installed with its entry points."""
    names = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["entry-points"]["hypothesis"]
    folder = tmp_path_factory.mktemp("site")
    info = folder / "salesproc-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: salesproc\nVersion: 0\n", "utf-8")
    lines = [f"{name} = {target}\n" for name, target in names.items()]
    (info / "entry_points.txt").write_text("[hypothesis]\n" + "".join(lines), "utf-8")
    return folder


def run(installed, code):
    import salesproc

    package = str(Path(salesproc.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), package])}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        cwd=installed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_hypothesis_finds_the_strategies_by_itself(installed):
    """``st.from_type(Lead)`` works, and nobody has imported the strategies."""
    assert run(installed, ASK) == "Lead"


@pytest.mark.parametrize(
    "first",
    [
        "from salesproc.testing import strategies",
        "import salesproc.records, salesproc.testing",
    ],
)
def test_it_does_not_matter_who_is_imported_first(installed, first):
    assert run(installed, first + ASK) == "Lead"


def test_the_library_does_not_load_hypothesis(installed):
    """Not even its made-up data."""
    names = "salesproc, salesproc.records, salesproc.metrics, salesproc.testing"
    assert run(installed, f"import sys, {names}; print('hypothesis' in sys.modules)") == "False"


def test_every_entry_point_can_be_loaded():
    names = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["entry-points"]["hypothesis"]
    assert names
    for name, target in names.items():
        loaded = EntryPoint(name, target, "hypothesis").load()
        assert not callable(loaded)  # Hypothesis would call it
