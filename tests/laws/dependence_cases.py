"""The cases of the laws for the metrics of dependence on customers, and of what customers say."""

from datetime import date, timedelta

from customer_cases import NO_DATES, NO_MONEY, NUMBERS
from hypothesis import strategies as st
from laws import HOSTILE, Case, World

from salesproc import metrics
from salesproc.money import Money

START = date(2025, 1, 1)
AS_OF = START + timedelta(days=40)
PAID = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", f"cid{HOSTILE}", "dan"]),
        st.integers(-2, 9).map(lambda n: Money(60 * n, "EUR")),
    ),
    min_size=3,
    max_size=8,
)
WORDS = st.sampled_from([None, "", f"late{HOSTILE}", "broken"])
PEOPLE = st.integers(0, 5).map("customer {}".format)


def days(low, high):
    """Days from the start."""
    return st.integers(low, high).map(lambda n: START + timedelta(days=n))


INCIDENTS = st.lists(
    st.tuples(
        PEOPLE,
        st.sampled_from([f"return{HOSTILE}", "complaint"]),
        days(0, 20),
        st.none() | days(20, 45),
        WORDS,
    )
    | st.tuples(PEOPLE, st.just("complaint"), days(38, 45), st.none(), WORDS),
    max_size=8,
)

NOTICES = st.lists(
    st.tuples(PEOPLE, st.sampled_from([f"recall{HOSTILE}", "late"]), days(0, 20), st.none() | days(20, 45))
    | st.tuples(PEOPLE, st.just("late"), days(38, 45), st.none()),
    max_size=8,
)


@st.composite
def deliveries(draw):
    """Orders with their promises and issues, kept, broken, excused and open."""
    rows = []
    for number in range(draw(st.integers(2, 5))):
        said = sorted(draw(st.lists(st.integers(0, 38), min_size=1, max_size=3)))
        day = (START + timedelta(days=n) for n in draw(st.lists(st.integers(38, 60), min_size=2, max_size=2)))
        promises = [
            (START + timedelta(days=at), START + timedelta(days=at + draw(st.integers(1, 20)))) for at in said
        ]
        issues = [
            (START + timedelta(days=at), draw(st.none() | st.just(START + timedelta(days=at + 2))), beyond)
            for at, beyond in draw(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=2))
        ]
        ends = draw(st.sampled_from([(None, None), (next(day), None), (None, next(day))]))
        rows.append(metrics.DeliveryHistory(promises, *ends, issues, id=f"order {number}"))
    return rows


LEAVERS = st.lists(st.tuples(PEOPLE, WORDS, WORDS, WORDS), max_size=6)


def asked(low, high):
    """Answers on a scale, some of them missing."""
    return st.lists(st.none() | st.integers(low, high), max_size=9)


def survey(name, finish, scale, *, options=None, **columns):
    """The case of one question about the answers on one scale."""
    return Case(
        name=name,
        worlds=st.builds(lambda answers: World((answers,), options or {}), asked(*scale)),
        call=getattr(metrics, name),
        reduce=lambda answers, **options: metrics.reduce_answers(answers, scale=scale),
        finish=finish,
        renamed=lambda answer, suffix: answer,
        excused=NO_MONEY | NO_DATES,
        **columns,
    )


RATE = {"values": ("value",), "counts": ("hits", "trials"), "loose": ("low", "high"), "around": "value"}
NET = {
    "values": ("value",),
    "counts": ("positive", "neutral", "negative", "unanswered"),
    "loose": ("low", "high"),
    "around": "value",
}

DEPENDENCE = [
    Case(
        name="concentration",
        worlds=st.builds(lambda rows: World((rows,), {}), PAID),
        call=metrics.concentration,
        reduce=metrics.reduce_concentration,
        finish=metrics.finish_concentration,
        values=("largest", "hhi", "normalised_hhi"),
        sums=("total",),
        mixed=World(([("ann", Money(60, "EUR")), ("bob", Money(60, "USD"))],), {}),
        excused={"repeating_keeps_shares": "with twice the customers every share is half of what it was"}
        | NO_DATES,
    ),
    survey("net_promoter_score", metrics.finish_net_promoter_score, (0, 10), **NET),
    survey(
        "customer_satisfaction",
        metrics.finish_customer_satisfaction,
        (1, 5),
        options={"satisfied_from": 4},
        **RATE,
    ),
    survey(
        "customer_effort_mean",
        metrics.finish_customer_effort_mean,
        (1, 7),
        values=("value",),
        counts=("part", "whole"),
    ),
    survey("customer_effort_agreement", metrics.finish_customer_effort_agreement, (1, 7), **RATE),
    survey("customer_effort_net", metrics.finish_customer_effort_net, (1, 7), **NET),
    Case(
        name="incident_report",
        worlds=st.builds(lambda rows: World((rows,), {"as_of": AS_OF}), INCIDENTS),
        call=lambda rows, as_of: metrics.incident_report(rows, as_of=as_of, orders=10),
        reduce=metrics.reduce_incident_report,
        finish=lambda counts, as_of: metrics.finish_incident_report(counts, orders=10),
        values=("per_order",),
        counts=("incidents", "customers", "open", "resolved", "per_order"),
        excused=NO_MONEY,
    ),
    Case(
        name="time_until_told",
        worlds=st.builds(lambda rows: World((rows,), {"as_of": AS_OF}), NOTICES),
        call=metrics.time_until_told,
        reduce=metrics.reduce_time_until_told,
        finish=lambda counts, as_of: metrics.finish_durations(counts),
        values=(
            "p25_days",
            "median_days",
            "p75_days",
            "finished_only_mean_days",
            "finished_only_median_days",
        ),
        counts=("finished", "lost", "open", "backwards"),
        undefined=lambda found: found.why_undefined(0.5),
        excused=NO_MONEY,
    ),
    Case(
        name="on_time_delivery",
        worlds=st.builds(lambda rows: World((rows,), {"as_of": AS_OF}), deliveries()),
        call=metrics.on_time_delivery,
        reduce=metrics.reduce_on_time_delivery,
        finish=lambda counts, as_of: metrics.finish_on_time_delivery(counts),
        values=("rate",),
        counts=("on_time", "late", "late_open", "excused", "cancelled", "pending", "told", "untold"),
        loose=("low", "high"),
        around="rate",
        excused=NO_MONEY,
    ),
    Case(
        name="goodwill",
        worlds=st.builds(
            lambda good, bad: World((), {"positives": good, "unresolved": bad}),
            st.integers(0, 60),
            st.integers(0, 5),
        ),
        call=metrics.goodwill,
        values=("needed", "missing", "reserve"),
        excused=NUMBERS | NO_MONEY | NO_DATES,
    ),
    Case(
        name="exit_survey",
        worlds=st.builds(lambda rows: World((rows,), {}), LEAVERS),
        call=metrics.exit_survey,
        reduce=metrics.reduce_exit_survey,
        finish=metrics.finish_exit_survey,
        values=("share", "cumulative"),
        counts=("cases",),
        excused=NO_MONEY | NO_DATES,
    ),
    Case(
        name="churn_reasons",
        worlds=st.builds(lambda rows: World(([row[:2] for row in rows],), {}), LEAVERS),
        call=metrics.churn_reasons,
        reduce=metrics.reduce_churn_reasons,
        finish=metrics.finish_pareto,
        values=("share", "cumulative"),
        counts=("cases",),
        undefined=lambda found: found.named.undefined,
        excused=NO_MONEY | NO_DATES,
    ),
]
