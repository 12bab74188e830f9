"""What a rule says of answers: three values, and the gaps it still needs."""

import json
import pickle
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import StorageError, UnknownName
from salesproc.qualification import (
    BANT,
    MEDDIC,
    MEDDICC,
    MEDDPICC,
    NEED_AND_MEANS,
    SPICED,
    AnswerState,
    Criterion,
    Framework,
    Gap,
    Rule,
)

UNKNOWN, UNMET, PARTIAL, MET = AnswerState
STATES = st.sampled_from(AnswerState)


@st.composite
def judged(draw):
    """A framework of any rule, and answers to it."""
    size = draw(st.integers(1, 5))
    rule = draw(
        st.one_of(
            st.just(Rule()),
            st.integers(1, size).map(lambda count: Rule(count=count)),
            st.integers(1, 100).map(lambda part: Rule(share=Decimal(part) / 100)),
        )
    )
    weights = (
        [1] * size if rule.share is None else draw(st.lists(st.integers(1, 9), min_size=size, max_size=size))
    )
    framework = Framework("f", [Criterion(f"c{i}", weight=weight) for i, weight in enumerate(weights)], rule)
    states = {name: draw(STATES) for name in framework.names if draw(st.booleans())}
    return framework, states


def passes(framework, states):
    """The rule, as its words say it."""
    met = [one for one in framework.criteria if states.get(one.name) is MET]
    rule = framework.rule
    if rule.share is not None:
        weight = Fraction(sum(one.weight for one in met), sum(one.weight for one in framework.criteria))
        return weight >= Fraction(rule.share)
    return len(met) >= (len(framework.criteria) if rule.count is None else rule.count)


def completions(framework, states, changing):
    """The answers with those in such a state turned into a plain yes or no, in every way."""
    free = [name for name in framework.names if states.get(name, UNKNOWN) in changing]
    for way in product((MET, UNMET), repeat=len(free)):
        yield states | dict(zip(free, way, strict=True))


@given(judged())
def test_unknown_is_settled_only_when_every_way_of_settling_it_agrees(case):
    framework, states = case
    ways = {passes(framework, way) for way in completions(framework, states, {UNKNOWN})}
    assert framework.judge(states).met == (ways.pop() if len(ways) == 1 else None)


@given(judged())
def test_unknown_never_passes(case):
    """Met already, without any of what is unknown or partial."""
    framework, states = case
    surely = {name: state if state is MET else UNMET for name, state in states.items()}
    assert (framework.judge(states).met is True) == passes(framework, surely)


@given(judged())
def test_the_needed_gaps_are_empty_exactly_when_the_rule_is_met(case):
    framework, states = case
    verdict = framework.judge(states)
    assert (verdict.needed == ()) == passes(framework, states) == (verdict.lacking == 0)
    assert [gap.criterion for gap in verdict.gaps] == [
        name for name in framework.names if states.get(name) is not MET
    ]
    assert all(gap.state == states.get(gap.criterion, UNKNOWN) for gap in verdict.gaps)


@given(judged())
def test_closing_what_is_lacking_is_enough_and_less_is_not(case):
    framework, states = case
    verdict = framework.judge(states)
    for closed in product((True, False), repeat=len(verdict.gaps)):
        chosen = [gap for gap, close in zip(verdict.gaps, closed, strict=True) if close]
        after = states | {gap.criterion: MET for gap in chosen}
        assert passes(framework, after) == (sum(gap.weight for gap in chosen) >= verdict.lacking)


@given(judged())
def test_reachable_without_a_no_turning_into_a_yes(case):
    framework, states = case
    ways = completions(framework, states, {UNKNOWN, PARTIAL})
    assert framework.judge(states).reachable == any(passes(framework, way) for way in ways)


@given(judged())
def test_a_framework_goes_through_json_and_pickle(case):
    framework, _ = case
    assert Framework.from_dict(json.loads(json.dumps(framework.to_dict()))) == framework
    assert pickle.loads(pickle.dumps(framework)) == framework


@pytest.mark.parametrize(
    ("need", "means", "met"),
    [
        (MET, MET, True),
        (MET, UNMET, False),
        (MET, UNKNOWN, None),
        (MET, PARTIAL, False),
        (UNMET, UNKNOWN, False),
        (UNKNOWN, UNKNOWN, None),
    ],
)
def test_need_and_means(need, means, met):
    """The truth table of the six-step sale."""
    assert NEED_AND_MEANS.judge({"need": need, "can_afford": means}).met is met


def test_three_of_four_are_enough_for_bant():
    verdict = BANT.judge({"budget": MET, "authority": MET, "need": MET})
    assert (verdict.met, verdict.needed, verdict.gaps) == (True, (), (Gap("timeframe", UNKNOWN),))
    assert str(verdict) == "met"
    assert BANT.judge({"budget": UNMET, "authority": UNMET}).met is False


def test_the_presets_are_those_of_the_trade():
    assert [len(one.names) for one in (NEED_AND_MEANS, BANT, MEDDIC, MEDDICC, MEDDPICC, SPICED)] == [
        2,
        4,
        6,
        7,
        8,
        5,
    ]
    assert "".join(name[0] for name in SPICED.names if name != "critical_event").upper() == "SPID"
    assert set(MEDDPICC.names) - set(MEDDICC.names) == {"paper_process"}
    assert set(MEDDICC.names) - set(MEDDIC.names) == {"competition"}
    for one in (NEED_AND_MEANS, BANT, MEDDIC, MEDDICC, MEDDPICC, SPICED):
        assert one.source
        assert all(criterion.question.endswith("?") for criterion in one.criteria)


def test_texts():
    weighted = Framework(
        "w", [Criterion("pain", weight=4), Criterion("date"), Criterion("money", weight=3)], Rule(share=0.7)
    )
    assert str(weighted) == "w: at least 6 points of pain 4, date 1, money 3"
    assert str(weighted.judge({"pain": MET})) == "2 more points of date (unknown), money (unknown)"
    assert (
        str(weighted.judge({"money": MET, "date": UNMET})) == "3 more points of pain (unknown), date (unmet)"
    )
    assert str(BANT) == "BANT: at least 3 of budget, authority, need, timeframe"
    assert str(BANT.judge({"budget": PARTIAL})) == (
        "3 more of budget (partial), authority (unknown), need (unknown), timeframe (unknown)"
    )
    assert str(NEED_AND_MEANS) == "need and means: all of need, can_afford"
    assert str(NEED_AND_MEANS.judge({"need": MET})) == "can_afford (unknown)"


def test_part_of_a_framework_is_what_one_stage_asks_for():
    early = SPICED.part("pain", "situation")
    assert str(early) == "SPICED (situation, pain): all of situation, pain"
    assert early.source == SPICED.source
    assert early.criteria[0].question == SPICED.criteria[0].question


def test_a_share_is_a_decimal_number():
    assert Rule(share=1).share == 1
    assert Rule(share=0.7).share == Decimal("0.7")
    assert Framework("w", [Criterion(f"c{i}") for i in range(10)], Rule(share=0.7)).needed == 7


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: Criterion(" "), ValueError, "a criterion has a name, got ' '"),
        (lambda: Criterion(3), ValueError, "a criterion has a name, got 3"),
        (
            lambda: Criterion("by"),
            ValueError,
            "'by' is an argument of every step and cannot be the name of a criterion",
        ),
        (
            lambda: Criterion("a", weight=0),
            ValueError,
            "the weight of 'a' must be a whole number, 1 or more, got 0",
        ),
        (
            lambda: Criterion("a", weight=1.5),
            TypeError,
            "the weight of 'a' must be a whole number, 1 or more, got 1.5",
        ),
        (lambda: Rule(count=True), TypeError, "count must be a whole number, 1 or more, got True"),
        (lambda: Rule(count=0), ValueError, "count must be a whole number, 1 or more, got 0"),
        (
            lambda: Rule(share=70),
            ValueError,
            "share must be above 0 and at most 1, got 70; a percentage is divided by 100 first",
        ),
        (lambda: Rule(share=0), ValueError, "share must be above 0 and at most 1, got 0"),
        (lambda: Rule(share=True), TypeError, "share must be a Decimal, a float or an int, got True"),
        (lambda: Rule(share="0.7"), TypeError, "share must be a Decimal, a float or an int, got '0.7'"),
        (
            lambda: Rule(count=2, share=0.5),
            ValueError,
            "a rule has a count or a share, got 2 and Decimal('0.5')",
        ),
        (lambda: Framework("f", []), ValueError, "framework 'f' needs at least one criterion"),
        (
            lambda: Framework("f", [Criterion("a"), Criterion("a")]),
            ValueError,
            "framework 'f' has more than one criterion 'a'",
        ),
        (
            lambda: Framework("f", [Criterion("a")], Rule(count=2)),
            ValueError,
            "framework 'f' has 1 criteria, so that 2 of them are never met",
        ),
        (
            lambda: Framework("f", [Criterion("a", weight=2)]),
            ValueError,
            "framework 'f' gives weights, which only a rule by share looks at: Rule(share=...)",
        ),
        (
            lambda: BANT.judge({"budgt": MET}),
            UnknownName,
            "framework 'BANT' has no criterion 'budgt'; did you mean 'budget'?",
        ),
        (
            lambda: BANT.part("time"),
            UnknownName,
            "framework 'BANT' has no criterion 'time'; did you mean 'timeframe'?",
        ),
        (BANT.part, ValueError, "framework 'BANT ()' needs at least one criterion"),
        (
            lambda: Framework.from_dict({"name": "f", "criteria": []}),
            StorageError,
            "no stored Framework: framework 'f' needs at least one criterion",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
