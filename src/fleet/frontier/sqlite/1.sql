-- Version 1 of the frontier in SQLite: the tables of the frontier in PostgreSQL (../postgres/1.sql has their comments), with times in
-- microseconds since 1970.

CREATE TABLE host (
    name TEXT PRIMARY KEY,
    next_at INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    due_at INTEGER,
    worker TEXT,
    lease_until INTEGER,
    fence INTEGER NOT NULL DEFAULT 0,
    ready_at INTEGER GENERATED ALWAYS AS (CASE WHEN worker IS NULL AND due_at IS NOT NULL THEN max(next_at, due_at) END) STORED
) STRICT;
CREATE INDEX host_ready ON host (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX host_lease ON host (lease_until) WHERE worker IS NOT NULL;

CREATE TABLE origin (name TEXT PRIMARY KEY, host TEXT NOT NULL, state TEXT NOT NULL) STRICT;
CREATE INDEX origin_host ON origin (host);

CREATE TABLE seed (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    uri TEXT NOT NULL,
    host TEXT NOT NULL REFERENCES host,
    due_at INTEGER,
    visits INTEGER NOT NULL DEFAULT 0,
    late INTEGER NOT NULL DEFAULT 0,
    visited_at INTEGER,
    came TEXT
) STRICT;
CREATE INDEX seed_due ON seed (host, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE archive (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, writer TEXT, writer_until INTEGER, seen_at INTEGER) STRICT;

CREATE TABLE citation (
    seed INTEGER NOT NULL REFERENCES seed,
    archive INTEGER NOT NULL REFERENCES archive,
    due_at INTEGER,
    condition TEXT,
    PRIMARY KEY (seed, archive)
) STRICT, WITHOUT ROWID;
CREATE INDEX citation_archive ON citation (archive);

CREATE TABLE bundle (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    worker TEXT NOT NULL,
    fence INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    late INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX bundle_at ON bundle (at);

CREATE TABLE delivery (
    archive INTEGER NOT NULL REFERENCES archive,
    bundle INTEGER NOT NULL REFERENCES bundle,
    seed INTEGER NOT NULL REFERENCES seed,
    PRIMARY KEY (archive, bundle, seed)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_seed ON delivery (archive, seed);
