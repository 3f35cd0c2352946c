"""Compaction changes where readings stand and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.journal import database
from edge.journal.chunks import CHUNK_READINGS
from edge.journal.compaction import GROUP_ROWS, OPEN_ROWS, RowHead, plan
from edge.journal.sqlite import SqliteJournal
from edge.journal.verify import verify
from telemetry.model import Reading, ReadingBatch, State
from tests.edge.journal.labs import HOUR, LAB, TEMPERATURE, Lab, S, T, batch, contents, reading, sqlite_lab, state


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Lab]:
    with sqlite_lab(tmp_path) as lab:
        yield lab


def _housekeep(lab: Lab) -> None:
    assert isinstance(lab.journal, SqliteJournal)
    lab.journal.housekeep_now()


def _rows(lab: Lab) -> list[tuple[int, int]]:
    """Offset and number of readings of each chunk."""
    found = lab.store.records(0, 1_000_000)
    dense = [(offset, one) for offset, one in found if isinstance(one, Reading | ReadingBatch)]
    return [(offset, len(one.t) if isinstance(one, ReadingBatch) else 1) for offset, one in dense]


def _path(lab: Lab) -> Path:
    return lab.store._path  # type: ignore[attr-defined, no-any-return]  # the store on disk


def _sound(lab: Lab) -> bool:
    return verify(_path(lab)) == () and lab.part("journal housekeeping").ok


def test_a_closed_hour_becomes_one_row_under_its_last_offset(disk: Lab) -> None:
    for second in range(100):
        disk.journal.commit([reading(T + second * S, second / 8)])
    before = contents(disk.store)
    disk.clock.advance(2 * HOUR)
    _housekeep(disk)
    assert _rows(disk) == [(100, 100)]
    assert contents(disk.store) == before
    assert _sound(disk)


def test_the_running_hour_stays_until_it_has_many_small_rows(disk: Lab) -> None:
    for second in range(OPEN_ROWS - 1):
        disk.journal.commit([reading(T + second * S)])
    _housekeep(disk)
    assert len(_rows(disk)) == OPEN_ROWS - 1
    disk.journal.commit([reading(T + OPEN_ROWS * S)])
    _housekeep(disk)
    assert _rows(disk) == [(OPEN_ROWS, OPEN_ROWS)]
    assert _sound(disk)


def test_late_readings_of_a_compacted_hour_are_kept_and_compacted_again(disk: Lab) -> None:
    disk.journal.commit([batch(list(range(T, T + 1000 * S, S)), list(range(1000)))])
    disk.clock.advance(2 * HOUR)
    _housekeep(disk)
    disk.journal.commit([reading(T + 5 * S, -1.0), reading(T + 5 * S + 1, -2.0)])
    disk.journal.commit([batch([T + 2000 * S, T + 7 * S], [9.0, -3.0])])
    assert _values(disk)[5:8] == [5.0, -2.0, 6.0]
    _housekeep(disk)
    assert _values(disk)[5:8] == [5.0, -2.0, 6.0]
    assert _rows(disk) == [(3, 1002)]
    assert _sound(disk)


def _values(lab: Lab) -> list[float]:
    return [float(value) for value in lab.store.readings(LAB, TEMPERATURE, T, T + HOUR).v]


def test_a_follower_sees_every_reading_whenever_it_asks(disk: Lab) -> None:
    seen, after = set[int](), 0
    for second in range(60):
        disk.journal.commit([reading(T + second * S)])
        if second % 20 == 10:
            disk.clock.advance(2 * HOUR)
            _housekeep(disk)
        if second % 7 == 0:
            for offset, one in disk.store.records(after, 3):
                seen |= set(one.t.tolist()) if isinstance(one, ReadingBatch) else {one.at}
                after = offset
    while page := disk.store.records(after, 3):
        for offset, one in page:
            seen |= set(one.t.tolist()) if isinstance(one, ReadingBatch) else {one.at}
            after = offset
    assert seen == {T + second * S for second in range(60)}


def test_runs_are_joined_each_for_itself(disk: Lab) -> None:
    for second in range(20):
        disk.journal.commit([reading(T + second * S, run="ab"[second % 2])])
    disk.clock.advance(2 * HOUR)
    _housekeep(disk)
    records = [one for _offset, one in disk.store.records(0, 10)]
    assert [(one.run, len(one.t)) for one in records if isinstance(one, ReadingBatch)] == [("a", 10), ("b", 10)]
    assert _sound(disk)


def test_more_rows_than_one_swap_takes_are_joined_all_the_same(disk: Lab) -> None:
    rows = 2 * GROUP_ROWS + 7
    for one in range(rows):
        disk.journal.append([reading(T + one * S, one)])
        disk.journal.hurry()
    disk.journal.commit([])
    disk.clock.advance(2 * HOUR)
    _housekeep(disk)
    assert len(_rows(disk)) == 1
    assert _sound(disk)


def test_rows_of_a_fast_channel_stay_within_a_chunks_size(disk: Lab) -> None:
    t = T + np.arange(3 * CHUNK_READINGS, dtype=np.int64) * 1000
    for one in range(0, len(t), 50_000):
        disk.journal.commit([ReadingBatch(LAB, TEMPERATURE, t[one : one + 50_000], t[one : one + 50_000] % 97 / 4, T)])
    disk.clock.advance(2 * HOUR)
    _housekeep(disk)
    assert [n for _offset, n in _rows(disk)] == [CHUNK_READINGS] * 3
    assert disk.store.readings(LAB, TEMPERATURE, T, T + HOUR).t.tolist() == t.tolist()


def test_compaction_gives_the_disk_back(disk: Lab) -> None:
    values = np.round(np.sin(np.arange(100_000) / 500) * 10, 2)
    for one in range(0, 100_000, 1000):
        t = T + np.arange(one, one + 1000, dtype=np.int64) * 20_000_000
        disk.journal.commit([ReadingBatch(LAB, TEMPERATURE, t, values[one : one + 1000], T)])
    before = disk.store.counts().bytes_on_disk
    disk.clock.advance(2 * HOUR)
    _housekeep(disk)
    assert disk.store.counts().bytes_on_disk < 0.3 * before


def test_a_damaged_row_stays_as_it_is_and_is_told(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as disk:
        for second in range(10):
            pair = batch([T + second * S, T + second * S + 3], [0.1, 0.2])
            disk.journal.commit([pair, state(T + second, State.BUSY)])
        connection = database.connect(_path(disk))
        connection.execute("UPDATE chunks SET values_blob = zeroblob(16) WHERE first = ?", (T + 4 * S,))
        connection.close()
        disk.clock.advance(2 * HOUR)
        _housekeep(disk)
        assert len(_rows(disk)) == 10
        assert "cannot be joined" in disk.part("journal housekeeping").message
        assert not disk.part("journal housekeeping").vital


def test_housekeeping_without_a_disk_says_so(disk: Lab, tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").rename(tmp_path / "away")
    _housekeep(disk)
    assert "no journal" in disk.part("journal housekeeping").message
    (tmp_path / "away").rename(tmp_path / "journal.sqlite")


def test_the_thread_keeps_house_by_itself(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as disk:
        for second in range(10):
            disk.journal.commit([reading(T + second * S)])
    with sqlite_lab(tmp_path, housekeeping_s=0.01) as disk:
        disk.clock.advance(2 * HOUR)
        disk.until(lambda: len(_rows(disk)) == 1)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_compaction_changes_no_content_wherever_it_comes(data: st.DataObject) -> None:
    times = st.integers(0, 3 * 3600).map(lambda second: T + second * S)
    pieces = data.draw(st.lists(st.lists(times, min_size=1, max_size=40), min_size=1, max_size=12))
    with tempfile.TemporaryDirectory() as folder, sqlite_lab(Path(folder)) as lab:
        known: dict[int, float] = {}
        for number, piece in enumerate(pieces):
            values = [float(number) + n / 64 for n in range(len(piece))]
            lab.journal.commit([batch(piece, values, run=data.draw(st.sampled_from(["", "a"])))])
            for at, value in zip(piece, values, strict=True):
                known.setdefault(at, value)
            if data.draw(st.booleans()):
                lab.clock.advance(HOUR)
                _housekeep(lab)
            kept = lab.store.readings(LAB, TEMPERATURE, T, T + 4 * HOUR)
            assert dict(zip(kept.t.tolist(), kept.v.tolist(), strict=True)) == known
        assert _path(lab).exists()
        assert verify(_path(lab)) == ()


_heads = st.builds(
    lambda first, span, n, run: RowHead(0, first, first + span, n, run, 0),
    st.integers(0, 1000), st.integers(0, 50), st.sampled_from([1, 10, 1000, 150_000, 200_000]), st.sampled_from("ab"),
)  # fmt: skip


@given(heads=st.lists(_heads), closed=st.booleans())
def test_a_plan_takes_each_row_once_and_keeps_its_limits(heads: list[RowHead], *, closed: bool) -> None:
    heads.sort(key=lambda head: head.first)
    groups = plan(heads, closed=closed)
    taken = [head for group in groups for head in group.heads]
    assert len({id(head) for head in taken}) == len(taken)
    if closed:
        assert len(taken) == len(heads)
    for group in (one.heads for one in groups):
        assert len({head.run for head in group}) == 1
        assert len(group) <= GROUP_ROWS
        apart = all(a.last < b.first for a, b in pairwise(group))
        assert not apart or len(group) == 1 or sum(head.n for head in group) <= CHUNK_READINGS
