"""How do the rows go on to packages with more models? With the unit, the end of the observation and the rule for refunds beside the numbers."""

from collections.abc import Hashable
from typing import Literal, TypeAlias, TypeVar, get_args

from salesproc import _text
from salesproc._tables import Cell
from salesproc.errors import did_you_mean
from salesproc.lifetime._time import in_units
from salesproc.lifetime.purchase_history import CustomerHistory, PurchaseHistory

__all__ = ["ClvTarget", "to_clv_rows"]

C = TypeVar("C", bound=Hashable)

ClvTarget: TypeAlias = Literal["purchases", "values"]
"""What the rows are for: a model of purchases takes everybody, one of values only those with a repeat purchase that is worth something."""


def to_clv_rows(history: PurchaseHistory[C], *, model: ClvTarget = "purchases") -> list[dict[str, Cell]]:
    """Rows in the columns that pymc-marketing and clvkit read, for models that are not here: Pareto/NBD, MBG/NBD, covariates, Bayesian fits.

    The columns are ``customer_id``, ``frequency`` (repeats), ``recency`` (age at the last purchase, not the days since), ``T`` (age) and
    ``monetary_value`` (mean of the repeat purchases, 0 without one). What gets lost on the way and makes the numbers wrong goes with every row:
    ``time_unit``, ``observation_end``, ``refund_rule``, ``same_day_rule``, ``zero_rule``, ``currency``; None where a summary did not say.

    Args:
        history: In the unit the other package is to count in.
        model: ``"values"`` leaves out who has no repeat purchase worth anything: the gamma-gamma models of pymc-marketing refuse them.

    Raises:
        ValueError: There is no such model.

    Source:
        pymc-marketing 1.3 and clvkit 0.2: ``docs/explanation/decisions.md`` says which columns each reads.

    >>> from salesproc import Money
    >>> from salesproc.lifetime import history_from_summary
    >>> history = history_from_summary([("ann", 2, 21.5, 36.25, Money("24.50", "USD"))], unit="week")
    >>> [row] = to_clv_rows(history)
    >>> row["frequency"], row["recency"], row["T"], row["monetary_value"], row["time_unit"], row["currency"]
    (2, 21.5, 36.25, 24.5, 'week', 'USD')
    """
    if model not in get_args(ClvTarget):
        raise ValueError(f"there is no model of {model!r}; {did_you_mean(str(model), get_args(ClvTarget))}")
    rules = history.rules
    told: dict[str, Cell] = {
        "time_unit": history.unit,
        "observation_end": None if history.as_of is None else history.as_of.isoformat(),
        "refund_rule": None if rules is None else rules.refunds,
        "same_day_rule": None if rules is None else rules.same_day,
        "zero_rule": None if rules is None else rules.zero,
        "currency": history.currency,
    }
    kept = [row for row in history.rows if model == "purchases" or row.mean_value]
    return [_numbers(row, history) | told for row in kept]


def _numbers(row: CustomerHistory, history: PurchaseHistory[C]) -> dict[str, Cell]:
    return {
        "customer_id": _text.label(row.customer),
        "frequency": row.repeats,
        "recency": in_units(row.age_at_last, history.unit),
        "T": in_units(row.age, history.unit),
        "monetary_value": float(row.mean_value or 0) if row.repeat_spend is not None else None,
    }
