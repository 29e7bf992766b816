-- Version 2: which lists archives follow from a page, and turns of addresses.
ALTER TABLE citation ADD COLUMN lists TEXT;

CREATE TABLE address (name TEXT PRIMARY KEY, next_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
