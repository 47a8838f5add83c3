-- A message that the broker refused: it never leaves, and its documents go under other names. Its claims stay, so that
-- whoever still holds one of its debts is told. Its body stays until it is finished: an engine that does not know this
-- column goes on trying to produce it, as such engines always did, and must not produce it empty.
ALTER TABLE outbound_message ADD COLUMN IF NOT EXISTS dissolved boolean NOT NULL DEFAULT false;

INSERT INTO schema_step (number, major, name) VALUES (8, 1, 'dissolved') ON CONFLICT DO NOTHING;
