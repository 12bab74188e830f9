"""A deal: any pipeline, objections, a dated history of amount and close date, and two ends."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import CurrencyMismatch, LogError, NaiveTimeError, StorageError, UnknownName
from salesproc.money import Money
from salesproc.records import (
    AccountId,
    AmountChange,
    CloseDateChange,
    Contact,
    CustomerId,
    LeadId,
    LossReason,
    LostOpportunity,
    Objection,
    ObjectionKind,
    Opportunity,
    OpportunityId,
    OpportunityKind,
    RecycleReason,
    WonOpportunity,
)
from salesproc.stages import (
    COMPLEX_SALE,
    SIX_STEP_SALE,
    ComplexSale,
    Process,
    SixStep,
    Stage,
    StageKind,
    Transition,
    TransitionRefused,
    provided,
)

T = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day) for day in range(12)]
LIN = Contact("林薇")
FREE = Process.pipeline("free", stages=["new", "offer"], won="won", lost="lost", to_win=[provided("amount")])
ODD = Process(
    "odd",
    stages=[
        Stage("new"),
        Stage("asleep", kind=StageKind.ON_HOLD),
        Stage("sold", kind=StageKind.WON),
        Stage("renewed", kind=StageKind.WON),
        Stage("lost", kind=StageKind.LOST),
        Stage("moot", kind=StageKind.DONE),
    ],
    transitions=[
        Transition("sell", "new", "sold", requires=[provided("contract"), provided("amount")]),
        Transition("renew", "new", "renewed"),
        Transition("wait", "new", "asleep"),
        Transition("rest", "new", "asleep", requires=[provided("reason")]),
        Transition("wake", "asleep", "new"),
        Transition("lose", "new", "lost"),
        Transition("drop", "new", "lost"),
        Transition("void", "new", "moot"),
    ],
)


def deal(pipeline=SIX_STEP_SALE, amount=Money(900, "USD"), **options):  # noqa: B008 - money is a value
    options = {"contact": LIN, "owner": "sara"} | options
    return Opportunity.open(OpportunityId("O-1"), at=T[0], amount=amount, pipeline=pipeline, **options)


def presented(**options):
    return deal(**options).advance(SixStep.CONTACT, at=T[1]).advance(SixStep.PRESENT, at=T[2])


def test_the_six_step_sale_is_walked_to_its_end():
    """Prospect, contact, present, an objection answered, close, won."""
    opp = (
        presented()
        .raise_objection(ObjectionKind.COST, at=T[2], note="too dear")
        .advance("objections", at=T[2])
    )
    opp = opp.resolve_objection(0, at=T[3], answer="monthly plan").advance(SixStep.CLOSE, at=T[4], by="sara")
    won = opp.win(at=T[5], by="sara")
    assert type(won) is WonOpportunity
    assert [change.stage for change in won.journey.history] == [
        *("prospect", "contact", "present", "objections", "close", "nurture")
    ]
    assert won.objections == (Objection("cost", T[2], "present", "too dear", T[3], "monthly plan"),)
    assert (won.id, won.owner, won.amount) == ("O-1", "sara", Money(900, "USD"))


def test_a_deal_reads_as_deal_metrics_expect():
    """Amount, opened, closed, outcome: the same four on every deal."""
    won, lost = presented().advance("close", at=T[3]).win(at=T[5]), deal().lose(reason="cost", at=T[6])
    rows = [(one.outcome, one.amount, one.opened_at, one.closed_at) for one in (deal(), won, lost)]
    usd = Money(900, "USD")
    assert rows == [("open", usd, T[0], None), ("won", usd, T[0], T[5]), ("lost", usd, T[0], T[6])]


def test_an_open_objection_stops_the_close():
    """Every objection is resolved before the sale is closed."""
    opp = presented().raise_objection("cost", at=T[3]).raise_objection("trust", at=T[3])
    with pytest.raises(TransitionRefused, match="open_objections is 2, at most 0 is allowed"):
        opp.advance(SixStep.CLOSE, at=T[4])
    opp = opp.resolve_objection(1, at=T[4])
    assert [one.kind for one in opp.open_objections] == ["cost"]
    with pytest.raises(TransitionRefused, match="open_objections is 1"):
        opp.advance(SixStep.CLOSE, at=T[4])
    assert opp.resolve_objection(0, at=T[4]).advance(SixStep.CLOSE, at=T[4]).stage == "close"


def test_what_the_record_knows_is_not_given_as_evidence():
    """Nobody closes a deal by saying that there are no objections."""
    with pytest.raises(TypeError, match=r"'open_objections' is kept by the record.*resolve_objection\(\)"):
        presented().advance(SixStep.CLOSE, at=T[4], evidence={"open_objections": 0})
    with pytest.raises(TypeError, match=r"with_amount\(\)"):
        deal(FREE).win(at=T[1], evidence={"amount": Money(1, "USD")})


def test_the_record_shows_the_amount_and_the_close_date_itself():
    opp = deal(FREE, close_date=date(2026, 6, 1)).advance("offer", at=T[1], evidence={"seats": 5})
    assert opp.journey.history[-1].evidence == {
        "seats": 5,
        "amount": Money(900, "USD"),
        "close_date": date(2026, 6, 1),
        "open_objections": 0,
    }


def test_objections_are_resolved_once_and_in_order_of_time():
    opp = deal().raise_objection("cost", at=T[2])
    with pytest.raises(UnknownName, match="opportunity 'O-1' has no open objection '1'; known: '0'"):
        opp.resolve_objection(1, at=T[3])
    with pytest.raises(TransitionRefused, match="resolve_objection is .* before the last change"):
        opp.resolve_objection(0, at=T[1])
    with pytest.raises(UnknownName, match="no open objection '0'; known: none"):
        opp.resolve_objection(0, at=T[3]).resolve_objection(0, at=T[4])
    with pytest.raises(TransitionRefused, match="raise_objection"):
        opp.raise_objection("cost", at=T[0] - timedelta(seconds=1))
    with pytest.raises(NaiveTimeError):
        opp.raise_objection("cost", at=datetime(2026, 3, 5))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3)), max_size=12))
def test_the_amount_keeps_its_history(changes):
    """Every amount that was ever named, once, with the time from which it held."""
    opp, at, said = deal(), T[0], [(T[0], 900)]
    for hours, amount in changes:
        at += timedelta(hours=hours)
        opp = opp.with_amount(Money(amount, "USD"), at=at)
        if amount != said[-1][1]:
            said.append((at, amount))
    assert opp.amounts == tuple(AmountChange(at, Money(amount, "USD")) for at, amount in said)
    assert opp.amount == Money(said[-1][1], "USD")


def test_the_close_date_keeps_its_history():
    """Pushes and slippage are computed from it."""
    opp = deal(close_date=date(2026, 4, 1)).with_close_date(date(2026, 5, 1), at=T[2])
    opp = opp.with_close_date(date(2026, 5, 1), at=T[3])
    assert opp.close_dates == (
        CloseDateChange(T[0], date(2026, 4, 1)),
        CloseDateChange(T[2], date(2026, 5, 1)),
    )
    assert opp.close_date == date(2026, 5, 1)
    assert deal().close_date is None
    with pytest.raises(TransitionRefused, match="with_close_date"):
        opp.with_close_date(date(2026, 6, 1), at=T[1])
    with pytest.raises(TypeError, match=r"a close date is a day, got datetime\.datetime"):
        opp.with_close_date(T[5], at=T[3])


def test_a_deal_stays_in_its_currency():
    with pytest.raises(
        CurrencyMismatch, match=r"O-1 is worth 900.00 USD, got 5.00 EUR; .*amount.to\('USD', rates\)"
    ):
        deal().with_amount(Money(5, "EUR"), at=T[1])
    assert deal(amount=None).with_amount(Money(5, "EUR"), at=T[1]).amount == Money(5, "EUR")
    with pytest.raises(TransitionRefused, match="with_amount"):
        deal(amount=None).with_amount(Money(5, "EUR"), at=T[0] - timedelta(days=1))
    with pytest.raises(TransitionRefused, match="with_amount"):
        deal().with_amount(Money(5, "USD"), at=T[2]).with_amount(Money(6, "USD"), at=T[1])


def test_a_sale_without_an_amount_is_not_won():
    """What it is worth is known when it is won, be it nothing."""
    opp = deal(FREE, amount=None)
    with pytest.raises(TransitionRefused, match="'win' refused: amount is missing$"):
        opp.win(at=T[1])
    with pytest.raises(TransitionRefused, match="'sell' refused: amount is missing; contract is missing$"):
        deal(ODD, amount=None).win(at=T[1], event="sell")
    with pytest.raises(TransitionRefused, match="'renew' refused: amount is missing$"):
        deal(ODD, amount=None).win(at=T[1], event="renew")
    assert opp.with_amount(Money(0, "USD"), at=T[1]).win(at=T[1]).amount == Money(0, "USD")


def test_several_ways_to_a_stage_are_told_apart_by_event():
    opp = deal(ODD)
    with pytest.raises(
        TransitionRefused, match="several events lead to 'win' from 'new': name one of 'sell', 'renew'"
    ):
        opp.win(at=T[1])
    with pytest.raises(TransitionRefused, match="'advance to asleep' from 'new': name one of 'wait', 'rest'"):
        opp.advance("asleep", at=T[1])
    assert opp.win(at=T[1], event="renew").stage == "renewed"
    assert opp.win(at=T[1], event="sell", evidence={"contract": "C"}).stage == "sold"
    assert opp.lose(reason="cost", at=T[1], event="drop").journey.history[-1].event == "drop"
    assert (
        opp.advance("asleep", at=T[1], event="rest", reason="holidays").advance("new", at=T[2]).stage == "new"
    )
    with pytest.raises(
        TransitionRefused, match="'lose by renew' cannot be taken from 'new'; from there: 'lose', 'drop'$"
    ):
        opp.lose(reason="cost", at=T[1], event="renew")


def test_a_deal_is_closed_by_win_and_lose_only():
    """An open deal stays open however it is moved."""
    for stage in ("sold", "lost", "moot"):
        with pytest.raises(TransitionRefused, match=f"'advance to {stage}' cannot be taken from 'new'"):
            deal(ODD).advance(stage, at=T[1])
    with pytest.raises(
        TransitionRefused, match="'win' cannot be taken from 'prospect'; from there: 'contact', 'lose'"
    ):
        deal().win(at=T[1])


def test_a_lost_deal_has_a_reason_and_can_be_reopened():
    """That it was lost once stays in its journey."""
    with pytest.raises(TransitionRefused, match="reason is missing"):
        deal(ODD).lose(reason="", at=T[1], event="lose")
    lost = presented().lose(reason=LossReason.COMPETITOR, at=T[3], by="sara")
    assert type(lost) is LostOpportunity
    assert (lost.reason, lost.closed_at) == ("competitor", T[3])
    again = lost.reopen(at=T[4], by="omar", reason="the competitor failed")
    assert type(again) is Opportunity
    assert (again.stage, again.outcome, again.closed_at, again.opened_at) == ("prospect", "open", None, T[0])
    assert [change.stage for change in again.journey.history][-2:] == ["lost", "prospect"]
    with pytest.raises(TransitionRefused, match="before the last change"):
        lost.reopen(at=T[2])


def test_a_free_pipeline_reopens_anywhere():
    lost = deal(FREE).advance("offer", at=T[1]).lose(reason="cost", at=T[2])
    assert lost.reopen(at=T[3]).stage == "new"
    assert lost.reopen(at=T[3], to="offer").stage == "offer"
    with pytest.raises(TransitionRefused, match="'reopen' cannot be taken from 'lost'"):
        lost.reopen(at=T[3], to="won")
    with pytest.raises(TransitionRefused, match="from there: nothing, it is final"):
        deal(ODD).lose(reason="cost", at=T[1], event="drop").reopen(at=T[2])


def test_a_deal_may_begin_in_any_initial_stage():
    assert deal(FREE, stage="offer").stage == "offer"
    with pytest.raises(UnknownName, match="initial stage"):
        deal(stage="close")


def test_a_complex_sale_needs_two_contacts():
    """The caller's evidence reaches the pipeline."""
    opp = deal(COMPLEX_SALE).advance(ComplexSale.DIAGNOSIS, at=T[1])
    opp = opp.advance(ComplexSale.SOLUTION, at=T[2], evidence={"problem": "slow"}).advance("closing", at=T[3])
    with pytest.raises(TransitionRefused, match="contacts is 1, at least 2 is required"):
        opp.win(at=T[4], evidence={"contacts": 1})
    assert opp.win(at=T[4], evidence={"contacts": 2}).outcome == "won"


def test_not_now_is_an_objection_with_a_date_and_no_loss():
    """The buyer says "call me in June": the deal stays open, and cannot be closed over it."""
    put_off = deal().raise_objection(ObjectionKind.TIMING, at=T[1], call_again_at=T[9])
    assert put_off.call_again_at == T[9]
    assert put_off.raise_objection("timing", at=T[2], call_again_at=T[5]).call_again_at == T[5]
    assert put_off.raise_objection("cost", at=T[2]).call_again_at == T[9]
    assert put_off.resolve_objection(0, at=T[9]).call_again_at is None
    assert deal().call_again_at is None
    for_good = r"a loss for good \(not now is put off: .*\) is not met \(reason is not_now\)"
    with pytest.raises(TransitionRefused, match=for_good):
        deal().lose(reason=RecycleReason.NOT_NOW, at=T[1])
    assert deal().lose(reason=LossReason.TIMING, at=T[1]).reason == "timing"


def test_a_good_goodbye_keeps_a_date_to_call_again():
    """Parted with well, they may buy later."""
    lost = deal().lose(reason="cost", at=T[1], call_again_at=T[9], evidence={"gift": "a calendar"})
    assert (lost.call_again_at, lost.journey.history[-1].evidence["gift"]) == (T[9], "a calendar")
    assert type(lost).from_dict(lost.to_dict()) == lost
    assert deal().lose(reason="cost", at=T[1]).call_again_at is None


@pytest.mark.parametrize(
    "put_off",
    [
        lambda again: deal().raise_objection("timing", at=T[2], call_again_at=again),
        lambda again: deal().lose(reason="cost", at=T[2], call_again_at=again),
    ],
)
def test_nobody_is_called_again_before_they_were_put_off(put_off):
    with pytest.raises(TransitionRefused, match="the time of call_again_at is .*, before the last change"):
        put_off(T[1])
    with pytest.raises(NaiveTimeError):
        put_off(datetime(2026, 6, 1))


@pytest.mark.parametrize(
    "kind", [OpportunityKind.UPSELL, OpportunityKind.CROSS_SELL, OpportunityKind.RENEWAL]
)
def test_more_business_needs_a_customer(kind):
    """From basic to professional is an up-sell, and only a customer has the basic plan."""
    with pytest.raises(ValueError, match=f"is of kind '{kind}', which needs customer_id="):
        deal(kind=kind)
    assert deal(kind=kind, customer_id=CustomerId("C-1")).kind == kind


def test_a_deal_is_with_somebody():
    with pytest.raises(ValueError, match="O-1 is with nobody"):
        deal(contact=None)
    assert deal(contact=None, account_id=AccountId("A-1")).account_id == "A-1"


def test_the_first_sale_makes_a_customer():
    opp = presented(account_id=AccountId("A-1"), lead_id=LeadId("L-1")).advance("close", at=T[3])
    won = opp.win(at=T[5], by="sara")
    assert won.journey.history[-1].by == "sara"
    customer = won.new_customer(CustomerId("C-1"))
    assert (customer.contact, customer.account_id, customer.lead_id) == (LIN, "A-1", "L-1")
    assert customer.purchases == (("C-1", T[5], Money(900, "USD"), "O-1"),)
    assert customer.first_purchase_at == customer.journey.created_at == T[5]


def test_a_customer_is_not_made_twice():
    won = deal(FREE, kind="renewal", customer_id=CustomerId("C-1")).win(at=T[1])
    with pytest.raises(ValueError, match="O-1 was won from customer C-1; record it there"):
        won.new_customer(CustomerId("C-2"))


def test_a_deal_cannot_be_in_a_stage_of_another_class():
    """Won is won, whoever stores it."""
    opp, won = deal(FREE), deal(FREE).win(at=T[1])
    with pytest.raises(
        ValueError, match="WonOpportunity O-1 cannot be in stage 'new', which is open in 'free'"
    ):
        WonOpportunity(journey=opp.journey, pipeline=FREE, contact=LIN, amounts=opp.amounts)
    with pytest.raises(ValueError, match="Opportunity O-1 cannot be in stage 'won'"):
        Opportunity(journey=won.journey, pipeline=FREE, contact=LIN)
    with pytest.raises(ValueError, match="LostOpportunity O-1 cannot be in stage 'won'"):
        LostOpportunity(journey=won.journey, pipeline=FREE, contact=LIN)
    with pytest.raises(ValueError, match="WonOpportunity O-1 has no amount"):
        attrs.evolve(won, amounts=())
    lost = deal(FREE).lose(reason="cost", at=T[1])
    last = lost.journey.history[-1]._replace(reason=None)
    with pytest.raises(ValueError, match="LostOpportunity O-1 has no reason"):
        attrs.evolve(lost, journey=lost.journey._replace(history=(last,)))


def test_the_plain_form_names_the_pipeline_and_needs_it_back():
    """Definitions live in your code or your table of definitions, not in every row."""
    stored = deal(FREE).to_dict()
    assert stored["pipeline"] == {"name": "free", "version": 1}
    assert Opportunity.from_dict(stored, pipelines=[SIX_STEP_SALE, FREE]) == deal(FREE)
    with pytest.raises(StorageError, match="pipeline 'free version 1' was not given as pipelines="):
        Opportunity.from_dict(stored)
    with pytest.raises(StorageError, match="did you mean 'free version 2'"):
        Opportunity.from_dict(stored, pipelines=[FREE.renamed("free", version=2)])
    with pytest.raises(StorageError, match="a stored deal names its pipeline, got None"):
        Opportunity.from_dict({"journey": stored["journey"]})


def test_a_stored_deal_is_judged_again():
    stored = presented().to_dict()
    stored["journey"]["history"][2]["stage"] = "close"
    with pytest.raises(LogError, match="change 3|row 3|'present'"):
        Opportunity.from_dict(stored)
    with pytest.raises(StorageError, match="no stored WonOpportunity: WonOpportunity O-1 cannot be in stage"):
        WonOpportunity.from_dict(deal().to_dict())


def test_deals_of_one_definition_are_equal_by_value():
    """Whether the definition is the same object does not matter, only what it says."""
    again = Process.pipeline(
        "free", stages=["new", "offer"], won="won", lost="lost", to_win=[provided("amount")]
    )
    assert deal(FREE) == deal(again)
    assert deal(FREE) != deal(FREE.renamed("other"))


def test_a_deal_says_what_it_is_in_one_line():
    assert repr(deal()) == "<Opportunity O-1 in 'prospect', 900.00 USD>"
    assert repr(deal(amount=None)) == "<Opportunity O-1 in 'prospect'>"
