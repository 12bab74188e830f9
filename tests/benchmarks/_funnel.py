"""A funnel over a long log, beside a pass by hand that sorts and streams, and beside pandas and Polars."""

import importlib.util
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeAlias

from _timing import Pair, compare_long, peak

from salesproc.metrics import stage_funnel, time_to_convert
from salesproc.stages import Process, Stage, StageKind, Transition, audit

Row: TypeAlias = tuple[str, str, datetime]
Figures: TypeAlias = tuple[tuple[tuple[int, ...], ...], int, int, int, int]
"""Per stage (reached, skipped over, advanced, lost); entities, re-entries, other rows, rows after the review."""

PATH = ("lead", "mql", "sal", "sql", "opportunity", "customer")
LOST = "disqualified"
START, AS_OF = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
SALES = Process(
    "sales",
    stages=[
        *(Stage(name) for name in PATH[:-1]),
        Stage("nurture"),
        Stage("customer", kind=StageKind.WON),
        Stage(LOST, kind=StageKind.LOST),
    ],
    transitions=[
        *(Transition(f"to {after}", before, after) for before, after in pairwise(PATH)),
        Transition("rest", "mql", "nurture"),
        Transition("back", "nurture", "mql"),
        Transition("lose", Process.any_open, LOST),
    ],
)


def log_of(rows: int) -> list[Row]:
    """A made-up log in the order of its times: people skip stages, come back, are lost, or are still on the way."""
    draw = random.Random(20240101)
    log: list[Row] = []
    number = 0
    while len(log) < rows:
        number += 1
        entity = f"D-{draw.randrange(10**9):09d}-{number}"
        at = START + timedelta(seconds=draw.randrange(86_400 * 360))
        for stage in PATH:
            if draw.random() < 0.1:
                continue
            log.append((entity, stage, at))
            at += timedelta(seconds=60 + draw.randrange(86_400 * 20))
            luck = draw.random()
            if luck < 0.05:
                log.append((entity, "nurture", at))
                log.append((entity, stage, at + timedelta(hours=1)))
                at += timedelta(hours=2)
            elif luck < 0.25:
                log.append((entity, LOST, at))
                break
            elif luck < 0.4:
                break
    log.sort(key=itemgetter(2))
    return log


def by_key(log: list[Row]) -> list[Row]:
    """The usual way to bring a log in order: one sort by a pair."""
    return sorted(log, key=itemgetter(0, 2))


def by_two_sorts(log: list[Row]) -> list[Row]:
    """The frugal way: by time, then by entity, so that no pair is made for any row."""
    ordered = sorted(log, key=itemgetter(2))
    ordered.sort(key=itemgetter(0))
    return ordered


def by_hand(ordered: list[Row]) -> Figures:
    """One pass over a log in the order of entity and time. The rows are taken to be in good order: nothing is checked."""
    place = {stage: 1 << index for index, stage in enumerate(PATH)}
    ways = Counter[tuple[int, bool]]()
    others = again = late = visited = 0
    current, lost = None, False
    for entity, stage, at in ordered:
        if entity != current:
            ways[visited, lost] += 1
            current, visited, lost = entity, 0, False
        if at > AS_OF:
            late += 1
            continue
        bit = place.get(stage)
        if bit is not None:
            if visited & bit:
                again += 1
            visited |= bit
            lost = False
        elif stage == LOST:
            lost = True
        else:
            others += 1
    ways[visited, lost] += 1
    return (*_figures({way: n for way, n in ways.items() if way[0]}), again, others, late)


def _figures(ways: dict[tuple[int, bool], int]) -> tuple[tuple[tuple[int, ...], ...], int]:
    table = [[0, 0, 0, 0] for _ in PATH]
    for (visited, lost), count in ways.items():
        last = visited.bit_length() - 1
        for index in range(last + 1):
            line = table[index]
            line[0] += count
            line[1] += 0 if visited >> index & 1 else count
            line[2] += count if index < last else 0
            line[3] += count if index == last and lost else 0
    return tuple(map(tuple, table)), sum(ways.values())


def ours(log: list[Row]) -> Figures:
    """The same figures from the library."""
    funnel = stage_funnel(log, PATH, lost=[LOST], as_of=AS_OF)
    stages = tuple((s.reached, s.skipped_over, s.advanced, s.lost) for s in funnel)
    return stages, funnel.entities, funnel.reentries, funnel.other_rows, funnel.after_as_of


def with_pandas(frame: Any) -> Figures:
    """The same figures from a pandas frame of entity, stage, at."""
    import pandas as pd

    places = {stage: index for index, stage in enumerate(PATH)} | {LOST: len(PATH)}
    late = int((frame["at"] > AS_OF).sum())
    rows = frame[frame["at"] <= AS_OF]
    rows = rows.assign(place=rows["stage"].map(places))
    others = int(rows["place"].isna().sum())
    rows = rows.dropna(subset="place").sort_values("at", kind="stable")
    steps = rows[rows["place"] < len(PATH)]
    firsts = steps.drop_duplicates(["entity", "place"])
    last = rows.drop_duplicates("entity", keep="last").set_index("entity")["place"]
    masks = (2 ** firsts["place"].astype("int64")).groupby(firsts["entity"]).sum()
    lost = (last == len(PATH)).reindex(masks.index)
    ways = pd.DataFrame({"visited": masks, "lost": lost}).groupby(["visited", "lost"]).size()
    table = {(int(visited), bool(ended)): int(count) for (visited, ended), count in ways.items()}
    return (*_figures(table), len(steps) - len(firsts), others, late)


def with_polars(frame: Any) -> Figures:
    """The same figures from a Polars frame of entity, stage, at."""
    import polars as pl

    places = {stage: index for index, stage in enumerate(PATH)} | {LOST: len(PATH)}
    place = pl.col("stage").replace_strict(places, default=None, return_dtype=pl.Int64)
    late = frame.filter(pl.col("at") > AS_OF).height
    rows = frame.filter(pl.col("at") <= AS_OF).with_columns(place=place)
    others = rows["place"].null_count()
    rows = rows.drop_nulls("place").with_columns(bit=pl.lit(1).cast(pl.Int64) * (2 ** pl.col("place")))
    steps = rows.filter(pl.col("place") < len(PATH))
    masks = steps.group_by("entity").agg(visited=pl.col("bit").unique().sum(), entries=pl.len())
    last = rows.group_by("entity").agg(last=pl.col("place").sort_by("at").last())
    joined = masks.join(last, on="entity").with_columns(lost=pl.col("last") == len(PATH))
    ways = joined.group_by("visited", "lost").len()
    table = {(int(visited), bool(ended)): int(count) for visited, ended, count in ways.iter_rows()}
    firsts = sum(visited.bit_count() * count for (visited, _), count in table.items())
    return (*_figures(table), steps.height - firsts, others, late)


def frames() -> dict[str, tuple[Callable[[list[Row]], Any], Callable[[Any], Figures]]]:
    """The dataframe packages that are here: how each loads Python rows, and how it counts."""
    found: dict[str, tuple[Callable[[list[Row]], Any], Callable[[Any], Figures]]] = {}
    if importlib.util.find_spec("pandas"):
        import pandas as pd

        found["pandas"] = (lambda log: pd.DataFrame(log, columns=["entity", "stage", "at"]), with_pandas)
    if importlib.util.find_spec("polars"):
        import polars as pl

        schema = {"entity": pl.String, "stage": pl.String, "at": pl.Datetime("us", "UTC")}
        found["polars"] = (lambda log: pl.DataFrame(log, schema=schema, orient="row"), with_polars)
    return found


SORTS: dict[str, Callable[[list[Row]], list[Row]]] = {"one sort by a pair": by_key, "two sorts": by_two_sorts}


def measure(rows: int, rounds: int) -> dict[str, Any]:
    """Time and memory of all of them, on a log in the order of time and on one in the order of entities."""
    log = log_of(rows)
    orders = {"by time": log, "by entity": by_two_sorts(log)}
    wanted = by_hand(by_two_sorts(log))
    return {
        "rows": len(log),
        "entities": len({row[0] for row in log}),
        "orders": {order: _one_order(given, wanted, rounds) for order, given in orders.items()},
    }


def _one_order(log: list[Row], wanted: Figures, rounds: int) -> dict[str, Any]:
    _agree("stage_funnel", ours(log), wanted)
    peaks = {"stage_funnel": peak(lambda: ours(log))}
    funnel: dict[str, Pair] = {}
    for name, sort in SORTS.items():
        by_this = partial(_sorted_by_hand, sort, log)
        _agree(name, by_this(), wanted)
        funnel[name] = compare_long(lambda: ours(log), by_this, rounds=rounds)
        peaks[name] = peak(by_this)
    others: dict[str, Callable[[], Any]] = {
        "time_to_convert": lambda: time_to_convert(log, "lead", "customer", lost=[LOST], as_of=AS_OF),
        "audit": lambda: audit(log, SALES),
    }
    peaks |= {name: peak(call) for name, call in others.items()}
    for name, (load, count) in frames().items():
        frame = load(log)
        _agree(name, count(frame), wanted)
        others[f"{name}, loaded"] = partial(count, frame)
        others[f"{name}, from rows"] = partial(_loaded, load, count, log)
    frugal = partial(_sorted_by_hand, by_two_sorts, log)
    beside = {name: compare_long(call, frugal, rounds=rounds) for name, call in others.items()}
    return {"funnel": funnel, "beside": beside, "peak": peaks}


def _sorted_by_hand(sort: Callable[[list[Row]], list[Row]], log: list[Row]) -> Figures:
    return by_hand(sort(log))


def _loaded(load: Callable[[list[Row]], Any], count: Callable[[Any], Figures], log: list[Row]) -> Figures:
    return count(load(log))


def _agree(name: str, found: Figures, wanted: Figures) -> None:
    if found != wanted:
        raise RuntimeError(f"{name} gives {found}, the pass by hand {wanted}")
