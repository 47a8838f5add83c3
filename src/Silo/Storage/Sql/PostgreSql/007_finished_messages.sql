-- Old finished messages are looked through in the order of their time, each pass behind the last one's end.
-- Built beside the writes that go on, so outside a transaction: by hand, run this file without --single-transaction. If
-- that is interrupted, an invalid index is left, which the engine drops and builds again at its next start.
CREATE INDEX CONCURRENTLY IF NOT EXISTS outbound_message_finished ON outbound_message (created_at, guid) WHERE finished;

INSERT INTO schema_step (number, major, name) VALUES (7, 1, 'finished_messages') ON CONFLICT DO NOTHING;
