"""The same events through this library and through the ``transitions`` package: the same stages at every step."""

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.stages import (
    BASIC_FUNNEL,
    COMPLEX_SALE,
    LIFECYCLE,
    LOYALTY_LADDER,
    SIMPLE_SALE,
    SIX_STEP_SALE,
    WIN_BACK,
    Accepted,
    Process,
)
from salesproc.testing import strategies

transitions = pytest.importorskip(
    "transitions", reason="the comparison needs the package transitions: pip install 'salesproc[oracles]'"
)

PRESETS = [LIFECYCLE, SIX_STEP_SALE, COMPLEX_SALE, LOYALTY_LADDER, WIN_BACK, BASIC_FUNNEL, SIMPLE_SALE]


def without_requirements(process):
    """Moves alone: guards are where the two libraries differ on purpose."""
    moves = [attrs.evolve(one, requires=()) for one in process.transitions]
    return Process(process.name, stages=process.stages, transitions=moves, initial=process.initial)


class Model:
    """What the other library moves."""


def other_machine(process, start):
    """The same definition in the words of the other library."""
    is_open = [str(stage.name) for stage in process.stages if not stage.final]
    machine = transitions.Machine(
        model=Model(),
        states=[str(stage.name) for stage in process.stages],
        initial=str(start),
        auto_transitions=False,
        ignore_invalid_triggers=True,
    )
    for one in process.transitions:
        target = str(one.target)
        named = one.named_sources
        sources = [name for name in is_open if name != target] if named is None else list(map(str, named))
        machine.add_transition(one.event, sources, target)
    return machine.model


@pytest.mark.parametrize("process", PRESETS, ids=lambda process: process.name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_presets_move_as_the_other_library_moves_them(process, data):
    compare(without_requirements(process), data)


@settings(max_examples=60, deadline=None)
@given(strategies.processes().map(without_requirements), st.data())
def test_any_process_moves_as_the_other_library_moves_it(process, data):
    compare(process, data)


def compare(process, data):
    """Legal and illegal events alike, most of them legal, or nothing would ever move."""
    start = data.draw(st.sampled_from(process.initial))
    at = data.draw(strategies.instants())
    journey, model = process.start("E-1", at=at, stage=start), other_machine(process, start)
    known = sorted({one.event for one in process.transitions})
    for _ in range(data.draw(st.integers(1, 15))):
        legal = [option.event for option in process.allowed(journey)]
        event = data.draw(st.sampled_from([*legal * 3, *known]))
        outcome = process.step(journey, event, at=at)
        assert model.trigger(event) is isinstance(outcome, Accepted)
        journey = outcome.unwrap() if outcome else journey
        assert model.state == journey.stage
