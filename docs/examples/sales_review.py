"""A sales review on the "CRM Sales Opportunities" sample of Maven Analytics (a made-up company).

    python docs/examples/sales_review.py FOLDER

The data has traps, which are handled in the open: what was done about each is printed first.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from salesproc import Money, Period, Rate, total
from salesproc.metrics import (
    Deal,
    deal_outcomes,
    rate_change,
    sales_cycle_length,
    sales_velocity,
    win_rate,
    win_rate_of_created,
)

REVIEW = date(2017, 12, 31)
SPELLINGS = {"GTXPro": "GTX Pro"}


class Review(NamedTuple):
    """The deals that can be dated, and what was done to the data."""

    deals: list[Deal]
    office: dict[str, str]
    notes: list[str]


def cells(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read(folder: Path) -> Review:
    """Deals valued at list price: the file has a value of 0 for every lost deal and none for open ones."""
    prices = {row["product"]: Money(row["sales_price"], "USD") for row in cells(folder / "products.csv")}
    office = {row["sales_agent"]: row["regional_office"] for row in cells(folder / "sales_teams.csv")}
    rows = cells(folder / "sales_pipeline.csv")
    seen = Counter[str]()
    deals: list[Deal] = []
    for row in rows:
        product = SPELLINGS.get(row["product"], row["product"])
        seen["respelt"] += product != row["product"]
        seen["no account"] += not row["account"]
        if not row["engage_date"]:
            seen["undated"] += 1
            continue
        closed = date.fromisoformat(row["close_date"]) if row["close_date"] else None
        deals.append(
            Deal(
                prices[product],
                date.fromisoformat(row["engage_date"]),
                closed,
                "open" if closed is None else "won" if row["deal_stage"] == "Won" else "lost",
                id=row["opportunity_id"],
                stage=row["deal_stage"],
                owner=row["sales_agent"],
            )
        )
    copies = len(rows) - len(
        {tuple(value for key, value in row.items() if key != "opportunity_id") for row in rows}
    )
    notes = [
        f"{seen['respelt']:,} rows spell a product differently from the price list; a plain join would lose them",
        f"{seen['undated']:,} deals in Prospecting have no date at all: counted here, in no figure below",
        f"{seen['no account']:,} open deals name no account",
        f"{copies:,} rows repeat another in everything but their id; nothing says whether they are errors, so they stay",
        "lost deals have a value of 0 and open ones none, so all values are list prices",
        f"{len(set(office) - {row['sales_agent'] for row in rows})} of {len(office)} agents have no deal",
    ]
    return Review(deals, office, notes)


def heading(text: str) -> None:
    """A line that begins a part of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


def percent(rate: Rate) -> str:
    """A share with its 95 % interval."""
    interval = rate.interval()
    return "n/a" if interval is None else f"{rate:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def largest(amounts: Iterable[tuple[str, Money]]) -> tuple[str, Fraction]:
    """Who has the largest part of a sum, and how large it is."""
    sums: dict[str, Money] = {}
    for name, amount in amounts:
        sums[name] = sums[name] + amount if name in sums else amount
    top = max(sums, key=lambda name: sums[name])
    return top, sums[top] / total(sums.values())


def report_offices(review: Review) -> None:
    """Pipeline and win rates by team."""
    by_office = deal_outcomes(review.deals, as_of=REVIEW, by=lambda deal: review.office[deal.owner or ""])
    print("office     open   at list price       won of closed, with 95 % interval")
    for office, found in by_office.items():
        waiting = found.counts.open
        print(f"{office:<8} {waiting.deals:>6,}  {waiting.money!s:>17}  {percent(found.closed)}")
    everything = by_office.total
    print(
        f"{'all':<8} {everything.counts.open.deals:>6,}  {everything.counts.open.money!s:>17}  {percent(everything.closed)}"
    )
    rates = {office: found.closed for office, found in by_office.items()}
    best, worst = max(rates, key=lambda one: float(rates[one])), min(rates, key=lambda one: float(rates[one]))
    print(f"{worst} to {best}: {rate_change(rates[worst], rates[best])}")


def report_quarters(review: Review) -> None:
    """The trap of the first quarter, in which the sample begins."""
    for quarter in range(1, 5):
        period = Period.quarter(2017, quarter)
        closed = win_rate(review.deals, as_of=REVIEW, period=period)
        created = win_rate_of_created(review.deals, as_of=REVIEW, period=period)
        print(
            f"Q{quarter}: {percent(closed):<26} of closed;  {percent(created):<26} of created, {created.trials:,} deals"
        )
    print(
        "no deal closed before March: Q1 is one month, and shows the quick wins only; the cohort by creation does not"
    )


def report_time(review: Review) -> None:
    """How long it takes, and what is stale."""
    cycle = sales_cycle_length(review.deals, as_of=REVIEW, outcome="won")
    finished = cycle.finished_only_median
    print(f"median of the won deals alone: {'n/a' if finished is None else finished.days} days")
    print(
        f"median, open and lost deals counted: {'not reached' if cycle.median is None else cycle.median.days}"
    )
    closed = [deal.closed_at - deal.opened_at for deal in review.deals if deal.closed_at is not None]
    waiting = [deal for deal in review.deals if deal.outcome == "open"]
    stale = [deal for deal in waiting if REVIEW - deal.opened_at > max(closed)]
    worth = total((deal.amount for deal in stale if deal.amount is not None), currency="USD")
    print(f"longest cycle of any closed deal: {max(closed).days} days")
    print(
        f"open deals older than that: {len(stale):,} of {len(waiting):,}, {worth} at list price: ask whether they are alive"
    )


def report_velocity(review: Review) -> None:
    """How fast the pipeline turns into money, by quarter."""
    for quarter in (2, 3, 4):
        print(
            f"Q{quarter}: {sales_velocity(review.deals, period=Period.quarter(2017, quarter), population='open_on_average')}"
        )


def report_concentration(review: Review) -> None:
    """On whom the open pipeline depends."""
    waiting = [
        (deal.owner or "", deal.amount)
        for deal in review.deals
        if deal.outcome == "open" and deal.amount is not None
    ]
    _, share = largest(waiting)
    offices = largest((review.office[owner], amount) for owner, amount in waiting)
    print(f"the agent with the largest part of the open pipeline has {float(share):.1%} of it")
    print(f"the office with the largest part, {offices[0]}, has {float(offices[1]):.1%}")


def main(folder: str) -> None:
    """Print the review."""
    review = read(Path(folder))
    print("CRM Sales Opportunities, a made-up company of Maven Analytics; reviewed as of 2017-12-31.")
    heading("What was done to the data")
    for note in review.notes:
        print(f"- {note}")
    for title, report in (
        ("Pipeline and win rates by office", report_offices),
        ("Win rates by quarter, on two bases", report_quarters),
        ("Time, and what is stale", report_time),
        ("Velocity", report_velocity),
        ("Concentration of the open pipeline", report_concentration),
    ):
        heading(title)
        report(review)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/examples/sales_review.py FOLDER, the one with sales_pipeline.csv")
    main(sys.argv[1])
