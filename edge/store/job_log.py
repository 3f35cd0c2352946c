"""Queries about jobs, inside the caller's snapshot: what was said of each that may overlap a window.

Never opens a connection, and puts no job together: that is `edge.store.jobs`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from edge.journal.words import Kind
from edge.store import spoken
from edge.store.contract import Job
from edge.store.jobs import Phase, job_of
from edge.store.sparse import fit
from telemetry.model import EquipmentId, Instant

_REACHING = """
    SELECT first, last, job FROM jobs WHERE equipment = ?1 AND first < ?3 AND (first < ?2 OR last >= ?3)
    AND (ended IS NULL OR last > ended OR ended >= ?2)
"""


def met(connection: sqlite3.Connection, one: EquipmentId, start: Instant, end: Instant) -> Iterator[Job]:
    """Each job of an equipment that may overlap [start, end), from every phase of it.

    Jobs that lie inside are read in one go, for a quarter has thousands; the few that reach out, each by itself.
    """
    window = fit(start), fit(end)
    phases: dict[str, list[Phase]] = {}
    for phase in spoken.inside(connection, one, Kind.JOB, window):
        phases.setdefault(phase[1].get("job", ""), []).append(phase)
    for first, last, job in connection.execute(_REACHING, (one, *window)).fetchall():
        whole = list(spoken.of_one(connection, one, Kind.JOB, (first, last), job))
        if whole:
            phases[whole[0][1].get("job", "")] = whole
    return (job_of(one, said) for said in phases.values())
