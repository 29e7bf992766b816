-- Version 6: what the next visit of a seed is asked under, and when its page changed, so that no history is read for it.

-- All are about the last capture of a visit, and follow from the visits; the order of visits is that of date, then id.
-- Visits that asked otherwise for the seed than by a plain GET count for nothing.
ALTER TABLE seed ADD COLUMN held INTEGER REFERENCES capture (id); -- of the latest visit that came to a payload
ALTER TABLE seed ADD COLUMN brought INTEGER REFERENCES capture (id); -- of the latest visit that brought that payload's bytes
ALTER TABLE seed ADD COLUMN changed INTEGER REFERENCES capture (id); -- of the latest visit that came to another payload than the one before
ALTER TABLE seed ADD COLUMN modified INTEGER REFERENCES visit (id); -- the latest visit that did not end in "not modified"
ALTER TABLE seed ADD COLUMN misled INTEGER NOT NULL DEFAULT 0; -- 1: other bytes came under the same validator

-- The payload that came under each validator of a seed; no rows for a seed that was misled.
CREATE TABLE validator (
    seed INTEGER NOT NULL REFERENCES uri (id),
    hash INTEGER NOT NULL, -- the first 8 bytes of a SHA-256 over the address and the validator
    payload INTEGER NOT NULL REFERENCES payload (id),
    PRIMARY KEY (seed, hash)
) STRICT, WITHOUT ROWID;
