"""Answers as they are counted, and the share on one side less that on the other."""

import math
import pickle
import statistics
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, Rate
from salesproc.metrics import AnswerCounts, NetScore, Nps, reduce_answers

ANSWERS = st.lists(st.none() | st.integers(1, 5), max_size=20)
SIDES = st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=40)


@given(ANSWERS, ANSWERS)
def test_two_surveys_add_up(one, other):
    both = reduce_answers(one, scale=(1, 5)) + reduce_answers(other, scale=(1, 5))
    assert both == reduce_answers(one + other, scale=(1, 5))


@given(ANSWERS)
def test_nobody_is_lost(answers):
    """Who answered and who did not are all who were asked."""
    found = reduce_answers(answers, scale=(1, 5))
    assert found.answered + found.unanswered == len(answers)
    assert found.response_rate == Rate(len([a for a in answers if a is not None]), len(answers))
    assert found.between(1, 5) == found.answered
    assert found.between(1, 2) + found.between(3, 5) == found.answered
    assert found.undefined == (None if found.answered else "nobody answered")


@given(SIDES)
def test_the_score_is_the_mean_and_the_interval_that_of_the_variance(sides):
    """Good answers as 1, bad ones as -1: the score is their mean, its error that of a mean."""
    counts = Counter(sides)
    found = NetScore(counts[1], counts[0], counts[-1])
    mean = Fraction(sum(sides), len(sides))
    assert (found.exact, found.value, found.points) == (mean, float(mean), float(100 * mean))
    error = math.sqrt(statistics.pvariance(sides) / len(sides))
    interval = found.interval()
    if len(counts) == 1:
        assert interval is None
    else:
        assert interval.low == pytest.approx(max(-1, mean - 1.959964 * error), abs=1e-6)
        assert interval.high == pytest.approx(min(1, mean + 1.959964 * error), abs=1e-6)


def test_the_error_of_a_published_example():
    """Half promoters, a third passives, a sixth detractors: variance 5/9, so 4.1 points of standard error with 324 answers."""
    interval = NetScore(162, 108, 54).interval(0.6826894921370859)  # one standard error to either side
    assert (interval.high - interval.low) / 2 == pytest.approx(math.sqrt(5 / 9 / 324))
    assert round((interval.high - interval.low) / 2, 3) == 0.041


def test_an_interval_stays_on_the_scale():
    assert NetScore(9, 1, 0).interval().high == 1.0
    assert NetScore(0, 1, 9).interval().low == -1.0


def test_one_answer_is_no_certainty():
    """No spread, no interval: a single promoter does not prove 100 points."""
    assert NetScore(1, 0, 0).points == 100
    assert NetScore(1, 0, 0).interval() is None
    assert NetScore(0, 0, 0).interval() is None
    assert NetScore(0, 0, 0).undefined == "nobody answered"
    assert NetScore(1, 0, 0).undefined is None


def test_the_results_show_themselves():
    found = reduce_answers([3, 1, 3, None], scale=(1, 3))
    assert repr(found) == "<AnswerCounts: 3 answers from 1 to 3, 1 unanswered>"
    assert found.to_rows() == [
        {"answer": 1, "count": 1, "share": 1 / 3},
        {"answer": 2, "count": 0, "share": 0.0},
        {"answer": 3, "count": 2, "share": 2 / 3},
    ]
    score, nothing = NetScore(2, 1, 1, 3), NetScore(0, 0, 0, 2)
    assert repr(score) == "<NetScore: +25.0 (2 positive, 1 neutral, 1 negative, 3 unanswered)>"
    assert str(nothing) == "n/a (0 positive, 0 neutral, 0 negative, 2 unanswered)"
    row = score.to_rows()[0]
    assert (row["positive"], row["unanswered"], row["value"]) == (2, 3, 0.25)
    assert row["low"] < 0.25 < row["high"]
    assert nothing.to_rows()[0]["low"] is None
    assert (nothing.value, nothing.points) == (None, None)
    nps = Nps(2, 1, 1)
    assert (nps.promoters, nps.passives, nps.detractors) == (2, 1, 1)
    assert nps != NetScore(2, 1, 1)
    for one in (found, score, nps):
        assert "<table>" in one._repr_html_()
        assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: reduce_answers([5, 6], scale=(1, 5)),
            LogError,
            "answer 2 must be a whole number from 1 to 5",
        ),
        (lambda: reduce_answers([4.0], scale=(1, 5)), LogError, "or None for no answer, got 4.0"),
        (lambda: reduce_answers([math.nan], scale=(1, 5)), LogError, "or None for no answer, got nan"),
        (lambda: reduce_answers([True], scale=(1, 5)), LogError, "got True"),
        (lambda: reduce_answers(["5"], scale=(1, 5)), LogError, "got '5'"),
        (lambda: reduce_answers([], scale=(5, 5)), ValueError, r"scale must rise .* got \(5, 5\)"),
        (
            lambda: AnswerCounts((1, 5)) + AnswerCounts((0, 10)),
            ValueError,
            r"counts add up only with the same scale, got \(1, 5\) and \(0, 10\)",
        ),
        (lambda: AnswerCounts((1, 5)) + 1, TypeError, "unsupported operand"),
        (lambda: NetScore(1, 0, 1).interval(95), ValueError, "confidence must lie between 0 and 1"),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
