-- A state of a few kilobytes lies in its row: out of line, each write would insert, index and later delete its chunks.
ALTER TABLE grain_state SET (toast_tuple_target = 8160);

-- Nobody looks for members by message; the message has its members.
DROP INDEX IF EXISTS outbound_member_message;

INSERT INTO schema_version (version, name) VALUES (3, 'inline') ON CONFLICT DO NOTHING;
