-- Version 1 of the file with the accounts. It is beside the archive and not in it: no backup, export or packet has a hash.
CREATE TABLE account (
    name TEXT PRIMARY KEY COLLATE NOCASE, -- never used for another person
    role TEXT NOT NULL CHECK (role IN ('viewer', 'reviewer', 'admin')),
    password TEXT NOT NULL, -- argon2id, as PHC string
    created INTEGER NOT NULL, -- all times in microseconds since 1970
    disabled INTEGER,
    seen INTEGER
) STRICT;
CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE, -- SHA-256 of what the cookie has
    account TEXT NOT NULL REFERENCES account (name),
    begun INTEGER NOT NULL,
    used INTEGER NOT NULL,
    address TEXT NOT NULL
) STRICT;
CREATE TABLE token (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES account (name),
    label TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'decide', 'feeds', 'metrics')),
    created INTEGER NOT NULL,
    expires INTEGER,
    used INTEGER,
    revoked INTEGER
) STRICT;
-- Log-ins that failed, and the addresses from which people have logged in: those are not locked out by what strangers try.
CREATE TABLE login_failure (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    address TEXT NOT NULL
) STRICT;
CREATE INDEX login_failure_by_time ON login_failure (at);
CREATE TABLE known_address (
    account TEXT NOT NULL REFERENCES account (name) COLLATE NOCASE,
    address TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, address)
) STRICT;
