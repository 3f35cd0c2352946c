-- What a sender noted beside its records: bytes that the journal does not read. The newest are kept.
CREATE TABLE notes (
    reach INTEGER PRIMARY KEY,          -- bytes of all notes ever kept, up to and with this one
    note BLOB NOT NULL
) STRICT;
