"""Requirements: what passes, what does not, and what cannot be told."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.money import Money
from salesproc.stages import (
    Attempt,
    Journey,
    Process,
    ReasonCode,
    Stage,
    StageChange,
    StageKind,
    Transition,
    all_of,
    any_of,
    at_least,
    at_most,
    confirmed,
    not_,
    one_of,
    provided,
    requirement,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def reasons(required, evidence=None, *, by=None, reason=None):
    process = Process(
        "one step",
        stages=[Stage("a"), Stage("z", kind=StageKind.DONE)],
        transitions=[Transition("go", "a", "z", requires=[required])],
    )
    return process.why_not(process.start("X", at=AT), "go", by=by, reason=reason, evidence=evidence)


def says(required, evidence=None, **options):
    return "; ".join(str(reason) for reason in reasons(required, evidence, **options))


@pytest.mark.parametrize(
    ("required", "evidence", "text"),
    [
        (provided("budget"), {"budget": 0}, ""),
        (provided("budget"), {"budget": ""}, "budget is missing"),
        (provided("budget"), {"budget": None}, "budget is missing"),
        (confirmed("need"), {"need": True}, ""),
        (confirmed("need"), {"need": False}, "need is False, True is required"),
        (confirmed("need"), {"need": 1}, "need is 1, True is required"),
        (confirmed("need"), {}, "need is missing"),
        (at_least("score", 60), {"score": 60}, ""),
        (at_least("score", 60), {"score": 59}, "score is 59, at least 60 is required"),
        (at_least("score", 60), {"score": None}, "score is missing"),
        (
            at_least("sum", Money(5, "EUR")),
            {"sum": Money(4, "EUR")},
            "sum is 4.00 EUR, at least 5.00 EUR is required",
        ),
        (at_most("open", 0), {"open": 0}, ""),
        (at_most("open", 0), {"open": 2}, "open is 2, at most 0 is allowed"),
        (at_most("open", 0), {}, "open is missing"),
        (one_of("size", "s", "m"), {"size": "m"}, ""),
        (one_of("size", "s", "m"), {"size": "l"}, "size is l, s or m is required"),
        (one_of("size", "s", "m"), {}, "size is missing"),
        (one_of("partner", None, "x"), {}, ""),
    ],
)
def test_each_requirement_reports_the_value_it_saw(required, evidence, text):
    assert says(required, evidence) == text


def test_who_and_why_are_arguments_a_requirement_can_ask_for():
    """A permission is a requirement on who takes the step, so the step cannot go round it."""
    permission = one_of("by", "sara", "omar")
    assert says(permission) == "by is missing"
    assert says(permission, by="li") == "by is li, sara or omar is required"
    assert says(permission, by="sara") == ""
    assert says(provided("reason"), reason="price") == ""
    assert says(provided("reason")) == "reason is missing"


def test_all_of_gives_the_reasons_of_all():
    assert (
        says(all_of(provided("a"), at_least("b", 2)), {"b": 1})
        == "a is missing; b is 1, at least 2 is required"
    )


def test_any_of_passes_with_one_and_otherwise_says_what_would_have_done():
    either = any_of(all_of(provided("card"), provided("limit")), at_least("deposit", 100))
    assert says(either, {"deposit": 100}) == ""
    text = "none of these holds: (card is missing; limit is missing); deposit is 1, at least 100 is required"
    assert says(either, {"deposit": 1}) == text
    assert reasons(either, {"deposit": 1})[0].code is ReasonCode.NONE_OF_THESE


def test_not_passes_only_where_it_is_known():
    blocked = not_(confirmed("blocked"))
    assert says(blocked, {"blocked": False}) == ""
    assert says(blocked, {"blocked": True}) == "a yes to blocked is ruled out, and it is so"
    assert says(blocked) == "blocked is missing"


def test_what_is_missing_below_not_is_decided_by_the_rest():
    """A sum that fails for certain fails whatever the missing part is; an unknown choice stays unknown."""
    assert says(not_(all_of(confirmed("a"), confirmed("b"))), {"a": False}) == ""
    assert says(not_(any_of(confirmed("a"), confirmed("b"))), {"a": False}).startswith("none of these holds")
    assert says(not_(any_of(confirmed("a"), confirmed("b"))), {"a": False, "b": False}) == ""
    both = all_of(confirmed("b"), confirmed("c"))
    assert says(not_(any_of(confirmed("a"), both)), {"a": False, "b": False}) == ""


TRUTH = st.sampled_from([True, False, None])


def three_valued(tree, values):
    """Kleene's logic, written independently: True, False or None for unknown."""
    kind, parts = tree
    if kind == "leaf":
        return values[parts]
    if kind == "not":
        inner = three_valued(parts, values)
        return None if inner is None else not inner
    results = [three_valued(part, values) for part in parts]
    decisive = kind == "any"
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def build(tree):
    kind, parts = tree
    if kind == "leaf":
        return confirmed(parts)
    if kind == "not":
        return not_(build(parts))
    return (any_of if kind == "any" else all_of)(*map(build, parts))


TREES = st.recursive(
    st.tuples(st.just("leaf"), st.sampled_from("abc")),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)


@given(TREES, st.fixed_dictionaries({"a": TRUTH, "b": TRUTH, "c": TRUTH}))
def test_a_step_passes_exactly_where_three_valued_logic_says_yes(tree, values):
    assert (reasons(build(tree), values) == ()) is (three_valued(tree, values) is True)


def test_a_rule_of_ones_own_says_what_it_saw():
    cheap = requirement(
        "within budget", lambda a: a.evidence["price"] <= a.evidence["budget"], needs=("price", "budget")
    )
    assert says(cheap, {"price": 5, "budget": 6}) == ""
    assert says(cheap, {"price": 7, "budget": 6}) == "within budget is not met (price is 7, budget is 6)"
    assert says(cheap, {"price": 7}) == "budget is missing"
    assert says(requirement("a Friday", lambda a: a.at.weekday() == 4)) == "a Friday is not met"


def test_a_rule_of_ones_own_sees_the_journey_and_the_arguments():
    seen = []
    required = requirement("look", lambda attempt: seen.append(attempt) or True)
    assert says(required, {"x": 1}, by="sara", reason="why") == ""
    [attempt] = seen
    assert isinstance(attempt, Attempt)
    assert (attempt.event, attempt.journey.stage, attempt.at) == ("go", "a", AT)
    assert [attempt.saw(name) for name in ("x", "by", "reason", "y")] == [1, "sara", "why", None]


@pytest.mark.parametrize(
    ("maker", "message"),
    [
        (lambda: provided(""), "something with a name"),
        (lambda: one_of("by"), "at least one value"),
        (all_of, "at least one requirement"),
        (any_of, "at least one requirement"),
    ],
)
def test_an_empty_requirement_is_refused(maker, message):
    with pytest.raises(ValueError, match=message):
        maker()


EVERY_KIND = [
    (provided("a"), "provided('a')", "a"),
    (confirmed("a"), "confirmed('a')", "a yes to a"),
    (at_least("a", 1), "at_least('a', 1)", "a of at least 1"),
    (at_most("a", 1), "at_most('a', 1)", "a of at most 1"),
    (one_of("a", 1, 2), "one_of('a', 1, 2)", "a 1 or 2"),
    (all_of(provided("a"), provided("b")), "all_of(provided('a'), provided('b'))", "(a and b)"),
    (any_of(provided("a"), provided("b")), "any_of(provided('a'), provided('b'))", "(a or b)"),
    (not_(confirmed("a")), "not_(confirmed('a'))", "not a yes to a"),
    (requirement("fair", bool, needs=("a",)), "requirement('fair', needs=('a',))", "fair"),
]


@pytest.mark.parametrize(("required", "code", "words"), EVERY_KIND)
def test_a_requirement_is_a_value_with_a_name(required, code, words):
    assert (repr(required), str(required)) == (code, words)
    assert pickle.loads(pickle.dumps(required)) == required
    assert hash(required) == hash(pickle.loads(pickle.dumps(required)))


def test_requirements_do_not_run_on_what_is_not_there():
    """A rule with needs is not asked about evidence that is missing."""
    asked = []
    required = requirement("never", lambda attempt: asked.append(attempt) or True, needs=("x",))
    assert says(required) == "x is missing"
    assert asked == []


def test_changes_can_be_made_by_hand_with_only_what_every_log_has():
    change = StageChange("D-1", "talk", AT)
    assert change.evidence == {}
    assert Journey("D-1", "talk", (change,)).revision == 1


def test_what_cannot_be_compared_is_no_pass_and_no_crash():
    """Text from a form, or an amount in another currency, is refused with what came."""
    assert (
        says(at_least("amount", 100), {"amount": "500"})
        == "amount is '500', which cannot be compared with 100"
    )
    dollars = says(at_most("amount", Money(5, "EUR")), {"amount": Money(5, "USD")})
    assert dollars == "amount is Money('5', 'USD'), which cannot be compared with Money('5', 'EUR')"


def test_a_blank_is_missing_and_values_are_given_one_by_one():
    assert says(provided("reason"), reason="  ") == "reason is missing"
    with pytest.raises(TypeError, match=r"write one_of\('by', \*values\)"):
        one_of("by", ["sara", "omar"])
    with pytest.raises(TypeError, match=r"write requires=\[provided\('x'\)\]"):
        Transition("go", "a", "z", requires=provided("x"))
