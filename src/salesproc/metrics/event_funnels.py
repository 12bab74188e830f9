"""How far do people get through a series of events, by the rules of product analytics?"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any, TypeVar, get_args, overload

import attrs

from salesproc._given import require_period
from salesproc._instants import MICROSECOND
from salesproc.errors import did_you_mean
from salesproc.metrics._attempts import Attempt, EventOrder, Rule
from salesproc.metrics._grouping import By, grouped
from salesproc.metrics._log import Entries, StageRow, comparable, elapsed_microseconds, read_entries
from salesproc.metrics._path import stage_names
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.conversion import microseconds, require_window
from salesproc.metrics.durations import DurationCounts
from salesproc.metrics.event_funnel_results import EventFunnel, EventFunnelCounts, finish_event_funnel
from salesproc.periods import Period

__all__ = ["event_funnel", "reduce_event_funnel"]

E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)

_OTHER = "\0other"  # no event of a log is called so


@overload
def event_funnel(
    events: Iterable[StageRow[E]],
    steps: Sequence[str],
    *,
    as_of: date,
    window: timedelta | None,
    order: EventOrder = "ordered",
    exclusions: Sequence[str] = (),
    optional: Sequence[str] = (),
    period: Period | None = None,
    by: None = None,
) -> EventFunnel: ...
@overload
def event_funnel(
    events: Iterable[StageRow[E]],
    steps: Sequence[str],
    *,
    as_of: date,
    window: timedelta | None,
    order: EventOrder = "ordered",
    exclusions: Sequence[str] = (),
    optional: Sequence[str] = (),
    period: Period | None = None,
    by: Callable[[E], K],
) -> Breakdown[K, EventFunnel]: ...
@overload
def event_funnel(
    events: Iterable[StageRow[E]],
    steps: Sequence[str],
    *,
    as_of: date,
    window: timedelta | None,
    order: EventOrder = "ordered",
    exclusions: Sequence[str] = (),
    optional: Sequence[str] = (),
    period: Period | None = None,
    by: str,
) -> Breakdown[Hashable, EventFunnel]: ...
def event_funnel(
    events: Iterable[StageRow[E]],
    steps: Sequence[str],
    *,
    as_of: date,
    window: timedelta | None,
    order: EventOrder = "ordered",
    exclusions: Sequence[str] = (),
    optional: Sequence[str] = (),
    period: Period | None = None,
    by: By[E, K] | None = None,
) -> EventFunnel | Breakdown[Any, EventFunnel]:
    """How many did the first event, and of these how many went on to the second, the third and so on, each within a window from the first.

    Everybody counts once, by the attempt that got furthest. An attempt begins with any of their first events, so who comes back has a new
    window. Events of one time may be taken in either order. Who can still get further is open, not dropped.

    - ``"ordered"``: one step at or after the other; anything may lie between.
    - ``"strict"``: nothing at all may lie between two steps.
    - ``"any"``: the steps in any order, each once; the funnel says how many did one, two and so on. An attempt begins with any step.

    Args:
        events: Rows that begin with entity, event and time, in any order, read once. All times aware, all naive, or all plain dates.
        steps: The events in order, each once.
        as_of: The moment of the review, of the events' kind of time. Later rows are left out and counted.
        window: How long after its entry an attempt may take, inclusive; None for no limit.
        order: In which order the steps may come.
        exclusions: Events that end an attempt when they come after its entry. Who had one keeps the steps done before it, and is counted as excluded.
        optional: Steps that may be left out; neither the first nor the last, and none in any order.
        period: Only attempts that began in it; they may end later.
        by: A function from entity to label, or the name of an attribute of its earliest row, for one funnel per label.

    Returns:
        Counts and shares per step, those still open apart, and how long each step and the whole took those who got there, of attempts that got
        equally far by the one that arrived first and, of these, began last.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*.
        LogError: A row cannot be read, or has a placeholder such as 9999-12-31 for a time.
        ValueError: There is no step, a name stands in two places, an optional step is none or cannot be left out, there is no such order, or the window is negative.

    Source:
        The rules shared by PostHog, Mixpanel and Amplitude as of 2026, where they agree.

    >>> log = [
    ...     ("a", "visit", date(2024, 1, 1)), ("a", "sign up", date(2024, 1, 3)), ("a", "buy", date(2024, 1, 8)),
    ...     ("b", "visit", date(2024, 1, 1)), ("b", "sign up", date(2024, 1, 20)),
    ...     ("c", "visit", date(2024, 1, 29)), ("c", "sign up", date(2024, 1, 30)),
    ... ]
    >>> print(event_funnel(log, ["visit", "sign up", "buy"], as_of=date(2024, 1, 31), window=timedelta(days=7)))
    step     reached  dropped  open  of prev.  of first    took
    visit          3        1     0    100.0%    100.0%     n/a
    sign up        2        0     1     66.7%     66.7%  36.0 h
    buy            1        0     0     50.0%     33.3%   5.0 d
    """
    empty = _question(
        steps, as_of=as_of, window=window, order=order, exclusions=exclusions, optional=optional
    )
    parts = _reduce(events, empty, period=period, by=by)
    if by is None:
        return finish_event_funnel(reduce(add, parts.values(), empty))
    return break_down(parts, empty, finish_event_funnel, _size)


def reduce_event_funnel(
    events: Iterable[StageRow[E]],
    steps: Sequence[str],
    *,
    as_of: date,
    window: timedelta | None,
    order: EventOrder = "ordered",
    exclusions: Sequence[str] = (),
    optional: Sequence[str] = (),
    period: Period | None = None,
) -> EventFunnelCounts:
    """The first half of ``event_funnel``: from rows to counts, which add up over disjoint sets of entities."""
    empty = _question(
        steps, as_of=as_of, window=window, order=order, exclusions=exclusions, optional=optional
    )
    return reduce(add, _reduce(events, empty, period=period, by=None).values(), empty)


def _question(
    steps: Sequence[str],
    *,
    as_of: date,
    window: timedelta | None,
    order: EventOrder,
    exclusions: Sequence[str],
    optional: Sequence[str],
) -> EventFunnelCounts:
    """The counts of nobody."""
    names, barred = stage_names(steps, "steps"), stage_names(exclusions, "exclusions")
    spared = stage_names(optional, "optional")
    twice = sorted({name for name in names + barred if (names + barred).count(name) > 1})
    if not names or twice:
        raise ValueError(
            f"steps must be one or more events, none of them twice or excluded, got {names!r} and {barred!r}"
        )
    if order not in get_args(EventOrder):
        raise ValueError(f"there is no order {order!r}; {did_you_mean(str(order), get_args(EventOrder))}")
    between = names[1:-1] if order != "any" else ()
    wrong = [name for name in spared if name not in between]
    if wrong:
        raise ValueError(
            f"optional must be steps between the first and the last, in their order, got {wrong!r}; these can be: {between!r}"
        )
    zeros = (0,) * len(names)
    nobody = (DurationCounts(),) * len(names)
    return EventFunnelCounts(
        names, spared, order, require_window(window), barred, as_of, zeros, zeros, zeros, step_took=nobody
    )


@attrs.frozen
class _Way:
    """What one entity did, in whole microseconds up to the review, which is at 0."""

    steps: list[list[int]]
    barriers: list[int]
    others: list[int]

    def best(self, rule: Rule, entries: Collection[int]) -> Attempt:
        if rule.order != "strict":
            return rule.best(self.steps, self.barriers, (), entries)
        moments = sorted({*self.barriers, *self.others, *(at for times in self.steps for at in times)})
        return rule.best(self.steps, self.barriers, moments, entries)

    def then(self, step: int, at: int) -> "_Way":
        """The same with one more step at the end."""
        return attrs.evolve(
            self, steps=[[*times, at] if place == step else times for place, times in enumerate(self.steps)]
        )


class _Part:
    """The counts of one label while they grow."""

    def __init__(self, size: int) -> None:
        self.reached, self.dropped, self.open = [0] * size, [0] * size, [0] * size
        self.took: dict[int, int] = {}
        self.step_took = [dict[int, int]() for _ in range(size)]
        self.excluded = self.outside = self.out_of_period = self.other_rows = self.after_as_of = 0

    def add(self, way: _Way, rule: Rule, entries: Collection[int], tick: int) -> None:
        """Counts one entity that entered."""
        best = way.best(rule, entries)
        depth, base = best.depth, 0
        for place in range(depth + 1):
            required = rule.without(place)
            taken = best if required is None else way.best(required, entries)
            if taken.depth < depth:
                continue
            self.reached[place] += 1
            if place:
                _count(self.step_took[place], taken.arrivals[place] - taken.arrivals[base])
            base = place if required is None else base
        self.excluded += bool(way.barriers) and _depth(attrs.evolve(way, barriers=[]), rule, entries) > depth
        if depth == len(way.steps) - 1:
            _count(self.took, best.arrivals[depth])
            return
        in_time = rule.window is None or max(entries) + rule.window >= tick
        further = in_time and any(
            _depth(way.then(step, tick), rule, entries) > depth for step in range(len(way.steps))
        )
        (self.open if further else self.dropped)[depth] += 1

    def counts(self, empty: EventFunnelCounts) -> EventFunnelCounts:
        return attrs.evolve(
            empty,
            reached=tuple(self.reached),
            dropped=tuple(self.dropped),
            open=tuple(self.open),
            excluded=self.excluded,
            took=DurationCounts(self.took),
            step_took=tuple(map(DurationCounts, self.step_took)),
            outside=self.outside,
            out_of_period=self.out_of_period,
            other_rows=self.other_rows,
            after_as_of=self.after_as_of,
        )


def _depth(way: _Way, rule: Rule, entries: Collection[int]) -> int:
    return way.best(rule, entries).depth


def _count(times: dict[int, int], duration: int) -> None:
    times[duration] = times.get(duration, 0) + 1


def _reduce(
    events: Iterable[StageRow[E]], empty: EventFunnelCounts, *, period: Period | None, by: By[E, K] | None
) -> dict[Hashable, EventFunnelCounts]:
    """The counts per label."""
    require_period(period)
    steps, barred = empty.steps, len(empty.steps)
    positions = {name: place for place, name in enumerate(steps)} | dict.fromkeys(empty.exclusions, barred)
    positions[_OTHER] = barred + 1
    rows, label = grouped(events, by, positions, empty.as_of)
    rows = _with_others(rows, positions) if empty.order == "strict" else rows
    entries = read_entries(rows, positions, barred + 2, empty.as_of)
    review = comparable(empty.as_of, empty.as_of, "as_of")
    rule = Rule(empty.order, microseconds(empty.window), frozenset(map(steps.index, empty.optional)))
    tick = (MICROSECOND if isinstance(review, datetime) else timedelta(days=1)) // MICROSECOND
    parts: dict[Hashable, _Part] = {}
    for entity in entries.begins.keys() | entries.other_rows.keys() | entries.late_rows.keys():
        part = parts.setdefault(label(entity), _Part(len(steps)))
        part.other_rows += entries.other_rows.get(entity, 0)
        part.after_as_of += entries.late_rows.get(entity, 0)
        own = _times(entries, entity)
        first = [at for times in (own[:barred] if rule.order == "any" else own[:1]) for at in times]
        begun = {-elapsed_microseconds(at, review) for at in first if period is None or at in period}
        if begun:
            ages = [sorted(-elapsed_microseconds(at, review) for at in times) for times in own]
            part.add(_Way(ages[:barred], ages[barred], ages[barred + 1]), rule, begun, tick)
        else:
            part.out_of_period += bool(first)
            part.outside += not first and (entity in entries.begins or entity in entries.other_rows)
    return {name: part.counts(empty) for name, part in parts.items()}


def _with_others(rows: Iterable[StageRow[E]], positions: Mapping[str, int]) -> Iterator[StageRow[E]]:
    """The rows, with one name for all events that were not asked for, so that they are kept."""
    for row in rows:
        try:
            known = row[1] in positions
        except (TypeError, LookupError):
            known = True  # no row: the reader says so, and names it
        yield row if known else (row[0], _OTHER, *row[2:])


def _times(entries: Entries[E], entity: E) -> list[list[date]]:
    """The times of the entity's events by slot."""
    begin = entries.begins.get(entity)
    firsts = [None] * entries.slots if begin is None else entries.times[begin : begin + entries.slots]
    own = [[] if at is None else [at] for at in firsts]
    for place, at in entries.again.get(entity, ()):
        own[place].append(at)
    return own


def _size(counts: EventFunnelCounts) -> int:
    return counts.reached[0]
