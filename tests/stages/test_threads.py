"""Many threads at once: a journey is a value and cannot be corrupted, and a store that compares and sets loses nothing."""

import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from salesproc.stages import Accepted, Process, StageChange

THREADS = 8
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPEN = ("new", "talk", "offer")
SALES = Process.pipeline("sales", stages=OPEN, won="won", lost="lost")


@pytest.fixture
def restless():
    """Threads that are interrupted as often as the interpreter can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_threads_that_step_one_journey_do_not_meet():
    """Each goes its own way from the same value, and the value stays."""
    shared = SALES.start("D-1", at=MONDAY, evidence={"seats": 3})
    as_it_was = shared.to_dict()
    together = Barrier(THREADS)

    def push(number):
        together.wait()
        own = shared
        for i in range(150):
            evidence = {"thread": number, "i": i}
            outcome = SALES.step(
                own, OPEN[(i + 1) % 3], at=MONDAY + timedelta(i), by=str(number), evidence=evidence
            )
            evidence["i"] = "changed afterwards"
            own = outcome.unwrap()
            assert not SALES.step(shared, "no such event", at=MONDAY)
        return own

    with ThreadPoolExecutor(THREADS) as pool:
        ways = list(pool.map(push, range(THREADS)))

    assert shared.to_dict() == as_it_was
    for number, own in enumerate(ways):
        assert own.history[0] is shared.history[0]
        assert [row.evidence for row in own.history[1:]] == [{"thread": number, "i": i} for i in range(150)]
        assert SALES.replay(own.history) == own


class Store:
    """Journeys in a database: a change is kept only on top of the revision its maker has seen.

    The page on storing journeys has the same few lines.
    """

    def __init__(self, path):
        self.path = path
        with closing(self.open()) as db:
            db.execute("CREATE TABLE journey (entity TEXT PRIMARY KEY, revision INTEGER NOT NULL)")
            db.execute(
                "CREATE TABLE change (entity TEXT, revision INTEGER, row TEXT, PRIMARY KEY (entity, revision))"
            )

    def open(self):
        db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        db.execute("PRAGMA synchronous = OFF")
        return db

    def create(self, db, journey):
        db.execute("INSERT INTO journey VALUES (?, 1)", (journey.entity,))
        self.write(db, journey.history[0], 1)

    def load(self, db, entity):
        rows = db.execute("SELECT row FROM change WHERE entity = ? ORDER BY revision", (entity,)).fetchall()
        return SALES.replay([StageChange.from_dict(json.loads(row)) for (row,) in rows])

    def write(self, db, change, revision):
        db.execute(
            "INSERT INTO change VALUES (?, ?, ?)", (change.entity, revision, json.dumps(change.to_dict()))
        )

    def save(self, db, journey):
        """Whether the change was kept; if not, somebody else was faster: load again and think again."""
        seen = journey.revision - 1
        db.execute("BEGIN IMMEDIATE")
        set_to = "UPDATE journey SET revision = ? WHERE entity = ? AND revision = ?"
        kept = db.execute(set_to, (journey.revision, journey.entity, seen)).rowcount == 1
        if kept:
            self.write(db, journey.history[-1], journey.revision)
        db.execute("COMMIT")
        return kept


def step(journey, name):
    """To the next open stage, an hour later."""
    stage = OPEN[(OPEN.index(journey.stage) + 1) % 3]
    at = journey.entered_at + timedelta(hours=1)
    outcome = SALES.step(journey, to=stage, at=at, by=name)
    assert isinstance(outcome, Accepted)
    return outcome.journey


@pytest.mark.usefixtures("restless")
def test_a_store_that_compares_and_sets_loses_no_change_and_tells_the_loser(tmp_path):
    """In the first round everybody has seen the same revision: one wins, the others are told so. Then all run free."""
    store = Store(tmp_path / "journeys.db")
    with closing(store.open()) as db:
        store.create(db, SALES.start("D-1", at=MONDAY))
    together = Barrier(THREADS)

    def work(number):
        name, won, lost = f"rep-{number}", [], 0
        with closing(store.open()) as db:
            first = step(store.load(db, "D-1"), name)
            together.wait()
            attempts = [first, *[None] * 6]
            for prepared in attempts:
                after = prepared or step(store.load(db, "D-1"), name)
                if store.save(db, after):
                    won.append(after.revision)
                else:
                    lost += 1
        return name, won, lost

    with ThreadPoolExecutor(THREADS) as pool:
        reports = list(pool.map(work, range(THREADS)))

    with closing(store.open()) as db:
        stored = store.load(db, "D-1")
        [(revision,)] = db.execute("SELECT revision FROM journey").fetchall()
    winners = {number: name for name, won, _ in reports for number in won}
    assert sum(len(won) for _, won, _ in reports) == len(winners) == stored.revision - 1 == revision - 1
    assert sorted(winners) == list(range(2, stored.revision + 1))
    assert [row.by for row in stored.history[1:]] == [winners[n] for n in sorted(winners)]
    assert sum(lost for _, _, lost in reports) >= THREADS - 1
    assert sum(len(won) + lost for _, won, lost in reports) == THREADS * 7
    assert SALES.replay(stored.history) == stored
