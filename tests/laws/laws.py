"""What must hold for every metric, as functions over a case: a metric, its input, and what its columns mean.

A law takes the case, a world (one valid input) and a source of chance, and fails by ``AssertionError``.
"""

import copy
import math
import pickle
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st

from salesproc.catalogue import CATALOGUE
from salesproc.errors import CurrencyMismatch
from salesproc.money import Money
from salesproc.periods import Period

HOSTILE = "<b>&"
"""Names in the worlds carry this, and no page may show it unescaped."""


@attrs.frozen
class World:
    """One input: tables of rows, and the options, among them the moment of the review."""

    tables: tuple[list[Any], ...]
    options: dict[str, Any]

    def each(self, change: Callable[[Any], Any]) -> "World":
        """The world with every value in it changed."""
        return World(
            tuple(deep(change, table) for table in self.tables),
            {name: deep(change, value) for name, value in self.options.items()},
        )


def first_or_id(row: Any) -> Any:
    """Whom a row is about: a deal by its id, others by their first field."""
    if hasattr(row, "id"):
        return row.id
    return row[0] if isinstance(row, tuple) else row


def renamed(row: Any, suffix: str) -> Any:
    """The row about somebody else."""
    if hasattr(row, "id"):
        return row._replace(id=f"{row.id}{suffix}")
    if not isinstance(row, tuple):
        return f"{row}{suffix}"
    values = (f"{row[0]}{suffix}", *row[1:])
    return type(row)(*values) if hasattr(row, "_fields") else values


def own_rows(result: Any) -> list[dict[str, Any]]:
    """The rows a result lays itself out as."""
    return result.to_rows()


@attrs.frozen(kw_only=True)
class Case:
    """A metric and what the laws need to know of it.

    Attributes:
        name: As in the catalogue.
        worlds: Valid input.
        call: The metric, from tables and options.
        reduce: Its first half; None where it has none.
        finish: Its second half, from counts and options.
        rows: The result as rows; every cell of them is held against the laws.
        values: The columns that are the metric itself, which must lie in the range the catalogue states.
        counts: Columns that multiply with the data.
        sums: Columns that multiply with the data and with the amounts.
        means: Columns that multiply with the amounts only.
        loose: Columns that depend on how much data there is, such as the ends of an interval.
        around: The column that the columns low and high are around.
        undefined: Whether the result of nothing says that it is undefined.
        refuses_nothing: The error that its page says nothing raises, where it does; nobody is asked then whether it is undefined.
        mixed: Worlds with two currencies, all to be refused.
        excused: Laws that do not apply, each with the reason.
    """

    name: str
    worlds: st.SearchStrategy[World]
    call: Callable[..., Any]
    reduce: Callable[..., Any] | None = None
    finish: Callable[..., Any] = lambda counts, **options: counts
    rows: Callable[[Any], list[dict[str, Any]]] = own_rows
    entity: Callable[[Any], Any] = first_or_id
    renamed: Callable[[Any, str], Any] = renamed
    values: frozenset[str] = attrs.field(converter=frozenset)
    counts: frozenset[str] = attrs.field(default=(), converter=frozenset)
    sums: frozenset[str] = attrs.field(default=(), converter=frozenset)
    means: frozenset[str] = attrs.field(default=(), converter=frozenset)
    loose: frozenset[str] = attrs.field(default=(), converter=frozenset)
    around: str | None = None
    undefined: Callable[[Any], Any] = lambda result: result.undefined
    refuses_nothing: type[Exception] | None = None
    mixed: tuple[World, ...] = attrs.field(
        default=(), converter=lambda worlds: (worlds,) if isinstance(worlds, World) else worlds
    )
    excused: Mapping[str, str] = attrs.field(factory=dict)

    def of(self, world: World) -> Any:
        """The result."""
        return self.call(*world.tables, **world.options)


def order_does_not_matter(case: Case, world: World, chance: Random) -> None:
    """Rows come as they come."""
    tables = tuple(chance.sample(table, len(table)) for table in world.tables)
    assert case.of(World(tables, world.options)) == case.of(world)


def a_generator_gives_what_a_list_gives(case: Case, world: World, chance: Random) -> None:
    """Input is read once."""
    assert case.call(*map(iter, world.tables), **world.options) == case.of(world)


def input_is_not_changed(case: Case, world: World, chance: Random) -> None:
    """The caller's rows and options are the caller's, and asking twice gives the same."""
    before = copy.deepcopy(world)
    once = case.of(world)
    assert world == before
    assert case.of(world) == once


def nothing_gives_undefined(case: Case, world: World, chance: Random) -> None:
    """No data is no error and no zero, unless the page of the metric says that it is an error."""
    empty = World(tuple([] for _ in world.tables), world.options)
    if case.refuses_nothing is not None:
        with pytest.raises(case.refuses_nothing):
            case.of(empty)
        return
    nothing = case.of(empty)
    assert case.undefined(nothing), f"{nothing!r} does not say that it is undefined"


def parts_add_up(case: Case, world: World, chance: Random) -> None:
    """The whole is made of the counts of the parts, however they are cut."""
    assert case.reduce is not None
    everybody = {case.entity(row) for table in world.tables for row in table}
    mine = {one for one in sorted(everybody, key=repr) if chance.random() < 0.5}

    def part(inside: bool) -> Any:
        tables = [[row for row in table if (case.entity(row) in mine) is inside] for table in world.tables]
        return case.reduce(*tables, **world.options)

    whole = case.reduce(*world.tables, **world.options)
    assert part(True) + part(False) == whole
    assert case.finish(whole, **world.options) == case.of(world)


def repeating_keeps_shares(case: Case, world: World, chance: Random) -> None:
    """Twice the same people: every count and sum is doubled, every share, time and mean stays."""
    times = chance.choice([2, 3])
    tables = tuple(
        [case.renamed(row, f"'{n}") if n else row for n in range(times) for row in table]
        for table in world.tables
    )
    changed = case.rows(case.of(World(tables, world.options)))
    scaled(case.rows(case.of(world)), changed, case.counts | case.sums, times, case.loose)


def amounts_scale_money(case: Case, world: World, chance: Random) -> None:
    """Everything a few times dearer: every sum and mean is, and no share, count or time."""
    times = chance.choice([2, 3, 7])
    dearer = world.each(lambda value: value * times if isinstance(value, Money) else value)
    scaled(case.rows(case.of(world)), case.rows(case.of(dearer)), case.sums | case.means, times, frozenset())


def shifting_dates_keeps_everything(case: Case, world: World, chance: Random) -> None:
    """All of it on other days: the same times and shares."""
    by = timedelta(days=chance.choice([1, 59, 365, -400, 36_500]))
    later = world.each(lambda value: value + by if isinstance(value, date) else value)
    scaled(case.rows(case.of(world)), case.rows(case.of(later)), frozenset(), 1, frozenset())


def values_lie_in_range(case: Case, world: World, chance: Random) -> None:
    """The number is in the range the catalogue states, and in its own interval."""
    low, high = CATALOGUE[case.name].range
    for row in case.rows(case.of(world)):
        assert case.values <= row.keys()
        for name in case.values:
            value = number(row[name])
            if value is None:
                continue
            assert low is None or value >= low - 1e-12, (name, value)
            assert high is None or value <= high + 1e-12, (name, value)
        if case.around is not None and row["low"] is not None:
            assert row["low"] - 1e-12 <= row[case.around] <= row["high"] + 1e-12, row


def mixed_currencies_are_refused(case: Case, world: World, chance: Random) -> None:
    """Euros and dollars are never added."""
    assert case.mixed
    for two in case.mixed:
        case.of(two.each(lambda value: Money(value.amount, "EUR") if isinstance(value, Money) else value))
        with pytest.raises(CurrencyMismatch):
            case.of(two)


def results_behave(case: Case, world: World, chance: Random) -> None:
    """A result can be kept, sent and shown."""
    result = case.of(world)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy.copy(result) == result
    assert copy.deepcopy(result) == result
    assert "\n" not in repr(result)
    if hasattr(result, "_repr_html_"):
        assert HOSTILE not in result._repr_html_()
    for row in result.to_rows() if hasattr(result, "to_rows") else []:
        assert {type(cell) for cell in row.values()} <= {str, int, float, bool, type(None)}, row


Law = Callable[[Case, World, Random], None]
LAWS: dict[str, Law] = {
    law.__name__: law
    for law in (
        order_does_not_matter,
        a_generator_gives_what_a_list_gives,
        input_is_not_changed,
        nothing_gives_undefined,
        parts_add_up,
        repeating_keeps_shares,
        amounts_scale_money,
        shifting_dates_keeps_everything,
        values_lie_in_range,
        mixed_currencies_are_refused,
        results_behave,
    )
}


def scaled(
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
    columns: frozenset[str],
    times: int,
    loose: frozenset[str],
) -> None:
    """Every cell of the named columns is so many times what it was, every other one as it was."""
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert old.keys() == new.keys()
        for name in old.keys() - loose:
            was, now = number(old[name]), number(new[name])
            if was is None or isinstance(was, str):
                assert now == was, (name, old, new)
            else:
                wanted = was * times if name in columns else was
                assert now is not None, (name, old, new)
                assert math.isclose(now, wanted, rel_tol=1e-9, abs_tol=1e-9), (name, old, new)


def number(cell: Any) -> Any:
    """A cell as a number where it is one: money as an exact text, a time in days."""
    if isinstance(cell, timedelta):
        return cell / timedelta(days=1)
    if isinstance(cell, Money):
        return float(cell.amount)
    if isinstance(cell, str):
        try:
            return float(Decimal(cell))
        except ArithmeticError:
            return cell
    return float(cell) if isinstance(cell, int | Fraction | float) else cell


def deep(change: Callable[[Any], Any], value: Any) -> Any:
    """The value with everything in it changed."""
    if isinstance(value, Period):
        return Period(change(value.start), change(value.end))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(deep(change, one) for one in value))
    if isinstance(value, list | tuple):
        return type(value)(deep(change, one) for one in value)
    if isinstance(value, dict):
        return {name: deep(change, one) for name, one in value.items()}
    return change(value)
