"""A small book of business: twelve leads, eight deals, four customers, and every answer worked out by hand.

Everything begins on Monday, 6 January 2025, at nine in UTC, which is day 0; the book is read on day 90. The days on which
each lead entered a stage (``-`` for never)::

    lead  person           lead  mql  sal  sql  opp  customer  otherwise
    L-1   Ana Torres          0    2    3    5    6        20
    L-2   林薇                0    3    4    8   10        40
    L-3   ليلى حسن            1    5    6    9   11        61
    L-4   Ольга Петрова       2    4    5   10   12        82
    L-5   José Núñez          3    6    7   12   14         -  a lead again on day 50: did not buy
    L-6   Zoë O'Neill         4    9   11   16   20         -
    L-7   김민준              5    8   10   15    -         -
    L-8   नेहा शर्मा             7   12   13    -    -         -  disqualified on day 18: cannot afford it
    L-9   عمر عبد الله        8   15    -    -    -         -
    L-10  Đặng Thị Hoa       10   14    -    -    -         -  a lead again on day 17: rejected, clerical
    L-11  Ελένη Νικολάου     12    -    -    -    -         -  disqualified on day 20: no need
    L-12  Иван Смирнов       30    -    -    -    -         -

The deals, all in the six-step sale::

    deal  from           worth          prospect  contact  present  objections  close  end
    O-1   L-1     12,000.00 USD                6        7        9           -     15  won on day 20
    O-2   L-2      8,000.00 EUR               10       12       15          20     30  won on day 40
    O-3   L-3      4,500.50 USD               11       13       20           -     50  won on day 61
    O-4   L-4     20,000.00 EUR               12       15       30          45     70  won on day 82
    O-5   L-5      7,000.00 USD               14       16       25           -      -  lost on day 50: a competitor
    O-6   L-6     15,000.00 USD               20       25       40          60      -
    O-7   C-1      3,000.00 USD               60       65        -           -      -  an up-sell
    O-8   C-2      8,000.00 EUR               70        -        -           -      -  a renewal, lost on day 80: budget

The customers, beside what the won deals brought: C-1 buys for 900 USD on day 50 and again on day 75; C-2 buys for 250 EUR on
day 60 and leaves on day 85 for better terms; C-3 complains of late delivery on day 70; C-4 has only just begun.

How the curves were worked out. From lead to customer, disqualified counting as lost: at 8 days one of 12 is lost and 11/12
are left, at 11 days another and 10/12 are left; at 20, 40 and 60 days one each of 10, 9 and 8 becomes a customer, which
adds 1/12 each time, and 7/12 are left; L-12 drops out of sight at 60 days; at 80 days one of 6 adds 7/72. So 25/72 have
converted, half never have, and a quarter has at exactly 60 days. From opportunity to customer: one of 6 at 14, of 5 at 30 and
of 4 at 50 days, by when half have; at 70 days one of 3 makes it two thirds.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from salesproc.money import Money
from salesproc.records import (
    Customer,
    FormerCustomer,
    LeadRecord,
    LostOpportunity,
    Opportunity,
    WonOpportunity,
)
from salesproc.stages import LifecycleStage, StageChange
from salesproc.testing import _book_rows

__all__ = ["KNOWN", "Book", "KnownAnswers", "book"]

DealRecord: TypeAlias = Opportunity | WonOpportunity | LostOpportunity


@attrs.frozen(hash=False, repr=False)
class Book:
    """A small book of business.

    Attributes:
        as_of: When it is read.
        leads: Everybody who ever was a lead, in the stage they have come to as a lead.
        deals: The opportunities, open, won and lost.
        customers: Those who bought, and one who has left.
        log: Every stage change of the lifecycle, from lead to customer, in the order of time.
        deal_log: Every stage change of the deals, in the order of time.
    """

    as_of: datetime
    leads: tuple[LeadRecord, ...]
    deals: tuple[DealRecord, ...]
    customers: tuple[Customer | FormerCustomer, ...]
    log: tuple[StageChange[LifecycleStage], ...]
    deal_log: tuple[StageChange[str], ...]

    def __repr__(self) -> str:
        parts = f"{len(self.leads)} leads, {len(self.deals)} deals, {len(self.customers)} customers"
        return f"<Book of {parts} as of {self.as_of:%Y-%m-%d}>"


@attrs.frozen(kw_only=True, hash=False, repr=False)
class KnownAnswers:
    """The answers about `book`, each worked out by hand from the tables of ``salesproc.testing.book``.

    Attributes:
        in_stage: How many are in each stage of the lifecycle on day 90.
        reached: How many ever got there, stages passed counted.
        open_at: How many of these went no further and are not lost.
        lost_at: How many of these went no further and are disqualified.
        lead_to_customer_days: The ages at which a lead became a customer.
        lead_to_customer_open: How many leads are still on the way.
        lead_to_customer_lost: How many were disqualified.
        lead_to_customer_share: The share that has converted, as the curve that counts them all has it.
        lead_to_customer_quarter: The age by which a quarter has converted; half never have.
        opportunity_to_customer_median: The age by which half have converted, the open ones counted.
        opportunity_to_customer_finished_only: The median of those alone who have: too short.
        won: Deals won.
        lost: Deals lost.
        open: Deals open.
        won_amounts: What the won deals were worth, by currency.
        lost_amounts: What the lost deals were worth, by currency.
        open_amounts: What the open deals are worth, by currency.
        loss_reasons: How many deals were lost for what.
        purchases: How many purchases there are.
        revenue: What the purchases add up to, by currency.
        by_customer: What each customer has bought for.
        repeat_customers: How many bought more than once.
        former_customers: How many have left.
    """

    in_stage: Mapping[str, int]
    reached: Mapping[str, int]
    open_at: Mapping[str, int]
    lost_at: Mapping[str, int]
    lead_to_customer_days: tuple[int, ...]
    lead_to_customer_open: int
    lead_to_customer_lost: int
    lead_to_customer_share: Fraction
    lead_to_customer_quarter: timedelta
    opportunity_to_customer_median: timedelta
    opportunity_to_customer_finished_only: timedelta
    won: int
    lost: int
    open: int
    won_amounts: Mapping[str, Decimal]
    lost_amounts: Mapping[str, Decimal]
    open_amounts: Mapping[str, Decimal]
    loss_reasons: Mapping[str, int]
    purchases: int
    revenue: Mapping[str, Decimal]
    by_customer: Mapping[str, Money]
    repeat_customers: int
    former_customers: int

    def __repr__(self) -> str:
        return f"<KnownAnswers about {sum(self.in_stage.values())} leads and {self.won + self.lost + self.open} deals>"


KNOWN: Final = KnownAnswers(
    in_stage={"lead": 3, "mql": 1, "sal": 0, "sql": 1, "opportunity": 1, "customer": 4, "disqualified": 2},
    reached={"lead": 12, "mql": 10, "sal": 8, "sql": 7, "opportunity": 6, "customer": 4},
    open_at={"lead": 1, "mql": 2, "sal": 0, "sql": 1, "opportunity": 2, "customer": 4},
    lost_at={"lead": 1, "mql": 0, "sal": 1, "sql": 0, "opportunity": 0, "customer": 0},
    lead_to_customer_days=(20, 40, 60, 80),
    lead_to_customer_open=6,
    lead_to_customer_lost=2,
    lead_to_customer_share=Fraction(25, 72),
    lead_to_customer_quarter=timedelta(days=60),
    opportunity_to_customer_median=timedelta(days=50),
    opportunity_to_customer_finished_only=timedelta(days=40),
    won=4,
    lost=2,
    open=2,
    won_amounts={"USD": Decimal("16500.50"), "EUR": Decimal(28000)},
    lost_amounts={"USD": Decimal(7000), "EUR": Decimal(8000)},
    open_amounts={"USD": Decimal(18000)},
    loss_reasons={"competitor": 1, "budget": 1},
    purchases=7,
    revenue={"USD": Decimal("18300.50"), "EUR": Decimal(28250)},
    by_customer={
        "C-1": Money(13800, "USD"),
        "C-2": Money(8250, "EUR"),
        "C-3": Money("4500.50", "USD"),
        "C-4": Money(20000, "EUR"),
    },
    repeat_customers=2,
    former_customers=1,
)
"""The answers about `book`."""


def book() -> Book:
    """The book: the same every time, read on day 90, which is 6 April 2025.

    >>> book()
    <Book of 12 leads, 8 deals, 4 customers as of 2025-04-06>
    """
    deals = _book_rows.deals()
    histories = [journey.history for journey in _book_rows.lifecycle_journeys()]
    deal_histories = [deal.journey.history for deal in deals]
    return Book(
        as_of=_book_rows.day(90),
        leads=_book_rows.leads(),
        deals=deals,
        customers=_book_rows.customers(deals),
        log=tuple(sorted((row for rows in histories for row in rows), key=lambda row: row.at)),
        deal_log=tuple(sorted((row for rows in deal_histories for row in rows), key=lambda row: row.at)),
    )
