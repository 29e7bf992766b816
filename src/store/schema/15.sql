-- Version 15: alerts. What is new is written with the findings; messages are made of it for each channel, and sent after the run. The ledger
-- does not hold them: they decide nothing, and rest on findings that it holds.

-- The channels of the settings, from when on they get what is new.
CREATE TABLE channel (
    name TEXT PRIMARY KEY,
    alert INTEGER NOT NULL, -- the last alert that it got, or that is older than the channel
    digested INTEGER NOT NULL -- when its last digest was made, or since when the channel exists
) STRICT, WITHOUT ROWID;

-- What is new, once for each finding; deleted when every channel has it.
CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL,
    back INTEGER NOT NULL, -- 1 for a reference that was lost and is there
    finding TEXT NOT NULL -- JSON
) STRICT;

-- Up to which set of findings the alerts of a profile go, as `told` has it for what runs print.
CREATE TABLE alerted (
    profile TEXT PRIMARY KEY,
    findings INTEGER NOT NULL,
    earlier TEXT
) STRICT, WITHOUT ROWID;

-- The messages.
CREATE TABLE message (
    id TEXT PRIMARY KEY, -- by which receivers drop repeats
    channel TEXT NOT NULL,
    created INTEGER NOT NULL,
    digest TEXT NOT NULL, -- JSON; no secret is in it
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    due INTEGER NOT NULL, -- not before that
    tries INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX message_waiting ON message (due) WHERE state IN ('waiting', 'sending');

-- The attempts to send them.
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    detail TEXT -- NULL while it is being made, empty where it was sent, else why not
) STRICT;
CREATE INDEX attempt_by_message ON attempt (message, id);
