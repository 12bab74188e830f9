"""The benchmark script runs, and everything it compares does the same work."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "benchmarks" / "run.py"
TINY = ("--rows", "400", "--rounds", "1", "--turn", "0.0005")


@pytest.fixture(scope="module")
def result():
    command = [sys.executable, str(SCRIPT), "--json", *TINY]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_every_adapter_ends_where_the_process_ends(result):
    """Nobody is timed who does not do the work."""
    ends = result["machine"]["ends"]
    assert {"salesproc", "by hand, frozen attrs", "by hand, NamedTuple", "by hand, mutable class"} <= set(
        ends
    )
    assert set(ends.values()) == {"won"}
    assert set(ends) == {"salesproc", *result["machine"]["against"]}


def test_a_package_that_is_missing_is_named(result):
    assert len(result["machine"]["missing"]) + len(result["machine"]["against"]) == 6


def test_every_question_is_asked_of_everybody(result):
    for row in result["machine"]["against"].values():
        assert set(row) == {"accepted", "refused", "illegal", "create", "bytes"}
        assert all(set(row[name]) == {"ours", "theirs", "ratio"} for name in set(row) - {"bytes"})


def test_both_orders_of_a_log_are_measured_in_time_and_memory(result):
    assert set(result["funnel"]["orders"]) == {"by time", "by entity"}
    for cell in result["funnel"]["orders"].values():
        assert set(cell["funnel"]) == {"one sort by a pair", "two sorts"}
        assert {"time_to_convert", "audit"} <= set(cell["beside"])
        assert {"stage_funnel", "time_to_convert", "audit", *cell["funnel"]} == set(cell["peak"])


def test_logs_and_orders_are_measured_beside_the_same_by_hand(result):
    assert set(result["logs"]) == {"audit", "time_in_stage"}
    assert set(result["orders"]) == {"rfm", "abc_xyz", "customer_cohorts"}
    for cell in (result["logs"] | result["orders"]).values():
        assert cell["pair"]["ratio"] > 0
        assert cell["memory"] > 0
        assert len(cell["frames"]) % 2 == 0  # each package that is here, loaded and from rows


def test_a_fit_is_measured_beside_a_simplex_and_by_how_many_customers(result):
    lifetime = result["lifetime"]
    assert lifetime["made up"]["pair"]["ratio"] > 0
    assert set(lifetime["growth"]) == {"few", "many", "wide"}
    few, many = lifetime["growth"]["few"], lifetime["growth"]["many"]
    assert few["patterns"] == many["patterns"]


def test_the_process_does_not_grow_with_the_journeys_made_on_it(result):
    before, after = result["growth"]["process_bytes"]
    assert before == after


def test_the_import_brings_attrs_and_nothing_of_an_extra(result):
    assert "attr" in result["import"]["others"]
    extras = {
        "hypothesis",
        "pandas",
        "polars",
        "numpy",
        "matplotlib",
        "transitions",
        "statemachine",
        "automat",
    }
    assert not extras & set(result["import"]["others"])


def test_every_target_has_a_verdict(result):
    for verdict in result["verdicts"]:
        assert set(verdict) == {"what", "measured", "target", "met"}
    lifetime = [one for one in result["verdicts"] if one["what"].startswith(("fit_bg_nbd", "search"))]
    assert len(result["verdicts"]) - len(lifetime) == 23
    assert 2 <= len(lifetime) <= 5  # with the real data, and with the package lifetimes, more is compared


def test_the_table_fits_a_page():
    """What a person reads is one table of a hundred columns."""
    command = [sys.executable, str(SCRIPT), *TINY]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert max(map(len, text.splitlines())) <= 100
    assert "TARGETS" in text
