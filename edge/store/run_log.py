"""Queries about runs, inside the caller's snapshot: what was said, what names them, and their readings.

Never opens a connection, and puts no run together: that is `edge.store.runs`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from edge.journal import chunks
from edge.journal.chunks import HOUR_NS, Chunk
from edge.journal.contract import Offset
from edge.journal.words import Kind
from edge.store import spoken
from edge.store.contract import Run
from edge.store.runs import REACH_NS, Followed, Phase, run_of, spans_of
from edge.store.sparse import fit
from telemetry.columns import Int64s
from telemetry.model import EquipmentId, Instant
from telemetry.runs import PERIOD_LIMIT_NS, Stretch, silence_ns, streamed_until

_OF = "(?1 IS NULL OR equipment IN (SELECT value FROM json_each(?1)))"
_MET = f"""
    SELECT run FROM run_stretches WHERE {_OF} AND first < ?3 AND last >= ?4
    UNION SELECT run FROM runs WHERE {_OF} AND first < ?3 AND coalesce(stopped >= ?2, last >= ?5)
"""  # noqa: S608 fixed words
_AMONG = "run IN (SELECT value FROM json_each(?))"
_SPOKEN = f"SELECT run, equipment, first, last FROM runs WHERE {_AMONG}"  # noqa: S608 fixed words
_NAMED = f"SELECT run, equipment, first, last FROM run_stretches WHERE {_AMONG} ORDER BY equipment, first"  # noqa: S608 fixed words
_CHANNELS = "SELECT id, channel FROM channels WHERE equipment = ?"
_UNNAMED = f"""
    SELECT {chunks.COLUMNS} FROM chunks WHERE channel_id = ? AND first >= ? AND first < ? AND last > ? AND run = ''
"""  # noqa: S608 fixed words
_OFFSETS = "SELECT offset FROM chunks WHERE channel_id = ? AND first >= ? AND first < ? AND last >= ? AND offset > ?"
_CHUNK = f"SELECT {chunks.COLUMNS} FROM chunks WHERE offset = ? AND run IN ('', ?)"  # noqa: S608 fixed words


def met(
    connection: sqlite3.Connection, equipment: Sequence[EquipmentId] | None, start: Instant, end: Instant
) -> Iterator[Run]:
    """Every run of which a part may meet [start, end)."""
    ids = None if equipment is None else json.dumps(list(equipment))
    span = (fit(start), fit(end), fit(start - silence_ns(PERIOD_LIMIT_NS)), fit(start - REACH_NS))
    names = [run for (run,) in connection.execute(_MET, (ids, *span))]
    yield from _called(connection, names, (span[0], span[1]))


def one(connection: sqlite3.Connection, run: str) -> Run | None:
    """The run of that name."""
    return next(_called(connection, [run], (0, 0)), None)


def _called(connection: sqlite3.Connection, names: Sequence[str], window: tuple[Instant, Instant]) -> Iterator[Run]:
    """The runs of those names; what was said of all those that lie in a window is read in one go."""
    asked = json.dumps(names)
    said: dict[str, list[Phase]] = {run: [] for run in names}
    for run, phase in _said(connection, connection.execute(_SPOKEN, (asked,)).fetchall(), window):
        said[run].append(phase)
    named: dict[str, dict[EquipmentId, list[Stretch]]] = {run: {} for run in names}
    for run, equipment, first, last in connection.execute(_NAMED, (asked,)):
        named[run].setdefault(EquipmentId(equipment), []).append((first, last))
    for run in names:
        found = run_of(run, said[run], named[run], lambda asked: _followed(connection, asked))
        if found is not None:
            yield found


def _said(
    connection: sqlite3.Connection,
    known: Sequence[tuple[str, EquipmentId, Instant, Instant]],
    window: tuple[Instant, Instant],
) -> Iterator[tuple[str, Phase]]:
    """All that was said of runs, from first to last word; of those that reach out of the window one by one."""
    inside: dict[EquipmentId, set[str]] = {}
    for run, equipment, first, last in known:
        if window[0] <= first and last < window[1]:
            inside.setdefault(equipment, set()).add(run)
        else:
            for at, words in spoken.of_one(connection, equipment, Kind.RUN, (first, last), run.encode()):
                yield run, (at, equipment, words["phase"], words)
    for equipment, runs in inside.items():
        for at, words in spoken.inside(connection, equipment, Kind.RUN, window):
            if (run := words.get("run", "")) in runs:
                yield run, (at, equipment, words["phase"], words)


def _followed(connection: sqlite3.Connection, asked: Followed) -> Instant:
    """Hour by hour, until a pause."""
    names = connection.execute(_CHANNELS, (asked.equipment,)).fetchall()
    ids = [ident for ident, channel in names if asked.takes(channel)]
    step = HOUR_NS + silence_ns(asked.period_ns)
    reached, last = asked.start, asked.start - 1
    while reached > last:
        last, end = reached, min(reached + step, asked.limit)
        times = [_unnamed(connection, ident, last, end) for ident in ids]
        reached = streamed_until(last, np.concatenate([np.zeros(0, np.int64), *times]), period_ns=asked.period_ns)
    return reached


def _unnamed(connection: sqlite3.Connection, ident: int, start: Instant, end: Instant) -> Int64s:
    """Times of a channel's readings in (start, end) that name no run."""
    rows = connection.execute(_UNNAMED, (ident, fit(start // HOUR_NS * HOUR_NS), fit(end), fit(start)))
    t = np.concatenate([np.zeros(0, np.int64), *(chunks.times_of(Chunk(*row)) for row in rows)])
    return t[(t > start) & (t < end)]


def chunks_after(connection: sqlite3.Connection, run: str, after: Offset) -> Iterator[tuple[Offset, Chunk, Run]]:
    """Chunks that may hold readings of a run, which is told beside each, above `after`, in order of commit."""
    known = one(connection, run)
    for offset in [] if known is None else _offsets(connection, known, after):
        row = connection.execute(_CHUNK, (offset, run)).fetchone()
        if known is not None and row is not None:
            yield offset, Chunk(*row), known


def _offsets(connection: sqlite3.Connection, run: Run, after: Offset) -> list[Offset]:
    found: set[Offset] = set()
    for equipment in run.equipment:
        start, end = _hull(connection, run, equipment)
        for ident, channel in connection.execute(_CHANNELS, (equipment,)).fetchall():
            if not run.channels or channel in run.channels:
                window = (ident, fit(start // HOUR_NS * HOUR_NS), fit(end), fit(start), after)
                found.update(offset for (offset,) in connection.execute(_OFFSETS, window))
    return sorted(found)


def _hull(connection: sqlite3.Connection, run: Run, equipment: EquipmentId) -> tuple[Instant, Instant]:
    """From the first to the last of what an equipment did in a run."""
    named = connection.execute(_NAMED, (json.dumps([run.run]),)).fetchall()
    spans = [*spans_of(run, equipment), *((first, last + 1) for _, name, first, last in named if name == equipment)]
    return min(start for start, _ in spans), max(end for _, end in spans)
