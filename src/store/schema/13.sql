-- Version 13: what other archives were asked. It decides nothing about any page, and the ledger does not hold it: it keeps budgets, and has an
-- interrupted command go on where it was.

-- When an archive was asked, for budgets that all processes share; what is older than they reach is deleted.
CREATE TABLE asked (
    archive TEXT NOT NULL,
    kind TEXT NOT NULL, -- index, memento, save
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX asked_by_archive ON asked (archive, kind, at);

-- Archives that are left alone until some time.
CREATE TABLE left_alone (
    archive TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    times INTEGER NOT NULL, -- in a row: each makes the next pause twice as long
    why TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the index of an archive was read about a page.
CREATE TABLE listing (
    page TEXT NOT NULL, -- its address
    archive TEXT NOT NULL,
    query TEXT NOT NULL, -- window, life, last
    at INTEGER NOT NULL, -- when it was asked last
    resume TEXT, -- the key to go on with
    done INTEGER NOT NULL, -- 1 where there is nothing more to ask
    bad INTEGER NOT NULL, -- rows that could not be read
    why TEXT, -- why the archive did not list it: excluded
    PRIMARY KEY (page, archive, query)
) STRICT, WITHOUT ROWID;

-- The mementos that archives list of a page, or that somebody named.
CREATE TABLE memento (
    page TEXT NOT NULL,
    archive TEXT NOT NULL,
    uri TEXT NOT NULL, -- of its bytes as captured
    date INTEGER NOT NULL,
    original TEXT NOT NULL,
    status INTEGER,
    digest TEXT, -- of the index
    state TEXT NOT NULL, -- listed, copied, or why it was not: absent, excluded, elsewhere, unusable, circular
    detail TEXT,
    at INTEGER NOT NULL, -- of the state
    PRIMARY KEY (page, archive, uri)
) STRICT, WITHOUT ROWID;
