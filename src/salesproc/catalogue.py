"""Which metrics are there, and what is each of them? All of them as data.

>>> entry = CATALOGUE["win_rate"]
>>> entry.unit, entry.range, entry.direction, entry.level
('share', ValueRange(low=0, high=1), 'higher', 'sales objective')
>>> [name for name, one in CATALOGUE.items() if one.level == "sales activity" and one.direction == "lower"]
['stalled', 'lead_response_times', 'rolling_response_times', 'time_until_told']
"""

from collections.abc import Mapping
from types import MappingProxyType

from salesproc.lifetime import _catalogue_lifetime
from salesproc.metrics import (
    _catalogue_customers,
    _catalogue_dependence,
    _catalogue_leaving,
    _catalogue_money,
    _catalogue_process,
    _catalogue_value,
)
from salesproc.metrics._metric import Metric, ValueRange

__all__ = ["CATALOGUE", "Metric", "ValueRange"]

CATALOGUE: Mapping[str, Metric] = MappingProxyType(
    {
        entry.name: entry
        for part in (
            _catalogue_process,
            _catalogue_money,
            _catalogue_customers,
            _catalogue_value,
            _catalogue_leaving,
            _catalogue_dependence,
            _catalogue_lifetime,
        )
        for entry in part.ENTRIES
    }
)
"""Every metric of the library by the name of its function."""
