"""Points for what a lead did: they add up, fade, and stop at their caps, in whatever order the events come."""

import decimal
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError
from salesproc.qualification import Bands, BuyerStage, InterestEvent, InterestModel, InterestRule

NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)
LEVELS = Bands(("high", "medium", "low"), cuts=(40, 10))
DAY = timedelta(days=1)
KINDS = ["like", "read", "prices", "demo", "jobs", "gone"]

HALF_LIVES = st.one_of(st.none(), st.timedeltas(timedelta(microseconds=1), timedelta(days=9999)))


@st.composite
def models(draw):
    """Any model over six kinds, the later ones of a later stage."""
    groups = st.sampled_from([None, "content", "pages"])
    staged = sorted(draw(st.lists(st.integers(1, 60), min_size=4, max_size=4)))
    rules = [
        InterestRule(kind, score, group=draw(groups), half_life=draw(HALF_LIVES), stage=stage)
        for kind, score, stage in zip(KINDS, staged, BuyerStage, strict=False)
    ]
    rules += [
        InterestRule(kind, draw(st.integers(-60, -1)), group=draw(groups), half_life=draw(HALF_LIVES))
        for kind in KINDS[4:]
    ]
    used = sorted({rule.group for rule in rules if rule.group})
    caps = {group: draw(st.integers(0, 50)) for group in used if draw(st.booleans())}
    return InterestModel(rules, LEVELS, caps=caps, cap=draw(st.none() | st.integers(0, 100)))


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([*KINDS, "unheard of"]),
        st.timedeltas(timedelta(days=-5), timedelta(days=400)).map(lambda age: NOW - age),
    ),
    max_size=12,
)


def used_of(model, events):
    rules = {rule.kind: rule for rule in model.rules}
    return [(rules[kind], at) for kind, at in events if kind in rules and at <= NOW]


@given(models(), EVENTS)
def test_the_lines_add_up_to_the_total(model, events):
    """Sums in groups, each cut at its cap, then all of it cut at the cap on everything: computed apart from the lines."""
    found = model.measure(events, as_of=NOW)
    groups = {}
    for rule, at in used_of(model, events):
        groups.setdefault(rule.group, []).append(Fraction(rule.left(NOW - at)))
    caps = dict(model.caps)
    total = sum((min(sum(left), caps[name]) if name in caps else sum(left)) for name, left in groups.items())
    wanted = total if model.cap is None else min(total, model.cap)
    assert Fraction(found.total) == wanted == sum(Fraction(line.points) for line in found.lines)
    assert found.level == LEVELS.of(wanted)


@given(models(), EVENTS, st.randoms())
def test_caps_hold_for_any_order_of_events(model, events, random):
    found = model.measure(events, as_of=NOW)
    assert model.measure(random.sample(events, len(events)), as_of=NOW) == found
    for group, cap in model.caps:
        assert sum(line.points for line in found.lines if line.group == group) <= cap
    if model.cap is not None:
        assert found.total <= model.cap


@given(models(), EVENTS, st.sampled_from(KINDS[:4]), st.integers(0, 400))
def test_an_event_with_a_stage_never_lowers_a_score(model, events, kind, age):
    """However far along, however full the group, and whenever it was."""
    more = [*events, (kind, NOW - age * DAY)]
    assert model.measure(more, as_of=NOW).total >= model.measure(events, as_of=NOW).total


@given(
    st.integers(-(10**6), 10**6).filter(bool),
    HALF_LIVES,
    st.lists(st.timedeltas(timedelta(), timedelta(days=20000)), min_size=2, max_size=2),
)
def test_points_only_fade(score, half_life, ages):
    rule = InterestRule("demo", score, half_life=half_life)
    sooner, later = (abs(rule.left(age)) for age in sorted(ages))
    assert sooner >= later
    assert rule.left(timedelta()) == score


@given(models(), EVENTS, st.integers(0, 500))
def test_without_new_events_interest_only_falls(model, events, days):
    """Where nothing speaks against them, and nothing else has happened since."""
    events = [(kind, at) for kind, at in events if kind in KINDS[:4] and at <= NOW]
    assert model.measure(events, as_of=NOW + days * DAY).total <= model.measure(events, as_of=NOW).total


@given(
    st.integers(1, 10**9), st.timedeltas(timedelta(microseconds=1), timedelta(days=999)), st.integers(0, 60)
)
def test_after_whole_half_lives_it_is_exact(score, half_life, times):
    assume(half_life * times < timedelta(days=999_999))
    left = InterestRule("demo", score, half_life=half_life).left(half_life * times)
    assert left == Decimal(round(Fraction(score, 2**times) * 100)) / 100


@pytest.mark.parametrize(
    ("age", "left"),
    [
        (0, "40.00"),
        (15, "28.28"),
        (30, "20.00"),
        (45, "14.14"),
        (60, "10.00"),
        (90, "5.00"),
        (600, "0.00"),
        (99999, "0.00"),
    ],
)
def test_forty_points_with_a_half_life_of_thirty_days(age, left):
    """40 / sqrt(2) = 28.284..."""
    assert InterestRule("demo", 40, half_life=30 * DAY).left(age * DAY) == Decimal(left)
    assert InterestRule("jobs", -40, half_life=30 * DAY).left(age * DAY) == -Decimal(left)


def test_no_decimal_context_of_the_caller_changes_a_score():
    model = InterestModel([InterestRule("demo", 12345, half_life=30 * DAY)], LEVELS, cap=99999)
    events = [("demo", NOW - 7 * DAY)] * 9
    wanted = model.measure(events, as_of=NOW)
    with decimal.localcontext() as context:
        context.prec = 2
        context.rounding = decimal.ROUND_UP
        assert model.measure(events, as_of=NOW).total == wanted.total
    assert float(wanted.total) == pytest.approx(9 * round(12345 * 2 ** (-7 / 30), 2))


MODEL = InterestModel(
    [
        InterestRule("like", 2, group="content"),
        InterestRule("read", 5, group="content", stage=BuyerStage.DISCOVERY),
        InterestRule("demo", 40, half_life=30 * DAY, stage=BuyerStage.DECISION),
        InterestRule("jobs", -20),
    ],
    LEVELS,
    caps={"content": 6},
    cap=45,
)


def test_every_point_is_explained():
    events = [
        InterestEvent("demo", NOW),
        ("read", NOW - DAY, "the guide"),
        ("like", NOW - 2 * DAY),
        ("like", NOW - 3 * DAY),
        ("webinar", NOW),
        ("webinar", NOW),
        ("jobs", NOW + DAY),
    ]
    found = MODEL.measure(events, as_of=NOW)
    assert str(found) == (
        "high: 45.00 points; without a rule: 2 webinar; 1 later\n"
        "   +2.00  like on 2026-03-27\n"
        "   +2.00  like on 2026-03-28\n"
        "   +5.00  read on 2026-03-29\n"
        "   -3.00  content is capped at 6\n"
        "  +40.00  demo on 2026-03-30\n"
        "   -1.00  everything is capped at 45"
    )
    assert repr(found) == "<Interest: high: 45.00 points; without a rule: 2 webinar; 1 later>"
    assert found.to_rows()[3] == {
        "about": "content is capped at 6",
        "points": -3.0,
        "group": "content",
        "at": None,
    }
    assert found.to_rows()[4] == {
        "about": "demo on 2026-03-30",
        "points": 40.0,
        "group": None,
        "at": "2026-03-30T09:00:00+00:00",
    }
    assert pickle.loads(pickle.dumps(found)) == found


def test_no_events_are_no_interest_and_more_against_than_for_is_below_zero():
    assert repr(MODEL.measure([], as_of=NOW)) == "<Interest: low: 0.00 points>"
    assert MODEL.measure([("jobs", NOW), ("like", NOW)], as_of=NOW).total == -18


def test_times_are_compared_as_instants():
    """The same instant in another zone is not later."""
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert MODEL.measure([("like", there)], as_of=NOW).later == 0


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: InterestRule("", 1), ValueError, "a rule is about a kind of event with a name, got ''"),
        (lambda: InterestRule("like", 0), ValueError, "'like' gives 0 points; leave the rule out"),
        (lambda: InterestRule("like", 0.5), TypeError, "points of 'like' must be a whole number, got 0.5"),
        (
            lambda: InterestRule("like", 1, half_life=timedelta()),
            ValueError,
            "the half-life of 'like' must be above 0, got datetime.timedelta(0)",
        ),
        (
            lambda: InterestRule("like", -1, stage=BuyerStage.DECISION),
            ValueError,
            "'like' shows them at decision, so it cannot take points, got -1",
        ),
        (lambda: InterestModel([], LEVELS), ValueError, "a model of interest needs at least one rule"),
        (
            lambda: InterestModel([InterestRule("like", 1), InterestRule("like", 2)], LEVELS),
            ValueError,
            "there is more than one rule for 'like'",
        ),
        (
            lambda: InterestModel([InterestRule("like", 1, group="content")], LEVELS, caps={"contents": 5}),
            ValueError,
            "no rule is in group 'contents'; did you mean 'content'?",
        ),
        (
            lambda: InterestModel([InterestRule("like", 1, group="content")], LEVELS, caps={"content": -5}),
            ValueError,
            "the cap on 'content' must be a whole number, 0 or more, got -5",
        ),
        (
            lambda: InterestModel([InterestRule("like", 1)], LEVELS, cap=1.5),
            TypeError,
            "cap must be a whole number, 0 or more, got 1.5",
        ),
        (
            lambda: InterestModel(
                [
                    InterestRule("demo", 5, stage=BuyerStage.DECISION),
                    InterestRule("read", 9, stage=BuyerStage.DISCOVERY),
                ],
                LEVELS,
            ),
            ValueError,
            "'demo' (decision) gives 5, less than 'read' (discovery) with 9; the further along, the higher the score",
        ),
        (
            lambda: MODEL.measure(["like"], as_of=NOW),
            LogError,
            "event 1 is no row of kind, at: 'like'",
        ),
        (
            lambda: MODEL.measure([("like", NOW), ("like",)], as_of=NOW),
            LogError,
            "event 2 is no row of kind, at: ('like',)",
        ),
        (
            lambda: MODEL.measure([(7, NOW)], as_of=NOW),
            LogError,
            "event 1 must be of a kind that is text, got (7, datetime.datetime(2026, 3, 30, 9, 0, tzinfo=datetime.timezone.utc))",
        ),
        (
            lambda: MODEL.measure([("like", datetime(2026, 3, 2))], as_of=NOW),
            NaiveTimeError,
            (
                "the time of event 1 must be a datetime with a time zone, got datetime.datetime(2026, 3, 2, 0, 0); add one, for "
                "example tzinfo=datetime.UTC"
            ),
        ),
        (
            lambda: MODEL.measure([("like", datetime(1900, 1, 1, tzinfo=UTC))], as_of=NOW),
            LogError,
            (
                "event 1 is at 1900-01-01 00:00:00+00:00, which software writes for never: ('like', "
                "datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))"
            ),
        ),
        (
            lambda: MODEL.measure([], as_of=datetime(2026, 3, 2)),
            NaiveTimeError,
            (
                "as_of must be a datetime with a time zone, got datetime.datetime(2026, 3, 2, 0, 0); add one, for example "
                "tzinfo=datetime.UTC"
            ),
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
