"""What the journal on disk had told by a certain offset, for whoever makes an old report anew.

Slower than the store itself: what came later may have moved the first and last word about a job, so all jobs are read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from edge.journal import words
from edge.journal.contract import Offset
from edge.journal.words import LogRow
from edge.store.connections import Connections
from edge.store.contract import Job
from edge.store.jobs import by_job, overlapping
from edge.store.sparse import fit, of_rows
from telemetry.columns import Changes
from telemetry.model import EquipmentId, Instant, JobSeen

_CHANGES = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?3 AND offset <= ?4
    AND at >= coalesce(
        (SELECT max(at) FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?2 AND offset <= ?4), ?2
    ) ORDER BY at, mark
"""
_PHASES = f"""
    SELECT {words.COLUMNS} FROM log WHERE equipment = ? AND kind = 1 AND offset <= ? ORDER BY at
"""  # noqa: S608 fixed words


class JournalPast:
    """See `edge.store.contract.Told`: the journal as it was when `offset` was its last one."""

    def __init__(self, connections: Connections, instance: str, offset: Offset) -> None:
        """Read through the store's own connections; closing them is the store's affair."""
        self._connections = connections
        self._instance = instance
        self._offset = offset

    def instance(self) -> str:
        """See the contract."""
        return self._instance

    def offset(self) -> Offset:
        """See the contract."""
        return self._offset

    def changes(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> Changes:
        """See the contract."""
        asked = (fit(start), fit(end), self._offset)
        with self._connections.snapshot() as connection:
            ids = tuple(dict.fromkeys(equipment))
            found = [connection.execute(_CHANGES, (one, *asked)).fetchall() for one in ids]
        return of_rows(ids, found)

    def jobs(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> tuple[Job, ...]:
        """See the contract."""
        with self._connections.snapshot() as connection:
            seen = [phase for one in dict.fromkeys(equipment) for phase in self._phases(connection, one)]
        return overlapping(by_job(seen), start, end)

    def touched_since(self, after: Offset) -> Mapping[EquipmentId, Instant]:  # noqa: ARG002 - the past stays as it is
        """See the contract."""
        return {}

    def _phases(self, connection: sqlite3.Connection, one: EquipmentId) -> Iterator[JobSeen]:
        for row in connection.execute(_PHASES, (one, self._offset)):
            record = words.to_record(LogRow(*row))
            if isinstance(record, JobSeen):
                yield record
