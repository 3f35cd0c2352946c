-- The journal's first shape. Times are ns since 1970 UTC; an offset is a record's place in the order of commit.

CREATE TABLE gateway (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    instance TEXT NOT NULL,             -- another one means that offsets began anew
    alive INTEGER,                      -- when the gateway last wrote that it lives
    offset INTEGER NOT NULL,            -- the last one given out; never given again
    readings INTEGER NOT NULL,          -- how many are kept now
    records INTEGER NOT NULL,           -- rows of `log`
    rejected INTEGER NOT NULL           -- rows of `log` that are rejected units
) STRICT;

CREATE TABLE channels (
    id INTEGER PRIMARY KEY,
    equipment TEXT NOT NULL,
    channel TEXT NOT NULL,
    unit TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    n INTEGER NOT NULL,
    last_value REAL NOT NULL,
    UNIQUE (equipment, channel)
) STRICT;

-- One row: readings of one channel, by time, each time once in the whole channel, all within one hour of UTC.
CREATE TABLE chunks (
    offset INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL REFERENCES channels (id),
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    n INTEGER NOT NULL,
    least REAL NOT NULL,
    greatest REAL NOT NULL,
    total REAL NOT NULL,
    received_at INTEGER NOT NULL,
    run TEXT NOT NULL,
    encoding INTEGER NOT NULL,          -- 16 × code of times + code of values: edge/journal/chunks.py
    crc32 INTEGER NOT NULL,             -- of all the other words but the offset
    times_blob BLOB,                    -- NULL where first, last and n tell all
    values_blob BLOB                    -- NULL where least tells all
) STRICT;
-- Charts of long windows read this index alone.
CREATE INDEX chunks_by_time ON chunks (channel_id, first, last, n, least, greatest, total);

-- Hours that hold rows which compaction has not joined yet.
CREATE TABLE unjoined (
    channel_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,              -- its first ns
    PRIMARY KEY (channel_id, hour)
) STRICT, WITHOUT ROWID;

-- Readings that had to go to keep the disk's limit.
CREATE TABLE dropped (
    channel_id INTEGER PRIMARY KEY REFERENCES channels (id),
    n INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;

-- Everything but readings.
CREATE TABLE log (
    offset INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,              -- edge/journal/words.py
    equipment TEXT NOT NULL,
    at INTEGER NOT NULL,
    mark ANY NOT NULL,                  -- what else makes it unique; of a state: 256 × source + state
    received_at INTEGER NOT NULL,
    valid_ns INTEGER NOT NULL,
    words TEXT NOT NULL,                -- the rest, JSON
    raw BLOB NOT NULL,
    crc32 INTEGER NOT NULL              -- of all the other words but the offset
) STRICT;
CREATE UNIQUE INDEX log_by_time ON log (equipment, kind, at, mark);

-- From the first to the last word about a job; `ended` is its last end, NULL while it has none.
CREATE TABLE jobs (
    equipment TEXT NOT NULL,
    job BLOB NOT NULL,                  -- UTF-8
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    ended INTEGER,
    PRIMARY KEY (equipment, job)
) STRICT, WITHOUT ROWID;
