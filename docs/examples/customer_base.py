"""A customer-base report on the CDNOW purchases: real orders of an online music shop, 1997 and 1998.

    python docs/examples/customer_base.py FOLDER

The data has traps, which are handled in the open: what was done about each is printed first. The figures come from one reading of the
orders. Two more readings are named where they are used: the other rule for orders of one day, and the orders as they stood on an earlier day.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from salesproc import Money, Period, Rate
from salesproc.loyalty import dependency, finish_tiers, tier_counts, tier_migration
from salesproc.metrics import (
    CustomerCohort,
    MeanMoney,
    OrderRules,
    Purchases,
    Ratio,
    RfmCuts,
    XyzPolicy,
    finish_abc_xyz,
    finish_at_risk,
    finish_buying,
    finish_concentration,
    finish_customer_cohorts,
    finish_lost_potential,
    finish_rfm,
    finish_xyz,
    reduce_orders,
)
from salesproc.stages import LoyaltyTier

REVIEW = date(1998, 6, 30)
# A quarter before, and late enough: the 365 days of the ladder then hold nobody's first order, as on the day of the review.
EARLIER = date(1998, 3, 31)
BETWEEN = Period.quarter(1998, 2)
WATCHED = Period(date(1997, 1, 1), date(1998, 7, 1))
LAST_YEAR = Period(date(1997, 7, 1), date(1998, 7, 1))

# A month, a quarter, half a year and a year of silence. Money scores, but names no segment.
LIMITS = RfmCuts(recency_days=(30, 90, 180, 365), frequency=(1, 2, 3, 5), money=(25, 50, 100, 200))

# By month, even equal orders have to come in nine of the eighteen months to be Y: hardly anybody needs music so often.
STEADY = XyzPolicy(every="quarter")

ADVICE = {
    "AX": "first to hear what is new; ask them to recommend the shop",
    "AY": "remind them when their quarter comes",
    "AZ": "large, in bursts: an occasion soon after the last order",
    "BX": "show them what A customers buy as well",
    "BY": "an occasion in the quarter they would leave out",
    "BZ": "ask what they buy elsewhere in between",
    "CX": "ask them to recommend the shop",
    "CY": "the newsletter",
    "CZ": "the newsletter, and no effort of its own",
}


class Base(NamedTuple):
    """The purchases as they stand, as they stood on the earlier day, and what was done to the data."""

    purchases: Purchases[str]
    earlier: Purchases[str]
    notes: list[str]


def read(folder: Path) -> Base:
    """The orders of the file; a line that is no order stops the report."""
    orders = list[tuple[str, date, Money, int]]()
    for line in (folder / "CDNOW_master.txt").read_text(encoding="ascii").splitlines()[1:]:
        customer, day, discs, spent = line.split()
        orders.append((customer, date.fromisoformat(day), Money(spent, "USD"), int(discs)))
    purchases = reduce_orders(orders, as_of=REVIEW)
    each = reduce_orders(orders, as_of=REVIEW, rules=OrderRules(same_day="each"))
    earlier = reduce_orders(orders, as_of=EARLIER)
    return Base(purchases, earlier, traps(orders, purchases, each))


def traps(
    orders: Sequence[tuple[str, date, Money, int]], purchases: Purchases[str], each: Purchases[str]
) -> list[str]:
    """Each trap of the data, how often it is there, and what was done about it."""
    counts, found, apart = purchases.counts, finish_buying(purchases), finish_buying(each).repeat_rate
    seen, copies = set[tuple[str, date, Money, int]](), list[Decimal]()
    for order in orders:
        if order in seen:
            copies.append(order[2].amount)
        seen.add(order)
    copied = purchases.money(sum(copies, Decimal(0)))
    never_paid = sum(not spent for spent in purchases.spending().values())
    firsts = [lines[0][0] for lines in purchases.lines.values()]
    return [
        f"{counts.rows:,} rows have a day and no time or zone: days stand as they are, the review is the end of {REVIEW}",
        f"{counts.folded:,} rows have the customer and day of an earlier row: one order, which leaves {found.orders:,}",
        f"  (as orders of their own they would make {apart.hits - found.repeat_rate.hits:,} more repeat buyers, {apart:.1%} instead of {found.repeat_rate:.1%})",
        f"{len(copies):,} of these rows repeat an earlier one in everything, {dollars(copied)} or {Ratio(copied, found.money):.1%} of the money:",
        "  nothing says whether they are errors, so their money stays in the order of that day",
        f"{counts.zeros:,} rows are worth nothing: they are orders, as in the papers on this file",
        f"  ({never_paid:,} customers never paid anything: buyers all the same, in class C, with no share and no steadiness)",
        f"all {found.buyers:,} customers first bought between {min(firsts)} and {max(firsts)}: one cohort, nobody else is in the file",
        "  (so nobody is new later, and falling money is this cohort growing older: it says nothing about the sales of the shop)",
        "amounts are revenue, not margin: nothing below says what a customer earns",
    ]


def heading(text: str) -> None:
    """A line that begins a part of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


def table(sides: str, lines: Iterable[Sequence[str]]) -> None:
    """Columns, each set to its side; the first line is the head."""
    rows = [*lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True))
        print("  ".join(cells).rstrip())


def dollars(money: Money | None) -> str:
    """An amount without its cents."""
    return "n/a" if money is None else f"{money:,.0f}"


def percent(share: Fraction | float | None) -> str:
    """A share, or that there is none."""
    return "n/a" if share is None else f"{float(share):.1%}"


def spent_in(purchases: Purchases[str], period: Period) -> dict[str, Decimal]:
    """What each customer spent in a period. Who bought nothing in it is not there; nothing is ever taken back in this file."""
    inside = {
        customer: [amount for day, amount in lines if day in period]
        for customer, lines in purchases.lines.items()
    }
    return {customer: sum(amounts, Decimal(0)) for customer, amounts in inside.items() if amounts}


def bought_again(customers: Sequence[str], after: Mapping[str, Decimal]) -> Rate:
    """How many of them are among those who bought afterwards."""
    return Rate(sum(customer in after for customer in customers), len(customers))


def report_buyers(base: Base) -> None:
    """Who bought, how often, and for how much."""
    everything = finish_buying(base.purchases)
    quarters = [
        (str(one.start), finish_buying(base.purchases, period=one)) for one in WATCHED.each("quarter")
    ]
    lines = [
        (
            "quarter of",
            "new",
            "returning",
            "of those before",
            "twice or more",
            "orders",
            "order value",
            "money",
        )
    ]
    for name, found in (*quarters, ("all", everything)):
        rates = f"{found.came_back:.1%}", f"{found.repeat_rate:.1%}"
        value = found.order_value.value
        money = "n/a" if value is None else str(value), dollars(found.money)
        lines.append((name, f"{found.new:,}", f"{found.returning:,}", *rates, f"{found.orders:,}", *money))
    table("<>>>>>>>", lines)
    print(
        "of those before: returning, of all who had bought before the quarter; twice or more: of its buyers, within it"
    )
    print(f"bought twice or more, over the whole time: {everything.repeat_rate}")
    print(f"orders per buyer: {everything.frequency:.2f}")
    bought = base.purchases.lines.values()
    for what, amounts in (
        ("the only order of those who never came back", [one[0][1] for one in bought if len(one) == 1]),
        ("the first order of those who did", [one[0][1] for one in bought if len(one) > 1]),
        ("their later orders", [amount for one in bought for _, amount in one[1:]]),
    ):
        print(f"{what}: {MeanMoney(base.purchases.money(sum(amounts, Decimal(0))), len(amounts))}")
    print(
        "so an order is worth more after the first quarter also because those who come back spent more from the start"
    )


def report_cohorts(base: Base) -> None:
    """How many buy again, quarter after quarter and month after month."""
    print(finish_customer_cohorts(base.purchases, every="quarter"))
    print(
        "columns: quarters since that of the first order. Where nobody was new there is nobody to count: n/a, not 0 %"
    )
    print()

    def seen(cohort: CustomerCohort, age: int) -> str:
        cell = cohort.cells[age] if age < len(cohort.cells) else None
        return "unseen" if cell is None else f"{cell.active:.1%}"

    months = finish_customer_cohorts(base.purchases, every="month")
    ages = 1, 2, 3, 6, 9, 12, 15, 16, 17
    lines: list[Sequence[str]] = [("month of", "customers", *map(str, ages))]
    lines += [
        (str(one.start), f"{one.customers:,}", *(seen(one, age) for age in ages))
        for one in months
        if one.customers
    ]
    lines.append(("all", "", *(f"{months.at_age(age):.1%}" for age in ages)))
    table("<>" + ">" * len(ages), lines)
    print(
        "columns: months since that of the first order. What has not happened yet is unseen, and in no mean"
    )


def report_rfm(base: Base) -> None:
    """Recency, frequency and money: in fifths, and by limits in days."""
    fifths, ours = finish_rfm(base.purchases), finish_rfm(base.purchases, cuts=LIMITS)
    lines: list[Sequence[str]] = [("segment", "fifths", "limits", "share", "money", "what to do")]
    for one, other in zip(ours.by_segment(), fifths.by_segment(), strict=True):
        counts = f"{other.customers:,}", f"{one.customers:,}", percent(one.share)
        lines.append((one.name, *counts, dollars(one.money), one.action))
    table("<>>>><", lines)
    print(
        "limits: 30, 90, 180 and 365 days of silence; 1, 2, 3, 4 to 5, and more orders. Share and money are by limits"
    )
    silent = max((row.recency_days for row in fifths.rows if row.segment == "loyal"), default=0)
    print(
        f"fifths would call people loyal who have been silent for {silent} days: most bought once, at the beginning, and"
    )
    print("shift the cuts between fifths of recency to more than a year")
    bought = base.purchases.lines.values()
    gaps = [(later - day).days for one in bought for (day, _), (later, _) in pairwise(one)]
    within = Rate(sum(gap <= 90 for gap in gaps), len(gaps))
    print(f"of the orders that followed an earlier one, {within} came within 90 days of it")
    print("new and promising bought once, a short while ago: there can be none in an old cohort")


def report_cells(base: Base) -> None:
    """How much, and how steadily."""
    found = finish_abc_xyz(base.purchases, policy=STEADY, actions=ADVICE)
    print(found.by_money)
    top = Rate(found.by_money.by_class()[0].customers, len(found.by_money.rows))
    print(f"A is {top:.1%} of the customers; those who never paid are in C")
    print(f"\n{found.by_steadiness}")
    months = ", ".join(f"{one.grade} {one.customers:,}" for one in finish_xyz(base.purchases).by_class())
    print("by quarters: X varies by half of its mean or less, Y by all of it or less; one burst makes a Z")
    print(f"by months it would be {months}: too short for this trade\n")
    lines: list[Sequence[str]] = [("cell", "customers", "money", "what to do")]
    lines += [(one.cell, f"{len(one.customers):,}", dollars(one.money), one.action) for one in found.cells]
    table("<>><", lines)


def report_concentration(base: Base) -> None:
    """On how many customers the money rests."""
    found = finish_concentration(base.purchases)
    paid = len(found.rows)
    print(found)
    for count in (10, 100, paid // 5 or 1):
        print(f"the {count:,} largest bring {percent(found.top(count))}")
    for share in (Fraction(1, 2), Fraction(4, 5)):
        needed = found.customers_for(share) or 0
        print(
            f"{float(share):.0%} of the money comes from {needed:,} customers, {Rate(needed, paid):.1%} of those who paid"
        )
    print(f"danger from losing the largest: {dependency(found).level}")


def report_slipping(base: Base) -> None:
    """Who has been silent for too long, what is at stake, and how far the rule can be trusted."""
    found, tried = finish_at_risk(base.purchases), finish_at_risk(base.earlier)
    last_year, after = spent_in(base.purchases, LAST_YEAR), spent_in(base.purchases, BETWEEN)
    back = f"of those on {EARLIER}, bought since"
    lines: list[Sequence[str]] = [("state", "customers", "at stake", "of it in the last year", back)]
    for one in found.by_state():
        recent = sum((last_year.get(row.customer, Decimal(0)) for row in found.of(one.state)), Decimal(0))
        money = dollars(one.money), dollars(base.purchases.money(recent))
        there = [row.customer for row in tried.of(one.state)]
        lines.append((one.state, f"{one.customers:,}", *money, str(bought_again(there, after))))
    table("<>>>>", lines)
    print(found.policy)
    print("at stake: what they spent in the year up to their last order, however long ago that is")
    first = sum((row.money.amount for row in found.of("late")[:100]), Decimal(0))
    print(
        f"call first: the 100 late ones with most at stake have {dollars(base.purchases.money(first))} of it"
    )
    print(
        f"silent are {found.silent_rate} of those with a rhythm: no proof that they left, as the last column shows"
    )
    once = [row.silent_days for row in found.rows if row.purchases == 1]
    print(
        f"unknown are, among others, the {len(once):,} who bought once, the last of them {min(once, default=0)} days ago:"
    )
    print("most of them are gone, and in no rate here; the first rung below says how few come back")


def report_ladder(base: Base) -> None:
    """On which rung customers stand, and how they moved."""
    before, now = (finish_tiers(one) for one in (base.earlier, base.purchases))
    counts, after = tier_counts(now), spent_in(base.purchases, BETWEEN)
    back = f"of those on {EARLIER}, bought since"
    lines: list[Sequence[str]] = [("rung", str(EARLIER), str(REVIEW), "share", back)]
    for tier in (LoyaltyTier.CUSTOMER, LoyaltyTier.REPEAT, LoyaltyTier.REGULAR):
        there = [customer for customer, rung in before.items() if rung is tier]
        today = f"{counts.counts[tier]:,}", f"{counts.share(tier):.1%}"
        lines.append((tier, f"{len(there):,}", *today, str(bought_again(there, after))))
    table("<>>>>", lines)
    print(
        "supporter and advocate are not known, which is not zero: the file has no share of wallet and no referrals"
    )
    print(f"\n{tier_migration(before, now)}")
    print(
        "nobody enters this cohort at the foot of the ladder, so a regular who falls silent is hard to replace"
    )
    days = {
        customer: sum(day in LAST_YEAR for day, _ in found)
        for customer, found in base.purchases.lines.items()
    }
    often = [customer for customer, count in days.items() if count >= 20]
    regular = Rate(sum(now[one] is LoyaltyTier.REGULAR for one in often), len(often))
    print(f"regular among those with twenty orders or more in the last year: {regular}")


def report_potential(base: Base) -> None:
    """Who buys less than others who began with an order of the same size."""
    first = {customer: lines[0][1] for customer, lines in base.purchases.lines.items()}
    found = finish_lost_potential(base.purchases, by=lambda customer: size(first[customer]), period=LAST_YEAR)
    lines: list[Sequence[str]] = [
        ("first order", "buyers of the last year", "usual", "below it", "missing to it")
    ]
    for one in sorted(found.segments, key=lambda one: one.level):
        counts = f"{one.buyers:,}", f"{one.level:,.2f}", f"{one.below:,}"
        lines.append((one.segment, *counts, dollars(one.gap)))
    table("<>>>>", lines)
    print(
        f"together {dollars(found.gap)}; {found.silent:,} customers bought nothing in the last year: to win back, in no gap"
    )
    print(
        "why by the first order: it is known before the year begins, and the larger it was, the more is usual now"
    )
    print("nearly half are below a median by its making: a list of whom to talk to, and no forecast")


def size(amount: Decimal) -> str:
    """The class of a first order, in dollars."""
    return next((f"up to {limit}" for limit in (15, 30, 60) if amount <= limit), "above 60")


def main(folder: str) -> None:
    """Print the report."""
    base = read(Path(folder))
    print(
        f"CDNOW, an online music shop: one cohort of its customers, as of {REVIEW}. Totals only: nobody is named."
    )
    print(
        "The data is its owners', who offer it for research and teaching and state no licence: it is read, not shipped."
    )
    heading("What was done to the data")
    for note in base.notes:
        print(f"- {note}" if note[0] != " " else note)
    for title, report in (
        ("Who bought", report_buyers),
        ("Who came back", report_cohorts),
        ("Recency, frequency, money", report_rfm),
        ("How much and how steadily", report_cells),
        ("On how many customers the money rests", report_concentration),
        ("Who is slipping away", report_slipping),
        ("The loyalty ladder", report_ladder),
        ("Lost potential of the last year", report_potential),
    ):
        heading(title)
        report(base)


if __name__ == "__main__":
    main(sys.argv[1])
