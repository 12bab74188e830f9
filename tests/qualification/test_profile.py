"""Fit to the ideal profile: what matched, over all that is asked; what is unknown adds nothing."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.qualification import Bands, Fit, FitMatch, IdealProfile, ProfileCriterion
from salesproc.stages import any_of, at_least, confirmed, not_, one_of, provided, requirement

NAMES = [f"c{i}" for i in range(5)]
WEIGHTS = st.lists(st.integers(1, 50), min_size=1, max_size=5)
ANSWERS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([True, False, None]))
WANTED = IdealProfile(
    "logistics",
    [
        (one_of("job_title", "CTO", "COO"), 30),
        (at_least("employees", 50), 10),
        (confirmed("has_website"), 10),
    ],
)


def profile(weights):
    return IdealProfile(
        "p", [(confirmed(name), weight) for name, weight in zip(NAMES, weights, strict=False)]
    )


@given(WEIGHTS, ANSWERS)
def test_the_share_is_the_weight_of_what_is_known_to_match(weights, answers):
    fit = profile(weights).fit(answers)
    pairs = [*zip(NAMES, weights, strict=False)]
    assert fit.share == Fraction(sum(w for name, w in pairs if answers.get(name) is True), sum(weights))
    assert fit.best_share == Fraction(
        sum(w for name, w in pairs if answers.get(name) is not False), sum(weights)
    )
    assert fit.points == sum(line.points for line in fit.lines)
    assert [line.weight for line in fit.lines] == weights


@given(WEIGHTS, ANSWERS, st.sampled_from(NAMES))
def test_finding_out_moves_the_grade_only_between_what_it_was_and_the_best_it_could_be(
    weights, answers, name
):
    """Unknown never passes: learning a no takes nothing away."""
    unknown = profile(weights).fit(answers | {name: None})
    no, yes = (profile(weights).fit(answers | {name: known}) for known in (False, True))
    assert no.share == unknown.share <= yes.share <= unknown.best_share
    assert yes.best_share == unknown.best_share >= no.best_share


@given(WEIGHTS)
def test_somebody_of_whom_nothing_is_known_has_the_lowest_grade(weights):
    fit = profile(weights).fit({})
    assert (fit.share, fit.grade, fit.best_grade) == (0, "D", "A")
    assert len(fit.unknown) == len(weights)


def test_a_lead_by_the_criteria_of_the_source():
    """Job position, number of employees, a website."""
    fit = WANTED.fit({"job_title": "COO", "employees": 12})
    assert [line.match for line in fit.lines] == [FitMatch.MATCHED, FitMatch.NOT_MATCHED, FitMatch.UNKNOWN]
    assert (fit.share, fit.grade, fit.best_grade) == (Fraction(3, 5), "B", "A")
    assert fit.unknown == ("a yes to has_website",)
    assert repr(fit) == "<Fit to 'logistics': B: 30 of 50 points, A if all that is unknown matched>"
    assert fit.to_rows()[1] == {
        "criterion": "employees of at least 50",
        "match": "not matched",
        "points": 0,
        "weight": 10,
        "why": "employees is 12, at least 50 is required",
    }
    assert (
        str(WANTED.fit({"job_title": "COO", "employees": 50, "has_website": True})).splitlines()[0]
        == "A: 50 of 50 points"
    )


def test_the_grades_are_cut_at_their_shares():
    quarters = IdealProfile("p", [(confirmed(name), 1) for name in "abcd"])
    grades = [quarters.fit(dict.fromkeys("abcd"[:count], True)).grade for count in range(5)]
    assert grades == ["D", "C", "B", "A", "A"]
    strict = IdealProfile("p", [(confirmed("a"), 1)], grades=Bands(("yes", "no"), [1]))
    assert strict.fit({"a": True}).grade == "yes"


def test_any_requirement_is_a_criterion():
    """Also one that is ruled out, one of two, and a rule of your own, which sees the attributes."""
    german = requirement(
        "a German address", lambda attempt: attempt.evidence["zip"].startswith("DE-"), needs=("zip",)
    )
    wanted = IdealProfile(
        "p",
        [
            ProfileCriterion(not_(one_of("mail_domain", "gmail.com"))),
            (any_of(at_least("employees", 50), confirmed("has_fleet")), 2),
            (german, 4),
            (provided("by"), 8),
        ],
    )
    fit = wanted.fit({"mail_domain": "acme.example", "employees": 10, "zip": "DE-10115", "by": "Lin Wei"})
    assert [line.match for line in fit.lines] == ["matched", "unknown", "matched", "matched"]
    assert wanted.fit({}).unknown == tuple(line.about for line in wanted.fit({}).lines)
    assert wanted.fit({"zip": "FR-75001"}).lines[2].match is FitMatch.NOT_MATCHED


def test_input_of_another_kind_is_no_match_and_no_crash():
    line = WANTED.fit({"employees": "many"}).lines[1]
    assert line.match is FitMatch.NOT_MATCHED
    assert (
        str(line)
        == "employees of at least 50: 0 of 10 (employees is 'many', which cannot be compared with 50)"
    )


def test_a_fit_pickles_and_compares():
    fit = WANTED.fit({"job_title": "CTO"})
    assert pickle.loads(pickle.dumps(fit)) == fit == Fit(WANTED, fit.lines)


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: IdealProfile("p", []), ValueError, "profile 'p' needs at least one criterion"),
        (
            lambda: IdealProfile("p", [("job_title", 3)]),
            TypeError,
            "a criterion of a profile is a requirement, such as at_least('employees', 50), got 'job_title'",
        ),
        (
            lambda: IdealProfile("p", [(confirmed("a"), 0)]),
            ValueError,
            "the weight of 'a yes to a' must be a whole number, 1 or more, got 0",
        ),
        (
            lambda: IdealProfile("p", [(confirmed("a"), 0.5)]),
            TypeError,
            "the weight of 'a yes to a' must be a whole number, 1 or more, got 0.5",
        ),
        (
            lambda: IdealProfile("p", [(confirmed("a"), 1)], grades=Bands(("A", "B", "C"), [80, 0.5])),
            ValueError,
            "grades are cut at shares above 0 and at most 1, got 80, 1/2",
        ),
        (
            lambda: IdealProfile("p", [(confirmed("a"), 1)], grades=Bands(("A", "B"), [0])),
            ValueError,
            "grades are cut at shares above 0 and at most 1, got 0",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
