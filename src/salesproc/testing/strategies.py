"""Hypothesis strategies for everything the library is about. Needs the extra ``testing``; imported by name.

What they give is valid, and hard where it can be: names in several scripts, instants around daylight-saving changes,
amounts of any size. Importing the module registers them with ``st.from_type``. Hypothesis imports it by itself, through an
entry point that names the module and no function in it: where this module is what makes Hypothesis be imported,
Hypothesis asks for it before anything below is there.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import assume
from hypothesis import strategies as st

from salesproc._currencies import MINOR_DIGITS
from salesproc.calendars import WorkingCalendar
from salesproc.money import Money
from salesproc.periods import Period
from salesproc.records import (
    DELIVERY,
    HAND_OVER,
    MQL,
    RELATIONSHIP,
    SAL,
    SQL,
    Account,
    Contact,
    Customer,
    CustomerStage,
    Delivery,
    Disqualified,
    FormerCustomer,
    HandOver,
    Lead,
    LostOpportunity,
    Opportunity,
    WonOpportunity,
)
from salesproc.stages import LIFECYCLE, SIX_STEP_SALE, Journey, Process, StageChange, StageKind
from salesproc.testing import _made_up
from salesproc.testing._dirty import DirtyLog, dirty
from salesproc.testing._walks import random_process, walk
from salesproc.testing._ways import Pick

__all__ = [
    "accounts",
    "contacts",
    "currencies",
    "customers",
    "deliveries",
    "dirty_logs",
    "disqualified_leads",
    "former_customers",
    "hand_overs",
    "instants",
    "journeys",
    "leads",
    "logs",
    "lost_opportunities",
    "money",
    "mqls",
    "opportunities",
    "periods",
    "processes",
    "sals",
    "sqls",
    "stage_changes",
    "won_opportunities",
    "working_calendars",
]

S = TypeVar("S", bound=str)
T = TypeVar("T")
P = TypeVar("P", Lead, MQL, SAL, SQL, Disqualified)
D = TypeVar("D", Opportunity, WonOpportunity, LostOpportunity)
B = TypeVar("B", Customer, FormerCustomer)

_FIRST, _LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
_FIRST_DAY, _LAST_DAY = _FIRST.date(), _LAST.date()
_ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Kathmandu")
# When clocks were changed: at the end of winter and of summer, at midnight, by half an hour.
_CHANGES = (
    ("Europe/Berlin", datetime(2025, 3, 30, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2025, 10, 26, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2025, 3, 9, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2025, 11, 2, 6, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2025, 4, 24, 22, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2025, 4, 5, 15, tzinfo=UTC)),
)
_TINY_AND_BIG = tuple(map(Decimal, ("0", "0.0001", "0.005", "1", "1e15", "999999999999999999999.99")))


def currencies() -> st.SearchStrategy[str]:
    """Codes of active currencies: the euro first, then all of them."""
    return st.sampled_from(("EUR", *(code for code in MINOR_DIGITS if code != "EUR")))


@st.composite
def money(
    draw: st.DrawFn,
    *,
    min_value: Decimal | int = 0,
    max_value: Decimal | int = 10**21,
    currency: str | None = None,
) -> Money:
    """Amounts, mostly in whole minor units, some tiny and some big.

    Args:
        draw: Given by Hypothesis.
        min_value: The smallest amount; nothing is negative unless you say so.
        max_value: The biggest amount.
        currency: The only currency; any unless given.
    """
    code = draw(currencies()) if currency is None else currency
    hard = [one for one in _TINY_AND_BIG if min_value <= one <= max_value]
    usual = st.decimals(min_value, max_value, places=MINOR_DIGITS[code])
    return Money(draw(usual | st.sampled_from(hard) if hard else usual), code)


@st.composite
def instants(draw: st.DrawFn, *, min_value: datetime = _FIRST, max_value: datetime = _LAST) -> datetime:
    """Aware times in several zones, many of them around a change of the clocks.

    Args:
        draw: Given by Hypothesis.
        min_value: The first instant, aware.
        max_value: The last instant, aware.
    """
    first, last = min_value.astimezone(UTC), max_value.astimezone(UTC)
    within = [(zone, at) for zone, at in _CHANGES if first <= at <= last]
    if bool(within) and draw(st.booleans()):
        zone, at = draw(st.sampled_from(within))
        minutes = draw(st.integers(-90, 90))
        near = at + timedelta(minutes=minutes)
        return min(max(first, near), last).astimezone(ZoneInfo(zone))
    bounds = first.replace(tzinfo=None), last.replace(tzinfo=None)
    utc = draw(st.datetimes(*bounds)).replace(tzinfo=UTC)
    return utc.astimezone(ZoneInfo(draw(st.sampled_from(_ZONES))))


@st.composite
def periods(draw: st.DrawFn, *, min_value: date = _FIRST_DAY, max_value: date = _LAST_DAY) -> Period:
    """Periods of whole days: between dates, between naive and between aware midnights.

    Args:
        draw: Given by Hypothesis.
        min_value: The first day on which one may start.
        max_value: The last day on which one may end.
    """
    start = draw(st.dates(min_value, max_value - timedelta(days=1)))
    end = draw(st.dates(start + timedelta(days=1), max_value))
    zone = draw(st.sampled_from(("dates", "naive", *_ZONES)))
    if zone == "dates":
        return Period(start, end)
    tz = None if zone == "naive" else ZoneInfo(zone)
    return Period(datetime.combine(start, time(), tz), datetime.combine(end, time(), tz))


@st.composite
def working_calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Working weeks of one to seven days, with breaks, nights and holidays, in several zones."""
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    edges = st.lists(st.integers(0, 24 * 4 - 1), min_size=2, max_size=6, unique=True).map(sorted)
    hours = {day: list(_spans(draw(edges))) for day in days}
    holidays = draw(st.sets(st.dates(_FIRST_DAY, _LAST_DAY), max_size=3))
    zones = st.sampled_from((*_ZONES, "Australia/Lord_Howe", "Asia/Riyadh"))
    return WorkingCalendar(hours, draw(zones), holidays)


@st.composite
def processes(draw: st.DrawFn) -> Process[str]:
    """Sound definitions of two to nine stages, with requirements, ways back, a stage on hold, and ways to reopen."""
    return random_process(_pick(draw))


@st.composite
def journeys(
    draw: st.DrawFn, process: Process[S], *, ends_in: S | None = None, entity: str | None = None
) -> Journey[S]:
    """Legal journeys that get deep: the further away a stage, the likelier it is headed for.

    Every requirement is met, those of your own as far as any evidence will do.

    Args:
        draw: Given by Hypothesis.
        process: The process to go through.
        ends_in: The stage in which they end; any unless given.
        entity: Whose they are; any unless given.
    """
    name = draw(st.sampled_from(("E-1", "客户-7", "عميل ٣"))) if entity is None else entity
    journey = walk(process, _pick(draw), entity=name, begun=draw(instants()), ends_in=ends_in)
    assume(ends_in is None or journey.stage == ends_in)
    return journey


@st.composite
def logs(draw: st.DrawFn, process: Process[S], *, max_entities: int = 5) -> tuple[StageChange[S], ...]:
    """Changes of several journeys, entity after entity or all in the order of time.

    Args:
        draw: Given by Hypothesis.
        process: The process they go through.
        max_entities: How many journeys there are at most; there may be none.
    """
    count = draw(st.integers(0, max_entities))
    rows = [row for i in range(count) for row in draw(journeys(process, entity=f"E-{i + 1}")).history]
    in_time = draw(st.booleans())
    return tuple(sorted(rows, key=lambda row: row.at.astimezone(UTC)) if in_time else rows)


@st.composite
def dirty_logs(draw: st.DrawFn, process: Process[S], *, max_entities: int = 5) -> DirtyLog:
    """Logs with known faults; see `salesproc.testing.dirty`.

    Args:
        draw: Given by Hypothesis.
        process: The process their journeys went through.
        max_entities: How many journeys there are at most.
    """
    log = draw(logs(process, max_entities=max_entities))
    share = draw(st.sampled_from((1.0, 0.5)))
    return dirty(log, process, seed=draw(st.integers(0, 2**32 - 1)), share=share)


@st.composite
def stage_changes(draw: st.DrawFn, process: Process[S]) -> StageChange[S]:
    """Single changes of legal journeys, creations among them."""
    return draw(st.sampled_from(draw(journeys(process)).history))


@st.composite
def contacts(draw: st.DrawFn) -> Contact:
    """People whose names are in several scripts, with gaps."""
    return _made_up.contact(_pick(draw))


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Companies with up to three people, of whom some have left."""
    return _made_up.account(_pick(draw), draw(instants()))


def leads() -> st.SearchStrategy[Lead]:
    """Leads, some of whom were sent back."""
    return _people(Lead)


def mqls() -> st.SearchStrategy[MQL]:
    """Marketing-qualified leads."""
    return _people(MQL)


def sals() -> st.SearchStrategy[SAL]:
    """Sales-accepted leads."""
    return _people(SAL)


def sqls() -> st.SearchStrategy[SQL]:
    """Sales-qualified leads."""
    return _people(SQL)


def disqualified_leads() -> st.SearchStrategy[Disqualified]:
    """People who are no prospects."""
    return _people(Disqualified)


def opportunities(*, pipeline: Process[Any] = SIX_STEP_SALE) -> st.SearchStrategy[Opportunity]:
    """Open deals in every stage of a pipeline, some of them of unknown worth."""
    return _deals(Opportunity, {StageKind.OPEN, StageKind.ON_HOLD}, pipeline, min_amounts=0)


def won_opportunities(*, pipeline: Process[Any] = SIX_STEP_SALE) -> st.SearchStrategy[WonOpportunity]:
    """Deals won, some of them after they were lost."""
    return _deals(WonOpportunity, {StageKind.WON}, pipeline, min_amounts=1)


def lost_opportunities(*, pipeline: Process[Any] = SIX_STEP_SALE) -> st.SearchStrategy[LostOpportunity]:
    """Deals lost, each with a reason."""
    return _deals(LostOpportunity, {StageKind.LOST}, pipeline, min_amounts=0)


def customers() -> st.SearchStrategy[Customer]:
    """Customers with up to four purchases, in one currency or several; some of them were won back."""
    return _buyers(Customer, CustomerStage.CUSTOMER)


def former_customers() -> st.SearchStrategy[FormerCustomer]:
    """Customers who have left, each with a reason."""
    return _buyers(FormerCustomer, CustomerStage.FORMER)


@st.composite
def hand_overs(draw: st.DrawFn) -> HandOver:
    """Leads passed on, decided on or not yet."""
    return _made_up.hand_over(_pick(draw), draw(journeys(HAND_OVER)))


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """Orders placed, on their way, delayed, fulfilled or cancelled, with their promises and issues."""
    return _made_up.delivery(_pick(draw), draw(journeys(DELIVERY)))


def _pick(draw: st.DrawFn) -> Pick:
    """Choices made by drawing."""

    def pick(options: Sequence[T], /) -> T:
        return draw(st.sampled_from(options))

    return pick


@st.composite
def _people(draw: st.DrawFn, kind: type[P]) -> P:
    return _made_up.person(kind, _pick(draw), draw(journeys(LIFECYCLE, ends_in=kind.stage)))


@st.composite
def _deals(
    draw: st.DrawFn, kind: type[D], kinds: set[StageKind], pipeline: Process[Any], *, min_amounts: int
) -> D:
    stages = [stage.name for stage in pipeline.stages if stage.kind in kinds]
    journey = draw(journeys(pipeline, ends_in=draw(st.sampled_from(stages))))
    amounts = draw(st.lists(money(currency=draw(currencies())), min_size=min_amounts, max_size=3))
    return _made_up.deal(kind, _pick(draw), journey, pipeline, amounts)


@st.composite
def _buyers(draw: st.DrawFn, kind: type[B], stage: CustomerStage) -> B:
    journey = draw(journeys(RELATIONSHIP, ends_in=stage))
    return _made_up.buyer(kind, _pick(draw), journey, draw(st.lists(money(), max_size=4)))


def _spans(quarters: Sequence[int]) -> Iterable[tuple[time, time]]:
    """Spans of work between quarters of an hour, each from one to the next; one left over ends at midnight."""
    clock = [time(one // 4, one % 4 * 15) for one in quarters]
    return zip(clock[::2], [*clock[1::2], time()], strict=False)


_REGISTERED: dict[type[object], Callable[[], st.SearchStrategy[Any]]] = {
    Money: money,
    Period: periods,
    WorkingCalendar: working_calendars,
    Process: processes,
    Journey: lambda: journeys(LIFECYCLE),
    StageChange: lambda: stage_changes(LIFECYCLE),
    DirtyLog: lambda: dirty_logs(LIFECYCLE),
    Contact: contacts,
    Account: accounts,
    Lead: leads,
    MQL: mqls,
    SAL: sals,
    SQL: sqls,
    Disqualified: disqualified_leads,
    Opportunity: opportunities,
    WonOpportunity: won_opportunities,
    LostOpportunity: lost_opportunities,
    Customer: customers,
    FormerCustomer: former_customers,
    HandOver: hand_overs,
    Delivery: deliveries,
}


def _register(kind: type[object], strategy: Callable[[], st.SearchStrategy[Any]]) -> None:
    # A function, so that nothing is built before somebody asks: Hypothesis forbids it while plugins are loaded.
    st.register_type_strategy(kind, lambda _: strategy())


for _kind, _strategy in _REGISTERED.items():
    _register(_kind, _strategy)
