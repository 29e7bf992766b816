-- Version 5: spans of visits that brought the same, and answers and bases that are derived from them.

-- Visits of one seed, one after the other, that brought the same: made from the visits, extended as they come.
CREATE TABLE span (
    seed INTEGER NOT NULL REFERENCES uri (id),
    first INTEGER NOT NULL, -- the date of its first visit
    visit INTEGER NOT NULL REFERENCES visit (id), -- its first visit, whose captures say what it brought
    last INTEGER NOT NULL, -- the date of its last visit
    visits INTEGER NOT NULL, -- how many there are
    bad INTEGER NOT NULL, -- 1 where they brought no page, although there may be one: a failure, a refusal, a server's error
    essence INTEGER NOT NULL, -- the first 8 bytes of a digest over what it brought
    chain INTEGER NOT NULL, -- of a digest over its essence and every span before it
    PRIMARY KEY (seed, first, visit)
) STRICT, WITHOUT ROWID;

-- What the visits of a page say about a claim; can be thrown away and made again.
CREATE TABLE answer (
    profile TEXT NOT NULL,
    part TEXT NOT NULL, -- which question: `page`, `claim ID`, `choice ID`
    reference INTEGER NOT NULL, -- its number in the profile
    basis BLOB NOT NULL CHECK (length(basis) = 32), -- of the question and the versions that answered it
    chain INTEGER NOT NULL, -- of the last span that it rests on
    until INTEGER NOT NULL, -- the date of that span's last visit then
    length INTEGER NOT NULL,
    bytes BLOB NOT NULL, -- JSON; zstd
    checksum INTEGER NOT NULL,
    PRIMARY KEY (profile, part, reference)
) STRICT;

-- What the latest set of findings of a profile rests on: while it is the same, they are current.
CREATE TABLE basis (
    profile TEXT PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    checksum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When a run last looked whether anything is due, even where nothing was.
CREATE TABLE look (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at INTEGER NOT NULL
) STRICT;

-- Readings are kept in another form from now on; those that are wanted are made again.
DELETE FROM reading;
-- What a reading is stored against: the reading of another version of the page.
ALTER TABLE reading ADD COLUMN base INTEGER REFERENCES reading (id);
ALTER TABLE reading ADD COLUMN depth INTEGER NOT NULL DEFAULT 0; -- how many bases stand below it
CREATE INDEX reading_by_base ON reading (base) WHERE base IS NOT NULL;
