"""Which channel brought the sale? Six rules that share out each sale exactly, to the cent, and say what they left out."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TypeAlias, TypeVar, get_args

from salesproc._given import require_duration
from salesproc.errors import LogError, did_you_mean
from salesproc.metrics._log import comparable
from salesproc.metrics.attribution_results import (
    Attribution,
    AttributionCounts,
    AttributionModel,
    finish_attribution,
)
from salesproc.money import Money

__all__ = ["attribute", "reduce_attribution"]

E = TypeVar("E", bound=Hashable)

_SCALE = 2**60  # weights of time decay are powers of one half, kept as whole numbers so that shares are exact


def attribute(
    touches: Iterable[tuple[E, str, date, *tuple[object, ...]]],
    conversions: Iterable[tuple[E, date, Money, *tuple[object, ...]]],
    *,
    model: AttributionModel,
    lookback: timedelta | None = None,
    direct: str = "direct",
    ends: tuple[Decimal, Decimal] = (Decimal("0.4"), Decimal("0.4")),
    half_life: timedelta = timedelta(days=7),
) -> Attribution:
    """How much of every sale each channel is given.

    A sale is shared among the touches of the same person at or before it. The value is shared to the cent: the parts add up to
    the sales exactly. Two touches at one time are ordered by channel. A person with several sales has each shared out among all touches before it.

    Args:
        touches: Rows ``(entity, channel, at)`` in any order, read once.
        conversions: Rows ``(entity, at, value)``: the sales, all in one currency.
        model: ``"first"`` and ``"last"`` give all to one touch; ``"last_non_direct"`` to the last that is not *direct*, where there is one;
            ``"linear"`` gives the same to every touch; ``"position"`` gives *ends* to the first and last and the rest
            to those between, half and half where there are two; ``"time_decay"`` halves the weight for every *half_life* before the sale.
        lookback: Touches longer before the sale than this have no part in it; all have when left out.
        direct: The name of the channel of people who came by themselves.
        ends: For ``"position"``: what the first and the last touch get, 0 to 1; together at most 1.
        half_life: For ``"time_decay"``.

    Returns:
        The credits per channel, with the touches that were left out counted. Sales that no touch came before stand under None.

    Raises:
        CurrencyMismatch: The sales are in several currencies.
        LogError: A row that cannot be read; the message names it.
        NaiveTimeError: Times of two kinds.
        ValueError: An unknown model, or weights that are none.

    Source:
        40/20/40 as in Matomo and Salesforce, a half-life of seven days as in web analytics; ``docs/reference/glossary.md``.

    >>> jan = [date(2025, 1, day) for day in range(1, 10)]
    >>> touches = [("A", "search", jan[0]), ("A", "webinar", jan[3]), ("A", "direct", jan[7])]
    >>> sale = [("A", jan[8], Money("100.00", "EUR"))]
    >>> print(attribute(touches, sale, model="linear"))
    channel  sales      value
    search     0.3  33.34 EUR
    direct     0.3  33.33 EUR
    webinar    0.3  33.33 EUR
    linear; left out: 0 touches too late, 0 too old, 0 of people without a sale
    >>> attribute(touches, sale, model="last_non_direct")["webinar"].value
    Money('100.00', 'EUR')
    """
    return finish_attribution(
        reduce_attribution(
            touches,
            conversions,
            model=model,
            lookback=lookback,
            direct=direct,
            ends=ends,
            half_life=half_life,
        )
    )


def reduce_attribution(
    touches: Iterable[tuple[E, str, date, *tuple[object, ...]]],
    conversions: Iterable[tuple[E, date, Money, *tuple[object, ...]]],
    *,
    model: AttributionModel,
    lookback: timedelta | None = None,
    direct: str = "direct",
    ends: tuple[Decimal, Decimal] = (Decimal("0.4"), Decimal("0.4")),
    half_life: timedelta = timedelta(days=7),
) -> AttributionCounts:
    """The credits of `attribute`, which add up over people; takes and raises the same."""
    weigh = _rule(model, direct, ends, half_life)
    by_person, kind = _touches(touches)
    counts = AttributionCounts(model=model)
    seen: dict[E, list[tuple[date, date | None]]] = {}
    for number, (entity, at, value, *_) in enumerate(conversions, 1):
        sold = comparable(at, at if kind is None else kind, f"conversion {number}")
        kind = at if kind is None else kind
        if not isinstance(value, Money):  # callers without a type checker pass anything
            raise LogError(f"conversion {number} has the value {value!r}; give Money(amount, currency)")
        start = None if lookback is None else sold - lookback
        seen.setdefault(entity, []).append((sold, start))
        part = [
            one for one in by_person.get(entity, ()) if one[0] <= sold and (start is None or one[0] >= start)
        ]
        counts += _shared(model, part, [sold - when for when, _ in part], value, weigh)
    return counts + _left_out(model, by_person, seen)


_Weigh: TypeAlias = Callable[[Sequence[str], Sequence[timedelta]], list[int]]


def _rule(model: str, direct: str, ends: tuple[Decimal, Decimal], half_life: timedelta) -> _Weigh:
    """From the channels of a sale's touches and their ages to weights that are whole numbers."""
    first, last = ends
    if not (first >= 0 and last >= 0 and first + last <= 1):
        raise ValueError(f"ends must be two shares that are at most 1 together, got {ends!r}")
    require_duration(half_life, "half_life", zero=False)

    def last_non_direct(channels: Sequence[str], _: Sequence[timedelta]) -> list[int]:
        others = [i for i, channel in enumerate(channels) if channel != direct]
        return _only(len(channels), others[-1] if others else len(channels) - 1)

    def position(channels: Sequence[str], _: Sequence[timedelta]) -> list[int]:
        return _positions(len(channels), first, last)

    def time_decay(_: Sequence[str], ages: Sequence[timedelta]) -> list[int]:
        nearest = min(ages)  # only differences matter, and this one never rounds to nothing
        return [max(1, round(_SCALE * 0.5 ** ((age - nearest) / half_life))) for age in ages]

    rules: dict[str, _Weigh] = {
        "first": lambda channels, _: _only(len(channels), 0),
        "last": lambda channels, _: _only(len(channels), len(channels) - 1),
        "last_non_direct": last_non_direct,
        "linear": lambda channels, _: [1] * len(channels),
        "position": position,
        "time_decay": time_decay,
    }
    if model not in rules:
        raise ValueError(
            f"there is no model {model!r}; {did_you_mean(str(model), get_args(AttributionModel))}"
        )
    return rules[model]


def _only(count: int, chosen: int) -> list[int]:
    return [int(i == chosen) for i in range(count)]


def _positions(count: int, first: Decimal, last: Decimal) -> list[int]:
    """Weights of touches by position; where nothing is between the ends, what was for it is theirs in proportion."""
    if count == 1 or (count == 2 and first + last == 0):
        return [1] * count
    between = count - 2
    middle = [(1 - Fraction(first) - Fraction(last)) / between] * between if between else []
    shares = [Fraction(first), *middle, Fraction(last)]
    scale = lcm(*(share.denominator for share in shares))
    return [int(share * scale) for share in shares]


def _shared(
    model: AttributionModel,
    part: Sequence[tuple[date, str]],
    ages: Sequence[timedelta],
    value: Money,
    weigh: _Weigh,
) -> AttributionCounts:
    """One sale, shared out."""
    if not part:
        return AttributionCounts(
            model=model, conversions=1, credits={None: Fraction(1)}, values={None: value}
        )
    channels = [channel for _, channel in part]
    weights = weigh(channels, ages)
    whole = sum(weights)
    credits_: dict[str | None, Fraction] = {}
    values: dict[str | None, Money] = {}
    for channel, weight, amount in zip(channels, weights, value.allocate(weights), strict=True):
        if weight:
            credits_[channel] = credits_.get(channel, Fraction(0)) + Fraction(weight, whole)
            values[channel] = values[channel] + amount if channel in values else amount
    return AttributionCounts(model=model, conversions=1, credits=credits_, values=values)


def _touches(
    touches: Iterable[tuple[E, str, date, *tuple[object, ...]]],
) -> tuple[dict[E, list[tuple[date, str]]], date | None]:
    """Every person's touches in order of time, and a time that says which kind all of them are."""
    by_person: dict[E, list[tuple[date, str]]] = {}
    kind: date | None = None
    for number, row in enumerate(touches, 1):
        try:
            entity, channel, at = row[0], row[1], row[2]
        except (TypeError, LookupError) as error:
            raise LogError(f"touch {number} begins with entity, channel and time, got {row!r}") from error
        if not channel:
            raise LogError(
                f"touch {number} has the channel {channel!r}; name it, for example '(unknown)', so that it is not taken for no touch: {row!r}"
            )
        kind = at if kind is None else kind
        by_person.setdefault(entity, []).append((comparable(at, kind, f"touch {number}"), channel))
    for part in by_person.values():
        part.sort()
    return by_person, kind


def _left_out(
    model: AttributionModel,
    by_person: Mapping[E, Sequence[tuple[date, str]]],
    seen: Mapping[E, Sequence[tuple[date, date | None]]],
) -> AttributionCounts:
    """The touches that had a part in no sale, by the reason."""
    late = old = unconverted = 0
    for entity, part in by_person.items():
        sales = seen.get(entity)
        if sales is None:
            unconverted += len(part)
            continue
        for at, _ in part:
            if all(at > sold for sold, _ in sales):
                late += 1
            elif not any(at <= sold and (start is None or at >= start) for sold, start in sales):
                old += 1
    return AttributionCounts(model=model, late=late, old=old, unconverted=unconverted)
