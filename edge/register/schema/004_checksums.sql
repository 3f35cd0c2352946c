-- What tells one register from another is as worth a checksum as the entries; mentions are checked by the entries.
ALTER TABLE register ADD COLUMN crc32 INTEGER;  -- of all the other columns: edge/checksum.py
UPDATE register SET crc32 = crc32_of(one, instance);
