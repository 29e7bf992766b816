-- Version 2: which lists archives follow from a page, turns of addresses, and bundles that no fetcher reported.

-- What the archive wants of the lists on the page, as JSON: the claimed names, and the further pages that it knows.
ALTER TABLE stillsays.citation ADD COLUMN lists text;

-- The turns of addresses, if fetchers ask for them (`fleet.address_delay`): many hosts can be one machine.
CREATE TABLE stillsays.address (
    name text PRIMARY KEY,
    -- The earliest moment of the next request.
    next_at timestamptz NOT NULL DEFAULT 'epoch'
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

DROP FUNCTION stillsays.claim(text, double precision);
-- LIMIT is a literal: as a parameter the planner guesses, and the claim became many times slower.
CREATE FUNCTION stillsays.claim(w text, lease double precision)
RETURNS TABLE (c_host text, c_fence bigint, c_now timestamptz, c_seed bigint, c_uri text, c_condition text, c_lists text[])
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    SELECT h.name INTO c_host FROM host h WHERE h.ready_at <= now() ORDER BY h.ready_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF c_host IS NULL THEN RETURN; END IF;
    -- At least the seconds since 1970: so a database that was lost and created anew does not give a fence again.
    UPDATE host h SET worker = w, lease_until = now() + make_interval(secs => lease),
        fence = greatest(h.fence + 1, extract(epoch FROM now())::bigint) WHERE h.name = c_host RETURNING h.fence INTO c_fence;
    c_now := clock_timestamp();
    FOR c_seed, c_uri, c_condition, c_lists IN
        SELECT s.id, s.uri, (SELECT min(c.condition) FROM citation c WHERE c.seed = s.id
                HAVING count(*) = count(c.condition) AND min(c.condition) = max(c.condition)),
            (SELECT array_agg(c.lists) FROM citation c WHERE c.seed = s.id HAVING count(c.lists) > 0)
        FROM seed s WHERE s.host = c_host AND s.due_at <= now() ORDER BY s.due_at LIMIT 8
    LOOP
        RETURN NEXT;
    END LOOP;
    IF c_seed IS NULL THEN
        -- Its due date was wrong: nothing is due after all.
        UPDATE host h SET worker = NULL, lease_until = NULL,
            due_at = (SELECT min(s.due_at) FROM seed s WHERE s.host = c_host) WHERE h.name = c_host;
    END IF;
END $$;

DROP FUNCTION stillsays.turn(text, double precision, double precision);
-- The seconds to wait before the next request to the host, which is reserved unless they are more than `most`. A reservation need not
-- be on the disk: if the server crashes, the pause is over before it is back. The same holds for extended leases and usual pauses.
CREATE FUNCTION stillsays.turn(h text, pause double precision, most double precision, addresses text[], address_pause double precision)
RETURNS double precision
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    was timestamptz;
    free timestamptz;
    wait double precision;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO host (name) VALUES (h) ON CONFLICT DO NOTHING;
    SELECT next_at INTO was FROM host WHERE name = h FOR UPDATE;
    IF cardinality(addresses) > 0 THEN
        INSERT INTO address (name) SELECT name FROM unnest(addresses) AS it (name) ORDER BY name ON CONFLICT DO NOTHING;
        SELECT max(next_at) INTO free FROM (SELECT next_at FROM address WHERE name = ANY (addresses) ORDER BY name FOR UPDATE) AS locked;
    END IF;
    -- Not now(), which is from before the wait for the rows.
    was := greatest(was, free, clock_timestamp());
    wait := greatest(extract(epoch FROM was - clock_timestamp()), 0);
    IF wait <= most THEN
        UPDATE host SET next_at = was + make_interval(secs => pause), reason = NULL WHERE name = h;
        UPDATE address SET next_at = was + make_interval(secs => address_pause) WHERE name = ANY (addresses);
    ELSE
        -- Not claimed before its addresses can be asked.
        UPDATE host SET next_at = was WHERE name = h AND next_at < was;
    END IF;
    RETURN wait;
END $$;

-- False: its lease is held, it is known, or nobody cites its pages.
CREATE FUNCTION stillsays.adopt(h text, f bigint, w text, a_digest text, a_bytes bigint, keys bytea[]) RETURNS boolean
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    seeds bigint[];
    b bigint;
BEGIN
    INSERT INTO host (name) VALUES (h) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM host WHERE name = h FOR UPDATE;
    PERFORM 1 FROM host WHERE name = h AND fence = f AND worker = w AND lease_until >= now();
    IF found THEN RETURN false; END IF;
    SELECT array_agg(s.id) INTO seeds FROM seed s
        WHERE s.key = ANY (keys) AND EXISTS (SELECT 1 FROM citation c WHERE c.seed = s.id);
    IF seeds IS NULL THEN RETURN false; END IF;
    INSERT INTO bundle (digest, host, worker, fence, visits, bytes, late) VALUES (a_digest, h, w, f, cardinality(seeds), a_bytes, true)
        ON CONFLICT (digest) DO NOTHING RETURNING id INTO b;
    IF b IS NULL THEN RETURN false; END IF;
    INSERT INTO delivery (archive, bundle, seed) SELECT archive, b, seed FROM citation WHERE seed = ANY (seeds);
    UPDATE seed SET late = late + 1, visited_at = now() WHERE id = ANY (seeds);
    RETURN true;
END $$;

DROP FUNCTION stillsays.cite(text, bytea[], text[], text[], timestamptz[], text[], text[]);
CREATE FUNCTION stillsays.cite(c_archive text, keys bytea[], uris text[], c_hosts text[], dues timestamptz[], conditions text[],
    c_lists text[], hosts text[]) RETURNS void
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    a integer;
BEGIN
    INSERT INTO archive (name) VALUES (c_archive) ON CONFLICT DO NOTHING;
    SELECT id INTO a FROM archive WHERE name = c_archive;
    INSERT INTO host (name) SELECT name FROM unnest(hosts) AS it (name) ORDER BY name ON CONFLICT DO NOTHING;
    PERFORM 1 FROM host WHERE name = ANY (hosts) ORDER BY name FOR UPDATE;
    INSERT INTO seed (key, uri, host) SELECT * FROM unnest(keys, uris, c_hosts) ON CONFLICT (key) DO NOTHING;
    INSERT INTO citation (seed, archive, due_at, condition, lists)
        SELECT s.id, a, CASE WHEN d.due_at = 'epoch' THEN now() ELSE d.due_at END, d.condition, d.lists
            FROM unnest(keys, dues, conditions, c_lists) AS d (key, due_at, condition, lists)
            JOIN seed s ON s.key = d.key ORDER BY s.id
        ON CONFLICT (seed, archive) DO UPDATE SET due_at = excluded.due_at, condition = excluded.condition, lists = excluded.lists
            WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.archive = a AND d.seed = citation.seed);
    PERFORM due_again(keys, hosts);
END $$;
