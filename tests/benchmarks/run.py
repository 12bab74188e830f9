"""How much the library costs beside the same thing written by hand: ``python tests/benchmarks/run.py``.

Ratios, not seconds: both sides are timed in turns in the same run, in CPU time, with the garbage collector on, and
the median of the ratios of neighbours is shown. What every baseline does is written in ``docs/explanation/performance.md``.
"""

import argparse
import importlib.metadata
import json
import platform
import textwrap
from typing import Any

import _funnel
import _imports
import _lifetime
import _logs
import _machine
import _orders
from _timing import Pair

PACKAGES = ("attrs", "transitions", "python-statemachine", "Automat", "pandas", "polars", "lifetimes")
# What a user may count on; docs/explanation/performance.md says where it is missed.
ACCEPTED, REFUSED, FRESH_BYTES, FUNNEL = 1.1, 1.0, 300, 1.3
SIMPLEX, LIFETIMES, MORE_CUSTOMERS = 1.0, 2.0, 1.3
WIDTH = 100


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and short logs, for a first look")
    parser.add_argument("--rows", type=int, help="rows of the logs; a million unless given")
    parser.add_argument("--rounds", type=int, help="turns each side takes; 15, and 5 for long ones")
    parser.add_argument("--turn", type=float, help="seconds of one turn of a short statement; 0.05")
    given = parser.parse_args()
    usual = (50_000, 5, 0.01) if given.quick else (1_000_000, 15, 0.05)
    rows, rounds, turn = (
        chosen or default
        for chosen, default in zip((given.rows, given.rounds, given.turn), usual, strict=True)
    )
    long = max(1, rounds // 3)
    result: dict[str, Any] = {
        "versions": _versions(),
        "machine": _machine.measure(rounds, turn),
        "growth": _machine.growth(max(100, rows // 10), rounds, turn),
        "replay": _machine.replay(rows, long),
        "funnel": _funnel.measure(rows, long),
        "logs": _logs.measure(rows, long),
        "orders": _orders.measure(rows, long),
        "lifetime": _lifetime.measure(rows, long),
        "import": _imports.measure(rounds),
    }
    result["verdicts"] = _verdicts(result)
    print(json.dumps(_plain(result), indent=1) if given.json else _text(result))


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {
        "Python": f"{platform.python_implementation()} {platform.python_version()}"
    }
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def _verdicts(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Every target beside what was measured, for each baseline it is judged by."""
    judged = [("bytes of a fresh journey", result["machine"]["bytes"], FRESH_BYTES)]
    for name in ("by hand, frozen attrs", "by hand, NamedTuple"):
        row = result["machine"]["against"][name]
        judged += [(f"accepted step / {name}", row["accepted"].ratio, ACCEPTED)]
        judged += [(f"refused step / {name}", row["refused"].ratio, REFUSED)]
    for order, cell in result["funnel"]["orders"].items():
        for name, pair in cell["funnel"].items():
            judged += [(f"funnel, time, log {order} / {name}", pair.ratio, FUNNEL)]
            more = cell["peak"]["stage_funnel"] / cell["peak"][name]
            judged += [(f"funnel, memory, log {order} / {name}", more, FUNNEL)]
    for name, cell in (result["logs"] | result["orders"]).items():
        judged += [(f"{name}, time / by hand", cell["pair"].ratio, FUNNEL)]
        judged += [(f"{name}, memory / by hand", cell["memory"], FUNNEL)]
    judged += _lifetime_targets(result["lifetime"])
    return [
        {"what": what, "measured": round(value, 2), "target": target, "met": value <= target}
        for what, value, target in judged
    ]


def _lifetime_targets(lifetime: dict[str, Any]) -> list[tuple[str, float, float]]:
    judged = list[tuple[str, float, float]]()
    for name in ("cdnow", "made up"):
        cell = lifetime[name]
        if cell is not None:
            judged += [(f"fit_bg_nbd, {name} / simplex by hand", cell["pair"].ratio, SIMPLEX)]
            if cell["lifetimes"] is not None:
                judged += [(f"fit_bg_nbd, {name} / lifetimes", cell["lifetimes"].ratio, LIFETIMES)]
    more = lifetime["growth"]["many"]["search_ratio"]
    return [*judged, ("search, many customers / few, equal patterns", more, MORE_CUSTOMERS)]


def _plain(value: Any) -> Any:
    if isinstance(value, Pair):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _text(result: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {found}" for name, found in result["versions"].items() if found)
    parts = [
        textwrap.fill(versions, WIDTH),
        _machine_text(result),
        _funnel_text(result["funnel"]),
        _beside_text(result["logs"], "log by time"),
        _beside_text(result["orders"], "orders by day"),
        _lifetime_text(result["lifetime"]),
        _rest_text(result),
    ]
    return "\n\n".join([*parts, _verdict_text(result["verdicts"])])


def _machine_text(result: dict[str, Any]) -> str:
    machine = result["machine"]
    own = machine["against"]["by hand, NamedTuple"]
    micro = [f"{own[question].ours * 1e6:.2f}" for question in _machine.QUESTIONS]
    head = _line("THE MACHINE: microseconds", *_machine.QUESTIONS, "bytes new")
    lines = [head, _line("salesproc", *micro, f"{machine['bytes']:,.0f}")]
    for name, row in machine["against"].items():
        cells = [f"{row[question].theirs * 1e6:.2f}" for question in _machine.QUESTIONS]
        lines.append(_line(name, *cells, f"{row['bytes']:,.0f}"))
    lines += [*machine["missing"], "", _line("salesproc as a multiple of", *_machine.QUESTIONS, "bytes new")]
    for name, row in machine["against"].items():
        cells = [f"{row[question].ratio:.2f}" for question in _machine.QUESTIONS]
        lines.append(_line(name, *cells, f"{machine['bytes'] / row['bytes']:.2f}"))
    return "\n".join(lines)


def _funnel_text(funnel: dict[str, Any]) -> str:
    rows = funnel["rows"]
    lines = [f"LOGS: {rows:,} rows of {funnel['entities']:,} entities; seconds, bytes a row above the input"]
    for order, cell in funnel["orders"].items():
        lines += ["", _line(f"log {order}", "seconds", "bytes/row")]
        first = next(iter(cell["funnel"].values()))
        lines.append(_cost("stage_funnel", first.ours, cell, rows))
        lines += [_cost(name, pair.theirs, cell, rows) for name, pair in cell["funnel"].items()]
        lines += [_cost(name, pair.ours, cell, rows) for name, pair in cell["beside"].items()]
        for name, pair in cell["funnel"].items():
            more = cell["peak"]["stage_funnel"] / cell["peak"][name]
            lines.append(_line(f"stage_funnel / {name}", f"{pair.ratio:.2f}", f"{more:.2f}"))
    return "\n".join(lines)


def _beside_text(cells: dict[str, Any], given: str) -> str:
    lines = list[str]()
    for name, cell in cells.items():
        lines += ["", _line(f"{name}, {given}", "seconds", "times hand")]
        pair = cell["pair"]
        lines.append(_line(name, f"{pair.ours:.3f}", f"{pair.ratio:.2f}"))
        lines.append(_line("by hand", f"{pair.theirs:.3f}"))
        lines += [
            _line(package, f"{one.ours:.3f}", f"{one.ratio:.2f}") for package, one in cell["frames"].items()
        ]
    return "\n".join(lines[1:])


def _lifetime_text(lifetime: dict[str, Any]) -> str:
    lines = [_line("fit_bg_nbd", "customers", "patterns", "seconds", "its ratio")]
    for name in ("cdnow", "made up"):
        cell = lifetime[name]
        if cell is None:
            lines.append(f"{name}: not measured, its file is not in the folder that SALESPROC_DATA names")
            continue
        pair, other = cell["pair"], cell["lifetimes"]
        counts = f"{cell['customers']:,}", f"{cell['patterns']:,}"
        lines.append(_line(f"salesproc, {name}", *counts, f"{pair.ours:.3f}"))
        lines.append(_line("simplex by hand", *counts, f"{pair.theirs:.3f}", f"{pair.ratio:.2f}"))
        if other is not None:
            lines.append(_line("lifetimes", *counts, f"{other.theirs:.3f}", f"{other.ratio:.2f}"))
    lines += ["", _line("customers and patterns", "customers", "patterns", "grouping", "search")]
    for name, cell in lifetime["growth"].items():
        counts = f"{cell['customers']:,}", f"{cell['patterns']:,}"
        lines.append(_line(name, *counts, f"{cell['grouping']:.3f}", f"{cell['search']:.3f}"))
    return "\n".join(lines)


def _cost(name: str, seconds: float, cell: dict[str, Any], rows: int) -> str:
    peak = cell["peak"].get(name)
    return _line(name, f"{seconds:.3f}", "" if peak is None else f"{peak / rows:.0f}")


def _rest_text(result: dict[str, Any]) -> str:
    growth, replay, loaded = result["growth"], result["replay"], result["import"]
    few, many = growth["bytes"]
    before, after = growth["process_bytes"]
    pair = replay["pair"]
    return "\n".join(
        [
            f"GROWTH: beside {growth['alive']:,} journeys alive a step costs {growth['step_ratio']:.2f} of one alone, a journey",
            f"  keeps {many:.0f} bytes ({few:.0f} beside a hundredth), the process {after} bytes pickled ({before} before)",
            f"REPLAY: {replay['rows']:,} changes, {pair.ours / replay['rows'] * 1e6:.2f} microseconds each, {pair.ratio:.2f} times a loop by hand",
            f"IMPORT: {loaded['pair'].ours * 1e3:.0f} ms, {loaded['pair'].ratio:.2f} times import attrs; {len(loaded['own'])} modules of its own,",
            f"  {len(loaded['standard'])} names of the standard library, and {', '.join(loaded['others'])}",
        ]
    )


def _verdict_text(verdicts: list[dict[str, Any]]) -> str:
    lines = [_line("TARGETS", "measured", "at most", "")]
    for verdict in verdicts:
        said = "met" if verdict["met"] else "MISSED"
        lines.append(_line(verdict["what"], f"{verdict['measured']:.2f}", f"{verdict['target']}", said))
    return "\n".join(lines)


def _line(name: str, *cells: str) -> str:
    return (f"{name:<{WIDTH - 55}}" + "".join(f"{cell:>11}" for cell in cells)).rstrip()


if __name__ == "__main__":
    main()
