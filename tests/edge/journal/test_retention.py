"""The disk's limit is kept, the oldest readings go first, and everybody is told."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np

from edge.journal import database, retention
from edge.journal.sqlite import SqliteJournal
from edge.journal.verify import verify
from telemetry.model import Channel, JobPhase, ReadingBatch, State
from tests.edge.journal.labs import HOUR, LAB, Lab, S, T, job, reading, run, sqlite_lab, state
from tests.waiting import becomes_true

MIB = 1 / 1024


def _housekeep(lab: Lab) -> None:
    assert isinstance(lab.journal, SqliteJournal)
    lab.journal.housekeep_now()


def _fill(lab: Lab, *, hours: int) -> None:
    """A megabyte of noise an hour, which nothing compresses, in two channels."""
    random = np.random.default_rng(1)
    for hour in range(hours):
        t = T + hour * HOUR + np.arange(65_000, dtype=np.int64) * 50_000_000
        for channel in ("u", "v"):
            lab.journal.commit([ReadingBatch(LAB, Channel(channel), t, random.normal(size=len(t)), T)])


def _path(folder: Path) -> Path:
    return folder / "journal.sqlite"


def test_the_oldest_readings_go_first_counted_and_told(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, max_disk_gib=4 * MIB) as lab:
        lab.journal.commit([state(T, State.BUSY), job(T, JobPhase.STARTED)])
        _fill(lab, hours=8)
        _housekeep(lab)
        counts = lab.store.counts()
        assert counts.bytes_on_disk <= 4 * 2**20
        assert counts.dropped_readings + counts.readings == 2 * 8 * 65_000
        assert counts.dropped_readings > 0
        assert counts.records == 2
        for channel in lab.store.channels():
            kept = lab.store.readings(LAB, channel.channel, 0, 2**62)
            assert (kept.t[0], len(kept)) == (channel.first, channel.count)
            assert channel.first >= T + 3 * HOUR
        assert lab.metrics.registry.get_sample_value("labedge_dropped_total", {"reason": "retention"}) == (
            counts.dropped_readings
        )
        part = lab.part("journal retention")
        assert str(counts.dropped_readings) in part.message
        assert not part.vital
        assert verify(_path(tmp_path)) == ()


def test_room_is_made_between_two_rounds(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, max_disk_gib=4 * MIB, room_s=0.01) as lab:
        _fill(lab, hours=8)
        assert becomes_true(lambda: database.bytes_on_disk(_path(tmp_path)) <= 4 * 2**20)
        assert becomes_true(lambda: "journal retention" in {part.name for part in lab.health.parts()})
        assert lab.store.counts().dropped_readings > 0


def test_what_went_is_remembered_by_channel_over_a_restart(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, max_disk_gib=2 * MIB) as lab:
        _fill(lab, hours=4)
        _housekeep(lab)
        gone = lab.store.counts().dropped_readings
    with sqlite_lab(tmp_path) as lab:
        assert lab.store.counts().dropped_readings == gone
        reading_connection = database.connect_reading(_path(tmp_path))
        rows = retention.dropped(reading_connection)
        reading_connection.close()
        assert [row.channel for row in rows] == ["u", "v"]
        assert sum(row.n for row in rows) == gone
        assert all(row.first == T for row in rows)


def test_a_channel_that_lost_everything_goes_on(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, max_disk_gib=MIB / 16) as lab:
        _fill(lab, hours=1)
        _housekeep(lab)
        assert [one.count for one in lab.store.channels()] == [0, 0]
        lab.journal.commit([reading(T + HOUR, 5.0, channel="u"), reading(T - HOUR, 4.0, channel="u")])
        (channel, _other) = lab.store.channels()
        assert (channel.count, channel.first, channel.last, channel.last_value) == (2, T - HOUR, T + HOUR, 5.0)
        assert verify(_path(tmp_path)) == ()


def test_a_run_that_only_readings_name_goes_with_the_last_of_them_and_no_other(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, max_disk_gib=3 * MIB) as lab:
        lab.journal.commit([reading(T + S, run="named", channel="u"), reading(T + S, run="started", channel="u")])
        lab.journal.commit([reading(T + 8 * HOUR, run="late", channel="u"), run(T, name="started")])
        _fill(lab, hours=8)
        _housekeep(lab)
        assert [one.run for one in lab.store.runs(None, 0, 2**62)] == ["started", "late"]
        assert verify(_path(tmp_path)) == ()


def test_states_alone_never_go_however_small_the_disk(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path, max_disk_gib=MIB / 16) as lab:
        lab.journal.commit([state(T + n * S, State.BUSY) for n in range(2000)])
        _housekeep(lab)
        assert lab.store.counts().records == 2000


def test_within_the_limit_nothing_goes_and_nothing_is_told(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as lab:
        _fill(lab, hours=1)
        _housekeep(lab)
        assert lab.store.counts().dropped_readings == 0
        assert "journal retention" not in {part.name for part in lab.health.parts()}


def test_free_pages_do_not_count_as_used(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as lab:
        _fill(lab, hours=2)
        connection = sqlite3.connect(_path(tmp_path), isolation_level=None)
        before = retention.bytes_used(connection)
        connection.execute("DELETE FROM chunks")
        assert retention.bytes_used(connection) < before
        connection.close()
