"""Fitting the BG/NBD model: beside a simplex search written by hand, beside the package lifetimes, and by how many customers and patterns."""

import importlib.util
import math
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from _timing import compare_long

from salesproc import Money
from salesproc.lifetime import CustomerHistory, PurchaseHistory, fit_bg_nbd, purchase_history

Vector: TypeAlias = list[float]

WEEK = timedelta(weeks=1)
FEW = 10_000
TRUE = {"r": 0.4, "alpha": 5.0, "a": 0.8, "b": 2.5}


def cdnow() -> PurchaseHistory[str] | None:
    """The first 39 weeks of the CDNOW sample, where the real data are."""
    file = Path(os.environ.get("SALESPROC_DATA", "")) / "cdnow" / "CDNOW_sample.txt"
    if not file.is_file():
        return None
    lines = filter(None, (line.split() for line in file.read_text(encoding="ascii").splitlines()))
    orders = [
        (who, date(int(day[:4]), int(day[4:6]), int(day[6:])), Money(Decimal(spent), "USD"))
        for _, who, day, _, spent in lines
    ]
    return purchase_history(orders, as_of=date(1997, 9, 30), unit="week")


def simulated(customers: int) -> PurchaseHistory[int]:
    """A made-up shop, seen for 27 to 39 weeks by whole days."""
    draw, rows = random.Random(19970930), list[CustomerHistory]()
    for number in range(customers):
        pace, leaving = (
            draw.gammavariate(TRUE["r"], 1 / TRUE["alpha"]),
            draw.betavariate(TRUE["a"], TRUE["b"]),
        )
        age, at, last, repeats = draw.randrange(189, 273), 0.0, 0, 0
        while pace > 1e-6 and (at := at + 7 * draw.expovariate(pace)) <= age:
            last, repeats = max(last + 1, math.ceil(at)), repeats + 1
            if draw.random() < leaving or last >= age:
                break
        rows.append(CustomerHistory(number, repeats, timedelta(days=min(last, age)), timedelta(days=age)))
    return PurchaseHistory(rows=tuple(rows), unit="week")


def by_hand(history: PurchaseHistory[Any]) -> tuple[Vector, float]:
    """Parameters and log-likelihood by a simplex search over equal histories, as one would write it: gamma functions once per number of repeats."""
    found = Counter((row.repeats, row.age_at_last / WEEK, row.age / WEEK) for row in history.rows)
    patterns = [(x, t_x, age, n) for (x, t_x, age), n in found.items()]
    repeats = sorted({x for x, _, _, _ in patterns})

    def loss(logs: Vector) -> float:
        if max(map(abs, logs)) > 20:
            return math.inf
        r, alpha, a, b = map(math.exp, logs)
        lgamma, log, exp = math.lgamma, math.log, math.exp
        fixed = r * log(alpha) - lgamma(r) - lgamma(b) + lgamma(a + b)
        own = {x: lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x) + fixed for x in repeats}
        leave = {x: log(a / (b + x - 1)) for x in repeats if x}
        total = 0.0
        for x, t_x, age, n in patterns:
            stays = -(r + x) * log(alpha + age)
            if x:
                leaves = leave[x] - (r + x) * log(alpha + t_x)
                top = max(stays, leaves)
                stays = top + log(exp(stays - top) + exp(leaves - top))
            total += n * (own[x] + stays)
        return -total

    logs, value = simplex(loss, [0.0] * 4)
    return [math.exp(one) for one in logs], -value


def simplex(loss: Callable[[Vector], float], start: Vector) -> tuple[Vector, float]:
    """The search of Nelder and Mead, until the corners agree to a billionth of the loss."""
    corners = [
        start,
        *([one + (0.5 if i == j else 0.0) for j, one in enumerate(start)] for i in range(len(start))),
    ]
    ranked = sorted((loss(corner), corner) for corner in corners)
    while ranked[-1][0] - ranked[0][0] > 1e-9 * abs(ranked[0][0]):
        middle = [
            sum(column) / len(start) for column in zip(*(corner for _, corner in ranked[:-1]), strict=True)
        ]
        worst = ranked[-1][1]
        mirrored = _between(middle, worst, -1.0)
        value = loss(mirrored)
        if value < ranked[0][0]:
            further = _between(middle, worst, -2.0)
            best = min((value, mirrored), (loss(further), further))
        elif value < ranked[-2][0]:
            best = value, mirrored
        else:
            nearer = _between(middle, worst, 0.5 if value >= ranked[-1][0] else -0.5)
            best = loss(nearer), nearer
            if best[0] >= min(value, ranked[-1][0]):
                shrunk = [_between(ranked[0][1], corner, 0.5) for _, corner in ranked[1:]]
                ranked = sorted([ranked[0], *((loss(corner), corner) for corner in shrunk)])
                continue
        ranked = sorted([*ranked[:-1], best])
    return ranked[0][1], ranked[0][0]


def _between(one: Sequence[float], other: Sequence[float], part: float) -> Vector:
    return [a + part * (b - a) for a, b in zip(one, other, strict=True)]


def measure(rows: int, rounds: int) -> dict[str, Any]:
    """The fits, after a look that they find the same."""
    history = cdnow()
    few = simulated(max(1500, min(FEW, rows)))
    result: dict[str, Any] = {
        "growth": _growth(few, max(rows, len(few.rows)), rounds),
        "made up": _beside(few, rounds),
        "cdnow": None if history is None else _beside(history, rounds),
    }
    return result


def _beside(history: PurchaseHistory[Any], rounds: int) -> dict[str, Any]:
    model = fit_bg_nbd(history)
    fit = model.fit
    if fit is None or abs(by_hand(history)[1] - fit.log_likelihood) > 1e-4:
        raise RuntimeError("the simplex by hand finds another likelihood")
    cell: dict[str, Any] = {
        "customers": fit.customers,
        "patterns": fit.patterns,
        "pair": compare_long(partial(fit_bg_nbd, history), partial(by_hand, history), rounds=rounds),
        "lifetimes": None,
    }
    if importlib.util.find_spec("lifetimes"):
        cell["lifetimes"] = compare_long(
            partial(fit_bg_nbd, history), _with_lifetimes(history), rounds=rounds
        )
    return cell


def _with_lifetimes(history: PurchaseHistory[Any]) -> Callable[[], Any]:
    """The fit of the archived package, from arrays, with no penalty; its result is looked at first."""
    import numpy as np
    from lifetimes import BetaGeoFitter

    columns = [
        np.array([row.repeats for row in history.rows]),
        np.array([row.age_at_last / WEEK for row in history.rows]),
        np.array([row.age / WEEK for row in history.rows]),
    ]

    def call() -> Any:
        return BetaGeoFitter(penalizer_coef=0.0).fit(*columns)

    theirs, mine = call().params_, fit_bg_nbd(history).parameters
    if any(abs(theirs[name] / mine[name] - 1) > 0.01 for name in mine):
        raise RuntimeError(f"lifetimes finds {dict(theirs)}, not {mine}")
    return call


def _growth(few: PurchaseHistory[Any], customers: int, rounds: int) -> dict[str, Any]:
    """The same patterns a hundred times as often, and ten times as many different customers; grouping them is timed apart."""
    many = attrs.evolve(few, rows=few.rows * max(1, customers // len(few.rows)))
    wide = simulated(min(10 * len(few.rows), customers))
    wide = attrs.evolve(wide, rows=wide.rows * max(1, customers // len(wide.rows)))
    cells = {}
    for name, history in (("few", few), ("many", many), ("wide", wide)):
        pair = compare_long(partial(fit_bg_nbd, history), history.patterns, rounds=rounds)
        cells[name] = {
            "customers": len(history.rows),
            "patterns": len(history.patterns()),
            "grouping": pair.theirs,
            "search": pair.ours - pair.theirs,
        }
    base = cells["few"]
    for cell in cells.values():
        cell["search_ratio"] = cell["search"] / base["search"]
        cell["patterns_ratio"] = cell["patterns"] / base["patterns"]
    return cells
