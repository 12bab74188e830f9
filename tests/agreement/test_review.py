"""The agreement held against what was done: open is not missed, and the whole is made of its parts."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, PeriodError, WorkingCalendar
from salesproc.agreement import AgreementReview, Attempts, LeadAgreement, review_agreement
from salesproc.metrics import HandedOver
from salesproc.periods import Period
from salesproc.records import HandOver, Interaction, LeadId

DAY = timedelta(days=1)
DAYS = [date(2026, 1, 1) + n * DAY for n in range(90)]
QUARTER = Period.quarter(2026, 1)
PROMISED = LeadAgreement(
    name="2026",
    leads=3,
    accepted=0.5,
    decide_within=2 * DAY,
    try_within=2 * DAY,
    answer_within=2 * DAY,
    tries=3,
    tries_within=10 * DAY,
    in_time=0.5,
)
LEADS = st.sampled_from("ABC")
ROWS = st.lists(st.tuples(LEADS, st.sampled_from(DAYS)), max_size=10)


@st.composite
def passed(draw):
    day = draw(st.integers(0, 80))
    outcome = draw(st.sampled_from(["submitted", "accepted", "accepted", "rejected"]))
    decided = None if outcome == "submitted" else DAYS[day + draw(st.integers(0, 5))]
    return HandedOver(draw(LEADS), DAYS[day], outcome, decided, None)


@st.composite
def books(draw):
    """Hand-overs of different days for each lead, and what happened to the leads."""
    hand_overs = draw(st.lists(passed(), max_size=6, unique_by=lambda one: (one.lead_id, one.submitted_at)))
    rows = {name: draw(ROWS) for name in ("tries", "replies", "given_up")}
    return hand_overs, rows, draw(st.sampled_from(DAYS))


def judged(hand_over, hand_overs, rows, as_of):
    """Whether one lead was tried often enough: day by day since it was handed over, by the words of the page."""
    following = [
        one.submitted_at
        for one in hand_overs
        if one.lead_id == hand_over.lead_id and one.submitted_at > hand_over.submitted_at
    ]
    last = min([*following, as_of + DAY])
    lead, day = hand_over.lead_id, hand_over.submitted_at
    tries, replied, given_up = 0, False, False
    while day < last:
        if day - hand_over.decided_at > PROMISED.tries_within:
            return False
        tries += rows["tries"].count((lead, day))
        replied |= (lead, day) in rows["replies"]
        given_up |= (lead, day) in rows["given_up"]
        if day >= hand_over.decided_at and (tries >= PROMISED.tries or replied):
            return True
        if day >= hand_over.decided_at and given_up:
            return False
        day += DAY
    return False if as_of - hand_over.decided_at > PROMISED.tries_within else None


@given(books())
def test_attempts_are_what_a_diary_says(book):
    hand_overs, rows, as_of = book
    found = review_agreement(PROMISED, iter(hand_overs), period=QUARTER, as_of=as_of, **rows).total.attempts
    accepted = [
        one
        for one in hand_overs
        if one.outcome == "accepted" and max(one.submitted_at, one.decided_at) <= as_of
    ]
    expected = Counter(judged(one, hand_overs, rows, as_of) for one in accepted)
    assert found == Attempts(expected[True], expected[False], expected[None])


@given(books())
def test_the_whole_is_made_of_its_months(book):
    hand_overs, rows, as_of = book
    found = review_agreement(PROMISED, hand_overs, period=QUARTER, as_of=as_of, **rows)
    months, total = found.periods, found.total
    assert [one.period for one in months] == list(QUARTER.each("month"))
    assert total.leads == 9
    assert sum(one.hand_overs.handed_over for one in months) == total.hand_overs.handed_over
    whole = attrs.evolve(PROMISED, every="quarter", leads=9)
    asked = review_agreement(whole, hand_overs, period=QUARTER, as_of=as_of, **rows).total
    assert attrs.evolve(asked, agreement=PROMISED) == total


@st.composite
def later_books(draw):
    """A book, and one in which more has happened by a later day."""
    hand_overs, rows, as_of = draw(books())
    return hand_overs, rows, as_of, draw(st.sampled_from([day for day in DAYS if day >= as_of]))


@given(later_books(), st.sampled_from([0.5, 1]))
def test_what_is_kept_or_missed_stays_so(book, share):
    """Whatever is handed over, decided, asked and answered later: a verdict settles what was open, and turns nothing round."""
    hand_overs, rows, as_of, later = book
    promised = attrs.evolve(PROMISED, in_time=share, accepted=share)
    months = [
        review_agreement(promised, hand_overs, period=QUARTER, as_of=day, **rows).periods
        for day in (as_of, later)
    ]
    for before, after in zip(*months, strict=True):
        for old, new in zip(before.lines, after.lines, strict=True):
            assert old.kept is None or old.kept == new.kept, (old, new)


OFFICE = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin")


def at(month, day, hour=10):
    return datetime(2026, month, day, hour, tzinfo=OFFICE.tz)


def example(**changes):
    """A quarter in which each promise is kept once and missed once; see the how-to page."""
    given = {
        "tries": [
            ("L-1", at(1, 6)),
            ("L-1", at(1, 7)),
            ("L-1", at(1, 8)),
            ("L-3", at(2, 2, 11)),
            ("L-4", at(2, 11)),
        ],
        "replies": [("L-3", at(2, 3))],
        "given_up": [("L-4", at(2, 12))],
        "calendar": OFFICE,
    } | changes
    hand_overs = [
        HandedOver("L-1", at(1, 5), "accepted", at(1, 5, 15)),
        HandedOver("L-2", at(1, 6), "rejected", at(1, 9), "clerical"),
        HandedOver("L-3", at(1, 30, 16), "accepted", at(2, 2, 9)),
        HandedOver("L-4", at(2, 10), "accepted", at(2, 10, 12)),
        HandedOver("L-2", at(2, 12)),
        HandedOver("L-5", at(3, 3)),
    ]
    promised = LeadAgreement(
        name="2026",
        leads=3,
        accepted=0.8,
        decide_within=timedelta(hours=8),
        try_within=timedelta(hours=8),
        answer_within=timedelta(hours=4),
        tries=3,
        tries_within=timedelta(hours=80),
    )
    period = Period(at(1, 1, 0), at(4, 1, 0))
    return review_agreement(promised, hand_overs, period=period, as_of=at(2, 12, 14), **given)


def test_a_quarter_promise_by_promise():
    found = example()
    assert [(line.promise, line.reached, line.kept) for line in found.total.lines] == [
        ("leads handed over", "5", None),
        ("accepted", "75% of 4, 1 to come", None),
        ("decided in time", "75% of 4, 1 to come", False),
        ("tried in time", "100% of 3", None),
        ("answered in time", "0% of 1", False),
        ("tried often enough", "67% of 3", False),
    ]
    assert [one.volume_kept for one in found.periods] == [True, None, None]
    assert (found.after_as_of, found.without_hand_over) == (1, 0)
    assert {line.side for line in found.total.lines[:2]} == {"marketing"}
    assert found.total.lines[-1].promised == "100% with 3 tries within 80 h"


def test_a_pause_stops_the_clocks_of_a_lead():
    paused = example(pauses=[("L-2", at(1, 7), at(1, 9)), ("zz", at(1, 7), None)])
    assert paused.periods[0].decisions.rate.value == 1
    assert paused.without_hand_over == 1
    assert str(paused).endswith("1 handed over later; 1 rows of no hand-over")


def test_what_belongs_to_no_hand_over_is_counted():
    assert example(tries=[("L-1", at(1, 2)), ("zz", at(1, 6))]).without_hand_over == 2


def test_results_show_themselves():
    found = example()
    assert len(found.to_rows()) == 3 * 6
    assert str(found).splitlines()[0].split() == [
        "promise",
        "2026-01-01",
        "2026-02-01",
        "2026-03-01",
        "together",
    ]
    assert "no case" in str(found)
    assert repr(found).startswith("<AgreementReview of '2026', 3 periods: <AgreementPeriod from 2026-01-01: ")
    assert "<td>decided in time</td>" in found._repr_html_()
    assert "<td>sales</td>" in found.total._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert isinstance(found, AgreementReview)


def test_only_what_was_promised_is_reviewed():
    volume = LeadAgreement(name="volume", leads=1, every="quarter")
    found = review_agreement(volume, [], period=QUARTER, as_of=date(2026, 4, 1))
    assert [line.kept for line in found.total.lines] == [False]
    speed = LeadAgreement(name="speed", decide_within=DAY, tries=2)
    lines = review_agreement(speed, [], period=QUARTER, as_of=date(2026, 4, 1)).total.lines
    assert [(line.promise, line.reached, line.kept) for line in lines] == [
        ("decided in time", "no case", None),
        ("tried often enough", "no case", None),
    ]
    assert lines[1].promised == "100% with 2 tries"
    waiting = review_agreement(speed, [HandedOver("A", DAYS[0])], period=QUARTER, as_of=DAYS[0])
    assert waiting.total.lines[0].reached == "none of 1 yet"
    assert waiting.total.volume_kept is None


def test_records_are_reviewed_as_they_are():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    sent = HandOver.submit(LeadId("L-1"), sender="omar", receiver="sara", at=noon)
    promised = LeadAgreement(name="x", accepted=1, decide_within=DAY)
    found = review_agreement(
        promised,
        [sent.accept(at=noon + DAY, by="sara")],
        period=Period.month(2026, 3, tz="UTC"),
        as_of=noon + 30 * DAY,
    )
    assert [line.kept for line in found.total.lines] == [True, True]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"period": Period(DAYS[0], DAYS[40])},
            PeriodError,
            "agreement '2026' promises by the month, so the period must be whole ones",
        ),
        ({"period": Period(DAYS[2], DAYS[31])}, PeriodError, "must be whole ones"),
        ({"period": (DAYS[0], DAYS[31])}, TypeError, "period must be a Period"),
        ({"replies": [("A", "2026-01-05")]}, NaiveTimeError, "reply 1 has the text '2026-01-05' for a time"),
        ({"tries": ["L-1"]}, LogError, "try 1 begins with entity and time, got the text 'L-1'"),
        ({"given_up": ["A"]}, LogError, "lead given up 1 begins with entity and time, got the text|got 'A'"),
        ({"tries": "A-1"}, TypeError, r"tries must be several, got the one text 'A-1'"),
        ({"pauses": [("A", DAYS[4], DAYS[3])]}, LogError, r"pause 1 ends at .*: \('A', "),
        ({"calendar": "Europe/Berlin"}, TypeError, "calendar must be a WorkingCalendar, for example"),
        ({"tries": [("A",)]}, LogError, "try 1 begins with entity and time"),
        ({"pauses": [("A", DAYS[3])]}, LogError, "pause 1 is no row of entity, start, end"),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        review_agreement(PROMISED, [], **({"period": QUARTER, "as_of": DAYS[50]} | options))


def test_an_agreement_as_a_dict_is_none():
    with pytest.raises(TypeError, match="agreement must be a LeadAgreement, got {.*LeadAgreement.from_dict"):
        review_agreement(PROMISED.to_dict(), [], period=QUARTER, as_of=DAYS[50])
    with pytest.raises(TypeError):
        Attempts(1, 0, 0) + 1


def test_contacts_that_came_from_them_are_replies():
    """Mails from the lead are no tries of ours: they end the trying, and ask for an answer."""
    written = [
        Interaction("L-1", at(1, 5, 16), "email", inbound=True),
        Interaction("L-1", at(1, 6, 9), "email", inbound=True),
    ]
    found = example(tries=written, replies=[], given_up=[]).periods[0]
    assert found.first_tries.rate.hits == 0
    assert (found.answers.missed, found.attempts.kept) == (1, 1)


def test_a_try_before_the_click_counts():
    """Handed over at ten, called at twelve, accepted the next morning."""
    passed_on = [HandedOver("A", at(1, 5), "accepted", at(1, 6, 9))]
    promised = LeadAgreement(name="x", every="quarter", try_within=timedelta(hours=2), tries=1)
    found = review_agreement(
        promised,
        passed_on,
        period=Period(at(1, 1, 0), at(4, 1, 0)),
        as_of=at(4, 1),
        tries=[("A", at(1, 5, 12))],
    )
    assert [line.kept for line in found.total.lines] == [True, True]


def clock(text):
    """A time of January 2026 in Berlin: "5 10:00" is the fifth, a Monday, at ten."""
    day, hour = text.split()
    return datetime.fromisoformat(f"2026-01-{int(day):02} {hour}").replace(tzinfo=OFFICE.tz)


def asked(promised, as_of, handed=("5 10:00",), pauses=(), **rows):
    """What became of a lead that was handed over at each of these times and accepted at once."""
    passed_on = [HandedOver("L", clock(at), "accepted", clock(at)) for at in handed]
    return review_agreement(
        promised,
        passed_on,
        period=Period.month(2026, 1, tz="Europe/Berlin"),
        as_of=clock(as_of),
        calendar=OFFICE,
        pauses=[("L", *(None if at is None else clock(at) for at in pause)) for pause in pauses],
        **{name: [("L", clock(at)) for at in times] for name, times in rows.items()},
    ).total


TWICE = LeadAgreement(name="x", tries=2, tries_within=timedelta(hours=16))
"""Two tries within two days of work: of a lead accepted on Monday at ten, until Wednesday at ten."""


@pytest.mark.parametrize(
    ("as_of", "facts", "kept"),
    [
        ("20 10:00", {"tries": ["6 09:00", "7 10:00"]}, True),
        ("20 10:00", {"tries": ["6 09:00", "7 10:01"]}, False),
        ("20 10:00", {"tries": ["7 10:00", "6 09:00"]}, True),
        ("20 10:00", {"tries": ["5 12:00", "7 10:01", "6 09:00"]}, True),
        ("7 10:00", {"tries": ["6 09:00"]}, None),
        ("7 10:01", {"tries": ["6 09:00"]}, False),
        ("7 10:00", {"tries": ["6 09:00", "7 10:00"]}, True),
        ("6 12:00", {"tries": ["6 09:00", "6 12:01"]}, None),
        ("20 10:00", {"tries": ["6 09:00"], "replies": ["7 10:00"]}, True),
        ("20 10:00", {"tries": ["6 09:00"], "replies": ["7 10:01"]}, False),
        ("20 10:00", {"replies": ["8 12:00", "7 09:30"]}, True),
        ("20 10:00", {"tries": ["6 09:00", "6 15:00"], "given_up": ["6 15:00"]}, True),
        ("20 10:00", {"tries": ["6 09:00", "6 15:00"], "given_up": ["8 15:00", "6 14:59"]}, False),
        ("6 15:00", {"tries": ["6 09:00"], "given_up": ["6 15:00"]}, False),
        ("20 10:00", {"tries": ["6 09:00", "8 10:00"], "pauses": [("6 00:00", "7 00:00")]}, True),
        ("20 10:00", {"tries": ["6 09:00", "8 10:01"], "pauses": [("6 00:00", "7 00:00")]}, False),
        (
            "20 10:00",
            {"tries": ["6 09:00", "8 10:00"], "pauses": [("6 12:00", "7 00:00"), ("6 00:00", "6 15:00")]},
            True,
        ),
        ("20 10:00", {"tries": ["6 09:00"], "pauses": [("7 10:00", None)]}, None),
        ("20 10:00", {"tries": ["6 09:00"], "pauses": [("7 10:01", None)]}, False),
    ],
)
def test_often_enough_in_working_time_to_the_minute(as_of, facts, kept):
    """Counted on the clock by hand: eight hours a day, the very limit is in time, a pause does not count."""
    found = asked(TWICE, as_of, **facts).attempts
    assert found == Attempts(kept is True, kept is False, kept is None)


@pytest.mark.parametrize(("hours", "in_time"), [(6, True), (5, False)])
def test_a_question_before_a_second_hand_over_is_answered_after_it(hours, in_time):
    """Asked on Monday at noon, handed over again on Tuesday at nine, answered at ten: six hours of work, and nobody is still waiting."""
    promised = LeadAgreement(name="x", answer_within=timedelta(hours=hours))
    facts = {"handed": ("5 10:00", "6 09:00"), "replies": ["5 12:00"], "tries": ["6 10:00"]}
    found = asked(promised, "20 10:00", **facts).answers
    assert (found.met, found.missed, found.running) == (in_time, not in_time, 0)
    paused = asked(promised, "20 10:00", **facts, pauses=[("5 14:00", "5 15:00")]).answers
    assert (paused.met, paused.missed) == (1, 0)


@pytest.mark.parametrize(("share", "kept"), [(0.5, True), (0.51, False)])
def test_the_very_share_that_was_promised_keeps_the_promise(share, kept):
    """Of two leads one was accepted, and one of them decided in time."""
    promised = LeadAgreement(name="x", accepted=share, decide_within=DAY, in_time=share)
    passed_on = [HandedOver("A", DAYS[3], "accepted", DAYS[4]), HandedOver("B", DAYS[3], "rejected", DAYS[9])]
    found = review_agreement(promised, passed_on, period=Period.month(2026, 1), as_of=DAYS[60])
    assert [line.kept for line in found.total.lines] == [kept, kept]
