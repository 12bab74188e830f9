"""How many subscribers will there be? The model of contracts, carried on beyond what was seen."""

import math
from collections.abc import Callable
from typing import NamedTuple

import attrs

from salesproc._given import whole_number
from salesproc._tables import Cell, Shown
from salesproc.lifetime.contract_tenures import ContractTenures
from salesproc.lifetime.estimates import Estimate
from salesproc.lifetime.shifted_beta_geometric import ShiftedBetaGeometric

__all__ = [
    "ForecastPoint",
    "RenewalForecast",
    "RenewalPoint",
    "SurvivalForecast",
    "renewal_forecast",
    "survival_forecast",
]


class ForecastPoint(NamedTuple):
    """A cohort after so many renewals.

    Attributes:
        renewals: How many.
        survival: The share that is still there by the model, with its interval.
        retention: Of those who come to that renewal, the share that stays; None at the start.
        observed: The share that was still there, where it was seen.
    """

    renewals: int
    survival: Estimate
    retention: float | None
    observed: float | None


@attrs.frozen(kw_only=True, repr=False)
class SurvivalForecast(Shown):
    """A cohort from its start on.

    Attributes:
        points: One per renewal, the start first.
        model: By which it is.
    """

    points: tuple[ForecastPoint, ...]
    model: ShiftedBetaGeometric

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per renewal: survival with its interval, retention, and what was observed."""
        return [
            {
                "renewals": point.renewals,
                "unit": self.model.unit,
                "survival": point.survival.value,
                "low": point.survival.low,
                "high": point.survival.high,
                "retention": point.retention,
                "observed": point.observed,
            }
            for point in self.points
        ]

    def __str__(self) -> str:
        last = self.points[-1]
        return (
            f"{last.survival.value:.1%} still there after {last.renewals} renewals by the {self.model.unit}"
        )


def survival_forecast(
    model: ShiftedBetaGeometric,
    *,
    periods: int,
    tenures: ContractTenures | None = None,
    confidence: float = 0.95,
) -> SurvivalForecast:
    """The share of a cohort that is still there after each renewal, and the retention at each.

    Args:
        model: Fitted, or written down.
        periods: How many renewals, from the start of the cohort.
        tenures: What was seen, to be shown beside it; the product-limit estimate where cohorts of several ages are pooled.
        confidence: How often an interval should cover the truth, between 0 and 1.

    Returns:
        One point per renewal. Intervals say how far the parameters may be off, and not how far the model may be: beyond what was seen they are too
        short if customers change. There are none for a model that was written down.

    Raises:
        ValueError: *periods* is below 1, the tenures are of other contracts, or *confidence* does not lie between 0 and 1.

    Source:
        As for `ShiftedBetaGeometric`.

    >>> regular = ShiftedBetaGeometric(alpha=0.704, beta=1.182, unit="year")
    >>> [round(point.survival.value, 3) for point in survival_forecast(regular, periods=12).points[8:]]
    [0.22, 0.204, 0.191, 0.18, 0.17]
    """
    whole_number(periods, "periods", least=1)
    if tenures is not None:
        _require_one_unit(model, tenures)
    seen = [1.0] if tenures is not None and tenures.customers else []
    for at_risk, left in tenures.renewals() if tenures is not None else ():
        if not at_risk:
            break
        seen.append(seen[-1] * (at_risk - left) / at_risk)
    points = [ForecastPoint(0, Estimate(1.0, None, None, None), None, seen[0] if seen else None)]
    for renewals in range(1, periods + 1):
        share = model.estimate_of(_survival(renewals), confidence=confidence, scale="logit")
        observed = seen[renewals] if renewals < len(seen) else None
        points.append(ForecastPoint(renewals, share, model.retention(renewals), observed))
    return SurvivalForecast(points=tuple(points), model=model)


class RenewalPoint(NamedTuple):
    """The customers of today after so many further renewals.

    Attributes:
        ahead: How many renewals of each customer from now.
        customers: How many of those who are there today are expected to be there still, with the interval of the expectation.
    """

    ahead: int
    customers: Estimate


@attrs.frozen(kw_only=True, repr=False)
class RenewalForecast(Shown):
    """The customers of today, renewal by renewal.

    Attributes:
        points: One per renewal from now, today first.
        model: By which it is.
    """

    points: tuple[RenewalPoint, ...]
    model: ShiftedBetaGeometric

    @property
    def undefined(self) -> str | None:
        """Why nothing is to be expected; None when something is."""
        return None if self.points[0].customers.value else "nobody is under contract today"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per renewal from now: customers expected, with the interval."""
        return [
            {
                "ahead": point.ahead,
                "unit": self.model.unit,
                "customers": point.customers.value,
                "low": point.customers.low,
                "high": point.customers.high,
            }
            for point in self.points
        ]

    def __str__(self) -> str:
        first, last = self.points[0], self.points[-1]
        return (
            f"{last.customers.value:,.1f} of {first.customers.value:,.0f} customers still there after "
            f"{last.ahead} more renewals by the {self.model.unit}"
        )


def renewal_forecast(
    model: ShiftedBetaGeometric, tenures: ContractTenures, *, periods: int, confidence: float = 0.95
) -> RenewalForecast:
    """How many of the customers of today will be there after each of their next renewals.

    Everybody counts by how often they have renewed already: one retention for all would have the old ones leave as fast as the new.

    Args:
        model: Fitted to these customers or to others like them, with the same period of contract.
        tenures: Whose ``kept`` are the customers of today.
        periods: How many renewals ahead.
        confidence: How often an interval should cover the truth, between 0 and 1.

    Raises:
        ValueError: *periods* is below 1, *confidence* does not lie between 0 and 1, or the contracts of the model run by another period.

    Source:
        As for `ShiftedBetaGeometric`: of those who have renewed n times, S(n + k) / S(n) renew k times more.

    >>> from salesproc.lifetime import tenures_from_survivors
    >>> today = tenures_from_survivors([1000, 869, 743], unit="year") + tenures_from_survivors([400], unit="year")
    >>> print(renewal_forecast(ShiftedBetaGeometric(alpha=0.668, beta=3.806, unit="year"), today, periods=3))
    826.9 of 1,143 customers still there after 3 more renewals by the year
    """
    whole_number(periods, "periods", least=1)
    _require_one_unit(model, tenures)
    start = sum(tenures.kept.values())
    points = [RenewalPoint(0, Estimate(float(start), None, None, None))]
    for ahead in range(1, periods + 1 if start else 1):
        share = model.estimate_of(_staying(tenures, ahead), confidence=confidence, scale="logit")
        points.append(RenewalPoint(ahead, _times(share, start)))
    return RenewalForecast(points=tuple(points), model=model)


def _survival(renewals: int) -> Callable[[ShiftedBetaGeometric], float]:
    return lambda model: model.survival(renewals)


def _staying(tenures: ContractTenures, ahead: int) -> Callable[[ShiftedBetaGeometric], float]:
    """The share of the customers of today who will be there."""
    today = sum(tenures.kept.values())
    return lambda model: (
        math.fsum(
            count * model.survival(so_far + ahead) / model.survival(so_far)
            for so_far, count in tenures.kept.items()
        )
        / today
    )


def _times(share: Estimate, customers: int) -> Estimate:
    """The number of customers from their share; neither end of the interval lies above all of them."""
    error, low, high = (None if one is None else customers * one for one in share[1:])
    return Estimate(customers * share.value, error, low, high)


def _require_one_unit(model: ShiftedBetaGeometric, tenures: ContractTenures) -> None:
    """The model and what was seen count the same renewals.

    Raises:
        ValueError: They do not.
    """
    if model.unit != tenures.unit:
        raise ValueError(
            f"the model is of contracts by the {model.unit} and the tenures are of contracts by the {tenures.unit}; fit one to such tenures"
        )
