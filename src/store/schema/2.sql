-- Version 2: the ledger, removals, and checksums for what the ledger does not hold.

-- The leaves of the ledger in their order. What a leaf says is made again from the row that it is about.
CREATE TABLE leaf (
    number INTEGER PRIMARY KEY, -- from 1; its index in the tree is one less
    kind INTEGER NOT NULL, -- 1 capture, 2 finding set, 3 review, 4 crawl, 5 end of a crawl, 6 removal, 7 sealed
    row INTEGER NOT NULL, -- of that table; for kind 7 the time
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Signed tree heads.
CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY, -- leaves
    note TEXT NOT NULL, -- C2SP signed note
    key TEXT NOT NULL, -- who signed it: NAME+ID+KEY
    peaks BLOB NOT NULL, -- the roots of the full subtrees, the largest first
    token BLOB -- RFC 3161 time-stamp token over the note, DER
) STRICT;

-- Payloads that were removed on purpose: tombstones.
CREATE TABLE removal (
    id INTEGER PRIMARY KEY,
    payload INTEGER NOT NULL REFERENCES payload (id),
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX removal_by_payload ON removal (payload);

-- The first 8 bytes of a SHA-256 over the rest of the row.
ALTER TABLE reading ADD COLUMN checksum INTEGER;
ALTER TABLE host ADD COLUMN checksum INTEGER;

-- The seeds in the order of their addresses with what scheduling needs of them, made from `seed`: few columns and nothing to be looked up
-- elsewhere, because all of it is read at the beginning of every run.
CREATE TABLE head (
    uri TEXT PRIMARY KEY,
    date INTEGER NOT NULL, -- of the latest visit
    state INTEGER NOT NULL -- visits * 4096 + (0 response, 1024 revisit, 2048 failure) + status
) STRICT, WITHOUT ROWID;
INSERT INTO head (uri, date, state)
    SELECT uri.uri, seed.date, seed.visits * 4096 + CASE seed.outcome WHEN 'response' THEN 0 WHEN 'failure' THEN 2048 ELSE 1024 END
        + coalesce(seed.status, 0)
    FROM seed JOIN uri ON uri.id = seed.uri;
