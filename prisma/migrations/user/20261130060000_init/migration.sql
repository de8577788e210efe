-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "user";

-- CreateTable
CREATE TABLE "user"."account" (
    "id" BIGINT NOT NULL,
    "username" VARCHAR(30) NOT NULL,
    "username_key" VARCHAR(30) NOT NULL,
    "email_key" VARCHAR(254),
    "email" VARCHAR(254),
    "display_name" VARCHAR(50) NOT NULL DEFAULT '',
    "bio" VARCHAR(150) NOT NULL DEFAULT '',
    "website" VARCHAR(200) NOT NULL DEFAULT '',
    "is_private" BOOLEAN NOT NULL DEFAULT false,
    "requested_avatar_upload_id" BIGINT,
    "avatar_key" TEXT,
    "avatar_state" VARCHAR(12) NOT NULL DEFAULT 'NONE',
    "avatar_placeholder" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "state" VARCHAR(12) NOT NULL DEFAULT 'ACTIVE',
    "visibility_version" BIGINT NOT NULL DEFAULT 1,
    "avatar_upload_id" BIGINT,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."credential" (
    "user_id" BIGINT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "user"."session" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "refresh_hash" BYTEA NOT NULL,
    "previous_hash" BYTEA,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "family_hash" BYTEA,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."password_attempt" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT,
    "tries" INTEGER NOT NULL,
    "free_at" TIMESTAMPTZ(3) NOT NULL,

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
