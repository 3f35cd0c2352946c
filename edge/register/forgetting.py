"""Forgetting a learner: one token that says nothing stands in the pseudonym's place, in every version of every entry.

Never keeps what the token stands for, and changes no count.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from typing import cast

from edge.register import changeset, rows
from edge.register.contract import Past, Put, RegisterVersion
from edge.register.entry import Entry
from edge.register.kinds import KINDS
from edge.register.people import Linked
from telemetry.model import Instant

FORGOTTEN = "a learner is forgotten"


def forget(connection: sqlite3.Connection, learner: str, *, author: str, at: Instant) -> tuple[RegisterVersion, int]:
    """The register's version after it, and how many versions of entries held the learner.

    The living entries change, so that whoever follows the register sees it; then the history is written over.
    """
    linked = tuple(_linked(connection, learner))
    token = _token()
    kept = [past for past in linked if past == rows.now(connection, past.kind, past.id)]
    changes = [Put(past.id, _hidden(past, learner, token), past.version) for past in kept]
    version = rows.register_version(connection)
    if changes:
        version = changeset.apply(connection, changes, author=author, reason=FORGOTTEN, at=at)
    for past in linked:
        changeset.rewrite(connection, past, rows.words_of(_hidden(past, learner, token)))
    return version, len(linked)


def _linked(connection: sqlite3.Connection, learner: str) -> Iterator[Past[Entry]]:
    """Every version of every entry that names a learner."""
    for kind in (name for name, model in KINDS.items() if issubclass(model, Linked)):
        for past in tuple(rows.versions(connection, kind)):
            if isinstance(past.value, Linked) and learner in past.value.learners:
                yield past


def _hidden(past: Past[Entry], learner: str, token: str) -> Entry:
    """The entry with the token in the learner's place."""
    value = cast("Linked", past.value)
    return value.model_copy(update={"learners": tuple(token if one == learner else one for one in value.learners)})


def _token() -> str:
    """Fresh each time; the first letter is a digit, because a pseudonym has one."""
    return f"forgotten-{secrets.randbelow(10)}{secrets.token_hex(6)[1:]}"
