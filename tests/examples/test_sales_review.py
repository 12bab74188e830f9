"""The sales review prints what a plain computation finds in the same files."""

import csv
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

REVIEW = Path(__file__).parents[2] / "docs" / "examples" / "sales_review.py"
END = date(2017, 12, 31)


@pytest.fixture(scope="module")
def folder(real_data):
    found = real_data / "maven_crm_sales"
    if not found.is_dir():
        pytest.skip("needs the Maven CRM sales sample in the folder that SALESPROC_DATA names")
    return found


@pytest.fixture(scope="module")
def text(folder):
    return subprocess.run(
        [sys.executable, str(REVIEW), str(folder)], capture_output=True, check=True, encoding="utf-8"
    ).stdout


def rows(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_traps_of_the_data_are_named_with_their_counts(folder, text):
    pipeline = rows(folder, "sales_pipeline.csv")
    assert f"- {sum(row['product'] == 'GTXPro' for row in pipeline):,} rows spell a product" in text
    assert f"- {sum(not row['engage_date'] for row in pipeline):,} deals in Prospecting" in text
    assert f"- {sum(not row['account'] for row in pipeline):,} open deals name no account" in text


def test_offices_and_quarters_are_those_of_a_plain_count(folder, text):
    office = {row["sales_agent"]: row["regional_office"] for row in rows(folder, "sales_teams.csv")}
    pipeline = [row for row in rows(folder, "sales_pipeline.csv") if row["engage_date"]]
    stages = Counter((office[row["sales_agent"]], row["deal_stage"]) for row in pipeline)
    for name in set(office.values()):
        won, lost = stages[name, "Won"], stages[name, "Lost"]
        [line] = [one for one in text.splitlines() if one.startswith(f"{name} ") and "USD" in one]
        assert line.split()[1] == f"{stages[name, 'Engaging']:,}"
        assert f"{won / (won + lost):.1%} (" in line
    quarters = Counter(
        ((int(row["close_date"][5:7]) + 2) // 3, row["deal_stage"]) for row in pipeline if row["close_date"]
    )
    for quarter in range(1, 5):
        won, lost = quarters[quarter, "Won"], quarters[quarter, "Lost"]
        assert f"Q{quarter}: {won / (won + lost):.1%} (" in text


def test_what_is_stale_is_counted_by_hand(folder, text):
    pipeline = [row for row in rows(folder, "sales_pipeline.csv") if row["engage_date"]]
    day = date.fromisoformat
    longest = max(
        (day(row["close_date"]) - day(row["engage_date"])).days for row in pipeline if row["close_date"]
    )
    ages = [(END - day(row["engage_date"])).days for row in pipeline if not row["close_date"]]
    assert f"longest cycle of any closed deal: {longest} days" in text
    assert f"open deals older than that: {sum(age > longest for age in ages):,} of {len(ages):,}," in text
    prices = {row["product"]: int(row["sales_price"]) for row in rows(folder, "products.csv")}
    worth = sum(
        prices[row["product"].replace("GTXPro", "GTX Pro")] for row in pipeline if not row["close_date"]
    )
    assert f"{worth:,}.00 USD" in text


def test_it_can_be_read_in_a_terminal_of_a_hundred_and_twenty_columns(text):
    assert max(map(len, text.splitlines())) <= 120
