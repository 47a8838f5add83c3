-- Major: 2
-- Every script enters itself in schema_step when it is done and does nothing that it did before. Each runs in one
-- transaction, but for those that build an index beside the writes that go on, which say so in their head: the engine
-- runs them at start, or an operator with psql -v ON_ERROR_STOP=1 [--single-transaction] -f FILE. A script that takes
-- away what older engines use says "-- Major: N" in its head and enters that major. Major 1 was the first edition, of
-- which nothing is carried over (ADR 022).
-- Keys are compared byte by byte (COLLATE "C"): faster, and no index depends on a locale that an update of the system
-- may change.
CREATE TABLE IF NOT EXISTS schema_step (
    number     integer     NOT NULL PRIMARY KEY,
    major      integer     NOT NULL,
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- State of grains, one row each, rewritten again and again. outbox_due_at: from when on what is in the outbox is tried
-- again, Unix milliseconds, null when nothing is in it; time_due_at: when time itself brings something. Each is a list.
-- rest_day: the day (counted from 1970-01-01, UTC) of the last write of a state at rest, else null; by it old rows are
-- found without a walk through the table, and days, because an index entry that stays the same costs no write.
-- Half of each page stays free for the next version of its rows: then a write that changes none of the three touches no
-- index (measured: all of them instead of two thirds at 80, and the table stays smaller).
CREATE TABLE IF NOT EXISTS grain_state (
    grain_type    text COLLATE "C" NOT NULL,
    grain_key     text COLLATE "C" NOT NULL,
    version       bigint           NOT NULL,
    nonce         uuid             NOT NULL,
    outbox_due_at bigint,
    time_due_at   bigint,
    rest_day      integer,
    payload       bytea            NOT NULL,
    PRIMARY KEY (grain_type, grain_key)
) WITH (fillfactor = 50, toast_tuple_target = 8160);

-- State is encrypted: compressing it would only cost time. One of a few kilobytes lies in its row (toast_tuple_target):
-- out of line, each write would insert, index and later delete its chunks.
ALTER TABLE grain_state ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE INDEX IF NOT EXISTS grain_state_outbox_due ON grain_state (outbox_due_at) WHERE outbox_due_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS grain_state_time_due ON grain_state (time_due_at) WHERE time_due_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS grain_state_rest ON grain_state (rest_day) WHERE rest_day IS NOT NULL;

-- What each write of a row appended: rows are added, and removed with their state, never changed.
CREATE TABLE IF NOT EXISTS grain_journal (
    grain_type text COLLATE "C" NOT NULL,
    grain_key  text COLLATE "C" NOT NULL,
    version    bigint           NOT NULL,
    payload    bytea            NOT NULL,
    PRIMARY KEY (grain_type, grain_key, version)
) WITH (toast_tuple_target = 8160);

ALTER TABLE grain_journal ALTER COLUMN payload SET STORAGE EXTERNAL;

-- The names by which documents and receipts find their parcel.
CREATE TABLE IF NOT EXISTS document_index (
    index_key text COLLATE "C" NOT NULL,
    grain_key text COLLATE "C" NOT NULL,
    PRIMARY KEY (index_key, grain_key)
);

CREATE INDEX IF NOT EXISTS document_index_grain ON document_index (grain_key);

-- Messages for customs, remembered before they are sent. finished: false until the parcels have stored that it was sent.
-- dissolved: the broker refused it; it never leaves, and its documents go under other names. Its claims stay, so that
-- whoever still has one of its effects is told.
CREATE TABLE IF NOT EXISTS outbound_message (
    guid         text COLLATE "C" PRIMARY KEY,
    message_type text    NOT NULL,
    sender       text    NOT NULL,
    members      jsonb   NOT NULL,
    body         bytea,
    created_at   bigint  NOT NULL,
    finished     boolean NOT NULL DEFAULT false,
    dissolved    boolean NOT NULL DEFAULT false
);

ALTER TABLE outbound_message ALTER COLUMN body SET STORAGE EXTERNAL;

-- Each is looked through in the order of its time, each pass behind the last one's end.
CREATE INDEX IF NOT EXISTS outbound_message_open ON outbound_message (created_at, guid) WHERE NOT finished;

CREATE INDEX IF NOT EXISTS outbound_message_finished ON outbound_message (created_at, guid) WHERE finished;

-- An effect leaves in one message only, once and for all.
CREATE TABLE IF NOT EXISTS outbound_member (
    grain_key text COLLATE "C" NOT NULL,
    effect_id text COLLATE "C" NOT NULL,
    guid      text NOT NULL,
    PRIMARY KEY (grain_key, effect_id)
);

-- By what the keys that the rows depend on are known again: a silo that has others does not start. since: Unix
-- milliseconds. in_use: something may be stored under it; false for a key of the ring that nobody has written with yet.
CREATE TABLE IF NOT EXISTS key_fingerprint (
    name        text COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint text             NOT NULL,
    since       bigint           NOT NULL,
    in_use      boolean          NOT NULL
);

-- From here to the end: what Orleans' AdoNet providers (10.x) ask of a database: a table of queries by name, storage for low-rate grains,
-- and the membership of the cluster. Names of queries, parameters and result columns are Orleans' contract; the
-- statements are ours.

CREATE TABLE IF NOT EXISTS orleansquery (
    querykey  varchar(64)   NOT NULL PRIMARY KEY,
    querytext varchar(8000) NOT NULL
);

CREATE TABLE IF NOT EXISTS orleansstorage (
    grainidhash            integer      NOT NULL,
    grainidn0              bigint       NOT NULL,
    grainidn1              bigint       NOT NULL,
    graintypehash          integer      NOT NULL,
    graintypestring        varchar(512) NOT NULL,
    grainidextensionstring varchar(512),
    serviceid              varchar(150) NOT NULL,
    payloadbinary          bytea,
    modifiedon             timestamp    NOT NULL,
    version                integer      NOT NULL
);

-- All of the identity, null included: two activations that both write first cannot both win.
CREATE UNIQUE INDEX IF NOT EXISTS orleansstorage_identity ON orleansstorage
    (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid) NULLS NOT DISTINCT;

INSERT INTO orleansquery (querykey, querytext) VALUES
('ReadFromStorageKey', '
SELECT payloadbinary, now() AT TIME ZONE ''utc'', version
FROM orleansstorage
WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
  AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
  AND graintypestring = @GrainTypeString AND serviceid = @ServiceId
  AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::varchar'),
('WriteToStorageKey', '
WITH updated AS (
  UPDATE orleansstorage
  SET payloadbinary = @PayloadBinary, modifiedon = now() AT TIME ZONE ''utc'', version = version + 1
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
    AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND serviceid = @ServiceId
    AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::varchar
    AND version = @GrainStateVersion::integer
  RETURNING version),
inserted AS (
  INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
  SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString::varchar, @ServiceId, @PayloadBinary, now() AT TIME ZONE ''utc'', 1
  WHERE @GrainStateVersion::integer IS NULL
  ON CONFLICT DO NOTHING
  RETURNING version)
SELECT COALESCE((SELECT version FROM updated), (SELECT version FROM inserted), @GrainStateVersion::integer) AS newgrainstateversion'),
('ClearStorageKey', '
UPDATE orleansstorage
SET payloadbinary = NULL, version = version + 1
WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
  AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
  AND graintypestring = @GrainTypeString AND serviceid = @ServiceId
  AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::varchar
  AND version = @GrainStateVersion
RETURNING version AS newgrainstateversion'),
('DeleteStorageKey', '
DELETE FROM orleansstorage
WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash
  AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
  AND graintypestring = @GrainTypeString AND serviceid = @ServiceId
  AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::varchar
  AND version = @GrainStateVersion
RETURNING version + 1 AS newgrainstateversion')
ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext;

CREATE TABLE IF NOT EXISTS orleansmembershipversiontable (
    deploymentid varchar(150)   NOT NULL PRIMARY KEY,
    timestamp    timestamptz(3) NOT NULL DEFAULT now(),
    version      integer        NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS orleansmembershiptable (
    deploymentid  varchar(150)   NOT NULL REFERENCES orleansmembershipversiontable,
    address       varchar(45)    NOT NULL,
    port          integer        NOT NULL,
    generation    integer        NOT NULL,
    siloname      varchar(150)   NOT NULL,
    hostname      varchar(150)   NOT NULL,
    status        integer        NOT NULL,
    proxyport     integer,
    suspecttimes  varchar(8000),
    starttime     timestamptz(3) NOT NULL,
    iamalivetime  timestamptz(3) NOT NULL,
    PRIMARY KEY (deploymentid, address, port, generation)
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', '
WITH inserted AS (
  INSERT INTO orleansmembershipversiontable (deploymentid) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*)::integer FROM inserted'),
('InsertMembershipKey', '
WITH bumped AS (
  UPDATE orleansmembershipversiontable SET timestamp = now(), version = version + 1
  WHERE deploymentid = @DeploymentId AND version = @Version
    AND NOT EXISTS (SELECT 1 FROM orleansmembershiptable m
      WHERE m.deploymentid = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
  RETURNING 1),
inserted AS (
  INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
  SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM bumped
  RETURNING 1)
SELECT count(*)::integer FROM inserted'),
('UpdateMembershipKey', '
WITH bumped AS (
  UPDATE orleansmembershipversiontable SET timestamp = now(), version = version + 1
  WHERE deploymentid = @DeploymentId AND version = @Version
    AND EXISTS (SELECT 1 FROM orleansmembershiptable m
      WHERE m.deploymentid = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
  RETURNING 1),
updated AS (
  UPDATE orleansmembershiptable SET status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
  WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
    AND EXISTS (SELECT 1 FROM bumped)
  RETURNING 1)
SELECT count(*)::integer FROM updated'),
('UpdateIAmAlivetimeKey', '
UPDATE orleansmembershiptable SET iamalivetime = @IAmAliveTime
WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),
('MembershipReadRowKey', '
SELECT v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport, m.suspecttimes, m.starttime, m.iamalivetime, v.version
FROM orleansmembershipversiontable v
LEFT JOIN orleansmembershiptable m ON m.deploymentid = v.deploymentid AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
WHERE v.deploymentid = @DeploymentId'),
('MembershipReadAllKey', '
SELECT v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport, m.suspecttimes, m.starttime, m.iamalivetime, v.version
FROM orleansmembershipversiontable v
LEFT JOIN orleansmembershiptable m ON m.deploymentid = v.deploymentid
WHERE v.deploymentid = @DeploymentId'),
('DeleteMembershipTableEntriesKey', '
WITH members AS (DELETE FROM orleansmembershiptable WHERE deploymentid = @DeploymentId)
DELETE FROM orleansmembershipversiontable WHERE deploymentid = @DeploymentId'),
('GatewaysQueryKey', '
SELECT address, proxyport, generation FROM orleansmembershiptable
WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0'),
('CleanupDefunctSiloEntriesKey', '
DELETE FROM orleansmembershiptable
WHERE deploymentid = @DeploymentId AND iamalivetime < @IAmAliveTime AND status <> 3')
ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext;

INSERT INTO schema_step (number, major, name) VALUES (1, 2, 'schema') ON CONFLICT DO NOTHING;
