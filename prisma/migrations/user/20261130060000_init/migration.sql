-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "user";

-- CreateTable
CREATE TABLE "user"."account" (
    "id" BIGINT NOT NULL,
    "username" VARCHAR(30) NOT NULL,
    "username_key" VARCHAR(30) NOT NULL,
    "email_key" VARCHAR(254),
    "email" VARCHAR(254),
    "email_verified_at" TIMESTAMPTZ(3),
    "pending_email" VARCHAR(254),
    "display_name" VARCHAR(50) NOT NULL DEFAULT '',
    "bio" VARCHAR(150) NOT NULL DEFAULT '',
    "bio_mentions" JSONB NOT NULL DEFAULT '[]',
    "pronouns" VARCHAR(20)[] DEFAULT ARRAY[]::VARCHAR(20)[],
    "category" VARCHAR(20) NOT NULL DEFAULT 'NONE',
    "links" JSONB NOT NULL DEFAULT '[]',
    "is_private" BOOLEAN NOT NULL DEFAULT false,
    "requested_avatar_upload_id" BIGINT,
    "avatar_upload_id" BIGINT,
    "avatar_key" TEXT,
    "avatar_state" VARCHAR(12) NOT NULL DEFAULT 'NONE',
    "avatar_placeholder" TEXT,
    "language" VARCHAR(35) NOT NULL DEFAULT 'en',
    "state" VARCHAR(12) NOT NULL DEFAULT 'ACTIVE',
    "visibility_version" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."credential" (
    "user_id" BIGINT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "needs_code" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "user"."session" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "family_hash" BYTEA,
    "refresh_hash" BYTEA NOT NULL,
    "previous_hash" BYTEA,
    "device" VARCHAR(100) NOT NULL DEFAULT '',
    "passkey_id" BIGINT,
    "linked_identity_id" BIGINT,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."password_attempt" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT,
    "tries" INTEGER NOT NULL,
    "free_at" TIMESTAMPTZ(3) NOT NULL,
    "is_noticed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "password_attempt_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "user"."known_network" (
    "user_id" BIGINT NOT NULL,
    "network" BYTEA NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "known_network_pkey" PRIMARY KEY ("user_id","network")
);

-- CreateTable
CREATE TABLE "user"."known_device" (
    "user_id" BIGINT NOT NULL,
    "device" BYTEA NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "known_device_pkey" PRIMARY KEY ("user_id","device")
);

-- CreateTable
CREATE TABLE "user"."former_username" (
    "username_key" VARCHAR(30) NOT NULL,
    "user_id" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_username_pkey" PRIMARY KEY ("username_key")
);

-- CreateTable
CREATE TABLE "user"."account_mail" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT,
    "kind" VARCHAR(24) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "device" VARCHAR(100) NOT NULL DEFAULT '',
    "decision_id" BIGINT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_mail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."email_token" (
    "hash" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "purpose" VARCHAR(16) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "email_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "user"."second_factor" (
    "user_id" BIGINT NOT NULL,
    "sealed_secret" BYTEA NOT NULL,
    "enabled_at" TIMESTAMPTZ(3),
    "last_step" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "second_factor_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "user"."recovery_code" (
    "user_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("user_id","hash")
);

-- CreateTable
CREATE TABLE "user"."login_challenge" (
    "hash" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "linked_identity_id" BIGINT,
    "device" VARCHAR(100) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_challenge_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "user"."passkey" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "credential_id" BYTEA NOT NULL,
    "public_key" BYTEA NOT NULL,
    "sign_count" BIGINT NOT NULL,
    "is_backed_up" BOOLEAN NOT NULL,
    "name" VARCHAR(50) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "copy_noticed_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."used_passkey_challenge" (
    "nonce" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_passkey_challenge_pkey" PRIMARY KEY ("nonce")
);

-- CreateTable
CREATE TABLE "user"."linked_identity" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "issuer" VARCHAR(255) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "label" VARCHAR(254),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "linked_identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."data_export" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "state" VARCHAR(8) NOT NULL DEFAULT 'PENDING',
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "byte_size" BIGINT,
    "failure_reason" TEXT,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_export_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."app" (
    "id" BIGINT NOT NULL,
    "owner_id" BIGINT NOT NULL,
    "name" VARCHAR(50) NOT NULL,
    "website" VARCHAR(200) NOT NULL,
    "redirect_uris" TEXT[],
    "secret_hash" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."app_grant" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "app_id" BIGINT NOT NULL,
    "interaction_hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."app_token" (
    "hash" BYTEA NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "grant_id" BIGINT NOT NULL,
    "payload" JSONB NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "user"."role" (
    "user_id" BIGINT NOT NULL,
    "role" VARCHAR(12) NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "role_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "user"."sanction" (
    "decision_id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "action" VARCHAR(8) NOT NULL,
    "reason" VARCHAR(24) NOT NULL,
    "until" TIMESTAMPTZ(3),
    "imposed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reviewed_at" TIMESTAMPTZ(3),
    "is_reversed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "sanction_pkey" PRIMARY KEY ("decision_id")
);

-- CreateTable
CREATE TABLE "user"."signing_key" (
    "kid" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "sealed_private_jwk" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "user"."outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),
    "stream_sequence" BIGINT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "user"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkpoint" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "user"."idempotency_key" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "written" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_username_key_key" ON "user"."account"("username_key");

-- CreateIndex
CREATE UNIQUE INDEX "account_email_key_key" ON "user"."account"("email_key");

-- CreateIndex
CREATE UNIQUE INDEX "session_family_hash_key" ON "user"."session"("family_hash");

-- CreateIndex
CREATE UNIQUE INDEX "session_refresh_hash_key" ON "user"."session"("refresh_hash");

-- CreateIndex
CREATE UNIQUE INDEX "session_previous_hash_key" ON "user"."session"("previous_hash");

-- CreateIndex
CREATE INDEX "session_user_id_id_idx" ON "user"."session"("user_id", "id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "user"."session"("expires_at");

-- CreateIndex
CREATE INDEX "password_attempt_user_id_idx" ON "user"."password_attempt"("user_id");

-- CreateIndex
CREATE INDEX "password_attempt_free_at_idx" ON "user"."password_attempt"("free_at");

-- CreateIndex
CREATE INDEX "known_network_seen_at_idx" ON "user"."known_network"("seen_at");

-- CreateIndex
CREATE INDEX "known_device_seen_at_idx" ON "user"."known_device"("seen_at");

-- CreateIndex
CREATE INDEX "former_username_user_id_idx" ON "user"."former_username"("user_id");

-- CreateIndex
CREATE INDEX "former_username_expires_at_idx" ON "user"."former_username"("expires_at");

-- CreateIndex
CREATE INDEX "account_mail_due_at_idx" ON "user"."account_mail"("due_at");

-- CreateIndex
CREATE INDEX "account_mail_created_at_idx" ON "user"."account_mail"("created_at");

-- CreateIndex
CREATE INDEX "account_mail_user_id_idx" ON "user"."account_mail"("user_id");

-- CreateIndex
CREATE INDEX "account_mail_email_idx" ON "user"."account_mail"("email");

-- CreateIndex
CREATE INDEX "email_token_user_id_purpose_created_at_idx" ON "user"."email_token"("user_id", "purpose", "created_at");

-- CreateIndex
CREATE INDEX "email_token_expires_at_idx" ON "user"."email_token"("expires_at");

-- CreateIndex
CREATE INDEX "login_challenge_user_id_idx" ON "user"."login_challenge"("user_id");

-- CreateIndex
CREATE INDEX "login_challenge_expires_at_idx" ON "user"."login_challenge"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "passkey_credential_id_key" ON "user"."passkey"("credential_id");

-- CreateIndex
CREATE INDEX "passkey_user_id_id_idx" ON "user"."passkey"("user_id", "id");

-- CreateIndex
CREATE INDEX "used_passkey_challenge_expires_at_idx" ON "user"."used_passkey_challenge"("expires_at");

-- CreateIndex
CREATE INDEX "data_export_user_id_id_idx" ON "user"."data_export"("user_id", "id" DESC);

-- CreateIndex
CREATE INDEX "data_export_due_idx" ON "user"."data_export"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "data_export_expired_idx" ON "user"."data_export"("expires_at") WHERE (expires_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "linked_identity_user_id_id_idx" ON "user"."linked_identity"("user_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "linked_identity_subject_key" ON "user"."linked_identity"("issuer", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "data_export_unfinished_key" ON "user"."data_export"("user_id") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "app_owner_id_id_idx" ON "user"."app"("owner_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "app_grant_interaction_hash_key" ON "user"."app_grant"("interaction_hash");

-- CreateIndex
CREATE INDEX "app_grant_user_id_app_id_id_idx" ON "user"."app_grant"("user_id", "app_id", "id");

-- CreateIndex
CREATE INDEX "app_grant_app_id_idx" ON "user"."app_grant"("app_id");

-- CreateIndex
CREATE INDEX "app_grant_expires_at_idx" ON "user"."app_grant"("expires_at");

-- CreateIndex
CREATE INDEX "app_token_grant_id_idx" ON "user"."app_token"("grant_id");

-- CreateIndex
CREATE INDEX "app_token_expires_at_idx" ON "user"."app_token"("expires_at");

-- CreateIndex
CREATE INDEX "sanction_user_id_idx" ON "user"."sanction"("user_id");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "user"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "user"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "idempotency_key_user_id_idx" ON "user"."idempotency_key"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "user"."idempotency_key"("created_at");

-- AddForeignKey
ALTER TABLE "user"."credential" ADD CONSTRAINT "credential_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user"."session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user"."app_grant" ADD CONSTRAINT "app_grant_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "user"."app"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user"."app_token" ADD CONSTRAINT "app_token_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "user"."app_grant"("id") ON DELETE CASCADE ON UPDATE CASCADE;
