-- Major: 2
-- Every script runs in one transaction and enters itself in schema_step when it is done. One that takes away what older
-- engines use says "-- Major: N" in its head and enters that major. Major 1 was the first edition, of which nothing is
-- carried over (ADR 022).
CREATE TABLE IF NOT EXISTS schema_step (
    number     INTEGER NOT NULL PRIMARY KEY,
    major      INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    applied_at TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- State of grains, one row each. Payloads are too big for a row of the key's tree: this table, the journal and the
-- messages have row ids. outbox_due_at: from when on what is in the outbox is tried again, Unix milliseconds, null
-- when nothing is in it; time_due_at: when time itself brings something. rest_day: the day (counted from 1970-01-01, UTC)
-- of the last write of a state at rest, else null.
CREATE TABLE IF NOT EXISTS grain_state (
    grain_type    TEXT    NOT NULL,
    grain_key     TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    nonce         BLOB    NOT NULL,
    outbox_due_at INTEGER,
    time_due_at   INTEGER,
    rest_day      INTEGER,
    payload       BLOB    NOT NULL,
    PRIMARY KEY (grain_type, grain_key)
);

CREATE INDEX IF NOT EXISTS grain_state_outbox_due ON grain_state (outbox_due_at) WHERE outbox_due_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS grain_state_time_due ON grain_state (time_due_at) WHERE time_due_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS grain_state_rest ON grain_state (rest_day) WHERE rest_day IS NOT NULL;

-- What each write of a row appended: rows are added, and removed with their state, never changed.
CREATE TABLE IF NOT EXISTS grain_journal (
    grain_type TEXT    NOT NULL,
    grain_key  TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    payload    BLOB    NOT NULL,
    PRIMARY KEY (grain_type, grain_key, version)
);

-- The names by which documents and receipts find their parcel.
CREATE TABLE IF NOT EXISTS document_index (
    index_key TEXT NOT NULL,
    grain_key TEXT NOT NULL,
    PRIMARY KEY (index_key, grain_key)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS document_index_grain ON document_index (grain_key);

-- Messages for customs, remembered before they are sent. finished: 0 until the parcels have stored that it was sent.
-- dissolved: the broker refused it; it never leaves, and its documents go under other names. Its claims stay, so that
-- whoever still has one of its effects is told.
CREATE TABLE IF NOT EXISTS outbound_message (
    guid         TEXT PRIMARY KEY,
    message_type TEXT    NOT NULL,
    sender       TEXT    NOT NULL,
    members      TEXT    NOT NULL,
    body         BLOB,
    created_at   INTEGER NOT NULL,
    finished     INTEGER NOT NULL DEFAULT 0,
    dissolved    INTEGER NOT NULL DEFAULT 0
);

-- Each is looked through in the order of its time, each pass behind the last one's end.
CREATE INDEX IF NOT EXISTS outbound_message_open ON outbound_message (created_at, guid) WHERE finished = 0;

CREATE INDEX IF NOT EXISTS outbound_message_finished ON outbound_message (created_at, guid) WHERE finished = 1;

-- An effect leaves in one message only, once and for all.
CREATE TABLE IF NOT EXISTS outbound_member (
    grain_key TEXT NOT NULL,
    effect_id TEXT NOT NULL,
    guid      TEXT NOT NULL,
    PRIMARY KEY (grain_key, effect_id)
) WITHOUT ROWID;

-- By what the keys that the rows depend on are known again: an engine that has others does not start. since: Unix
-- milliseconds. in_use: something may be stored under it; 0 for a key of the ring that nobody has written with yet.
CREATE TABLE IF NOT EXISTS key_fingerprint (
    name        TEXT    NOT NULL PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    in_use      INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO schema_step (number, major, name) VALUES (1, 2, 'schema') ON CONFLICT DO NOTHING;
