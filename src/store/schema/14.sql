-- Version 14: what was pushed to other archives: each row a state of one page's push, the latest counts. All of it is in the ledger.
CREATE TABLE push (
    id INTEGER PRIMARY KEY,
    page TEXT NOT NULL,
    archive TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'asking', 'asked', 'done', 'refused', 'later')),
    detail TEXT, -- why it was queued; the job; the address; the code and the message
    until INTEGER -- not before
) STRICT;
CREATE INDEX push_by_page ON push (archive, page, id);
