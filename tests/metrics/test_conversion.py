"""Of those who entered a stage, how many got to another: by cohort, by month of entry, by volume."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import LogError, NaiveTimeError, PeriodError
from salesproc.metrics.cohorts import conversion_cohorts, finish_conversion_cohorts, reduce_conversion_cohorts
from salesproc.metrics.conversion import cohort_conversion, reduce_cohort_conversion
from salesproc.metrics.conversion_results import finish_cohort_conversion
from salesproc.metrics.convert import time_to_convert
from salesproc.metrics.volume import finish_volume_conversion, reduce_volume_conversion, volume_conversion
from salesproc.periods import Period
from salesproc.rates import Rate

START = date(2024, 1, 1)
AS_OF = START + timedelta(days=60)
STAGES = ("lead", "talk", "won", "lost", "nurture")

rows = st.tuples(
    st.integers(0, 5), st.sampled_from(STAGES), st.integers(0, 70).map(lambda n: START + timedelta(days=n))
)
logs = st.lists(rows, max_size=40)
one_a_day = st.lists(rows, max_size=40, unique_by=lambda row: (row[0], row[2]))
windows = st.integers(0, 40).map(lambda days: timedelta(days=days))
sides = st.sets(st.integers(0, 5))
january = Period.month(2024, 1)


def parted(log, north):
    return [[row for row in log if (row[0] in north) is side] for side in (True, False)]


def cohort(log, **options):
    return cohort_conversion(log, "lead", "won", **{"as_of": AS_OF, "lost": ["lost"]} | options)


# A cohort


def fate(own, window):
    """What became of one entity, read off its rows: won as soon as it was, lost only if the loss still stands."""
    began = min((at for stage, at in own if stage == "lead"), default=None)
    if began is None:
        return None
    wins = [at for stage, at in own if stage == "won" and at >= began]
    latest = max(at for stage, at in own if stage != "lost")
    losses = [at for stage, at in own if stage == "lost" and at >= latest]
    if wins or losses:
        out, at = ("converted", min(wins)) if wins else ("lost", min(losses))
        return out if window is None or at - began <= window else "expired"
    if any(stage == "won" for stage, _ in own):
        return None
    return "expired" if window is not None and AS_OF - began >= window else "pending"


@given(logs, st.none() | windows)
def test_it_says_what_reading_each_entitys_rows_says(log, window):
    found = cohort(log, window=window)
    fates = [
        fate([(stage, at) for who, stage, at in log if who == one and at <= AS_OF], window)
        for one in range(6)
    ]
    for name in ("converted", "lost", "expired", "pending"):
        assert getattr(found, name) == fates.count(name)
    assert found.entered == len(fates) - fates.count(None)


@given(logs, st.none() | windows)
def test_everybody_who_entered_converted_was_lost_ran_out_of_time_or_is_pending(log, window):
    """Not yet is not no."""
    found = cohort(log, window=window)
    assert found.converted + found.lost + found.expired + found.pending == found.entered
    assert min(found.converted, found.lost, found.expired, found.pending) >= 0
    assert found.counts.late <= found.expired
    assert found.mature == (found.pending == 0)
    assert found.rate == Rate(found.converted, found.entered)
    matured = found.matured
    assert matured is None if window is None else matured.hits <= found.converted


@given(logs)
def test_without_a_window_it_counts_those_whom_time_to_convert_times(log):
    times = time_to_convert(log, "lead", "won", lost=["lost"], as_of=AS_OF)
    found = cohort(log)
    assert (found.converted, found.lost, found.pending) == (times.finished, times.lost, times.open)
    assert found.expired == 0
    assert (found.counts.backwards, found.counts.outside) == (times.backwards, times.counts.outside)


@given(logs, st.none() | windows, st.none() | st.just(january), sides)
def test_a_cohort_combines_by_counts(log, window, period, north):
    """The rate of the company is rebuilt from the counts of its regions."""
    options = {"as_of": AS_OF, "window": window, "lost": ["lost"], "period": period}
    one, other = (reduce_cohort_conversion(part, "lead", "won", **options) for part in parted(log, north))
    whole = cohort_conversion(log, "lead", "won", **options)
    assert finish_cohort_conversion(one + other) == whole
    assert cohort_conversion(log, "lead", "won", by=lambda who: who in north, **options).total == whole


@given(logs.flatmap(lambda log: st.tuples(st.just(log), st.permutations(log))), windows)
def test_the_order_of_rows_does_not_matter(both, window):
    log, shuffled = both
    assert cohort(log, window=window) == cohort(iter(shuffled), window=window)


def test_the_window_is_inclusive_and_a_late_win_is_none():
    """Thirty days are thirty days: the thirtieth counts, the thirty-first does not."""
    log = [
        ("a", "lead", START),
        ("a", "won", START + timedelta(days=30)),
        ("b", "lead", START),
        ("b", "won", START + timedelta(days=31)),
    ]
    found = cohort(log, window=timedelta(days=30))
    assert (found.converted, found.expired, found.counts.late) == (1, 1, 1)
    assert found.matured == Rate(1, 2)


def test_only_those_followed_for_the_whole_window_make_the_matured_rate():
    """Three quick wins of last week would make the rate of a month look like 100 %."""
    log = [("old", "lead", START)]
    log += [
        (n, stage, AS_OF - timedelta(days=9 - day))
        for n in range(3)
        for day, stage in enumerate(("lead", "won"))
    ]
    found = cohort(log, window=timedelta(days=30))
    assert found.rate == Rate(3, 4)
    assert found.matured == Rate(0, 1)


def test_the_cohort_of_a_period_is_followed_beyond_it():
    log = [("a", "lead", START), ("a", "won", date(2024, 2, 20)), ("b", "lead", date(2024, 2, 1))]
    found = cohort(log, period=january)
    assert (found.converted, found.entered, found.counts.out_of_period) == (1, 1, 1)


def test_a_cohort_refuses_what_it_cannot_answer():
    with pytest.raises(ValueError, match=r"window must be 0 or more, got .*days=-1"):
        cohort([], window=timedelta(days=-1))
    with pytest.raises(ValueError, match="can stand in only one place"):
        cohort_conversion([], "won", "won", as_of=AS_OF)
    with pytest.raises(NaiveTimeError, match="row 1"):
        cohort([("a", "lead", datetime(2024, 1, 1))])
    one = reduce_cohort_conversion([], "lead", "won", as_of=AS_OF)
    with pytest.raises(ValueError, match="same end, got 'won' and 'lost'"):
        one + reduce_cohort_conversion([], "lead", "lost", as_of=AS_OF)
    with pytest.raises(TypeError):
        one + 1


def test_a_cohort_of_nobody_is_undefined():
    found = cohort([("a", "talk", START)], window=timedelta(days=1))
    assert found.rate.value is None
    assert found.matured == Rate(0, 0)
    assert found.to_rows()[0]["rate"] is None
    assert found.counts.outside == 1


def test_a_cohort_shows_its_counts():
    found = cohort([("a", "lead", START), ("a", "won", START)])
    assert repr(found) == "<CohortConversion lead to won: 100.0% (1 of 1), 0 pending>"
    assert found.to_rows()[0]["matured_rate"] is None
    nasty = cohort_conversion([("a", "<b>", START)], "<b>", "won", as_of=AS_OF)
    assert "<b>" not in nasty._repr_html_()
    assert "&lt;b&gt;" in nasty._repr_html_()


# By month of entry


@given(logs, windows, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_every_cohort_is_the_conversion_of_its_period(log, window, every):
    table = conversion_cohorts(log, "lead", "won", as_of=AS_OF, window=window, every=every, lost=["lost"])
    for row in table:
        alone = cohort(log, window=window, period=row.period)
        for name in ("entered", "converted", "lost", "expired", "pending"):
            assert getattr(row.conversion, name) == getattr(alone, name)
        assert row.rate == alone.matured
        assert row.mature == (row.period.end - timedelta(days=1) + window <= AS_OF)
        assert not row.mature or row.conversion.mature
    assert sum(row.conversion.entered for row in table) == table.total.entered
    for before, row in zip(table.rows, table.rows[1:], strict=False):
        assert before.period.end == row.period.start
    assert table.total == cohort(log, window=window)


@given(logs, windows, sides)
def test_cohorts_combine_by_counts(log, window, north):
    options = {"as_of": AS_OF, "window": window, "lost": ["lost"]}
    one, other = (reduce_conversion_cohorts(part, "lead", "won", **options) for part in parted(log, north))
    whole = conversion_cohorts(log, "lead", "won", **options)
    assert finish_conversion_cohorts(one + other) == whole
    assert conversion_cohorts(log, "lead", "won", by=lambda who: who in north, **options).total == whole


def test_a_month_nobody_could_be_followed_in_is_unknown_and_not_zero():
    """The last month of a report is never the worst only because it is young."""
    log = [("a", "lead", date(2024, 2, 20))]
    [row] = conversion_cohorts(log, "lead", "won", as_of=date(2024, 2, 25), window=timedelta(days=30))
    assert row.rate.value is None
    assert not row.mature
    assert (
        conversion_cohorts(log, "lead", "won", as_of=date(2024, 2, 25), window=timedelta(days=30)).to_rows()[
            0
        ]["rate"]
        is None
    )


@pytest.mark.parametrize("kind", ["naive", "aware"])
def test_moments_are_sorted_into_the_months_of_a_zone(kind):
    """Half past eleven on New Year's Eve in London is next year in Berlin."""
    at = datetime(2023, 12, 31, 23, 30, tzinfo=UTC if kind == "aware" else None)
    as_of = datetime(2024, 3, 1, tzinfo=UTC if kind == "aware" else None)
    tz = "Europe/Berlin" if kind == "aware" else None
    table = conversion_cohorts(
        [("a", "lead", at)], "lead", "won", as_of=as_of, window=timedelta(days=29), tz=tz
    )
    entered = [str(row.period.start) for row in table if row.conversion.entered]
    assert entered == (["2024-01-01"] if kind == "aware" else ["2023-12-01"])
    assert [row.mature for row in table][-2:] == [False, False]
    assert table.rows[0].mature
    assert table == conversion_cohorts(
        [("a", "lead", at if tz is None else at.astimezone(ZoneInfo("Asia/Tokyo")))],
        "lead",
        "won",
        as_of=as_of,
        window=timedelta(days=29),
        tz=tz,
    )


def test_cohorts_refuse_what_they_cannot_answer():
    options = {"window": timedelta(days=1)}
    with pytest.raises(PeriodError, match="there is no unit 'moth'; did you mean 'month'"):
        conversion_cohorts([], "lead", "won", as_of=AS_OF, every="moth", **options)
    with pytest.raises(PeriodError, match="needs a zone"):
        conversion_cohorts([], "lead", "won", as_of=datetime(2024, 1, 1, tzinfo=UTC), **options)
    with pytest.raises(PeriodError, match="only instants"):
        conversion_cohorts([], "lead", "won", as_of=AS_OF, tz="UTC", **options)
    one = reduce_conversion_cohorts([], "lead", "won", as_of=AS_OF, **options)
    with pytest.raises(ValueError, match="same every"):
        one + reduce_conversion_cohorts([], "lead", "won", as_of=AS_OF, every="week", **options)
    with pytest.raises(TypeError):
        one + 1


def test_cohorts_of_nobody_have_no_rows():
    table = conversion_cohorts(
        [("x", "other", START), ("y", "won", AS_OF + timedelta(days=3))],
        "lead",
        "won",
        as_of=AS_OF,
        window=timedelta(days=1),
    )
    assert len(table) == 0
    assert table.to_rows() == []
    assert (table.total.counts.outside, table.total.counts.after_as_of) == (1, 1)
    assert repr(table) == "<ConversionCohorts: 0 by month, 0 mature, 0 entered>"
    assert table._repr_html_().startswith("<table>")


# By volume


def traffic(log, period):
    """Entries and moves, read day by day."""
    entries = moves = before = 0
    for one in {who for who, _, _ in log}:
        own = sorted((at, stage) for who, stage, at in log if who == one and at <= AS_OF)
        entered, last = None, None
        for at, stage in own:
            if stage == "lead" and last != "lead":
                entered = at
                entries += at in period
            if stage == "won" and last != "won" and entered:
                moves += at in period
                before += at in period and entered not in period
                entered = None
            last = stage
    return entries, moves, before


@given(one_a_day)
def test_volume_counts_every_entry_and_every_move_of_the_period(log):
    found = volume_conversion(log, "lead", "won", period=january, as_of=AS_OF)
    assert (found.entries, found.moves, found.counts.entered_before) == traffic(log, january)
    assert found.above_one == (found.moves > found.entries)
    assert found.exact == (Fraction(found.moves, found.entries) if found.entries else None)
    assert (found.undefined is None) == (found.value is not None) == (found.entries > 0)


@given(one_a_day, sides)
def test_volume_combines_by_counts(log, north):
    options = {"period": january, "as_of": AS_OF}
    one, other = (reduce_volume_conversion(part, "lead", "won", **options) for part in parted(log, north))
    whole = volume_conversion(log, "lead", "won", **options)
    assert finish_volume_conversion(one + other) == whole
    assert volume_conversion(log, "lead", "won", by=lambda who: who in north, **options).total == whole
    assert one + other == one.__add__(other)


def test_a_backlog_worked_off_is_more_than_one_and_is_flagged():
    """Two deals of January won in February, one new lead: 200 %."""
    log = (
        [(n, "lead", START) for n in range(2)]
        + [(n, "won", date(2024, 2, 5)) for n in range(2)]
        + [("new", "lead", date(2024, 2, 6))]
    )
    found = volume_conversion(log, "lead", "won", period=Period.month(2024, 2), as_of=date(2024, 2, 20))
    assert (found.value, found.above_one, found.running, found.counts.entered_before) == (2.0, True, True, 2)
    assert repr(found) == "<VolumeConversion lead to won: 200.0% (2 moves, 1 entries)>"
    assert "<table>" in found._repr_html_()


def test_volume_refuses_what_it_cannot_answer():
    with pytest.raises(ValueError, match="one stage to another, got 'won' twice"):
        volume_conversion([], "won", "won", period=january, as_of=AS_OF, stages=["won"])
    tied = [("a", "talk", START), ("a", "nurture", START)]
    with pytest.raises(LogError, match="give stages="):
        volume_conversion(tied, "lead", "won", period=january, as_of=AS_OF)
    assert volume_conversion(tied, "lead", "won", period=january, as_of=AS_OF, stages=STAGES).undefined
    assert repr(
        volume_conversion(
            [("a", "won", AS_OF + timedelta(days=1))], "lead", "won", period=january, as_of=AS_OF
        )
    ).endswith("n/a (0 moves, 0 entries)>")
    one = reduce_volume_conversion([], "lead", "won", period=january, as_of=AS_OF)
    with pytest.raises(TypeError):
        one + 1


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_results_survive_pickling_and_copying(protocol):
    log = [("a", "lead", START), ("a", "won", START + timedelta(days=3))]
    for result in (
        cohort(log),
        conversion_cohorts(log, "lead", "won", as_of=AS_OF, window=timedelta(days=5)),
        volume_conversion(log, "lead", "won", period=january, as_of=AS_OF),
    ):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
        assert copy.deepcopy(result) == copy.copy(result) == result
