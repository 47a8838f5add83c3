-- What each write of a row appended: rows are added, and removed with their state, never changed. Encrypted, like the
-- states: compressing it would only cost time.
CREATE TABLE IF NOT EXISTS grain_journal (
    grain_type text COLLATE "C" NOT NULL,
    grain_key  text COLLATE "C" NOT NULL,
    version    bigint           NOT NULL,
    payload    bytea            NOT NULL,
    PRIMARY KEY (grain_type, grain_key, version)
) WITH (toast_tuple_target = 8160);

ALTER TABLE grain_journal ALTER COLUMN payload SET STORAGE EXTERNAL;

INSERT INTO schema_step (number, major, name) VALUES (10, 1, 'journal') ON CONFLICT DO NOTHING;
