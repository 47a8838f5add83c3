-- By what the keys that the rows depend on are known again: an engine that has others does not start. since: Unix
-- milliseconds. in_use: something may be stored under it; 0 for a key of the ring that nobody has written with yet.
CREATE TABLE IF NOT EXISTS key_fingerprint (
    name        TEXT    NOT NULL PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    in_use      INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO schema_step (number, major, name) VALUES (6, 1, 'key_fingerprint') ON CONFLICT DO NOTHING;
