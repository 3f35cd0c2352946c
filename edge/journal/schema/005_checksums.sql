-- What every number hangs on is as worth a checksum as the readings: names and units, counts, notes, stretches of runs.
ALTER TABLE gateway ADD COLUMN crc32 INTEGER;       -- of all the other columns: edge/checksum.py
ALTER TABLE channels ADD COLUMN crc32 INTEGER;
ALTER TABLE dropped ADD COLUMN crc32 INTEGER;
ALTER TABLE notes ADD COLUMN crc32 INTEGER;
ALTER TABLE run_stretches ADD COLUMN crc32 INTEGER;
UPDATE gateway SET crc32 = crc32_of(one, instance, alive, offset, readings, records, rejected);
UPDATE channels SET crc32 = crc32_of(id, equipment, channel, unit, first, last, n, last_value);
UPDATE dropped SET crc32 = crc32_of(channel_id, n, first, last);
UPDATE notes SET crc32 = crc32_of(reach, note);
UPDATE run_stretches SET crc32 = crc32_of(run, equipment, first, last);

-- From here on the checksums of `chunks` and `log` are of their offsets too. Rows that were there keep theirs, and have
-- their offsets checked here: to write them all anew would take as long as the journal is large.
CREATE TABLE earlier (
    offset INTEGER PRIMARY KEY,
    crc32 INTEGER NOT NULL              -- of the offset and of the row's own checksum
) STRICT;
INSERT INTO earlier
    SELECT offset, crc32_of(offset, crc32) FROM log UNION ALL SELECT offset, crc32_of(offset, crc32) FROM chunks;
