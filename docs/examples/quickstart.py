"""The main job: a real sales funnel read, audited, measured and explained.

Run it on the sample that lies beside it, or give it the folder of the Olist marketing funnel:

    python docs/examples/quickstart.py [folder]

The sample is made up: ``make_sample.py`` wrote it with the library's own simulator, in the shape of the real files.
"""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

from salesproc import Money, Rate
from salesproc.adapters import RowLog, read_log
from salesproc.metrics import Breakdown, Durations, Funnel, stage_funnel, time_to_convert
from salesproc.records import Contact, CustomerId, Lead, LeadId, ObjectionKind, OpportunityId
from salesproc.stages import Process, SixStep, Stage, StageKind, Transition, TransitionRefused, audit

SAMPLE = Path(__file__).parent / "sample"
SAMPLE_FILES = ("leads.csv", "deals.csv")
OLIST_FILES = ("olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv")

SELLERS = Process(
    "sellers",
    stages=[Stage("mql"), Stage("won", kind=StageKind.WON)],
    transitions=[Transition("win", "mql", "won")],
)


def read(leads: Path, deals: Path) -> RowLog:
    """The two files as one log: every lead enters ``mql``, every deal enters ``won``."""
    first_contacts = read_log(
        leads, entity="mql_id", at={"mql": "first_contact_date"}, tz="America/Sao_Paulo", keep=["origin"]
    )
    return first_contacts + read_log(deals, entity="mql_id", at={"won": "won_date"}, tz="UTC")


def heading(text: str) -> None:
    """A line that begins a part of the report."""
    print(f"\n{text}\n{'-' * len(text)}")


def percent(rate: Rate) -> str:
    """A share with its counts and its 95 % interval."""
    interval = rate.interval()
    if interval is None:
        return f"n/a ({rate.undefined})"
    return f"{rate:.1%} (95 % interval {interval.low:.1%} to {interval.high:.1%})"


def days(duration: timedelta | None) -> str:
    """A duration in days, or that there is none."""
    return "not reached" if duration is None else f"{duration / timedelta(days=1):.1f} days"


def report_audit(log: RowLog) -> None:
    """What does not fit the process, before anything is measured."""
    found = audit(log, SELLERS)
    print(found.summary())
    for finding in found.findings[:3]:
        print(f"  for example row {finding.row}: {finding.detail}")


def report_funnel(log: RowLog, as_of: datetime) -> None:
    """How many get through, and how many are still open."""
    funnel: Funnel = stage_funnel(log, SELLERS, as_of=as_of)
    print(funnel)
    print(f"from MQL to won: {percent(funnel['won'].from_first)}")
    print(f"still open: {funnel['mql'].still_there:,} of {funnel['mql'].reached:,}; open is not lost")


def report_days(log: RowLog, as_of: datetime) -> None:
    """How long it takes, with the open ones and without them."""
    took: Durations = time_to_convert(log, "mql", "won", as_of=as_of)
    print(
        f"won {took.finished:,}, still open {took.open:,}, won before first contact and left out {took.backwards:,}"
    )
    print(f"median, finished deals only: {days(took.finished_only_median)}  <- what most tools show")
    print(f"median, open ones counted:   {days(took.median)}")
    if (why := took.why_undefined(0.5)) is not None:
        print(f"  {why}")
    for limit in (30, 90, 150):
        share = took.share_within(timedelta(days=limit))
        print(f"won within {limit:>3} days:         " + ("n/a" if share is None else f"{share:.1%}"))


def report_origins(log: RowLog, as_of: datetime) -> None:
    """The same by origin; leads without one are a line of their own."""
    origin_of: Callable[[str], str | None] = log.column("origin")
    by_origin: Breakdown[str | None, Funnel] = stage_funnel(log, SELLERS, as_of=as_of, by=origin_of)
    print("leads    won  from MQL to won                          origin")
    for origin, funnel in by_origin.items():
        label = "(none)" if origin is None else origin
        rate = percent(funnel["won"].from_first)
        print(f"{funnel['mql'].reached:>5,}  {funnel['won'].reached:>5,}  {rate:<42} {label}")


def report_lead() -> None:
    """One typed lead, from capture to customer, with a step that is refused and says why."""
    morning = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def later(hours: int) -> datetime:
        return morning + timedelta(hours=hours)

    contact = Contact(name="ليلى حداد", email="layla@example.com", company="林薇贸易")
    lead = Lead.capture(LeadId("L-1"), contact, source="webinar", at=morning)
    sal = lead.qualify(score=72, at=later(2), by="marketing").accept(at=later(5), by="omar")
    print(f"{contact.name}, {contact.company}: lead, MQL, SAL")
    try:
        sal.qualify(need=True, can_afford=None, at=later(26), by="omar")
    except TransitionRefused as refused:
        print(f"  {refused}")
    sql = sal.qualify(need=True, can_afford=True, at=later(27), by="omar")
    deal = sql.open_opportunity(OpportunityId("O-1"), amount=Money("12000", "USD"), at=later(28), by="sara")
    deal = deal.advance(SixStep.CONTACT, at=later(30)).advance(SixStep.PRESENT, at=later(50))
    deal = deal.raise_objection(ObjectionKind.COST, at=later(51))
    try:
        deal.advance(SixStep.CLOSE, at=later(52))
    except TransitionRefused as refused:
        print(f"  {refused}")
    deal = deal.resolve_objection(0, at=later(60), answer="pays back in a year")
    customer = deal.advance(SixStep.CLOSE, at=later(61)).win(at=later(70)).new_customer(CustomerId("C-1"))
    print(f"  SQL, {deal.amount}, won: {customer}")


def main(folder: str | None = None) -> None:
    """Print the whole report, of the given folder or of the sample."""
    if folder is None:
        print("A made-up sample, written by the library's simulator. For the real funnel give its folder.")
        leads, deals = (SAMPLE / name for name in SAMPLE_FILES)
    else:
        print("Olist marketing funnel: real, anonymised; CC BY-NC-SA 4.0, Olist.")
        leads, deals = (Path(folder) / name for name in OLIST_FILES)
    log = read(leads, deals)
    as_of = max(row.at for row in log)
    heading("What was read")
    print(log.summary())
    heading("Audit: what does not fit the process")
    report_audit(log)
    heading("Funnel")
    report_funnel(log, as_of)
    heading("Days to won")
    report_days(log, as_of)
    heading("By origin")
    report_origins(log, as_of)
    heading("One lead, typed")
    report_lead()


if __name__ == "__main__":
    # A terminal that is set to another encoding still gets every name.
    with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as out, redirect_stdout(out):
        main(*sys.argv[1:2])
