"""Every record goes through JSON, through a pickle and through a copy, and comes out equal."""

import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta

import pytest

from salesproc import records
from salesproc.errors import StorageError
from salesproc.money import Money
from salesproc.records import (
    Account,
    AccountContact,
    AccountId,
    Contact,
    ContactRole,
    CustomerId,
    Delivery,
    HandOver,
    Lead,
    LeadId,
    LossReason,
    OpportunityId,
    OrderId,
)

T = [datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC) + timedelta(days=day) for day in range(12)]


def samples():
    lin = Contact(
        "林薇", email="lin@example.com", interests=("crm",), locale="zh-CN", time_zone="Asia/Shanghai"
    )
    lead = Lead.capture(LeadId("L-1"), lin, source="webinar", at=T[0])
    mql = (
        lead.qualify(score=72.5, at=T[1])
        .merge(Lead.capture(LeadId("L-2"), lin, source="event", at=T[0]))
        .survivor
    )
    sal = mql.accept(at=T[2], by="omar")
    sql = sal.qualify(need=True, can_afford=True, at=T[3], meeting_at=T[6])
    opened = sql.open_opportunity(
        OpportunityId("O-1"),
        at=T[4],
        amount=Money("12000.50", "USD"),
        close_date=date(2026, 6, 1),
        channel="inbound",
    )
    met = (
        opened.advance("contact", at=T[5])
        .raise_objection("cost", at=T[5], note="dear")
        .advance("present", at=T[6])
    )
    won = met.resolve_objection(0, at=T[7], answer="plan").advance("close", at=T[7]).win(at=T[8], by="sara")
    customer = won.new_customer(CustomerId("C-1")).complain("late", at=T[9]).refer(LeadId("L-9"), at=T[9])
    member = AccountContact(contact=lin, role=ContactRole.USER, decision_maker=True, since=T[0], until=T[5])
    passed = HandOver.submit(LeadId("L-1"), sender="omar", receiver="sara", at=T[4])
    order = Delivery.place(
        OrderId("D-1"), customer_id=customer.id, promised_at=T[9], at=T[8], opportunity_id=won.id, by="sara"
    )
    told = order.raise_issue("delay", at=T[8], about="雪").tell_customer(0, at=T[9], promised_at=T[11])
    return [
        *(lin, member, Account(AccountId("A-1"), "Acme", (member,))),
        *(lead, mql, sal, sql, sql.disqualify(reason="no_need", at=T[5])),
        *(opened, met, won, met.lose(reason=LossReason.COST, at=T[8])),
        *(customer, customer.leave(reason="service", at=T[10])),
        *(passed, passed.accept(at=T[5], by="sara")),
        *(order, told, told.resume(at=T[10]).fulfil(at=T[10])),
    ]


SAMPLES = samples()
by_sample = pytest.mark.parametrize("record", SAMPLES, ids=lambda record: type(record).__name__)


@by_sample
def test_a_record_goes_through_json_unchanged(record):
    """What is read back says exactly what was written, and writes the same text."""
    text = json.dumps(record.to_dict(), allow_nan=False)
    back = type(record).from_dict(json.loads(text))
    assert back == record
    assert type(back) is type(record)
    assert json.dumps(back.to_dict()) == text


@by_sample
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_record_goes_through_a_pickle_unchanged(record, protocol):
    back = pickle.loads(pickle.dumps(record, protocol))
    assert back == record
    assert type(back) is type(record)


@by_sample
def test_copies_are_equal(record):
    assert copy.copy(record) == record
    assert copy.deepcopy(record) == record


@by_sample
def test_a_record_is_one_line_and_has_no_room_for_more(record):
    assert "\n" not in repr(record)
    assert not hasattr(record, "__dict__")


def test_a_deal_pickles_small():
    """The definition goes along once, not once per deal."""
    deals = [record for record in SAMPLES if isinstance(record, records.Opportunity)]
    one, two = len(pickle.dumps(deals[:1])), len(pickle.dumps(deals[:2]))
    assert one < 2500
    assert two - one < 1200


@by_sample
def test_data_of_something_else_is_refused(record):
    """The message names what is wrong."""
    stored = record.to_dict()
    with pytest.raises(StorageError, match="has no field 'colour'"):
        type(record).from_dict({**stored, "colour": "red"})
    first = next(name for name in stored if name != "pipeline")
    with pytest.raises(StorageError, match=rf"(?s)no stored {type(record).__name__}|\$\.{first}"):
        type(record).from_dict({name: item for name, item in stored.items() if name != first})
    with pytest.raises(StorageError, match=rf"\$\.{first}"):
        type(record).from_dict({**stored, first: 7})


def test_a_fault_inside_is_named_by_its_place():
    lead = SAMPLES[3].to_dict()
    lead["contact"]["name"] = " "
    with pytest.raises(StorageError, match=r"\$\.contact"):
        Lead.from_dict(lead)
    with pytest.raises(StorageError, match="a mapping of its fields is expected"):
        Contact.from_dict(["Lin"])


def test_every_public_record_is_tried_above():
    """A record added later is stored, pickled and copied here, too."""
    stored = {name for name in records.__all__ if hasattr(getattr(records, name), "from_dict")}
    assert stored - {"RELATIONSHIP", "HAND_OVER", "DELIVERY"} == {type(record).__name__ for record in SAMPLES}


def test_everything_public_is_listed_once():
    assert len(set(records.__all__)) == len(records.__all__)
    assert all(hasattr(records, name) for name in records.__all__)


@pytest.mark.parametrize(
    ("kind", "facts", "time"),
    [
        (records.Opportunity, "amounts", "at"),
        (records.Opportunity, "objections", "raised_at"),
        (records.WonOpportunity, "objections", "resolved_at"),
        (records.Customer, "purchases", "at"),
        (records.Customer, "complaints", "raised_at"),
        (records.Delivery, "promises", "promised_at"),
        (records.Delivery, "issues", "found_at"),
    ],
)
def test_a_stored_instant_needs_a_zone(kind, facts, time):
    stored = next(record.to_dict() for record in reversed(SAMPLES) if isinstance(record, kind))
    stored[facts][0][time] = "2026-03-05T09:00:00"
    with pytest.raises(StorageError, match=rf"\$\.{facts}: .* has no time zone"):
        kind.from_dict(stored)


def test_a_deal_comes_back_in_the_class_of_its_stage():
    """Whoever reads it need not know beforehand whether it was won."""
    deals = [
        one
        for one in samples()
        if isinstance(one, records.Opportunity | records.WonOpportunity | records.LostOpportunity)
    ]
    assert {type(deal) for deal in deals} == {
        records.Opportunity,
        records.WonOpportunity,
        records.LostOpportunity,
    }
    for deal in deals:
        again = records.restore_deal(json.loads(json.dumps(deal.to_dict())), pipelines=[deal.pipeline])
        assert again == deal
        assert type(again) is type(deal)
    with pytest.raises(StorageError, match="a stored deal has a journey"):
        records.restore_deal({"pipeline": deals[0].to_dict()["pipeline"]}, pipelines=[deals[0].pipeline])
    with pytest.raises(StorageError, match="was not given as pipelines="):
        records.restore_deal(deals[0].to_dict(), pipelines=[])
