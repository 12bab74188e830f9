"""The report on the customer lifetime prints what its page shows, and runs on a made-up shop."""

import math
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "examples" / "customer_lifetime.py"
PAGE = ROOT / "docs" / "metrics" / "how-long-they-stay.md"


def run(folder):
    return subprocess.run(
        [sys.executable, str(REPORT), str(folder)], capture_output=True, check=False, encoding="utf-8"
    )


def shop():
    """Lines as in the file: two numbers of the customer, day, discs, dollars."""
    chance, lines = Random(7), []
    for n in range(400):
        between, leaves, usual = (9, 25, 70, 240)[n % 4], (0.05, 0.2, 0.5)[n % 3], (20, 30, 55, 90, 25)[n % 5]
        day = date(1997, 1, 1) + timedelta(days=n % 84)
        while day <= date(1998, 6, 30):
            spent = usual * (0.4 + 1.2 * chance.random())
            lines.append(f" {n + 1:05d} {n + 1:04d} {day:%Y%m%d}  1  {spent:7.2f}")
            if chance.random() < leaves:
                break
            day += timedelta(days=1 + int(-math.log(1 - chance.random()) * between))
    return lines


def write(folder, lines):
    (folder / "CDNOW_sample.txt").write_bytes("\r\n".join([*lines, ""]).encode("ascii"))
    return folder


def test_the_page_shows_what_the_report_prints_on_the_real_purchases(real_data):
    if not (real_data / "cdnow" / "CDNOW_sample.txt").is_file():
        pytest.skip("needs the CDNOW sample in the folder that SALESPROC_DATA names")
    done = run(real_data / "cdnow")
    assert done.returncode == 0, done.stderr
    shown = re.search(r"```\n(2,357 customers.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    assert shown[1] == done.stdout.rstrip()


def test_the_report_runs_on_a_made_up_shop_and_names_nobody(tmp_path):
    lines = shop()
    done = run(write(tmp_path, lines))
    assert done.returncode == 0, done.stderr
    cut = {line.split()[1] for line in lines if line.split()[2] <= "19970930"}
    later = sum(line.split()[1] in cut and line.split()[2] > "19970930" for line in lines)
    assert done.stdout.startswith(f"{len(cut)} customers to 1997-09-30, ")
    assert f"made: {later:,}" in done.stdout
    assert "undetermined: nothing" in done.stdout
    assert not re.search(r"\b0[0-9]{3,4}\b", done.stdout)


def test_a_line_that_is_no_order_stops_the_report(tmp_path):
    done = run(write(tmp_path, [*shop()[:9], " 00006 0006 19970326"]))
    assert done.returncode != 0
    assert done.stdout == ""
