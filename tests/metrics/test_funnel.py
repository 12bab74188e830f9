"""A funnel accounts for everybody: further, lost, or still there."""

import copy
import pickle
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import LogError, NaiveTimeError, UnknownName
from salesproc.metrics import FunnelCounts, StageCounts, finish_funnel, reduce_funnel, stage_funnel
from salesproc.periods import Period
from salesproc.rates import Rate

PATH = ("lead", "demo", "offer", "won")
LOST = ("lost", "dropped")
RULES = ("counted", "absent", "ends")
START = date(2024, 1, 1)
AS_OF = START + timedelta(days=20)

rules = st.sampled_from(RULES)
rows = st.tuples(
    st.integers(0, 5),
    st.sampled_from([*PATH, *LOST, "nurture"]),
    st.integers(0, 24).map(lambda day: START + timedelta(days=day)),
)
logs = st.lists(rows, max_size=40)


def funnel_of(log, **options):
    return stage_funnel(log, PATH, **{"as_of": AS_OF, "lost": LOST} | options)


def brute(log, rule):
    """The same by reading each entity's rows in order: (reached, skipped, advanced, lost, open, from previous, from first)."""
    place = {stage: index for index, stage in enumerate(PATH)} | dict.fromkeys(LOST, len(PATH))
    events = sorted((who, at, place[stage]) for who, stage, at in log if at <= AS_OF and stage in place)
    table = [[0] * 7 for _ in PATH]
    for _, group in groupby(events, key=lambda event: event[0]):
        way = [(at, where) for _, at, where in group]
        visited = {where for _, where in way if where < len(PATH)}
        if rule == "ends":
            visited, since = set(), way[0][0]
            for index in range(len(PATH)):
                later = [at for at, where in way if where == index and at >= since]
                if not later:
                    break
                since = later[0]
                visited.add(index)
        reached = set(range(max(visited, default=-1) + 1)) if rule == "counted" else visited
        for index in reached:
            line, last, ended = table[index], index == max(reached), way[-1][1] == len(PATH)
            facts = (True, index not in visited, not last, last and ended, last and not ended)
            for column, fact in enumerate((*facts, index == 0 or index - 1 in reached, 0 in reached)):
                line[column] += fact
    return [tuple(line) for line in table]


# Laws


@given(logs, rules)
def test_it_counts_what_reading_the_rows_in_order_counts(log, rule):
    funnel = funnel_of(log, skipped=rule)
    assert [
        (
            stage.reached,
            stage.skipped_over,
            stage.advanced,
            stage.lost,
            stage.still_there,
            stage.from_previous.hits,
            stage.from_first.hits,
        )
        for stage in funnel
    ] == brute(log, rule)


@given(logs, rules)
def test_everybody_at_a_stage_went_on_was_lost_or_is_still_there(log, rule):
    """Not yet is not no: the open ones are counted, not taken for lost."""
    funnel = funnel_of(log, skipped=rule)
    for stage in funnel:
        assert stage.advanced + stage.lost + stage.still_there == stage.reached
        assert min(stage.advanced, stage.lost, stage.still_there, stage.skipped_over) >= 0
        assert stage.from_first.trials == funnel[0].reached
    for before, stage in pairwise(funnel):
        assert stage.from_previous.trials == before.reached
    assert funnel[0].from_previous == Rate(funnel[0].reached, funnel.entities)


@given(logs, rules)
def test_everybody_and_every_row_of_the_log_is_accounted_for(log, rule):
    funnel = funnel_of(log, skipped=rule)
    known = {who for who, _, at in log if at <= AS_OF}
    assert funnel.entities + funnel.outside == len(known)
    assert funnel.after_as_of == sum(at > AS_OF for _, _, at in log)
    early = [row for row in log if row[2] <= AS_OF]
    assert funnel.other_rows == sum(stage == "nurture" for _, stage, _ in early)
    entries = Counter((who, stage) for who, stage, _ in early if stage in PATH)
    assert funnel.reentries == entries.total() - len(entries)


@given(logs, rules)
def test_the_latest_start_counts_what_a_log_without_the_earlier_ones_would(log, rule):
    """Whoever began again is judged by the new start alone."""
    starts = {}
    for who, stage, at in log:
        if stage == PATH[0] and at <= AS_OF:
            starts[who] = max(at, starts.get(who, at))
    kept = [row for row in log if row[0] not in starts or row[2] >= starts[row[0]]]
    funnel = funnel_of(log, skipped=rule, reentry="latest")
    assert tuple(funnel) == tuple(funnel_of(kept, skipped=rule))
    assert funnel.reentries == funnel_of(log, skipped=rule).reentries


def test_a_recycled_lead_is_where_its_new_start_has_brought_it():
    """First a demo and lost, then recycled and a lead again: by its latest start it has seen no demo."""
    days = [START + timedelta(days=n) for n in range(4)]
    log = [(1, stage, at) for stage, at in zip(("lead", "demo", "lost", "lead"), days, strict=True)]
    assert [stage.reached for stage in funnel_of(log)] == [1, 1, 0, 0]
    again = funnel_of(log, reentry="latest")
    assert [stage.reached for stage in again] == [1, 0, 0, 0]
    assert again["lead"].still_there == 1
    assert str(again).endswith(
        "1 entities as of 2024-01-21, skips counted, latest start only, 1 re-entries, no later row in 'demo', 'offer', 'won'"
    )
    with pytest.raises(ValueError, match="same stages, rules and as_of"):
        again.counts + funnel_of(log).counts
    with pytest.raises(ValueError, match="reentry must be one of 'first', 'latest', got 'last'"):
        funnel_of(log, reentry="last")


@given(logs, rules, st.sets(st.integers(0, 5)))
def test_regions_combine_by_counts(log, rule, north):
    """The funnel of the company is the sum of its regions."""
    parts = [
        reduce_funnel(
            [row for row in log if (row[0] in north) is side], PATH, as_of=AS_OF, lost=LOST, skipped=rule
        )
        for side in (True, False)
    ]
    assert finish_funnel(parts[0] + parts[1]) == funnel_of(log, skipped=rule)


@given(logs.flatmap(lambda log: st.tuples(st.just(log), st.permutations(log))), rules)
def test_the_order_of_the_rows_does_not_matter(both, rule):
    log, shuffled = both
    assert funnel_of(log, skipped=rule) == funnel_of(iter(shuffled), skipped=rule)


@given(logs, rules, st.integers(-400, 400))
def test_shifting_all_dates_changes_nothing(log, rule, days):
    shift = timedelta(days=days)
    moved = funnel_of([(who, stage, at + shift) for who, stage, at in log], skipped=rule, as_of=AS_OF + shift)
    assert moved.stages == funnel_of(log, skipped=rule).stages


@given(logs, rules, st.sampled_from(["date", "naive", "utc", "offset", "zone"]))
def test_every_kind_of_time_gives_the_same_counts(log, rule, kind):
    """Days, clock times and instants of any zone: the same process, the same funnel."""
    from zoneinfo import ZoneInfo

    def at(day):
        naive = datetime(day.year, day.month, day.day, 12)
        zones = {
            "utc": UTC,
            "zone": ZoneInfo("Europe/Berlin"),
            "offset": datetime.strptime("+0530", "%z").tzinfo,
        }
        return {"date": day, "naive": naive}.get(kind) or naive.replace(tzinfo=UTC).astimezone(zones[kind])

    moved = funnel_of([(who, stage, at(day)) for who, stage, day in log], skipped=rule, as_of=at(AS_OF))
    assert moved.stages == funnel_of(log, skipped=rule).stages


@given(logs, rules)
def test_a_breakdown_adds_up_to_the_whole(log, rule):
    parts = funnel_of(log, skipped=rule, by=lambda who: None if who == 3 else who % 2)
    assert parts.total == funnel_of(log, skipped=rule)
    for index in range(len(PATH)):
        assert sum(part[index].reached for part in parts.values()) == parts.total[index].reached
    sizes = [part.entities for part in parts.values()]
    assert sizes == sorted(sizes, reverse=True)
    assert set(parts) == {None if who == 3 else who % 2 for who, _, _ in log}


@given(logs, rules, st.integers(0, 20), st.integers(1, 20))
def test_a_period_and_the_rest_are_the_whole(log, rule, first, days):
    """The cohort of a month is those who came in that month, whenever they went on."""
    start = START + timedelta(days=first)
    middle = Period(start, start + timedelta(days=days))
    everything = Period(START, START + timedelta(days=365))
    cohort = funnel_of(log, skipped=rule, period=middle)
    assert cohort.entities + cohort.out_of_period == funnel_of(log, skipped=rule).entities
    assert funnel_of(log, skipped=rule, period=everything) == funnel_of(log, skipped=rule)


# Worked examples


DAYS = {
    "a": {"lead": 1, "demo": 3, "offer": 5, "won": 9},
    "b": {"lead": 1, "offer": 4, "lost": 6},
    "c": {"lead": 2, "lost": 3},
    "d": {"demo": 2, "won": 8},
    "e": {"lead": 4},
}
EXAMPLE = [(who, stage, date(2024, 1, day)) for who, way in DAYS.items() for stage, day in way.items()]


@pytest.mark.parametrize(
    ("rule", "reached", "skipped_over", "previous"),
    [
        ("counted", (5, 3, 3, 2), (1, 1, 1, 0), ("5/5", "3/5", "3/3", "2/3")),
        ("absent", (4, 2, 2, 2), (0, 0, 0, 0), ("4/5", "1/4", "1/2", "1/2")),
        ("ends", (4, 1, 1, 1), (0, 0, 0, 0), ("4/4", "1/4", "1/1", "1/1")),
    ],
)
def test_five_deals_by_hand(rule, reached, skipped_over, previous):
    funnel = funnel_of(EXAMPLE, skipped=rule)
    assert tuple(stage.reached for stage in funnel) == reached
    assert tuple(stage.skipped_over for stage in funnel) == skipped_over
    rates = [stage.from_previous for stage in funnel]
    assert tuple(f"{rate.hits}/{rate.trials}" for rate in rates) == previous
    assert (funnel.skipped, funnel.as_of, funnel.entities) == (rule, AS_OF, 4 if rule == "ends" else 5)


def test_a_lost_deal_is_filled_in_only_as_far_as_it_really_came():
    """Losing a lead proves no demo."""
    funnel = funnel_of(EXAMPLE)
    assert [(stage.lost, stage.still_there) for stage in funnel] == [(1, 1), (0, 0), (1, 0), (0, 2)]


def test_a_reopened_deal_is_open_again():
    log = [("a", "lead", date(2024, 1, 1)), ("a", "lost", date(2024, 1, 2))]
    assert funnel_of(log)["lead"].lost == 1
    assert funnel_of([*log, ("a", "lead", date(2024, 1, 3))])["lead"].still_there == 1
    assert (
        funnel_of([*log, ("a", "lead", date(2024, 1, 3)), ("a", "dropped", date(2024, 1, 4))])["lead"].lost
        == 1
    )


def test_a_later_entry_may_close_the_gap_of_a_run():
    """Demo first, then lead, then demo again: in the order that counts, the demo was reached."""
    log = [("a", stage, date(2024, 1, day)) for day, stage in enumerate(["demo", "lead", "demo", "won"], 1)]
    assert [stage.reached for stage in funnel_of(log, skipped="ends")] == [1, 1, 0, 0]


def test_the_cohort_is_dated_by_the_earliest_stage_of_the_process():
    """A deal won two days before its first contact belongs to the month of the contact."""
    log = [("a", "won", date(2024, 1, 31)), ("a", "lead", date(2024, 2, 2))]
    january, february = (
        stage_funnel(
            log, PATH, as_of=date(2024, 3, 1), period=Period(date(2024, month, 1), date(2024, month + 1, 1))
        )
        for month in (1, 2)
    )
    assert (january.entities, january.out_of_period, february.entities) == (0, 1, 1)


def test_times_of_one_zone_are_compared_as_instants():
    """In the night the clocks go back, 02:45 of summer comes before 02:15 of winter."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Berlin")
    summer, winter = (
        datetime(2024, 10, 27, 2, 45, tzinfo=zone),
        datetime(2024, 10, 27, 2, 15, tzinfo=zone, fold=1),
    )
    log = [("a", "lost", summer), ("a", "lead", winter), ("b", "lead", summer), ("b", "lost", winter)]
    funnel = stage_funnel(log, ["lead"], lost=["lost"], as_of=winter)
    assert (funnel["lead"].still_there, funnel["lead"].lost) == (1, 1)


def test_a_process_brings_its_stages_and_its_lost_ones():
    class Deals:
        path = PATH
        lost_stages = ("lost",)

    assert stage_funnel(EXAMPLE, Deals(), as_of=AS_OF) == stage_funnel(
        EXAMPLE, PATH, lost=["lost"], as_of=AS_OF
    )
    assert stage_funnel(EXAMPLE, Deals(), lost=LOST, as_of=AS_OF) == funnel_of(EXAMPLE)


def test_names_may_be_an_enumeration():
    class Deal(StrEnum):
        LEAD = "lead"
        WON = "won"

    funnel = stage_funnel(EXAMPLE, list(Deal), as_of=AS_OF)
    assert funnel[Deal.WON] is funnel["won"] is funnel[1] is funnel[-1]
    assert type(funnel["won"].stage) is str


class Visit(NamedTuple):
    entity: str
    stage: str
    at: date
    owner: object


def test_a_label_is_read_from_the_earliest_row():
    log = [
        Visit("a", "demo", date(2024, 1, 2), "Tom"),
        Visit("a", "lead", date(2024, 1, 1), "Sara"),
        Visit("b", "lead", date(2024, 1, 2), None),
        Visit("c", "demo", date(2024, 1, 2), "Tom"),
        Visit("c", "lead", date(2024, 1, 2), "Sara"),
        Visit("d", "nurture", date(2024, 1, 2), "Ann"),
        Visit("e", "lead", date(2024, 2, 2), "Ann"),
    ]
    for order in (log, log[::-1]):
        parts = funnel_of(order, by="owner")
        assert {label: part.entities for label, part in parts.items()} == {"Sara": 2, None: 1, "Ann": 0}
        assert (parts["Ann"].outside, parts["Ann"].after_as_of, parts["Ann"].other_rows) == (1, 1, 1)
        assert list(parts) == ["Sara", None, "Ann"]


# What it shows


def width(text):
    """Columns on a terminal, by the Unicode tables alone."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


@pytest.mark.parametrize(
    "names",
    [
        ("lead", "won"),
        ("线索", "赢单"),
        ("عميل محتمل", "صفقة رابحة"),
        ("مُحتَمَل", "e\u0301te\u0301"),
        ("a" * 200, "赢" * 40),
        ("two\nlines", "tab\there"),
    ],
)
def test_its_table_aligns_in_any_script_and_fits_the_screen(names):
    log = [(who, name, START) for who in range(1234) for name in names]
    text = str(stage_funnel(log, names, as_of=AS_OF))
    lines = text.splitlines()
    assert len(lines) == 4
    assert len({width(line) for line in lines[:3]}) == 1
    assert all(width(line) <= 100 for line in lines)


def test_its_notes_name_what_was_left_out():
    log = [*EXAMPLE, ("f", "nurture", START), ("e", "lead", AS_OF), ("e", "won", AS_OF + timedelta(days=1))]
    period = Period(date(2024, 1, 2), date(2024, 1, 5))
    assert str(funnel_of(log, period=period)).splitlines()[-1] == (
        "3 entities as of 2024-01-21, skips counted, 1 outside the funnel, 2 out of period, 1 re-entries, "
        "1 rows in other stages, 1 rows after that, no row in 'offer'"
    )


def test_its_repr_is_one_line_and_its_html_is_escaped():
    funnel = stage_funnel([("a", "<b>\n&", START)], ["<b>\n&"], as_of=AS_OF)
    assert repr(funnel) == "<Funnel of 1 as of 2024-01-21: <b> & 1>"
    html = funnel._repr_html_()
    assert "<b>" not in html
    assert "<td>&lt;b&gt;\n&amp;</td><td>1</td>" in html


def test_its_rows_keep_the_counts_of_every_share():
    rows = funnel_of(EXAMPLE).to_rows()
    assert rows[1] == {
        "stage": "demo",
        "reached": 3,
        "skipped_over": 1,
        "advanced": 3,
        "lost": 0,
        "still_there": 0,
        "from_previous": 0.6,
        "from_previous_hits": 3,
        "from_previous_trials": 5,
        "from_first": 0.6,
        "from_first_hits": 3,
        "from_first_trials": 5,
    }
    assert funnel_of([]).to_rows()[1]["from_first"] is None


def test_an_empty_log_has_no_rates():
    funnel = funnel_of([])
    assert [stage.from_first.value for stage in funnel] == [None] * len(funnel) == [None] * 4
    assert "n/a" in str(funnel)
    assert dict(funnel_of([], by=str)) == {}


# Refusals


@pytest.mark.parametrize(
    ("stages", "lost", "error", "message"),
    [
        ("lead", (), TypeError, r"got the text 'lead'; write \('lead',\)"),
        (("lead",), "lost", TypeError, "got the text 'lost'"),
        ((), (), ValueError, "at least one stage"),
        (("lead", "won", "lead"), (), ValueError, r"got \['lead'\] twice"),
        (("lead",), ("lead",), ValueError, r"got \['lead'\] twice"),
    ],
)
def test_stages_are_a_sequence_of_different_names(stages, lost, error, message):
    with pytest.raises(error, match=message):
        stage_funnel([], stages, lost=lost, as_of=AS_OF)


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="skipped must be one of 'counted', 'absent', 'ends', got 'filled'"):
        funnel_of([], skipped="filled")


def test_an_unknown_stage_is_named():
    with pytest.raises(UnknownName, match="the funnel has no stage 'wonn'; did you mean 'won'"):
        funnel_of([])["wonn"]


INSTANT = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "as_of", "message"),
    [
        (INSTANT, AS_OF, r"row 2 has an aware datetime: .* but as_of is a plain date"),
        (
            INSTANT.replace(tzinfo=None),
            INSTANT,
            "row 2 has a naive datetime.* but as_of is an aware datetime",
        ),
        (START, INSTANT, "row 2 has a plain date.* but as_of is an aware datetime"),
        (START, INSTANT.replace(tzinfo=None), "row 2 has a plain date.* but as_of is a naive datetime"),
        (
            INSTANT,
            INSTANT.replace(tzinfo=None),
            "row 2 has an aware datetime.* but as_of is a naive datetime",
        ),
        ("2024-01-02", INSTANT, "row 2 has the text '2024-01-02' for a time"),
        (None, AS_OF, "row 2 has no time: None"),
    ],
)
def test_a_mixture_of_times_is_refused_by_row(at, as_of, message):
    with pytest.raises(NaiveTimeError, match=message):
        stage_funnel([("a", "lead", as_of), ("b", "lead", at)], ["lead"], as_of=as_of)


class Missing(datetime):
    """What a dataframe has where a time is missing."""

    def __ne__(self, other):
        return True


def test_a_missing_time_of_a_dataframe_is_no_time():
    with pytest.raises(NaiveTimeError, match="row 1 has no time"):
        stage_funnel([("a", "lead", Missing(2024, 1, 1, tzinfo=UTC))], ["lead"], as_of=INSTANT)


def test_as_of_must_be_a_time():
    with pytest.raises(LogError, match="as_of must be a date or a datetime, got '2024'"):
        stage_funnel([], ["lead"], as_of="2024")


@pytest.mark.parametrize("year", [1, 1899, 1900, 2999, 9999])
@pytest.mark.parametrize("kind", ["date", "naive", "utc", "zone"])
def test_a_placeholder_is_no_date(year, kind):
    """31 December 9999 is how software writes never."""
    from zoneinfo import ZoneInfo

    zone = {"utc": UTC, "zone": ZoneInfo("America/Sao_Paulo")}.get(kind)
    at, as_of = (
        (date(year, 12, 31), AS_OF) if kind == "date" else (datetime(year, 12, 31, 23, tzinfo=zone), None)
    )
    as_of = as_of or datetime(2024, 1, 1, tzinfo=zone)
    with pytest.raises(LogError, match=r"row 2 has .* which is a placeholder"):
        stage_funnel([("a", "lead", as_of), ("a", "won", at)], PATH, as_of=as_of)
    with pytest.raises(LogError, match=r"as_of has .* which is a placeholder"):
        stage_funnel([], PATH, as_of=at)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a", "lead"), "row 2 has 2 fields"),
        (7, "row 2 is no row: 7"),
        ({"entity": "a"}, r"row 2 is a mapping; make it a tuple, \(row\[...\]"),
        ("abc", "row 2"),
        ((["a"], "lead", START), "row 2 names its entity or stage by something that cannot be looked up"),
        (("a", ["lead"], START), "row 2 names its entity or stage"),
    ],
)
def test_a_row_that_is_none_is_named(row, message):
    with pytest.raises((LogError, NaiveTimeError), match=message):
        funnel_of([("a", "lead", START), row])


def test_an_error_of_the_source_itself_is_not_blamed_on_a_row():
    def broken():
        yield "a", "lead", START
        raise KeyError("connection")

    with pytest.raises(KeyError, match="connection"):
        funnel_of(broken())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a", "lead", START), "by='owner' asks for an attribute that row 1 does not have"),
        (Visit("a", "lead", START, ["x"]), r"row 1 has owner=\['x'\], which cannot be a label"),
    ],
)
def test_a_label_must_be_there_and_must_be_a_label(row, message):
    with pytest.raises(LogError, match=message):
        funnel_of([row], by="owner")


def test_counts_of_different_questions_do_not_add():
    counts = reduce_funnel(EXAMPLE, PATH, as_of=AS_OF)
    with pytest.raises(ValueError, match="funnels add up only with the same stages, rules and as_of"):
        counts + reduce_funnel(EXAMPLE, PATH, as_of=START)
    with pytest.raises(TypeError):
        counts + 1
    with pytest.raises(TypeError):
        StageCounts() + 1


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [funnel_of(EXAMPLE), reduce_funnel(EXAMPLE, PATH, as_of=AS_OF)])
def test_it_pickles_and_copies(value, protocol):
    assert pickle.loads(pickle.dumps(value, protocol)) == value == copy.copy(value) == copy.deepcopy(value)
    assert hash(copy.deepcopy(value)) == hash(value)
    assert isinstance(value, FunnelCounts) or len(list(value)) == len(value) == 4
