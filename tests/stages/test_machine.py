"""Every preset and any sound process, driven in every way at once: nothing leaves the declared edges, nothing is lost."""

import pickle
from collections import Counter
from datetime import UTC, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from salesproc.stages import (
    BASIC_FUNNEL,
    COMPLEX_SALE,
    LIFECYCLE,
    LOYALTY_LADDER,
    SIMPLE_SALE,
    SIX_STEP_SALE,
    WIN_BACK,
    Accepted,
    Journey,
    RefusalKind,
)
from salesproc.testing import strategies
from salesproc.testing._ways import proof, ways

PRESETS = st.sampled_from(
    [LIFECYCLE, SIX_STEP_SALE, COMPLEX_SALE, LOYALTY_LADDER, WIN_BACK, BASIC_FUNNEL, SIMPLE_SALE]
)
FORWARD = st.timedeltas(timedelta(0), timedelta(days=100))
EITHER_WAY = st.timedeltas(timedelta(days=-1), timedelta(days=1))


def declared(process):
    """From stage to event to stage, read off the plain form of the definition and not off the machine's own table."""
    data = process.to_dict()
    is_open = {stage["name"]: stage["kind"] in {"open", "on_hold"} for stage in data["stages"]}
    edges = {name: {} for name in is_open}
    for one in data["transitions"]:
        source, target = one["source"], one["target"]
        if isinstance(source, list):
            names = source
        elif source in is_open:
            names = [source]
        else:
            names = [name for name in is_open if is_open[name] and name != target]
        for name in names:
            edges[name][one["event"]] = target
    return edges


class Sale(RuleBasedStateMachine):
    """One journey, pushed by people who know the rules and by people who do not."""

    @initialize(process=PRESETS | strategies.processes(), at=strategies.instants(), data=st.data())
    def begin(self, process, at, data):
        self.process = process
        self.edges = declared(process)
        self.known = sorted({event for out in self.edges.values() for event in out})
        self.table = ways(process)
        self.journey = process.start("E-1", at=at, stage=data.draw(st.sampled_from(process.initial)))

    @rule(data=st.data(), wait=FORWARD)
    def take_what_is_there(self, data, wait):
        """A step out of this stage, with all it asks for."""
        self.take(data, wait, lambda facts: facts)

    @rule(data=st.data(), wait=FORWARD)
    def take_it_with_half_of_the_proof(self, data, wait):
        """A step out of this stage, with some of what it asks for, or nothing."""
        self.take(data, wait, lambda facts: {name: facts[name] for name in facts if data.draw(st.booleans())})

    def take(self, data, wait, shown):
        out = self.table[self.journey.stage]
        if out:
            way = data.draw(st.sampled_from(out))
            facts = proof(way.requires, lambda options: data.draw(st.sampled_from(options)))
            self.push(way.event, wait, shown(facts))

    @rule(data=st.data(), wait=EITHER_WAY)
    def try_anything(self, data, wait):
        """Any event at any time, mostly with nothing to show."""
        event = data.draw(st.sampled_from([*self.known, "no such event"]))
        facts = data.draw(
            st.sampled_from([{}, {"reason": "why not", "by": "sara"}, {"score": 1, "need": False}])
        )
        self.push(event, wait, facts)

    def push(self, event, wait, facts):
        process, journey = self.process, self.journey
        at = (journey.entered_at.astimezone(UTC) + wait).astimezone(journey.entered_at.tzinfo)
        words = {name: facts[name] for name in ("by", "reason") if name in facts}
        evidence = {name: value for name, value in facts.items() if name not in words}
        shown = {"at": at, "evidence": evidence, **words}
        before, shown_before = pickle.dumps(journey), dict(evidence)

        outcome = process.step(journey, event, **shown)

        assert pickle.dumps(journey) == before
        assert evidence == shown_before
        target = self.edges[journey.stage].get(event)
        if target is None:
            assert outcome.kind is RefusalKind.NO_SUCH_TRANSITION
        elif wait < timedelta(0):
            assert outcome.kind is RefusalKind.TIME_RUNS_BACKWARDS
        else:
            assert isinstance(outcome, Accepted) or outcome.kind in {
                RefusalKind.EVIDENCE_MISSING,
                RefusalKind.REQUIREMENT_NOT_MET,
            }
        self.same_reasons(event, shown, outcome)
        if target is not None:
            self.same_by_target(event, target, shown, outcome)
        if isinstance(outcome, Accepted):
            assert outcome.change.stage == target
            assert outcome.journey.history == (*journey.history, outcome.change)
            self.journey = outcome.journey
        else:
            assert (outcome.entity, outcome.stage, outcome.event) == (journey.entity, journey.stage, event)

    def same_reasons(self, event, shown, outcome):
        """`why_not`, `allowed` and the step cannot disagree."""
        reasons = () if isinstance(outcome, Accepted) else outcome.reasons
        assert self.process.why_not(self.journey, event, **shown) == reasons
        options = {one.event: one for one in self.process.allowed(self.journey, **shown)}
        assert {name: one.target for name, one in options.items()} == self.edges[self.journey.stage]
        if event in options:
            assert options[event].needs == reasons
            assert options[event].open is isinstance(outcome, Accepted)

    def same_by_target(self, event, target, shown, outcome):
        """By the stage it leads to it is the same step, unless several lead there."""
        by_target = self.process.step(self.journey, to=target, **shown)
        if Counter(self.edges[self.journey.stage].values())[target] > 1:
            assert by_target.kind is RefusalKind.AMBIGUOUS_TARGET
            assert event in by_target.reasons[0].wanted
        else:
            assert by_target == outcome

    @invariant()
    def it_replays_to_itself(self):
        if hasattr(self, "journey"):
            assert self.process.replay(self.journey.history) == self.journey
            assert self.journey.revision == len(self.journey.history)

    @invariant()
    def it_has_kept_to_the_declared_edges(self):
        if hasattr(self, "journey"):
            assert self.journey.history[0].stage in self.process.initial
            for before, after in pairwise(self.journey.history):
                assert self.edges[before.stage][after.event] == after.stage
                assert before.stage == after.from_stage

    @invariant()
    def time_has_not_run_backwards(self):
        if hasattr(self, "journey"):
            instants = [row.at.astimezone(UTC) for row in self.journey.history]
            assert instants == sorted(instants)

    def teardown(self):
        """It goes through a store and comes back."""
        if hasattr(self, "journey"):
            stored = Journey.from_dict(self.journey.to_dict())
            assert self.process.replay(stored.history).to_dict() == self.journey.to_dict()


Sale.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestSale = Sale.TestCase
