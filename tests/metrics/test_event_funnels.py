"""A funnel of events counts everybody once, by the attempt that got furthest; tried against all attempts there are."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise, permutations, product
from statistics import median
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc.errors import LogError, NaiveTimeError, UnknownName
from salesproc.metrics.event_funnel_results import finish_event_funnel
from salesproc.metrics.event_funnels import event_funnel, reduce_event_funnel
from salesproc.periods import Period
from salesproc.rates import Rate

STEPS = ("a", "b", "c", "d")
START = date(2024, 1, 1)
AS_OF = START + timedelta(days=9)

rows = st.tuples(
    st.integers(0, 2),
    st.sampled_from([*STEPS, "x", "other"]),
    st.integers(0, 10).map(lambda n: START + timedelta(days=n)),
)
logs = st.lists(rows, max_size=14)
windows = st.none() | st.integers(0, 9).map(lambda days: timedelta(days=days))
orders = st.sampled_from(["ordered", "strict", "any"])
periods = st.none() | st.just(Period(START + timedelta(days=2), START + timedelta(days=6)))
questions = st.fixed_dictionaries(
    {"order": orders, "window": windows, "exclusions": st.sampled_from([(), ("x",)]), "period": periods}
).flatmap(
    lambda asked: st.fixed_dictionaries(
        {name: st.just(value) for name, value in asked.items()}
        | {
            "optional": st.just(())
            if asked["order"] == "any"
            else st.sampled_from([(), ("b",), ("c",), ("b", "c")])
        }
    )
)


def attempts(events, *, order, window, exclusions, period, optional):
    """Every attempt there is: all choices of one event each for some steps, kept when no rule speaks against it."""
    own = [(at, name) for name, at in events if name in STEPS]
    for size in range(1, len(STEPS) + 1):
        for names in combinations(STEPS, size):
            choices = [[at for at, name in own if name == wanted] for wanted in names]
            for times in product(*choices):
                if order != "any":
                    missing = STEPS[: STEPS.index(names[-1])]
                    if any(name not in names and name not in optional for name in missing):
                        continue
                    if list(times) != sorted(times):
                        continue
                first, last = min(times), max(times)
                if window is not None and last - first > window:
                    continue
                if period is not None and first not in period:
                    continue
                if any(name in exclusions and first < at < last for name, at in events):
                    continue
                between = pairwise(times)
                if order == "strict" and any(one < at < two for one, two in between for _, at in events):
                    continue
                yield names, first, last


def place_of(names, order):
    return len(names) - 1 if order == "any" else STEPS.index(names[-1])


def depth_of(events, options):
    return max((place_of(names, options["order"]) for names, _, _ in attempts(events, **options)), default=-1)


@settings(max_examples=150)
@given(logs, questions)
def test_it_finds_the_attempt_that_trying_all_of_them_finds(log, options):
    found = event_funnel(log, STEPS, as_of=AS_OF, **options)
    reached, dropped, still_open, excluded, took = [0] * 4, [0] * 4, [0] * 4, 0, []
    for one in range(3):
        events = [(name, at) for who, name, at in log if who == one and at <= AS_OF]
        depth = depth_of(events, options)
        if depth < 0:
            continue
        best = [
            found for found in attempts(events, **options) if place_of(found[0], options["order"]) == depth
        ]
        for place, name in enumerate(STEPS[: depth + 1]):
            reached[place] += (
                options["order"] == "any"
                or name not in options["optional"]
                or any(name in names for names, _, _ in best)
            )
        spared = [event for event in events if event[0] not in options["exclusions"]]
        excluded += depth_of(spared, options | {"exclusions": ()}) > depth
        if depth == 3:
            arrival = min(last for _, _, last in best)
            took.append(arrival - max(first for _, first, last in best if last == arrival))
            continue
        tomorrow = [(name, AS_OF + timedelta(days=1)) for name in STEPS]
        further = any(depth_of([*events, more], options) > depth for more in tomorrow)
        (still_open if further else dropped)[depth] += 1
    assert [step.reached for step in found] == reached
    assert [step.dropped for step in found] == dropped
    assert [step.open for step in found] == still_open
    assert found.counts.excluded == excluded
    median = found.completers_median
    assert (median is None) == (not took)
    assert not took or min(took) <= median <= max(took)
    ended = [
        timedelta(microseconds=time)
        for time, count in found.counts.took.finished.items()
        for _ in range(count)
    ]
    assert sorted(ended) == sorted(took)


@settings(max_examples=150)
@given(logs, questions)
def test_each_step_took_what_trying_all_attempts_says(log, options):
    """From the step before to this one, each at its earliest, of the attempt that arrived first and, of these, began last."""
    found = event_funnel(log, STEPS, as_of=AS_OF, **options)
    took = [[] for _ in STEPS]
    for one in range(3):
        events = [(name, at) for who, name, at in log if who == one and at <= AS_OF]
        ways, depth, base = list(attempts(events, **options)), depth_of(events, options), 0
        for place in range(1, depth + 1):
            spared = options["order"] != "any" and STEPS[place] in options["optional"]
            full = [way for way in ways if place_of(way[0], options["order"]) == depth]
            full = [way for way in full if not spared or STEPS[place] in way[0]]
            if not full:
                continue
            start = min(full, key=lambda way: (way[2], START - way[1]))[1]
            earliest = {
                at: min(
                    last
                    for names, first, last in ways
                    if first == start and place_of(names, options["order"]) == at
                )
                for at in (base, place)
            }
            took[place].append(earliest[place] - earliest[base])
            base = base if spared else place
    for step, times, counts in zip(found, took, found.counts.step_took, strict=True):
        assert sum(counts.finished.values()) == len(times) == (step.reached if step is not found[0] else 0)
        assert step.completers_median == (median(times) if times else None)


@given(logs, questions)
def test_everybody_is_accounted_for(log, options):
    found = event_funnel(log, STEPS, as_of=AS_OF, **options)
    known = {who for who, _, at in log if at <= AS_OF}
    assert found.entities + found.counts.outside + found.counts.out_of_period == len(known)
    completed = found.completed.hits
    assert completed + sum(step.dropped + step.open for step in found) == found.entities
    assert found.open == sum(step.open for step in found)
    assert found.counts.after_as_of == sum(at > AS_OF for _, _, at in log)
    for step in found:
        assert step.from_previous.hits == step.from_first.hits == step.reached
        assert step.from_first.trials == found.entities


@given(logs, questions, st.sets(st.integers(0, 2)))
def test_markets_combine_by_counts(log, options, north):
    parts = [[row for row in log if (row[0] in north) is side] for side in (True, False)]
    one, other = (reduce_event_funnel(part, STEPS, as_of=AS_OF, **options) for part in parts)
    whole = event_funnel(log, STEPS, as_of=AS_OF, **options)
    assert finish_event_funnel(one + other) == whole
    assert event_funnel(log, STEPS, as_of=AS_OF, by=lambda who: who in north, **options).total == whole


@given(logs.flatmap(lambda log: st.tuples(st.just(log), st.permutations(log))), questions)
def test_the_order_of_rows_does_not_matter(both, options):
    log, shuffled = both
    assert event_funnel(log, STEPS, as_of=AS_OF, **options) == event_funnel(
        iter(shuffled), STEPS, as_of=AS_OF, **options
    )


def test_a_step_takes_the_time_since_the_step_before():
    log = [
        ("one", "a", day(0)),
        ("one", "c", day(3)),
        ("two", "a", day(0)),
        ("two", "b", day(1)),
        ("two", "c", day(2)),
    ]
    funnel = event_funnel(log, STEPS[:3], as_of=AS_OF, window=None, optional=["b"])
    assert [step.completers_median for step in funnel] == [None, timedelta(days=1), timedelta(days=2.5)]
    assert funnel.to_rows()[2]["completers_median_days"] == 2.5


def day(number):
    return START + timedelta(days=number)


def reached(log, steps=STEPS[:3], **options):
    named = [("one", name, day(at)) for name, at in log]
    return [step.reached for step in event_funnel(named, steps, **{"as_of": AS_OF, "window": None} | options)]


def test_the_window_runs_from_the_entry_and_includes_its_end():
    """Seven days to buy: the seventh day counts, also when the second step came late."""
    assert reached([("a", 0), ("b", 6), ("c", 7)], window=timedelta(days=7)) == [1, 1, 1]
    assert reached([("a", 0), ("b", 6), ("c", 8)], window=timedelta(days=7)) == [1, 1, 0]


def test_who_comes_back_has_a_new_window_and_counts_once():
    assert reached([("a", 0), ("a", 5), ("b", 6), ("c", 7)], window=timedelta(days=2)) == [1, 1, 1]


def test_of_several_attempts_the_first_to_arrive_is_timed_from_its_last_entry():
    log = [("one", name, day(at)) for name, at in [("a", 0), ("a", 2), ("b", 3), ("a", 4), ("b", 9)]]
    assert event_funnel(log, ["a", "b"], as_of=AS_OF, window=None).completers_median == timedelta(days=1)


def test_events_of_one_moment_convert_in_either_order():
    for order in permutations([("a", 1), ("b", 1), ("c", 1)]):
        for rule in ("ordered", "strict", "any"):
            assert reached(order, order=rule) == [1, 1, 1]


def test_strict_lets_nothing_come_in_between():
    assert reached([("a", 0), ("help", 1), ("b", 2)], order="strict") == [1, 0, 0]
    assert reached([("a", 0), ("help", 1), ("a", 2), ("b", 3)], order="strict") == [1, 1, 0]
    assert reached([("a", 0), ("help", 1), ("b", 2)]) == [1, 1, 0]


def test_an_excluded_event_ends_the_attempt_and_keeps_what_was_done():
    log = [("a", 0), ("b", 1), ("refund", 2), ("c", 3)]
    assert reached(log, exclusions=["refund"]) == [1, 1, 0]
    assert reached([("refund", 0), ("a", 1), ("b", 2), ("c", 3)], exclusions=["refund"]) == [1, 1, 1]
    named = [("one", name, day(at)) for name, at in log]
    assert (
        event_funnel(named, STEPS[:3], as_of=AS_OF, window=None, exclusions=["refund"]).counts.excluded == 1
    )


def test_an_optional_step_is_counted_where_it_was_done_and_stops_nobody():
    assert reached([("a", 0), ("c", 1)], optional=["b"]) == [1, 0, 1]
    assert reached([("a", 0), ("b", 0), ("c", 1)], optional=["b"]) == [1, 1, 1]
    log = [("x", "a", day(0)), ("x", "c", day(1)), ("y", "a", day(0)), ("y", "b", day(1)), ("y", "c", day(2))]
    funnel = event_funnel(log, STEPS[:3], as_of=AS_OF, window=None, optional=["b"])
    assert funnel["c"].from_previous == Rate(2, 2)
    assert funnel["b"].optional


def test_who_still_has_time_is_open_and_not_dropped():
    """A trial of yesterday has not failed."""
    log = [("old", "a", day(0)), ("new", "a", day(8))]
    funnel = event_funnel(log, ["a", "b"], as_of=AS_OF, window=timedelta(days=5))
    assert (funnel["a"].dropped, funnel["a"].open) == (1, 1)
    moments = [(who, name, datetime(at.year, at.month, at.day, tzinfo=UTC)) for who, name, at in log]
    exact = event_funnel(
        moments, ["a", "b"], as_of=datetime(2024, 1, 13, tzinfo=UTC), window=timedelta(days=4, microseconds=1)
    )
    assert (exact["a"].dropped, exact["a"].open) == (1, 1)


def test_steps_in_any_order_are_named_by_how_many_there_were():
    funnel = event_funnel(
        [("one", "c", day(0)), ("one", "a", day(1))], STEPS[:3], as_of=AS_OF, window=None, order="any"
    )
    assert [(step.step, step.reached) for step in funnel] == [("1 of 3", 1), ("2 of 3", 1), ("3 of 3", 0)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": ()}, "one or more events"),
        ({"steps": ("a", "b", "a")}, "none of them twice"),
        ({"exclusions": ("a",)}, "or excluded"),
        ({"optional": ("a",)}, r"got \['a'\]; these can be: \('b', 'c'\)"),
        ({"optional": ("d",)}, "between the first and the last"),
        ({"optional": ("b",), "order": "any"}, "these can be: \\(\\)"),
        ({"order": "orderd"}, "did you mean 'ordered'"),
        ({"window": -timedelta(days=1)}, "window must be"),
    ],
)
def test_it_refuses_what_it_cannot_answer(options, message):
    with pytest.raises(ValueError, match=message):
        event_funnel([], **{"steps": STEPS, "as_of": AS_OF, "window": None} | options)


def test_rows_that_cannot_be_read_are_named():
    for row in [("one",), 5, ("one", [], START)]:
        for order in ("ordered", "strict"):
            with pytest.raises(LogError, match="row 2"):
                event_funnel([("one", "z", START), row], STEPS, as_of=AS_OF, window=None, order=order)
    with pytest.raises(NaiveTimeError, match="row 1"):
        event_funnel([("one", "a", datetime(2024, 1, 1))], STEPS, as_of=AS_OF, window=None)
    with pytest.raises(TypeError, match="steps must be a sequence"):
        event_funnel([], "abc", as_of=AS_OF, window=None)


def test_different_questions_do_not_add_up():
    one = reduce_event_funnel([], STEPS, as_of=AS_OF, window=None)
    with pytest.raises(ValueError, match="same order"):
        one + reduce_event_funnel([], STEPS, as_of=AS_OF, window=None, order="any")
    with pytest.raises(TypeError):
        one + 1


class Row(NamedTuple):
    who: str
    event: str
    at: date
    source: str


def test_a_funnel_of_events_shows_itself_and_its_parts():
    log = [Row("one", "<a>", START, "ad"), Row("one", "b", day(1), "ad"), Row("two", "<a>", START, "web")]
    options = {"as_of": AS_OF, "window": None}
    funnel = event_funnel(log, ["<a>", "b"], **options)
    assert repr(funnel) == "<EventFunnel of 2 as of 2024-01-10, ordered: <a> 2, b 1>"
    assert "<a>" not in funnel._repr_html_()
    assert [row["reached"] for row in funnel.to_rows()] == [2, 1]
    assert len(funnel) == 2
    assert funnel[-1].step == "b"
    with pytest.raises(UnknownName, match="no step 'c'"):
        funnel["c"]
    parts = event_funnel(log, ["<a>", "b"], by="source", **options)
    assert parts["ad"].completed == Rate(1, 1)
    for order in ("ordered", "strict"):
        assert event_funnel(log, ["<a>", "b"], by="source", order=order, **options).total.entities == 2


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_results_survive_pickling_and_copying(protocol):
    funnel = event_funnel([("one", "a", START), ("one", "b", START)], ["a", "b"], as_of=AS_OF, window=None)
    assert pickle.loads(pickle.dumps(funnel, protocol)) == funnel
    assert copy.deepcopy(funnel) == copy.copy(funnel) == funnel
