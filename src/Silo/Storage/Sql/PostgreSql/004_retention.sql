-- The day (counted from 1970-01-01, UTC) of the last write of a state that owes nothing; null while it owes. By it old
-- rows are found without a walk through the table. Days, because an index entry that stays the same costs no write.
ALTER TABLE grain_state ADD COLUMN IF NOT EXISTS rest_day integer;

CREATE INDEX IF NOT EXISTS grain_state_rest ON grain_state (rest_day) WHERE rest_day IS NOT NULL;

-- Messages are only ever added, in the order of their time: an index of a few pages finds the old ones.
CREATE INDEX IF NOT EXISTS outbound_message_created ON outbound_message USING brin (created_at);

INSERT INTO schema_version (version, name) VALUES (4, 'retention') ON CONFLICT DO NOTHING;
