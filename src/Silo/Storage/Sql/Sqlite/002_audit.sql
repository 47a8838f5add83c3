-- Who did what, when, from where and why (ADR 030): rows are added, never changed and never removed by an engine. at: Unix
-- milliseconds. act: shared by what was asked and what became of it. Names of rights and outcomes are those of the API.
CREATE TABLE IF NOT EXISTS audit_entry (
    id         BLOB    NOT NULL PRIMARY KEY,
    act        BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    actor_kind TEXT    NOT NULL,
    act_right  TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    detail     TEXT,
    came_from  TEXT    NOT NULL,
    reason     TEXT,
    outcome    TEXT    NOT NULL,
    code       TEXT
);

CREATE INDEX IF NOT EXISTS audit_entry_at ON audit_entry (at, id);

CREATE INDEX IF NOT EXISTS audit_entry_actor ON audit_entry (actor, at, id);

CREATE INDEX IF NOT EXISTS audit_entry_subject ON audit_entry (subject, at, id);

CREATE TRIGGER IF NOT EXISTS audit_entry_is_not_changed BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'entries of the audit trail are neither changed nor removed'); END;

CREATE TRIGGER IF NOT EXISTS audit_entry_is_not_removed BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'entries of the audit trail are neither changed nor removed'); END;

-- INSERT OR REPLACE removes a row without asking the trigger above.
CREATE TRIGGER IF NOT EXISTS audit_entry_is_not_replaced BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = new.id) BEGIN SELECT RAISE(IGNORE); END;

INSERT INTO schema_step (number, major, name) VALUES (2, 2, 'audit') ON CONFLICT DO NOTHING;
