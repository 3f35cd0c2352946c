-- Who changed what, when and why, and who read what, are as worth a checksum as the entries themselves.
ALTER TABLE changes ADD COLUMN crc32 INTEGER;  -- of all the other columns: edge/register/database.py
ALTER TABLE audit ADD COLUMN crc32 INTEGER;
UPDATE changes SET crc32 = crc32_of(version, at, author, reason);
UPDATE audit SET crc32 = crc32_of(n, at, who, action, subject, reason);
