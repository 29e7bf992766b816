-- Version 8: readings are stored only of files that take long to read, each by itself; all others are made when they are asked for.
DROP TABLE reading;
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    payload INTEGER NOT NULL REFERENCES payload (id),
    key TEXT NOT NULL, -- the reader's version, the media type, the selectors
    length INTEGER NOT NULL,
    bytes BLOB NOT NULL, -- JSON; zstd
    checksum INTEGER NOT NULL, -- the first 8 bytes of a SHA-256 over the rest of the row
    UNIQUE (payload, key)
) STRICT;
