"""What customers say when they leave."""

import pickle
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, Rate
from salesproc.metrics import (
    ExitAnswer,
    ExitSurveyCounts,
    churn_reasons,
    exit_survey,
    finish_exit_survey,
    finish_pareto,
    reduce_churn_reasons,
    reduce_exit_survey,
)
from salesproc.records import ChurnReason

WORDS = st.sampled_from([None, "", " ", "slow", "rude", "queue"])
ROWS = st.lists(st.tuples(st.integers(0, 99), WORDS, WORDS, WORDS), max_size=12)


def said(answer):
    return answer if answer and answer.strip() else None


@given(ROWS)
def test_each_question_is_counted_by_itself(rows):
    found = exit_survey(rows)
    for place, causes in enumerate((found.product, found.staff, found.irritation), 1):
        assert {row.cause: row.cases for row in causes} == Counter(said(row[place]) for row in rows)
    assert found.answered == Rate(len([row for row in rows if any(map(said, row[1:]))]), len(rows))
    assert (found.undefined is None) == bool(found.answered.hits)


@given(ROWS, ROWS)
def test_regions_add_up(north, south):
    parts = reduce_exit_survey(north) + reduce_exit_survey(south)
    assert finish_exit_survey(parts) == exit_survey(north + south)
    reasons = reduce_churn_reasons(north) + reduce_churn_reasons(south)
    assert finish_pareto(reasons) == churn_reasons(north + south)


@given(ROWS)
def test_the_reasons_of_all_who_left(rows):
    found = churn_reasons(rows)
    assert {row.cause: row.cases for row in found} == Counter(said(row[1]) for row in rows)
    assert found.named == Rate(len([row for row in rows if said(row[1])]), len(rows))


def test_those_who_say_nothing_come_last():
    rows = [("a", ChurnReason.SERVICE), ["b", None], ("c", " "), ("d", "neglect"), ("e", "neglect")]
    assert [(row.cause, row.cases) for row in churn_reasons(rows)] == [
        ("neglect", 2),
        ("service", 1),
        (None, 2),
    ]


def test_the_survey_shows_itself():
    found = exit_survey([ExitAnswer("a", "slow", "<b>"), ExitAnswer("b", "slow"), ExitAnswer("c")])
    assert repr(found) == "<ExitSurvey: 66.7% (2 of 3) answered>"
    assert str(found).splitlines() == [
        "question    answer  cases   share",
        "product       slow      2   66.7%",
        "product     (none)      1   33.3%",
        "staff          <b>      1   33.3%",
        "staff       (none)      2   66.7%",
        "irritation  (none)      3  100.0%",
    ]
    assert found.to_rows()[0] == {
        "question": "product",
        "cause": "slow",
        "cases": 2,
        "value": None,
        "share": 2 / 3,
        "cumulative": 2 / 3,
    }
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert exit_survey([ExitAnswer("a")]).undefined == "nobody who left said why"
    assert exit_survey([]).answered == Rate(0, 0)


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: exit_survey([("a", "slow")]),
            LogError,
            r"row 1 is no row of customer, product, staff, irritation: \('a', 'slow'\)",
        ),
        (
            lambda: churn_reasons([("a", "x"), "bc"]),
            LogError,
            "row 2 is no row of customer, reason: 'bc'",
        ),
        (lambda: churn_reasons([7]), LogError, "row 1 is no row of customer, reason: 7"),
        (lambda: ExitSurveyCounts() + 1, TypeError, "unsupported operand"),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
