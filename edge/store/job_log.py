"""Queries about jobs, inside the caller's snapshot: what was said of each that may overlap a window.

Never opens a connection, and puts no job together: that is `edge.store.jobs`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import orjson

from edge.store.contract import Job
from edge.store.jobs import Phase, job_of
from edge.store.sparse import fit
from telemetry.model import EquipmentId, Instant

_REACHING = """
    SELECT first, last, job FROM jobs WHERE equipment = ?1 AND first < ?3 AND (first < ?2 OR last >= ?3)
    AND (ended IS NULL OR last > ended OR ended >= ?2)
"""
# All of them as two texts: thousands of rows of their own would cost more than what is in them.
_PHASES = """
    SELECT group_concat(at), group_concat(words) FROM (
        SELECT at, words FROM log WHERE equipment = ? AND kind = 1 AND at >= ? AND at %s ORDER BY at, mark
    )
"""
_PHASES_INSIDE = _PHASES % "< ?"
# The mark of a phase is one byte and the job: so those of other jobs are passed over inside the index.
_PHASES_OF_ONE = _PHASES % "<= ? AND substr(mark, 2) = ?"


def met(connection: sqlite3.Connection, one: EquipmentId, start: Instant, end: Instant) -> Iterator[Job]:
    """Each job of an equipment that may overlap [start, end), from every phase of it.

    Jobs that lie inside are read in one go, for a quarter has thousands; the few that reach out, each by itself.
    """
    window = fit(start), fit(end)
    phases: dict[str, list[Phase]] = {}
    for phase in _told(connection, _PHASES_INSIDE, (one, *window)):
        phases.setdefault(phase[1].get("job", ""), []).append(phase)
    for span in connection.execute(_REACHING, (one, *window)).fetchall():
        whole = list(_told(connection, _PHASES_OF_ONE, (one, *span)))
        if whole:
            phases[whole[0][1].get("job", "")] = whole
    return (job_of(one, said) for said in phases.values())


def _told(connection: sqlite3.Connection, query: str, asked: tuple[Any, ...]) -> Iterator[Phase]:
    """Phases by time, then as `JobPhase` has them."""
    times, words = connection.execute(query, asked).fetchone()
    return zip(_listed(times), _listed(words), strict=True)


def _listed(texts: str | None) -> list[Any]:
    """What stands in JSON, between commas."""
    listed = f"[{texts or ''}]"
    try:
        return orjson.loads(listed)  # type: ignore[no-any-return]  # a list, for it stands in brackets
    except orjson.JSONDecodeError:
        # Halves of a pair of surrogates, which no text has that is written as UTF-8.
        return json.loads(listed)  # type: ignore[no-any-return]  # as above
