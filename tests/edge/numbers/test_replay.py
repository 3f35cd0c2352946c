from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from edge.clock import ManualClock
from edge.health import Health
from edge.ingest import Ingest
from edge.journal.sqlite import SqliteJournal
from edge.live import Live
from edge.metrics import Metrics
from edge.numbers.office import numbers_of
from edge.register.sqlite import SqliteRegister
from edge.store.local import LocalStore
from telemetry.model import JobOutcome, JobPhase, JobSeen, Record, State, StateSeen
from tests.api.lab import HOUR, MILL, MINUTE, NOW, PRINTER, settings, state
from tests.api.school import school

WINDOW = "start=2026-09-14T00:00:00%2B03:00&end=2026-09-22T00:00:00%2B03:00"
EXPORTS = (
    f"/api/v1/equipment/mill-1/intervals?{WINDOW}&format=csv",
    f"/api/v1/equipment/printer-1/jobs?{WINDOW}&format=csv",
    f"/api/v1/utilisation?{WINDOW}&bucket=hour&format=csv",
    f"/api/v1/utilisation?{WINDOW}&bucket=day&by=room&format=csv",
    f"/api/v1/practical-sessions?{WINDOW}&format=csv",
    "/api/v1/practical-sessions/mon-1:2026-09-21/corrections",
    "/api/v1/hour-meters?format=csv",
    "/api/v1/timetable?format=csv",
)


def journal(seed: int) -> list[Record]:
    """A week of two machines: states with twins of one instant, validities, jobs."""
    rng = Random(seed)
    records: list[Record] = []
    for one in (MILL, PRINTER):
        at = NOW - 7 * 24 * HOUR
        while at < NOW:
            at += rng.randrange(MINUTE, 3 * HOUR)
            word = rng.choice(tuple(State))
            records.append(StateSeen(one, at, NOW, word, valid_ns=rng.choice((0, 20 * MINUTE))))
            if rng.random() < 0.1:
                records.append(state(at, rng.choice([other for other in State if other is not word]), one))
            if rng.random() < 0.3:
                job = f"job-{at}"
                records.append(JobSeen(one, at, NOW, job, JobPhase.STARTED, "вал"))
                records.append(JobSeen(one, at + HOUR, NOW, job, JobPhase.ENDED, "вал", outcome=JobOutcome.COMPLETED))
    return records


@contextmanager
def gateway(folder: Path) -> Iterator[tuple[SqliteJournal, TestClient]]:
    clock, health, metrics = ManualClock(NOW), Health(), Metrics()
    told = settings()
    folder.mkdir()
    live = Live(metrics)
    live.roster(told.equipment)
    journal = SqliteJournal(
        folder / "journal.sqlite",
        clock=clock,
        settings=told.journal,
        health=health,
        metrics=metrics,
        on_commit=live.publish,
    )
    store, register = LocalStore(folder / "journal.sqlite"), SqliteRegister(folder / "register.sqlite")
    register.apply(school(), author="Иванова", reason="начало года", at=NOW)
    app = create_app(
        settings=told,
        store=store,
        live=live,
        ingest=Ingest(journal, clock, live=live, metrics=metrics),
        health=health,
        metrics=metrics,
        clock=clock,
        numbers=numbers_of(store, register, lambda: told.equipment, centre=told.centre, clock=clock),
    )
    try:
        yield journal, TestClient(app, base_url="http://127.0.0.1")
    finally:
        journal.close()
        register.close()
        store.close()


def answers(client: TestClient) -> list[bytes]:
    found = [client.get(path) for path in EXPORTS]
    assert [one.status_code for one in found] == [200] * len(EXPORTS)
    return [one.content for one in found]


def batches(records: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    return (records[first : first + size] for first in range(0, len(records), size))


@pytest.mark.parametrize("seed", range(3))
def test_the_same_records_in_any_order_and_batches_give_the_same_bytes(tmp_path: Path, seed: int) -> None:
    records = journal(seed)
    with gateway(tmp_path / "one-batch") as (kept, client):
        kept.commit(records)
        expected = answers(client)
    assert expected[2].count(b"\r\n") > 300
    shuffled = [*records, *records[::3]]
    Random(seed).shuffle(shuffled)
    with gateway(tmp_path / "shuffled") as (kept, client):
        for batch in batches(shuffled, 17):
            kept.commit(batch)
        assert answers(client) == expected


def test_answers_asked_while_data_come_are_in_the_end_those_of_a_fresh_gateway(tmp_path: Path) -> None:
    records = journal(7)
    with gateway(tmp_path / "fresh") as (kept, client):
        kept.commit(records)
        expected = answers(client)
    late = records[:]
    Random(7).shuffle(late)
    with gateway(tmp_path / "live") as (kept, client):
        for batch in batches(late, 40):
            kept.commit(batch)
            answers(client)
        assert answers(client) == expected
