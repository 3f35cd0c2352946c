"""What the journal on disk promises beyond the contract: durability, patience, one writer."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge.clock import SystemClock
from edge.errors import Damaged, Full, GiveUp, LabedgeError, Retry
from edge.health import Part
from edge.journal.contract import Committed
from edge.journal.queue import ALIVE_NS, BYTES_LIMIT, RECORDS_LIMIT
from edge.journal.sqlite import SqliteJournal
from edge.journal.verify import verify
from edge.store.local import LocalStore
from telemetry.model import Channel, ReadingBatch, State
from tests.edge.journal.labs import (
    DEADLINE_S,
    HOUR,
    LAB,
    MILL,
    ONE_OF_EACH,
    TEMPERATURE,
    Lab,
    S,
    T,
    batch,
    contents,
    open_journal,
    reading,
    sqlite_lab,
    state,
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Lab]:
    with sqlite_lab(tmp_path) as lab:
        yield lab


def _journal(lab: Lab) -> SqliteJournal:
    assert isinstance(lab.journal, SqliteJournal)
    return lab.journal


def _until(lab: Lab, *, ok: bool) -> Part:
    """The journal's health as soon as it is so."""
    deadline = time.monotonic() + DEADLINE_S
    while (part := lab.part()).ok is not ok:
        assert time.monotonic() < deadline, part
    return part


# --- durability


def test_what_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as lab:
        lab.journal.commit(ONE_OF_EACH)
        before, name = contents(lab.store), lab.store.instance()
    with sqlite_lab(tmp_path) as lab:
        assert (contents(lab.store), lab.store.instance()) == (before, name)
        assert lab.journal.commit(ONE_OF_EACH) == 9
        assert lab.journal.commit([state(T + 1, State.IDLE), reading(T + 1)]) == 11


def test_what_was_queued_is_committed_by_close(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, commit_interval_ms=1000) as lab:
        for second in range(100):
            lab.journal.append([reading(T + second * S)])
    assert [one.count for one in LocalStore(tmp_path / "journal.sqlite").channels()] == [100]


def test_the_last_life_before_this_one_is_told(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as lab:
        assert _journal(lab).previous_alive is None
        lab.clock.advance(3 * S)
        lab.journal.commit([])
        instance = _journal(lab).instance
    with sqlite_lab(tmp_path) as lab:
        assert _journal(lab).previous_alive == T + 3 * S
        assert _journal(lab).instance == instance


def test_an_idle_journal_says_that_it_lives(disk: Lab) -> None:
    disk.journal.commit([])
    disk.clock.advance(ALIVE_NS)
    disk.journal.hurry()
    deadline = time.monotonic() + DEADLINE_S
    while disk.store.last_alive() != T + ALIVE_NS:
        assert time.monotonic() < deadline


def test_it_is_synchronous_and_write_ahead(disk: Lab) -> None:
    connection = _journal(disk)._writer._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_clock_that_jumps_back_loses_and_doubles_nothing(disk: Lab) -> None:
    disk.journal.commit([reading(T, 1.0), state(T, State.BUSY)])
    disk.clock.jump(-5 * HOUR)
    disk.journal.commit([reading(T - 5 * HOUR, 2.0), reading(T, 3.0), state(T - 5 * HOUR, State.IDLE)])
    disk.clock.jump(7 * HOUR)
    disk.journal.commit([reading(T + 2 * HOUR, 4.0)])
    assert disk.store.readings(LAB, TEMPERATURE, 0, 2**62).v.tolist() == [2.0, 1.0, 4.0]
    assert disk.store.changes([MILL], 0, 2**62).state.tolist() == [State.IDLE, State.BUSY]
    assert verify(_path(disk)) == ()


def _path(lab: Lab) -> Path:
    assert isinstance(lab.store, LocalStore)
    return lab.store._path


# --- group commit


def test_appends_within_the_interval_are_one_commit(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, commit_interval_ms=1000) as lab:
        for second in range(10):
            lab.journal.append([reading(T + second * S)])
        lab.journal.commit([reading(T + 10 * S)])
        assert [len(one.records) for one in lab.committed] == [1]
        assert lab.metrics.registry.get_sample_value("labedge_readings_committed_total") == 11


def test_enough_records_are_committed_before_the_interval_ends(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, commit_interval_ms=1000, commit_records=10) as lab:
        waited = list[float]()
        for attempt in range(5):  # one quick commit shows it; a busy machine may delay the others
            finished = threading.Event()
            began = time.monotonic()
            ten = [state(T + 10 * attempt + n, State.BUSY) for n in range(10)]
            lab.journal.append(ten, lambda _offset, finished=finished: finished.set())  # type: ignore[misc]
            assert finished.wait(DEADLINE_S)
            waited.append(time.monotonic() - began)
        assert min(waited) < 0.9


def test_the_interval_is_waited_for_and_not_longer(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, commit_interval_ms=50) as lab:
        finished = threading.Event()
        began = time.monotonic()
        lab.journal.append([reading(T)], lambda _offset: finished.set())
        assert finished.wait(DEADLINE_S)
        assert time.monotonic() - began >= 0.045


def test_the_metrics_count_what_was_new(disk: Lab) -> None:
    disk.journal.commit(ONE_OF_EACH)
    disk.journal.commit(ONE_OF_EACH)
    values = disk.metrics.registry.get_sample_value
    assert values("labedge_readings_committed_total") == 4
    assert values("labedge_records_committed_total") == 7
    assert values("labedge_commit_seconds_count") == 2


# --- the bounded queue


class _Hold:
    """Holds the writer inside a confirmation until told."""

    def __init__(self, lab: Lab) -> None:
        self._held, self._release = threading.Event(), threading.Event()
        lab.journal.append([state(T - HOUR, State.IDLE)], self._hold)
        lab.journal.hurry()
        assert self._held.wait(DEADLINE_S)

    def _hold(self, _offset: int) -> None:
        self._held.set()
        assert self._release.wait(DEADLINE_S)

    def release(self) -> None:
        self._release.set()


def _wide(n: int) -> ReadingBatch:
    return batch([], []) if not n else ReadingBatch(LAB, TEMPERATURE, T + np.arange(n), np.ones(n), T)


@pytest.mark.parametrize(
    "filling",
    [[state(T + n, State.BUSY) for n in range(RECORDS_LIMIT)], [_wide(BYTES_LIMIT // 16)]],
    ids=["records", "bytes"],
)
def test_a_full_queue_refuses_in_time_and_keeps_nothing_of_it(disk: Lab, filling: list[ReadingBatch]) -> None:
    hold = _Hold(disk)
    disk.journal.append(filling)
    with pytest.raises(Full, match="queue is full"):
        disk.journal.append([reading(T, channel="refused")], timeout_s=0.01)
    hold.release()
    disk.journal.commit([reading(T, channel="taken")])
    assert {"taken"} == {one.channel for one in disk.store.channels()} - {TEMPERATURE}


def test_whoever_waits_for_room_goes_on_when_there_is_some(disk: Lab) -> None:
    hold = _Hold(disk)
    disk.journal.append([_wide(BYTES_LIMIT // 16)])
    waiting = threading.Thread(target=disk.journal.append, args=([reading(T, channel="waited")],))
    waiting.start()
    hold.release()
    waiting.join(DEADLINE_S)
    disk.journal.commit([])
    assert "waited" in {one.channel for one in disk.store.channels()}


def test_whoever_waits_for_room_is_told_of_the_close(disk: Lab) -> None:
    hold = _Hold(disk)
    disk.journal.append([_wide(BYTES_LIMIT // 16)])
    told: list[str] = []

    def wait() -> None:
        with pytest.raises(GiveUp) as raised:
            disk.journal.append([reading(T)])
        told.append(str(raised.value))

    waiting = threading.Thread(target=wait)
    waiting.start()
    closing = threading.Thread(target=disk.journal.close)
    closing.start()
    waiting.join(DEADLINE_S)
    hold.release()
    closing.join(DEADLINE_S)
    assert told == ["The journal is closed."]


def test_the_writer_never_waits_for_itself(disk: Lab) -> None:
    raised: list[str] = []
    finished = threading.Event()

    def done(_offset: int) -> None:
        disk.journal.append([_wide(BYTES_LIMIT // 16)])
        with pytest.raises(Full) as full:
            disk.journal.append([reading(T)])
        with pytest.raises(RuntimeError) as wrong:
            disk.journal.commit([reading(T)])
        raised.extend([str(full.value), str(wrong.value)])
        finished.set()

    disk.journal.append([state(T, State.BUSY)], done)
    assert finished.wait(DEADLINE_S)
    assert "queue is full" in raised[0]
    assert "own thread" in raised[1]


def test_a_commit_that_takes_too_long_says_so_and_may_still_be_kept(disk: Lab) -> None:
    hold = _Hold(disk)
    with pytest.raises(Full, match=r"within 0\.01 s"):
        disk.journal.commit([reading(T)], timeout_s=0.01)
    hold.release()
    disk.journal.commit([])
    assert disk.store.counts().readings == 1


def test_callbacks_of_a_closed_gateway_do_not_keep_the_writer(disk: Lab) -> None:
    disk.journal.commit([reading(T)])
    disk.journal.close()
    assert not _journal(disk)._writer.runs()


# --- a disk that fails


def _fill(lab: Lab, pages: int) -> None:
    """Let SQLite refuse to grow the file, as a full disk does."""
    connection = _journal(lab)._writer._connection
    (now,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {now + pages}")


def _noise(n: int, *, channel: str = "noise") -> ReadingBatch:
    values = np.random.default_rng(n).normal(size=n)
    return ReadingBatch(LAB, Channel(channel), T + np.arange(n, dtype=np.int64) ** 2, values, T)


def test_a_full_disk_is_told_waited_for_and_recovered_from(disk: Lab) -> None:
    disk.journal.commit([state(T, State.BUSY)])
    _fill(disk, 0)
    finished = threading.Event()
    disk.journal.append([_noise(50_000), state(T + S, State.IDLE)], lambda _offset: finished.set())
    disk.journal.hurry()
    part = _until(disk, ok=False)
    assert "database or disk is full" in part.message
    assert "2 records wait" in part.message
    assert part.vital
    assert "Free space" in part.fix
    assert not finished.is_set()
    assert disk.store.counts().records == 1
    disk.journal.append([state(T + 2 * S, State.FAULT)])
    _fill(disk, 1_000_000)
    assert finished.wait(DEADLINE_S)
    assert _until(disk, ok=True).message == ""
    disk.journal.commit([])
    assert disk.store.counts().records == 3
    assert disk.store.counts().readings == 50_000
    offsets = [offset for one in disk.committed for offset, _record in one.records]
    assert offsets == list(range(1, len(offsets) + 1))
    assert verify(_path(disk)) == ()


def test_close_does_not_wait_for_a_full_disk(disk: Lab, caplog: pytest.LogCaptureFixture) -> None:
    confirmed: list[int] = []
    disk.journal.commit([])
    _fill(disk, 0)
    disk.journal.append([_noise(50_000)], confirmed.append)
    disk.journal.hurry()
    _until(disk, ok=False)
    began = time.monotonic()
    disk.journal.close()
    assert time.monotonic() - began < 4
    assert confirmed == []
    assert "never committed and never confirmed" in caplog.text


def test_who_commits_while_a_full_disk_is_closed_is_told(disk: Lab) -> None:
    disk.journal.commit([])
    _fill(disk, 0)
    told: list[str] = []

    def commit() -> None:
        with pytest.raises(GiveUp) as raised:
            disk.journal.commit([_noise(50_000)])
        told.append(str(raised.value))

    committing = threading.Thread(target=commit)
    committing.start()
    _until(disk, ok=False)
    disk.journal.close()
    committing.join(DEADLINE_S)
    assert told == ["The journal was closed before this was committed."]


def test_a_connection_that_breaks_is_opened_anew(disk: Lab) -> None:
    disk.journal.commit([reading(T)])
    _journal(disk)._writer._connection.close()
    disk.journal.commit([reading(T), reading(T + S)])
    assert disk.store.counts().readings == 2
    assert disk.part().ok


def test_another_file_in_the_journals_place_is_not_written(disk: Lab, tmp_path: Path) -> None:
    disk.journal.commit([reading(T)])
    with sqlite_lab(tmp_path / "other") as other:
        other.journal.commit([reading(T, channel="other")])
    for part in ("", "-wal", "-shm"):
        moved = tmp_path / f"journal.sqlite{part}"
        moved.rename(tmp_path / f"unplugged{part}")
    (tmp_path / "other" / "journal.sqlite").rename(tmp_path / "journal.sqlite")
    _journal(disk)._writer._connection.close()
    finished = threading.Event()
    disk.journal.append([reading(T + S)], lambda _offset: finished.set())
    disk.journal.hurry()
    _until(disk, ok=False)
    deadline = time.monotonic() + DEADLINE_S
    while "another file" not in disk.part().message:
        assert time.monotonic() < deadline
    assert not finished.is_set()
    for part in ("", "-wal", "-shm"):
        (tmp_path / f"journal.sqlite{part}").unlink(missing_ok=True)
        (tmp_path / f"unplugged{part}").rename(tmp_path / f"journal.sqlite{part}")
    assert finished.wait(DEADLINE_S)


def test_a_fault_of_labedge_in_the_writer_is_told(disk: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)

    def broken(_connection: sqlite3.Connection) -> None:
        raise LookupError("a fault of labedge")

    ticket = _journal(disk)._queue.call(broken)
    assert _until(disk, ok=False).fix.startswith("Restart")
    _journal(disk)._writer._thread.join(DEADLINE_S)
    with pytest.raises(GiveUp):
        disk.journal.append([reading(T)])
    assert not ticket.done.is_set()


# --- opening


def test_two_gateways_never_write_one_journal(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path), pytest.raises(GiveUp, match="Another gateway") as raised, sqlite_lab(tmp_path):
        pass
    assert "data folder" in raised.value.fix
    with sqlite_lab(tmp_path) as lab:
        assert lab.journal.commit([]) == 0


def test_a_newer_journal_is_left_alone_with_a_sentence(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(GiveUp, match="newer labedge"), sqlite_lab(tmp_path):
        pass


def test_a_file_that_is_no_journal_is_left_alone_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"a letter to the ministry" * 1000)
    with pytest.raises(Damaged, match="no journal"), sqlite_lab(tmp_path):
        pass


def test_a_journal_without_its_name_is_damaged(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    connection.execute("DROP TABLE channels")
    connection.close()
    with pytest.raises(Damaged, match="channels"), sqlite_lab(tmp_path):
        pass


@pytest.mark.parametrize("place", ["file/below", "directory"])
def test_a_place_that_cannot_hold_a_journal_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "directory" / "journal.sqlite").mkdir(parents=True)
    with pytest.raises(GiveUp, match="cannot be") as raised, sqlite_lab(tmp_path / place):
        pass
    assert "writable" in raised.value.fix


def test_a_store_without_a_journal_says_so(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="no journal"):
        LocalStore(tmp_path / "journal.sqlite")


def test_a_closed_store_answers_nothing(disk: Lab) -> None:
    disk.store.close()
    with pytest.raises(GiveUp, match="closed"):
        disk.store.offset()


def test_a_store_cannot_write(disk: Lab) -> None:
    assert isinstance(disk.store, LocalStore)
    with pytest.raises(sqlite3.OperationalError), disk.store._connections._take() as connection:
        connection.execute("UPDATE gateway SET offset = 0")


def test_the_machines_clock_works_as_well(tmp_path: Path) -> None:
    committed: list[Committed] = []
    journal = open_journal(tmp_path, clock=SystemClock(), on_commit=committed.append)
    assert journal.commit([reading(T)]) == 1
    journal.close()
    assert len(committed) == 1


def test_the_log_is_moved_into_the_file_beside_the_writer(disk: Lab) -> None:
    before = _path(disk).stat().st_size
    for number in range(12):
        disk.journal.commit([_noise(60_000, channel=str(number))])
    disk.until(lambda: _path(disk).stat().st_size > before + 4 * 2**20)


def test_a_checkpoint_that_fails_waits_for_a_better_time(disk: Lab, tmp_path: Path) -> None:
    checkpoints = _journal(disk)._writer._checkpoints
    (tmp_path / "journal.sqlite").rename(tmp_path / "away")
    checkpoints._checkpoint()
    (tmp_path / "away").rename(tmp_path / "journal.sqlite")
    assert disk.journal.commit([reading(T)]) == 1


def test_housekeeping_after_close_is_refused(disk: Lab) -> None:
    disk.journal.commit([reading(T)])
    disk.journal.close()
    disk.clock.advance(2 * HOUR)
    with pytest.raises(GiveUp, match="closed"):
        _journal(disk).housekeep_now()


@pytest.mark.parametrize(("harm", "error"), [("DROP TABLE gateway", Retry), ("", Damaged)], ids=["table", "pages"])
def test_a_store_that_cannot_be_read_says_what_to_do(tmp_path: Path, harm: str, error: type[LabedgeError]) -> None:
    with sqlite_lab(tmp_path) as lab:
        lab.journal.commit(ONE_OF_EACH)
    path = tmp_path / "journal.sqlite"
    if harm:
        connection = sqlite3.connect(path)
        connection.execute(harm)
        connection.close()
    else:
        path.write_bytes(path.read_bytes()[:8192] + b"\xff" * (path.stat().st_size - 8192))
    store = LocalStore(path)
    with pytest.raises(error) as raised:
        store.counts()
    assert raised.value.fix
    store.close()


def test_a_connection_that_comes_back_after_close_is_closed(disk: Lab) -> None:
    assert isinstance(disk.store, LocalStore)
    with disk.store._connections.snapshot() as connection:
        disk.store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")
