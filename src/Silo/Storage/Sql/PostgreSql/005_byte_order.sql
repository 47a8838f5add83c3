-- Keys are compared byte by byte: faster, and no index depends on a locale that an update of the system may change.
ALTER TABLE grain_state ALTER COLUMN grain_type TYPE text COLLATE "C", ALTER COLUMN grain_key TYPE text COLLATE "C";
ALTER TABLE document_index ALTER COLUMN index_key TYPE text COLLATE "C", ALTER COLUMN grain_key TYPE text COLLATE "C";
ALTER TABLE outbound_message ALTER COLUMN guid TYPE text COLLATE "C";
ALTER TABLE outbound_member ALTER COLUMN grain_key TYPE text COLLATE "C", ALTER COLUMN owed_id TYPE text COLLATE "C";

INSERT INTO schema_version (version, name) VALUES (5, 'byte_order') ON CONFLICT DO NOTHING;
