"""Queries for what was said in so many words of jobs and runs, inside the caller's snapshot.

Never opens a connection, and knows no meaning of a word.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, TypeAlias

import orjson

from edge.journal.words import Kind
from telemetry.model import Instant

# All of them as two texts: thousands of rows of their own would cost more than what is in them.
_SAID = """
    SELECT group_concat(at), group_concat(words) FROM (
        SELECT at, words FROM log WHERE equipment = ? AND kind = ? AND at >= ? AND at %s ORDER BY at, mark
    )
"""
_INSIDE = _SAID % "< ?"
# The mark of a phase is one byte and the name: so those of others are passed over inside the index.
_OF_ONE = _SAID % "<= ? AND substr(mark, 2) = ?"

Said: TypeAlias = Iterator[tuple[Instant, Any]]
"""When, and the words of the log as `edge.journal.words` writes them, by time and then phase."""


def inside(connection: sqlite3.Connection, equipment: str, kind: Kind, window: tuple[Instant, Instant]) -> Said:
    """All that was said of any on an equipment in [start, end)."""
    return _read(connection, _INSIDE, (equipment, kind, *window))


def of_one(
    connection: sqlite3.Connection, equipment: str, kind: Kind, span: tuple[Instant, Instant], name: bytes
) -> Said:
    """All that was said of the one of that name, from its first to its last word, both included."""
    return _read(connection, _OF_ONE, (equipment, kind, *span, name))


def _read(connection: sqlite3.Connection, query: str, asked: tuple[object, ...]) -> Said:
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
