"""An audit and the time in each stage with pandas and with Polars, from a frame of entity, stage, at.

A frame compares each row with the one before it. That finds what an audit finds as long as no row has to be dropped before the next one is
judged, which holds for the log of the benchmark and is checked there; for a log in disorder it would not do.
"""

from datetime import timedelta
from typing import Any, TypeAlias

from _funnel import AS_OF, PATH, SALES

Stays: TypeAlias = dict[str, tuple[dict[int, int], dict[int, int]]]
Found: TypeAlias = list[tuple[str, int]]

WAITS = PATH[:-1]
MOVES = {(source, one.target) for one in SALES.transitions for source in one.sources(SALES.stages)}
LEGAL = {f"{source}>{target}" for source, target in MOVES}
INITIAL = set(SALES.initial)
MICROSECOND = timedelta(microseconds=1)


def stays_with_pandas(frame: Any) -> Stays:
    """Per stage, how often each finished stay and each open one lasted that many microseconds."""
    rows = frame[frame["at"] <= AS_OF].sort_values(["entity", "at", "stage"])
    begins = (rows["entity"] != rows["entity"].shift()) | (rows["stage"] != rows["stage"].shift())
    visits = rows[begins]
    more = visits["entity"] == visits["entity"].shift(-1)
    ends = visits["at"].shift(-1).where(more, AS_OF)
    # The resolution of a column of times depends on the version of pandas.
    visits = visits.assign(stay=(ends - visits["at"]) // MICROSECOND, more=more)
    counts = visits.groupby(["stage", "more", "stay"]).size()
    return _stays((*key, count) for key, count in counts.items())


def stays_with_polars(frame: Any) -> Stays:
    """The same in Polars."""
    import polars as pl

    rows = frame.filter(pl.col("at") <= AS_OF).sort("entity", "at", "stage")
    entity, stage = pl.col("entity"), pl.col("stage")
    begins = (entity != entity.shift()).fill_null(value=True) | (stage != stage.shift())
    visits = rows.filter(begins).with_columns(more=(entity == entity.shift(-1)).fill_null(value=False))
    end = pl.when("more").then(pl.col("at").shift(-1)).otherwise(pl.lit(AS_OF))
    visits = visits.with_columns(stay=(end - pl.col("at")).dt.total_microseconds())
    return _stays(visits.group_by("stage", "more", "stay").len().iter_rows())


def _stays(counted: Any) -> Stays:
    stays: Stays = {stage: ({}, {}) for stage in WAITS}
    for stage, more, stay, count in counted:
        if stage in stays:
            stays[stage][0 if more else 1][int(stay)] = int(count)
    return stays


def audit_with_pandas(frame: Any) -> Found:
    """The rows that do not fit the process, each with its entity."""
    rows = frame.assign(number=range(1, len(frame) + 1)).sort_values("entity", kind="stable")
    first = rows["entity"] != rows["entity"].shift()
    move = rows["stage"].shift() + ">" + rows["stage"]
    backwards = rows["at"] < rows["at"].shift()
    wrong = (first & ~rows["stage"].isin(INITIAL)) | (~first & (~move.isin(LEGAL) | backwards))
    bad = rows[wrong]
    return sorted(zip(bad["entity"], bad["number"], strict=True))


def audit_with_polars(frame: Any) -> Found:
    """The same in Polars."""
    import polars as pl

    entity, stage, at = pl.col("entity"), pl.col("stage"), pl.col("at")
    rows = frame.with_row_index("number", offset=1).sort("entity", "number")
    rows = rows.with_columns(
        first=(entity != entity.shift()).fill_null(value=True), move=stage.shift() + ">" + stage
    )
    legal = pl.col("move").is_in(list(LEGAL)) & (at >= at.shift())
    wrong = pl.when("first").then(~stage.is_in(list(INITIAL))).otherwise(~legal)
    return sorted(rows.filter(wrong).select("entity", "number").iter_rows())


QUESTIONS = {
    "audit": {"pandas": audit_with_pandas, "polars": audit_with_polars},
    "time_in_stage": {"pandas": stays_with_pandas, "polars": stays_with_polars},
}
