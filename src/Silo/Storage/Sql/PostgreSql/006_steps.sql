-- From here on scripts enter themselves here: engines that know only schema_version refuse a number there that they do
-- not know, and so run beside this and later minor versions. A script that takes away what older engines use says
-- "-- Major: N" in its head, enters that major here, and its number in schema_version as well.
CREATE TABLE IF NOT EXISTS schema_step (
    number     integer     NOT NULL PRIMARY KEY,
    major      integer     NOT NULL,
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO schema_step (number, major, name) VALUES (6, 1, 'steps') ON CONFLICT DO NOTHING;
