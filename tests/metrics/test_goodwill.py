"""Good experiences against bad ones that still stand."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.metrics import goodwill

COUNT = st.integers(0, 500)


@given(COUNT, COUNT, st.integers(1, 30))
def test_either_some_are_missing_or_some_are_left(positives, unresolved, ratio):
    found = goodwill(positives, unresolved, ratio=ratio)
    assert found.missing == 0 or found.reserve == 0
    assert positives + found.missing - found.reserve == ratio * unresolved == found.needed


@given(COUNT, st.integers(1, 99))
def test_putting_one_right_saves_twelve(positives, unresolved):
    before, after = goodwill(positives, unresolved), goodwill(positives, unresolved - 1)
    assert before.needed - after.needed == 12


@pytest.mark.parametrize(
    ("positives", "unresolved", "needed", "missing"),
    [(0, 1, 12, 12), (0, 3, 36, 36), (30, 3, 36, 6), (40, 3, 36, 0)],
)
def test_twelve_to_one(positives, unresolved, needed, missing):
    found = goodwill(positives, unresolved)
    assert (found.needed, found.missing) == (needed, missing)


def test_the_result_shows_itself():
    assert str(goodwill(40, 3)) == "4 in reserve (40 positive, 36 for 3 unresolved)"
    found = goodwill(30, 3)
    assert repr(found) == "<Goodwill: 6 more needed (30 positive, 36 for 3 unresolved)>"
    assert found.to_rows() == [
        {"positives": 30, "unresolved": 3, "ratio": 12, "needed": 36, "missing": 6, "reserve": 0}
    ]
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: goodwill(-1, 0), ValueError, "positives must be a whole number, 0 or more, got -1"),
        (lambda: goodwill(1, 0.5), TypeError, "unresolved must be a whole number"),
        (lambda: goodwill(1, 1, ratio=0), ValueError, "ratio must be a whole number, 1 or more, got 0"),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
