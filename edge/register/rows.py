"""Entries as rows of the file, and back.

Opens no file and begins no transaction; what it is given belongs to one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from edge import checksum
from edge.errors import Damaged
from edge.register.contract import Past, RegisterVersion, Row, Stamp
from edge.register.entry import Entry
from edge.register.kinds import KINDS
from edge.register.people import Linked
from edge.register.wording import KEPT

# CROSS: always by the kind first, for one change set may hold the whole register.
_PAST = """
    SELECT h.kind, h.id, h.version, h.words, c.version, c.at, c.author, c.reason
    FROM history h CROSS JOIN changes c ON c.version = h.changed
"""
_LAST_THEN = """h.version = (
    SELECT max(l.version) FROM history l WHERE l.kind = h.kind AND l.id = h.id AND l.changed <= ?
)"""
_NOW = """
    SELECT e.kind, e.id, e.version, e.words, c.version, c.at, c.author, c.reason
    FROM entries e JOIN changes c ON c.version = e.changed
"""


_MaybeEntry = TypeVar("_MaybeEntry", Entry, Entry | None)


def words_of(value: Entry) -> str:
    """An entry as JSON; the same entry always gives the same text."""
    return value.model_dump_json()


def value_of(kind: str, words: str, *, place: str) -> Entry:
    """The entry of its JSON; raises `Damaged` naming `place` where it is none."""
    try:
        return KINDS[kind].model_validate_json(words, context=KEPT)
    except (KeyError, ValidationError) as error:
        raise _damaged(place, error) from error


def _damaged(place: str, error: Exception) -> Damaged:
    return Damaged(f"The register's {place} cannot be read: {error}.", fix="Restore a backup.")


def crc_of(kind: str, entry: str, version: int, changed: int, words: str | None) -> int:
    """What `history.crc32` has to be."""
    return checksum.of(kind, entry, version, changed, words)


def without_learners(value: _MaybeEntry) -> _MaybeEntry:
    """What holds learners as a count alone; anything else as it is."""
    return value.model_copy(update={"learners": ()}) if isinstance(value, Linked) and value.learners else value


def register_version(connection: sqlite3.Connection) -> RegisterVersion:
    """The number of the last change set."""
    (version,) = connection.execute("SELECT coalesce(max(version), 0) FROM changes").fetchone()
    return int(version)


def living(connection: sqlite3.Connection, kind: str, *, learners: bool = False) -> Iterator[Row[Entry]]:
    """Every living entry of a kind, by id; without learners unless asked for."""
    query = f"{_NOW} WHERE e.kind = ? AND e.words IS NOT NULL ORDER BY e.id"
    return _rows(KINDS[kind], connection.execute(query, (kind,)), learners=learners)


def living_at(
    connection: sqlite3.Connection, kind: str, version: RegisterVersion, *, learners: bool
) -> Iterator[Row[Entry]]:
    """Every entry of a kind that lived at a version of the register, by id, as its history has it."""
    query = f"{_PAST} WHERE h.kind = ? AND h.words IS NOT NULL AND {_LAST_THEN} ORDER BY h.id"
    return _rows(KINDS[kind], connection.execute(query, (kind, version)), learners=learners)


def _rows(kind: type[Entry], found: sqlite3.Cursor, *, learners: bool) -> Iterator[Row[Entry]]:
    """Those that live of what was found of a kind; one stamp for all that was changed at once."""
    bare = not learners and issubclass(kind, Linked)
    stamps: dict[RegisterVersion, Stamp] = {}
    for _kind, entry, version, words, changed, at, author, reason in found:
        try:
            value = kind.model_validate_json(words, context=KEPT)
        except ValidationError as error:
            raise _damaged(f"{kind.kind} {entry}, version {version}", error) from error
        stamp = stamps.get(changed) or stamps.setdefault(changed, Stamp(changed, at, author, reason))
        yield Row(entry, version, without_learners(value) if bare else value, stamp)


def last_change(connection: sqlite3.Connection, kind: str) -> RegisterVersion:
    """The last change set that touched a kind."""
    (changed,) = connection.execute("SELECT coalesce(max(changed), 0) FROM entries WHERE kind = ?", (kind,)).fetchone()
    return int(changed)


def now(connection: sqlite3.Connection, kind: str, entry: str) -> Past[Entry] | None:
    """An entry as it is now, removed or not; None where it never was."""
    row = connection.execute(f"{_NOW} WHERE e.kind = ? AND e.id = ?", (kind, entry)).fetchone()
    return None if row is None else _past_of(row)


def history(connection: sqlite3.Connection, kind: str, entry: str) -> Iterator[Past[Entry]]:
    """Every version of an entry, the first one first, without learners."""
    yield from _shown(connection.execute(f"{_PAST} WHERE h.kind = ? AND h.id = ? ORDER BY h.version", (kind, entry)))


def versions(connection: sqlite3.Connection, kind: str) -> Iterator[Past[Entry]]:
    """Every version of every entry of a kind, with learners."""
    for row in connection.execute(f"{_PAST} WHERE h.kind = ? ORDER BY h.id, h.version", (kind,)):
        yield _past_of(row)


def changed_since(connection: sqlite3.Connection, version: RegisterVersion) -> Iterator[Past[Entry]]:
    """The last version of each entry that changed after `version`, without learners."""
    yield from _shown(
        connection.execute(f"{_NOW} WHERE e.changed > ? ORDER BY e.changed, e.kind, e.id", (version,)),
    )


def _shown(rows: Iterable[tuple[Any, ...]]) -> Iterator[Past[Entry]]:
    for row in rows:
        past = _past_of(row)
        yield Past(past.kind, past.id, past.version, without_learners(past.value), past.stamp)


def _past_of(row: tuple[Any, ...]) -> Past[Entry]:
    kind, entry, version, words, changed, at, author, reason = row
    value = None if words is None else value_of(kind, words, place=f"{kind} {entry}, version {version}")
    return Past(kind, entry, version, value, Stamp(changed, at, author, reason))
