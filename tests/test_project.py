"""The project keeps the promises it makes about itself."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import salesproc

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "salesproc"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOREIGN = {
    "hypothesis",
    "pandas",
    "polars",
    "numpy",
    "scipy",
    "matplotlib",
    "lifelines",
    "dateutil.parser",
    "pytest",
}

needs_sources = pytest.mark.skipif(not SOURCES.is_dir(), reason="the sources are out of the way")


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "module",
    [
        "salesproc",
        "salesproc.stages",
        "salesproc.records",
        "salesproc.metrics",
        "salesproc.lifetime",
        "salesproc.catalogue",
        "salesproc.adapters",
        "salesproc.testing",
    ],
)
def test_importing_loads_nothing_of_an_extra(module):
    loaded = set(python(f"import sys, {module}; print(*sys.modules)").split())
    assert loaded & FOREIGN == set()
    assert "attr" in loaded


def test_the_version_is_told_once_and_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == salesproc.__version__
    assert f"\n## {salesproc.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_run_time_needs_attrs_and_dateutil_alone():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [re.split("[<>=]", need)[0] for need in project["dependencies"]] == ["attrs", "python-dateutil"]


@needs_sources
def test_only_one_module_imports_dateutil():
    found = [
        path.name
        for path in SOURCES.rglob("*.py")
        if re.search(r"^(from|import) dateutil", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert found == ["periods.py"]


@needs_sources
def test_no_module_is_longer_than_two_modules_should_be():
    long = {
        path.name: n
        for path in SOURCES.rglob("*.py")
        if path.name != "__init__.py"  # a list of names, to be searched and not read
        and (n := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_every_block_of_python_and_output_in_the_pages_is_run():
    """A block that is silently not collected proves nothing."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "README.md",
        "docs",
    ]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    collected = len(re.findall(r"\.md::line:\d+,column:1", listed))
    blocks = sum(
        len(re.findall(r"^```(?:python|text)$|^<!-- skip:", page.read_text("utf-8"), re.MULTILINE))
        for page in PAGES
    )
    assert blocks > 30
    assert collected == blocks


def test_no_page_links_to_a_page_that_is_not_there():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
