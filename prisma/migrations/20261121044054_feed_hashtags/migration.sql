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
    "settled" BOOLEAN NOT NULL DEFAULT false,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hashtag_follow_pkey" PRIMARY KEY ("reader_id","key")
);

-- CreateIndex
CREATE INDEX "hashtag_post_post_id_idx" ON "feed"."hashtag_post"("post_id");

-- CreateIndex
CREATE INDEX "hashtag_post_newest_idx" ON "feed"."hashtag_post"("key", "published_ms" DESC, "post_id" DESC, "author_id") WHERE (NOT deleted);

-- CreateIndex
CREATE INDEX "hashtag_follow_newest_idx" ON "feed"."hashtag_follow"("reader_id", "id" DESC) WHERE (follows);

-- CreateIndex
CREATE INDEX "hashtag_follow_unsettled_idx" ON "feed"."hashtag_follow"("changed_at") WHERE (NOT settled);
