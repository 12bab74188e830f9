"""The agreement as data: it goes through JSON, and one that promises nothing is none."""

import json
import pickle
from datetime import timedelta
from decimal import Decimal

import pytest

from salesproc import PeriodError, StorageError
from salesproc.agreement import LeadAgreement

DAY = timedelta(days=1)
FULL = LeadAgreement(
    name="2026",
    every="week",
    leads=30,
    accepted=0.9,
    decide_within=DAY,
    try_within=DAY / 2,
    answer_within=DAY / 6,
    tries=5,
    tries_within=14 * DAY,
    in_time=Decimal("0.95"),
)


def test_it_goes_through_json_and_pickle():
    assert LeadAgreement.from_dict(json.loads(json.dumps(FULL.to_dict()))) == FULL
    assert pickle.loads(pickle.dumps(FULL)) == FULL
    assert FULL.accepted == Decimal("0.9")
    with pytest.raises(StorageError, match=r"\$.every: 'months' is no word: one of 'day', .* expected"):
        LeadAgreement.from_dict(FULL.to_dict() | {"every": "months"})


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "agreement 'x' promises nothing; give leads=, accepted= or a time"),
        ({"tries_within": DAY}, ValueError, "but not how many: give tries="),
        ({"leads": 0}, ValueError, "leads must be a whole number, 1 or more, got 0"),
        ({"leads": 1.5}, TypeError, "leads must be a whole number"),
        ({"accepted": 90}, ValueError, "accepted must be above 0 and at most 1, got 90; a percentage"),
        ({"accepted": "0.9"}, TypeError, "accepted must be a Decimal, a float or an int, got '0.9'"),
        ({"accepted": 0}, ValueError, "accepted must be above 0 and at most 1, got 0$"),
        ({"in_time": 95, "leads": 1}, ValueError, "in_time must be above 0 and at most 1"),
        ({"decide_within": 24}, TypeError, "decide_within must be a timedelta"),
        ({"try_within": 0 * DAY}, ValueError, "try_within must be above 0"),
        ({"leads": 1, "every": "months"}, PeriodError, "there is no unit 'months'; did you mean 'month'"),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        LeadAgreement(name="x", **options)
