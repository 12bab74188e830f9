"""Fit and interest together: the explanation is the score, and interest alone makes no customer."""

import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.qualification import (
    Bands,
    BuyerStage,
    IdealProfile,
    InterestModel,
    InterestRule,
    LeadAction,
    ScoringModel,
)
from salesproc.records import Contact, Lead, LeadId, lifecycle
from salesproc.stages import LIFECYCLE, LifecycleStage, Transition, at_least, confirmed, one_of

NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PROFILE = IdealProfile(
    "logistics",
    [
        (one_of("job_title", "COO", "CTO"), 40),
        (at_least("employees", 50), 30),
        (confirmed("has_website"), 10),
    ],
)
INTEREST = InterestModel(
    [
        InterestRule("like", 1, group="content", half_life=30 * DAY),
        InterestRule("prices", 15, half_life=30 * DAY, stage=BuyerStage.CONSIDERATION),
        InterestRule("demo", 40, stage=BuyerStage.DECISION),
        InterestRule("jobs", -20),
    ],
    Bands(("high", "medium", "low"), cuts=(40, 10)),
    caps={"content": 5},
)
GRID = {
    "A": ("route", "route", "nurture"),
    "B": ("route", "nurture", "nurture"),
    "C": ("research", "nurture", "drop"),
    "D": ("research", "drop", "drop"),
}


def model(**changes):
    parts = {"name": "logistics", "profile": PROFILE, "interest": INTEREST, "grid": GRID}
    return ScoringModel(**parts | changes)


MODEL = model()
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "job_title": st.sampled_from(["COO", "clerk", None]),
        "employees": st.sampled_from([10, 50, None]),
        "has_website": st.sampled_from([True, False, None]),
    },
)
EVENTS = st.lists(
    st.tuples(st.sampled_from(["like", "prices", "demo", "jobs", "webinar"]), st.integers(-3, 300)),
    max_size=15,
).map(lambda rows: [(kind, NOW - age * DAY) for kind, age in rows])


@given(ATTRIBUTES, EVENTS)
def test_the_sum_of_the_explanation_is_the_score(attributes, events):
    """To the hundredth of a point, and computed apart: what matched, plus what every event has left, cut at the cap."""
    score = MODEL.score(attributes, events, as_of=NOW)
    assert sum(line.points for line in score.lines) == score.total
    fit = 40 * (attributes.get("job_title") == "COO")
    fit += 30 * ((attributes.get("employees") or 0) >= 50) + 10 * (attributes.get("has_website") is True)
    rules = {rule.kind: rule for rule in INTEREST.rules}
    left = [
        (kind, Fraction(rules[kind].left(NOW - at))) for kind, at in events if kind in rules and at <= NOW
    ]
    content = min(sum(value for kind, value in left if kind == "like"), 5)
    assert Fraction(score.total) == fit + content + sum(value for kind, value in left if kind != "like")


@given(ATTRIBUTES, EVENTS, st.integers(0, 60))
def test_interest_alone_is_never_routed(attributes, events, demos):
    """However much: nothing is known of them, or nothing that fits."""
    eager = [*events, *[("demo", NOW)] * demos]
    misfit = {"job_title": "clerk", "employees": 10, "has_website": attributes.get("has_website")}
    assert MODEL.score({}, eager, as_of=NOW).action is not LeadAction.ROUTE
    assert MODEL.score(misfit, eager, as_of=NOW).action is not LeadAction.ROUTE


@given(ATTRIBUTES, EVENTS, st.integers(-50, 150))
def test_below_the_threshold_nobody_is_routed(attributes, events, threshold):
    score = model(threshold=threshold).score(attributes, events, as_of=NOW)
    grid = MODEL.score(attributes, events, as_of=NOW).action
    held = grid is LeadAction.ROUTE and score.total < threshold
    assert score.action is (LeadAction.NURTURE if held else grid)


@given(ATTRIBUTES, EVENTS, st.sampled_from(["prices", "demo"]), st.integers(0, 300))
def test_a_later_stage_never_lowers_the_score(attributes, events, kind, age):
    more = MODEL.score(attributes, [*events, (kind, NOW - age * DAY)], as_of=NOW)
    assert more.total >= MODEL.score(attributes, events, as_of=NOW).total


@pytest.mark.parametrize("grade", "ABCD")
@pytest.mark.parametrize(("place", "level"), [*enumerate(("high", "medium", "low"))])
def test_the_grid_is_read_as_it_is_written(grade, place, level):
    assert MODEL.action(grade, level) is LeadAction(GRID[grade][place])


def test_a_score_explains_itself():
    events = [("like", NOW - age * DAY) for age in (0, 0, 0, 0, 0, 30)] + [
        ("prices", NOW - 15 * DAY),
        ("webinar", NOW),
    ]
    score = MODEL.score({"job_title": "COO", "employees": 12}, events, as_of=NOW)
    assert str(score) == (
        "nurture: 55.61 points, fit B, interest medium; without a rule: 1 webinar\n"
        "  +40.00  fit: job_title COO or CTO: 40 of 40\n"
        "   +0.00  fit: employees of at least 50: 0 of 30 (employees is 12, at least 50 is required)\n"
        "   +0.00  fit: a yes to has_website: 0 of 10 (has_website is missing)\n"
        "   +0.50  interest: like on 2026-02-28, 0.50 of 1 left\n"
        "   +1.00  interest: like on 2026-03-30\n"
        "   +1.00  interest: like on 2026-03-30\n"
        "   +1.00  interest: like on 2026-03-30\n"
        "   +1.00  interest: like on 2026-03-30\n"
        "   +1.00  interest: like on 2026-03-30\n"
        "   -0.50  interest: content is capped at 5\n"
        "  +10.61  interest: prices on 2026-03-15, 10.61 of 15 left"
    )
    assert repr(score) == (
        "<Score by logistics v1: nurture: 55.61 points, fit B, interest medium; without a rule: 1 webinar>"
    )
    assert score.to_rows()[3] == {
        "part": "interest",
        "about": "like on 2026-02-28, 0.50 of 1 left",
        "points": 0.5,
    }
    assert score.as_of == NOW
    assert (
        repr(MODEL.score({}, [], as_of=NOW))
        == "<Score by logistics v1: drop: 0.00 points, fit D, interest low>"
    )
    assert pickle.loads(pickle.dumps(score)) == score
    assert hash(MODEL) == hash(model(grid=tuple(GRID.items())))


def test_a_good_fit_waits_below_the_threshold():
    strict = model(threshold=100)
    coo = {"job_title": "COO", "employees": 90}
    assert strict.score(coo, [("prices", NOW)], as_of=NOW).action is LeadAction.NURTURE
    assert strict.score(coo, [("demo", NOW)], as_of=NOW).action is LeadAction.ROUTE
    on_it = model(threshold=110).score(coo, [("demo", NOW)], as_of=NOW)  # on the threshold
    assert (on_it.total, on_it.action) == (110, LeadAction.ROUTE)


def test_the_score_qualifies_a_lead():
    lead = Lead.capture(LeadId("L-1"), Contact("Lin Wei"), source="webinar", at=NOW)
    score = MODEL.score({"job_title": "COO", "employees": 90}, [("demo", NOW)], as_of=NOW)
    assert lead.qualify(score=score.total, at=NOW).score == Decimal("110.00")
    mine = LIFECYCLE.with_transitions(
        Transition("qualify", LifecycleStage.LEAD, LifecycleStage.MQL, requires=[one_of("action", "route")])
    )
    assert lifecycle.apply(lead, "qualify", at=NOW, evidence=score.evidence(), process=mine)
    eager = MODEL.score({}, [("demo", NOW)] * 9, as_of=NOW)
    refused = lifecycle.apply(lead, "qualify", at=NOW, evidence=eager.evidence(), process=mine)
    assert str(refused) == "refused: action is research, route is required"
    assert eager.evidence() == {
        "score": Decimal("360.00"),
        "grade": "D",
        "level": "high",
        "action": "research",
        "model": "logistics",
        "model_version": 1,
    }


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"version": 0}, ValueError, "version must be a whole number, 1 or more, got 0"),
        ({"threshold": "60"}, TypeError, "threshold must be a number, got '60'"),
        ({"threshold": Decimal("nan")}, ValueError, "threshold must be finite, got Decimal('NaN')"),
        (
            {"grid": {**GRID, "E": GRID["D"]}},
            ValueError,
            "the grid has a grade 'E' that the profile does not; known: 'A', 'B', 'C', 'D'",
        ),
        (
            {"grid": {**GRID, "B": ("route", "nurture")}},
            ValueError,
            "grade 'B' needs an action for each of high, medium, low, got route, nurture",
        ),
        (
            {"grid": {**GRID, "B": ()}},
            ValueError,
            "grade 'B' needs an action for each of high, medium, low, got none",
        ),
        (
            {"grid": {**GRID, "D": ("route", "drop", "drop")}},
            ValueError,
            "grade 'D' is the lowest and cannot be routed: interest alone is no reason to call; take research",
        ),
        (
            {"grid": {"A": GRID["A"], "D": GRID["D"]}},
            ValueError,
            "the grid needs one row for each of A, B, C, D, got A, D",
        ),
        (
            {"grid": {**GRID, "A": ("routes", "drop", "drop")}},
            ValueError,
            "there is no action for a lead 'routes'; did you mean 'route'?",
        ),
    ],
)
def test_refusals(changes, error, message):
    with pytest.raises(error) as caught:
        model(**changes)
    assert str(caught.value) == message
