-- The changes of state of one equipment on one UTC day that is over, by time, as columns; the log keeps each as well.
CREATE TABLE state_days (
    equipment TEXT NOT NULL,
    day INTEGER NOT NULL,               -- since 1970
    n INTEGER NOT NULL,
    times_blob BLOB NOT NULL,           -- edge/journal/packing.py
    marks_blob BLOB NOT NULL,
    valid_blob BLOB NOT NULL,
    UNIQUE (equipment, day)
) STRICT;

-- Days with changes that are not packed, or not yet again.
CREATE TABLE unpacked_days (
    equipment TEXT NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (equipment, day)
) STRICT, WITHOUT ROWID;

INSERT INTO unpacked_days
    SELECT DISTINCT equipment, iif(at < 0, (at + 1) / 86400000000000 - 1, at / 86400000000000) FROM log WHERE kind = 0;
