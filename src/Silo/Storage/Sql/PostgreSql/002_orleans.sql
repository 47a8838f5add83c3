-- What Orleans' AdoNet providers (10.x) ask of a database: a table of queries by name, storage for low-rate grains,
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

INSERT INTO schema_version (version, name) VALUES (2, 'orleans') ON CONFLICT DO NOTHING;
