"""The metrics of orders on real purchases, against figures computed from the file line by line."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from salesproc import Money
from salesproc.metrics import (
    finish_abc_xyz,
    finish_buying,
    finish_customer_cohorts,
    finish_rfm,
    reduce_orders,
)


@pytest.fixture(scope="module")
def rows(cdnow):
    return [(who, day, Decimal(spent)) for who, day, spent in cdnow]


def test_every_report_agrees_with_the_file(rows):
    orders = ((who, day, Money(spent, "USD")) for who, day, spent in rows)
    purchases = reduce_orders(orders, as_of=date(1998, 6, 30))
    days = {(who, day) for who, day, _ in rows}
    spent = defaultdict(Decimal)
    for who, _, amount in rows:
        spent[who] += amount
    counts = purchases.counts
    assert (counts.rows, counts.rows - counts.folded) == (69_659, len(days))
    assert counts.zeros == sum(amount == 0 for _, _, amount in rows)
    assert {who: purchases.spent(who) for who in purchases.lines} == spent
    often = Counter(who for who, _ in days)
    bought = finish_buying(purchases)
    assert (bought.buyers, bought.orders) == (len(spent), len(days))
    assert bought.repeat_rate.hits == sum(count > 1 for count in often.values())
    assert bought.money.amount == sum(spent.values())
    assert {row.customer: row.frequency for row in finish_rfm(purchases).rows} == often
    cells = finish_abc_xyz(purchases)
    assert len(cells.grades()) == len(spent)
    undefined = {row.customer for row in cells.by_steadiness.rows if row.variation is None}
    assert undefined == {who for who, amount in spent.items() if not amount}
    second = {who for who, day in days if date(1997, 4, 1) <= day < date(1997, 7, 1)}
    cohorts = finish_customer_cohorts(purchases, every="quarter")
    assert cohorts.cohorts[0].cells[1].active.hits == len(second)
