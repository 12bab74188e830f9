"""How sure is an estimate? Standard errors, and intervals for anything that a fitted model says."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias, get_args

import attrs

from salesproc._given import is_missing
from salesproc._tables import Cell, Shown
from salesproc.errors import did_you_mean
from salesproc.lifetime._fit import ModelFit
from salesproc.rates import two_sided

__all__ = ["Estimate", "FittedModel", "IntervalScale"]

IntervalScale: TypeAlias = Literal["log", "logit", "linear"]
"""The scale on which an interval is symmetric: that of the logarithm, for what is above 0; that of the log odds, for a share; or its own."""

_NUDGE = 1e-5
_LOOSE = 1.0  # a standard error of a logarithm; with it the parameter may as well be three times as large
_WIDEST = 700.0  # the largest exponent that is a float


class Estimate(NamedTuple):
    """A number and how far it may be off, because customers are a sample.

    Attributes:
        value: The number.
        error: Its standard error; None for a model that was written down and not fitted.
        low: Lower end of the interval.
        high: Upper end.
    """

    value: float
    error: float | None
    low: float | None
    high: float | None


@attrs.frozen(kw_only=True, repr=False)
class FittedModel(Shown):
    """What the models have in common: parameters above 0, and the fit they come from.

    Attributes:
        fit: How the parameters were found; None when they were written down.
    """

    names: ClassVar[tuple[str, ...]] = ()

    fit: ModelFit | None = None

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""
        return {name: getattr(self, name) for name in self.names}

    @property
    def undetermined(self) -> str | None:
        """What the data do not settle; None when they settle every parameter, or when nothing was fitted.

        A parameter is called undetermined when the standard error of its logarithm is above 1: three times as large would do nearly as
        well. What the model says within the time observed may still be good; what it says of later rests on the form of the model.
        """
        loose = {name: error for name, error in self._log_errors().items() if error > _LOOSE}
        if not loose:
            return None
        told = ", ".join(
            f"{name} by a factor of {math.exp(min(error, _WIDEST)):,.3g}" for name, error in loose.items()
        )
        return f"these data hardly determine the model: one standard error moves {told}"

    def estimates(self, confidence: float = 0.95) -> dict[str, Estimate]:
        """Every parameter with its standard error and interval, from the observed information, on the scale of the logarithm.

        Raises:
            ValueError: *confidence* does not lie between 0 and 1.
        """
        z, errors = two_sided(confidence), self._log_errors()
        return {
            name: _estimate(value, None if self.fit is None else value * errors[name], z, "log")
            for name, value in self.parameters.items()
        }

    def estimate_of(
        self, quantity: Callable[[Self], float], *, confidence: float = 0.95, scale: IntervalScale = "log"
    ) -> Estimate:
        """Anything the model says, with its standard error and interval by the delta method.

        The interval is around what is expected. What single customers do scatters around it and is not in the interval.

        Args:
            quantity: A function of the model, for example ``lambda model: model.expected_purchases(timedelta(weeks=52))``.
            confidence: How often the interval should cover the truth, between 0 and 1.
            scale: On which it is symmetric; ``"logit"`` for a share.

        Raises:
            ValueError: *confidence* does not lie between 0 and 1, there is no such scale, or the quantity is not on it or has no value.
        """
        return joint_estimate(lambda models: quantity(models[0]), [self], confidence=confidence, scale=scale)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per parameter: value, standard error, and the interval at 95 %."""
        return [{"parameter": name, **one._asdict()} for name, one in self.estimates().items()]

    def _log_errors(self) -> dict[str, float]:
        if self.fit is None:
            return {}
        return {name: math.sqrt(self.fit.covariance[at][at]) for at, name in enumerate(self.names)}

    def _moved(self, name: str, by: float) -> Self:
        moved: Any = self  # an attrs class, whichever it is
        changed: Self = attrs.evolve(moved, **{name: getattr(self, name) * math.exp(by)})
        return changed


def joint_estimate(
    quantity: Callable[[Sequence[Any]], float],
    models: Sequence[FittedModel],
    *,
    confidence: float = 0.95,
    scale: IntervalScale = "log",
) -> Estimate:
    """The estimate of a quantity that depends on several models, each fitted to a part of the data that says nothing of the others.

    Raises:
        ValueError: *confidence* does not lie between 0 and 1, there is no such scale, or the quantity is not on it or has no value.
    """
    z, value = two_sided(confidence), quantity(models)
    if is_missing(value):  # such as a mean lifetime, which does not always exist
        raise ValueError("the quantity has no value by this model, so there is nothing to estimate")
    if any(model.fit is None for model in models):
        return _estimate(value, None, z, scale)
    variance = 0.0
    for at, model in enumerate(models):
        slopes = [_slope(quantity, models, at, name) for name in model.names]
        spread = model.fit.covariance if model.fit else ()
        variance += sum(
            one * other * entry
            for one, row in zip(slopes, spread, strict=True)
            for other, entry in zip(slopes, row, strict=True)
        )
    return _estimate(value, math.sqrt(max(variance, 0.0)), z, scale)


def _slope(
    quantity: Callable[[Sequence[Any]], float], models: Sequence[FittedModel], at: int, name: str
) -> float:
    """How fast the quantity rises with the logarithm of a parameter."""

    def moved(by: float) -> float:
        return quantity([*models[:at], models[at]._moved(name, by), *models[at + 1 :]])  # noqa: SLF001 - one family

    return (moved(_NUDGE) - moved(-_NUDGE)) / (2 * _NUDGE)


def _estimate(value: float, error: float | None, z: float, scale: IntervalScale) -> Estimate:
    """The interval on its scale.

    Raises:
        ValueError: There is no such scale, or the value is not on it.
    """
    if scale not in get_args(IntervalScale):
        raise ValueError(
            f"scale must be one of its kinds, got {scale!r}; {did_you_mean(str(scale), get_args(IntervalScale))}"
        )
    if error is None:
        return Estimate(value, None, None, None)
    if scale == "linear" or not error:
        return Estimate(value, error, value - z * error, value + z * error)
    if value <= 0 or (scale == "logit" and value >= 1):
        wanted = "above 0" if scale == "log" else "between 0 and 1"
        raise ValueError(
            f"an interval on the scale {scale!r} is for what is {wanted}, got {value!r}; use scale='linear'"
        )
    if scale == "log":
        factor = math.exp(min(z * error / value, _WIDEST))
        return Estimate(value, error, value / factor, value * factor)
    odds, factor = value / (1 - value), math.exp(min(z * error / (value * (1 - value)), _WIDEST))
    low, high = odds / factor, odds * factor
    return Estimate(value, error, low / (1 + low), high / (1 + high))


def parameter_words(model: FittedModel, shown: Mapping[str, str]) -> str:
    """The parameters in a line, those that have a unit with it, and whether the data hardly determine them."""
    flat = "" if model.undetermined is None else ", hardly determined by the data"
    words = [f"{name} {value:,.4g}{shown.get(name, '')}" for name, value in model.parameters.items()]
    return ", ".join(words) + flat


def positive(_: object, field: "attrs.Attribute[float]", value: object) -> None:
    """An attrs validator: a parameter is a finite number above 0.

    Raises:
        ValueError: It is not.
        TypeError: It is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{field.name} must be a number above 0, got {value!r}")
    if not 0 < value < math.inf:
        raise ValueError(f"{field.name} must be above 0 and finite, got {value!r}")
