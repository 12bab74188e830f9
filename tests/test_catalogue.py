"""The catalogue names every metric, and says of each what a dashboard has to know."""

import copy
import inspect
import pickle
from typing import get_args

import pytest

from salesproc import lifetime, metrics
from salesproc.catalogue import CATALOGUE
from salesproc.metrics._metric import Direction, InputKind, Level

# Public functions that make no number of their own.
HELPERS = {
    "this_and_last": "asks any metric of two periods",
    "in_currency": "makes deals in one currency of those in several",
    "waiting": "makes the items that `stalled` reads of a log",
    "history_from_summary": "reads a table that somebody has made elsewhere",
    "tenures_from_survivors": "reads a table that somebody has made elsewhere",
    "bootstrap": "says how sure an answer of any model is",
    "to_clv_rows": "lays a purchase history out for other packages",
}
PACKAGES = (metrics, lifetime)


def test_the_catalogue_names_every_public_metric():
    """After a new metric: an entry in the ``_catalogue`` module of its kind, and a case in tests/laws."""
    public = {
        name
        for package in PACKAGES
        for name in package.__all__
        if inspect.isfunction(getattr(package, name)) and not name.startswith(("reduce_", "finish_"))
    }
    missing = sorted(public - CATALOGUE.keys() - HELPERS.keys())
    assert not missing, f"metrics without an entry in the catalogue: {', '.join(missing)}"
    gone = sorted((CATALOGUE.keys() | HELPERS.keys()) - public)
    assert not gone, f"entries that are no public function of a package in it: {', '.join(gone)}"


def test_an_entry_is_of_the_function_it_names():
    assert {name: entry.function for name, entry in CATALOGUE.items()} == {
        name: getattr(lifetime if hasattr(lifetime, name) else metrics, name) for name in CATALOGUE
    }
    assert {entry.name for entry in CATALOGUE.values()} == set(CATALOGUE)


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))
def test_an_entry_says_everything(entry):
    assert entry.question.endswith("?")
    assert all([entry.unit, entry.formula, entry.source])
    assert entry.direction in get_args(Direction)
    assert entry.level in get_args(Level)
    assert entry.input in get_args(InputKind)
    low, high = entry.range
    assert low is None or high is None or low < high
    assert (low, high) == (0, 1) or entry.unit != "share"


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        CATALOGUE["win_rate"] = None


def test_an_entry_can_be_sent_and_copied():
    entry = CATALOGUE["win_rate"]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(entry, protocol)) == entry
    assert copy.copy(entry) == copy.deepcopy(entry) == entry
    assert "\n" not in repr(entry)
