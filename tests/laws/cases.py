"""For each metric of the catalogue: valid input, how to call it, and which laws do not apply and why."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from customer_cases import CUSTOMERS
from dependence_cases import DEPENDENCE
from hypothesis import strategies as st
from ladder_cases import LADDER
from laws import HOSTILE, Case, World
from lifetime_cases import LIFETIME
from value_cases import VALUE

from salesproc import metrics
from salesproc.errors import MoneyError
from salesproc.metrics import (
    Deal,
    DealHistory,
    DealObjection,
    ForecastCall,
    HandedOver,
    ObjectedDeal,
    PipelineDeal,
    Reopening,
    SalesRep,
    Waiting,
)
from salesproc.money import Money
from salesproc.periods import Period

DAY = timedelta(days=1)
START = date(2025, 1, 1)
TALK, OFFER, WON, LOST = "talk", f"offer{HOSTILE}", "won", "lost"
STAGES = [TALK, OFFER, WON, LOST]
PEOPLE = ["ann", "bob", f"cid{HOSTILE}", "dan"]
ROW_LAWS = (
    "order_does_not_matter",
    "a_generator_gives_what_a_list_gives",
    "nothing_gives_undefined",
    "repeating_keeps_shares",
)


def on(day: int) -> date:
    """The day of that number."""
    return START + day * DAY


AS_OF = on(30)
PERIOD = Period(START, on(40))
days = st.integers(0, 40)
past = st.integers(0, 30)
people = st.sampled_from(PEOPLE)
amounts = st.none() | st.integers(0, 9).map(lambda n: Money(60 * n, "EUR"))
"""Sixty divides by every number of deals in a world, so that no mean is rounded."""

log = st.lists(st.tuples(people, st.sampled_from(STAGES), days.map(on)), min_size=8, max_size=16)


@st.composite
def deal_lists(draw: st.DrawFn) -> list[Deal]:
    """Deals that do not contradict themselves, each with its own id."""
    deals = []
    for number in range(draw(st.integers(4, 6))):
        outcome = draw(st.sampled_from(["open", "won", "lost"]))
        opened = draw(past)
        closed = None if outcome == "open" else on(opened + draw(st.integers(0, 15)))
        deals.append(
            Deal(
                draw(amounts),
                on(opened),
                closed,
                outcome,
                id=f"D{number}",
                stage=draw(st.sampled_from(STAGES)),
                owner=draw(st.sampled_from([None, f"web{HOSTILE}", "mail"])),
                close_date=draw(st.none() | days.map(on)),
                reason=draw(st.sampled_from([None, f"price{HOSTILE}", "timing"])),
            )
        )
    return deals


deals = deal_lists()
moving = deals.map(lambda some: [*some, Deal(Money(60, "EUR"), on(1), on(9), "won", id="sure", stage=WON)])
"""Deals of which at least one was won in time and is worth something, so that there is a velocity."""


def worlds(*tables: st.SearchStrategy[list[Any]], **options: Any) -> st.SearchStrategy[World]:
    """Worlds of these tables, always asked with the same options."""
    return st.builds(lambda *drawn: World(drawn, dict(options)), *tables)


def mixed_deal(outcome: str, currency: str, reason: str = "price") -> Deal:
    """A deal in one of two currencies."""
    return Deal(
        Money(60, currency),
        on(1),
        None if outcome == "open" else on(9),
        outcome,
        id=f"{outcome}{currency}",
        stage=TALK,
        close_date=on(12),
        reason=reason,
    )


TOGETHER = [mixed_deal(how, currency) for how in ("won", "lost", "open") for currency in ("EUR", "USD")]
"""Deals of every outcome in both currencies."""
WON_AND_LOST = [mixed_deal("won", "EUR"), mixed_deal("lost", "USD")]
"""Two currencies that no sum of one outcome would bring together."""
TWO_REASONS = [mixed_deal("lost", "EUR"), mixed_deal("lost", "USD", "timing")]


def mixed(*others: list[Deal], **options: Any) -> tuple[World, ...]:
    """Worlds with two currencies."""
    return tuple(World((rows,), options) for rows in (TOGETHER, *others))


NO_DATES = {"shifting_dates_keeps_everything": "nothing in its input is a date"}
NO_MONEY = {
    "amounts_scale_money": "nothing in its input is an amount",
    "mixed_currencies_are_refused": "nothing in its input is an amount",
}
NUMBERS = dict.fromkeys(ROW_LAWS, "it takes single values and no rows") | {
    "parts_add_up": "it takes single values and no rows"
}
OF_RESULTS = {"parts_add_up": "a function of other results, whose counts add up"}
UNREAD = {"mixed_currencies_are_refused": "it reads no amounts"}
THROUGH = {"mixed_currencies_are_refused": "the metric its input comes from refuses them"}

DURATION_COUNTS = ("finished", "lost", "open", "backwards")
DURATION_VALUES = (
    "p25_days",
    "median_days",
    "p75_days",
    "finished_only_mean_days",
    "finished_only_median_days",
)
RATE = {
    "values": ("value",),
    "counts": ("hits", "trials"),
    "loose": ("low", "high"),
    "around": "value",
}


def no_median(durations: Any) -> str | None:
    """Why durations have no median."""
    return durations.why_undefined(0.5)


def cell(result: Any) -> list[dict[str, Any]]:
    """A result that is one number, as a row."""
    return [{"value": result}]


FUNNEL = {"stages": [TALK, OFFER, WON], "lost": [LOST], "as_of": AS_OF}
WAY = {"start": TALK, "end": WON, "lost": [LOST], "as_of": AS_OF}
PLAN = {"stages": STAGES, "final": [WON, LOST], "as_of": AS_OF}


def funnel_of(log: Any, *, stages: Any, lost: Any, as_of: date) -> Any:
    """A funnel."""
    return metrics.stage_funnel(log, stages, lost=lost, as_of=as_of)


def conversion_times(log: Any, *, start: str, end: str, lost: Any, as_of: date) -> Any:
    """Times to convert."""
    return metrics.time_to_convert(log, start, end, lost=lost, as_of=as_of)


PROCESS = [
    Case(
        name="stage_funnel",
        worlds=worlds(log, **FUNNEL),
        call=funnel_of,
        reduce=lambda log, stages, lost, as_of: metrics.reduce_funnel(log, stages, lost=lost, as_of=as_of),
        finish=lambda counts, **options: metrics.finish_funnel(counts),
        values=("from_previous", "from_first"),
        counts=(
            *("reached", "skipped_over", "advanced", "lost", "still_there"),
            *("from_previous_hits", "from_previous_trials", "from_first_hits", "from_first_trials"),
        ),
        undefined=lambda funnel: all(stage.from_previous.undefined for stage in funnel.stages),
        excused=NO_MONEY,
    ),
    Case(
        name="compare_funnels",
        worlds=worlds(log, log, **FUNNEL),
        call=lambda one, other, **options: metrics.compare_funnels(
            funnel_of(one, **options), funnel_of(other, **options)
        ),
        values=("difference",),
        counts=(
            *("before_reached", "before_hits", "before_trials"),
            *("after_reached", "after_hits", "after_trials"),
        ),
        loose=("low", "high", "p_value", "method"),
        around="difference",
        undefined=lambda change: all(row["difference"] is None for row in change.to_rows()),
        excused=NO_MONEY | OF_RESULTS,
    ),
    Case(
        name="time_in_stage",
        worlds=worlds(log, **PLAN),
        call=metrics.time_in_stage,
        reduce=metrics.reduce_time_in_stage,
        finish=lambda counts, **options: metrics.finish_time_in_stage(counts),
        values=DURATION_VALUES,
        counts=DURATION_COUNTS,
        undefined=lambda times: all(map(no_median, times.values())),
        excused=NO_MONEY,
    ),
    Case(
        name="time_to_convert",
        worlds=worlds(log, **WAY),
        call=conversion_times,
        reduce=metrics.reduce_time_to_convert,
        finish=lambda counts, **options: metrics.finish_durations(counts),
        values=DURATION_VALUES,
        counts=DURATION_COUNTS,
        undefined=no_median,
        excused=NO_MONEY,
    ),
    Case(
        name="survival_curve",
        worlds=worlds(log, **WAY),
        call=lambda log, **options: metrics.survival_curve(conversion_times(log, **options)),
        values=("share",),
        counts=("at_risk", "finished", "lost", "open"),
        loose=("low", "high"),
        around="share",
        excused=NO_MONEY | OF_RESULTS,
    ),
    Case(
        name="duration_change",
        worlds=worlds(log, log, **WAY),
        call=lambda one, other, **options: metrics.duration_change(
            conversion_times(one, **options), conversion_times(other, **options)
        ),
        values=("difference_days",),
        counts=("observed", "expected"),
        loose=("statistic", "p_value"),
        excused=NO_MONEY | OF_RESULTS,
    ),
    Case(
        name="stage_age",
        worlds=worlds(log, **PLAN),
        call=metrics.stage_age,
        reduce=metrics.reduce_stage_age,
        finish=lambda counts, **options: metrics.finish_stage_age(counts),
        values=("median_days", "mean_days", "oldest_days"),
        counts=("open",),
        undefined=lambda ages: all(one.undefined for one in ages.values()),
        excused=NO_MONEY,
    ),
    Case(
        name="rework",
        worlds=worlds(log, **PLAN),
        call=metrics.rework,
        reduce=metrics.reduce_rework,
        finish=lambda counts, **options: metrics.finish_rework(counts),
        values=("back",),
        counts=("entities", "visits", "repeat_visits", "moved_back", "came_back"),
        undefined=lambda found: found.entities.undefined and found.moves.undefined,
        excused=NO_MONEY,
    ),
    Case(
        name="stalled",
        worlds=worlds(
            st.lists(
                st.builds(Waiting, people, st.sampled_from(STAGES), st.none() | past.map(on)),
                max_size=6,
            ),
            limits={TALK: 9 * DAY, OFFER: 3 * DAY},
            as_of=AS_OF,
        ),
        call=lambda items, limits, as_of: metrics.stalled(items, limits, as_of=as_of),
        reduce=lambda items, limits, as_of: metrics.reduce_stalled(items, limits, as_of=as_of),
        finish=lambda counts, **options: metrics.finish_stalled(counts),
        rows=lambda found: [*found.rate.to_rows(), {**vars_of(found.counts), "value": None, "low": None}],
        **{**RATE, "counts": (*RATE["counts"], "within", "planned", "no_limit", "final", "unknown")},
        undefined=lambda found: found.rate.undefined,
        excused=NO_MONEY,
    ),
]


def vars_of(counts: Any) -> dict[str, int]:
    """How many waiting items could be judged, and why others not."""
    return {name: getattr(counts, name) for name in ("within", "planned", "no_limit", "final", "unknown")}


def rate_case(name: str, call: Callable[..., Any], pick: Callable[[Any], Any], **base: Any) -> Case:
    """A win rate, which is one property of the outcomes."""
    return Case(
        name=name,
        worlds=worlds(deals, as_of=AS_OF),
        call=call,
        reduce=lambda deals, as_of: metrics.reduce_outcomes(deals, as_of=as_of, **base),
        finish=lambda counts, **options: pick(metrics.finish_outcomes(counts)),
        mixed=mixed(WON_AND_LOST, as_of=AS_OF),
        **RATE,
    )


CHANCES = {TALK: Decimal("0.1"), OFFER: Decimal("0.5")}
NONE = lambda result: result is None  # noqa: E731 - the documented reason is the only one there is

MONEY = [
    Case(
        name="sales_cycle_length",
        worlds=worlds(deals, as_of=AS_OF),
        call=metrics.sales_cycle_length,
        reduce=metrics.reduce_sales_cycle,
        finish=lambda counts, **options: metrics.finish_durations(counts),
        values=DURATION_VALUES,
        counts=DURATION_COUNTS,
        undefined=no_median,
        excused=UNREAD,
    ),
    Case(
        name="outcome_curve",
        worlds=worlds(deals, as_of=AS_OF),
        call=metrics.outcome_curve,
        reduce=metrics.reduce_outcome_curve,
        finish=lambda counts, **options: metrics.finish_outcome_curve(counts),
        values=("won", "lost", "open"),
        excused=UNREAD,
    ),
    Case(
        name="deal_outcomes",
        worlds=worlds(deals, as_of=AS_OF, period=PERIOD, no_decision=["timing"]),
        call=metrics.deal_outcomes,
        reduce=metrics.reduce_outcomes,
        finish=lambda counts, **options: metrics.finish_outcomes(counts),
        values=("deals",),
        counts=("deals", "without_amount"),
        sums=("value",),
        undefined=lambda found: found.closed.undefined and found.closed_by_value.undefined,
        mixed=mixed(WON_AND_LOST, as_of=AS_OF),
    ),
    rate_case("win_rate", metrics.win_rate, lambda found: found.closed),
    rate_case("win_rate_of_created", metrics.win_rate_of_created, lambda found: found.of_all, base="created"),
    Case(
        name="win_rate_by_value",
        worlds=worlds(deals, as_of=AS_OF),
        call=metrics.win_rate_by_value,
        reduce=metrics.reduce_outcomes,
        finish=lambda counts, **options: metrics.finish_outcomes(counts).closed_by_value,
        values=("value",),
        sums=("part", "whole"),
        mixed=mixed(WON_AND_LOST, as_of=AS_OF),
    ),
    Case(
        name="average_deal_value",
        worlds=worlds(deals, as_of=AS_OF),
        call=metrics.average_deal_value,
        reduce=metrics.reduce_outcomes,
        finish=lambda counts, **options: metrics.finish_outcomes(counts).average_won,
        values=("value",),
        means=("value",),
        sums=("total",),
        counts=("count", "left_out"),
        mixed=mixed(WON_AND_LOST, as_of=AS_OF),
    ),
    Case(
        name="rate_change",
        worlds=worlds(deals, deals, as_of=AS_OF),
        call=lambda one, other, **options: metrics.rate_change(
            metrics.win_rate(one, **options), metrics.win_rate(other, **options)
        ),
        values=("difference",),
        counts=("before_hits", "before_trials", "after_hits", "after_trials"),
        loose=("low", "high", "p_value", "method"),
        around="difference",
        excused=OF_RESULTS | THROUGH,
    ),
    Case(
        name="loss_reasons",
        worlds=worlds(deals, as_of=AS_OF),
        call=metrics.loss_reasons,
        reduce=metrics.reduce_loss_reasons,
        finish=lambda counts, **options: metrics.finish_pareto(counts),
        values=("share", "cumulative"),
        counts=("cases",),
        sums=("value",),
        undefined=lambda found: found.named.undefined,
        mixed=mixed(TWO_REASONS, as_of=AS_OF),
    ),
    Case(
        name="weighted_pipeline",
        worlds=worlds(deals, probabilities=CHANCES, as_of=AS_OF),
        call=metrics.weighted_pipeline,
        reduce=metrics.reduce_weighted_pipeline,
        finish=lambda counts, **options: metrics.finish_weighted_pipeline(counts),
        values=("weighted",),
        counts=("deals", "without_amount", "without_chance"),
        sums=("unweighted", "weighted"),
        mixed=mixed(probabilities=CHANCES, as_of=AS_OF),
    ),
    Case(
        name="pipeline_coverage",
        worlds=worlds(deals, target=Money(1200, "EUR"), period=PERIOD, as_of=AS_OF),
        call=metrics.pipeline_coverage,
        values=("ratio",),
        counts=("deals_due", "without_amount", "undated"),
        means=("due", "target", "won", "remaining"),
        undefined=lambda found: found.ratio.exact == 0,
        mixed=mixed(target=Money(1200, "EUR"), period=PERIOD, as_of=AS_OF),
        excused={
            "repeating_keeps_shares": "the target is one, however often the deals come",
            "parts_add_up": "the target is of the whole; there is no public reduction",
        },
    ),
    Case(
        name="sales_velocity",
        worlds=worlds(deals, period=PERIOD, population="open_on_average"),
        call=metrics.sales_velocity,
        reduce=lambda deals, period, population: metrics.reduce_sales_velocity(deals, period=period),
        finish=lambda counts, period, population: metrics.finish_sales_velocity(
            counts, population=population
        ),
        values=("per_day",),
        counts=("opportunities",),
        sums=("per_day", "won_per_day"),
        means=("deal_value",),
        mixed=mixed(WON_AND_LOST, period=PERIOD, population="closed"),
    ),
    Case(
        name="velocity_change",
        worlds=worlds(moving, moving, period=PERIOD, population="closed"),
        call=lambda one, other, **options: metrics.velocity_change(
            metrics.sales_velocity(one, **options), metrics.sales_velocity(other, **options)
        ),
        values=("ratio",),
        refuses_nothing=ValueError,
        mixed=World(
            tuple([Deal(Money(60, currency), on(1), on(9), "won")] for currency in ("EUR", "USD")),
            {"period": PERIOD, "population": "closed"},
        ),
        excused=OF_RESULTS,
    ),
    Case(
        name="quota_attainment",
        worlds=st.builds(
            lambda won, quota: World((), {"won": Money(won, "EUR"), "quota": Money(quota, "EUR")}),
            st.integers(0, 500),
            st.integers(0, 500),
        ),
        call=metrics.quota_attainment,
        values=("attained",),
        means=("won", "quota"),
        mixed=World((), {"won": Money(60, "EUR"), "quota": Money(60, "USD")}),
        excused=NUMBERS | NO_DATES,
    ),
    Case(
        name="sales_capacity",
        worlds=worlds(
            st.lists(
                st.builds(
                    SalesRep,
                    st.integers(1, 9).map(lambda n: Money(100 * n, "EUR")),
                    st.sampled_from([Decimal("0.5"), 1]),
                    st.sampled_from([Decimal("0.25"), 1]),
                ),
                min_size=1,
                max_size=5,
            )
        ),
        call=metrics.sales_capacity,
        rows=cell,
        renamed=lambda row, suffix: row,
        values=("value",),
        sums=("value",),
        refuses_nothing=MoneyError,
        mixed=World(([SalesRep(Money(60, "EUR"), 1), SalesRep(Money(60, "USD"), 1)],), {}),
        excused=NO_DATES | {"parts_add_up": "a plain sum; its rows name nobody"},
    ),
    Case(
        name="attribute",
        worlds=worlds(
            st.lists(
                st.tuples(people, st.sampled_from([f"web{HOSTILE}", "mail", "direct"]), days.map(on)),
                max_size=6,
            ),
            st.lists(st.tuples(people, days.map(on), st.integers(1, 9).map(lambda n: Money(60 * n, "EUR")))),
            model="linear",
            lookback=20 * DAY,
        ),
        call=metrics.attribute,
        reduce=metrics.reduce_attribution,
        finish=lambda counts, **options: metrics.finish_attribution(counts),
        values=("value",),
        counts=("conversions",),
        sums=("value",),
        undefined=lambda found: found.total is None,
        mixed=World(
            ([], [("ann", on(1), Money(60, "EUR")), ("bob", on(1), Money(60, "USD"))]), {"model": "last"}
        ),
    ),
]


@st.composite
def histories_of_deals(draw: st.DrawFn) -> list[DealHistory]:
    """Deals with what was said of them, some of them closed, reopened or removed."""
    rows = []
    for number in range(draw(st.integers(3, 5))):
        way = sorted(draw(st.lists(days, min_size=4, max_size=4)))
        outcome = draw(st.sampled_from(["open", "won", "lost"]))
        reopened = draw(st.booleans())
        said = sorted(draw(st.lists(days, max_size=4)))
        rows.append(
            DealHistory(
                on(way[0]),
                None if outcome == "open" else on(way[3]),
                outcome,
                amounts=[(on(day), Money(60 * draw(st.integers(0, 9)), "EUR")) for day in said],
                close_dates=[(on(day), on(draw(days))) for day in said],
                id=f"H{number}",
                reopenings=[Reopening(on(way[1]), "lost", on(way[2]))] if reopened else [],
            )
        )
    return rows


histories = histories_of_deals()
TWO_CURRENCIES = [
    DealHistory(on(1), None, "open", [(on(1), Money(60, currency))], [(on(1), on(9))], id=currency)
    for currency in ("EUR", "USD")
]
CATEGORIES = {TALK: "pipeline", OFFER: "commit"}
CALLS = st.lists(
    st.builds(
        lambda start, said, won, who: ForecastCall(
            Period(on(start), on(start + 10)), on(start), Money(60 * said, "EUR"), won, who
        ),
        days,
        st.integers(0, 9),
        amounts,
        people,
    ),
    max_size=6,
)

FORECAST = [
    Case(
        name="pipeline_waterfall",
        worlds=worlds(histories, period=Period(on(10), on(25)), due=Period(on(5), on(30))),
        call=metrics.pipeline_waterfall,
        reduce=metrics.reduce_waterfall,
        finish=lambda counts, **options: metrics.finish_waterfall(counts),
        values=("value",),
        counts=("deals", "without_amount"),
        sums=("value",),
        undefined=lambda found: found.opening is None and found.net is None,
        mixed=World((TWO_CURRENCIES,), {"period": PERIOD}),
    ),
    Case(
        name="slippage",
        worlds=worlds(histories, period=Period(on(10), on(25)), as_of=on(20)),
        call=metrics.slippage,
        reduce=metrics.reduce_slippage,
        finish=lambda counts, **options: metrics.finish_slippage(counts),
        rows=lambda found: [
            {**row, "share": found.still_open.value, "wide": found.not_won.value} for row in found.to_rows()
        ],
        values=("share", "wide"),
        counts=("deals", "without_amount"),
        sums=("value",),
        mixed=World((TWO_CURRENCIES,), {"period": Period(on(2), on(12)), "as_of": AS_OF}),
    ),
    Case(
        name="push_count",
        worlds=worlds(histories, counts="later", as_of=AS_OF),
        call=metrics.push_count,
        reduce=metrics.reduce_push_count,
        finish=lambda found, **options: metrics.finish_push_count(found),
        rows=lambda found: [*({**row, "mean": found.mean} for row in found.to_rows())],
        values=("pushes", "mean"),
        counts=("deals",),
        excused=UNREAD,
    ),
    Case(
        name="forecast_rollup",
        worlds=worlds(deals, categories=CATEGORIES, period=PERIOD, as_of=AS_OF),
        call=metrics.forecast_rollup,
        reduce=metrics.reduce_forecast_rollup,
        finish=lambda counts, **options: metrics.finish_forecast_rollup(counts),
        values=("value", "value_together"),
        counts=("deals", "deals_together", "without_amount"),
        sums=("value", "value_together"),
        undefined=lambda found: all(row.together.money is None for row in found.rows),
        mixed=mixed(categories=CATEGORIES, period=PERIOD, as_of=AS_OF),
    ),
    Case(
        name="forecast_accuracy",
        worlds=worlds(CALLS),
        call=metrics.forecast_accuracy,
        reduce=metrics.reduce_forecast_accuracy,
        finish=metrics.finish_forecast_accuracy,
        entity=lambda call: call.owner,
        renamed=lambda call, suffix: call._replace(owner=f"{call.owner}{suffix}"),
        values=("error",),
        counts=("calls", "too_high", "pending"),
        sums=("forecast", "actual"),
        mixed=World(
            (
                [
                    ForecastCall(PERIOD, START, Money(60, currency), Money(60, currency))
                    for currency in ("EUR", "USD")
                ],
            ),
            {},
        ),
    ),
    Case(
        name="channel_performance",
        worlds=worlds(deals, as_of=AS_OF, channel="owner", costs={"mail": Money(60, "EUR")}),
        call=metrics.channel_performance,
        reduce=lambda deals, costs, **options: metrics.reduce_channel_performance(deals, **options),
        finish=lambda counts, costs, **options: metrics.finish_channel_performance(counts, costs=costs),
        values=("won_rate",),
        counts=("deals", "won", "lost", "open", "won_without_amount", "value_per_cost"),
        sums=("value",),
        means=("cost", "cost_per_win"),
        loose=("cost_per_win",),
        undefined=lambda found: all(row.won.undefined for row in found.rows),
        mixed=mixed(WON_AND_LOST, as_of=AS_OF, channel="owner"),
    ),
]


class Said(NamedTuple):
    """One objection."""

    kind: str


class Objected(NamedTuple):
    """A deal with what was objected to."""

    id: str
    objections: list[Said]


touches = st.lists(st.tuples(people, days.map(on)), min_size=3, max_size=8)
RESPONSE = worlds(
    st.lists(
        st.tuples(people, past.map(on), st.none() | past.map(on)), unique_by=lambda row: row[0], max_size=4
    ),
    touches,
    as_of=AS_OF,
    clock="created",
)


@st.composite
def hand_overs(draw: st.DrawFn) -> list[HandedOver]:
    """Leads passed on, some decided, each decision with or without a reason."""
    passed = []
    for name, submitted in draw(st.lists(st.tuples(people, days), min_size=3, max_size=6, unique=True)):
        outcome = draw(st.sampled_from(["submitted", "accepted", "rejected", "recycled"]))
        decided = None if outcome == "submitted" else on(submitted + draw(st.integers(0, 9)))
        reason = draw(st.sampled_from([None, f"clerical{HOSTILE}"]))
        passed.append(HandedOver(name, on(submitted), outcome, decided, reason))
    return passed


MONTHS = st.lists(
    st.tuples(people, st.integers(1, 5), st.sampled_from([0, Decimal("0.5"), 1])),
    unique_by=lambda row: row[:2],
    max_size=8,
)


@st.composite
def objected_deals(draw: st.DrawFn) -> list[ObjectedDeal]:
    """Deals with what was objected to, and whether that was resolved."""
    rows = []
    for deal in draw(deals):
        end = AS_OF if deal.closed_at is None else deal.closed_at
        open_days = st.integers(0, max((end - deal.opened_at).days, 0))
        said = draw(
            st.lists(st.tuples(st.sampled_from([f"cost{HOSTILE}", "trust"]), open_days, past), max_size=3)
        )
        met = [
            DealObjection(
                kind,
                draw(st.sampled_from(STAGES)),
                deal.opened_at + at * DAY,
                draw(st.none() | st.just(deal.opened_at + (at + later) * DAY)),
            )
            for kind, at, later in said
        ]
        rows.append(
            ObjectedDeal(deal.amount, deal.opened_at, deal.closed_at, deal.outcome, met, deal.id, deal.owner)
        )
    return rows


ACTIVITY = [
    Case(
        name="objection_outcomes",
        worlds=worlds(objected_deals(), as_of=AS_OF),
        call=metrics.objection_outcomes,
        reduce=metrics.reduce_objection_outcomes,
        finish=lambda counts, **options: metrics.finish_objection_outcomes(counts),
        values=("win_rate", "resolved_share"),
        counts=("deals", "raised", "resolved", "unresolved", "standing", "won", "lost", "open"),
        loose=("low", "high"),
        around="win_rate",
        excused=UNREAD,
    ),
    Case(
        name="objections",
        worlds=worlds(
            st.lists(
                st.builds(
                    Objected,
                    people,
                    st.lists(st.builds(Said, st.sampled_from([f"cost{HOSTILE}", "need"])), max_size=3),
                ),
                max_size=5,
            )
        ),
        call=metrics.objections,
        reduce=metrics.reduce_objections,
        finish=metrics.finish_pareto,
        values=("share", "cumulative"),
        counts=("cases",),
        undefined=lambda found: found.named.undefined,
        excused=NO_MONEY | NO_DATES,
    ),
    Case(
        name="lead_response_times",
        worlds=RESPONSE,
        call=metrics.lead_response_times,
        reduce=metrics.reduce_lead_response_times,
        finish=lambda counts, **options: metrics.finish_durations(counts),
        values=DURATION_VALUES,
        counts=DURATION_COUNTS,
        undefined=no_median,
        excused=NO_MONEY,
    ),
    Case(
        name="sla_attainment",
        worlds=RESPONSE,
        call=lambda leads, touches, **options: metrics.sla_attainment(
            metrics.lead_response_times(leads, touches, **options), 5 * DAY
        ),
        values=("share",),
        counts=("met", "missed", "running"),
        undefined=lambda found: found.rate.undefined,
        excused=NO_MONEY | OF_RESULTS,
    ),
    Case(
        name="rolling_response_times",
        worlds=worlds(touches, touches, as_of=AS_OF),
        call=metrics.rolling_response_times,
        reduce=metrics.reduce_rolling_response_times,
        finish=lambda counts, **options: metrics.finish_durations(counts),
        values=DURATION_VALUES,
        counts=DURATION_COUNTS,
        undefined=no_median,
        excused=NO_MONEY,
    ),
    Case(
        name="hand_over_outcomes",
        worlds=worlds(hand_overs(), as_of=AS_OF, period=PERIOD),
        call=metrics.hand_over_outcomes,
        reduce=metrics.reduce_hand_over_outcomes,
        finish=lambda counts, **options: metrics.finish_hand_over_outcomes(counts),
        values=("share",),
        counts=("hand_overs",),
        excused=NO_MONEY,
    ),
    Case(
        name="target_coverage",
        worlds=worlds(st.lists(people, unique=True, min_size=2), touches, as_of=AS_OF),
        call=metrics.target_coverage,
        reduce=metrics.target_coverage,
        values=("value",),
        counts=("hits", "trials"),
        loose=("low", "high"),
        around="value",
        excused=NO_MONEY,
    ),
    Case(
        name="follow_up_cadence",
        worlds=worlds(touches, st.lists(people, unique=True), as_of=AS_OF),
        call=lambda touches, leads, as_of: metrics.follow_up_cadence(touches, leads=leads, as_of=as_of),
        reduce=lambda touches, leads, as_of: metrics.reduce_cadence(touches, leads=leads, as_of=as_of),
        finish=lambda counts, **options: metrics.finish_cadence(counts),
        values=("share_at_least",),
        counts=("leads",),
        undefined=lambda found: found.per_lead is None and found.persistence(1).undefined,
        excused=NO_MONEY,
    ),
    Case(
        name="activity_rates",
        worlds=worlds(
            st.lists(st.tuples(people, st.sampled_from([f"call{HOSTILE}", "visit"]), days.map(on))),
            st.lists(people, unique=True),
            period=Period(START, on(20)),
        ),
        call=lambda activities, reps, period: metrics.activity_rates(activities, reps=reps, period=period),
        reduce=lambda activities, reps, period: metrics.reduce_activity_rates(
            activities, reps=reps, period=period
        ),
        finish=metrics.finish_activity_rates,
        values=("per_rep_day",),
        counts=("done",),
        undefined=lambda found: found.per_rep_day() is None,
        excused=NO_MONEY,
    ),
    Case(
        name="activities_per_outcome",
        worlds=st.builds(
            lambda done, won: World((), {"activities": done, "outcomes": won}),
            st.integers(0, 99),
            st.integers(0, 9),
        ),
        call=metrics.activities_per_outcome,
        values=("value",),
        excused=NUMBERS | NO_MONEY | NO_DATES,
    ),
    Case(
        name="ramp_time",
        worlds=worlds(MONTHS, threshold=Decimal("0.8")),
        call=metrics.ramp_time,
        reduce=metrics.reduce_ramp_time,
        finish=lambda counts, **options: metrics.finish_ramp_time(counts),
        values=("median_month",),
        counts=("ramped", "ramping"),
        undefined=lambda found: found.median is None,
        excused=NO_MONEY | NO_DATES,
    ),
    Case(
        name="ramp_curve",
        worlds=worlds(MONTHS),
        call=metrics.ramp_curve,
        rows=lambda curve: [{"month": month, "value": share} for month, share in curve.items()],
        values=("value",),
        undefined=lambda curve: curve == {},
        excused=NO_MONEY | NO_DATES | {"parts_add_up": "its means have no public reduction"},
    ),
]

CHAIN = {"stages": [TALK, OFFER], "won": [WON], "lost": [LOST], "as_of": AS_OF}
COHORT_COUNTS = ("entered", "converted", "lost", "expired", "pending", "followed")


def why(row: Any) -> str:
    """The reason a row of a log would give."""
    return f"price{HOSTILE}"


def levers(lever: Callable[..., Any]) -> Callable[..., Any]:
    """A question about a funnel, asked of a log."""
    return lambda log, stages, lost, as_of, **options: lever(
        funnel_of(log, stages=stages, lost=lost, as_of=as_of), **options
    )


SEEN_TO_WIN = [("eve", TALK, on(0)), ("eve", OFFER, on(9)), ("eve", WON, on(19))]
HALF = {OFFER: Fraction(1, 2), WON: Fraction(1, 2)}

CHAINS = [
    Case(
        name="cohort_conversion",
        worlds=worlds(log, window=10 * DAY, **WAY),
        call=metrics.cohort_conversion,
        reduce=metrics.reduce_cohort_conversion,
        finish=lambda counts, **options: metrics.finish_cohort_conversion(counts),
        values=("rate", "matured_rate"),
        counts=COHORT_COUNTS,
        undefined=lambda found: found.rate.undefined and found.matured.undefined,
        excused=NO_MONEY,
    ),
    Case(
        name="volume_conversion",
        worlds=worlds(log, start=TALK, end=OFFER, stages=STAGES, period=Period(on(5), on(25)), as_of=AS_OF),
        call=metrics.volume_conversion,
        reduce=metrics.reduce_volume_conversion,
        finish=lambda counts, **options: metrics.finish_volume_conversion(counts),
        values=("value",),
        counts=("entries", "moves", "entered_before"),
        excused=NO_MONEY,
    ),
    Case(
        name="conversion_cohorts",
        worlds=worlds(log, window=10 * DAY, every="day", **WAY),
        call=metrics.conversion_cohorts,
        reduce=metrics.reduce_conversion_cohorts,
        finish=lambda counts, window, **options: metrics.finish_conversion_cohorts(counts),
        rows=lambda found: [{**row, "cohort": None} for row in found.to_rows()],
        values=("rate",),
        counts=COHORT_COUNTS,
        undefined=lambda found: all(row.rate.undefined for row in found),
        excused=NO_MONEY,
    ),
    Case(
        name="stage_outcomes",
        worlds=worlds(log, **CHAIN),
        call=metrics.stage_outcomes,
        reduce=metrics.reduce_stage_outcomes,
        finish=lambda counts, **options: metrics.finish_stage_outcomes(counts),
        values=("entries",),
        counts=("entries", "advanced", "lost", "moved_back", "handed_over", "still_there"),
        undefined=lambda found: all(ends.entries == 0 for ends in found.values()),
        excused=NO_MONEY,
    ),
    Case(
        name="event_funnel",
        worlds=worlds(log, steps=[TALK, OFFER, WON], window=20 * DAY, as_of=AS_OF),
        call=metrics.event_funnel,
        reduce=metrics.reduce_event_funnel,
        finish=lambda counts, **options: metrics.finish_event_funnel(counts),
        values=("from_previous", "from_first"),
        counts=("reached", "dropped", "open"),
        undefined=lambda found: found.completed.undefined,
        excused=NO_MONEY,
    ),
    Case(
        name="drop_off",
        worlds=worlds(log, reason=why, **CHAIN),
        call=metrics.drop_off,
        reduce=metrics.reduce_drop_off,
        finish=lambda counts, **options: metrics.finish_drop_off(counts),
        values=("rate",),
        counts=("entered", "open", "dropped"),
        undefined=lambda found: all(here.rate.undefined for here in found.values()),
        excused=NO_MONEY,
    ),
    Case(
        name="bottleneck",
        worlds=worlds(log, benchmark=HALF, **FUNNEL),
        call=levers(metrics.bottleneck),
        values=("recovered",),
        counts=("recovered",),
        loose=("within_chance",),
        undefined=lambda found: all(gap.rate.undefined for gap in found),
        excused=NO_MONEY | OF_RESULTS,
    ),
    Case(
        name="benchmark",
        worlds=worlds(log, rates=HALF, value_per_win=Money(60, "EUR"), **FUNNEL),
        call=levers(metrics.benchmark),
        values=("recovered",),
        counts=("recovered",),
        sums=("value",),
        loose=("within_chance",),
        undefined=lambda found: all(gap.rate.undefined for gap in found),
        excused=OF_RESULTS | {"mixed_currencies_are_refused": "it takes one amount"},
    ),
    Case(
        name="what_if",
        worlds=worlds(log, rates={OFFER: Fraction(1, 2)}, **FUNNEL),
        call=levers(metrics.what_if),
        values=("expected",),
        counts=("reached", "expected"),
        undefined=lambda found: found.undefined or found.expected_wins == 0,
        excused=NO_MONEY | OF_RESULTS,
    ),
    Case(
        name="required_at",
        worlds=st.builds(
            lambda target, rates: World((), {"target": target, "rates": rates}),
            st.integers(0, 50),
            st.lists(st.integers(1, 20).map(lambda n: Fraction(n, 20)), max_size=4),
        ),
        call=metrics.required_at,
        rows=lambda needed: [{"value": number} for number in needed],
        values=("value",),
        excused=NUMBERS | NO_MONEY | NO_DATES,
    ),
    Case(
        name="stage_probabilities",
        worlds=worlds(log, **CHAIN),
        call=metrics.stage_probabilities,
        reduce=metrics.reduce_stage_probabilities,
        finish=lambda counts, **options: metrics.finish_stage_probabilities(counts),
        values=("rate",),
        counts=("won", "lost", "open", "ended"),
        loose=("low", "high", "immature"),
        around="rate",
        undefined=lambda found: all(rate.undefined for rate in found.values()),
        excused=NO_MONEY,
    ),
    Case(
        name="absorption",
        worlds=worlds(log, **CHAIN),
        call=metrics.absorption,
        reduce=metrics.reduce_absorption,
        finish=lambda counts, **options: metrics.finish_absorption(counts),
        values=("chance_to_win",),
        counts=("ended", "open"),
        undefined=lambda found: all(here.undefined for here in found.values()),
        excused=NO_MONEY,
    ),
    Case(
        name="simulate_pipeline",
        worlds=worlds(
            st.lists(
                st.builds(
                    PipelineDeal,
                    st.sampled_from(["P1", "P2", "P3"]),
                    st.sampled_from([TALK, OFFER]),
                    st.integers(24, 30).map(on),
                    amounts,
                ),
                unique_by=lambda deal: deal.id,
                max_size=3,
            ),
            log.map(lambda rows: [*rows, *SEEN_TO_WIN]),
            **CHAIN,
        ),
        call=lambda deals, log, as_of, **options: metrics.simulate_pipeline(
            deals,
            metrics.reduce_absorption(log, as_of=as_of, **options),
            horizon=20 * DAY,
            as_of=as_of,
            seed=7,
            runs=20,
        ),
        values=("mean",),
        means=("mean", "p10", "p50", "p90"),
        mixed=World(
            ([PipelineDeal(currency, TALK, on(1), Money(60, currency)) for currency in ("EUR", "USD")], []),
            CHAIN,
        ),
        excused={
            "repeating_keeps_shares": "a deal that comes twice is drawn twice",
            "parts_add_up": "runs do not add up; the history they are drawn from does",
        },
    ),
]

CASES = {
    case.name: case
    for case in (
        *PROCESS,
        *CHAINS,
        *MONEY,
        *FORECAST,
        *ACTIVITY,
        *CUSTOMERS,
        *VALUE,
        *DEPENDENCE,
        *LADDER,
        *LIFETIME,
    )
}
