"""Going back is counted once as a move, and coming again once as a visit."""

import copy
import pickle
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import NaiveTimeError, UnknownName
from salesproc.metrics import Breakdown, finish_rework, reduce_rework, rework
from salesproc.rates import Rate
from salesproc.stages import Process

DAY = timedelta(days=1)
START = date(2024, 1, 1)
AS_OF = START + 30 * DAY
STAGES = ["talk", "offer", "deal"]


def way(who, *stages):
    """One row a day."""
    return [(who, stage, START + day * DAY) for day, stage in enumerate(stages)]


ways = st.dictionaries(
    st.sampled_from("abcd"), st.lists(st.sampled_from([*STAGES, "parked", "won"]), min_size=1, max_size=8)
)


def log_of(ways):
    return [row for who, stages in ways.items() for row in way(who, *stages)]


# Laws


@given(ways)
def test_moves_back_and_repeats_are_those_of_the_walk(ways):
    result = rework(log_of(ways), STAGES, as_of=AS_OF, final=["won"])
    back = moves = 0
    repeated, went_back = set(), set()
    for who, stages in ways.items():
        for part in " ".join(stages).split("won"):
            listed = [stage for stage in part.split() if stage in STAGES]
            steps = [(a, b) for a, b in pairwise(listed) if a != b]
            moves += len(steps)
            backwards = [(a, b) for a, b in steps if STAGES.index(b) < STAGES.index(a)]
            back += len(backwards)
            went_back |= {who} if backwards else set()
        visits = [b for a, b in zip([None, *stages], stages, strict=False) if a != b]
        repeated |= {who for stage in STAGES if visits.count(stage) > 1}
    there = [who for who, stages in ways.items() if set(stages) & set(STAGES)]
    assert result.moves == Rate(back, moves)
    assert result.entities == Rate(len(went_back), len(there))
    assert result.repeated == Rate(len(repeated), len(there))


@given(ways)
def test_who_moved_back_has_come_back(ways):
    result = rework(log_of(ways), STAGES, as_of=AS_OF, final=["won"])
    assert sum(stage.moved_back for stage in result) == sum(stage.came_back for stage in result)
    for stage in result:
        assert stage.entities <= stage.visits
        assert stage.repeat_visits >= 0
        assert stage.back.trials == stage.visits


@given(ways, ways)
def test_any_split_of_the_entities_adds_up(north, south):
    south = {who.upper(): stages for who, stages in south.items()}
    parts = [reduce_rework(log_of(one), STAGES, as_of=AS_OF) for one in (north, south)]
    both = log_of(south) + log_of(north)
    assert parts[0] + parts[1] == reduce_rework(both, STAGES, as_of=AS_OF)
    assert finish_rework(parts[0] + parts[1]) == rework(iter(both), STAGES, as_of=AS_OF)
    by = rework(both, STAGES, as_of=AS_OF, by=str.isupper)
    assert isinstance(by, Breakdown)
    assert by.total == rework(both, STAGES, as_of=AS_OF)


# Worked by hand


def test_by_hand():
    """Back to the talk, once more; one that goes straight; one reopened after it was won, which is no move back."""
    log = [
        *way("a", "talk", "offer", "talk", "offer", "deal"),
        *way("b", "talk", "offer", "deal"),
        *way("c", "offer", "won", "talk"),
        *way("d", "offer", "parked", "talk"),
        ("e", "talk", AS_OF + DAY),
    ]
    result = rework(log, Process.pipeline("s", stages=STAGES, won="won", lost="lost"), as_of=AS_OF)
    offer = result["offer"]
    assert (offer.entities, offer.visits, offer.repeat_visits, offer.moved_back) == (4, 5, 1, 2)
    assert offer.back == Rate(2, 5)
    assert (result.entities, result.repeated, result.moves) == (Rate(2, 4), Rate(1, 4), Rate(2, 7))
    assert (result.counts.other_visits, result.counts.after_as_of) == (1, 1)
    assert len(result) == 3


def test_it_shows_itself():
    result = rework(way("a", "talk", "offer", "talk"), ["talk", "offer"], as_of=AS_OF)
    assert repr(result) == "<Rework: 100.0% (1 of 1) moved back, 100.0% (1 of 1) repeated a stage>"
    assert str(result).splitlines() == [
        "stage  entities  visits  repeat  moved back  came back  of visits",
        "talk          1       2       1           0          1       0.0%",
        "offer         1       1       0           1          0     100.0%",
        "moved back: 100.0% (1 of 1); repeated a stage: 100.0% (1 of 1); as of 2024-01-31",
    ]
    assert "<td>offer</td>" in result._repr_html_()
    assert result.to_rows()[0]["back"] == 0.0
    assert rework([], ["talk"], as_of=AS_OF).to_rows()[0]["back"] is None


# Refusals


def test_what_makes_no_sense_is_refused():
    result = rework(way("a", "talk"), ["talk"], as_of=AS_OF)
    with pytest.raises(UnknownName, match="the rework has no stage 'tlak'; did you mean 'talk'?"):
        result["tlak"]
    with pytest.raises(ValueError, match="rework adds up only with the same as_of and stages"):
        result.counts + reduce_rework([], ["offer"], as_of=AS_OF)
    with pytest.raises(TypeError):
        result.counts + 1
    with pytest.raises(TypeError):
        result.stages[0] + 1
    with pytest.raises(NaiveTimeError, match="row 1 has a plain date"):
        rework(way("a", "talk"), ["talk"], as_of=datetime(2024, 1, 1))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling_and_copying(protocol):
    result = rework(way("a", "talk", "offer", "talk"), ["talk", "offer"], as_of=AS_OF)
    assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy.copy(result) == copy.deepcopy(result) == result
