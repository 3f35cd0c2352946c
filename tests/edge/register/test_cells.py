"""No cell of a register is changed by hand without `labedge verify` telling it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from edge.register.contract import Closed, Put, Remove
from edge.register.evidence import Attendance
from edge.register.lessons import Teacher
from edge.register.sqlite import SqliteRegister
from edge.register.verify import verify
from telemetry.model import Instant
from tests.edge.cells import unnoticed
from tests.edge.register.school import TEACHER, enter, put, school


def _closed(quarter: int) -> Closed:
    return Closed(2026, quarter, 0, b"{}", "", "", "", 1, 7, "head", "the quarter is over")


def _whole(path: Path) -> Path:
    """A register with a row in every table."""
    register = SqliteRegister(path)
    put(register, *school())
    enter(register, Put("ivanova", Teacher(name="Петрова"), 1))
    enter(register, Put("gone", TEACHER))
    enter(register, Remove("teacher", "gone", 1))
    register.learners(Attendance, reader="завуч", reason="сверка", at=Instant(1))
    for quarter in (1, 2):
        register.close_period(_closed(quarter))
    register.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return path


def test_no_changed_cell_goes_unnoticed(tmp_path: Path) -> None:
    path = _whole(tmp_path / "register.sqlite")
    assert verify(path) == ()
    assert unnoticed(path, exempt=(), faults=verify) == {}
