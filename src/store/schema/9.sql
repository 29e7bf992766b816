-- Version 9: what follows from a decision: what becomes of the article, what was wrong with the finding, until when it waits.
ALTER TABLE review ADD COLUMN terms TEXT; -- JSON; NULL where it says no more than yes, no or later
ALTER TABLE told ADD COLUMN earlier TEXT; -- JSON: what runs before the last reported, that is neither said nor refuted since
