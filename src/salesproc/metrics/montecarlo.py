"""What may the open pipeline bring in by then? Not one number: how it would come out, many times over."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from operator import itemgetter
from random import Random
from typing import NamedTuple, Protocol

import attrs

from salesproc import _text
from salesproc._given import require_duration, whole_number
from salesproc._instants import MICROSECOND
from salesproc._shares import exact_share
from salesproc._tables import rows_table
from salesproc.errors import CurrencyMismatch, LogError, UnknownName
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.stage_history import StageHistory, StayCounts
from salesproc.money import Money, total
from salesproc.rates import Rate

__all__ = ["PipelineDeal", "PipelineDealLike", "PipelineSimulation", "simulate_pipeline"]

_MOST_MOVES = 10_000  # of one deal in one run; only a circle of stays without duration could need more


class PipelineDealLike(Protocol):
    """Anything that says where in the pipeline it is, since when, and what it is worth."""

    @property
    def id(self) -> object:
        """Which deal."""
        ...

    @property
    def stage(self) -> str:
        """The open stage it is in."""
        ...

    @property
    def entered_at(self) -> date:
        """When it entered that stage."""
        ...

    @property
    def amount(self) -> Money | None:
        """What it is worth; None when nobody has said."""
        ...


class PipelineDeal(NamedTuple):
    """A deal in the pipeline as a plain row.

    Attributes:
        id: Which deal.
        stage: The open stage it is in.
        entered_at: When it entered that stage.
        amount: What it is worth; None when nobody has said.
    """

    id: str
    stage: str
    entered_at: date
    amount: Money | None


@attrs.frozen(repr=False)
class PipelineSimulation:
    """How the open deals came out, run after run.

    Attributes:
        values: The value won in each run, in ascending order; empty when no deal has an amount.
        wins: The number of deals won in each run, in ascending order.
        deals: How many deals there are.
        without_amount: How many of them have no amount, and add to the wins only.
        unknown: How many are in a stage that nobody was ever seen to leave at their age or later; they are taken to stay.
        horizon: How far the runs go.
        seed: What the chance was begun with.
    """

    values: tuple[Money, ...]
    wins: tuple[int, ...]
    deals: int
    without_amount: int
    unknown: int
    horizon: timedelta
    seed: int

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.wins)

    @property
    def mean(self) -> Money | None:
        """The mean value won, rounded half to even to the minor unit; None when no deal has an amount."""
        return total(self.values).divided_by(self.runs) if self.values else None

    @property
    def undefined(self) -> str | None:
        """Why there is no value; None when there is one."""
        return None if self.values else "no deal has an amount"

    def quantile(self, q: float | Fraction | Decimal) -> Money | None:
        """The value that is not exceeded in the share *q* of the runs.

        Args:
            q: A share, 0 to 1; a float means the decimal number it is written as.

        Returns:
            The smallest value won such that at least that share of the runs won no more: one that occurred, not interpolated.
            None when no deal has an amount.

        Raises:
            ValueError: *q* is no share.
        """
        wanted = exact_share(q, "q")
        return self.values[max(0, -(-wanted * self.runs // 1) - 1)] if self.values else None

    def at_least(self, target: Money) -> Rate:
        """In how many of the runs at least that much was won; of none when no deal has an amount.

        Raises:
            CurrencyMismatch: The target is in another currency.
        """
        return Rate(len(self.values) - bisect_left(self.values, target), len(self.values))

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts, and value and wins at the mean, the 10th, 50th and 90th percentile."""
        row: dict[str, Cell] = {
            "deals": self.deals,
            "without_amount": self.without_amount,
            "unknown": self.unknown,
            "runs": self.runs,
            "horizon_days": self.horizon / timedelta(days=1),
            "mean_wins": sum(self.wins) / self.runs,
            "currency": self.values[0].currency if self.values else None,
            "mean": None if self.mean is None else float(self.mean.amount),
        }
        for percent in (10, 50, 90):
            value = self.quantile(Fraction(percent, 100))
            row[f"p{percent}"] = None if value is None else float(value.amount)
        return [row]

    def __repr__(self) -> str:
        low, middle, high = (self.quantile(Fraction(n, 10)) for n in (1, 5, 9))
        span = _text.ABSENT if middle is None else f"{middle} (80 % between {low} and {high})"
        stuck = f", {self.unknown} older than anything seen to end" if self.unknown else ""
        return f"<PipelineSimulation of {self.deals} deals{stuck}, {self.runs} runs: {span}>"

    def _repr_html_(self) -> str:
        return rows_table("Value won in simulated runs", self.to_rows())


def simulate_pipeline(
    open_deals: Iterable[PipelineDealLike],
    history: StageHistory,
    *,
    horizon: timedelta,
    as_of: date,
    seed: int,
    runs: int = 1000,
) -> PipelineSimulation:
    """What the open deals may bring in within a time, if they go on as deals have gone on so far.

    In every run each deal stays in its stage for a while and then goes where somebody went from there after that while, as often as
    that was seen, until it comes to an end or the horizon does. A deal that has been in its stage for some time is compared
    with those alone that were in it for longer. Stays that had not ended are taken into account by their age: what is not known of them is
    spread over what was seen later (the estimate of Aalen and Johansen), and what was never seen to end stays where it is.

    Deals are taken to be independent; a downturn that hits all of them at once is not in it, so the true spread is wider.

    Args:
        open_deals: The deals in the pipeline, in any order, read once; the result does not depend on their order.
        history: What ``reduce_absorption`` makes of the log.
        horizon: How far to look ahead, above 0; what happens exactly then is in it.
        as_of: The moment from which; every deal entered its stage before it.
        seed: What the chance begins with: the same arguments give the same result under every version of Python.
        runs: How many times, 1 or more.

    Returns:
        The value won in every run, exact; with quantiles, mean, and the chance to win at least a target.

    Raises:
        CurrencyMismatch: The deals are in two currencies; the message names one.
        UnknownName: A deal is in a stage that the history does not have.
        LogError: A deal entered its stage after *as_of*.
        NaiveTimeError: A time is of another kind than *as_of*.
        TypeError: The horizon is no duration.
        ValueError: The horizon is not above 0, or there are no runs.

    Source:
        O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978), with the redistribution of B. Efron (1967).

    >>> from salesproc.metrics.stage_history import reduce_absorption
    >>> log = [(n, stage, at) for n in range(4) for stage, at in (("offer", date(2024, 1, 1)), ("lost" if n else "won", date(2024, 1, 11)))]
    >>> history = reduce_absorption(log, ["offer"], won=["won"], lost=["lost"], as_of=date(2024, 3, 1))
    >>> deals = [PipelineDeal(f"D-{n}", "offer", date(2024, 3, 1), Money(1000, "EUR")) for n in range(8)]
    >>> found = simulate_pipeline(deals, history, horizon=timedelta(days=30), as_of=date(2024, 3, 1), seed=1)
    >>> found
    <PipelineSimulation of 8 deals, 1000 runs: 2,000.00 EUR (80 % between 0.00 EUR and 4,000.00 EUR)>
    """
    require_duration(horizon, "horizon", zero=False)
    whole_number(runs, "runs", least=1)
    deals = sorted(_read(open_deals, history, as_of), key=_in_order)
    currencies = {deal.amount.currency for deal in deals if deal.amount is not None}
    ways = {stage: _Stay.of(stays) for stage, stays in history.at.items()}
    random, span = Random(seed), horizon // MICROSECOND  # noqa: S311 - repeatable on purpose, no secret
    won = [Money.zero(currency) for currency in currencies for _ in range(runs)]
    wins, unknown = [0] * runs, 0
    for deal in deals:
        if not ways[deal.stage].known_after(deal.age):
            unknown += 1
            continue
        for run in range(runs):
            if _ends(ways, deal, span, random) in history.won:
                wins[run] += 1
                if deal.amount is not None:
                    won[run] += deal.amount
    missing = sum(deal.amount is None for deal in deals)
    return PipelineSimulation(
        tuple(sorted(won)), tuple(sorted(wins)), len(deals), missing, unknown, horizon, seed
    )


class _Deal(NamedTuple):
    """A deal that has been checked, with its age in its stage in microseconds."""

    stage: str
    age: int
    amount: Money | None


def _read(open_deals: Iterable[PipelineDealLike], history: StageHistory, as_of: date) -> Iterator[_Deal]:
    review = comparable(as_of, as_of, "as_of")
    currency: str | None = None
    for number, deal in enumerate(open_deals, 1):
        where = f"deal {number} ({deal.id!r})"
        if deal.stage not in history.at:
            raise UnknownName("open stage", deal.stage, history.steps, f"the history, asked for {where},")
        entered = comparable(deal.entered_at, as_of, f"entered_at of {where}")
        if entered > review:
            raise LogError(f"{where} entered its stage at {deal.entered_at!r}, after as_of {as_of!r}")
        amount = deal.amount
        if amount is not None and currency not in (None, amount.currency):
            raise CurrencyMismatch(
                f"{where} is in {amount.currency}, the deals before it in {currency}; convert them first, or simulate each currency"
            )
        currency = currency if amount is None else amount.currency
        yield _Deal(str.__str__(deal.stage), elapsed_microseconds(entered, review), amount)


def _in_order(deal: _Deal) -> tuple[str, int, bool, Decimal]:
    """What sorts deals that differ in anything that matters."""
    return (
        deal.stage,
        deal.age,
        deal.amount is None,
        Decimal(0) if deal.amount is None else deal.amount.amount,
    )


def _ends(ways: Mapping[str, "_Stay"], deal: _Deal, span: int, random: Random) -> str:
    """Where the deal is when the horizon comes."""
    stage, left, age = deal.stage, span, deal.age
    drawn = ways[stage].draw(random, longer_than=age)
    for _ in range(_MOST_MOVES):
        if drawn is None or drawn[0] - age > left:
            break
        left, stage, age = left - drawn[0] + age, drawn[1], 0
        if stage not in ways:
            break
        drawn = ways[stage].draw(random)
    return stage


@attrs.frozen
class _Stay:
    """How long a stay lasts and where it leads, as a distribution to draw from.

    Attributes:
        exits: (duration, stage gone to), in ascending order.
        shares: The share of all stays that have ended with that exit or one before it.
        complete: Whether all of them are known to end.
    """

    exits: Sequence[tuple[int, str]]
    shares: Sequence[float]
    complete: bool

    @classmethod
    def of(cls, stays: StayCounts) -> "_Stay":
        """The distribution by the method of Efron: who is last seen open passes their weight on to those seen longer."""
        exits = sorted((duration, target, count) for (target, duration), count in stays.exits.items())
        still_open = sorted(stays.open.items())
        in_view = sum(stays.exits.values()) + sum(stays.open.values())
        weights, weight, passed = list[float](), 1 / max(in_view, 1), 0
        for duration, _, count in exits:
            while passed < len(still_open) and still_open[passed][0] < duration:
                gone = still_open[passed][1]
                weight *= in_view / (in_view - gone)
                in_view, passed = in_view - gone, passed + 1
            weights.append(weight * count)
            in_view -= count
        return cls(
            [(duration, target) for duration, target, _ in exits],
            list(accumulate(weights)),
            complete=passed == len(still_open),
        )

    def known_after(self, age: int) -> bool:
        """Whether a stay longer than that was ever seen to end."""
        return bool(self.exits) and self.exits[-1][0] > age

    def draw(self, random: Random, *, longer_than: int = -1) -> tuple[int, str] | None:
        """How long one stay lasts, of those longer than that, and where it leads; None when it is not known to end."""
        first = bisect_right(self.exits, longer_than, key=itemgetter(0))
        before = self.shares[first - 1] if first else 0.0
        chosen = bisect_right(self.shares, before + (1 - before) * random.random())
        if chosen < len(self.exits):
            return self.exits[chosen]
        # All are known to end, and only rounding has left the sum of the shares below one.
        return self.exits[-1] if self.complete and self.exits else None
