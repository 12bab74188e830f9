"""Customers drawn from a model with known parameters: what a fit should find again."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from salesproc.lifetime import CustomerHistory, PurchaseHistory


def beta(chance, a, b):
    one, other = chance.gammavariate(a, 1), chance.gammavariate(b, 1)
    return one / (one + other) if one + other else 0.5


def purchase_days(chance, *, r, alpha, a, b, age):
    """The ages in days at which one customer buys again."""
    pace, leaving = chance.gammavariate(r, 1 / alpha), beta(chance, a, b)
    at, days = 0.0, []
    while pace > 0:
        at += chance.expovariate(pace)
        if at > age:
            break
        days.append(at)
        if chance.random() < leaving:
            break
    return days


def shop(seed, customers, *, r, alpha, a, b, longest=39.0, shortest=27.0, unit="week"):
    """A purchase history by the BG/NBD model; ages between two limits, in weeks, to the microsecond."""
    chance, rows = Random(seed), []
    for number in range(customers):
        age = chance.uniform(shortest, longest)
        times = purchase_days(chance, r=r, alpha=alpha, a=a, b=b, age=age)
        last = timedelta(weeks=times[-1]) if times else timedelta()
        rows.append(CustomerHistory(f"C{number}", len(times), last, timedelta(weeks=age)))
    return PurchaseHistory(rows=tuple(rows), unit=unit)


def tenure(chance, alpha, beta_, longest):
    """At which renewal one subscriber leaves; 0 for who is there after the longest."""
    leaving = beta(chance, alpha, beta_)
    for renewal in range(1, longest + 1):
        if chance.random() < leaving:
            return renewal
    return 0


def spenders(seed, customers, *, p, q, v):
    """A purchase history with values by the gamma-gamma model; one to a dozen repeat purchases each."""
    chance, rows = Random(seed), []
    for number in range(customers):
        repeats = 1 + int(chance.expovariate(0.5))
        scale = chance.gammavariate(q, 1 / v)
        spent = sum(chance.gammavariate(p, 1 / scale) for _ in range(repeats))
        span = timedelta(weeks=repeats)
        rows.append(CustomerHistory(f"C{number}", repeats, span, 2 * span, Decimal(f"{spent:.6f}")))
    return PurchaseHistory(rows=tuple(rows), unit="week", currency="EUR")
