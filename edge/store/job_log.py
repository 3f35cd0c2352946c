"""Queries about jobs, inside the caller's snapshot: what was said of each that may overlap a window.

Never opens a connection, and puts no job together: that is `edge.store.jobs`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import orjson

from edge.journal.words import job_name
from edge.store.contract import Job
from edge.store.jobs import Phase, job_of
from edge.store.sparse import fit
from telemetry.model import EquipmentId, Instant, JobOutcome

_JOBS = """
    SELECT first, last, job FROM jobs WHERE equipment = ?1 AND first < ?3
    AND (ended IS NULL OR last > ended OR ended >= ?2)
"""
_PHASES = "SELECT mark, at, received_at, words FROM log WHERE equipment = ? AND kind = 1 AND at >= ? AND at <= ?"
# The mark of a phase is one byte and the job: so those of other jobs are passed over inside the index.
_PHASES_OF_ONE = f"{_PHASES} AND substr(mark, 2) = ?"


def met(connection: sqlite3.Connection, one: EquipmentId, start: Instant, end: Instant) -> Iterator[Job]:
    """Each job of an equipment that may overlap [start, end), from every phase of it.

    Jobs that lie inside are read in one go, for a quarter has thousands; the few that reach out, each by itself.
    """
    window = fit(start), fit(end)
    jobs = connection.execute(_JOBS, (one, *window)).fetchall()
    phases: dict[bytes, list[Phase]] = {job: [] for _, _, job in jobs}
    inside = [(first, last) for first, last, _ in jobs if window[0] <= first and last < window[1]]
    outside = [row for row in jobs if not (window[0] <= row[0] and row[1] < window[1])]
    if inside:
        span = min(first for first, _ in inside), max(last for _, last in inside)
        apart = {job for _, _, job in outside}
        for row in connection.execute(_PHASES, (one, *span)):
            job = row[0][1:]
            if job in phases and job not in apart:
                phases[job].append(_phase(*row))
    for first, last, job in outside:
        phases[job] += [_phase(*row) for row in connection.execute(_PHASES_OF_ONE, (one, first, last, job))]
    return (job_of(one, job_name(job), said) for job, said in phases.items() if said)


def _phase(mark: bytes, at: Instant, received_at: Instant, text: str) -> Phase:
    try:
        words = orjson.loads(text)
    except orjson.JSONDecodeError:
        # Halves of a pair of surrogates, which no text has that is written as UTF-8.
        words = json.loads(text)
    told = words.get
    return Phase(
        at, mark[0], received_at, told("name", ""), told("progress"), _OUTCOME[words["outcome"]], told("reason", "")
    )


_OUTCOME = {int(outcome): outcome for outcome in JobOutcome}
