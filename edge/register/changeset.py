"""One change set: checked against what is there, then written as a whole within a transaction that is given.

Never begins or commits: whoever calls it does, and takes all back where it raises.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator, Sequence

from edge.register import rows
from edge.register.calendar import Term
from edge.register.contract import (
    CHANGES_LIMIT,
    Change,
    Conflict,
    Fault,
    Judge,
    Past,
    Put,
    Refused,
    RegisterVersion,
    contented,
)
from edge.register.entry import Entry
from edge.register.kinds import KINDS
from edge.register.wording import fault_of
from edge.settings import ID_PATTERN
from telemetry.model import Instant

FAULTS_LIMIT = 1000
"""Told of one change set: nobody mends more before trying again."""

_CODE = re.compile(ID_PATTERN)
_LONG_ID = re.compile(r"[a-z0-9][a-z0-9:._-]{0,199}")
_LONG_KINDS = frozenset({"attendance", "session_correction", "cancellation", "substitution"})
"""Their ids may hold that of a session."""


def apply(
    connection: sqlite3.Connection,
    changes: Sequence[Change],
    *,
    author: str,
    reason: str,
    at: Instant,
    judge: Judge = contented,
) -> RegisterVersion:
    """Write what differs from what is there; returns the register's version after it. Only that is judged.

    Raises `Refused` or `Conflict`; then nothing of it may be committed.
    """
    _refuse(_malformed(changes, author=author, reason=reason))
    needed = [(change, current) for change in changes if _differs(change, current := _seen(connection, change))]
    if not needed:
        return rows.register_version(connection)
    _refuse(fault for change, _current in needed for fault in judge(change))
    number = _number(connection, author=author, reason=reason, at=at)
    for change, current in needed:
        _write(connection, change, version=current.version + 1 if current else 1, number=number)
    _refuse(_dangling(connection, [change for change, _current in needed]))
    return number


def rewrite(connection: sqlite3.Connection, past: Past[Entry], words: str) -> None:
    """Put other words into one version of the history: for forgetting alone."""
    crc = rows.crc_of(past.kind, past.id, past.version, past.stamp.register_version, words)
    connection.execute(
        "UPDATE history SET words = ?, crc32 = ? WHERE kind = ? AND id = ? AND version = ?",
        (words, crc, past.kind, past.id, past.version),
    )


def _refuse(faults: Iterator[Fault]) -> None:
    found = list(itertools.islice(faults, FAULTS_LIMIT))
    if found:
        raise Refused(found, rest=sum(1 for _fault in faults))


def _malformed(changes: Sequence[Change], *, author: str, reason: str) -> Iterator[Fault]:
    if not author.strip() or not reason.strip():
        yield Fault("change set", "it says not who makes it, or not why", "Give an author and a reason.")
    if max(len(author), len(reason)) > 1000:
        yield Fault("change set", "its author or reason is longer than 1000 characters", "Shorten it.")
    for word, text in (("author", author), ("reason", reason)):
        if fault := fault_of(text):
            yield Fault("change set", f"of its {word} {fault}", "Write it anew.")
    if len(changes) > CHANGES_LIMIT:
        yield Fault("change set", f"it holds more than {CHANGES_LIMIT} changes", "Make several of it.")
    seen = set()
    for change in changes:
        place = f"{change.kind} {change.id}"
        if change.kind not in KINDS:
            yield Fault(place, "there is no such kind", f"Take one of {', '.join(KINDS)}.")
        if not (_LONG_ID if change.kind in _LONG_KINDS else _CODE).fullmatch(change.id):
            yield Fault(place, "the id is not lower-case a-z 0-9 -", "Choose another id.")
        if (change.kind, change.id) in seen:
            yield Fault(place, "it is changed twice in one change set", "Leave one of them out.")
        seen.add((change.kind, change.id))


def _seen(connection: sqlite3.Connection, change: Change) -> Past[Entry] | None:
    """The entry as it is now; raises `Conflict` where that is not what the change was made from."""
    current = rows.now(connection, change.kind, change.id)
    version = current.version if current else 0
    removed_is_none = current is not None and current.value is None and isinstance(change, Put) and change.seen == 0
    if change.seen != version and not removed_is_none:
        stamp = current.stamp if current else None
        raise Conflict(change.kind, change.id, seen=change.seen, current=version, stamp=stamp)
    return current


def _differs(change: Change, current: Past[Entry] | None) -> bool:
    value = current.value if current else None
    return value != (change.value if isinstance(change, Put) else None)


def _number(connection: sqlite3.Connection, *, author: str, reason: str, at: Instant) -> RegisterVersion:
    row = (int(at), author.strip(), reason.strip())
    number = connection.execute("INSERT INTO changes (at, author, reason) VALUES (?, ?, ?)", row).lastrowid
    connection.execute("UPDATE changes SET crc32 = crc32_of(version, at, author, reason) WHERE version = ?", (number,))
    return int(number or 0)


def _write(connection: sqlite3.Connection, change: Change, *, version: int, number: RegisterVersion) -> None:
    words = rows.words_of(change.value) if isinstance(change, Put) else None
    row = (change.kind, change.id, version, number, words)
    connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", row)
    connection.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)", (*row, rows.crc_of(*row)))
    connection.execute("DELETE FROM mentions WHERE kind = ? AND id = ?", (change.kind, change.id))
    if isinstance(change, Put):
        named = {(kind, entry) for _field, kind, entry in change.value.mentions()}
        connection.executemany(
            "INSERT INTO mentions VALUES (?, ?, ?, ?)", [(change.kind, change.id, *name) for name in sorted(named)]
        )


def _dangling(connection: sqlite3.Connection, changes: Sequence[Change]) -> Iterator[Fault]:
    """What the changed entries name and is not there, who still names what was removed, doubles, terms that overlap."""
    for change in changes:
        if isinstance(change, Put):
            yield from _missing(connection, change)
        else:
            yield from _bereft(connection, change.kind, change.id)
    for kind in sorted({change.kind for change in changes if isinstance(change, Put) and change.value.natural}):
        yield from _doubled(connection, kind, {change.id for change in changes if change.kind == kind})
    if any(change.kind == Term.kind for change in changes):
        yield from _overlapping_terms(connection)


def _missing(connection: sqlite3.Connection, change: Put) -> Iterator[Fault]:
    query = "SELECT 1 FROM entries WHERE kind = ? AND id = ? AND words IS NOT NULL"
    for field, kind, entry in change.value.mentions():
        if connection.execute(query, (kind, entry)).fetchone() is None:
            message = f"its {field} is the {kind} {entry}, which does not exist"
            yield Fault(f"{change.kind} {change.id}", message, f"Enter the {kind} {entry} first, or take another.")


def _bereft(connection: sqlite3.Connection, kind: str, entry: str) -> Iterator[Fault]:
    query = "SELECT kind, id FROM mentions WHERE to_kind = ? AND to_id = ? ORDER BY kind, id LIMIT 3"
    named = [f"{by_kind} {by}" for by_kind, by in connection.execute(query, (kind, entry))]
    if named:
        message = f"it is still named by {', '.join(named)}"
        yield Fault(f"{kind} {entry}", message, "Change or remove those first.")


def _doubled(connection: sqlite3.Connection, kind: str, changed: set[str]) -> Iterator[Fault]:
    """Changed entries that are the same document as another one; of two changed ones, the later id."""
    known: dict[tuple[str, ...], str] = {}
    ordered = sorted(rows.living(connection, kind), key=lambda row: (row.id in changed, row.id))
    for row in ordered:
        before = known.setdefault(row.value.natural_key(), row.id)
        if before != row.id and row.id in changed:
            message = f"it is the same as the {kind} {before} in {', '.join(row.value.natural)}"
            yield Fault(f"{kind} {row.id}", message, "Change that one instead, or tell the two apart.")


def _overlapping_terms(connection: sqlite3.Connection) -> Iterator[Fault]:
    terms = [(row.value, row.id) for row in rows.living(connection, Term.kind) if isinstance(row.value, Term)]
    ordered = sorted(terms, key=lambda term: term[0].first_day)
    for (before, before_id), (after, after_id) in itertools.pairwise(ordered):
        if after.first_day <= before.last_day:
            message = f"it begins on {after.first_day}, and the term {before_id} ends on {before.last_day}"
            yield Fault(f"term {after_id}", message, "Let no two terms share a day.")
