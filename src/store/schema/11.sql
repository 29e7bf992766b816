-- Version 11: captures that were copied from other archives. Their visits have seeds of their own (the page's address with the archive's
-- name in its query), no rows in `seed`, `head` and `span`, and say nothing of what became of a page.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    archive TEXT NOT NULL, -- its name: the host of the memento
    memento TEXT, -- WARC-Source-URI
    copied INTEGER, -- WARC-Creation-Date
    record TEXT, -- the archive's item and WARC file: x-archive-src
    file TEXT, -- the file that it was imported from
    digest TEXT -- how the payload compares with the archive's index: equal, coded, different, unknown
) STRICT;
CREATE INDEX source_by_memento ON source (memento);
ALTER TABLE capture ADD COLUMN source INTEGER REFERENCES source (id); -- NULL for our own
CREATE INDEX capture_copied ON capture (uri, date) WHERE source IS NOT NULL;
