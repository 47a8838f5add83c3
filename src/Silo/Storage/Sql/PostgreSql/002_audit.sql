-- Who did what, when, from where and why (ADR 030): rows are added, never changed and never removed by an engine. at: Unix
-- milliseconds. act: shared by what was asked and what became of it. Names of rights and outcomes are those of the API.
CREATE TABLE IF NOT EXISTS audit_entry (
    id         uuid             NOT NULL PRIMARY KEY,
    act        uuid             NOT NULL,
    at         bigint           NOT NULL,
    actor      text COLLATE "C" NOT NULL,
    actor_kind text             NOT NULL,
    act_right  text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    detail     text,
    came_from  text             NOT NULL,
    reason     text,
    outcome    text             NOT NULL,
    code       text
);

CREATE INDEX IF NOT EXISTS audit_entry_at ON audit_entry (at, id);

CREATE INDEX IF NOT EXISTS audit_entry_actor ON audit_entry (actor, at, id);

CREATE INDEX IF NOT EXISTS audit_entry_subject ON audit_entry (subject, at, id);

-- A guard against mistakes and against an engine that was taken over; whoever owns the table can drop it, which a log of
-- the database's statements shows.
CREATE OR REPLACE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'entries of the audit trail are neither changed nor removed'; END $$;

CREATE OR REPLACE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays();

INSERT INTO schema_step (number, major, name) VALUES (2, 2, 'audit') ON CONFLICT DO NOTHING;
