-- Old finished messages are looked through in the order of their time, each pass behind the last one's end.
CREATE INDEX IF NOT EXISTS outbound_message_finished_order ON outbound_message (created_at, guid) WHERE finished = 1;

DROP INDEX IF EXISTS outbound_message_finished;

INSERT INTO schema_step (number, major, name) VALUES (4, 1, 'finished_messages') ON CONFLICT DO NOTHING;
