"""No cell of a journal is changed by hand without `labedge verify` telling it, but for those that matter to nobody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edge.journal import database
from edge.journal.compaction import GRACE_NS
from edge.journal.keeper import Keeper
from edge.journal.retention import drop_oldest
from edge.journal.sqlite import SqliteJournal
from edge.journal.verify import verify
from telemetry.model import JobPhase, State
from tests.edge.cells import Place, places, unnoticed
from tests.edge.journal.labs import HOUR, ONE_OF_EACH, S, T, batch, job, reading, sqlite_lab, state

EXEMPT = {
    Place("unjoined", "channel_id"): "a list of hours to join: rows that stay apart hold the same readings",
    Place("unjoined", "hour"): "as above",
    Place("unpacked_days", "equipment"): "a list of days to pack; one too many is read from the log, as it is",
    Place("unpacked_days", "day"): "as above",
}
FIXTURES = Path(__file__).parent / "fixtures"


def _whole(folder: Path) -> Path:
    """A journal with a row in every table."""
    with sqlite_lab(folder) as lab:
        lab.journal.commit([reading(T - 50 * HOUR, channel="old"), reading(T, channel="old")])
        lab.journal.commit([*ONE_OF_EACH, state(T - 30 * HOUR, State.BUSY), state(T - 31 * HOUR, State.IDLE)])
        for second in range(3):
            lab.journal.commit([batch([T + second * S, T + second * S + 7], [second / 7, 0.3], channel="w")])
            lab.journal.commit([state(T + second * S, State.IDLE), job(T + second * S, JobPhase.PROGRESSED)])
        lab.clock.advance(2 * HOUR + GRACE_NS)
        assert isinstance(lab.journal, SqliteJournal)
        lab.journal.housekeep_now()
        for note in (b"one", b"two"):
            lab.journal.commit([], note=note)
    connection = database.open_writing(folder / "journal.sqlite")
    connection.execute("BEGIN")
    assert drop_oldest(connection, Keeper(connection)) is not None
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return folder / "journal.sqlite"


def test_no_changed_cell_goes_unnoticed(tmp_path: Path) -> None:
    exempt = [*EXEMPT, Place("earlier", "offset"), Place("earlier", "crc32")]
    path = _whole(tmp_path)
    assert verify(path) == ()
    assert unnoticed(path, exempt=exempt, faults=verify) == {}


@pytest.mark.parametrize("table", ["earlier", "chunks", "log"])
def test_no_changed_cell_of_what_an_older_labedge_wrote_goes_unnoticed(tmp_path: Path, table: str) -> None:
    path = tmp_path / "journal.sqlite"
    shutil.copy(FIXTURES / "004.sqlite", path)
    connection = database.open_writing(path)
    others = [place for place in places(connection) if place.table != table]
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    assert verify(path) == ()
    assert unnoticed(path, exempt=others, faults=verify) == {}
