"""The lines type checkers must refuse are there, and each is refused for the reason it names."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REFUSED = Path(__file__).with_name("refused.py")
MARK = re.compile(r"  # type: ignore\[(?P<mypy>[\w, -]+)\]  # (?P<pyright>[\w, ]+)$")


def marks() -> dict[int, tuple[str, str]]:
    """The errors of mypy and of pyright that each marked line names, by line number."""
    found = enumerate(map(MARK.search, REFUSED.read_text(encoding="utf-8").splitlines()), start=1)
    return {number: (match["mypy"], match["pyright"]) for number, match in found if match}


def test_enough_lines_are_refused() -> None:
    """Wrong stages, evidence left out, wrong types, ids mixed up, fields set, foreign stages."""
    assert len(marks()) >= 75
    assert REFUSED.read_text(encoding="utf-8").count("type: ignore") == len(marks())


@pytest.mark.slow
def test_pyright_finds_the_very_error_a_line_names(tmp_path: Path) -> None:
    """Under ``# type: ignore`` pyright only sees to it that there is some error; here it has to be that one."""
    pyright = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if pyright is None:
        pytest.skip("pyright is not installed")
    bare = tmp_path / "refused.py"
    lines = REFUSED.read_text(encoding="utf-8").splitlines()
    bare.write_text("\n".join(MARK.sub("", line) for line in lines), encoding="utf-8")
    command = [pyright, "--outputjson", "--pythonpath", sys.executable, str(bare)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    found: dict[int, set[str]] = {}
    for one in json.loads(run.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            found.setdefault(one["range"]["start"]["line"] + 1, set()).add(one["rule"])
    assert found == {number: set(pyright.split(", ")) for number, (_, pyright) in marks().items()}
