"""The four kinds of question: what was asked, what was not, and what came after its time."""

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import NaiveTimeError, RecordError, StorageError
from salesproc.qualification import SpinKind, SpinLog, SpinQuestion

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS = st.lists(st.sampled_from(SpinKind), max_size=8)


def log_of(kinds):
    log = SpinLog("L-1", MONDAY, by="sara")
    for number, kind in enumerate(kinds):
        log = log.asked(kind, f"question {number}", answer="yes" if number % 2 else None)
    return log


@given(KINDS)
def test_every_question_is_covered_and_what_is_missing_was_not_asked(kinds):
    log = log_of(kinds)
    assert sum(log.coverage.values()) == len(kinds)
    assert [*log.coverage] == [*SpinKind]
    assert set(log.missing) == set(SpinKind) - set(kinds)


@given(KINDS)
def test_in_order_means_nothing_to_say_about_the_order(kinds):
    log, order = log_of(kinds), [*SpinKind]
    late = [
        i for i, kind in enumerate(kinds) if any(order.index(one) > order.index(kind) for one in kinds[:i])
    ]
    assert log.out_of_order == tuple(log.questions[i] for i in late)
    assert log_of(sorted(kinds, key=order.index)).out_of_order == ()


@given(KINDS)
def test_a_log_goes_through_json_and_pickle(kinds):
    log = log_of(kinds)
    assert SpinLog.from_dict(json.loads(json.dumps(log.to_dict()))) == log
    assert pickle.loads(pickle.dumps(log)) == log


def test_a_call_that_went_to_the_solution_too_soon():
    log = log_of(["situation", "need-payoff", "problem"])
    assert log.missing == (SpinKind.IMPLICATION,)
    assert log.out_of_order == (SpinQuestion(SpinKind.PROBLEM, "question 2"),)
    assert repr(log) == (
        "<SpinLog of L-1 at 2026-03-02T09:00:00+00:00: situation 1, problem 1, implication 0, need-payoff 1; "
        "not asked: implication>"
    )
    assert str(log_of(SpinKind)) == "situation 1, problem 1, implication 1, need-payoff 1"


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: SpinLog("", MONDAY), RecordError, "a call is with a lead or deal that has a name, got ''"),
        (
            lambda: SpinLog("L-1", datetime(2026, 3, 2)),
            NaiveTimeError,
            (
                "at must be a datetime with a time zone, got datetime.datetime(2026, 3, 2, 0, 0); add one, for example "
                "tzinfo=datetime.UTC"
            ),
        ),
        (
            lambda: log_of([]).asked("problems", "?"),
            ValueError,
            "there is no kind of SPIN question 'problems'; did you mean 'problem'?",
        ),
        (
            lambda: SpinLog("L-1", MONDAY, questions=[SpinQuestion("payoff", "?")]),
            ValueError,
            "there is no kind of SPIN question 'payoff'; did you mean 'need-payoff'?",
        ),
        (
            lambda: SpinLog.from_dict({"entity": "L-1"}),
            StorageError,
            "no stored SpinLog: SpinLog.__init__() missing 1 required positional argument: 'at'",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
