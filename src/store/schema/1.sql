-- Version 1. Times are microseconds since 1970 in UTC. Digests are SHA-256, 32 bytes.

-- A run, or an import.
CREATE TABLE crawl (
    id INTEGER PRIMARY KEY,
    started INTEGER NOT NULL,
    ended INTEGER,
    software TEXT NOT NULL,
    command TEXT NOT NULL,
    counts TEXT -- JSON; NULL while it is going on
) STRICT;

-- Every address that was asked for, visited from, or referred to.
CREATE TABLE uri (
    id INTEGER PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    surt TEXT NOT NULL,
    exchange_base INTEGER REFERENCES exchange (id) -- what the next exchange of this address is stored against
) STRICT;
CREATE INDEX uri_by_surt ON uri (surt);

-- Entity bodies, each once.
CREATE TABLE payload (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    length INTEGER, -- plain; NULL for a payload that a revisit names and nobody has
    encoding TEXT CHECK (encoding IN ('identity', 'zstd', 'zstd-prefix')),
    base INTEGER REFERENCES payload (id), -- the prefix of a 'zstd-prefix'
    depth INTEGER NOT NULL DEFAULT 0, -- how many bases stand below it
    cost INTEGER NOT NULL DEFAULT 0, -- plain bytes to be decoded to have it, its own included
    bytes BLOB
) STRICT;

-- Request, interim responses, head, framing and what came of a failed exchange, one behind the other; zstd, against a base of the same address.
CREATE TABLE exchange (
    id INTEGER PRIMARY KEY,
    base INTEGER REFERENCES exchange (id), -- itself without a base
    length INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- Certificate chains as they were sent, leaf first: for each its length (4 bytes, big-endian) and its DER; zstd.
CREATE TABLE certificates (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE connection (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL,
    tls_version TEXT,
    cipher_suite TEXT,
    certificates INTEGER REFERENCES certificates (id)
) STRICT;
CREATE INDEX connection_by_address ON connection (address, certificates);

-- A visit of a seed: its captures are the hops of its redirects.
CREATE TABLE visit (
    id INTEGER PRIMARY KEY,
    crawl INTEGER NOT NULL REFERENCES crawl (id),
    seed INTEGER NOT NULL REFERENCES uri (id),
    date INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_by_seed ON visit (seed, date);

CREATE TABLE capture (
    id INTEGER PRIMARY KEY,
    visit INTEGER NOT NULL REFERENCES visit (id),
    hop INTEGER NOT NULL,
    uri INTEGER NOT NULL REFERENCES uri (id),
    date INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    outcome TEXT NOT NULL
        CHECK (outcome IN ('response', 'identical-payload-digest', 'server-not-modified', 'failure')),
    status INTEGER,
    connection INTEGER REFERENCES connection (id),
    exchange INTEGER NOT NULL REFERENCES exchange (id),
    request_length INTEGER NOT NULL,
    interim_length INTEGER NOT NULL,
    head_length INTEGER NOT NULL,
    payload INTEGER REFERENCES payload (id),
    truncated TEXT,
    failure_kind TEXT,
    failure_detail TEXT,
    refers_to_date INTEGER,
    refers_to_uri INTEGER REFERENCES uri (id)
) STRICT;
CREATE UNIQUE INDEX capture_by_visit ON capture (visit, hop);
CREATE INDEX capture_by_uri ON capture (uri, date);
CREATE INDEX capture_by_payload ON capture (payload);

-- The latest visit of every seed, so that what is due is told without reading the archive.
CREATE TABLE seed (
    uri INTEGER PRIMARY KEY REFERENCES uri (id),
    visit INTEGER NOT NULL REFERENCES visit (id),
    date INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    visits INTEGER NOT NULL
) STRICT;

CREATE TABLE host (
    origin TEXT PRIMARY KEY,
    state TEXT NOT NULL -- JSON
) STRICT;

-- What was read from a payload; can be thrown away and read again.
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    payload INTEGER NOT NULL REFERENCES payload (id),
    key TEXT NOT NULL, -- the reader's version, the media type, the selectors
    length INTEGER NOT NULL,
    bytes BLOB NOT NULL, -- JSON; zstd
    UNIQUE (payload, key)
) STRICT;

-- What was found for a profile at one time; a set is stored where it differs from the one before.
CREATE TABLE finding_set (
    id INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    crawl INTEGER REFERENCES crawl (id),
    digest BLOB NOT NULL CHECK (length(digest) = 32), -- of the JSON
    length INTEGER NOT NULL,
    bytes BLOB NOT NULL -- a JSON array; zstd
) STRICT;
CREATE INDEX finding_set_by_profile ON finding_set (profile, id);

CREATE TABLE review (
    id INTEGER PRIMARY KEY,
    finding TEXT NOT NULL,
    decision TEXT, -- NULL takes an earlier one back
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    note TEXT,
    about TEXT -- JSON: the finding as it stood when it was decided
) STRICT;
CREATE INDEX review_by_finding ON review (finding, id);
