-- The day (counted from 1970-01-01, UTC) of the last write of a state that owes nothing; null while it owes.
ALTER TABLE grain_state ADD COLUMN rest_day INTEGER;

CREATE INDEX IF NOT EXISTS grain_state_rest ON grain_state (rest_day) WHERE rest_day IS NOT NULL;

CREATE INDEX IF NOT EXISTS outbound_message_finished ON outbound_message (created_at) WHERE finished = 1;

INSERT INTO schema_version (version, name) VALUES (2, 'retention') ON CONFLICT DO NOTHING;
