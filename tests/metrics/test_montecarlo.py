"""Simulated outcomes of the open pipeline: exact money, closed forms where there are some, the same for the same seed."""

import copy
import pickle
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.errors import CurrencyMismatch, LogError, NaiveTimeError, UnknownName
from salesproc.metrics.durations import DurationCounts, Durations
from salesproc.metrics.montecarlo import PipelineDeal, _Stay, simulate_pipeline
from salesproc.metrics.stage_history import StayCounts, reduce_absorption
from salesproc.money import Money
from salesproc.rates import Rate

PATH = ("lead", "offer")
ENDS = {"won": ["won"], "lost": ["lost"]}
START = date(2024, 1, 1)
AS_OF = date(2024, 6, 1)
DAY = timedelta(days=1)


def history_of(*ways):
    """Each way as [(stage, days in it), ..., (last stage, None)]."""
    log = []
    for who, way in enumerate(ways):
        at = START
        for stage, days in way:
            log.append((who, stage, at))
            at += (days or 0) * DAY
    return reduce_absorption(log, PATH, as_of=AS_OF, **ENDS)


def deal(name="D", stage="offer", age=0, amount="100"):
    return PipelineDeal(name, stage, AS_OF - age * DAY, None if amount is None else Money(amount, "EUR"))


def run(deals, history, *, days=365, seed=1, runs=400):
    return simulate_pipeline(deals, history, horizon=days * DAY, as_of=AS_OF, seed=seed, runs=runs)


ONE_IN_FOUR = history_of([("offer", 10), ("won", None)], *[[("offer", 10), ("lost", None)] for _ in range(3)])

stays = st.builds(
    StayCounts,
    st.dictionaries(
        st.tuples(st.sampled_from(["won", "lost"]), st.integers(0, 12)), st.integers(1, 3), max_size=8
    ),
    st.dictionaries(st.integers(0, 12), st.integers(1, 3), max_size=5),
)


@given(stays, st.integers(-1, 12))
def test_stays_are_drawn_from_the_curve_of_all_stays(counts, age):
    """The shares are those of Aalen and Johansen, as the curve of durations has them, given the age."""
    stay = _Stay.of(counts)
    both = Counter[int]()
    for (_, days), n in counts.exits.items():
        both[days] += n
    curve = Durations(DurationCounts(finished=both, open=counts.open)).curve()
    for point in curve:
        reached = [
            share
            for (days, _), share in zip(stay.exits, stay.shares, strict=True)
            if days <= point.time // timedelta(microseconds=1)
        ]
        assert (reached[-1] if reached else 0.0) == pytest.approx(point.share, abs=1e-9)
    random = Random(3)
    if stay.known_after(age):
        drawn = [stay.draw(random, longer_than=age) for _ in range(20)]
        assert all(one is None or (one[0] > age and (one[1], one[0]) in counts.exits) for one in drawn)
        assert counts.open or None not in drawn
    else:
        assert all(days <= age for _, days in counts.exits)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from(PATH), st.integers(0, 20), st.integers(0, 900)), max_size=6),
    st.integers(0, 99),
    st.randoms(use_true_random=False),
)
def test_the_order_of_deals_does_not_matter_and_the_seed_decides(rows, seed, random):
    history = history_of(
        [("lead", 5), ("offer", 9), ("won", None)],
        [("lead", 25), ("lost", None)],
        [("offer", 21), ("lost", None)],
    )
    deals = [deal(str(n), stage, age, amount) for n, (stage, age, amount) in enumerate(rows)]
    found = run(deals, history, seed=seed, runs=20)
    shuffled = deals[:]
    random.shuffle(shuffled)
    assert run(iter(shuffled), history, seed=seed, runs=20) == found
    assert found.runs == 20
    assert list(found.values) == sorted(found.values)
    everything = sum((one.amount.amount for one in deals), 0)
    assert all(0 <= value.amount <= everything for value in found.values)


@settings(max_examples=20)
@given(st.integers(1, 50), st.integers(0, 99))
def test_amounts_times_k_give_values_times_k(k, seed):
    once = run([deal("a"), deal("b", amount="250.50")], ONE_IN_FOUR, seed=seed, runs=20)
    many = run(
        [deal("a", amount=100 * k), deal("b", amount=Money("250.50", "EUR").amount * k)],
        ONE_IN_FOUR,
        seed=seed,
        runs=20,
    )
    assert many.values == tuple(value * k for value in once.values)


def test_ten_equal_deals_are_won_as_the_binomial_says():
    """A chance of one in four each: 2.5 wins on average, and none at all in 5.6 % of the runs."""
    found = run([deal(str(n)) for n in range(10)], ONE_IN_FOUR, runs=8000)
    assert sum(found.wins) / found.runs == pytest.approx(2.5, abs=0.06)
    assert float(found.at_least(Money(100, "EUR"))) == pytest.approx(1 - 0.75**10, abs=0.01)
    assert found.quantile(0.5) in (Money(200, "EUR"), Money(300, "EUR"))
    assert found.mean.amount == pytest.approx(250, abs=6)


def test_what_comes_after_the_horizon_is_not_won_yet():
    """Ten days in the stage: the tenth is in the horizon of ten, not in that of nine."""
    sure = history_of([("offer", 10), ("won", None)])
    assert run([deal()], sure, days=10).wins[0] == 1
    assert run([deal()], sure, days=9).wins[-1] == 0
    assert run([deal(age=4)], sure, days=6).wins[0] == 1
    two = history_of([("lead", 3), ("offer", 10), ("won", None)])
    assert run([deal(stage="lead", age=1)], two, days=12).wins[0] == 1
    assert run([deal(stage="lead", age=1)], two, days=11).wins[-1] == 0


def test_an_old_deal_is_compared_with_those_that_took_longer():
    """Quick ones were won, slow ones lost: after twenty days the chance is gone."""
    history = history_of([("offer", 5), ("won", None)], [("offer", 30), ("lost", None)])
    assert sum(run([deal(age=20)], history).wins) == 0
    assert 0 < sum(run([deal(age=0)], history).wins) < 400


def test_a_deal_older_than_all_that_is_known_stays_and_is_counted():
    found = run([deal(age=10), deal("E", age=3), deal("F", stage="lead")], ONE_IN_FOUR)
    assert (found.unknown, found.deals) == (2, 3)


def test_a_circle_without_duration_does_not_run_for_ever():
    """Back and forth on one day, for as long as anybody has seen."""
    circle = {"lead": StayCounts({("offer", 5): 1}, {}), "offer": StayCounts({("offer", 0): 1}, {})}
    assert run([deal(stage="lead")], attrs.evolve(ONE_IN_FOUR, at=circle), runs=1).wins == (0,)


def test_deals_without_an_amount_count_as_wins_and_have_no_value():
    found = run([deal(amount=None)], history_of([("offer", 1), ("won", None)]))
    assert found.wins[0] == 1
    assert (found.values, found.mean, found.quantile(0.5), found.without_amount) == ((), None, None, 1)
    assert found.undefined == "no deal has an amount"
    assert found.at_least(Money(1, "EUR")) == Rate(0, 0)
    assert repr(found) == "<PipelineSimulation of 1 deals, 400 runs: n/a>"
    assert found.to_rows()[0]["p50"] is None
    assert run([], ONE_IN_FOUR).undefined


def test_quantiles_are_values_that_occurred():
    found = run([deal("a", amount=1), deal("b", amount=2)], ONE_IN_FOUR, runs=200)
    assert found.quantile(0) == found.values[0]
    assert found.quantile(1) == found.values[-1]
    for q in (Fraction(1, 3), 0.9, Fraction(199, 200)):
        value = found.quantile(q)
        assert (
            sum(one <= value for one in found.values)
            >= q * 200
            > sum(one < value for one in found.values) - 1
        )
    assert found.undefined is None
    with pytest.raises(ValueError, match="q must be a share"):
        found.quantile(50)
    with pytest.raises(CurrencyMismatch):
        found.at_least(Money(1, "USD"))


def test_it_refuses_what_it_cannot_answer():
    with pytest.raises(
        UnknownName,
        match="the history, asked for deal 1 \\('D'\\), has no open stage 'ofer'; did you mean 'offer'",
    ):
        run([deal(stage="ofer")], ONE_IN_FOUR)
    with pytest.raises(LogError, match="deal 1 .* entered its stage at .* after as_of"):
        run([deal(age=-1)], ONE_IN_FOUR)
    with pytest.raises(CurrencyMismatch, match="deal 2 \\('E'\\) is in USD, the deals before it in EUR"):
        run([deal(), PipelineDeal("E", "offer", AS_OF, Money(1, "USD"))], ONE_IN_FOUR)
    with pytest.raises(NaiveTimeError, match="entered_at of deal 1"):
        run([PipelineDeal("E", "offer", datetime(2024, 1, 1), None)], ONE_IN_FOUR)
    with pytest.raises(ValueError, match="horizon must be above 0, got"):
        run([], ONE_IN_FOUR, days=0)
    with pytest.raises(ValueError, match="runs must be a whole number, 1 or more, got 0"):
        run([], ONE_IN_FOUR, runs=0)


def test_a_simulation_shows_itself():
    found = run([deal()], history_of([("offer", 1), ("won", None)]))
    assert (
        repr(found)
        == "<PipelineSimulation of 1 deals, 400 runs: 100.00 EUR (80 % between 100.00 EUR and 100.00 EUR)>"
    )
    assert found.to_rows()[0]["mean"] == 100.0
    assert "<table>" in found._repr_html_()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_results_survive_pickling_and_copying(protocol):
    found = run([deal()], ONE_IN_FOUR, runs=5)
    assert pickle.loads(pickle.dumps(found, protocol)) == found
    assert copy.deepcopy(found) == copy.copy(found) == found
