-- Accounts of the engine's own (ADR 036): people, OAuth clients, the keys that sign their tokens and those that protect cookies.
-- Made from the model of AccountsContext, with which AccountsSchemaTests compares it. Empty where Access:Accounts:Issuer is not set.
CREATE TABLE IF NOT EXISTS "account" (
    "id" TEXT NOT NULL CONSTRAINT "account_pkey" PRIMARY KEY,
    "roles" TEXT NOT NULL,
    "participant" TEXT NULL,
    "is_enabled" INTEGER NOT NULL,
    "must_change_password" INTEGER NOT NULL,
    "password_ends" INTEGER NOT NULL,
    "tries" INTEGER NOT NULL,
    "locked_until" INTEGER NOT NULL,
    "last_lock" INTEGER NOT NULL,
    "last_step" INTEGER NOT NULL,
    "added_at" INTEGER NOT NULL,
    "user_name" TEXT NULL,
    "normalized_user_name" TEXT NULL,
    "password_hash" TEXT NULL,
    "security_stamp" TEXT NULL,
    "concurrency_stamp" TEXT NULL,
    "two_factor_enabled" INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS "account_client" (
    "id" TEXT NOT NULL CONSTRAINT "account_client_pkey" PRIMARY KEY,
    "roles" TEXT NOT NULL,
    "participants" TEXT NOT NULL,
    "is_enabled" INTEGER NOT NULL,
    "stamp" TEXT NOT NULL,
    "added_at" INTEGER NOT NULL,
    "application_type" TEXT NULL,
    "client_id" TEXT NULL,
    "client_secret" TEXT NULL,
    "client_type" TEXT NULL,
    "concurrency_token" TEXT NULL,
    "consent_type" TEXT NULL,
    "display_name" TEXT NULL,
    "display_names" TEXT NULL,
    "json_web_key_set" TEXT NULL,
    "permissions" TEXT NULL,
    "post_logout_redirect_uris" TEXT NULL,
    "properties" TEXT NULL,
    "redirect_uris" TEXT NULL,
    "requirements" TEXT NULL,
    "settings" TEXT NULL
);

CREATE TABLE IF NOT EXISTS "account_client_scope" (
    "id" TEXT NOT NULL CONSTRAINT "account_client_scope_pkey" PRIMARY KEY,
    "concurrency_token" TEXT NULL,
    "description" TEXT NULL,
    "descriptions" TEXT NULL,
    "display_name" TEXT NULL,
    "display_names" TEXT NULL,
    "name" TEXT NULL,
    "properties" TEXT NULL,
    "resources" TEXT NULL
);

CREATE TABLE IF NOT EXISTS "account_protection_key" (
    "id" INTEGER NOT NULL CONSTRAINT "account_protection_key_pkey" PRIMARY KEY AUTOINCREMENT,
    "friendly_name" TEXT NULL,
    "xml" TEXT NULL
);

CREATE TABLE IF NOT EXISTS "account_signing_key" (
    "number" INTEGER NOT NULL CONSTRAINT "account_signing_key_pkey" PRIMARY KEY,
    "signs_from" INTEGER NOT NULL,
    "wrapped" BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS "account_secret" (
    "user_id" TEXT NOT NULL,
    "login_provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NULL,
    CONSTRAINT "account_secret_pkey" PRIMARY KEY ("user_id", "login_provider", "name"),
    CONSTRAINT "account_secret_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS "account_client_grant" (
    "id" TEXT NOT NULL CONSTRAINT "account_client_grant_pkey" PRIMARY KEY,
    "application_id" TEXT NULL,
    "concurrency_token" TEXT NULL,
    "creation_date" TEXT NULL,
    "properties" TEXT NULL,
    "scopes" TEXT NULL,
    "status" TEXT NULL,
    "subject" TEXT NULL,
    "type" TEXT NULL,
    CONSTRAINT "account_client_grant_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "account_client" ("id")
);

CREATE TABLE IF NOT EXISTS "account_client_token" (
    "id" TEXT NOT NULL CONSTRAINT "account_client_token_pkey" PRIMARY KEY,
    "application_id" TEXT NULL,
    "authorization_id" TEXT NULL,
    "concurrency_token" TEXT NULL,
    "creation_date" TEXT NULL,
    "expiration_date" TEXT NULL,
    "payload" TEXT NULL,
    "properties" TEXT NULL,
    "redemption_date" TEXT NULL,
    "reference_id" TEXT NULL,
    "status" TEXT NULL,
    "subject" TEXT NULL,
    "type" TEXT NULL,
    CONSTRAINT "account_client_token_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "account_client" ("id"),
    CONSTRAINT "account_client_token_authorization_id_fkey" FOREIGN KEY ("authorization_id") REFERENCES "account_client_grant" ("id")
);

CREATE UNIQUE INDEX IF NOT EXISTS "account_normalized_user_name" ON "account" ("normalized_user_name");

CREATE UNIQUE INDEX IF NOT EXISTS "account_client_client_id" ON "account_client" ("client_id");

CREATE INDEX IF NOT EXISTS "account_client_grant_application_id_status_subject_type" ON "account_client_grant" ("application_id", "status", "subject", "type");

CREATE UNIQUE INDEX IF NOT EXISTS "account_client_scope_name" ON "account_client_scope" ("name");

CREATE INDEX IF NOT EXISTS "account_client_token_application_id_status_subject_type" ON "account_client_token" ("application_id", "status", "subject", "type");

CREATE INDEX IF NOT EXISTS "account_client_token_authorization_id" ON "account_client_token" ("authorization_id");

CREATE UNIQUE INDEX IF NOT EXISTS "account_client_token_reference_id" ON "account_client_token" ("reference_id");

INSERT INTO schema_step (number, major, name) VALUES (3, 2, 'accounts') ON CONFLICT DO NOTHING;
