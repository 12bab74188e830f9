"""A long order list: scores, the nine cells and cohorts beside the same written by hand, and beside pandas."""

import importlib.util
import random
from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any, TypeAlias

from _timing import compare_long, peak

from salesproc import Money
from salesproc.metrics import abc_xyz, customer_cohorts, rfm

Order: TypeAlias = tuple[str, date, Money]
Scores: TypeAlias = dict[str, tuple[int, int, int]]
Grades: TypeAlias = dict[str, str]
Cohorts: TypeAlias = dict[tuple[int, int], tuple[int, Decimal]]
"""(month of the first purchase, month) -> how many bought, and for how much."""

START, AS_OF = date(2023, 1, 1), date(2025, 12, 31)
SCORES = 5
SHARES = Decimal("0.80"), Decimal("0.95")
LIMITS = Decimal("0.5") ** 2, Decimal(1)


def orders_of(rows: int) -> list[Order]:
    """A made-up order list in the order of its days: ten orders per customer on average, a few of them on one day."""
    draw = random.Random(20230101)
    customers = max(1, rows // 10)
    span = (AS_OF - START).days
    first = [draw.randrange(span) for _ in range(customers)]
    orders: list[Order] = []
    for _ in range(rows):
        who = min(int(draw.expovariate(3 / customers)), customers - 1)
        day = START + timedelta(days=draw.randrange(first[who], span + 1))
        orders.append((f"C-{who:07d}", day, Money(Decimal(draw.randrange(100, 50_000)) / 100, "EUR")))
    orders.sort(key=lambda order: order[1])
    return orders


def month(day: date) -> int:
    """The months as numbers."""
    return day.year * 12 + day.month - 1


def days_of(orders: list[Order]) -> dict[str, dict[date, Decimal]]:
    """What every customer spent on every day they bought. The rows are taken to be in good order: nothing is checked."""
    found: dict[str, dict[date, Decimal]] = {}
    for who, day, money in orders:
        days = found.setdefault(who, {})
        days[day] = days[day] + money.amount if day in days else money.amount
    return found


def scores_by_hand(orders: list[Order]) -> Scores:
    """Recency, frequency and money in five scores, equal values alike."""
    values = {
        who: ((AS_OF - max(days)).days, len(days), sum(days.values()))
        for who, days in days_of(orders).items()
    }
    places = [-(-step * len(values) // SCORES) - 1 for step in range(1, SCORES)]
    columns = zip(*values.values(), strict=True)
    recency, frequency, spent = ([ranked[at] for at in places] for ranked in map(sorted, columns))
    return {
        who: (SCORES - bisect_left(recency, r), 1 + bisect_left(frequency, f), 1 + bisect_left(spent, m))
        for who, (r, f, m) in values.items()
    }


def grades_by_hand(orders: list[Order]) -> Grades:
    """A, B, C by money and X, Y, Z by the variation of the months since the first purchase."""
    days = days_of(orders)
    spent = {who: sum(own.values()) for who, own in days.items()}
    total = sum(spent.values())
    grades: Grades = {}
    running = Decimal(0)
    ranked = sorted(spent, key=spent.__getitem__, reverse=True)
    for amount, group in groupby(ranked, key=spent.__getitem__):
        equals = list(group)
        grade = next((g for g, share in zip("AB", SHARES, strict=True) if running < total * share), "C")
        running += amount * len(equals)
        grades |= dict.fromkeys(equals, grade)
    end = month(AS_OF + timedelta(days=1))
    for who, own in days.items():
        months: dict[int, Decimal] = {}
        for day, amount in own.items():
            number = month(day)
            months[number] = months[number] + amount if number in months else amount
        grades[who] += _steadiness([m for n, m in months.items() if n < end], end - min(months))
    return grades


def _steadiness(known: list[Decimal], periods: int) -> str:
    total = sum(known, Decimal(0))
    if periods < 2 or not total:
        return "Z"
    spread = periods * sum(amount * amount for amount in known) - total * total
    return next((g for g, limit in zip("XY", LIMITS, strict=True) if spread <= limit * total * total), "Z")


def cohorts_by_hand(orders: list[Order]) -> Cohorts:
    """By month of the first purchase, who bought in each month and for how much."""
    buyers: dict[tuple[int, int], int] = {}
    money: dict[tuple[int, int], Decimal] = {}
    for own in days_of(orders).values():
        first = month(min(own))
        for number in {month(day) for day in own}:
            buyers[first, number] = buyers.get((first, number), 0) + 1
        for day, amount in own.items():
            cell = first, month(day)
            money[cell] = money[cell] + amount if cell in money else amount
    return {cell: (buyers[cell], money[cell]) for cell in buyers}


def scores(orders: list[Order]) -> Scores:
    """The same from the library."""
    return {row.customer: (row.r, row.f, row.m) for row in rfm(orders, as_of=AS_OF, cuts=SCORES).rows}


def grades(orders: list[Order]) -> Grades:
    """The same from the library."""
    return abc_xyz(orders, as_of=AS_OF).grades()


def cohorts(orders: list[Order]) -> Cohorts:
    """The same from the library, cells in which nobody bought left out."""
    return {
        (month(row.start), month(row.start) + age): (cell.active.hits, cell.money.amount)
        for row in customer_cohorts(orders, as_of=AS_OF).cohorts
        for age, cell in enumerate(row.cells)
        if cell is not None and cell.active.hits
    }


def frame_of(orders: list[Order]) -> Any:
    """A pandas frame of customer, day and whole cents."""
    import pandas as pd

    columns = {
        "who": [order[0] for order in orders],
        "day": pd.to_datetime([order[1] for order in orders]),
        "cents": [int(order[2].amount * 100) for order in orders],
    }
    return pd.DataFrame(columns)


def scores_with_pandas(frame: Any) -> Scores:
    """The same scores from a frame."""
    import pandas as pd

    days = frame.groupby(["who", "day"], sort=False)["cents"].sum().reset_index()
    grouped = days.groupby("who", sort=False)
    values = pd.DataFrame(
        {
            "r": (pd.Timestamp(AS_OF) - grouped["day"].max()).dt.days,
            "f": grouped["day"].size(),
            "m": grouped["cents"].sum(),
        }
    )
    places = [-(-step * len(values) // SCORES) - 1 for step in range(1, SCORES)]
    cuts = {name: values[name].sort_values().iloc[places].to_numpy() for name in values}
    found = {name: cuts[name].searchsorted(values[name].to_numpy(), side="left") for name in values}
    rows = zip(SCORES - found["r"], 1 + found["f"], 1 + found["m"], strict=True)
    return dict(zip(values.index, (tuple(map(int, row)) for row in rows), strict=True))


def cohorts_with_pandas(frame: Any) -> Cohorts:
    """The same cohorts from a frame."""
    months = frame["day"].dt.year * 12 + frame["day"].dt.month - 1
    rows = frame.assign(month=months, first=months.groupby(frame["who"]).transform("min"))
    cells = rows.groupby(["first", "month"]).agg(buyers=("who", "nunique"), cents=("cents", "sum"))
    return {
        (int(first), int(number)): (int(row.buyers), Decimal(int(row.cents)) / 100)
        for (first, number), row in cells.iterrows()
    }


QUESTIONS: Mapping[str, tuple[Callable[[list[Order]], Any], Callable[[list[Order]], Any]]] = {
    "rfm": (scores, scores_by_hand),
    "abc_xyz": (grades, grades_by_hand),
    "customer_cohorts": (cohorts, cohorts_by_hand),
}
WITH_PANDAS: Mapping[str, Callable[[Any], Any]] = {
    "rfm": scores_with_pandas,
    "customer_cohorts": cohorts_with_pandas,
}


def measure(rows: int, rounds: int) -> dict[str, Any]:
    """Time and memory of all of them, after a look that they find the same."""
    orders = orders_of(rows)
    result: dict[str, Any] = {
        name: _question(name, orders, mine, by_hand, rounds) for name, (mine, by_hand) in QUESTIONS.items()
    }
    if importlib.util.find_spec("pandas"):
        for name, answer in WITH_PANDAS.items():
            result[name]["frames"] = _beside(name, orders, answer, rounds)
    return result


def _question(name: str, orders: list[Order], mine: Any, by_hand: Any, rounds: int) -> dict[str, Any]:
    if mine(orders) != by_hand(orders):
        raise RuntimeError(f"{name} by hand finds something else")
    return {
        "pair": compare_long(partial(mine, orders), partial(by_hand, orders), rounds=rounds),
        "memory": peak(partial(mine, orders)) / peak(partial(by_hand, orders)),
        "frames": {},
    }


def _beside(name: str, orders: list[Order], answer: Callable[[Any], Any], rounds: int) -> dict[str, Any]:
    frame, by_hand = frame_of(orders), QUESTIONS[name][1]
    if answer(frame) != by_hand(orders):
        raise RuntimeError(f"{name} with pandas finds something else")
    hand = partial(by_hand, orders)
    return {
        "pandas, loaded": compare_long(partial(answer, frame), hand, rounds=rounds),
        "pandas, from rows": compare_long(partial(_loaded, answer, orders), hand, rounds=rounds),
    }


def _loaded(answer: Callable[[Any], Any], orders: list[Order]) -> Any:
    return answer(frame_of(orders))
