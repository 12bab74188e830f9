"""Nobody is asked for a recommendation before their order came and they said that they are satisfied."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError
from salesproc.loyalty import ReferralPolicy, referral_request
from salesproc.records import CheckIn, Contact, Customer, CustomerId, Delivery, OrderId

T = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day) for day in range(20)]
LIN = Customer.register(CustomerId("C-1"), at=T[0], contact=Contact("林薇"))


def order(number=1, customer="C-1", at=T[0]):
    return Delivery.place(
        OrderId(f"D-{number}"), customer_id=CustomerId(customer), promised_at=T[19], at=at
    ).start(at=at)


def said(day, answer, customer="C-1"):
    return CheckIn(CustomerId(customer), T[day], answer)


def asked(deliveries=(), check_ins=(), customer=LIN, as_of=T[15], **options):
    return referral_request(customer, deliveries, check_ins, as_of=as_of, **options)


DONE = order().fulfil(at=T[5])


def due(promised_at):
    return Delivery.place(
        OrderId("D-2"), customer_id=CustomerId("C-1"), promised_at=promised_at, at=T[0]
    ).start(at=T[0])


@given(
    st.lists(
        st.tuples(st.integers(0, 19), st.none() | st.integers(1, 5)), max_size=6, unique_by=lambda one: one[0]
    ),
    st.none() | st.integers(1, 19),
    st.integers(0, 19),
)
def test_asked_only_with_an_order_that_came_and_a_good_answer_since(answers, came, as_of):
    """Whoever is asked had their order by then, and the last thing they said after it was 4 or 5."""
    delivery = order() if came is None else order().fulfil(at=T[came])
    request = asked([delivery], [said(*one) for one in answers], as_of=T[as_of])
    since = [
        (day, answer)
        for day, answer in answers
        if answer is not None and came is not None and came <= day <= as_of
    ]
    fulfilled = came is not None and came <= as_of
    assert request.allowed == (fulfilled and bool(since) and max(since)[1] >= 4)
    assert request.allowed == (not request.reasons)
    assert request.fulfilled is fulfilled


@pytest.mark.parametrize(
    ("deliveries", "check_ins", "why_not"),
    [
        ([], [], ["fulfilled is missing", "satisfied is missing"]),
        ([order()], [said(3, 5)], ["fulfilled is False, True is required", "satisfied is missing"]),
        ([DONE], [], ["satisfied is missing"]),
        ([DONE], [said(4, 5)], ["satisfied is missing"]),
        ([DONE], [said(6, None)], ["satisfied is missing"]),
        ([DONE], [said(6, 3)], ["satisfied is False, True is required"]),
        ([DONE], [said(6, 2), said(8, 4)], []),
        ([DONE], [said(8, 4), said(6, 2), said(9, None)], []),
        ([DONE], [said(16, 5)], ["satisfied is missing"]),
        ([DONE], [said(6, 5, "C-2")], ["satisfied is missing"]),
        ([order(2, "C-2").fulfil(at=T[3])], [said(6, 5)], ["fulfilled is missing", "satisfied is missing"]),
        (
            [order().cancel(reason="x", at=T[6])],
            [said(7, 5)],
            ["fulfilled is False, True is required", "satisfied is missing"],
        ),
        ([DONE, order(2, at=T[4])], [said(6, 5)], []),
        ([DONE, order(2, at=T[16])], [said(6, 5)], []),
        ([DONE, order(2).fulfil(at=T[7])], [said(6, 5)], ["satisfied is missing"]),
        (
            [DONE, order(2).raise_issue("problem", at=T[6]).tell_customer(0, at=T[6])],
            [said(6, 5)],
            ["fulfilled is False, True is required"],
        ),
        # found and not told yet; told later than the review; found later than the review
        (
            [DONE, order(2).raise_issue("problem", at=T[6])],
            [said(6, 5)],
            ["fulfilled is False, True is required"],
        ),
        (
            [DONE, order(2).raise_issue("problem", at=T[6]).tell_customer(0, at=T[16])],
            [said(6, 5)],
            ["fulfilled is False, True is required"],
        ),
        ([DONE, order(2).raise_issue("problem", at=T[16])], [said(6, 5)], []),
        # promised for an earlier day, on the very moment, promised anew in time, promised anew later than the review
        ([DONE, due(T[14])], [said(6, 5)], ["fulfilled is False, True is required"]),
        ([DONE, due(T[15])], [said(6, 5)], []),
        ([DONE, due(T[14]).with_promise(T[18], at=T[13])], [said(6, 5)], []),
        (
            [DONE, due(T[14]).with_promise(T[18], at=T[16])],
            [said(6, 5)],
            ["fulfilled is False, True is required"],
        ),
        # what ended has no trouble any more
        ([DONE, due(T[6]).fulfil(at=T[4])], [said(6, 5)], []),
    ],
)
def test_the_order_and_the_answer_are_the_evidence(deliveries, check_ins, why_not):
    assert [*map(str, asked(deliveries, check_ins).reasons)] == why_not


def test_a_complaint_that_stands_is_a_reason_until_it_is_put_right():
    upset = LIN.complain("late", at=T[3])
    evidence = ([DONE], [said(6, 5)])
    assert str(asked(*evidence, upset)) == "C-1 open_complaints is 1, at most 0 is allowed"
    assert asked(*evidence, upset, as_of=T[15], policy=ReferralPolicy(max_open_complaints=1)).allowed
    put_right = upset.resolve_complaint(0, at=T[10])
    assert asked(*evidence, put_right).allowed
    assert asked(*evidence, put_right, as_of=T[9]).open_complaints == 1
    assert asked(*evidence, LIN.complain("late", at=T[16])).allowed


def test_a_complaint_of_the_very_moment_stands():
    assert asked([DONE], [said(6, 5)], LIN.complain("late", at=T[15])).open_complaints == 1
    assert asked([DONE], [said(6, 5)], LIN.complain("late", at=T[3]).resolve_complaint(0, at=T[15])).allowed


def test_what_a_merged_record_ordered_and_said_is_theirs():
    twin = Customer.register(CustomerId("C-2"), at=T[0], contact=Contact("Lin Wei"))
    both = LIN.merge(twin).survivor
    evidence = [order(2, "C-2").fulfil(at=T[5])], [said(6, 5, "C-2")]
    assert asked(*evidence, both).allowed
    assert not asked(*evidence, LIN).allowed
    assert not asked([DONE, *evidence[0]], [said(6, 5), said(7, 2, "C-2")], both).allowed


def test_the_threshold_and_the_scale_are_the_policys():
    strict = ReferralPolicy(satisfied_from=9, scale=(0, 10))
    assert not asked([DONE], [said(6, 8)], policy=strict).allowed
    assert asked([DONE], [said(6, 9)], policy=strict).allowed
    with pytest.raises(LogError, match="must be a whole number from 1 to 5"):
        asked([DONE], [said(6, 9)])
    with pytest.raises(
        ValueError, match="satisfied_from must be above the lowest answer 1 and at most 5, got 9"
    ):
        ReferralPolicy(satisfied_from=9)
    with pytest.raises(NaiveTimeError, match="as_of must be"):
        asked([DONE], as_of=datetime(2026, 3, 9))


def test_a_request_shows_itself():
    request = asked([DONE], [said(6, 3)])
    assert request.to_rows() == [
        {
            "customer": "C-1",
            "fulfilled": True,
            "satisfied": False,
            "open_complaints": 0,
            "why_not": "satisfied is False, True is required",
        }
    ]
    assert repr(request) == "<ReferralRequest: C-1 satisfied is False, True is required>"
    assert str(asked([DONE], [said(6, 5)])) == "C-1 may be asked"
    assert "<table>" in request._repr_html_()
    assert pickle.loads(pickle.dumps(request)) == request
