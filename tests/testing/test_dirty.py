"""Dirt made on purpose, and found by the audit."""

import copy
import pickle
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.stages import LIFECYCLE, FindingKind, LifecycleStage, Process, audit
from salesproc.testing import dirty, simulate, strategies

L = LifecycleStage
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RATES = {
    L.VISITOR: {"capture": 0.9},
    L.LEAD: {"qualify": 0.7, "disqualify": 0.3},
    L.MQL: {"accept": 0.8, "reject": 0.1, "disqualify": 0.1},
    L.SAL: {"qualify": 0.8, "recycle": 0.2},
    L.SQL: {"open_opportunity": 0.8, "disqualify": 0.2},
    L.OPPORTUNITY: {"win": 0.5, "recycle": 0.2, "disqualify": 0.3},
    L.DISQUALIFIED: {"recycle": 0.1},
}
# Everybody begins as a visitor, so that a lost creation shows.
VISITORS = Process("visitors", stages=LIFECYCLE.stages, transitions=LIFECYCLE.transitions)
CLEAN = simulate(
    VISITORS,
    entities=400,
    seed=3,
    start=START,
    until=START + 200 * DAY,
    rates=RATES,
    durations={stage: dict.fromkeys(events, 4 * DAY) for stage, events in RATES.items()},
).rows

KINDS = {
    FindingKind.DUPLICATE,
    FindingKind.SKIPPED_STAGE,
    FindingKind.UNKNOWN_STAGE,
    FindingKind.TIME_BACKWARDS,
    FindingKind.NO_CREATION,
    FindingKind.AFTER_END,
}


def found(log, process):
    return [(one.kind, one.entity, one.row) for one in audit(log, process).findings]


def test_the_audit_finds_what_was_done_and_nothing_else():
    made = dirty(CLEAN, VISITORS, seed=8, share=0.5)
    assert found(made.rows, VISITORS) == [one[:3] for one in made.done]
    assert set(Counter(one.kind for one in made.done)) == KINDS
    assert 150 < len(made.done) < 250
    assert repr(made) == f"<DirtyLog of {len(made.rows)} rows, {len(made.done)} made dirty>"


@given(st.data(), strategies.processes())
def test_that_holds_in_every_process(data, process):
    """Whatever the definition, what is done shows, and where it shows is known."""
    made = data.draw(strategies.dirty_logs(process))
    assert found(made.rows, process) == [one[:3] for one in made.done]


@given(st.integers())
def test_the_same_seed_makes_the_same_dirt(seed):
    few = CLEAN[:60]
    assert dirty(few, VISITORS, seed=seed, share=0.5) == dirty(iter(few), VISITORS, seed=seed, share=0.5)


def test_a_share_of_nothing_leaves_the_log_as_it_is():
    made = dirty(CLEAN, VISITORS, seed=1, share=0)
    assert (made.rows, made.done) == (CLEAN, ())


def test_a_share_of_one_leaves_nobody_clean():
    made = dirty(CLEAN, VISITORS, seed=1, share=1)
    assert {one.entity for one in made.done} == {row.entity for row in CLEAN}


def test_what_was_done_is_said_in_words():
    made = dirty(CLEAN, VISITORS, seed=8, share=1)
    for one in made.done:
        row = made.rows[one.row - 1]
        assert row.entity == one.entity
        if one.kind is FindingKind.UNKNOWN_STAGE:
            assert one.detail == f"stage misspelt {row.stage!r}"
        if one.kind is FindingKind.SKIPPED_STAGE:
            assert one.detail.endswith("left out")


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="share must be from 0 to 1"):
        dirty(CLEAN, VISITORS, seed=1, share=share)


def test_a_dirty_log_pickles_and_copies():
    made = dirty(CLEAN[:60], VISITORS, seed=8, share=1)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(made, protocol)) == made
    assert copy.deepcopy(made) == copy.copy(made) == made
