-- Every script runs in one transaction and enters itself when it is done.
CREATE TABLE IF NOT EXISTS schema_version (
    version    INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    applied_at TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- State of grains, one row each. Its payload is too big for a row of the key's tree, so these two tables have row ids. due_at: Unix milliseconds, null when the grain owes nothing.
CREATE TABLE IF NOT EXISTS grain_state (
    grain_type TEXT NOT NULL,
    grain_key  TEXT NOT NULL,
    version    INTEGER NOT NULL,
    nonce      BLOB NOT NULL,
    due_at     INTEGER,
    payload    BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (grain_type, grain_key)
);

CREATE INDEX IF NOT EXISTS grain_state_due ON grain_state (due_at) WHERE due_at IS NOT NULL;

-- The names by which documents and receipts find their parcel.
CREATE TABLE IF NOT EXISTS document_index (
    index_key TEXT NOT NULL,
    grain_key TEXT NOT NULL,
    PRIMARY KEY (index_key, grain_key)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS document_index_grain ON document_index (grain_key);

-- Messages for customs, remembered before they are sent. finished: 0 until the parcels have stored that it was sent.
CREATE TABLE IF NOT EXISTS outbound_message (
    guid         TEXT PRIMARY KEY,
    message_type TEXT NOT NULL,
    sender       TEXT NOT NULL,
    members      TEXT NOT NULL,
    body         BLOB,
    created_at   INTEGER NOT NULL,
    finished     INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX IF NOT EXISTS outbound_message_open ON outbound_message (created_at) WHERE finished = 0;

-- A debt leaves in one message only, once and for all.
CREATE TABLE IF NOT EXISTS outbound_member (
    grain_key TEXT NOT NULL,
    owed_id   TEXT NOT NULL,
    guid      TEXT NOT NULL,
    PRIMARY KEY (grain_key, owed_id)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS outbound_member_message ON outbound_member (guid);

INSERT INTO schema_version (version, name) VALUES (1, 'state') ON CONFLICT DO NOTHING;
