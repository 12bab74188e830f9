"""The process as a chain: closed forms on small chains, a float oracle, and a simulation whose truth is known."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import UnknownName
from salesproc.metrics.absorption_times import absorption, finish_absorption
from salesproc.metrics.stage_history import ELSEWHERE, reduce_absorption
from salesproc.periods import Period
from salesproc.stages import Process
from salesproc.testing import simulate

PATH = ("lead", "demo", "offer")
ENDS = {"won": ["won"], "lost": ["lost"]}
START = date(2024, 1, 1)
AS_OF = START + timedelta(days=30)
DAY = timedelta(days=1)

rows = st.tuples(
    st.integers(0, 5),
    st.sampled_from([*PATH, "won", "lost", "service"]),
    st.integers(0, 33).map(lambda n: START + n * DAY),
)
logs = st.lists(rows, max_size=50, unique_by=lambda row: (row[0], row[2]))


def chain(log, **options):
    return absorption(log, PATH, **{"as_of": AS_OF} | ENDS | options)


def way(who, *stages):
    """One entity, one stage a day."""
    return [(who, stage, START + n * DAY) for n, stage in enumerate(stages)]


# Laws


@given(logs)
def test_the_chances_of_all_ends_add_up_to_one(log):
    for here in chain(log).values():
        assert (
            (here.ends is None)
            == (here.undefined is not None)
            == (here.chance_to_win is None)
            == (here.time_left is None)
        )
        if here.exits:
            assert sum(here.steps.values()) == 1
        if here.ends is not None:
            assert sum(here.ends.values()) == 1
            assert all(0 <= chance <= 1 for chance in here.ends.values())
            assert here.chance_to_win == here.ends.get("won", 0)
            assert here.time_left >= timedelta(0)


@given(logs)
def test_a_stage_is_worth_what_the_stages_after_it_are_worth(log):
    """The first-step equations hold exactly: the chance from here is the mean of the chances one step on."""
    found = chain(log)
    for here in found.values():
        if here.ends is None:
            continue
        on = {stage: found[stage].chance_to_win for stage in here.steps if stage in found}
        assert here.chance_to_win == sum(
            share * on.get(stage, stage == "won") for stage, share in here.steps.items()
        )
        ahead = sum(
            (
                float(share) * (found[stage].time_left / DAY)
                for stage, share in here.steps.items()
                if stage in found
            ),
            0.0,
        )
        assert here.time_left / DAY == pytest.approx(here.mean_stay / DAY + ahead, abs=1e-6)


@given(logs)
def test_chances_are_those_of_walking_the_chain_for_long(log):
    """Power iteration in floats, an oracle that solves no equations."""
    found = chain(log)
    where = {stage: {stage: 1.0} for stage in PATH}
    for _ in range(3000):
        for stage in PATH:
            now: dict[str, float] = {}
            for at, share in where[stage].items():
                steps = found[at].steps if at in found and found[at].exits else {at: 1}
                for target, chance in steps.items():
                    now[target] = now.get(target, 0.0) + share * float(chance)
            where[stage] = now
        if all(
            at not in found or found[at].undefined
            for shares in where.values()
            for at, share in shares.items()
            if share > 1e-12
        ):
            break
    for stage in PATH:
        stuck = sum(share for at, share in where[stage].items() if at in found)
        if found[stage].undefined is None:
            assert where[stage].get("won", 0.0) == pytest.approx(float(found[stage].chance_to_win), abs=1e-6)
        else:
            assert stuck > 0 or not found[stage].exits


@given(logs, st.sets(st.integers(0, 5)))
def test_histories_combine_by_counts(log, north):
    one, other = (
        reduce_absorption([row for row in log if (row[0] in north) is side], PATH, as_of=AS_OF, **ENDS)
        for side in (True, False)
    )
    assert finish_absorption(one + other) == chain(log)
    parts = absorption(log, PATH, as_of=AS_OF, by=lambda who: who in north, **ENDS)
    assert parts.total == chain(log)
    seen = {row[0] in north for row in log}
    assert dict(parts) == {
        side: finish_absorption(part) for side, part in ((True, one), (False, other)) if side in seen
    }
    assert chain(iter(log[::-1])) == chain(log)


@given(logs)
def test_every_stay_is_counted_with_its_time(log):
    """Stays still running are in the time at risk up to the review."""
    found = reduce_absorption(log, PATH, as_of=AS_OF, **ENDS)
    for stage in PATH:
        total = ended = 0
        for one in range(6):
            own = sorted((at, name) for who, name, at in log if who == one and at <= AS_OF)
            stays = list(pairwise([*own, (AS_OF, None)]))
            total += sum((left - at).days for (at, name), (left, _) in stays if name == stage)
            ended += sum(name == stage and target not in (stage, None) for (_, name), (_, target) in stays)
        assert found.at[stage].time_at_risk == total * 86_400_000_000
        assert sum(found.at[stage].targets.values()) == ended


# Closed forms


def test_a_chain_with_a_way_back_by_hand():
    """From demo half go back to lead, half on to won; from lead half are lost: a third wins from lead, two thirds from demo."""
    log = [
        *way("a", "lead", "demo", "lead", "lost"),
        *way("b", "lead", "demo", "won"),
        *way("c", "lead", "lost"),
    ]
    found = chain(log)
    assert found["lead"].exits == {"demo": 2, "lost": 2}
    assert found["demo"].exits == {"lead": 1, "won": 1}
    assert found["lead"].chance_to_win == Fraction(1, 3)
    assert found["demo"].chance_to_win == Fraction(2, 3)
    assert found["lead"].time_left == 2 * DAY
    assert found["demo"].time_left == 2 * DAY
    assert found["lead"].ends == {"lost": Fraction(2, 3), "won": Fraction(1, 3)}


def test_a_gamblers_ruin_is_solved_exactly():
    """One step up or down with equal chances: from place k of n the chance to arrive at the top is k over n."""
    places = [f"p{k}" for k in range(1, 6)]
    ladder = ["ruin", *places, "top"]
    log = [
        row
        for k in range(1, 6)
        for row in (*way(2 * k, ladder[k], ladder[k - 1]), *way(2 * k + 1, ladder[k], ladder[k + 1]))
    ]
    found = absorption(log, places, won=["top"], lost=["ruin"], as_of=START + DAY)
    for k, place in enumerate(places, 1):
        assert found[place].chance_to_win == Fraction(k, 6)


def test_stays_that_have_not_ended_make_the_mean_longer_and_not_shorter():
    """One left after 2 days, one has been there for 30: 32 days of stay for one exit."""
    log = [("a", "offer", START), ("a", "won", START + 2 * DAY), ("b", "offer", START)]
    assert chain(log)["offer"].mean_stay == 32 * DAY
    assert chain(log)["offer"].open == 1


# What cannot be said


def test_from_where_nobody_has_left_nothing_follows():
    log = [*way("a", "lead", "demo"), *way("b", "lead", "won")]
    found = chain(log)
    assert found["demo"].undefined == "nobody has left 'demo' yet"
    assert found["offer"].undefined == "nobody has left 'offer' yet"
    assert found["lead"].undefined == "it may lead to 'demo', from where no end has been observed"
    assert found["lead"].mean_stay == DAY
    assert found["demo"].mean_stay is None
    assert found.to_rows()[0]["chance_to_win"] is None


def test_a_circle_without_an_end_is_no_chance_of_zero():
    found = chain([*way("a", "lead", "demo", "lead", "demo"), *way("b", "offer", "won")])
    assert (
        found["lead"].undefined == "nobody who left 'lead' has been seen to come to an end, by whatever way"
    )
    assert found["offer"].chance_to_win == 1


def test_other_stages_and_reopenings_end_a_way_and_begin_a_new_one():
    log = [*way("a", "lead", "service"), *way("b", "lead", "won", "lead", "lost"), ("c", "lead", AS_OF + DAY)]
    found = chain(log)
    assert found["lead"].ends == {ELSEWHERE: Fraction(1, 3), "lost": Fraction(1, 3), "won": Fraction(1, 3)}
    assert (found.counts.reopened, found.counts.after_as_of) == (1, 1)
    late = chain(log, period=Period(START + DAY, AS_OF))
    assert late["lead"].exits == {"lost": 1}
    assert late.counts.out_of_period == 2


def test_it_refuses_what_it_cannot_answer():
    with pytest.raises(UnknownName, match="no stage 'demos'; did you mean"):
        chain([])["demos"]
    one = reduce_absorption([], PATH, as_of=AS_OF, **ENDS)
    with pytest.raises(ValueError, match="same won"):
        one + reduce_absorption([], PATH, as_of=AS_OF, won=["paid"], lost=["lost"])
    for counts in (one, one.at["lead"]):
        with pytest.raises(TypeError):
            counts + 1


# Against a simulation


def test_a_simulated_process_gives_back_its_truth():
    """Rates of 0.6, 0.5 and so on come back, although a fifth of the deals is still open."""
    deals = Process.pipeline("sales", stages=["talk", "offer"], won="won", lost="lost")
    out = {"talk": timedelta(days=20), "offer": timedelta(days=30)}
    rates = {"talk": {"offer": 0.6, "lose": 0.4}, "offer": {"win": 0.45, "lose": 0.35, "talk": 0.2}}
    log = simulate(
        deals,
        entities=6000,
        seed=5,
        start=datetime(2025, 1, 1, tzinfo=UTC),
        until=datetime(2025, 12, 31, tzinfo=UTC),
        rates=rates,
        durations={stage: dict.fromkeys(events, out[stage]) for stage, events in rates.items()},
    )
    found = absorption(((row.entity, row.stage, row.at) for row in log), deals, as_of=log.until)
    assert sum(here.open for here in found.values()) > 700
    for stage in ("talk", "offer"):
        truth = log.truth.reach("won", since=stage)
        assert float(found[stage].chance_to_win) == pytest.approx(float(truth), abs=0.02)
    means = {stage: median / DAY / 0.6931471805599453 for stage, median in out.items()}
    talk = (means["talk"] + 0.6 * means["offer"]) / (1 - 0.6 * 0.2)
    assert found["talk"].time_left / DAY == pytest.approx(talk, rel=0.04)
    assert found["offer"].time_left / DAY == pytest.approx(means["offer"] + 0.2 * talk, rel=0.04)


def test_a_chain_shows_itself():
    found = absorption(
        [("a", "<x>", START), ("a", "won", START + DAY), ("b", "y", START)],
        ["<x>", "y"],
        won=["won"],
        as_of=AS_OF,
    )
    assert repr(found) == "<Absorption as of 2024-01-31, chance to win: <x> 100.0%, y n/a>"
    assert "<x>" not in found._repr_html_()
    assert "24.0 h" in str(found)
    assert len(found) == 2
    assert repr(found.counts.at["y"]) == "<StayCounts: 0 ended, 1 open>"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_results_survive_pickling_and_copying(protocol):
    found = chain([*way("a", "lead", "won"), *way("b", "demo")])
    assert pickle.loads(pickle.dumps(found, protocol)) == found
    assert copy.deepcopy(found) == copy.copy(found) == found
