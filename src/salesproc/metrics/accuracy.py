"""How good were the forecasts: how far off, and off to which side?"""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar, overload

import attrs

from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch, LogError, NaiveTimeError
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.deals import label_of
from salesproc.money import Money
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = [
    "AccuracyCounts",
    "ForecastAccuracy",
    "ForecastCall",
    "finish_forecast_accuracy",
    "forecast_accuracy",
    "reduce_forecast_accuracy",
]

K = TypeVar("K", bound=Hashable)


class ForecastCall(NamedTuple):
    """What somebody said would be won in a period, when they said it, and what was won.

    Attributes:
        period: The period it is about.
        called_at: When it was said, before the end of the period: a call of the first day and one of the last are two skills.
        forecast: What would be won.
        actual: What was won; None while the period is not over.
        owner: Who said it.

    >>> call = ForecastCall(Period.month(2025, 1), date(2025, 1, 2), Money(120, "EUR"), Money(100, "EUR"))
    >>> call.error, call.relative_error
    (Money('-20', 'EUR'), Fraction(-1, 5))
    """

    period: Period
    called_at: date
    forecast: Money
    actual: Money | None = None
    owner: str | None = None

    @property
    def error(self) -> Money | None:
        """What was won less what was said: negative where too much was said. None while nobody knows."""
        return None if self.actual is None else self.actual - self.forecast

    @property
    def relative_error(self) -> Fraction | None:
        """The error as a part of what was won, exact; None while nobody knows, and where nothing was won."""
        return None if self.actual is None or not self.actual else (self.actual - self.forecast) / self.actual


@attrs.frozen(kw_only=True)
class AccuracyCounts:
    """What adds up over calls.

    Attributes:
        too_high: Calls of more than was won.
        too_low: Calls of less than was won.
        exact: Calls of just what was won.
        pending: Calls about what nobody knows yet: in no sum.
        forecast: The sum of what was said; None without a call.
        actual: The sum of what was won.
        missed: The sum of the errors, without their signs.
    """

    too_high: int = 0
    too_low: int = 0
    exact: int = 0
    pending: int = 0
    forecast: Money | None = None
    actual: Money | None = None
    missed: Money | None = None

    def __add__(self, other: object) -> "AccuracyCounts":
        if not isinstance(other, AccuracyCounts):
            return NotImplemented
        return AccuracyCounts(
            too_high=self.too_high + other.too_high,
            too_low=self.too_low + other.too_low,
            exact=self.exact + other.exact,
            pending=self.pending + other.pending,
            forecast=_joined(self.forecast, other.forecast),
            actual=_joined(self.actual, other.actual),
            missed=_joined(self.missed, other.missed),
        )


@attrs.frozen(repr=False)
class ForecastAccuracy(Shown):
    """How far off the calls were, and to which side.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: AccuracyCounts

    @property
    def calls(self) -> int:
        """How many calls can be judged."""
        return self.counts.too_high + self.counts.too_low + self.counts.exact

    @property
    def bias(self) -> Fraction | None:
        """What was won less what was said, as an exact part of what was won; below 0 too much was said, above 0 too little.

        Errors to both sides cancel out in it. None, with a reason, where nothing was won.
        """
        return None if self.undefined else self._part(self.bias_money)

    @property
    def bias_money(self) -> Money | None:
        """What was won less what was said, all calls together; None when no call can be judged."""
        counts = self.counts
        if counts.actual is None or counts.forecast is None:
            return None
        return counts.actual - counts.forecast

    @property
    def error(self) -> Fraction | None:
        """The errors without their signs, as an exact part of what was won; 0 is perfect, and it may pass 1. None where nothing was won.

        Large periods weigh more than small ones; it is not the mean of percentages, which one period without sales makes endless.
        """
        return None if self.undefined else self._part(self.counts.missed)

    @property
    def too_high(self) -> Rate:
        """Share of the calls that were too high; far from a half, it is a habit."""
        return Rate(self.counts.too_high, self.calls)

    @property
    def undefined(self) -> str | None:
        """Why there is no bias and no error; None when there are."""
        if not self.calls:
            return "no call can be judged yet"
        actual = self.counts.actual
        return None if actual is not None and actual.amount > 0 else "nothing was won in the periods called"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: calls, sums as exact text, error, bias, and how many were too high."""
        counts, bias, error = self.counts, self.bias, self.error
        return [
            {
                "calls": self.calls,
                "forecast": None if counts.forecast is None else str(counts.forecast.amount),
                "actual": None if counts.actual is None else str(counts.actual.amount),
                "currency": None if counts.actual is None else counts.actual.currency,
                "error": None if error is None else float(error),
                "bias": None if bias is None else float(bias),
                "too_high": counts.too_high,
                "pending": counts.pending,
            }
        ]

    def __str__(self) -> str:
        if self.bias is None or self.error is None:
            return f"no accuracy: {self.undefined}; {self.counts.pending} calls pending"
        shown = f"error {float(self.error):.1%}, bias {float(self.bias):+.1%}"
        return f"{shown} in {self.calls} calls, too high: {self.too_high}; {self.counts.pending} pending"

    def _part(self, money: Money | None) -> Fraction | None:
        return None if money is None or self.counts.actual is None else money / self.counts.actual


@overload
def forecast_accuracy(calls: Iterable[ForecastCall], *, by: None = ...) -> ForecastAccuracy: ...
@overload
def forecast_accuracy(
    calls: Iterable[ForecastCall], *, by: Callable[[ForecastCall], K]
) -> Breakdown[K, ForecastAccuracy]: ...
@overload
def forecast_accuracy(calls: Iterable[ForecastCall], *, by: str) -> Breakdown[Any, ForecastAccuracy]: ...
def forecast_accuracy(
    calls: Iterable[ForecastCall], *, by: Callable[[ForecastCall], Any] | str | None = None
) -> ForecastAccuracy | Breakdown[Any, ForecastAccuracy]:
    """How far off were the forecasts, and were they too high or too low?

    Both in parts of what was won: the error without signs says how far off, the bias to which side. Calls made at different times before the end do
    not compare: ask for one kind of call, or break down by how early it was made.

    Args:
        calls: What was said about which period and when, and what was won, in any order, read once.
        by: A function from call to label, or the name of an attribute such as ``"owner"``, for one result per label.

    Returns:
        Error and bias, exact, with the sums and counts behind them. Calls without an actual are pending and in no sum. Undefined where nothing was won.

    Raises:
        CurrencyMismatch: Calls in several currencies; the message names the call.
        LogError: A call was made after its period ended, or an amount is no ``Money``; the message names the call.
        NaiveTimeError: A call and its period are of two kinds of time.

    Source:
        S. Kolassa and W. Schuetz, "Advantages of the MAD/Mean ratio over the MAPE", Foresight 6 (2007), for the error.

    >>> months = [Period.month(2025, month) for month in (1, 2)]
    >>> calls = [
    ...     ForecastCall(months[0], date(2025, 1, 2), Money(120, "EUR"), Money(100, "EUR")),
    ...     ForecastCall(months[1], date(2025, 2, 3), Money(280, "EUR"), Money(300, "EUR")),
    ... ]
    >>> print(forecast_accuracy(calls))
    error 10.0%, bias +0.0% in 2 calls, too high: 50.0% (1 of 2); 0 pending
    """
    parts = _reduce(calls, by)
    if by is None:
        return finish_forecast_accuracy(sum(parts.values(), AccuracyCounts()))
    return break_down(parts, AccuracyCounts(), finish_forecast_accuracy, _size)


def reduce_forecast_accuracy(calls: Iterable[ForecastCall]) -> AccuracyCounts:
    """The first half of `forecast_accuracy`: counts that add up over disjoint sets of calls."""
    return sum(_reduce(calls, None).values(), AccuracyCounts())


def finish_forecast_accuracy(counts: AccuracyCounts) -> ForecastAccuracy:
    """From counts to the result."""
    return ForecastAccuracy(counts)


def _reduce(
    calls: Iterable[ForecastCall], by: Callable[[ForecastCall], Any] | str | None
) -> dict[Hashable, AccuracyCounts]:
    parts: dict[Hashable, AccuracyCounts] = {}
    currency: str | None = None
    for number, call in enumerate(calls, 1):
        where = f"call {number}"
        currency = _check(call, where, currency)
        key = label_of(call, by, where)
        parts[key] = parts.get(key, AccuracyCounts()) + _judged(call)
    return parts


def _judged(call: ForecastCall) -> AccuracyCounts:
    """One call as counts."""
    error = call.error
    if error is None:
        return AccuracyCounts(pending=1)
    return AccuracyCounts(
        too_high=int(error.amount < 0),
        too_low=int(error.amount > 0),
        exact=int(not error),
        forecast=call.forecast,
        actual=call.actual,
        missed=abs(error),
    )


def _check(call: ForecastCall, where: str, currency: str | None) -> str:
    """The currency of the call, once it has been found in order; callers without a type checker pass anything."""
    given: tuple[object, ...] = (call.forecast, call.forecast if call.actual is None else call.actual)
    for amount in given:
        if not isinstance(amount, Money):
            raise LogError(f"{where} has the amount {amount!r}; give Money(amount, currency): {call!r}")
        if amount.currency != (currency or amount.currency):
            raise CurrencyMismatch(
                f"{where} is in {amount.currency}, the calls before it in {currency}; convert them first, or split by currency"
            )
        currency = amount.currency
    try:
        called = comparable(call.called_at, call.period.start, f"called_at of {where}")
    except NaiveTimeError as error:
        raise NaiveTimeError(
            f"{where} was called at {call.called_at!r}, which is of another kind of time than its period {call.period!r}"
        ) from error
    if called >= comparable(call.period.end, call.period.start, where):
        raise LogError(
            f"{where} was called at {call.called_at!r}, after its period had ended at {call.period.end!r}: that is no forecast"
        )
    return call.forecast.currency


def _size(counts: AccuracyCounts) -> int:
    return counts.too_high + counts.too_low + counts.exact


def _joined(one: Money | None, other: Money | None) -> Money | None:
    """Both sums as one, where there are two."""
    if one is None or other is None:
        return other if one is None else one
    return one + other
