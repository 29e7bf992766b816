-- Version 3: who removed a payload.
ALTER TABLE removal ADD COLUMN author TEXT; -- NULL for what was removed before
