"""The ladder and the silent customers on real purchases, against figures computed from the file line by line."""

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from statistics import median

import pytest

from salesproc import Money
from salesproc.loyalty import finish_tiers, tier_counts, tier_migration
from salesproc.metrics import finish_at_risk, reduce_orders

REVIEWS = (date(1997, 12, 31), date(1998, 6, 30))


@pytest.fixture(scope="module")
def rows(cdnow):
    return [(who, day, Money(spent, "USD")) for who, day, spent in cdnow]


def days_of(rows, review):
    days = defaultdict(set)
    for who, day, _ in rows:
        if day <= review:
            days[who].add(day)
    return {who: sorted(own) for who, own in days.items()}


def pauses_and_usual(own, review, *, window=10_000):
    recent = [day for day in own if (review - day).days < window]
    gaps = [(later - day).days for day, later in pairwise(recent)]
    usual = median(gaps) if gaps else 0
    return len(recent), sum(gap > 3 * usual for gap in gaps), usual


def test_the_rungs_of_23_570_customers(rows):
    found = {review: finish_tiers(reduce_orders(rows, as_of=review)) for review in REVIEWS}
    for review, tiers in found.items():
        wanted = Counter()
        for own in days_of(rows, review).values():
            bought, pauses, usual = pauses_and_usual(own, review, window=365)
            regular = bought >= 4 and pauses <= (bought - 1) // 5 and (review - own[-1]).days <= 3 * usual
            wanted["regular" if regular else "repeat" if len(own) > 1 else "customer"] += 1
        counts = tier_counts(tiers)
        assert counts.customers == 23_570
        assert {str(tier): count for tier, count in counts.counts.items() if count} == wanted
    assert wanted == {"customer": 12_054, "repeat": 10_158, "regular": 1_358}
    moved = tier_migration(*found.values())
    assert (moved.up, moved.down, moved.stayed, moved.new, moved.gone) == (1_572, 1_198, 20_800, 0, 0)


def test_the_silent_among_them_and_how_many_came_back(rows):
    """Silent is not gone: the figures on the page, and the order they have."""
    review = REVIEWS[0]
    found = finish_at_risk(reduce_orders(rows, as_of=review))
    wanted = Counter()
    for own in days_of(rows, review).values():
        if len(own) < 3:
            wanted["unknown"] += 1
            continue
        silent, usual = (review - own[-1]).days, pauses_and_usual(own, review)[2]
        wanted["active" if silent <= 2 * usual else "late" if silent <= 4 * usual else "silent"] += 1
    assert {one.state: one.customers for one in found.by_state()} == wanted
    assert wanted == {"active": 3_462, "late": 950, "silent": 1_732, "unknown": 17_426}
    later = {who for who, day, _ in rows if day > review}
    again = {
        state: round(100 * sum(row.customer in later for row in found.of(state)) / count)
        for state, count in wanted.items()
    }
    assert again == {"active": 62, "late": 52, "silent": 38, "unknown": 12}
