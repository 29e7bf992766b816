-- Version 10: further pages of a list, each visited on its own and bound to the visit of the list's first page.
CREATE TABLE further (
    seed INTEGER NOT NULL REFERENCES uri (id), -- the list's first page
    visit INTEGER NOT NULL REFERENCES visit (id), -- of that page
    place INTEGER NOT NULL, -- from 0, in the order in which they were visited
    page INTEGER NOT NULL REFERENCES visit (id), -- of the further page, in the same crawl
    PRIMARY KEY (visit, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX further_by_seed ON further (seed);
CREATE INDEX further_by_page ON further (page);
