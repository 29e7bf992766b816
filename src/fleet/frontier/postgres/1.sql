-- Version 1 of the frontier in PostgreSQL. Every call of a fetcher or an archive is one function, and so one short transaction:
-- it works behind PgBouncer in transaction mode. The functions take durations in seconds and use the clock of the server.
-- Rows are locked in the order host, citation, seed; several hosts in the order of their names.

-- One row for each host: the unit of politeness, of leasing and of claiming.
CREATE TABLE stillsays.host (
    name text PRIMARY KEY,
    -- The earliest moment of the next request.
    next_at timestamptz NOT NULL DEFAULT 'epoch',
    -- Why that is later than the usual pause.
    reason text,
    -- When the first of its seeds is due; NULL while none is wanted.
    due_at timestamptz,
    -- Who has it, and until when.
    worker text,
    lease_until timestamptz,
    -- Grows with every claim.
    fence bigint NOT NULL DEFAULT 0,
    -- When it can be claimed; NULL if it cannot.
    ready_at timestamptz GENERATED ALWAYS AS (CASE WHEN worker IS NULL AND due_at IS NOT NULL THEN greatest(next_at, due_at) END) STORED
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX host_ready ON stillsays.host (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX host_lease ON stillsays.host (lease_until) WHERE worker IS NOT NULL;

-- What is known of the origins of a host: robots.txt and its age, refusals, the last request; as in the store of an archive.
CREATE TABLE stillsays.origin (
    name text PRIMARY KEY,
    host text NOT NULL,
    state text NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX origin_host ON stillsays.origin (host);

-- The pages, each once, however many archives cite it.
CREATE TABLE stillsays.seed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The SHA-256 of the address: an address can be longer than an index takes.
    key bytea NOT NULL UNIQUE,
    uri text NOT NULL,
    host text NOT NULL REFERENCES stillsays.host,
    -- The earliest of its citations.
    due_at timestamptz,
    -- Visits under a lease that was held to the end; and those that came after it, which archives have, too.
    visits bigint NOT NULL DEFAULT 0,
    late bigint NOT NULL DEFAULT 0,
    visited_at timestamptz,
    -- The status of the last visit, or the kind of failure.
    came text
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX seed_due ON stillsays.seed (host, due_at) WHERE due_at IS NOT NULL;

-- The archives, and the writer of each.
CREATE TABLE stillsays.archive (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    writer text,
    writer_until timestamptz,
    seen_at timestamptz
);

-- Which archive cites which page.
CREATE TABLE stillsays.citation (
    seed bigint NOT NULL REFERENCES stillsays.seed,
    archive integer NOT NULL REFERENCES stillsays.archive,
    -- When the archive wants the next visit; NULL from a visit until the archive has taken it.
    due_at timestamptz,
    -- The validators of the capture that the archive has, as JSON.
    condition text,
    PRIMARY KEY (seed, archive)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX citation_archive ON stillsays.citation (archive);

-- The bundles in the depot that fetchers have delivered.
CREATE TABLE stillsays.bundle (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Its SHA-256, as hexadecimal digits.
    digest text NOT NULL UNIQUE,
    host text NOT NULL,
    worker text NOT NULL,
    fence bigint NOT NULL,
    visits integer NOT NULL,
    bytes bigint NOT NULL,
    -- Whether the lease was lost when it came.
    late boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX bundle_at ON stillsays.bundle (at);

-- The visits that an archive has not taken yet.
CREATE TABLE stillsays.delivery (
    archive integer NOT NULL REFERENCES stillsays.archive,
    bundle bigint NOT NULL REFERENCES stillsays.bundle,
    seed bigint NOT NULL REFERENCES stillsays.seed,
    PRIMARY KEY (archive, bundle, seed)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
CREATE INDEX delivery_seed ON stillsays.delivery (archive, seed);

-- LIMIT is a literal: as a parameter the planner guesses, and the claim became many times slower.
CREATE FUNCTION stillsays.claim(w text, lease double precision)
RETURNS TABLE (c_host text, c_fence bigint, c_now timestamptz, c_seed bigint, c_uri text, c_condition text)
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    SELECT h.name INTO c_host FROM host h WHERE h.ready_at <= now() ORDER BY h.ready_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF c_host IS NULL THEN RETURN; END IF;
    UPDATE host h SET worker = w, lease_until = now() + make_interval(secs => lease), fence = h.fence + 1
        WHERE h.name = c_host RETURNING h.fence INTO c_fence;
    c_now := clock_timestamp();
    FOR c_seed, c_uri, c_condition IN
        SELECT s.id, s.uri, (SELECT min(c.condition) FROM citation c WHERE c.seed = s.id
            HAVING count(*) = count(c.condition) AND min(c.condition) = max(c.condition))
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

CREATE FUNCTION stillsays.extend(h text, f bigint, lease double precision) RETURNS boolean
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE host SET lease_until = clock_timestamp() + make_interval(secs => lease)
        WHERE name = h AND fence = f AND worker IS NOT NULL;
    RETURN found;
END $$;

-- The seconds to wait before the next request to the host, which is reserved unless they are more than `most`. A reservation need not
-- be on the disk: if the server crashes, the pause is over before it is back. The same holds for extended leases and usual pauses.
CREATE FUNCTION stillsays.turn(h text, pause double precision, most double precision) RETURNS double precision
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    was timestamptz;
    wait double precision;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO host (name) VALUES (h) ON CONFLICT DO NOTHING;
    SELECT next_at INTO was FROM host WHERE name = h FOR UPDATE;
    -- Not now(), which is from before the wait for the row.
    was := greatest(was, clock_timestamp());
    wait := greatest(extract(epoch FROM was - clock_timestamp()), 0);
    IF wait <= most THEN
        UPDATE host SET next_at = was + make_interval(secs => pause), reason = NULL WHERE name = h;
    END IF;
    RETURN wait;
END $$;

CREATE FUNCTION stillsays.leave_alone(h text, wait double precision, why text) RETURNS void
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    until timestamptz;
BEGIN
    IF why IS NULL THEN PERFORM set_config('synchronous_commit', 'off', true); END IF;
    INSERT INTO host (name) VALUES (h) ON CONFLICT DO NOTHING;
    PERFORM 1 FROM host WHERE name = h FOR UPDATE;
    until := clock_timestamp() + make_interval(secs => wait);
    UPDATE host SET next_at = until, reason = why WHERE name = h AND next_at < until;
END $$;

-- False: the lease was lost. The bundle is delivered all the same.
CREATE FUNCTION stillsays.finish(h text, f bigint, w text, f_digest text, f_bytes bigint, f_seeds bigint[], f_came text[],
    f_origins text[], f_hosts text[], f_states text[], leave double precision) RETURNS boolean
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    known boolean;
    holds boolean;
    b bigint;
BEGIN
    PERFORM 1 FROM host WHERE name = h FOR UPDATE;
    PERFORM 1 FROM host WHERE name = h AND fence = f AND worker IS NOT NULL;
    holds := found;
    IF f_digest IS NOT NULL THEN
        INSERT INTO bundle (digest, host, worker, fence, visits, bytes, late)
            VALUES (f_digest, h, w, f, cardinality(f_seeds), f_bytes, NOT holds)
            ON CONFLICT (digest) DO NOTHING RETURNING id INTO b;
        IF b IS NULL THEN
            -- Said again, because the answer to the first time was lost.
            SELECT late INTO known FROM bundle WHERE digest = f_digest;
            RETURN NOT known;
        END IF;
        INSERT INTO delivery (archive, bundle, seed) SELECT archive, b, seed FROM citation WHERE seed = ANY (f_seeds);
    END IF;
    IF NOT holds THEN
        UPDATE seed SET late = late + 1, visited_at = now() WHERE id = ANY (f_seeds);
        RETURN false;
    END IF;
    UPDATE citation SET due_at = NULL WHERE seed = ANY (f_seeds);
    UPDATE seed SET due_at = NULL, visits = visits + 1, visited_at = now(), came = d.came
        FROM unnest(f_seeds, f_came) AS d (id, came) WHERE seed.id = d.id;
    INSERT INTO origin (name, host, state) SELECT * FROM unnest(f_origins, f_hosts, f_states) ORDER BY 1
        ON CONFLICT (name) DO UPDATE SET state = excluded.state;
    UPDATE host SET worker = NULL, lease_until = NULL,
        next_at = greatest(next_at, clock_timestamp() + make_interval(secs => leave)),
        due_at = (SELECT due_at FROM seed WHERE host = h AND due_at IS NOT NULL ORDER BY due_at LIMIT 1) WHERE name = h;
    RETURN true;
END $$;

CREATE FUNCTION stillsays.reap() RETURNS bigint
LANGUAGE sql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
    WITH ended AS (SELECT name FROM host WHERE worker IS NOT NULL AND lease_until < now() ORDER BY name FOR UPDATE SKIP LOCKED),
        taken AS (UPDATE host SET worker = NULL, lease_until = NULL FROM ended WHERE host.name = ended.name RETURNING 1)
    SELECT count(*) FROM taken
$$;

-- Computes the earliest due date of seeds and of their hosts again. The caller has locked the rows of the hosts.
CREATE FUNCTION stillsays.due_again(keys bytea[], hosts text[]) RETURNS void
LANGUAGE sql SET search_path = stillsays, pg_temp AS $$
    UPDATE seed SET due_at = wanted.due_at FROM (SELECT s.id, min(c.due_at) AS due_at
        FROM seed s LEFT JOIN citation c ON c.seed = s.id WHERE s.key = ANY (keys) GROUP BY s.id) AS wanted
        WHERE seed.id = wanted.id AND seed.due_at IS DISTINCT FROM wanted.due_at;
    UPDATE host SET due_at = wanted.due_at FROM (SELECT h.name, (SELECT s.due_at FROM seed s
        WHERE s.host = h.name AND s.due_at IS NOT NULL ORDER BY s.due_at LIMIT 1) AS due_at
        FROM unnest(hosts) AS h (name)) AS wanted
        WHERE host.name = wanted.name AND host.due_at IS DISTINCT FROM wanted.due_at;
$$;

CREATE FUNCTION stillsays.cite(c_archive text, keys bytea[], uris text[], c_hosts text[], dues timestamptz[], conditions text[],
    hosts text[]) RETURNS void
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    a integer;
BEGIN
    INSERT INTO archive (name) VALUES (c_archive) ON CONFLICT DO NOTHING;
    SELECT id INTO a FROM archive WHERE name = c_archive;
    INSERT INTO host (name) SELECT name FROM unnest(hosts) AS it (name) ORDER BY name ON CONFLICT DO NOTHING;
    PERFORM 1 FROM host WHERE name = ANY (hosts) ORDER BY name FOR UPDATE;
    INSERT INTO seed (key, uri, host) SELECT * FROM unnest(keys, uris, c_hosts) ON CONFLICT (key) DO NOTHING;
    INSERT INTO citation (seed, archive, due_at, condition)
        SELECT s.id, a, CASE WHEN d.due_at = 'epoch' THEN now() ELSE d.due_at END, d.condition FROM unnest(keys, dues, conditions) AS d (key, due_at, condition)
            JOIN seed s ON s.key = d.key ORDER BY s.id
        ON CONFLICT (seed, archive) DO UPDATE SET due_at = excluded.due_at, condition = excluded.condition
            WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.archive = a AND d.seed = citation.seed);
    PERFORM due_again(keys, hosts);
END $$;

CREATE FUNCTION stillsays.retract(c_archive text, keys bytea[], hosts text[]) RETURNS void
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    a integer;
BEGIN
    SELECT id INTO a FROM archive WHERE name = c_archive;
    PERFORM 1 FROM host WHERE name = ANY (hosts) ORDER BY name FOR UPDATE;
    DELETE FROM citation USING seed s WHERE citation.archive = a AND citation.seed = s.id AND s.key = ANY (keys);
    PERFORM due_again(keys, hosts);
END $$;

CREATE FUNCTION stillsays.attend(c_archive text, w text, lease double precision) RETURNS boolean
LANGUAGE plpgsql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    INSERT INTO archive (name) VALUES (c_archive) ON CONFLICT DO NOTHING;
    UPDATE archive SET writer = w, writer_until = clock_timestamp() + make_interval(secs => lease), seen_at = clock_timestamp()
        WHERE name = c_archive AND (writer IS NULL OR writer = w OR writer_until < clock_timestamp());
    RETURN found;
END $$;

-- The oldest bundles of an archive; bundles of one host have the order of their visits, because `finish` locks the host.
CREATE FUNCTION stillsays.waiting(c_archive text) RETURNS TABLE (bundle bigint, digest text, uris text[])
LANGUAGE sql STABLE SET search_path = stillsays, pg_temp AS $$
    SELECT b.id, b.digest, array_agg(s.uri ORDER BY s.id)
    FROM archive a
        CROSS JOIN LATERAL (SELECT DISTINCT d.bundle FROM delivery d WHERE d.archive = a.id ORDER BY d.bundle LIMIT 32) AS first
        JOIN delivery d ON d.archive = a.id AND d.bundle = first.bundle
        JOIN bundle b ON b.id = d.bundle JOIN seed s ON s.id = d.seed
    WHERE a.name = c_archive GROUP BY b.id, b.digest ORDER BY b.id
$$;

CREATE FUNCTION stillsays.taken(c_archive text, t_bundle bigint) RETURNS void
LANGUAGE sql SET search_path = stillsays, pg_temp SET lock_timeout = '5s' AS $$
    DELETE FROM delivery USING archive a WHERE a.name = c_archive AND delivery.archive = a.id AND delivery.bundle = t_bundle
$$;

-- For people and dashboards: the state of the fleet in one row.
CREATE VIEW stillsays.status AS SELECT
    (SELECT count(*) FROM stillsays.host WHERE EXISTS (SELECT 1 FROM stillsays.seed s WHERE s.host = host.name)) AS hosts,
    (SELECT count(*) FROM stillsays.host WHERE ready_at <= now()) AS due,
    (SELECT count(*) FROM stillsays.host WHERE worker IS NOT NULL) AS leased,
    (SELECT count(*) FROM stillsays.host WHERE next_at > now() AND reason IS NOT NULL) AS blocked,
    (SELECT count(*) FROM stillsays.seed) AS seeds,
    (SELECT count(*) FROM stillsays.seed WHERE due_at <= now()) AS due_seeds,
    (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::double precision FROM stillsays.seed WHERE due_at <= now()) AS oldest_s,
    (SELECT coalesce(sum(visits), 0)::bigint FROM stillsays.bundle WHERE at > now() - interval '1 minute') AS visits_last_minute,
    (SELECT coalesce(sum(visits), 0)::bigint FROM stillsays.bundle WHERE late) AS late;

-- The same for each archive.
CREATE VIEW stillsays.archive_status AS SELECT a.name,
    (SELECT count(*) FROM stillsays.citation c WHERE c.archive = a.id) AS cited,
    (SELECT count(DISTINCT d.bundle) FROM stillsays.delivery d WHERE d.archive = a.id) AS waiting,
    (SELECT coalesce(extract(epoch FROM now() - min(b.at)), 0)::double precision FROM stillsays.delivery d
        JOIN stillsays.bundle b ON b.id = d.bundle WHERE d.archive = a.id) AS lag_s,
    extract(epoch FROM now() - a.seen_at)::double precision AS seen_s
    FROM stillsays.archive a;
