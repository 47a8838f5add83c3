-- By what the keys that the rows depend on are known again: a silo that has others does not start. since: Unix
-- milliseconds. in_use: something may be stored under it; false for a key of the ring that nobody has written with yet.
CREATE TABLE IF NOT EXISTS key_fingerprint (
    name        text COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint text             NOT NULL,
    since       bigint           NOT NULL,
    in_use      boolean          NOT NULL
);

INSERT INTO schema_step (number, major, name) VALUES (9, 1, 'key_fingerprint') ON CONFLICT DO NOTHING;
