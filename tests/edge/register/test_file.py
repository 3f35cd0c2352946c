from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.errors import Damaged, Full, GiveUp, LabedgeError, Retry
from edge.register import database, rows
from edge.register.contract import Put, Remove
from edge.register.evidence import Attendance
from edge.register.lessons import Teacher
from edge.register.sqlite import SqliteRegister
from edge.register.verify import verify
from telemetry.model import Instant
from tests.edge.register.school import TEACHER, enter, put, school


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "register.sqlite"


def damaged(path: Path, *statements: str) -> tuple[str, ...]:
    """What is found wrong after somebody wrote to the file."""
    register = SqliteRegister(path)
    put(register, *school())
    enter(register, Put("ivanova", Teacher(name="Петрова"), 1))
    enter(register, Put("gone", TEACHER))
    enter(register, Remove("teacher", "gone", 1))
    register.learners(Attendance, reader="завуч", reason="сверка", at=Instant(1))
    register.close()
    assert verify(path) == ()
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return tuple(f"{fault.place}: {fault.message}" for fault in verify(path))


def test_what_was_entered_is_there_after_opening_again(path: Path) -> None:
    register = SqliteRegister(path)
    put(register, *school())
    before = register.changed_since(0)
    register.close()
    again = SqliteRegister(path)
    assert again.changed_since(0) == before
    assert again.version() == 1
    again.close()


def test_the_file_is_kept_as_safely_as_sqlite_can(path: Path) -> None:
    connection = database.open_writing(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(database.SCHEMAS),)
    connection.close()


@pytest.mark.parametrize("schema", range(1, len(database.SCHEMAS)))
def test_a_register_of_an_older_schema_is_brought_up_to_date_and_keeps_everything(path: Path, schema: int) -> None:
    words = rows.words_of(TEACHER)
    connection = database.connect(path, mode="rwc")
    for one in database.SCHEMAS[:schema]:
        connection.executescript(one.read_text())
    connection.execute("INSERT INTO register VALUES (1, 'the instance')")
    connection.execute("INSERT INTO changes (at, author, reason) VALUES (1, 'завуч', 'начало года')")
    connection.execute("INSERT INTO entries VALUES ('teacher', 'ivanova', 1, 1, ?)", (words,))
    crc = rows.crc_of("teacher", "ivanova", 1, 1, words)
    connection.execute("INSERT INTO history VALUES ('teacher', 'ivanova', 1, 1, ?, ?)", (words, crc))
    connection.execute("INSERT INTO audit (at, who, action, subject, reason) VALUES (1, 'завуч', 'read', 'x', 'y')")
    if schema >= 3:
        connection.execute("UPDATE changes SET crc32 = crc32_of(version, at, author, reason)")
        connection.execute("UPDATE audit SET crc32 = crc32_of(n, at, who, action, subject, reason)")
    connection.execute(f"PRAGMA user_version = {schema}")
    connection.close()
    register = SqliteRegister(path)
    assert register.verify() == ()
    assert [row.value for row in register.rows(Teacher).value] == [TEACHER]
    register.close()
    connection = database.connect(path)
    assert connection.execute("SELECT instance FROM register").fetchone() == ("the instance",)
    connection.close()


def test_a_newer_register_is_left_alone(path: Path) -> None:
    SqliteRegister(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(GiveUp, match="newer labedge") as e:
        SqliteRegister(path)
    assert e.value.fix
    assert any("schema is 99" in fault.message for fault in verify(path))


def test_what_is_no_register_is_told(path: Path) -> None:
    path.write_bytes(b"no database at all, and long enough to be read as one" * 100)
    with pytest.raises(Damaged, match="no register"):
        SqliteRegister(path)
    assert verify(path) != ()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GiveUp, match="cannot be opened"):
        SqliteRegister(tmp_path / "file" / "register.sqlite")


def test_a_folder_in_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(GiveUp, match="cannot be opened"):
        SqliteRegister(path)


def test_there_is_nothing_to_verify_without_a_file(path: Path) -> None:
    with pytest.raises(GiveUp, match="no register"):
        verify(path)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE entries SET words = '{\"name\":\"Х\"}' WHERE id = 'ivanova'", "not what its history ends with"),
        ("UPDATE history SET words = '{\"name\":\"Х\"}' WHERE id = 'ivanova' AND version = 1", "checksum"),
        ("UPDATE history SET version = 7 WHERE id = 'ivanova' AND version = 2", "version 2 is missing"),
        ("DELETE FROM history WHERE id = 'ivanova' AND version = 1", "version 1 is missing"),
        ("DELETE FROM history WHERE id = 'ivanova' AND version = 2", "not what its history ends with"),
        ("DELETE FROM entries WHERE kind = 'bell_schedule'", "not what its history ends with"),
        ("UPDATE entries SET words = '{}' WHERE id = 'mon-2'", "cannot be read"),
        ("UPDATE entries SET words = NULL WHERE id = 'pr-1'", "names the group pr-1, which is not there"),
        ("UPDATE history SET changed = 4 WHERE id = 'ivanova' AND version = 1", "before the version before it"),
        ("DELETE FROM changes WHERE version = 1", "not there"),
        ("UPDATE entries SET kind = 'riddle' WHERE id = 'everyday'", "cannot be read"),
        ("ALTER TABLE mentions RENAME TO lost", "cannot be read to its end"),
        ("UPDATE changes SET author = 'Никто' WHERE version = 2", "changes 2: its checksum does not fit"),
        ("UPDATE changes SET crc32 = NULL WHERE version = 1", "changes 1: its checksum does not fit"),
        ("UPDATE audit SET who = 'Никто'", "audit 1: its checksum does not fit"),
        ("UPDATE audit SET n = 2", "audit 1: it is missing"),
        ("DELETE FROM audit", "audit 1: it is missing"),
    ],
)
def test_each_damage_is_found(path: Path, statement: str, found: str) -> None:
    assert any(found in fault for fault in damaged(path, statement))


READS: dict[str, Callable[[SqliteRegister], object]] = {
    "snapshot": SqliteRegister.snapshot,
    "as it is": lambda register: register.register_as_of(register.version()),
    "as it was": lambda register: register.register_as_of(1),
    "with learners": lambda register: register.with_learners(2, reader="завуч", reason="сверка", at=Instant(1)),
}


@pytest.mark.parametrize("words", ["{", '{"weekday":"one"}', '{"weekday":1,"week":"both"}'])
@pytest.mark.parametrize("read", READS.values(), ids=list(READS))
def test_who_reads_all_is_told_the_place_of_the_damage(
    path: Path, words: str, read: Callable[[SqliteRegister], object]
) -> None:
    said = f"SET words = '{words}' WHERE id = 'mon-2'"
    damaged(path, f"UPDATE entries {said}", f"UPDATE history {said}")
    register = SqliteRegister(path)
    with pytest.raises(Damaged, match="slot mon-2, version 1"):
        read(register)
    register.close()


def test_what_was_entered_at_once_has_one_stamp(path: Path) -> None:
    register = SqliteRegister(path)
    put(register, ("ivanova", TEACHER), ("petrova", TEACHER))
    put(register, ("sidorova", TEACHER))
    found = [row.stamp for row in register.rows(Teacher).value]
    assert [stamp.register_version for stamp in found] == [1, 1, 2]
    assert found[0] is found[1]
    register.close()


def test_an_entry_that_cannot_be_read_is_damage_to_who_reads_it(path: Path) -> None:
    damaged(path, "UPDATE entries SET words = '{}' WHERE id = 'ivanova'")
    register = SqliteRegister(path)
    with pytest.raises(Damaged, match="teacher ivanova, version 2"):
        register.rows(Teacher)
    register.close()


def test_a_page_of_rubbish_is_found(path: Path) -> None:
    register = SqliteRegister(path)
    for number in range(200):
        put(register, (f"t{number}", TEACHER))
    register.close()
    content = bytearray(path.read_bytes())
    page = database.PAGE_BYTES
    content[page * 3 : page * 5] = random.Random(5).randbytes(page * 2)
    path.write_bytes(content)
    assert verify(path) != ()


def test_another_writer_is_waited_for_and_then_told(path: Path) -> None:
    register = SqliteRegister(path)
    register._writer.execute("PRAGMA busy_timeout = 50")
    other = database.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Retry, match="cannot be used now"):
        put(register, ("a", TEACHER))
    other.execute("ROLLBACK")
    assert put(register, ("a", TEACHER)) == 1
    other.close()
    register.close()


def test_two_programs_write_one_register_in_turn(path: Path) -> None:
    first, second = SqliteRegister(path), SqliteRegister(path)
    threads = [
        threading.Thread(target=lambda r=register, n=name: [put(r, (f"{n}{i}", TEACHER)) for i in range(20)])
        for register, name in ((first, "a"), (second, "b"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert first.version() == second.version() == 40
    assert len(first.rows(Teacher).value) == 40
    assert first.verify() == ()
    first.close()
    second.close()


def test_a_full_disk_keeps_what_was_and_says_so(path: Path) -> None:
    register = SqliteRegister(path)
    put(register, ("a", TEACHER))
    (pages,) = register._writer.execute("PRAGMA page_count").fetchone()
    register._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Full, match="no room"):
        put(register, *((f"t{number}", TEACHER) for number in range(1000)))
    assert register.version() == 1
    assert register.verify() == ()
    register.close()


def test_what_sqlite_calls_corrupt_is_damage(path: Path) -> None:
    register = SqliteRegister(path)
    put(register, ("a", TEACHER))
    with pytest.raises(LabedgeError), database.transaction(register._writer, path, begin="BEGIN IMMEDIATE"):
        raise sqlite3.DatabaseError("database disk image is malformed")
    assert put(register, ("b", TEACHER)) == 2
    register.close()


CHILD = """
import sys
from edge.register.contract import Put
from edge.register.evidence import Attendance
from edge.register.lessons import Teacher
from edge.register.sqlite import SqliteRegister

register = SqliteRegister(sys.argv[1])
number = register.version()
while True:
    changes = [Put(f"t{number}-{one}", Teacher(name="x" * 100)) for one in range(50)]
    number = register.apply(changes, author="a", reason="r", at=number)
    print(number, flush=True)
"""


@pytest.mark.system
def test_killed_at_any_moment_it_holds_whole_change_sets_and_all_that_was_confirmed(path: Path) -> None:
    dice = random.Random(3)
    confirmed = 0
    moment = threading.Event()
    for _kill in range(6):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        confirmed = int(child.stdout.readline())
        moment.wait(dice.uniform(0.0, 0.15))
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait(60)
        child.stdout.close()
        confirmed = int(rest[-1]) if rest else confirmed
        register = SqliteRegister(path)
        assert register.verify() == ()
        assert register.version() >= confirmed
        assert len(register.rows(Teacher).value) == 50 * register.version()
        register.close()
    assert confirmed > 6
