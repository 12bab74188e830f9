"""The suite on other Pythons, at the lowest versions, and against the built wheel. Run by ``.ci/run``."""

import shutil
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = True
nox.options.stop_on_first_error = True

QUICK = {"HYPOTHESIS_PROFILE": "quick"}


@nox.session(python=["3.12", "3.13"])
def quick(session: nox.Session) -> None:
    """The quick suite."""
    session.install("-q", "-e", ".[dev]")
    session.run("pytest", "-q", "-m", "not slow", env=QUICK)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """The quick suite at the lowest versions the project claims to work with."""
    pins = ["attrs==23.1.0", "python-dateutil==2.8.2", "hypothesis==6.100.0", "pytest==8.2.0", "sybil==8.0.0"]
    session.install("-q", "-e", ".[dev]", *pins)
    session.run("pytest", "-q", "-m", "not slow", env=QUICK)


@nox.session(python="3.13")
def wheel(session: nox.Session) -> None:
    """The built wheel, installed elsewhere, with the sources out of the way."""
    session.install("-q", "build")
    out = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(out, ignore_errors=True)
    session.run("python", "-m", "build", "-q", "--outdir", str(out), silent=True)
    [built] = out.glob("*.whl")
    elsewhere = Path(session.create_tmp()).resolve() / "project"
    shutil.rmtree(elsewhere, ignore_errors=True)
    elsewhere.mkdir(parents=True)
    for part in ("tests", "docs", "README.md", "CHANGELOG.md", "conftest.py", "pyproject.toml", "LICENSE"):
        source = Path(part)
        if source.is_dir():
            shutil.copytree(source, elsewhere / part, ignore=shutil.ignore_patterns("_build", "__pycache__"))
        else:
            shutil.copy(source, elsewhere / part)
    session.install("-q", f"{built}[testing]", "pytest", "sybil")
    session.chdir(elsewhere)
    session.run("python", "tests/check_wheel.py", str(built))
    session.run("pytest", "-q", "-m", "not slow", "tests", "docs", "README.md", env=QUICK)
