"""Write the sample beside the quickstart: made up by the library's simulator, in the shape of a real export.

    python docs/examples/make_sample.py

Two faults are put in on purpose, since every export has some: a deal won before the first contact, and leads whose origin
nobody wrote down. About a quarter of the leads never buy; of those that do, the median takes seventy days.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from salesproc.stages import Process, Stage, StageKind, Transition
from salesproc.testing import LogNormal, simulate

FOLDER = Path(__file__).parent / "sample"
START = datetime(2026, 1, 5, tzinfo=UTC)
UNTIL = datetime(2026, 6, 29, tzinfo=UTC)
# Origin, how many leads, the share that buys in the end.
ORIGINS = [
    ("organic search", 260, "0.75"),
    ("معرض الرياض", 120, "0.85"),
    ("paid search", 180, "0.65"),
    ("推荐", 90, "0.95"),
    ("", 25, "0.70"),
]
SELLERS = Process(
    "sellers",
    stages=[Stage("mql"), Stage("won", kind=StageKind.WON)],
    transitions=[Transition("win", "mql", "won")],
)


def journeys() -> Iterator[tuple[str, str, datetime, datetime | None]]:
    """Number, origin, first contact and, if it came to that, the deal."""
    numbers = count(1)
    for seed, (origin, entities, share) in enumerate(ORIGINS, start=1):
        log = simulate(
            SELLERS,
            entities=entities,
            seed=seed,
            start=START,
            until=UNTIL,
            rates={"mql": {"win": float(share)}},
            durations={"mql": {"win": LogNormal(timedelta(days=70), 0.9)}},
        )
        for journey in log.journeys():
            won = journey.entered_at if journey.stage == "won" else None
            yield f"L-{next(numbers):04}", origin, journey.created_at, won


def main() -> None:
    """Write ``leads.csv`` and ``deals.csv``."""
    FOLDER.mkdir(exist_ok=True)
    rows = sorted(journeys(), key=lambda row: row[2])
    with (FOLDER / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        leads = csv.writer(file, lineterminator="\n")
        leads.writerow(["mql_id", "first_contact_date", "origin"])
        leads.writerows([number, f"{created:%Y-%m-%d}", origin] for number, origin, created, _ in rows)
    deals = sorted((won, number, created) for number, _, created, won in rows if won is not None)
    early = deals[40]
    deals[40] = (early[2] - timedelta(days=2), early[1], early[2])
    with (FOLDER / "deals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mql_id", "won_date"])
        writer.writerows([number, f"{won:%Y-%m-%d %H:%M:%S}"] for won, number, _ in deals)


if __name__ == "__main__":
    main()
