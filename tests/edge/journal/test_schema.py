"""Journals of older schemas are opened, brought up to date and lose nothing."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from edge.journal import database
from edge.journal.verify import verify
from telemetry.model import State
from tests.edge.journal.labs import HOUR, LAB, MILL, ONE_OF_EACH, TEMPERATURE, Lab, S, T, reading, sqlite_lab, state

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("[0-9]*.sqlite"))

OF_THE_FIRST_SCHEMA = 8
"""So many records of `ONE_OF_EACH` are in every fixture."""


def _stretch(lab: Lab, name: str) -> tuple[int, int]:
    found = lab.store.run(name)
    assert found is not None
    (part,) = found.parts
    return part.start, part.last


def test_every_schema_has_a_fixture() -> None:
    assert [one.stem for one in FIXTURES] == [one.name[:3] for one in database.SCHEMAS]
    assert [int(one.stem) for one in FIXTURES] == list(range(1, len(FIXTURES) + 1))


@pytest.mark.parametrize("old", FIXTURES, ids=[one.stem for one in FIXTURES])
def test_an_old_journal_is_read_and_written_on(old: Path, tmp_path: Path) -> None:
    shutil.copy(old, tmp_path / "journal.sqlite")
    with sqlite_lab(tmp_path) as lab:
        assert lab.store.offset() > 400
        offset = lab.store.offset()
        assert lab.store.readings(LAB, TEMPERATURE, T, T + 12).v.tolist() == [21.5, 0.2, 0.7]
        assert lab.store.channels()[2].count == 401
        assert _stretch(lab, "run-1") == (T, T)
        assert _stretch(lab, "run-2") == (T + S, T + 7 * S)
        assert len(lab.store.changes([MILL], T, T + HOUR)) == 201
        assert lab.journal.commit(ONE_OF_EACH[:OF_THE_FIRST_SCHEMA]) == offset
        assert lab.journal.commit([state(T + HOUR, State.IDLE), reading(T + HOUR)]) == offset + 2
    assert verify(tmp_path / "journal.sqlite") == ()
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    assert database.schema_version(connection) == len(database.SCHEMAS)
    connection.close()
