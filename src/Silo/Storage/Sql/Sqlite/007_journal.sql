-- What each write of a row appended: rows are added, and removed with their state, never changed.
CREATE TABLE IF NOT EXISTS grain_journal (
    grain_type TEXT    NOT NULL,
    grain_key  TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    payload    BLOB    NOT NULL,
    PRIMARY KEY (grain_type, grain_key, version)
);

INSERT INTO schema_step (number, major, name) VALUES (7, 1, 'journal') ON CONFLICT DO NOTHING;
