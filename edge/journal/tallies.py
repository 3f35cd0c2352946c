"""Whether what a journal keeps beside its readings and records fits them: offsets, counts, names, jobs, runs, notes.

Never writes; what each table is checked by is the whole list of what may be trusted without a look at a record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from edge.journal.words import Kind
from telemetry.model import JobPhase, RunPhase

UNFIT = "its checksum does not fit"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: `chunk 812 of lab-1/temperature`."""

    place: str
    message: str


_SPANS = {
    "job": (
        "SELECT equipment, substr(mark, 2), min(at), max(at), max(iif(substr(mark, 1, 1) = ?1, at, NULL)) FROM log",
        (bytes([JobPhase.ENDED]), Kind.JOB),
    ),
    "run": (
        """
            SELECT CAST(substr(mark, 2) AS TEXT), equipment, min(at), max(at),
            min(iif(substr(mark, 1, 1) = ?1, at, NULL)) FROM log
        """,
        (bytes([RunPhase.STOPPED]), Kind.RUN),
    ),
}
"""The tables `jobs` and `runs` by what the log says, which keeps every word of both."""


def _spans(connection: sqlite3.Connection) -> Iterator[Fault]:
    for kind, (words, asked) in _SPANS.items():
        told, kept = f"{words} WHERE kind = ?2 GROUP BY 1, 2", f"SELECT * FROM {kind}s"  # noqa: S608 fixed words
        for query in (f"{kept} EXCEPT {told}", f"{told} EXCEPT {kept}"):
            for one, other, *_ in connection.execute(query, asked):
                place = f"{kind} {_text(one)} {_text(other)}"
                yield Fault(place, "its first word, last word or end is not what the log says")


def _text(name: str | bytes) -> str:
    return name.decode(errors="backslashreplace") if isinstance(name, bytes) else name


_SEALED = {
    "gateway": ("'gateway'", "one, instance, alive, offset, readings, records, rejected"),
    "channels": (
        "'channel ' || equipment || '/' || channel",
        "id, equipment, channel, unit, first, last, n, last_value",
    ),
    "dropped": ("'dropped of channel ' || channel_id", "channel_id, n, first, last"),
    "notes": ("'note ' || reach", "reach, note"),
    "run_stretches": ("'stretch of run ' || run || ' of ' || equipment", "run, equipment, first, last"),
}
"""Small tables: how a fault names a row, and what its checksum is of."""


def _seals(connection: sqlite3.Connection) -> Iterator[Fault]:
    for table, (place, columns) in _SEALED.items():
        query = f"SELECT {place} FROM {table} WHERE crc32 IS NOT crc32_of({columns})"  # noqa: S608 fixed words
        for (name,) in connection.execute(query):
            yield Fault(str(name), UNFIT)


def _offsets(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Each table's offsets rise because they are its key; none may be in both or beyond the last one given out."""
    for (offset,) in connection.execute("SELECT offset FROM chunks INTERSECT SELECT offset FROM log"):
        yield Fault(f"offset {offset}", "both a chunk and a log row have it")
    query = "SELECT max(coalesce((SELECT max(offset) FROM chunks), 0), coalesce((SELECT max(offset) FROM log), 0))"
    (greatest,) = connection.execute(query).fetchone()
    row = connection.execute("SELECT offset FROM gateway").fetchone()
    if row is None or greatest > row[0]:
        yield Fault("gateway", f"offset {greatest} is in use and was never given out")


def _counters(connection: sqlite3.Connection) -> Iterator[Fault]:
    query = """
        SELECT equipment, channel FROM channels WHERE n != (
            SELECT coalesce(sum(n), 0) FROM chunks WHERE channel_id = id)
        OR n > 0 AND (first, last) != (SELECT min(first), max(last) FROM chunks WHERE channel_id = id)
    """
    for equipment, channel in connection.execute(query):
        yield Fault(
            f"channel {equipment}/{channel}", "its number of readings, first or last time do not fit its chunks"
        )
    query = """
        SELECT readings, (SELECT coalesce(sum(n), 0) FROM channels), records, (SELECT count(*) FROM log),
        rejected, (SELECT count(*) FROM log WHERE kind = ?) FROM gateway
    """
    for readings, of_channels, records, of_log, rejected, of_rejected in connection.execute(query, (Kind.REJECTED,)):
        if (readings, records) != (of_channels, of_log):
            yield Fault(
                "gateway", f"it counts {readings} readings and {records} records, not {of_channels} and {of_log}"
            )
        if rejected != of_rejected:
            yield Fault("gateway", f"it counts {rejected} rejected units, not {of_rejected}")


def _notes(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Each one begins where the one before it ends."""
    end: int | None = None
    for reach, size in connection.execute("SELECT reach, length(note) FROM notes ORDER BY reach"):
        if end is not None and reach - size != end:
            yield Fault(f"note {reach}", "it does not follow the one before it")
        end = reach


CHECKS: tuple[tuple[str, Callable[[sqlite3.Connection], Iterator[Fault]]], ...] = (
    ("tables jobs and runs", _spans),
    ("small tables", _seals),
    ("offsets", _offsets),
    ("counters", _counters),
    ("table notes", _notes),
)
"""What is checked, with the place of a table that cannot be read."""
