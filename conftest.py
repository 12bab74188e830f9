"""What every test of the project shares: the Hypothesis profiles, the real data, and the executed pages."""

import io
import os
from contextlib import redirect_stdout
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser, SkipParser

# Collected for their doctests, modules nobody has imported yet would be made a second time, and their classes with them.
for package in (
    "adapters",
    "agreement",
    "customers",
    "follow_up",
    "goals",
    "lifetime",
    "loyalty",
    "metrics",
    "qualification",
    "records",
    "stages",
    "testing",
):
    import_module(f"salesproc.{package}")

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.register_profile("quick", parent=settings.get_profile("ci"), max_examples=20)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


class Printing(PythonEvaluator):
    """Runs a block of Python and keeps what it prints."""

    def __call__(self, example: Example) -> None:
        """Run it."""
        printed = io.StringIO()
        with redirect_stdout(printed):
            super().__call__(example)
        example.namespace["_printed"] = printed.getvalue()


def was_printed(example: Example) -> None:
    """A ``text`` block is what the block of Python before it printed, to the letter."""
    printed = example.namespace.pop("_printed", "")
    if printed.rstrip() != str(example.parsed).rstrip():
        raise AssertionError(f"the page says\n{example.parsed}\nbut printed was\n{printed}")


pytest_collect_file = Sybil(
    parsers=[
        CodeBlockParser(language="python", evaluator=Printing()),
        CodeBlockParser(language="text", evaluator=was_printed),
        SkipParser(),
    ],
    patterns=["README.md", "docs/**/*.md"],
).pytest()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; the test is skipped where there is none."""
    folder = os.environ.get("SALESPROC_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs the real data sets in the folder that SALESPROC_DATA names")
    return Path(folder)


@pytest.fixture(scope="session")
def cdnow(real_data: Path) -> list[tuple[str, date, str]]:
    """The CDNOW purchases: customer, day, and the amount in dollars as it is written."""
    folder = real_data / "cdnow"
    if not folder.is_dir():
        pytest.skip("needs the CDNOW purchases in the folder that SALESPROC_DATA names")
    lines = [line.split() for line in (folder / "CDNOW_master.txt").read_text().splitlines()]
    return [
        (who, date(int(day[:4]), int(day[4:6]), int(day[6:])), spent)
        for who, day, _, spent in (line for line in lines if line and line[0].isdigit())
    ]
