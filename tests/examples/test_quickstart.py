"""The example does what it says: its figures come out of an independent computation, and people can read it."""

import csv
import importlib.util
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from datetime import UTC, datetime, time
from fractions import Fraction
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
QUICKSTART = EXAMPLES / "quickstart.py"


def run(*arguments):
    command = [sys.executable, str(QUICKSTART), *arguments]
    return subprocess.run(
        command, capture_output=True, check=True, encoding="utf-8", env={"PYTHONUTF8": "1"}
    ).stdout


def width(line):
    """Columns on a terminal: Chinese signs take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line
    )


def cells(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected(leads, deals):
    """The figures from the files with the csv module and plain loops, by no code of the library."""
    zone = ZoneInfo("America/Sao_Paulo")
    first = {
        row["mql_id"]: datetime.combine(
            datetime.fromisoformat(row["first_contact_date"]), time(), zone
        ).astimezone(UTC)
        for row in leads
    }
    won = {row["mql_id"]: datetime.fromisoformat(row["won_date"]).replace(tzinfo=UTC) for row in deals}
    as_of = max([*first.values(), *won.values()])
    ages = {}
    for lead, began in first.items():
        if lead not in won:
            ages[lead] = (as_of - began, False)
        elif won[lead] >= began:
            ages[lead] = (won[lead] - began, True)
    at_risk, share_left, curve = len(ages), Fraction(1), []
    by_age = defaultdict(lambda: [0, 0])
    for age, arrived in ages.values():
        by_age[age][0 if arrived else 1] += 1
    for age in sorted(by_age):
        arrived, gone = by_age[age]
        share_left *= 1 - Fraction(arrived, at_risk)
        at_risk -= arrived + gone
        curve.append((age, 1 - share_left))
    return {
        "leads": len(first),
        "won": len(won),
        "open": len(first) - len(won),
        "backwards": len(first) - len(ages),
        "finished_median": median(age.total_seconds() for age, arrived in ages.values() if arrived) / 86400,
        "median": next(
            (age.total_seconds() / 86400 for age, share in curve if share >= Fraction(1, 2)), None
        ),
        "within_30": max(
            (share for age, share in curve if age.total_seconds() <= 30 * 86400), default=Fraction(0)
        ),
        "origins": Counter((row["origin"] or "(none)") for row in leads),
        "origins_won": Counter((row["origin"] or "(none)") for row in leads if row["mql_id"] in won),
    }


def check(text, truth):
    assert f"from MQL to won: {truth['won'] / truth['leads']:.1%} (95 % interval " in text
    assert f"still open: {truth['open']:,} of {truth['leads']:,}; open is not lost" in text
    assert f"won {truth['won'] - truth['backwards']:,}, still open {truth['open']:,}, " in text
    assert f"time runs backwards{truth['backwards']:>9,}" in text
    assert f"median, finished deals only: {truth['finished_median']:.1f} days" in text
    reached = "not reached" if truth["median"] is None else f"{truth['median']:.1f} days"
    assert f"median, open ones counted:   {reached}" in text
    assert f"won within  30 days:         {float(truth['within_30']):.1%}" in text
    for origin, leads in truth["origins"].items():
        won = truth["origins_won"][origin]
        [line] = [one for one in text.splitlines() if one.endswith(f" {origin}") and one.strip()[0].isdigit()]
        assert line.replace(",", "").split()[:3] == [str(leads), str(won), f"{won / leads:.1%}"]


def test_the_sample_says_that_it_is_made_up_and_its_figures_are_right():
    text = run()
    assert text.startswith("A made-up sample, written by the library's simulator.")
    check(text, expected(cells(EXAMPLES / "sample" / "leads.csv"), cells(EXAMPLES / "sample" / "deals.csv")))


def test_the_real_funnel_gives_the_figures_of_an_independent_computation(real_data):
    """The funnel of a real marketplace: 8,000 leads, 842 won, one of them before first contact."""
    folder = real_data / "olist_marketing_funnel"
    if not folder.is_dir():
        pytest.skip("needs the Olist marketing funnel in the folder that SALESPROC_DATA names")
    text = run(str(folder))
    truth = expected(
        cells(folder / "olist_marketing_qualified_leads_dataset.csv"),
        cells(folder / "olist_closed_deals_dataset.csv"),
    )
    assert (truth["leads"], truth["won"], truth["backwards"]) == (8000, 842, 1)
    check(text, truth)
    assert "CC BY-NC-SA 4.0" in text
    assert max(map(width, text.splitlines())) <= 100


def test_it_can_be_read_in_a_terminal_of_a_hundred_columns():
    text = run()
    assert max(map(width, text.splitlines())) <= 100
    assert "ليلى حداد, 林薇贸易: lead, MQL, SAL" in text


def test_one_step_is_refused_with_its_reason_and_the_lead_becomes_a_customer():
    text = run()
    assert "L-1 in 'sal', 'qualify' refused: can_afford is missing" in text
    assert "O-1 in 'present', 'close' refused: open_objections is 1, at most 0 is allowed" in text
    assert "won: <Customer C-1, 1 purchase>" in text


def test_the_sample_is_what_the_simulator_writes(tmp_path):
    """Anybody can make it again, to the letter."""
    spec = importlib.util.spec_from_file_location("make_sample", EXAMPLES / "make_sample.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.FOLDER = tmp_path
    module.main()
    for name in ("leads.csv", "deals.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLES / "sample" / name).read_bytes()
