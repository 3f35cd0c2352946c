-- Closed periods: rows are only added, and each names the one before it, so that none can be changed or left out unseen.
CREATE TABLE editions (
    n INTEGER PRIMARY KEY,              -- 1, 2, 3 … over all periods, in the order of closing
    year INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    number INTEGER NOT NULL,            -- of this period, from 1
    body BLOB NOT NULL,                 -- canonical JSON: edge/monitoring/body.py
    sha256 TEXT NOT NULL,               -- of the body
    previous TEXT NOT NULL,             -- the chain of the row before; empty in the first
    chain TEXT NOT NULL,                -- SHA-256 of all other columns but n and the body
    register_version INTEGER NOT NULL,  -- that it was computed from
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    UNIQUE (year, quarter, number)
) STRICT;
