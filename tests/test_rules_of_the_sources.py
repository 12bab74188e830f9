"""The page that leads from the rules of the sources to the functions names only what there is."""

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "rules-of-the-sources.md"
ROWS = [
    line.strip("| ").split(" | ")
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| rule", "| ---"))
]


def test_every_row_is_a_rule_and_where_it_is():
    assert len(ROWS) > 60
    assert {len(row) for row in ROWS} == {2}
    assert len({rule for rule, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("where", [where for _, where in ROWS])
def test_every_name_leads_somewhere(where):
    names = re.findall(r"`([\w.]+)`", where)
    assert names
    for name in names:
        package, first, *rest = name.split(".")
        module = import_module(f"salesproc.{package}")
        assert first in module.__all__, name
        found = getattr(module, first)
        for part in rest:
            assert hasattr(found, part) or part in {
                one.name for one in getattr(found, "__attrs_attrs__", ())
            }, name
            found = getattr(found, part, None)
