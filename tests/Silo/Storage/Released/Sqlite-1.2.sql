-- The statements of the engine of schema 1.2, as it sends them, over one life of two rows. Recorded; never changed:
-- whatever a newer minor version does to the schema, these must go on to work. "-- expect N" is the number of rows
-- that the statement after it returns or changes.
-- expect 1
INSERT INTO grain_state (grain_type, grain_key, version, nonce, due_at, rest_day, payload, written_at) VALUES ('parcel', 'p/old/1', 1, x'00000000000000000000000000000001', NULL, 100, x'01', 1000) ON CONFLICT DO NOTHING;

-- expect 1
INSERT INTO grain_state (grain_type, grain_key, version, nonce, due_at, rest_day, payload, written_at) VALUES ('parcel', 'p/old/2', 1, x'00000000000000000000000000000002', 1000, NULL, x'02', 1000) ON CONFLICT DO NOTHING;

-- expect 1
UPDATE grain_state SET version = version + 1, nonce = x'00000000000000000000000000000012', due_at = 2000, rest_day = NULL, payload = x'12', written_at = 2000
WHERE grain_type = 'parcel' AND grain_key = 'p/old/2' AND version = 1 AND (x'00000000000000000000000000000002' IS NULL OR nonce = x'00000000000000000000000000000002');

-- expect 1
INSERT INTO document_index (index_key, grain_key) VALUES ('inv/old', 'p/old/1') ON CONFLICT DO NOTHING;

-- expect 1
SELECT version, nonce, payload FROM grain_state WHERE grain_type = 'parcel' AND grain_key = 'p/old/1';

-- expect 1
SELECT grain_key FROM document_index WHERE index_key = 'inv/old';

-- expect 1
SELECT grain_key, due_at FROM grain_state WHERE due_at <= 2000 ORDER BY due_at LIMIT 10;

-- expect 1
INSERT INTO outbound_message (guid, message_type, sender, members, body, created_at) VALUES ('OLD-1', 'CEB311', 'sender', '[["p/old/1","order/1"]]', x'01', 5000);

-- expect 1
INSERT INTO outbound_member (grain_key, owed_id, guid) VALUES ('p/old/1', 'order/1', 'OLD-1') ON CONFLICT DO NOTHING;

-- expect 1
SELECT m.guid, o.finished FROM outbound_member m JOIN outbound_message o ON o.guid = m.guid WHERE m.grain_key = 'p/old/1' AND m.owed_id = 'order/1';

-- expect 1
SELECT guid, message_type, sender, members, body, created_at FROM outbound_message WHERE finished = 0 AND created_at < 6000 ORDER BY created_at LIMIT 10;

-- expect 1
UPDATE outbound_message SET finished = 1, body = NULL WHERE guid = 'OLD-1';

-- expect 1
SELECT grain_type, grain_key, version, rest_day, payload FROM grain_state WHERE rest_day < 101 ORDER BY rest_day LIMIT 10;

-- expect 1
SELECT index_key FROM document_index WHERE grain_key = 'p/old/1' ORDER BY index_key;

-- expect 1
SELECT owed_id, guid FROM outbound_member WHERE grain_key = 'p/old/1' ORDER BY owed_id;

-- expect 1
DELETE FROM grain_state WHERE grain_type = 'parcel' AND grain_key = 'p/old/1' AND version = 1;

-- expect 1
DELETE FROM document_index WHERE grain_key = 'p/old/1';

-- expect 1
DELETE FROM outbound_member WHERE grain_key = 'p/old/1';

-- expect 1
DELETE FROM outbound_message WHERE guid IN (
    SELECT o.guid FROM outbound_message o
    WHERE o.finished = 1 AND o.created_at < 6000
    AND NOT EXISTS (SELECT 1 FROM json_each(o.members) m JOIN outbound_member x ON x.grain_key = json_extract(m.value, '$[0]') AND x.owed_id = json_extract(m.value, '$[1]'))
    LIMIT 10);

-- expect 1
INSERT INTO grain_state (grain_type, grain_key, version, nonce, rest_day, payload, written_at) VALUES ('parcel', 'p/old/1', 1, x'00000000000000000000000000000001', 100, x'01', 1000) ON CONFLICT DO NOTHING;

-- expect 1
DELETE FROM grain_state WHERE grain_type = 'parcel' AND grain_key = 'p/old/2' AND version = 2 AND (NULL IS NULL OR nonce = NULL);

-- What an engine of that time asks before it starts: it refuses a number that it does not know.
-- expect 0
SELECT version FROM schema_version WHERE version > 2;
