"""Where stays end, where deals drop out, and how often those in a stage win: each holds against reading day by day."""

import copy
import pickle
from collections import Counter
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import LogError, UnknownName
from salesproc.metrics.drop_offs import drop_off, finish_drop_off, reduce_drop_off
from salesproc.metrics.probabilities import (
    StageDecisions,
    finish_stage_probabilities,
    reduce_stage_probabilities,
    stage_probabilities,
)
from salesproc.metrics.stage_history import reduce_absorption
from salesproc.metrics.visit_ends import (
    VisitEnds,
    finish_stage_outcomes,
    reduce_stage_outcomes,
    stage_outcomes,
)
from salesproc.periods import Period
from salesproc.rates import Interval, Rate
from salesproc.stages import Process, Stage, StageKind, Transition

PATH = ("lead", "demo", "offer")
NAMES = (*PATH, "won", "lost", "dead", "service")
ENDS = {"won": ["won"], "lost": ["lost", "dead"]}
START = date(2024, 1, 1)
AS_OF = START + timedelta(days=20)
WEEK = Period(START, START + timedelta(days=7))


class Row(NamedTuple):
    who: int
    stage: str
    at: date
    reason: str | None = None


def days(number):
    return START + timedelta(days=number)


rows = st.builds(
    Row,
    st.integers(0, 4),
    st.sampled_from(NAMES),
    st.integers(0, 24).map(days),
    st.sampled_from([None, "", "price", "rival"]),
)
logs = st.lists(rows, max_size=40, unique_by=lambda row: (row.who, row.at))
periods = st.none() | st.just(WEEK)
sides = st.sets(st.integers(0, 4))


def ways(log):
    """Per entity its stays in order, as (stage, first day, reason on the row)."""
    for one in range(5):
        own = sorted((row.at, row.stage, row.reason) for row in log if row.who == one and row.at <= AS_OF)
        stays = []
        for at, stage, reason in own:
            if not stays or stays[-1][0] != stage:
                stays.append((stage, at, reason))
        if stays:
            yield stays


def parts_of(reduction, log, north, **options):
    return [
        reduction([row for row in log if (row.who in north) is side], PATH, as_of=AS_OF, **ENDS, **options)
        for side in (True, False)
    ]


# How stays end


@given(logs, periods)
def test_every_stay_ends_in_exactly_one_way(log, period):
    """Advanced, lost, back, handed over, still there: they add up to the entries."""
    found = stage_outcomes(log, PATH, as_of=AS_OF, period=period, **ENDS)
    expected = {stage: Counter() for stage in PATH}
    for stays in ways(log):
        for (stage, at, _), following in zip(stays, [*stays[1:], None], strict=True):
            if stage not in PATH or (period is not None and at not in period):
                continue
            target = following and following[0]
            kind = {
                None: "still_there",
                "won": "advanced",
                "lost": "lost",
                "dead": "lost",
                "service": "handed_over",
            }.get(target)
            if kind is None:
                kind = "advanced" if PATH.index(target) > PATH.index(stage) else "moved_back"
            expected[stage][kind] += 1
    for stage, ends in found.items():
        assert ends == VisitEnds(**expected[stage])
        assert ends.entries == expected[stage].total()
    assert found.counts.after_as_of == sum(row.at > AS_OF for row in log)
    assert found.counts.other_visits == sum(
        stage == "service" for stays in ways(log) for stage, _, _ in stays
    )


@given(logs, periods, sides)
def test_ends_of_stays_combine_by_counts(log, period, north):
    one, other = parts_of(reduce_stage_outcomes, log, north, period=period)
    whole = stage_outcomes(log, PATH, as_of=AS_OF, period=period, **ENDS)
    assert finish_stage_outcomes(one + other) == whole
    assert (
        stage_outcomes(log, PATH, as_of=AS_OF, period=period, by=lambda who: who in north, **ENDS).total
        == whole
    )


def process():
    return Process(
        "deals",
        stages=[
            Stage("talk"),
            Stage("pause", kind=StageKind.ON_HOLD),
            Stage("offer"),
            Stage("won", kind=StageKind.WON),
            Stage("lost", kind=StageKind.LOST),
            Stage("passed on", kind=StageKind.DONE),
        ],
        transitions=[
            Transition("hold", "talk", "pause"),
            Transition("resume", "pause", "talk"),
            Transition("offer", ("talk", "pause"), "offer"),
            Transition("win", "offer", "won"),
            Transition("lose", "offer", "lost"),
            Transition("pass", "offer", "passed on"),
        ],
    )


def test_a_process_says_itself_what_its_stages_mean():
    """A pause is part of the stay before it; what is passed on is neither won nor lost."""
    log = [
        *[
            ("a", stage, days(n))
            for n, stage in enumerate(["talk", "pause", "talk", "pause", "offer", "won"])
        ],
        *[("b", stage, days(n)) for n, stage in enumerate(["talk", "offer", "passed on"])],
        *[("c", stage, days(n)) for n, stage in enumerate(["talk", "pause"])],
    ]
    found = stage_outcomes(log, process(), as_of=AS_OF)
    assert found["talk"] == VisitEnds(advanced=2, still_there=1)
    assert found["offer"] == VisitEnds(advanced=1, handed_over=1)
    assert tuple(found) == ("talk", "offer")
    chances = stage_probabilities(log, process(), as_of=AS_OF)
    assert chances.counts.at["talk"] == StageDecisions(won=1, open=1, ended=1)


def test_a_pause_before_everything_else_is_no_stay():
    """A deal that is created on hold is nowhere yet."""
    log = [("a", "pause", START), ("b", "pause", START), ("b", "talk", days(1))]
    assert stage_outcomes(log, process(), as_of=AS_OF)["talk"] == VisitEnds(still_there=1)
    assert stage_probabilities(log, process(), as_of=AS_OF).counts.outside == 1
    dropped = drop_off(log, process(), as_of=AS_OF)
    assert (dropped["talk"].entered, dropped.counts.unplaced) == (1, 0)
    assert sum(reduce_absorption(log, process(), as_of=AS_OF).at["talk"].open.values()) == 1


def test_more_ends_can_be_named_next_to_those_of_a_process():
    log = [("a", "talk", START), ("a", "pause", days(1)), ("b", "talk", START), ("b", "ghosted", days(1))]
    found = stage_outcomes(log, process(), as_of=AS_OF, lost=["ghosted", "pause"])
    assert found["talk"] == VisitEnds(lost=2)


# How often they win


@given(logs, periods)
def test_a_stage_is_judged_by_its_decided_deals_alone(log, period):
    """Open deals are neither won nor lost."""
    found = stage_probabilities(log, PATH, as_of=AS_OF, period=period, **ENDS)
    expected = {stage: Counter() for stage in PATH}
    outside = 0
    for stays in ways(log):
        asked = [(stage, at) for stage, at, _ in stays if stage in PATH]
        outside += not asked
        if not asked or (period is not None and asked[0][1] not in period):
            continue
        now = {"won": "won", "lost": "lost", "dead": "lost", "service": "ended"}.get(stays[-1][0], "open")
        for stage in {stage for stage, _ in asked}:
            expected[stage][now] += 1
    assert found.counts.at == {stage: StageDecisions(**counts) for stage, counts in expected.items()}
    assert found.counts.outside == outside
    for stage, rate in found.items():
        here = found.counts.at[stage]
        assert rate == Rate(here.won, here.won + here.lost)
        if here.bounds and rate.value is not None:
            assert here.bounds.low <= rate.value <= here.bounds.high


@given(logs, periods, sides)
def test_chances_combine_by_counts(log, period, north):
    one, other = parts_of(reduce_stage_probabilities, log, north, period=period)
    whole = stage_probabilities(log, PATH, as_of=AS_OF, period=period, **ENDS)
    assert finish_stage_probabilities(one + other) == whole
    assert (
        stage_probabilities(log, PATH, as_of=AS_OF, period=period, by=lambda who: who in north, **ENDS).total
        == whole
    )


def test_a_chance_is_immature_while_open_deals_could_overturn_it():
    """Nine of ten lost says little while fifty are still talking."""
    assert StageDecisions(won=1, lost=9, open=50).immature
    assert not StageDecisions(won=10, lost=90, open=5).immature
    assert StageDecisions(open=3).immature
    assert StageDecisions(open=3).bounds == Interval(0.0, 1.0)
    assert StageDecisions().bounds is None
    assert StageDecisions().immature


# Where they drop out


@given(logs, periods, st.sampled_from(["reason", None]))
def test_a_lost_deal_drops_out_of_the_last_open_stage_it_was_in(log, period, reason):
    found = drop_off(log, PATH, as_of=AS_OF, period=period, reason=reason, **ENDS)
    entered, lost, still, unplaced = Counter(), Counter(), Counter(), 0
    for stays in ways(log):
        asked = [(stage, at) for stage, at, _ in stays if stage in PATH]
        gone = stays[-1][0] in ENDS["lost"]
        unplaced += gone and not asked
        if not asked or (period is not None and asked[0][1] not in period):
            continue
        entered.update({stage for stage, _ in asked})
        if gone:
            lost[asked[-1][0], (stays[-1][2] or None) if reason else None] += 1
        still[asked[-1][0]] += stays[-1][0] in PATH
    for stage, here in found.items():
        assert (here.entered, here.open) == (entered[stage], still[stage])
        assert here.reasons == {why: count for (where, why), count in lost.items() if where == stage}
        assert here.rate == Rate(here.dropped, here.entered)
    assert found.counts.unplaced == unplaced


@given(logs, periods, sides)
def test_drop_off_combines_by_counts(log, period, north):
    one, other = parts_of(reduce_drop_off, log, north, period=period, reason="reason")
    options = {"as_of": AS_OF, "period": period, "reason": "reason", **ENDS}
    whole = drop_off(log, PATH, **options)
    assert finish_drop_off(one + other) == whole
    assert drop_off(log, PATH, by=lambda who: who in north, **options).total == whole


def test_a_thousand_prospects_and_fifteen_customers():
    """The worked example: 500 not qualified, 250 to a competitor, 235 not persuaded."""
    log = [
        Row(n, stage, START)
        for stage, count in (("prospect", 1000), ("qualified", 500), ("serious", 250), ("sold", 15))
        for n in range(count)
    ]
    log += [
        Row(n, "lost", days(1), "not qualified" if n >= 500 else "competitor" if n >= 250 else None)
        for n in range(15, 1000)
    ]
    found = drop_off(
        log, ["prospect", "qualified", "serious"], won=["sold"], lost=["lost"], reason="reason", as_of=AS_OF
    )
    assert [here.reasons for here in found.values()] == [
        {"not qualified": 500},
        {"competitor": 250},
        {None: 235},
    ]
    assert [here.rate.value for here in found.values()] == [0.5, 0.5, 0.94]


def test_reasons_are_found_in_every_time_zone_and_the_first_by_name_of_two():
    """Whatever zone the export is in, the reason stays with its loss."""
    zone = ZoneInfo("Europe/Berlin")
    at = [datetime(2024, 3, n, tzinfo=zone) for n in (1, 2)]
    log = [
        Row(1, "lead", at[0]),
        Row(1, "lost", at[1], "rival"),
        Row(1, "lost", at[1], "price"),
        Row(1, "lost", at[1]),
    ]
    for order in (log, log[::-1]):
        found = drop_off(
            order,
            PATH,
            as_of=datetime(2024, 4, 1, tzinfo=zone),
            reason=lambda row: row[3] if len(row) > 3 else None,
            **ENDS,
        )
        assert found["lead"].reasons == {"price": 1}


def test_drop_off_names_the_row_without_the_attribute():
    with pytest.raises(LogError, match="reason='why' asks for an attribute that row 2 does not have"):
        drop_off([Row(1, "lead", START), Row(1, "lost", days(1))], PATH, as_of=AS_OF, reason="why", **ENDS)


# What they share


ALL = {
    stage_outcomes: reduce_stage_outcomes,
    stage_probabilities: reduce_stage_probabilities,
    drop_off: reduce_drop_off,
}
LOG = [Row(1, "lead", START), Row(1, "<offer>", days(1)), Row(1, "lost", days(2)), Row(2, "lead", START)]


@pytest.mark.parametrize("metric", ALL)
def test_each_refuses_what_it_cannot_answer(metric):
    with pytest.raises(UnknownName, match="no stage 'demos'; did you mean 'demo'"):
        metric([], PATH, as_of=AS_OF, **ENDS)["demos"]
    assert "demos" not in metric([], PATH, as_of=AS_OF, **ENDS)
    assert metric([], PATH, as_of=AS_OF, **ENDS).get("demos") is None
    with pytest.raises(ValueError, match="open ones, each in one place"):
        metric([], ["won"], as_of=AS_OF, **ENDS)
    with pytest.raises(ValueError, match="each in one place"):
        metric([], ["lead", "lead"], as_of=AS_OF)
    with pytest.raises(LogError, match="at one time"):
        metric([(1, "lead", START), (1, "elsewhere", START)], PATH, as_of=AS_OF)
    one = ALL[metric]([], PATH, as_of=AS_OF)
    with pytest.raises(ValueError, match="same stages"):
        one + ALL[metric]([], PATH[:2], as_of=AS_OF)
    with pytest.raises(ValueError, match="same as_of"):
        one + ALL[metric]([], PATH, as_of=START)
    for counts in (one, next(iter(one.at.values()))):
        with pytest.raises(TypeError):
            counts + 1


@pytest.mark.parametrize("metric", ALL)
def test_each_shows_itself(metric):
    found = metric(LOG, ["lead", "<offer>"], as_of=AS_OF, lost=["lost"])
    assert "<offer>" in str(found)
    assert "<offer>" not in found._repr_html_()
    assert len(repr(found).splitlines()) == 1
    assert "lead" in repr(found)
    assert [row["stage"] for row in found.to_rows()] == ["lead", "<offer>"]
    assert len(found) == 2
    nobody = metric([], PATH, as_of=AS_OF)
    assert len(nobody.to_rows()) == 3
    assert "demo" in str(nobody)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_each_survives_pickling_and_copying(metric, protocol):
    found = metric(LOG, ["lead", "<offer>"], as_of=AS_OF, lost=["lost"])
    assert pickle.loads(pickle.dumps(found, protocol)) == found
    assert copy.deepcopy(found) == copy.copy(found) == found


def test_immature_stages_are_listed():
    log = [Row(n, "lead", START) for n in range(9)] + [Row(0, "lost", days(1))]
    found = stage_probabilities(log, PATH, as_of=AS_OF, **ENDS)
    assert found.immature == PATH
