"""How deals end: counts, win rates on named bases, values, reasons."""

import pickle
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, NaiveTimeError, Period
from salesproc.metrics import (
    Deal,
    average_deal_value,
    deal_outcomes,
    finish_outcomes,
    finish_pareto,
    loss_reasons,
    objections,
    reduce_loss_reasons,
    reduce_objections,
    reduce_outcomes,
    win_rate,
    win_rate_by_value,
    win_rate_of_created,
)
from salesproc.records import Contact, Opportunity, OpportunityId

JAN, FEB, MAR = date(2025, 1, 6), date(2025, 2, 3), date(2025, 3, 3)
END = date(2025, 12, 31)
DAYS = st.dates(date(2025, 1, 1), date(2025, 6, 30))
EUR = st.none() | st.integers(0, 1000).map(lambda euros: Money(euros, "EUR"))
REASONS = st.sampled_from(["price", "timing", "no decision", "", None])


@st.composite
def deals(draw):
    opened, closed = sorted([draw(DAYS), draw(DAYS)])
    outcome = draw(st.sampled_from(["open", "won", "lost"]))
    return Deal(
        draw(EUR), opened, None if outcome == "open" else closed, outcome, owner=draw(st.sampled_from("ab")),
        reason=draw(REASONS) if outcome == "lost" else None,
    )  # fmt: skip


LISTS = st.lists(deals(), max_size=12)


@given(LISTS, DAYS)
def test_every_deal_is_in_exactly_one_group(found, as_of):
    """Counted deal by deal, which is another way than the library's."""
    counts = reduce_outcomes(iter(found), as_of=as_of, no_decision=["no decision"])
    states = Counter(
        "ahead" if d.opened_at > as_of
        else "open" if d.closed_at is None or d.closed_at > as_of
        else "no decision" if d.reason == "no decision"
        else d.outcome
        for d in found
    )  # fmt: skip
    assert (counts.won.deals, counts.lost.deals) == (states["won"], states["lost"])
    assert (counts.no_decision.deals, counts.open.deals) == (states["no decision"], states["open"])
    assert counts.ahead == states["ahead"]


@given(LISTS, LISTS, DAYS)
def test_regions_combine_by_counts_not_by_averages(north, south, as_of):
    parts = reduce_outcomes(north, as_of=as_of) + reduce_outcomes(south, as_of=as_of)
    whole = deal_outcomes(north + south, as_of=as_of)
    assert finish_outcomes(parts) == whole
    assert win_rate(north, as_of=as_of) + win_rate(south, as_of=as_of) == whole.closed


@given(LISTS)
def test_the_parts_of_a_breakdown_add_up_to_its_total(found):
    parts = deal_outcomes(found, as_of=END, by="owner")
    assert sum(part.closed.trials for part in parts.values()) == parts.total.closed.trials
    assert parts.total == deal_outcomes(found, as_of=END)
    assert deal_outcomes(found, as_of=END, by=lambda deal: deal.owner).total == parts.total


@given(LISTS)
def test_rates_on_wider_bases_are_not_higher(found):
    """Every open or undecided deal in the base lowers the rate."""
    result = deal_outcomes(found, as_of=END, no_decision=["no decision"])
    rates = [rate.exact for rate in (result.closed, result.closed_with_no_decision, result.of_all)]
    known = [rate for rate in rates if rate is not None]
    assert known == sorted(known, reverse=True)


@given(LISTS, st.integers(1, 9))
def test_values_are_exact_sums(found, factor):
    result = deal_outcomes(found, as_of=END)
    won = [d.amount for d in found if d.outcome == "won" and d.amount is not None]
    lost = [d.amount for d in found if d.outcome == "lost" and d.amount is not None]
    value = sum(m.amount for m in won), sum(m.amount for m in lost)
    whole = sum(value)
    rate = win_rate_by_value(found, as_of=END)
    assert rate.exact == (Fraction(int(value[0]), int(whole)) if whole else None)
    assert (rate.undefined is None) == bool(whole)
    assert result.counts.won.without_amount == sum(d.outcome == "won" and d.amount is None for d in found)
    larger = [d._replace(amount=None if d.amount is None else d.amount * factor) for d in found]
    assert win_rate_by_value(larger, as_of=END).exact == rate.exact
    if won:
        assert average_deal_value(found, as_of=END).value == Money(value[0], "EUR").divided_by(len(won))
        assert result.counts.won.largest == max(won)
    else:
        assert average_deal_value(found, as_of=END).undefined == "no deal with an amount was won"


SMALL = [
    Deal(Money(900, "EUR"), JAN, FEB, "won"),
    Deal(Money(100, "EUR"), JAN, FEB, "lost", reason="price"),
    Deal(None, FEB, MAR, "won"),
    Deal(Money(500, "EUR"), FEB, None, "open"),
]


def test_a_period_takes_deals_by_their_close_or_by_their_creation():
    february = Period.month(2025, 2)
    closed = deal_outcomes(SMALL, as_of=END, period=february)
    assert (closed.closed.hits, closed.closed.trials, closed.counts.open.deals) == (1, 2, 1)
    assert closed.counts.out_of_period == 1
    assert str(win_rate_of_created(SMALL, as_of=END, period=february)) == "50.0% (1 of 2)"
    assert deal_outcomes(SMALL, as_of=END, period=Period.month(2025, 1)).counts.open.deals == 0
    assert deal_outcomes(SMALL, as_of=END, period=Period.month(2025, 5)).counts.open.deals == 1


def test_one_large_deal_shows():
    won = deal_outcomes(SMALL, as_of=END).counts.won
    assert won.largest_share == 1
    assert win_rate_by_value(SMALL, as_of=END).exact == Fraction(9, 10)
    assert deal_outcomes([], as_of=END).counts.won.largest_share is None


def test_nothing_closed_has_no_win_rate():
    assert win_rate([SMALL[3]], as_of=END).value is None
    assert win_rate_by_value([SMALL[2]], as_of=END).undefined == "no closed deal has an amount"
    assert win_rate_by_value([SMALL[1]], as_of=END).exact == 0
    free = [SMALL[0]._replace(amount=Money(0, "EUR"))]
    assert win_rate_by_value(free, as_of=END).undefined == "the closed deals are worth nothing"


def test_results_are_values_with_a_table():
    result = deal_outcomes(SMALL, as_of=END)
    assert str(result).splitlines()[-1] == "won of closed: 66.7% (2 of 3)"
    assert result.to_rows()[0] == {
        "outcome": "won", "deals": 2, "value": "900", "currency": "EUR", "without_amount": 1
    }  # fmt: skip
    assert repr(result) == "<Outcomes: 66.7% (2 of 3) of closed won, 1 open>"
    assert "<table>" in result._repr_html_()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: win_rate([SMALL[0], SMALL[0]._replace(amount=Money(1, "USD"))], as_of=END),
            CurrencyMismatch,
            "deal 2 is in USD, the deals before it in EUR",
        ),
        (
            lambda: win_rate([SMALL[0]._replace(closed_at=date(2024, 1, 1))], as_of=END),
            LogError,
            "closed before",
        ),
        (lambda: win_rate(SMALL, as_of=datetime(2025, 1, 1)), NaiveTimeError, "opened_at"),
        (lambda: deal_outcomes(SMALL, as_of=END, base="won"), ValueError, "'closed' or 'created'"),
        (lambda: loss_reasons(SMALL, as_of=END, reason="why"), LogError, "has no attribute 'why'"),
        (lambda: reduce_outcomes([], as_of=END) + 1, TypeError, "unsupported"),
        (lambda: reduce_loss_reasons([], as_of=END) + 1, TypeError, "unsupported"),
        (lambda: reduce_outcomes([], as_of=END).won + 1, TypeError, "unsupported"),
    ],
)
def test_what_makes_no_sense_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()


@given(LISTS)
def test_reasons_add_up_and_unsaid_ones_are_counted(found):
    pareto = loss_reasons(iter(found), as_of=END)
    said = Counter((d.reason or None) for d in found if d.outcome == "lost")
    assert {row.cause: row.cases for row in pareto} == said
    assert len(pareto) == len(said)
    assert sum(row.share.hits for row in pareto) == sum(said.values())
    if said:
        assert pareto.rows[-1].cumulative.value == 1
        assert pareto.named.hits == sum(said.values()) - said[None]
    named = [row.cases for row in pareto if row.cause is not None]
    assert named == sorted(named, reverse=True)


@given(LISTS, LISTS)
def test_reasons_of_parts_add_up(north, south):
    parts = reduce_loss_reasons(north, as_of=END) + reduce_loss_reasons(south, as_of=END)
    assert finish_pareto(parts) == loss_reasons(north + south, as_of=END)


def test_reasons_have_their_value_and_their_period():
    lost = [SMALL[1], SMALL[1]._replace(closed_at=MAR, reason="timing")]
    row, other = loss_reasons(lost, as_of=END, reason=lambda deal: deal.reason)
    assert (row.cause, row.value, row.share.value) == ("price", Money(100, "EUR"), 0.5)
    assert [one.cause for one in loss_reasons(lost, as_of=END, period=Period.month(2025, 3))] == ["timing"]
    pareto = loss_reasons(lost, as_of=END)
    assert pareto.to_rows()[1]["cumulative"] == 1.0
    assert "<table>" in pareto._repr_html_()
    assert repr(pareto) == "<Pareto of 2 causes, 100.0% (2 of 2) named>"
    assert pickle.loads(pickle.dumps(pareto)) == pareto
    assert other.cumulative.hits == 2


def test_objections_are_counted_one_by_one():
    from datetime import UTC

    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    deal = Opportunity.open(OpportunityId("O-1"), at=noon, contact=Contact("林薇"), amount=Money(1, "EUR"))
    for kind in ("cost", "timing", "cost"):
        deal = deal.raise_objection(kind, at=noon)
    assert [(row.cause, row.cases) for row in objections([deal])] == [("cost", 2), ("timing", 1)]
    assert (reduce_objections([deal]) + reduce_objections([deal])).causes["cost"].deals == 4
    assert objections([]).named.value is None
    assert Decimal(1) == win_rate([deal_won(noon)], as_of=noon).exact


def deal_won(noon):
    deal = Opportunity.open(OpportunityId("O-2"), at=noon, contact=Contact("林薇"), amount=Money(1, "EUR"))
    for step in ("contact", "present", "close"):
        deal = deal.advance(step, at=noon)
    return deal.win(at=noon)


@given(LISTS)
def test_the_win_rate_of_each_part_is_that_of_its_deals(found):
    by_owner = win_rate(found, as_of=END, by="owner")
    assert {owner: rate for owner, rate in by_owner.items() if rate.trials} == {
        owner: rate
        for owner in "ab"
        if (rate := win_rate([one for one in found if one.owner == owner], as_of=END)).trials
    }
    assert by_owner.total == win_rate(found, as_of=END)
    assert win_rate(found, as_of=END, by=lambda one: one.owner) == by_owner
