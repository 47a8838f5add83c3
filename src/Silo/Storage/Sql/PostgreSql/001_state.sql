-- Every script enters itself when it is done and does nothing that it did before. Each runs in one transaction, but for
-- those that build an index beside the writes that go on, which say so in their head:
-- the engine runs them at start, or an operator with psql -v ON_ERROR_STOP=1 [--single-transaction] -f FILE.
CREATE TABLE IF NOT EXISTS schema_version (
    version    integer     NOT NULL PRIMARY KEY,
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- State of grains, one row each. due_at: Unix milliseconds, null when the grain owes nothing.
CREATE TABLE IF NOT EXISTS grain_state (
    grain_type text   NOT NULL,
    grain_key  text   NOT NULL,
    version    bigint NOT NULL,
    nonce      uuid   NOT NULL,
    due_at     bigint,
    payload    bytea  NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (grain_type, grain_key)
) WITH (fillfactor = 80);

-- State is encrypted: compressing it again would only cost time.
ALTER TABLE grain_state ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE INDEX IF NOT EXISTS grain_state_due ON grain_state (due_at) WHERE due_at IS NOT NULL;

-- The names by which documents and receipts find their parcel.
CREATE TABLE IF NOT EXISTS document_index (
    index_key text NOT NULL,
    grain_key text NOT NULL,
    PRIMARY KEY (index_key, grain_key)
);

CREATE INDEX IF NOT EXISTS document_index_grain ON document_index (grain_key);

-- Messages for customs, remembered before they are sent. finished: false until the parcels have stored that it was sent.
CREATE TABLE IF NOT EXISTS outbound_message (
    guid         text PRIMARY KEY,
    message_type text    NOT NULL,
    sender       text    NOT NULL,
    members      jsonb   NOT NULL,
    body         bytea,
    created_at   bigint  NOT NULL,
    finished     boolean NOT NULL DEFAULT false
);

ALTER TABLE outbound_message ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE INDEX IF NOT EXISTS outbound_message_open ON outbound_message (created_at) WHERE NOT finished;

-- A debt leaves in one message only, once and for all.
CREATE TABLE IF NOT EXISTS outbound_member (
    grain_key text NOT NULL,
    owed_id   text NOT NULL,
    guid      text NOT NULL,
    PRIMARY KEY (grain_key, owed_id)
);

CREATE INDEX IF NOT EXISTS outbound_member_message ON outbound_member (guid);

INSERT INTO schema_version (version, name) VALUES (1, 'state') ON CONFLICT DO NOTHING;
