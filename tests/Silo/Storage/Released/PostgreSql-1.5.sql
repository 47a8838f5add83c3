-- The statements of the engine of schema 1.5, as it sends them, over one life of three rows. Recorded; never changed:
-- whatever a newer minor version does to the schema, these must go on to work. "-- expect N" is the number of rows
-- that the statement after it returns or changes.
PREPARE insert_rows (text[], text[], bigint[], uuid[], uuid[], bigint[], integer[], bytea[]) AS
INSERT INTO grain_state (grain_type, grain_key, version, nonce, due_at, rest_day, payload)
SELECT t, k, 1, n, d, y, p FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS r(t, k, e, r, n, d, y, p)
ON CONFLICT DO NOTHING RETURNING nonce;

PREPARE update_rows (text[], text[], bigint[], uuid[], uuid[], bigint[], integer[], bytea[]) AS
UPDATE grain_state s SET version = s.version + 1, nonce = r.n, due_at = r.d, rest_day = r.y, payload = r.p, written_at = now()
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS r(t, k, e, r, n, d, y, p)
WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
RETURNING s.nonce;

PREPARE clear_rows (text[], text[], bigint[], uuid[], uuid[]) AS
WITH gone AS (
    DELETE FROM grain_state s USING unnest($1, $2, $3, $4, $5) AS r(t, k, e, r, n)
    WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.version = r.e AND (r.r IS NULL OR s.nonce = r.r)
    RETURNING s.grain_key, r.n),
unlisted AS (DELETE FROM document_index d USING gone g WHERE d.grain_key = g.grain_key)
SELECT n FROM gone;

PREPARE remove_names (text[], text[], text[], uuid[]) AS
DELETE FROM document_index d USING unnest($1, $2, $3, $4) AS r(i, t, k, n), grain_state s
WHERE s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n AND d.index_key = r.i AND d.grain_key = r.k;

PREPARE add_names (text[], text[], text[], uuid[]) AS
INSERT INTO document_index (index_key, grain_key)
SELECT r.i, r.k FROM unnest($1, $2, $3, $4) AS r(i, t, k, n) JOIN grain_state s ON s.grain_type = r.t AND s.grain_key = r.k AND s.nonce = r.n
ON CONFLICT DO NOTHING;

PREPARE claim_message (text, text, text, jsonb, bytea, bigint) AS
INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

PREPARE claim_members (text, text[], text[]) AS
INSERT INTO outbound_member (grain_key, owed_id, guid) SELECT k, o, $1 FROM unnest($2, $3) AS r(k, o) ON CONFLICT DO NOTHING RETURNING grain_key, owed_id;

PREPARE forget_messages (bigint, integer) AS
DELETE FROM outbound_message WHERE guid IN (
    SELECT o.guid FROM outbound_message o
    WHERE o.finished AND o.created_at < $1
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(o.members) m JOIN outbound_member x ON x.grain_key = m ->> 0 AND x.owed_id = m ->> 1)
    LIMIT $2 FOR UPDATE SKIP LOCKED);

-- expect 3
EXECUTE insert_rows (ARRAY['parcel','parcel','subscriber'], ARRAY['p/old/1','p/old/2','s/old'], ARRAY[0,0,0], ARRAY[NULL,NULL,NULL]::uuid[],
    ARRAY['00000000-0000-0000-0000-000000000001','00000000-0000-0000-0000-000000000002','00000000-0000-0000-0000-000000000003']::uuid[],
    ARRAY[NULL,1000,NULL]::bigint[], ARRAY[100,NULL,NULL]::integer[], ARRAY['\x01','\x02','\x03']::bytea[]);

-- expect 0
EXECUTE insert_rows (ARRAY['parcel'], ARRAY['p/old/1'], ARRAY[0], ARRAY[NULL]::uuid[], ARRAY['00000000-0000-0000-0000-000000000009']::uuid[],
    ARRAY[NULL]::bigint[], ARRAY[100]::integer[], ARRAY['\x09']::bytea[]);

-- expect 1
EXECUTE update_rows (ARRAY['parcel'], ARRAY['p/old/2'], ARRAY[1], ARRAY['00000000-0000-0000-0000-000000000002']::uuid[],
    ARRAY['00000000-0000-0000-0000-000000000012']::uuid[], ARRAY[2000]::bigint[], ARRAY[NULL]::integer[], ARRAY['\x12']::bytea[]);

-- expect 2
EXECUTE add_names (ARRAY['inv/old','wb/old'], ARRAY['parcel','parcel'], ARRAY['p/old/1','p/old/2'],
    ARRAY['00000000-0000-0000-0000-000000000001','00000000-0000-0000-0000-000000000012']::uuid[]);

-- expect 1
EXECUTE remove_names (ARRAY['wb/old'], ARRAY['parcel'], ARRAY['p/old/2'], ARRAY['00000000-0000-0000-0000-000000000012']::uuid[]);

-- expect 2
SELECT s.grain_type, s.grain_key, s.version, s.nonce, s.payload FROM grain_state s
JOIN unnest(ARRAY['parcel','parcel'], ARRAY['p/old/1','p/old/2']) AS r(t, k) ON s.grain_type = r.t AND s.grain_key = r.k;

-- expect 1
SELECT s.grain_type, s.grain_key, s.nonce FROM grain_state s JOIN unnest(ARRAY['parcel'], ARRAY['p/old/1']) AS r(t, k) ON s.grain_type = r.t AND s.grain_key = r.k;

-- expect 1
SELECT index_key, grain_key FROM document_index WHERE index_key = ANY(ARRAY['inv/old','wb/old']);

-- expect 1
SELECT grain_key, due_at FROM grain_state WHERE due_at <= 2000 ORDER BY due_at LIMIT 10;

-- expect 1
EXECUTE claim_message ('OLD-1', 'CEB311', 'sender', '[["p/old/1","order/1"]]', '\x01', 5000);

-- expect 1
EXECUTE claim_members ('OLD-1', ARRAY['p/old/1'], ARRAY['order/1']);

-- expect 0
EXECUTE claim_members ('OLD-2', ARRAY['p/old/1'], ARRAY['order/1']);

-- expect 1
SELECT m.grain_key, m.owed_id, m.guid, o.finished FROM outbound_member m
JOIN unnest(ARRAY['p/old/1'], ARRAY['order/1']) AS r(k, o) ON m.grain_key = r.k AND m.owed_id = r.o
JOIN outbound_message o ON o.guid = m.guid;

-- expect 1
SELECT guid, message_type, sender, members::text, body, created_at FROM outbound_message WHERE NOT finished AND created_at < 6000 ORDER BY created_at LIMIT 10;

-- expect 1
UPDATE outbound_message SET finished = true, body = NULL WHERE guid = 'OLD-1';

-- expect 1
SELECT guid, message_type, sender, members::text, body, created_at FROM outbound_message WHERE guid = 'OLD-1';

-- expect 0
EXECUTE forget_messages (6000, 10);

-- expect 1
SELECT grain_type, grain_key, version, rest_day, payload FROM grain_state WHERE rest_day < 101 ORDER BY rest_day LIMIT 10 FOR UPDATE SKIP LOCKED;

-- expect 1
SELECT grain_key, index_key, '' FROM document_index WHERE grain_key = ANY(ARRAY['p/old/1']) ORDER BY index_key;

-- expect 1
SELECT grain_key, owed_id, guid FROM outbound_member WHERE grain_key = ANY(ARRAY['p/old/1']) ORDER BY owed_id;

-- expect 1
DELETE FROM grain_state s USING unnest(ARRAY['parcel'], ARRAY['p/old/1']) AS r(t, k) WHERE s.grain_type = r.t AND s.grain_key = r.k;

-- expect 1
DELETE FROM document_index WHERE grain_key = ANY(ARRAY['p/old/1']);

-- expect 1
DELETE FROM outbound_member WHERE grain_key = ANY(ARRAY['p/old/1']);

-- expect 1
EXECUTE forget_messages (6000, 10);

-- expect 1
INSERT INTO grain_state (grain_type, grain_key, version, nonce, rest_day, payload) VALUES ('parcel', 'p/old/1', 1, gen_random_uuid(), 100, '\x01') ON CONFLICT DO NOTHING;

-- expect 1
INSERT INTO document_index (index_key, grain_key) SELECT i, 'p/old/1' FROM unnest(ARRAY['inv/old']) i ON CONFLICT DO NOTHING;

-- expect 1
INSERT INTO outbound_member (grain_key, owed_id, guid) SELECT 'p/old/1', o, g FROM unnest(ARRAY['order/1'], ARRAY['OLD-1']) AS r(o, g) ON CONFLICT DO NOTHING;

-- expect 1
EXECUTE clear_rows (ARRAY['parcel'], ARRAY['p/old/2'], ARRAY[2], ARRAY[NULL]::uuid[], ARRAY['00000000-0000-0000-0000-000000000022']::uuid[]);

-- What an engine of that time asks before it starts: it refuses a number that it does not know.
-- expect 0
SELECT version FROM schema_version WHERE version > 5;
