from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge.absence import ended_unseen, unknown_from
from edge.clock import ManualClock
from edge.health import Health
from edge.journal.sqlite import SqliteJournal
from edge.metrics import Metrics
from edge.settings import Journal as JournalSettings
from edge.store.local import LocalStore
from telemetry.model import NS_PER_S, EquipmentId, Instant, JobOutcome, JobPhase, JobSeen, Source, State, StateSeen
from tests.edge.toys import CATALOG, TOY_ID, toy

START = 1_800_000_000 * NS_PER_S
NOW = START + 3600 * NS_PER_S


@pytest.fixture(name="journal")
def _journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(
        tmp_path / "journal.sqlite",
        clock=ManualClock(NOW),
        settings=JournalSettings(),
        health=Health(),
        metrics=Metrics(),
    )
    yield journal
    journal.close()


@pytest.fixture(name="store")
def _store(journal: SqliteJournal, tmp_path: Path) -> Iterator[LocalStore]:
    assert journal.instance
    store = LocalStore(tmp_path / "journal.sqlite")
    yield store
    store.close()


def seen(at_s: int, state: State, source: Source = Source.DEVICE, equipment: str = "toy-1") -> StateSeen:
    at = START + at_s * NS_PER_S
    return StateSeen(EquipmentId(equipment), at, at, state, source)


def gap(store: LocalStore, at_s: int = 60, equipment: str = "toy-1", driver: str = "toy") -> list[tuple[str, Instant]]:
    records = unknown_from(
        START + at_s * NS_PER_S,
        equipment=[toy(equipment, driver=driver)],
        catalog=CATALOG,
        store=store,
        now=NOW,
        reason="the gateway was not running",
    )
    assert all((r.state, r.source, r.received_at) == (State.UNKNOWN, Source.GATEWAY, NOW) for r in records)
    return [(record.equipment, record.at - START) for record in records]


@pytest.mark.parametrize("state", [s for s in State if s not in {State.UNKNOWN, State.OFFLINE}])
def test_a_state_does_not_hold_while_nobody_looks(journal: SqliteJournal, store: LocalStore, state: State) -> None:
    journal.commit([seen(10, State.OFFLINE), seen(20, state)])
    assert gap(store) == [(TOY_ID, 60 * NS_PER_S)]


@pytest.mark.parametrize("state", [State.UNKNOWN, State.OFFLINE])
def test_what_claims_nothing_stays(journal: SqliteJournal, store: LocalStore, state: State) -> None:
    journal.commit([seen(10, State.BUSY), seen(20, state)])
    assert gap(store) == []


def test_what_was_seen_after_the_last_sign_of_life_stays_seen(journal: SqliteJournal, store: LocalStore) -> None:
    journal.commit([seen(62, State.BUSY)])
    assert gap(store) == [(TOY_ID, 62 * NS_PER_S + 1)]


def test_the_strongest_source_of_the_last_instant_counts(journal: SqliteJournal, store: LocalStore) -> None:
    journal.commit([seen(20, State.FAULT, Source.LINK), seen(20, State.OFFLINE, Source.DEVICE)])
    assert gap(store) == []


def test_equipment_that_was_never_seen_has_no_gap(store: LocalStore) -> None:
    assert gap(store) == []


@pytest.mark.parametrize("driver", ["radio", "unheard-of"])
def test_a_family_that_holds_over_a_restart_or_is_unknown_has_no_gap(
    journal: SqliteJournal, store: LocalStore, driver: str
) -> None:
    journal.commit([seen(20, State.BUSY, equipment="radio-1")])
    assert gap(store, equipment="radio-1", driver=driver) == []


def test_a_job_that_ran_when_nobody_looked_any_more_ends_with_an_unknown_outcome(
    journal: SqliteJournal, store: LocalStore
) -> None:
    began = START + 10 * NS_PER_S
    done = JobSeen(TOY_ID, began, began, "a", JobPhase.ENDED, outcome=JobOutcome.COMPLETED)
    journal.commit([JobSeen(TOY_ID, began, began, job, JobPhase.STARTED, f"{job}.nc", 0.5) for job in "ab"])
    journal.commit([replace(done, at=began + 1)])
    ends = ended_unseen(
        START, equipment=[toy()], catalog=CATALOG, store=store, now=NOW, reason="the gateway was not running"
    )
    assert [(end.job, end.at, end.outcome, end.name) for end in ends] == [("b", began + 1, JobOutcome.UNKNOWN, "b.nc")]
    journal.commit(ends)
    assert all(job.ended for job in store.jobs([TOY_ID], START, NOW))
