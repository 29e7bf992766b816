-- Version 7: what runs have told. It decides nothing: without it a run tells what it found itself, and the ledger does not hold it.
CREATE TABLE told (
    profile TEXT PRIMARY KEY,
    findings INTEGER NOT NULL REFERENCES finding_set (id) -- the set that the last run told of
) STRICT, WITHOUT ROWID;
