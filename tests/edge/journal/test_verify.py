"""Damage is found and its place is named; a sound journal has no faults."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from edge.errors import GiveUp
from edge.journal.chunks import COLUMNS
from edge.journal.sqlite import SqliteJournal
from edge.journal.verify import verify
from telemetry.model import JobPhase, State
from tests.edge.journal.labs import HOUR, ONE_OF_EACH, S, T, batch, job, reading, sqlite_lab, state


def _make(folder: Path) -> Path:
    """A journal with some of everything, compacted and fresh."""
    with sqlite_lab(folder) as lab:
        lab.journal.commit([*ONE_OF_EACH, state(T - 30 * HOUR, State.BUSY), state(T - 31 * HOUR, State.IDLE)])
        for second in range(200):
            lab.journal.append([batch([T + second * S, T + second * S + 7], [second / 7, 0.3], channel="w")])
            lab.journal.append([state(T + second * S, State(second % 8)), job(T + second * S, JobPhase.PROGRESSED)])
        lab.clock.advance(2 * HOUR)
        assert isinstance(lab.journal, SqliteJournal)
        lab.journal.commit([])
        lab.journal.housekeep_now()
        lab.journal.commit([reading(T + HOUR + 3, 4.0, channel="w"), batch([T, T + 8, T + 11], [1.0, 0.2, 0.7])])
        for note in (b"one", b"two", b"six"):
            lab.journal.commit([], note=note)
    return folder / "journal.sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return _make(tmp_path)


def test_a_sound_journal_has_no_faults(path: Path) -> None:
    assert verify(path) == ()


def test_a_journal_is_verified_while_it_is_written(tmp_path: Path) -> None:
    with sqlite_lab(tmp_path) as lab:
        lab.journal.commit(ONE_OF_EACH)
        assert verify(tmp_path / "journal.sqlite") == ()
        lab.journal.commit([reading(T + 9, 1.0)])
        assert verify(tmp_path / "journal.sqlite") == ()


DAMAGES = {
    "values": ("UPDATE chunks SET values_blob = zeroblob(length(values_blob)) WHERE values_blob NOT NULL", "checksum"),
    "length": ("UPDATE chunks SET values_blob = x'00' WHERE values_blob NOT NULL", "cannot be read"),
    "statistics": ("UPDATE chunks SET greatest = greatest + 1, total = total + 9", "least, greatest or sum"),
    "times": ("UPDATE chunks SET first = first - 1, last = last - 1 WHERE times_blob NOT NULL", "first and last"),
    "order": ("UPDATE chunks SET encoding = encoding % 16, last = first, n = 5, times_blob = NULL", "do not rise"),
    "infinite": ("UPDATE chunks SET least = 9e999, encoding = 0, values_blob = NULL, times_blob = NULL", "finite"),
    "twice": (
        f"INSERT INTO chunks SELECT offset + 1000, {COLUMNS} FROM chunks",  # noqa: S608 fixed words
        "repeats times",
    ),
    "counted": ("UPDATE channels SET n = n + 1", "number of readings"),
    "log": ("UPDATE log SET words = '{}' WHERE kind = 4", "checksum"),
    "lost log": ("DELETE FROM log WHERE kind = 4", "records"),
    "offsets": ("UPDATE gateway SET offset = 3", "never given out"),
    "both": ("UPDATE log SET offset = (SELECT max(offset) FROM chunks) WHERE kind = 4", "both a chunk and a log row"),
    "lost note": ("DELETE FROM notes WHERE reach = 6", "does not follow"),
    "lost run": ("DELETE FROM run_stretches WHERE run = 'run-2'", "do not hold it"),
    "foreign": ("DELETE FROM channels", "not there"),
    "packed day": ("UPDATE state_days SET words_blob = zeroblob(n)", "not what the log says"),
    "unfit day": ("UPDATE log SET mark = 1000000 WHERE at = (SELECT min(at) FROM log)", "not what the log says"),
    "lost day": ("DELETE FROM state_days", "neither packed nor to be packed"),
    "schema": ("PRAGMA user_version = 7", "schema is 7"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=list(DAMAGES))
def test_damage_is_named(path: Path, damage: str, message: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(damage)
    connection.commit()
    connection.close()
    faults = verify(path)
    assert any(message in fault.message for fault in faults), faults
    assert all(fault.place for fault in faults)


def test_a_broken_chunk_is_named_with_its_channel(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE chunks SET crc32 = crc32 + 1 WHERE offset = (SELECT max(offset) FROM chunks)")
    connection.commit()
    (offset,) = connection.execute("SELECT max(offset) FROM chunks").fetchone()
    connection.close()
    assert [(fault.place, fault.message) for fault in verify(path)] == [
        (f"chunk {offset} of lab-1/temperature", "its checksum does not fit")
    ]


def test_flipped_bytes_never_make_it_raise_and_are_found_in_every_blob(path: Path) -> None:
    connection = sqlite3.connect(path)
    blobs = connection.execute("SELECT values_blob FROM chunks WHERE length(values_blob) > 16").fetchall()
    connection.close()
    sound = path.read_bytes()
    for (blob,) in blobs:
        place = sound.index(blob[:200]) + min(len(blob), 200) // 2
        damaged = bytearray(sound)
        damaged[place] ^= 0x40
        path.write_bytes(damaged)
        assert verify(path) != ()
    dice = random.Random(7)
    for _round in range(60):
        damaged = bytearray(sound)
        for _flip in range(8):
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        for fault in verify(path):
            assert fault.place


@pytest.mark.parametrize("content", [b"", b"nothing of a journal" * 1000], ids=["empty", "other"])
def test_another_file_is_a_fault_and_not_an_exception(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(content)
    assert verify(path) != ()


def test_a_journal_cut_short_is_a_fault(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])
    assert verify(path) != ()


def test_no_journal_is_told(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="no journal"):
        verify(tmp_path / "journal.sqlite")
