-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "post";

-- CreateTable
CREATE TABLE "post"."upload" (
    "owner_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "content_type" VARCHAR(40) NOT NULL,
    "byte_size" INTEGER NOT NULL,
    "purpose" VARCHAR(12) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "upload_pkey" PRIMARY KEY ("owner_id","id")
);

-- CreateTable
CREATE TABLE "post"."author" (
    "user_id" BIGINT NOT NULL,
    "post_count" INTEGER NOT NULL DEFAULT 0,
    "close_friend_post_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "author_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "post"."post" (
    "author_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "caption" VARCHAR(2200) NOT NULL,
    "audience" VARCHAR(16) NOT NULL DEFAULT 'EVERYONE',
    "state" VARCHAR(12) NOT NULL,
    "failure_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "pinned_at" TIMESTAMPTZ(3),
    "mentioned_ids" BIGINT[] DEFAULT ARRAY[]::BIGINT[],
    "restriction" VARCHAR(8) NOT NULL DEFAULT 'NONE',
    "restriction_id" BIGINT NOT NULL DEFAULT 0,
    "overdue_attempts" SMALLINT NOT NULL DEFAULT 0,
    "overdue_retry_at" TIMESTAMPTZ(3),

    CONSTRAINT "post_pkey" PRIMARY KEY ("author_id","id")
);

-- CreateTable
CREATE TABLE "post"."media" (
    "author_id" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "position" SMALLINT NOT NULL,
    "id" BIGINT NOT NULL,
    "upload_id" BIGINT NOT NULL,
    "alt_text" VARCHAR(1000) NOT NULL DEFAULT '',
    "width" INTEGER,
    "height" INTEGER,
    "placeholder" TEXT,
    "renditions" JSONB,

    CONSTRAINT "media_pkey" PRIMARY KEY ("author_id","post_id","position")
);

-- CreateTable
CREATE TABLE "post"."hashtag" (
    "key" VARCHAR(100) NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "post_count" INTEGER NOT NULL,

    CONSTRAINT "hashtag_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "post"."post_hashtag" (
    "key" VARCHAR(100) NOT NULL,
    "post_id" BIGINT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "position" SMALLINT NOT NULL,
    "was_public" BOOLEAN NOT NULL DEFAULT true,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "score" BIGINT NOT NULL,

    CONSTRAINT "post_hashtag_pkey" PRIMARY KEY ("key","post_id")
);

-- CreateTable
CREATE TABLE "post"."hashtag_cooccurrence" (
    "key" VARCHAR(100) NOT NULL,
    "other_key" VARCHAR(100) NOT NULL,
    "post_count" INTEGER NOT NULL,

    CONSTRAINT "hashtag_cooccurrence_pkey" PRIMARY KEY ("key","other_key")
);

-- CreateTable
CREATE TABLE "post"."stale_score" (
    "post_id" BIGINT NOT NULL,
    "refresh_at" TIMESTAMPTZ(3) NOT NULL,
    "version" BIGINT NOT NULL,
    "refreshes" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "stale_score_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "post"."erased_person" (
    "user_id" BIGINT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_person_pkey" PRIMARY KEY ("user_id")
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
    "published_at" TIMESTAMPTZ(3),
    "stream_sequence" BIGINT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "post"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkpoint" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "post"."idempotency_key" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "written" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "upload_id_idx" ON "post"."upload"("id");

-- CreateIndex
CREATE INDEX "upload_unused_idx" ON "post"."upload"("expires_at") WHERE (consumed_at IS NULL);

-- CreateIndex
CREATE INDEX "post_id_idx" ON "post"."post"("id");

-- CreateIndex
CREATE INDEX "post_author_id_published_at_id_idx" ON "post"."post"("author_id", "published_at" DESC, "id" DESC) WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "post_pinned_idx" ON "post"."post"("author_id", "pinned_at" DESC) WHERE ((pinned_at IS NOT NULL) AND (deleted_at IS NULL));

-- CreateIndex
CREATE INDEX "post_processing_idx" ON "post"."post"("created_at") WHERE (((state)::text = 'PROCESSING'::text) AND (deleted_at IS NULL));

-- CreateIndex
CREATE INDEX "post_unpublished_idx" ON "post"."post"("author_id", "id" DESC) WHERE ((deleted_at IS NULL) AND ((state)::text <> 'PUBLISHED'::text));

-- CreateIndex
CREATE INDEX "media_post_id_idx" ON "post"."media"("post_id");

-- CreateIndex
CREATE INDEX "post_hashtag_post_id_idx" ON "post"."post_hashtag"("post_id");

-- CreateIndex
CREATE INDEX "post_hashtag_recent_idx" ON "post"."post_hashtag"("key", "published_at" DESC, "post_id" DESC, "author_id");

-- CreateIndex
CREATE INDEX "post_hashtag_top_idx" ON "post"."post_hashtag"("key", "score" DESC, "post_id" DESC, "author_id");

-- CreateIndex
CREATE INDEX "hashtag_cooccurrence_key_post_count_other_key_idx" ON "post"."hashtag_cooccurrence"("key", "post_count" DESC, "other_key");

-- CreateIndex
CREATE INDEX "stale_score_refresh_at_idx" ON "post"."stale_score"("refresh_at");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "post"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "post"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "idempotency_key_user_id_idx" ON "post"."idempotency_key"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "post"."idempotency_key"("created_at");

-- AddForeignKey
ALTER TABLE "post"."media" ADD CONSTRAINT "media_author_id_post_id_fkey" FOREIGN KEY ("author_id", "post_id") REFERENCES "post"."post"("author_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
