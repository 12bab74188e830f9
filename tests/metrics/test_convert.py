"""From one stage to another: everybody who set out arrived, ended elsewhere, is on the way, or came backwards."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.metrics import DurationCounts, finish_durations, reduce_time_to_convert, time_to_convert
from salesproc.periods import Period

START = date(2024, 1, 1)
AS_OF = START + timedelta(days=20)
DAY = timedelta(days=1)
DAY_US = 86_400_000_000

rows = st.tuples(
    st.integers(0, 8),
    st.sampled_from(["lead", "won", "lost", "dropped", "demo"]),
    st.integers(0, 24).map(lambda day: START + timedelta(days=day)),
)
logs = st.lists(rows, max_size=50)


def convert(log, **options):
    return time_to_convert(log, "lead", "won", **{"as_of": AS_OF, "lost": ("lost", "dropped")} | options)


def brute(log):
    """Entity -> (outcome, days), by reading its rows in order; at one time, losing comes last."""
    place = {"lead": 0, "won": 1, "lost": 3, "dropped": 3}
    events = sorted((who, at, place.get(stage, 2)) for who, stage, at in log if at <= AS_OF)
    found = {}
    for who, group in groupby(events, key=lambda event: event[0]):
        way = [(at, where) for _, at, where in group]
        starts = [at for at, where in way if where == 0]
        if not starts:
            continue
        arrivals = [at for at, where in way if where == 1 and at >= starts[0]]
        tail = list(takewhile(lambda step: step[1] == 3, ((at, w) for at, w in reversed(way) if w != 1)))
        if arrivals:
            found[who] = "finished", (arrivals[0] - starts[0]).days
        elif tail:
            found[who] = "lost", (tail[-1][0] - starts[0]).days
        elif any(where == 1 for _, where in way):
            found[who] = "backwards", None
        else:
            found[who] = "open", (AS_OF - starts[0]).days
    return found


def days(ages):
    return {time // DAY_US: count for time, count in ages.items()}


@given(logs)
def test_it_finds_what_reading_the_rows_in_order_finds(log):
    """Nobody comes out with a negative duration, and nobody is dropped in silence."""
    counts, expected = convert(log).counts, Counter(brute(log).values())
    for outcome in ("finished", "lost", "open"):
        assert days(getattr(counts, outcome)) == {
            taken: count for (what, taken), count in expected.items() if what == outcome
        }
    assert counts.backwards == expected["backwards", None]
    assert counts.outside + expected.total() == len({who for who, _, at in log if at <= AS_OF})
    assert counts.after_as_of == sum(at > AS_OF for _, _, at in log)
    assert counts.other_rows == sum(stage == "demo" and at <= AS_OF for _, stage, at in log)


@given(logs, st.sets(st.integers(0, 8)))
def test_regions_combine_by_counts(log, north):
    sides = [[row for row in log if (row[0] in north) is side] for side in (True, False)]
    parts = [
        reduce_time_to_convert(side, "lead", "won", as_of=AS_OF, lost=("lost", "dropped")) for side in sides
    ]
    assert finish_durations(parts[0] + parts[1]) == convert(log)


@given(logs.flatmap(lambda log: st.tuples(st.just(log), st.permutations(log))))
def test_the_order_of_the_rows_does_not_matter(both):
    log, shuffled = both
    assert convert(log) == convert(iter(shuffled))


@given(logs)
def test_a_breakdown_adds_up_to_the_whole(log):
    parts = convert(log, by=lambda who: who % 3)
    assert parts.total == convert(log)
    assert sum((part.counts for part in parts.values()), DurationCounts()) == parts.total.counts
    sizes = [part.finished + part.lost + part.open for part in parts.values()]
    assert sizes == sorted(sizes, reverse=True)


@given(logs, st.integers(0, 20), st.integers(1, 20))
def test_a_period_picks_those_who_set_out_in_it(log, first, length):
    start = START + timedelta(days=first)
    cohort = convert(log, period=Period(start, start + timedelta(days=length))).counts
    whole = convert(log).counts

    def size(counts):
        return counts.backwards + sum(
            sum(ages.values()) for ages in (counts.finished, counts.lost, counts.open)
        )

    assert size(cohort) + cohort.out_of_period == size(whole)
    assert cohort.outside == whole.outside


def test_six_leads_by_hand():
    log = [
        ("won", "lead", date(2024, 1, 1)),
        ("won", "won", date(2024, 1, 11)),
        ("lost", "lead", date(2024, 1, 1)),
        ("lost", "lost", date(2024, 1, 4)),
        ("back", "lead", date(2024, 1, 1)),
        ("back", "lost", date(2024, 1, 4)),
        ("back", "won", date(2024, 1, 9)),
        ("open", "lead", date(2024, 1, 15)),
        ("early", "won", date(2024, 1, 5)),
        ("early", "lead", date(2024, 1, 7)),
        ("again", "won", date(2024, 1, 5)),
        ("again", "lead", date(2024, 1, 7)),
        ("again", "won", date(2024, 1, 9)),
    ]
    durations = convert(log)
    counts = durations.counts
    assert (days(counts.finished), days(counts.lost), days(counts.open)) == (
        {10: 1, 2: 1, 8: 1},
        {3: 1},
        {6: 1},
    )
    assert durations.backwards == 1
    # 1/5 by day 2; one lost on day 3 and one last seen on day 6 leave 3/5 x 1/2 for day 8.
    assert durations.median == 8 * DAY
    without = time_to_convert(log, "lead", "won", as_of=AS_OF)
    assert (without.finished, without.lost, without.counts.other_rows) == (3, 0, 2)


def test_an_hour_is_an_hour_when_the_clocks_change():
    """From half past one in summer time to half past two in winter time two hours pass."""
    zone = ZoneInfo("Europe/Berlin")
    log = [
        ("a", "lead", datetime(2024, 10, 27, 1, 30, tzinfo=zone)),
        ("a", "won", datetime(2024, 10, 27, 2, 30, tzinfo=zone, fold=1)),
        ("b", "lead", datetime(2024, 10, 27, 0, 0, tzinfo=UTC)),
    ]
    durations = convert(log, as_of=datetime(2024, 10, 27, 3, tzinfo=zone))
    assert durations.finished_only_mean == timedelta(hours=2)
    assert durations.counts.open == {2 * 3_600_000_000: 1}


def test_an_attribute_can_be_the_label():
    log = [("a", "lead", START)]
    assert convert(log, by=lambda who: None)[None].open == 1


@pytest.mark.parametrize(
    ("start", "end", "lost"), [("a", "a", ()), ("a", "b", ("a",)), ("a", "b", ("c", "c"))]
)
def test_a_stage_has_one_part_to_play(start, end, lost):
    with pytest.raises(ValueError, match="a stage can stand in only one place"):
        time_to_convert([], start, end, lost=lost, as_of=AS_OF)
