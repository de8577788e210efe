-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "feed";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "post";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "runtime";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "social_graph";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "user";

-- CreateTable
CREATE TABLE "feed"."audience" (
    "author_id" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL,
    "follows" BOOLEAN NOT NULL,
    "muted" BOOLEAN NOT NULL DEFAULT false,
    "since_ms" BIGINT NOT NULL DEFAULT 0,
    "follow_version" BIGINT NOT NULL DEFAULT 0,
    "mute_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "audience_pkey" PRIMARY KEY ("author_id","follower_id")
);

-- CreateTable
CREATE TABLE "feed"."author" (
    "user_id" BIGINT NOT NULL,
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "celebrity" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "author_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "feed"."author_post" (
    "author_id" BIGINT NOT NULL,
    "published_ms" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "version" BIGINT NOT NULL,

    CONSTRAINT "author_post_pkey" PRIMARY KEY ("author_id","post_id")
);

-- CreateTable
CREATE TABLE "feed"."inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "post"."upload" (
    "owner_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "object_key" TEXT NOT NULL,
    "content_type" VARCHAR(40) NOT NULL,
    "byte_size" INTEGER NOT NULL,
    "purpose" VARCHAR(12) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),

    CONSTRAINT "upload_pkey" PRIMARY KEY ("owner_id","id")
);

-- CreateTable
CREATE TABLE "post"."author" (
    "user_id" BIGINT NOT NULL,
    "post_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "author_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "post"."post" (
    "author_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "caption" VARCHAR(2200) NOT NULL,
    "state" VARCHAR(12) NOT NULL,
    "failure_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "post_pkey" PRIMARY KEY ("author_id","id")
);

-- CreateTable
CREATE TABLE "post"."media" (
    "author_id" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "position" SMALLINT NOT NULL,
    "id" BIGINT NOT NULL,
    "upload_id" BIGINT NOT NULL,
    "object_key" TEXT NOT NULL,
    "alt_text" VARCHAR(1000) NOT NULL DEFAULT '',
    "width" INTEGER,
    "height" INTEGER,
    "placeholder" TEXT,
    "renditions" JSONB,

    CONSTRAINT "media_pkey" PRIMARY KEY ("author_id","post_id","position")
);

-- CreateTable
CREATE TABLE "post"."outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "post"."inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "post"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "runtime"."worker_lease" (
    "worker_id" SMALLINT NOT NULL,
    "holder" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_lease_pkey" PRIMARY KEY ("worker_id")
);

-- CreateTable
CREATE TABLE "social_graph"."person" (
    "user_id" BIGINT NOT NULL,
    "is_private" BOOLEAN NOT NULL DEFAULT false,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "account_version" BIGINT NOT NULL DEFAULT 0,
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "following_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "person_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "social_graph"."follow" (
    "follower_id" BIGINT NOT NULL,
    "followee_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "follow_pkey" PRIMARY KEY ("follower_id","followee_id")
);

-- CreateTable
CREATE TABLE "social_graph"."follower" (
    "followee_id" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "follower_pkey" PRIMARY KEY ("followee_id","follower_id")
);

-- CreateTable
CREATE TABLE "social_graph"."follow_request" (
    "followee_id" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "follow_request_pkey" PRIMARY KEY ("followee_id","follower_id")
);

-- CreateTable
CREATE TABLE "social_graph"."block" (
    "blocker_id" BIGINT NOT NULL,
    "blocked_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "block_pkey" PRIMARY KEY ("blocker_id","blocked_id")
);

-- CreateTable
CREATE TABLE "social_graph"."mute" (
    "muter_id" BIGINT NOT NULL,
    "muted_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "mute_pkey" PRIMARY KEY ("muter_id","muted_id")
);

-- CreateTable
CREATE TABLE "social_graph"."outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "social_graph"."inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "social_graph"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "user"."account" (
    "id" BIGINT NOT NULL,
    "username" VARCHAR(30) NOT NULL,
    "username_key" VARCHAR(30) NOT NULL,
    "email_key" VARCHAR(254) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "display_name" VARCHAR(50) NOT NULL DEFAULT '',
    "bio" VARCHAR(150) NOT NULL DEFAULT '',
    "website" VARCHAR(200) NOT NULL DEFAULT '',
    "is_private" BOOLEAN NOT NULL DEFAULT false,
    "avatar_upload_id" BIGINT,
    "avatar_key" TEXT,
    "avatar_state" VARCHAR(12) NOT NULL DEFAULT 'NONE',
    "avatar_placeholder" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

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

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
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
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "user"."inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "user"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateIndex
CREATE INDEX "audience_follower_id_author_id_idx" ON "feed"."audience"("follower_id", "author_id");

-- CreateIndex
CREATE INDEX "author_post_post_id_idx" ON "feed"."author_post"("post_id");

-- CreateIndex
CREATE INDEX "author_post_author_id_published_ms_post_id_idx" ON "feed"."author_post"("author_id", "published_ms" DESC, "post_id" DESC);

-- CreateIndex
CREATE INDEX "inbox_processed_at_idx" ON "feed"."inbox"("processed_at");

-- CreateIndex
CREATE INDEX "upload_id_idx" ON "post"."upload"("id");

-- CreateIndex
CREATE INDEX "upload_expires_at_idx" ON "post"."upload"("expires_at");

-- CreateIndex
CREATE INDEX "post_id_idx" ON "post"."post"("id");

-- CreateIndex
CREATE INDEX "post_author_id_published_at_id_idx" ON "post"."post"("author_id", "published_at" DESC, "id" DESC) WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "media_post_id_idx" ON "post"."media"("post_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "post"."outbox"("id");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "post"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "post"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "inbox_processed_at_idx" ON "post"."inbox"("processed_at");

-- CreateIndex
CREATE INDEX "follow_follower_id_id_idx" ON "social_graph"."follow"("follower_id", "id" DESC);

-- CreateIndex
CREATE INDEX "follower_followee_id_id_idx" ON "social_graph"."follower"("followee_id", "id" DESC);

-- CreateIndex
CREATE INDEX "follow_request_followee_id_id_idx" ON "social_graph"."follow_request"("followee_id", "id" DESC);

-- CreateIndex
CREATE INDEX "follow_request_follower_id_followee_id_idx" ON "social_graph"."follow_request"("follower_id", "followee_id");

-- CreateIndex
CREATE INDEX "block_blocker_id_id_idx" ON "social_graph"."block"("blocker_id", "id" DESC);

-- CreateIndex
CREATE INDEX "block_blocked_id_blocker_id_idx" ON "social_graph"."block"("blocked_id", "blocker_id");

-- CreateIndex
CREATE INDEX "mute_muter_id_id_idx" ON "social_graph"."mute"("muter_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "social_graph"."outbox"("id");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "social_graph"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "social_graph"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "inbox_processed_at_idx" ON "social_graph"."inbox"("processed_at");

-- CreateIndex
CREATE UNIQUE INDEX "account_username_key_key" ON "user"."account"("username_key");

-- CreateIndex
CREATE UNIQUE INDEX "account_email_key_key" ON "user"."account"("email_key");

-- CreateIndex
CREATE UNIQUE INDEX "session_refresh_hash_key" ON "user"."session"("refresh_hash");

-- CreateIndex
CREATE UNIQUE INDEX "session_previous_hash_key" ON "user"."session"("previous_hash");

-- CreateIndex
CREATE INDEX "session_user_id_id_idx" ON "user"."session"("user_id", "id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "user"."session"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "user"."outbox"("id");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "user"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "user"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "inbox_processed_at_idx" ON "user"."inbox"("processed_at");

-- AddForeignKey
ALTER TABLE "post"."media" ADD CONSTRAINT "media_author_id_post_id_fkey" FOREIGN KEY ("author_id", "post_id") REFERENCES "post"."post"("author_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user"."credential" ADD CONSTRAINT "credential_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user"."session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
