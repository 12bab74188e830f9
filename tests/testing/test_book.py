"""The book of business: every answer that was worked out by hand, got by counting rows and got by the library."""

import copy
import pickle
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median

import pytest

from salesproc import total
from salesproc.metrics import stage_funnel, time_to_convert
from salesproc.records import (
    Customer,
    Disqualified,
    FormerCustomer,
    Lead,
    LostOpportunity,
    Opportunity,
    WonOpportunity,
    lifecycle,
)
from salesproc.stages import LIFECYCLE, SIX_STEP_SALE, LifecycleStage, audit, replay_log
from salesproc.testing import KNOWN, book

PATH = ("lead", "mql", "sal", "sql", "opportunity", "customer")
BOOK = book()


def histories(log):
    found = {}
    for entity, stage, at, *_ in log:
        found.setdefault(entity, []).append((str(stage), at))
    return found


@dataclass
class Way:
    """One lead's way, taken from plain rows."""

    furthest: int
    last: str
    days: dict


def plain_ways():
    ways = []
    for rows in histories(BOOK.log).values():
        stages = [stage for stage, _ in rows]
        first = {}
        for stage, at in rows:
            first.setdefault(stage, (at - BOOK.as_of).days + 90)
        ways.append(Way(max(PATH.index(stage) for stage in stages if stage in PATH), stages[-1], first))
    return ways


def amounts(deals):
    sums = {}
    for deal in deals:
        sums[deal.amount.currency] = sums.get(deal.amount.currency, Decimal(0)) + deal.amount.amount
    return sums


def of(kind):
    return [deal for deal in BOOK.deals if isinstance(deal, kind)]


# Counting rows


def test_rows_counted_by_hand_give_the_funnel():
    ways = plain_ways()
    for i, stage in enumerate(PATH):
        here = [way for way in ways if way.furthest == i]
        assert sum(way.furthest >= i for way in ways) == KNOWN.reached[stage]
        assert sum(way.last == "disqualified" for way in here) == KNOWN.lost_at[stage]
        assert sum(way.last != "disqualified" for way in here) == KNOWN.open_at[stage]
    now = Counter(way.last for way in ways)
    assert {stage: now[stage] for stage in KNOWN.in_stage} == KNOWN.in_stage


def test_days_subtracted_by_hand_give_the_times():
    ways = plain_ways()
    won = [way for way in ways if "customer" in way.days]
    assert (
        tuple(sorted(way.days["customer"] - way.days["lead"] for way in won)) == KNOWN.lead_to_customer_days
    )
    assert sum(way.last == "disqualified" for way in ways) == KNOWN.lead_to_customer_lost
    assert len(ways) - len(won) - KNOWN.lead_to_customer_lost == KNOWN.lead_to_customer_open
    finished = [way.days["customer"] - way.days["opportunity"] for way in won]
    assert timedelta(days=median(finished)) == KNOWN.opportunity_to_customer_finished_only


def test_a_curve_stepped_by_hand_gives_the_share_converted():
    """Age by age: who is at risk, who converts, who is lost; in fractions."""
    ways = plain_ways()
    ends = []
    for way in ways:
        if "customer" in way.days:
            ends.append((way.days["customer"] - way.days["lead"], "won"))
        elif way.last == "disqualified":
            ends.append((way.days["disqualified"] - way.days["lead"], "lost"))
        else:
            ends.append((90 - way.days["lead"], "open"))
    left, share, by_age = Fraction(1), Fraction(0), {}
    for age in sorted({age for age, _ in ends}):
        at_risk = sum(other >= age for other, _ in ends)
        won, lost = (ends.count((age, outcome)) for outcome in ("won", "lost"))
        share += left * Fraction(won, at_risk)
        left *= 1 - Fraction(won + lost, at_risk)
        by_age[age] = share
    assert share == KNOWN.lead_to_customer_share
    assert (
        min(age for age, by in by_age.items() if by >= Fraction(1, 4)) == KNOWN.lead_to_customer_quarter.days
    )


def test_amounts_added_by_hand_give_the_totals():
    assert amounts(of(WonOpportunity)) == KNOWN.won_amounts
    assert amounts(of(LostOpportunity)) == KNOWN.lost_amounts
    assert amounts(of(Opportunity)) == KNOWN.open_amounts
    purchases = [purchase for customer in BOOK.customers for purchase in customer.purchases]
    assert amounts(purchases) == KNOWN.revenue
    assert len(purchases) == KNOWN.purchases
    often = Counter(purchase.customer for purchase in purchases)
    assert sum(count > 1 for count in often.values()) == KNOWN.repeat_customers


# The library


def test_the_funnel_of_the_library_agrees():
    funnel = stage_funnel(BOOK.log, PATH, lost=["disqualified"], as_of=BOOK.as_of)
    assert {stage.stage: stage.reached for stage in funnel} == KNOWN.reached
    assert {stage.stage: stage.still_there for stage in funnel} == KNOWN.open_at
    assert {stage.stage: stage.lost for stage in funnel} == KNOWN.lost_at
    assert funnel.entities == 12


def test_the_times_of_the_library_agree():
    times = time_to_convert(BOOK.log, "lead", "customer", lost=["disqualified"], as_of=BOOK.as_of)
    assert (times.open, times.lost) == (KNOWN.lead_to_customer_open, KNOWN.lead_to_customer_lost)
    assert tuple(sorted(times.counts.finished)) == tuple(
        n * 86_400_000_000 for n in KNOWN.lead_to_customer_days
    )
    assert times.curve()[-1].share == pytest.approx(float(KNOWN.lead_to_customer_share))
    assert times.quantile(0.25) == KNOWN.lead_to_customer_quarter
    assert times.median is None
    deals = time_to_convert(BOOK.log, "opportunity", "customer", lost=["disqualified"], as_of=BOOK.as_of)
    assert deals.median == KNOWN.opportunity_to_customer_median
    assert deals.finished_only_median == KNOWN.opportunity_to_customer_finished_only


def test_the_records_of_the_library_agree():
    assert (len(of(WonOpportunity)), len(of(LostOpportunity)), len(of(Opportunity))) == (
        KNOWN.won,
        KNOWN.lost,
        KNOWN.open,
    )
    assert Counter(deal.reason for deal in of(LostOpportunity)) == KNOWN.loss_reasons
    for code in KNOWN.won_amounts:
        worth = total(deal.amount for deal in of(WonOpportunity) if deal.amount.currency == code)
        assert worth.amount == KNOWN.won_amounts[code]
    assert {customer.id: customer.totals for customer in BOOK.customers} == {
        customer: {worth.currency: worth} for customer, worth in KNOWN.by_customer.items()
    }
    left = [customer for customer in BOOK.customers if isinstance(customer, FormerCustomer)]
    assert len(left) == KNOWN.former_customers
    assert sum(isinstance(customer, Customer) for customer in BOOK.customers) == 3


def test_the_leads_are_in_the_stage_they_have_come_to_as_leads():
    """Who has a deal stays an SQL: the deal is a record of its own."""
    kinds = Counter(type(lead) for lead in BOOK.leads)
    assert (kinds[Lead], kinds[Disqualified]) == (KNOWN.in_stage["lead"], KNOWN.in_stage["disqualified"])
    assert len(BOOK.leads) == 12
    assert len({lead.contact.name for lead in BOOK.leads}) == 12


# The logs


def test_the_logs_are_in_order_and_sound():
    for log, process, size in ((BOOK.log, LIFECYCLE, 12), (BOOK.deal_log, SIX_STEP_SALE, 8)):
        assert [row.at for row in log] == sorted(row.at for row in log)
        assert log[-1].at < BOOK.as_of
        assert audit(log, process).findings == ()
        report = replay_log(process, log)
        assert (len(report.journeys), report.failures) == (size, ())
    assert {row.stage for row in BOOK.log} <= set(LifecycleStage)


def test_the_book_is_the_same_every_time_and_goes_through_stores():
    assert book() == BOOK == copy.deepcopy(BOOK)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(BOOK, protocol)) == BOOK
        assert pickle.loads(pickle.dumps(KNOWN, protocol)) == KNOWN
    assert [lifecycle.restore(lead.to_dict()) for lead in BOOK.leads] == list(BOOK.leads)
    assert [type(deal).from_dict(deal.to_dict()) for deal in BOOK.deals] == list(BOOK.deals)
    assert repr(BOOK) == "<Book of 12 leads, 8 deals, 4 customers as of 2025-04-06>"
    assert repr(KNOWN) == "<KnownAnswers about 12 leads and 8 deals>"
