"""Sales-process primitives: typed records, a stage machine that explains its refusals, honest metrics.

The values everything else is made of are here. The rest has a room of its own, and each name one path:

- ``salesproc.stages``: processes, steps, refusals, the audit of a log, drawings
- ``salesproc.records``: leads, opportunities, customers, deliveries as typed records
- ``salesproc.qualification``: frameworks, lead scores, and whether they were any good
- ``salesproc.metrics``: questions about a log, a list of deals or a list of orders
- ``salesproc.loyalty``: the ladder, key accounts, dependency, win-back, referrals
- ``salesproc.lifetime``: fitted models of how long customers stay, what they will buy and be worth
- ``salesproc.customers``: the customer file, who is the same, who has nothing planned
- ``salesproc.follow_up``: whom to try again, when, and preparing a call
- ``salesproc.goals``: goals, plans back from a revenue, pace
- ``salesproc.agreement``: what marketing and sales promise each other, and whether it is kept
- ``salesproc.catalogue``: every metric as data
- ``salesproc.adapters``: CSV files and plain rows in
- ``salesproc.testing``: sample data, a simulator, Hypothesis strategies
"""

from salesproc.calendars import WorkingCalendar
from salesproc.errors import (
    CurrencyMismatch,
    DefinitionError,
    FitError,
    LogError,
    MoneyError,
    NaiveTimeError,
    PeriodError,
    RecordError,
    SalesprocError,
    StorageError,
    UnknownName,
)
from salesproc.money import Money, total
from salesproc.periods import Period, shifted
from salesproc.rates import Interval, Rate

__version__ = "0.1.0"

__all__ = [
    # amounts
    "Money",
    "total",
    # time
    "Period",
    "shifted",
    "WorkingCalendar",
    # shares
    "Rate",
    "Interval",
    # errors; a refused step raises salesproc.stages.TransitionRefused
    "SalesprocError",
    "CurrencyMismatch",
    "DefinitionError",
    "FitError",
    "LogError",
    "MoneyError",
    "NaiveTimeError",
    "PeriodError",
    "RecordError",
    "StorageError",
    "UnknownName",
]
