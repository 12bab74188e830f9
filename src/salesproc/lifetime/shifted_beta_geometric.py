"""How long will subscribers stay? Customers under contract, each with a chance of their own to leave at every renewal.

The chances differ from customer to customer (a beta distribution) and stay as they are. Those with a high chance go first, so the
retention of a cohort rises with its age though nobody becomes more loyal.
"""

import math
from typing import ClassVar

import attrs

from salesproc._given import whole_number
from salesproc.errors import FitError
from salesproc.lifetime._fit import Likelihood, ModelFit, Vector, at_edges, maximise
from salesproc.lifetime._special import hypergeometric
from salesproc.lifetime.contract_tenures import ContractTenures, known_unit
from salesproc.lifetime.estimates import FittedModel, parameter_words, positive
from salesproc.metrics._numbers import Number, exact_number
from salesproc.periods import Unit

__all__ = ["ShiftedBetaGeometric", "fit_shifted_beta_geometric"]

_SMALLEST = 1e-4  # with less the sum has too many terms that count
_STARTS: tuple[Vector, ...] = ((1.0, 1.0), (1.0, 4.0), (0.3, 0.3), (5.0, 20.0))


@attrs.frozen(kw_only=True, repr=False)
class ShiftedBetaGeometric(FittedModel):
    """The shifted beta-geometric model: fitted, or written down from a paper.

    Attributes:
        alpha: First parameter of the beta distribution of the chance to leave at a renewal.
        beta: Second parameter. The mean chance to leave at the first renewal is alpha over alpha plus beta; the smaller both are, the more customers differ.
        unit: The period of the contract.
        fit: How the parameters were found; None when they were written down.

    Source:
        P. S. Fader and B. G. S. Hardie, "How to project customer retention", Journal of Interactive Marketing 21 (2007).

    >>> high_end = ShiftedBetaGeometric(alpha=0.668, beta=3.806, unit="year")
    >>> [round(high_end.survival(years), 3) for years in (1, 7, 12)]
    [0.851, 0.489, 0.378]
    >>> [round(high_end.retention(year), 3) for year in (1, 8)]
    [0.851, 0.942]
    """

    names: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    alpha: float = attrs.field(validator=positive)
    beta: float = attrs.field(validator=positive)
    unit: Unit = attrs.field(validator=known_unit)

    def survival(self, renewals: int) -> float:
        """The share of a cohort that is still there after so many renewals.

        Raises:
            ValueError: *renewals* is below 0.
            TypeError: It is no whole number.
        """
        whole_number(renewals, "renewals")
        stays, both = self.beta, self.alpha + self.beta
        # Their quotient of beta functions is shorter, and loses every digit where the parameters are large.
        return math.prod((stays + passed) / (both + passed) for passed in range(renewals))

    def retention(self, renewal: int) -> float:
        """Of those who come to the renewal of that number, counted from 1, the share that stays.

        Raises:
            ValueError: *renewal* is below 1.
            TypeError: It is no whole number.
        """
        passed = whole_number(renewal, "renewal", least=1) - 1
        return (self.beta + passed) / (self.alpha + self.beta + passed)

    def expected_lifetime(self, *, periods: int | None = None) -> float | None:
        """How many periods somebody who comes today stays on average, the first one included.

        Args:
            periods: Only those up to this many count; for ever when left out.

        Returns:
            The mean; None for ever where alpha is at most 1: so many stay so long then that there is no mean. Ask for so many periods, or discount.

        Raises:
            ValueError: *periods* is below 1.
            TypeError: It is no whole number.
        """
        if periods is None:
            return (self.alpha + self.beta - 1) / (self.alpha - 1) if self.alpha > 1 else None
        whole_number(periods, "periods", least=1)
        share = total = 1.0
        for renewal in range(1, periods):
            share *= self.retention(renewal)
            total += share
        return total

    def residual_lifetime(self, *, renewals: int, discount: Number) -> float:
        """How many more periods, discounted, are to be expected of a customer who has renewed so often (DERL), just before the next renewal.

        It is what to multiply the margin of a period with. A period that begins at once is not discounted; who has just renewed is one period away from
        the next renewal, so theirs is this number over ``1 + discount``.

        Args:
            renewals: How often they have renewed so far.
            discount: What money loses per period of the contract, as a share from 0.0001 to 1. A yearly rate is none for months: at 10 % a year it
                is ``1.1 ** (1 / 12) - 1`` a month.

        Raises:
            ValueError: *renewals* is below 0, or *discount* is no such share.
            TypeError: One of them is no number.

        Source:
            P. S. Fader and B. G. S. Hardie, "Customer-base valuation in a contractual setting: the perils of ignoring heterogeneity", Marketing
            Science 29 (2010).

        >>> round(ShiftedBetaGeometric(alpha=0.668, beta=3.806, unit="year").residual_lifetime(renewals=7, discount=0.1), 2)
        7.53
        """
        whole_number(renewals, "renewals")
        rate = float(exact_number(discount, "discount"))
        if not _SMALLEST <= rate <= 1:
            hint = (
                "a percentage is divided by 100 first"
                if rate > 1
                else "with less the sum has no limit, or none that is reached in time; ask expected_lifetime"
            )
            raise ValueError(f"discount must lie between {_SMALLEST} and 1, got {discount!r}; {hint}")
        b, both = self.beta + renewals, self.alpha + self.beta + renewals
        return b / both * hypergeometric(1.0, b + 1, both + 1, 1 / (1 + rate))

    def discounted_lifetime(self, *, discount: Number) -> float:
        """How many periods, discounted, are to be expected of somebody who comes today and pays at once (DEL).

        Raises:
            ValueError: *discount* is no such share.
            TypeError: It is no number.
        """
        rate = float(exact_number(discount, "discount"))
        return 1 + self.residual_lifetime(renewals=0, discount=discount) / (1 + rate)

    def __str__(self) -> str:
        return f"{parameter_words(self, {})}, renewals by the {self.unit}"


def fit_shifted_beta_geometric(tenures: ContractTenures) -> ShiftedBetaGeometric:
    """The shifted beta-geometric model under which these tenures are most likely.

    Args:
        tenures: Of one cohort or of several added up; from customers (`contract_tenures`) or from a table (`tenures_from_survivors`). Pooled cohorts
            are taken to be alike: fit a young and an old one apart, and look.

    Returns:
        The model with its fit.

    Raises:
        FitError: The tenures do not determine the model: nobody has left, nobody stayed, only one renewal was seen, or the customers differ less in their
            chance to leave than any such model says. The message says which, and what would do.

    Source:
        As for `ShiftedBetaGeometric`; its Regular and High End customers are in the tests.

    >>> from salesproc.lifetime import tenures_from_survivors
    >>> regular = tenures_from_survivors([1000, 631, 468, 382, 326, 289, 262, 241], unit="year")
    >>> model = fit_shifted_beta_geometric(regular)
    >>> model
    <ShiftedBetaGeometric: alpha 0.7041, beta 1.182, renewals by the year>
    >>> round(model.fit.log_likelihood, 1), model.fit.stopped
    (-1680.3, 'converged')
    """
    renewals = tenures.renewals()
    _require_enough(renewals)
    table = [(float(at_risk - left), float(left), float(at_risk)) for at_risk, left in renewals]

    def objective(point: Vector) -> Likelihood:
        return _likelihood(table, *point)

    def missing(point: Vector) -> str:
        return _missing(renewals, point)

    best, agreed = maximise(objective, _STARTS, missing)
    fit = ModelFit(
        log_likelihood=best.value,
        customers=tenures.customers,
        patterns=len(tenures.lost) + len(tenures.kept) + len(tenures.under_way),
        covariance=best.covariance,
        starts=len(_STARTS),
        agreed=agreed,
        steps=best.steps,
        stopped=best.stopped,
    )
    alpha, beta = best.point
    return ShiftedBetaGeometric(alpha=alpha, beta=beta, unit=tenures.unit, fit=fit)


def _likelihood(table: list[tuple[float, float, float]], alpha: float, beta: float) -> Likelihood:
    """Every renewal is a draw: the chance to stay at the n-th is (beta + n - 1) / (alpha + beta + n - 1), so nothing but logarithms is needed."""
    value = by_alpha = by_beta = alphas = mixed = betas = 0.0
    for passed, (kept, left, at_risk) in enumerate(table):
        b, both = beta + passed, alpha + beta + passed
        value += kept * math.log(b) + left * math.log(alpha) - at_risk * math.log(both)
        by_alpha += left / alpha - at_risk / both
        by_beta += kept / b - at_risk / both
        bend = at_risk / (both * both)
        alphas += bend - left / (alpha * alpha)
        mixed += bend
        betas += bend - kept / (b * b)
    return Likelihood(value, (by_alpha, by_beta), ((alphas, mixed), (mixed, betas)))


def _require_enough(renewals: tuple[tuple[int, int], ...]) -> None:
    seen = [(at_risk, left) for at_risk, left in renewals if at_risk]
    at_risk, left = (sum(column) for column in zip(*seen, strict=True)) if seen else (0, 0)
    if not seen:
        raise FitError(
            "nobody has come to a renewal yet, so nothing says how many stay; wait for the first renewals"
        )
    if not left:
        raise FitError(
            f"nobody has left at {at_risk:,} renewals, so nothing says how many will; the likelihood rises as the chance to leave falls to 0"
        )
    if left == at_risk:
        raise FitError(
            f"everybody left at the first renewal ({left:,} of {at_risk:,}), so nothing says how long anybody stays"
        )
    if len(seen) < 2:
        raise FitError(
            f"only one renewal has been seen ({at_risk - left:,} of {at_risk:,} stayed): it determines how many stay, and not how much customers differ; "
            f"a second renewal of the same customers is needed"
        )


def _missing(renewals: tuple[tuple[int, int], ...], point: Vector) -> str:
    at_risk, left = (sum(column) for column in zip(*renewals, strict=True))
    edges = at_edges(("alpha", "beta"), point)
    shares = ", ".join(f"{1 - gone / there:.1%}" for there, gone in renewals[:6] if there)
    if edges.get("alpha") == "low" or edges.get("beta") == "low":
        why = "customers seem to be of two kinds, who leave at once or never"
    else:
        why = "retention does not rise with age, so customers do not differ in their chance to leave"
    return (
        f"the likelihood of the shifted beta-geometric model has no finite maximum: {why} (retention {shares}); "
        f"use one retention for all, {1 - left / at_risk:.1%}, with margin_multiple, or wait for more renewals"
    )
