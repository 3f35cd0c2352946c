-- Packed days a third as large, and those of an equipment side by side, so that a year is read in one go from a cold disk.
INSERT OR IGNORE INTO unpacked_days SELECT equipment, day FROM state_days;
DROP TABLE state_days;

-- The changes of state of one equipment on one UTC day that is over, by time, as columns; the log keeps each as well.
CREATE TABLE state_days (
    equipment TEXT NOT NULL,
    day INTEGER NOT NULL,               -- since 1970
    n INTEGER NOT NULL,
    low_blob BLOB NOT NULL,             -- edge/journal/pieces.py
    high_blob BLOB NOT NULL,
    words_blob BLOB NOT NULL,
    marks_blob BLOB NOT NULL,
    valid_blob BLOB NOT NULL,
    PRIMARY KEY (equipment, day)
) STRICT, WITHOUT ROWID;
