"""Makes ``simulated`` importable from the tests beside it, and reads the CDNOW purchases where they are."""

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from salesproc import Money
from salesproc.lifetime import holdout_history

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def cdnow(real_data):
    """The tenth of the CDNOW customers that the papers use, cut after 39 weeks."""
    file = real_data / "cdnow" / "CDNOW_sample.txt"
    if not file.is_file():
        pytest.skip("needs the CDNOW sample in the folder that SALESPROC_DATA names")
    lines = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    orders = [
        (who, date(int(day[:4]), int(day[4:6]), int(day[6:])), Money(Decimal(spent), "USD"))
        for _, who, day, _, spent in filter(None, lines)
    ]
    return holdout_history(orders, calibration_end=date(1997, 9, 30), as_of=date(1998, 6, 30), unit="week")
