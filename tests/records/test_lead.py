"""From contact data to a qualified lead, one class per stage."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from salesproc.errors import NaiveTimeError
from salesproc.money import Money
from salesproc.records import (
    MQL,
    SAL,
    SQL,
    AccountId,
    Conflict,
    Contact,
    Disqualified,
    DisqualifyReason,
    Lead,
    LeadId,
    OpportunityId,
    RecycleReason,
    RejectReason,
    lifecycle,
)
from salesproc.stages import COMPLEX_SALE, LIFECYCLE, LifecycleStage, TransitionRefused

T = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day) for day in range(10)]
LIN = Contact("林薇", email="lin@example.com")


def lead(lead_id="L-1", contact=LIN, source="webinar"):
    return Lead.capture(LeadId(lead_id), contact, source=source, at=T[0], by="form")


def mql():
    return lead().qualify(score=72, at=T[1], by="marketing")


def sal():
    return mql().accept(at=T[2], by="omar")


def sql(**options):
    return sal().qualify(need=True, can_afford=True, at=T[3], by="omar", **options)


def test_a_lead_keeps_who_and_whence_through_all_stages():
    """The person does not change because the stage does."""
    for record in (lead(), mql(), sal(), sql(), sql().disqualify(reason="no_need", at=T[4])):
        assert (record.id, record.contact, record.source) == ("L-1", LIN, "webinar")
        assert record.captured_at == T[0]
        assert record.cycle == 1


def test_each_stage_guarantees_what_made_it():
    assert (mql().score, mql().qualified_at) == (72, T[1])
    assert (sal().accepted_by, sal().accepted_at) == ("omar", T[2])
    assert (sql().qualified_at, sql().meeting_at) == (T[3], None)
    assert sql(meeting_at=T[6]).meeting_at == T[6]
    out = lead().disqualify(reason=DisqualifyReason.NO_NEED, at=T[1])
    assert (out.reason, out.disqualified_at) == ("no_need", T[1])
    assert lead().qualify(score=Decimal("7.5"), at=T[1]).score == Decimal("7.5")


def test_the_journey_of_a_full_cycle_names_every_step():
    """Rejected once, accepted, put off, disqualified, and a lead again."""
    record = mql().reject(reason=RejectReason.CLERICAL, at=T[2], by="omar").qualify(score=80, at=T[3])
    record = record.accept(at=T[4], by="omar")
    record = record.recycle(reason="not_now", at=T[5], call_again_at=T[9])
    assert record.call_again_at == T[9]
    record = record.disqualify(reason="unreachable", at=T[6]).recycle(at=T[7], reason="new_interest")
    assert type(record) is Lead
    assert [change.event for change in record.journey.history] == [
        *(None, "qualify", "reject", "qualify", "accept", "recycle", "disqualify", "recycle")
    ]
    assert record.cycle == 4
    assert record.captured_at == T[0]
    assert LIFECYCLE.replay(record.journey.history) == record.journey


@pytest.mark.parametrize("make", [mql, sal, sql])
def test_anybody_can_turn_out_to_be_no_prospect(make):
    out = make().disqualify(reason="wrong_profile", at=T[5], by="sara")
    assert type(out) is Disqualified
    assert out.reason == "wrong_profile"


@pytest.mark.parametrize("make", [sal, sql])
def test_a_lead_that_is_not_ready_goes_back(make):
    later = make().recycle(reason="not_now", at=T[5], call_again_at=T[8])
    assert (type(later), later.call_again_at) == (Lead, T[8])
    assert make().recycle(reason="no_response", at=T[5]).call_again_at is None


@pytest.mark.parametrize("make", [sal, sql, lambda: sql().disqualify(reason="no_need", at=T[4])])
def test_not_now_needs_a_date_to_call_again(make):
    """Put off without a date is forgotten."""
    with pytest.raises(TransitionRefused, match="call_again_at is missing"):
        make().recycle(reason="not_now", at=T[5])
    with pytest.raises(TransitionRefused, match="call_again_at is 2026-03-02 .*, at least 2026-03-06 "):
        make().recycle(reason="not_now", at=T[5], call_again_at=T[1])
    with pytest.raises(NaiveTimeError, match="call_again_at must be"):
        make().recycle(reason="not_now", at=T[5], call_again_at=datetime(2026, 4, 1))
    assert make().recycle(reason="not_now", at=T[5], call_again_at=T[5]).call_again_at == T[5]


@pytest.mark.parametrize(
    ("again", "message"),
    [
        (None, "call_again_at is missing"),
        ("June", r"an instant with a time zone is not met \(call_again_at is June\)"),
        (datetime(2026, 6, 1), "an instant with a time zone is not met"),
        (date(2026, 6, 1), "an instant with a time zone is not met"),
    ],
)
def test_the_dynamic_way_asks_for_the_same_date(again, message):
    outcome = lifecycle.apply(
        sal(), "recycle", at=T[5], reason=RecycleReason.NOT_NOW, evidence={"call_again_at": again}
    )
    assert not outcome
    assert re.search(message, str(outcome))
    outcome = lifecycle.apply(
        sal(), "recycle", at=T[5], reason="not_now", evidence={"call_again_at": T[9]}
    ).unwrap()
    assert outcome == sal().recycle(reason="not_now", at=T[5], call_again_at=T[9])


def test_who_is_qualified_again_is_not_put_off_any_more():
    again = sal().recycle(reason="not_now", at=T[5], call_again_at=T[8]).qualify(score=80, at=T[6])
    assert not hasattr(again, "call_again_at")
    assert again.reject(reason="clerical", at=T[7]).call_again_at is None
    assert lead().call_again_at is None


@pytest.mark.parametrize(
    ("need", "can_afford", "message"),
    [
        (None, True, "need is missing"),
        (True, None, "can_afford is missing"),
        (False, True, "need is False, True is required"),
        (None, None, "need is missing; can_afford is missing"),
    ],
)
def test_unknown_is_not_a_pass(need, can_afford, message):
    """Nobody becomes an SQL because nobody has asked."""
    with pytest.raises(TransitionRefused) as error:
        sal().qualify(need=need, can_afford=can_afford, at=T[3])
    assert str(error.value) == f"L-1 in 'sal', 'qualify' refused: {message}"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda: lead().qualify(score=None, at=T[1]), "score is missing"),
        (lambda: lead().qualify(score="A", at=T[1]), "a score that is a number is not met (score is A)"),
        (lambda: lead().qualify(score=True, at=T[1]), "a score that is a number is not met (score is True)"),
        (lambda: mql().accept(at=T[2], by=""), "by is missing"),
        (lambda: mql().reject(reason="", at=T[2]), "reason is missing"),
        (lambda: mql().accept(at=T[0], by="omar"), "before the last change"),
        (lambda: sql().open_opportunity(OpportunityId("O-1"), at=T[0]), "before the last change"),
    ],
)
def test_a_step_the_process_refuses_raises_every_reason(step, message):
    with pytest.raises(TransitionRefused, match=message.replace("(", r"\(").replace(")", r"\)")):
        step()


def test_instants_need_a_zone():
    with pytest.raises(NaiveTimeError, match="at must be"):
        Lead.capture(LeadId("L-1"), LIN, source="webinar", at=datetime(2026, 3, 1))
    with pytest.raises(NaiveTimeError, match="meeting_at must be"):
        sql(meeting_at=datetime(2026, 3, 9))


def test_an_sql_opens_several_deals_and_stays_as_it_is():
    """Two projects with one company are two deals."""
    before = sql()
    first = before.open_opportunity(OpportunityId("O-1"), at=T[4], amount=Money(900, "EUR"))
    second = before.open_opportunity(
        OpportunityId("O-2"),
        at=T[5],
        close_date=date(2026, 6, 1),
        pipeline=COMPLEX_SALE,
        account_id=AccountId("A-1"),
        owner="sara",
        channel="inbound",
        by="omar",
    )
    assert before == sql()
    assert (first.lead_id, first.contact, first.amount) == ("L-1", LIN, Money(900, "EUR"))
    assert (second.lead_id, second.stage, second.owner) == ("L-1", "contact", "sara")
    assert (second.close_date, second.account_id, second.channel) == (date(2026, 6, 1), "A-1", "inbound")
    assert second.journey.history[0].by == "omar"


def test_a_record_cannot_be_in_the_stage_of_another_class():
    with pytest.raises(ValueError, match=r"SAL needs a journey in stage 'sal', got <Journey L-1 in 'lead'"):
        SAL(contact=LIN, source="webinar", journey=lead().journey)


@pytest.mark.parametrize(
    ("cls", "event", "lacking"),
    [
        (MQL, "qualify", "score is missing"),
        (SAL, "accept", "by is missing"),
        (Disqualified, "disqualify", "reason"),
    ],
)
def test_a_record_cannot_lack_what_its_stage_guarantees(cls, event, lacking):
    """Also not when its journey comes from somewhere else."""
    stage = cls.stage
    change = lead().journey.history[0]._replace(stage=stage, event=event, by=None)
    with pytest.raises(ValueError, match=lacking):
        cls(contact=LIN, source="x", journey=lead().journey._replace(stage=stage, history=(change,)))


def test_somebody_who_was_a_visitor_first_was_captured_later():
    journey = LIFECYCLE.start("L-1", at=T[0], stage=LifecycleStage.VISITOR)
    step = LIFECYCLE.step(journey, "capture", at=T[1], evidence={"contact": "lin@example.com"})
    record = Lead(contact=LIN, source="direct", journey=step.unwrap())
    assert (record.captured_at, record.cycle) == (T[1], 1)


def test_merging_fills_gaps_and_keeps_the_survivors_word():
    """Two forms by one person: nothing is lost, nothing is overwritten."""
    survivor = mql()
    survivor = attrs.evolve(survivor, contact=attrs.evolve(LIN, interests=("crm", "price")))
    double = Contact("Lin Wei", email="lin@example.com", phone="+86 1", interests=("price", "support"))
    loser = lead("L-2", double, source="event").merge(lead("L-3")).survivor
    merged = survivor.merge(loser)
    assert type(merged.survivor) is MQL
    assert merged.survivor.contact == Contact(
        "林薇", email="lin@example.com", phone="+86 1", interests=("crm", "price", "support")
    )
    assert merged.survivor.journey == survivor.journey
    assert merged.survivor.merged_ids == ("L-2", "L-3")
    assert merged.conflicts == (Conflict("name", "林薇", "Lin Wei"), Conflict("source", "webinar", "event"))


def test_a_conflict_about_how_to_reach_them_is_shown_and_not_decided():
    """The survivor's address stays; the other one is there to be asked about."""
    merged = lead().merge(lead("L-2", Contact("林薇", email="old@example.com")))
    assert merged.survivor.contact == LIN
    assert merged.conflicts == (Conflict("email", "lin@example.com", "old@example.com"),)


def test_merging_twice_changes_nothing_more():
    once = lead().merge(lead("L-2")).survivor
    assert once.merge(lead("L-2")) == (once, ())
    swapped = lead("L-2").merge(once).survivor
    assert swapped.merged_ids == ("L-1",)


def test_a_lead_is_no_duplicate_of_itself():
    with pytest.raises(ValueError, match="L-1 cannot be merged into itself"):
        lead().merge(mql())


def test_records_are_equal_by_value_and_frozen():
    assert mql() == mql()
    assert hash(LIN) == hash(Contact("林薇", email="lin@example.com"))
    assert lead() != lead("L-2")
    assert lead().journey == attrs.evolve(lead(), source="event").journey
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        lead().source = "event"


def test_the_same_instant_in_another_zone_is_the_same_record():
    east = T[0].astimezone(timezone(timedelta(hours=8)))
    assert Lead.capture(LeadId("L-1"), LIN, source="webinar", at=east, by="form") == lead()


def test_a_record_says_what_it_is_in_one_line():
    assert repr(sal()) == "<SAL L-1 since 2026-03-03T09:00:00+00:00>"
    assert repr(sql()).startswith("<SQL L-1")
    assert type(sql()) is SQL
