UPDATE seed SET
    held = (SELECT capture.id FROM visit JOIN capture ON capture.visit = visit.id
        WHERE visit.seed = seed.uri AND payload IS NOT NULL AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
            AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
        ORDER BY visit.date DESC, visit.id DESC LIMIT 1),
    changed = (SELECT id FROM (SELECT capture.id, payload, visit.date, visit.id AS visit,
            lag(payload) OVER (ORDER BY visit.date, visit.id) AS before
        FROM visit JOIN capture ON capture.visit = visit.id
        WHERE visit.seed = seed.uri AND payload IS NOT NULL AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
            AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed))
        WHERE before <> payload ORDER BY date DESC, visit DESC LIMIT 1),
    modified = (SELECT visit.id FROM visit JOIN capture ON capture.visit = visit.id
        WHERE visit.seed = seed.uri AND outcome <> 'server-not-modified'
            AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
            AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
        ORDER BY visit.date DESC, visit.id DESC LIMIT 1);
UPDATE seed SET
    brought = (SELECT capture.id FROM visit JOIN capture ON capture.visit = visit.id
        WHERE visit.seed = seed.uri AND outcome = 'response' AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
            AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
            AND payload = (SELECT payload FROM capture WHERE id = seed.held)
        ORDER BY visit.date DESC, visit.id DESC LIMIT 1);
