"""The other passes over a log beside the same done by hand and in dataframes: an audit, and the time in each stage."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

from _funnel import AS_OF, LOST, PATH, SALES, Row, frames, log_of
from _log_frames import QUESTIONS
from _timing import compare_long, peak

from salesproc.metrics import reduce_time_in_stage
from salesproc.stages import audit

WAITS = PATH[:-1]
MICROSECOND = timedelta(microseconds=1)


def measure(rows: int, rounds: int) -> dict[str, Any]:
    """Time and memory of both, after a look that they find the same."""
    log = log_of(rows)
    by_hand_found = audit_by_hand(log)[0]
    if _found(audit(log, SALES)) != by_hand_found:
        raise RuntimeError("the audit by hand finds something else")
    ours = _stays(log)
    if ours != stays_by_hand(log):
        raise RuntimeError("the stays by hand are others")
    sides = {
        "audit": (lambda: audit(log, SALES), lambda: audit_by_hand(log)),
        "time_in_stage": (lambda: _stays(log), lambda: stays_by_hand(log)),
    }
    figures = {"audit": by_hand_found, "time_in_stage": ours}
    return {
        name: {
            "pair": compare_long(mine, other, rounds=rounds),
            "memory": peak(mine) / peak(other),
            "frames": _frames(name, log, figures[name], other, rounds),
        }
        for name, (mine, other) in sides.items()
    }


def _frames(name: str, log: list[Row], wanted: Any, by_hand: Any, rounds: int) -> dict[str, Any]:
    """The dataframe packages beside the pass by hand, from a frame and from rows, after a look that they find the same."""
    costs: dict[str, Any] = {}
    for package, (load, _) in frames().items():
        answer = QUESTIONS[name][package]
        frame = load(log)
        if answer(frame) != wanted:
            raise RuntimeError(f"{name} with {package} finds something else")
        costs[f"{package}, loaded"] = compare_long(partial(answer, frame), by_hand, rounds=rounds)
        costs[f"{package}, from rows"] = compare_long(
            partial(_from_rows, load, answer, log), by_hand, rounds=rounds
        )
    return costs


def _from_rows(load: Any, answer: Any, log: list[Row]) -> Any:
    return answer(load(log))


def _found(report: Any) -> list[tuple[str, int]]:
    return sorted((finding.entity, finding.row) for finding in report.findings)


def audit_by_hand(log: list[Row]) -> tuple[list[tuple[str, int]], dict[str, list[Any]]]:
    """Rows per entity, each held against a table of moves; what does not fit, and what is kept."""
    moves = {(source, one.target) for one in SALES.transitions for source in one.sources(SALES.stages)}
    names = {stage.name for stage in SALES.stages}
    finals = {stage.name for stage in SALES.stages if stage.final}
    groups: dict[str, list[Any]] = {}
    for number, (entity, stage, at) in enumerate(log, 1):
        groups.setdefault(entity, []).append((stage, at, number))
    wrong: list[tuple[str, int]] = []
    clean: dict[str, list[Any]] = {}
    for entity, rows in groups.items():
        kept: list[Any] = []
        for row in rows:
            stage, at, number = row
            if stage not in names:
                wrong.append((entity, number))
                continue
            if not kept:
                if stage not in SALES.initial:
                    wrong.append((entity, number))
            elif stage == kept[-1][0] or at < kept[-1][1]:
                wrong.append((entity, number))
                continue
            elif (kept[-1][0], stage) not in moves:
                wrong.append((entity, number))
                if kept[-1][0] in finals:
                    continue
            kept.append(row)
        clean[entity] = kept
    return sorted(wrong), clean


def _stays(log: list[Row]) -> dict[str, tuple[dict[int, int], dict[int, int]]]:
    counts = reduce_time_in_stage(log, as_of=AS_OF, visits="each", stages=WAITS, final=(LOST, PATH[-1]))
    return {stage: (dict(here.finished), dict(here.open)) for stage, here in counts.at.items()}


def stays_by_hand(log: list[Row]) -> dict[str, tuple[dict[int, int], dict[int, int]]]:
    """Rows per entity in the order of time, and the time from each to the next of another stage."""
    groups: dict[str, list[Any]] = {}
    for entity, stage, at in log:
        if at <= AS_OF:
            groups.setdefault(entity, []).append((at, stage))
    finished = {stage: Counter[int]() for stage in WAITS}
    waiting = {stage: Counter[int]() for stage in WAITS}
    for rows in groups.values():
        rows.sort()
        since, here = rows[0]
        for at, stage in rows:
            if stage == here:
                continue
            if here in finished:
                finished[here][(at - since) // MICROSECOND] += 1
            since, here = at, stage
        if here in waiting:
            waiting[here][(AS_OF - since) // MICROSECOND] += 1
    return {stage: (dict(finished[stage]), dict(waiting[stage])) for stage in WAITS}
