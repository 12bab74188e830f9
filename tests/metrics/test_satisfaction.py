"""Whether customers would recommend us, are satisfied, and had an easy time."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, Rate
from salesproc.metrics import (
    customer_effort_agreement,
    customer_effort_mean,
    customer_effort_net,
    customer_satisfaction,
    finish_customer_effort_mean,
    finish_customer_satisfaction,
    finish_net_promoter_score,
    net_promoter_score,
    reduce_answers,
)


def answers(low, high):
    return st.lists(st.none() | st.integers(low, high), max_size=20)


@given(answers(0, 10))
def test_promoters_less_detractors(said):
    found = net_promoter_score(said)
    known = [one for one in said if one is not None]
    assert found.promoters == len([one for one in known if one >= 9])
    assert found.detractors == len([one for one in known if one < 7])
    assert found.promoters + found.passives + found.detractors == len(known) == found.answered
    assert found.unanswered == len(said) - len(known)


@given(answers(1, 5), st.integers(2, 5))
def test_a_higher_threshold_satisfies_no_more(said, threshold):
    found = customer_satisfaction(said, satisfied_from=threshold)
    assert found == Rate(
        len([one for one in said if one is not None and one >= threshold]),
        len([one for one in said if one is not None]),
    )
    if threshold < 5:
        assert customer_satisfaction(said, satisfied_from=threshold + 1).hits <= found.hits


@given(answers(1, 7))
def test_three_scores_of_one_name(said):
    """The same answers: a mean, a share and a net share of effort."""
    known = [one for one in said if one is not None]
    mean, agreement, net = (
        customer_effort_mean(said),
        customer_effort_agreement(said),
        customer_effort_net(said),
    )
    assert agreement == Rate(len([one for one in known if one > 4]), len(known))
    assert net.positive == len([one for one in known if one > 5])
    assert net.negative == len([one for one in known if one < 4])
    assert net.answered == len(known)
    if known:
        assert mean.exact == Fraction(sum(known), len(known))
    else:
        assert mean.undefined == net.undefined == "nobody answered"
        assert agreement.undefined


def test_where_the_borders_are():
    """One answer of every kind: two promoters, two passives, seven detractors."""
    found = net_promoter_score(range(11))
    assert (found.promoters, found.passives, found.detractors) == (2, 2, 7)
    assert str(net_promoter_score([])) == "n/a (0 promoters, 0 passives, 0 detractors, 0 unanswered)"
    net = customer_effort_net(range(1, 8))
    assert (net.positive, net.neutral, net.negative) == (2, 2, 3)
    assert customer_effort_agreement(range(1, 8)) == Rate(3, 7)
    assert customer_effort_mean(range(1, 8)).value == 4


def test_any_scale_of_satisfaction():
    assert customer_satisfaction([1, 2], satisfied_from=2, scale=(1, 2)) == Rate(1, 2)
    assert customer_satisfaction([0, 7, 10], satisfied_from=7, scale=(0, 10)) == Rate(2, 3)


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: net_promoter_score([9, 11]), LogError, "answer 2 must be a whole number from 0 to 10"),
        (lambda: customer_effort_mean([0]), LogError, "answer 1 must be a whole number from 1 to 7"),
        (
            lambda: finish_net_promoter_score(reduce_answers([], scale=(1, 10))),
            ValueError,
            "a Net Promoter Score is asked on the scale from 0 to 10, got answers from 1 to 10",
        ),
        (
            lambda: finish_customer_effort_mean(reduce_answers([], scale=(1, 5))),
            ValueError,
            "a Customer Effort Score 2.0 is asked on the scale from 1 to 7, got answers from 1 to 5",
        ),
        (
            lambda: customer_satisfaction([], satisfied_from=6),
            ValueError,
            "satisfied_from must be above the lowest answer 1 and at most 5, got 6",
        ),
        (lambda: customer_satisfaction([], satisfied_from=1), ValueError, "above the lowest answer 1"),
        (
            lambda: finish_customer_satisfaction(reduce_answers([], scale=(0, 3)), satisfied_from=4),
            ValueError,
            "at most 3, got 4",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
