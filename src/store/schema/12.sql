-- Version 12: what people do not want to be asked again, and captures that reviewers set aside.

-- One kind of finding about a claim that is not asked about any more, or is again; the latest row counts.
CREATE TABLE mute (
    id INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    claim TEXT NOT NULL,
    kind TEXT NOT NULL, -- new-names
    muted INTEGER NOT NULL, -- 0 takes it back
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    note TEXT
) STRICT;

-- What visits brought that a reviewer said is not the page: visits that brought it until then are in no span. Made from the reviews.
CREATE TABLE set_aside (
    seed INTEGER NOT NULL REFERENCES uri (id),
    essence INTEGER NOT NULL, -- as in span
    until INTEGER NOT NULL, -- the time of the review
    PRIMARY KEY (seed, essence)
) STRICT, WITHOUT ROWID;
