"""Packing changes where changes of state are read from and nothing else."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import Damaged
from edge.journal import database, known, packing
from edge.journal.packing import DAYS_A_SWAP, Day
from edge.journal.pieces import DAY_NS
from edge.journal.sqlite import SqliteJournal
from edge.journal.verify import verify
from telemetry.model import EquipmentId, Source, State, StateSeen
from tests.edge.journal.labs import HOUR, LAB, MILL, Lab, S, T, memory_lab, sqlite_lab, state

DAY = T // DAY_NS
EARLIEST, LATEST = -(2**63), 2**63 - 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Lab]:
    with sqlite_lab(tmp_path) as lab:
        yield lab


def _housekeep(lab: Lab) -> None:
    assert isinstance(lab.journal, SqliteJournal)
    lab.journal.housekeep_now()


def _days(lab: Lab) -> tuple[list[tuple[str, int, int]], list[tuple[str, int]]]:
    """Packed days with their number of changes, and days to be packed."""
    with closing(_connection(lab)) as connection:
        packed = connection.execute("SELECT equipment, day, n FROM state_days ORDER BY equipment, day").fetchall()
        return packed, connection.execute("SELECT equipment, day FROM unpacked_days ORDER BY equipment, day").fetchall()


def _path(lab: Lab) -> Path:
    return lab.store._path  # type: ignore[attr-defined, no-any-return]  # the store on disk


def _connection(lab: Lab) -> sqlite3.Connection:
    return sqlite3.connect(_path(lab))


def _changes(lab: Lab, start: int, end: int) -> list[list[int]]:
    found = lab.store.changes((MILL, LAB), start, end)
    return [
        column.tolist() for column in (found.equipment, found.at, found.state, found.source, found.valid_ns)
    ]  # fmt: skip


def test_a_day_that_is_over_is_packed_and_today_is_not(disk: Lab) -> None:
    disk.journal.commit([state(T - 24 * HOUR + n * S, State(n % 8)) for n in range(9)] + [state(T, State.BUSY)])
    before = _changes(disk, T - 100 * HOUR, T + HOUR)
    assert _days(disk) == ([], [(MILL, DAY - 1), (MILL, DAY)])
    _housekeep(disk)
    assert _days(disk) == ([(MILL, DAY - 1, 9)], [(MILL, DAY)])
    assert _changes(disk, T - 100 * HOUR, T + HOUR) == before
    assert verify(_path(disk)) == ()


def test_a_late_change_unpacks_its_day_until_the_next_round(disk: Lab) -> None:
    disk.journal.commit([state(T - 24 * HOUR, State.BUSY), state(T - 48 * HOUR, State.IDLE)])
    _housekeep(disk)
    disk.journal.commit([state(T - 24 * HOUR, State.BUSY)])
    assert _days(disk) == ([(MILL, DAY - 2, 1), (MILL, DAY - 1, 1)], [])
    disk.journal.commit([state(T - 24 * HOUR + S, State.FAULT)])
    assert _days(disk) == ([(MILL, DAY - 2, 1)], [(MILL, DAY - 1)])
    assert _changes(disk, T - 100 * HOUR, T)[2] == [State.IDLE, State.BUSY, State.FAULT]
    _housekeep(disk)
    assert _days(disk) == ([(MILL, DAY - 2, 1), (MILL, DAY - 1, 2)], [])
    assert _changes(disk, T - 100 * HOUR, T)[2] == [State.IDLE, State.BUSY, State.FAULT]


def test_a_day_that_grew_while_it_was_packed_is_packed_another_time(disk: Lab) -> None:
    disk.journal.commit([state(T - 24 * HOUR, State.BUSY)])
    with closing(_connection(disk)) as connection:
        planned = packing.packed(connection, Day(MILL, DAY - 1))
        disk.journal.commit([state(T - 23 * HOUR, State.IDLE)])
        packing.swap(connection, known.load(connection), [planned])
        connection.commit()
    assert _days(disk) == ([], [(MILL, DAY - 1)])


def test_more_days_than_one_swap_takes_are_packed_in_one_round(disk: Lab) -> None:
    disk.journal.commit([state(T - n * 24 * HOUR, State.BUSY) for n in range(DAYS_A_SWAP + 9)])
    _housekeep(disk)
    packed, unpacked = _days(disk)
    assert len(packed) == DAYS_A_SWAP + 8
    assert unpacked == [(MILL, DAY)]


said = st.builds(
    StateSeen,
    st.sampled_from((MILL, LAB)),
    st.one_of(
        st.integers(-4 * 24, 24).map(lambda hours: T + hours * HOUR),
        st.sampled_from((EARLIEST, EARLIEST + 5, -DAY_NS, -DAY_NS - 1, -1, 0, LATEST)),
    ),
    st.just(T),
    st.sampled_from(State),
    st.sampled_from(Source),
    st.sampled_from((0, 0, 7, LATEST)),
)
instants = st.one_of(
    st.integers(-5 * 24, 48).map(lambda hours: T + hours * HOUR), st.sampled_from((EARLIEST, -DAY_NS, 0, LATEST))
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(said, max_size=6), max_size=5), st.lists(st.tuples(instants, instants), max_size=4))
def test_packed_at_any_time_the_same_changes_are_told(
    batches: list[list[StateSeen]], windows: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, sqlite_lab(Path(folder)) as disk, memory_lab(Path(folder)) as twin:
        for records in batches:
            disk.journal.commit(records)
            twin.journal.commit(records)
            _housekeep(disk)
            for window in [(EARLIEST, LATEST), *map(sorted, windows)]:
                assert _changes(disk, *window) == _changes(twin, *window)
        assert verify(_path(disk)) == ()


def test_an_older_journal_is_packed_at_its_first_round(tmp_path: Path) -> None:
    old = Path(__file__).parent / "fixtures" / "003.sqlite"
    (tmp_path / "journal.sqlite").write_bytes(old.read_bytes())
    with sqlite_lab(tmp_path) as lab:
        before = _changes(lab, EARLIEST, LATEST)
        assert _days(lab) == ([], [(MILL, DAY)])
        lab.clock.advance(24 * HOUR)
        _housekeep(lab)
        assert _days(lab) == ([(MILL, DAY, 201)], [])
        assert _changes(lab, EARLIEST, LATEST) == before


def test_a_packed_day_that_is_cut_short_is_damage_and_no_answer(disk: Lab) -> None:
    disk.journal.commit([state(T - 24 * HOUR + n * S, State(n % 8)) for n in range(9)])
    _housekeep(disk)
    with closing(_connection(disk)) as connection:
        connection.execute("UPDATE state_days SET marks_blob = x'0000'")
        connection.commit()
    with pytest.raises(Damaged, match="does not hold what it says"):
        _changes(disk, T - 100 * HOUR, T)


def test_a_day_that_is_no_column_stays_in_the_log_and_is_told(disk: Lab) -> None:
    disk.journal.commit([state(T - 24 * HOUR, State.BUSY), state(T - 48 * HOUR, State.BUSY)])
    with closing(database.connect(_path(disk))) as connection:
        connection.execute("UPDATE log SET mark = 1000000 WHERE at = ?", (T - 24 * HOUR,))
    _housekeep(disk)
    assert _days(disk) == ([(MILL, DAY - 2, 1)], [(MILL, DAY - 1)])
    part = disk.part("journal housekeeping")
    assert (part.ok, "cannot be packed" in part.message) == (False, True)


def test_equipment_without_changes_has_none(disk: Lab) -> None:
    disk.journal.commit([state(T - 24 * HOUR, State.BUSY)])
    _housekeep(disk)
    assert len(disk.store.changes([EquipmentId("nobody")], EARLIEST, LATEST)) == 0
