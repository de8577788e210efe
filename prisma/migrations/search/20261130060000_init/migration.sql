-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "search";

-- CreateTable
CREATE TABLE "search"."account" (
    "user_id" BIGINT NOT NULL,
    "username" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "is_private" BOOLEAN NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "version" BIGINT NOT NULL,
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "post_count" INTEGER NOT NULL DEFAULT 0,
    "recent_engagement" BIGINT NOT NULL DEFAULT 0,
    "dirty" BOOLEAN NOT NULL DEFAULT true,
    "count_due" TIMESTAMPTZ(3),
    "touches" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "account_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "search"."post" (
    "post_id" BIGINT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "caption" TEXT NOT NULL,
    "hashtags" TEXT[],
    "published_ms" BIGINT NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "version" BIGINT NOT NULL,
    "counted" BOOLEAN NOT NULL DEFAULT false,
    "like_count" INTEGER NOT NULL DEFAULT 0,
    "comment_count" INTEGER NOT NULL DEFAULT 0,
    "share_count" INTEGER NOT NULL DEFAULT 0,
    "dirty" BOOLEAN NOT NULL DEFAULT true,
    "count_due" TIMESTAMPTZ(3),
    "touches" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "post_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "search"."hashtag" (
    "key" TEXT NOT NULL,
    "post_count" BIGINT NOT NULL,
    "dirty" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "hashtag_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "search"."block" (
    "blocker_id" BIGINT NOT NULL,
    "blocked_id" BIGINT NOT NULL,
    "active" BOOLEAN NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "block_pkey" PRIMARY KEY ("blocker_id","blocked_id")
);

-- CreateTable
CREATE TABLE "search"."alias" (
    "collection" TEXT NOT NULL,
    "live" TEXT,
    "building" TEXT,
    "made" INTEGER NOT NULL DEFAULT 0,
    "building_analyser" INTEGER NOT NULL DEFAULT 0,
    "live_analyser" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "alias_pkey" PRIMARY KEY ("collection")
);

-- CreateTable
CREATE TABLE "search"."rebuild" (
    "step" TEXT NOT NULL,
    "collection" TEXT NOT NULL,
    "after_key" TEXT NOT NULL,
    "done" BOOLEAN NOT NULL DEFAULT false,
    "documents" BIGINT NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rebuild_pkey" PRIMARY KEY ("collection","step")
);

-- CreateTable
CREATE TABLE "search"."document" (
    "id" TEXT NOT NULL,
    "owner_id" BIGINT NOT NULL,
    "restricted" BOOLEAN NOT NULL,
    "handle" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "words" tsvector NOT NULL,
    "popularity" DOUBLE PRECISION NOT NULL,
    "source" JSONB NOT NULL,

    CONSTRAINT "document_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search"."term" (
    "word" TEXT NOT NULL,
    "deletes" INTEGER[],

    CONSTRAINT "term_pkey" PRIMARY KEY ("word")
);

-- CreateTable
CREATE TABLE "search"."mirror" (
    "collection" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "version" BIGSERIAL NOT NULL,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mirror_pkey" PRIMARY KEY ("collection","id")
);

-- CreateIndex
CREATE INDEX "account_dirty_idx" ON "search"."account"("user_id") WHERE (dirty);

-- CreateIndex
CREATE INDEX "account_count_due_idx" ON "search"."account"("count_due") WHERE (count_due IS NOT NULL);

-- CreateIndex
CREATE INDEX "post_author_idx" ON "search"."post"("author_id", "published_ms") WHERE (NOT deleted);

-- CreateIndex
CREATE INDEX "post_dirty_idx" ON "search"."post"("post_id") WHERE (dirty);

-- CreateIndex
CREATE INDEX "post_count_due_idx" ON "search"."post"("count_due") WHERE (count_due IS NOT NULL);

-- CreateIndex
CREATE INDEX "hashtag_dirty_idx" ON "search"."hashtag"("key") WHERE (dirty);

-- CreateIndex
CREATE INDEX "block_blocked_idx" ON "search"."block"("blocked_id") WHERE (active);

-- CreateIndex
-- Prisma cannot express the collation: ranges of it are what begins with something.
CREATE INDEX "document_key_idx" ON "search"."document"("key" COLLATE "C");

-- CreateIndex
CREATE INDEX "document_words_idx" ON "search"."document" USING GIN ("words") WITH (gin_pending_list_limit = 256);

-- CreateIndex
CREATE INDEX "term_deletes_idx" ON "search"."term" USING GIN ("deletes") WITH (gin_pending_list_limit = 256);

-- CreateIndex
CREATE INDEX "mirror_due_idx" ON "search"."mirror"("collection", "due_at");
