-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "engagement";

-- CreateTable
CREATE TABLE "engagement"."like" (
    "target_id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "liked" BOOLEAN NOT NULL,
    "was_liked" BOOLEAN NOT NULL DEFAULT false,
    "post_id" BIGINT NOT NULL,
    "is_comment" BOOLEAN NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "like_pkey" PRIMARY KEY ("target_id","user_id")
);

-- CreateTable
CREATE TABLE "engagement"."post_stats" (
    "post_id" BIGINT NOT NULL,
    "like_count" INTEGER NOT NULL DEFAULT 0,
    "comment_count" INTEGER NOT NULL DEFAULT 0,
    "share_count" INTEGER NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "post_stats_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "engagement"."comment" (
    "post_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "parent_id" BIGINT,
    "post_author_id" BIGINT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "text" VARCHAR(2200) NOT NULL,
    "mentioned_ids" BIGINT[],
    "hashtags" TEXT[],
    "is_hidden" BOOLEAN NOT NULL DEFAULT false,
    "needs_approval" BOOLEAN NOT NULL DEFAULT false,
    "restriction" VARCHAR(8) NOT NULL DEFAULT 'NONE',
    "restriction_id" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "edited_at" TIMESTAMPTZ(3),
    "pinned_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "like_count" INTEGER NOT NULL DEFAULT 0,
    "reply_count" INTEGER NOT NULL DEFAULT 0,
    "is_counted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "comment_pkey" PRIMARY KEY ("post_id","id")
);

-- CreateTable
CREATE TABLE "engagement"."share" (
    "user_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "post_author_id" BIGINT NOT NULL,
    "text" VARCHAR(2200) NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),
    "is_counted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "share_pkey" PRIMARY KEY ("user_id","id")
);

-- CreateTable
CREATE TABLE "engagement"."save" (
    "user_id" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "post_author_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "save_pkey" PRIMARY KEY ("user_id","post_id")
);

-- CreateTable
CREATE TABLE "engagement"."collection" (
    "user_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "name" VARCHAR(50) NOT NULL,
    "name_key" VARCHAR(100) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "collection_pkey" PRIMARY KEY ("user_id","id")
);

-- CreateTable
CREATE TABLE "engagement"."collection_post" (
    "user_id" BIGINT NOT NULL,
    "collection_id" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "collection_post_pkey" PRIMARY KEY ("user_id","collection_id","post_id")
);

-- CreateTable
CREATE TABLE "engagement"."post_setting" (
    "post_id" BIGINT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "comments_enabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "post_setting_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "engagement"."comment_filter" (
    "user_id" BIGINT NOT NULL,
    "words" TEXT[],

    CONSTRAINT "comment_filter_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "engagement"."erased_person" (
    "user_id" BIGINT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_person_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "engagement"."deleted_post" (
    "post_id" BIGINT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deleted_post_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "engagement"."outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "published_at" TIMESTAMPTZ(3),
    "stream_sequence" BIGINT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "engagement"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkpoint" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "engagement"."idempotency_key" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "written" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "like_target_id_id_idx" ON "engagement"."like"("target_id", "id" DESC) WHERE (liked);

-- CreateIndex
CREATE INDEX "like_user_id_id_idx" ON "engagement"."like"("user_id", "id" DESC) WHERE (liked);

-- CreateIndex
CREATE INDEX "comment_id_idx" ON "engagement"."comment"("id");

-- CreateIndex
CREATE INDEX "comment_newest_idx" ON "engagement"."comment"("post_id", "id" DESC) WHERE (parent_id IS NULL AND deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "comment_top_idx" ON "engagement"."comment"("post_id", "like_count" DESC, "id" DESC) WHERE (parent_id IS NULL AND deleted_at IS NULL AND pinned_at IS NULL);

-- CreateIndex
CREATE INDEX "comment_pinned_idx" ON "engagement"."comment"("post_id", "pinned_at" DESC) WHERE (pinned_at IS NOT NULL AND deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "comment_reply_idx" ON "engagement"."comment"("parent_id", "id") WHERE (parent_id IS NOT NULL AND deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "comment_author_idx" ON "engagement"."comment"("author_id", "id" DESC) WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "comment_commented_idx" ON "engagement"."comment"("author_id", "post_author_id", "post_id" DESC, "is_hidden", "needs_approval", "restriction") WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "comment_uncounted_idx" ON "engagement"."comment"("post_id", "author_id") WHERE (NOT is_counted AND deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "comment_deleted_with_text_idx" ON "engagement"."comment"("author_id", "id") WHERE (deleted_at IS NOT NULL AND (text)::text <> ''::text);

-- CreateIndex
CREATE INDEX "share_id_idx" ON "engagement"."share"("id");

-- CreateIndex
CREATE INDEX "share_user_idx" ON "engagement"."share"("user_id", "id" DESC) WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "share_post_idx" ON "engagement"."share"("post_id") WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "share_active_key" ON "engagement"."share"("user_id", "post_id") WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "save_user_id_id_idx" ON "engagement"."save"("user_id", "id" DESC);

-- CreateIndex
CREATE INDEX "save_post_id_idx" ON "engagement"."save"("post_id");

-- CreateIndex
CREATE UNIQUE INDEX "collection_user_id_name_key_key" ON "engagement"."collection"("user_id", "name_key");

-- CreateIndex
CREATE INDEX "collection_post_user_id_collection_id_id_idx" ON "engagement"."collection_post"("user_id", "collection_id", "id" DESC);

-- CreateIndex
CREATE INDEX "collection_post_user_id_post_id_idx" ON "engagement"."collection_post"("user_id", "post_id");

-- CreateIndex
CREATE INDEX "post_setting_author_id_post_id_idx" ON "engagement"."post_setting"("author_id", "post_id");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "engagement"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "engagement"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "idempotency_key_user_id_idx" ON "engagement"."idempotency_key"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "engagement"."idempotency_key"("created_at");
