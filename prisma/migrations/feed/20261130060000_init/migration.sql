-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "feed";

-- CreateTable
CREATE TABLE "feed"."audience" (
    "author_id" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL,
    "follows" BOOLEAN NOT NULL,
    "muted" BOOLEAN NOT NULL DEFAULT false,
    "since_ms" BIGINT NOT NULL DEFAULT 0,
    "follow_version" BIGINT NOT NULL DEFAULT 0,
    "mute_version" BIGINT NOT NULL DEFAULT 0,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "audience_pkey" PRIMARY KEY ("author_id","follower_id")
);

-- CreateTable
CREATE TABLE "feed"."author" (
    "user_id" BIGINT NOT NULL,
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "fan_out_mode" VARCHAR(12) NOT NULL DEFAULT 'PUSHED',
    "hidden" BOOLEAN NOT NULL DEFAULT false,
    "hidden_version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "author_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "feed"."author_post" (
    "author_id" BIGINT NOT NULL,
    "published_ms" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "version" BIGINT NOT NULL,
    "shared_post_id" BIGINT,

    CONSTRAINT "author_post_pkey" PRIMARY KEY ("author_id","post_id")
);

-- CreateTable
CREATE TABLE "feed"."hashtag_post" (
    "key" VARCHAR(100) NOT NULL,
    "post_id" BIGINT NOT NULL,
    "published_ms" BIGINT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "hashtag_post_pkey" PRIMARY KEY ("key","post_id")
);

-- CreateTable
CREATE TABLE "feed"."hashtag_follow" (
    "reader_id" BIGINT NOT NULL,
    "key" VARCHAR(100) NOT NULL,
    "id" BIGINT NOT NULL,
    "follows" BOOLEAN NOT NULL,
    "reconciled" BOOLEAN NOT NULL DEFAULT false,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hashtag_follow_pkey" PRIMARY KEY ("reader_id","key")
);

-- CreateTable
CREATE TABLE "feed"."erased_person" (
    "user_id" BIGINT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_person_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "audience_follower_id_author_id_idx" ON "feed"."audience"("follower_id", "author_id");

-- CreateIndex
CREATE INDEX "audience_author_id_ended_at_idx" ON "feed"."audience"("author_id", "ended_at") WHERE (ended_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "author_post_post_id_idx" ON "feed"."author_post"("post_id");

-- CreateIndex
CREATE INDEX "author_post_newest_idx" ON "feed"."author_post"("author_id", "published_ms" DESC, "post_id" DESC, "shared_post_id") WHERE (NOT deleted);

-- CreateIndex
CREATE INDEX "hashtag_post_post_id_idx" ON "feed"."hashtag_post"("post_id");

-- CreateIndex
CREATE INDEX "hashtag_post_newest_idx" ON "feed"."hashtag_post"("key", "published_ms" DESC, "post_id" DESC, "author_id") WHERE (NOT deleted);

-- CreateIndex
CREATE INDEX "hashtag_follow_newest_idx" ON "feed"."hashtag_follow"("reader_id", "id" DESC) WHERE (follows);

-- CreateIndex
CREATE INDEX "hashtag_follow_unreconciled_idx" ON "feed"."hashtag_follow"("changed_at") WHERE (NOT reconciled);
