"""Errors: one tree, each also the built-in people already catch; they pickle and say what would work."""

import pickle

import pytest

import salesproc
from salesproc import DefinitionError, SalesprocError, UnknownName
from salesproc.errors import did_you_mean

BUILT_INS = {
    "CurrencyMismatch": TypeError,
    "DefinitionError": ValueError,
    "FitError": ValueError,
    "LogError": ValueError,
    "MoneyError": ValueError,
    "NaiveTimeError": ValueError,
    "PeriodError": ValueError,
    "RecordError": ValueError,
    "StorageError": ValueError,
    "UnknownName": LookupError,
}


@pytest.mark.parametrize(("name", "built_in"), BUILT_INS.items())
def test_every_error_is_ours_and_a_built_in(name, built_in):
    """Code that catches ValueError goes on working."""
    assert issubclass(getattr(salesproc, name), (SalesprocError, built_in))
    assert issubclass(getattr(salesproc, name), SalesprocError)
    assert issubclass(getattr(salesproc, name), built_in)


@pytest.mark.parametrize(
    "error",
    [
        salesproc.MoneyError("no such currency"),
        UnknownName("stage", "wno", ["won", "lost"], "process 'sales'"),
        DefinitionError("sales", ["one", "two"]),
    ],
)
def test_errors_pickle_with_their_message(error):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert (type(again), again.args, str(again)) == (type(error), error.args, str(error))


def test_an_unknown_name_is_answered_with_the_nearest():
    error = UnknownName("stage", "wno", ["won", "lost"], "process 'sales'")
    assert str(error) == "process 'sales' has no stage 'wno'; did you mean 'won'?"
    assert (error.what, error.given, error.known, error.where) == (
        "stage",
        "wno",
        ("won", "lost"),
        "process 'sales'",
    )


def test_far_from_every_name_all_are_listed_up_to_twenty():
    assert did_you_mean("zzz", ["won", "lost"]) == "known: 'won', 'lost'"
    assert did_you_mean("zzz", []) == "known: none"
    assert did_you_mean("zzz", [f"a{i}" for i in range(25)]).endswith("'a19' and 5 more")


def test_a_definition_error_lists_its_faults():
    assert str(DefinitionError("sales", ["one", "two"])) == "process 'sales' has 2 faults\n  - one\n  - two"
