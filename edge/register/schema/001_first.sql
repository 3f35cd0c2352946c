-- The register's first shape. Times are ns since 1970 UTC; a register version is a change set's place in their order.

CREATE TABLE register (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    instance TEXT NOT NULL              -- another one means that versions began anew
) STRICT;

-- One row: everything that one person changed at once.
CREATE TABLE changes (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- Each entry as it is now; `words` is NULL where it was removed.
CREATE TABLE entries (
    kind TEXT NOT NULL,                 -- edge/register/kinds.py
    id TEXT NOT NULL,
    version INTEGER NOT NULL,           -- of this entry, from 1
    changed INTEGER NOT NULL REFERENCES changes (version),
    words TEXT,                         -- JSON
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_change ON entries (kind, changed);

-- Each entry as it ever was; rows are only added. Forgetting a learner alone takes an id out of `words`.
CREATE TABLE history (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed INTEGER NOT NULL REFERENCES changes (version),
    words TEXT,
    crc32 INTEGER NOT NULL,             -- of all the other words
    PRIMARY KEY (kind, id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_by_change ON history (changed);

-- Which living entry names which other one.
CREATE TABLE mentions (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    to_kind TEXT NOT NULL,
    to_id TEXT NOT NULL,
    PRIMARY KEY (kind, id, to_kind, to_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_of ON mentions (to_kind, to_id);

-- Who read what is linked to learners, and who had a learner forgotten; never holds a learner's id.
CREATE TABLE audit (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
