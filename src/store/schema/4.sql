-- Version 4: pages from hosts that nobody vouches for, and answers to something else than a plain request for a page.
ALTER TABLE connection ADD COLUMN untrusted TEXT; -- what is wrong with the certificates: expired, wrong-host, unknown-issuer, invalid
ALTER TABLE capture ADD COLUMN asked TEXT; -- how it was asked for, made from the request: POST, HEAD, GET with Range; NULL for a plain GET
