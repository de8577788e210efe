-- AlterTable
ALTER TABLE "post"."post" ADD COLUMN     "mentioned_ids" BIGINT[] DEFAULT ARRAY[]::BIGINT[];

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
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "score" BIGINT NOT NULL,

    CONSTRAINT "post_hashtag_pkey" PRIMARY KEY ("key","post_id")
);

-- CreateTable
CREATE TABLE "post"."hashtag_pair" (
    "key" VARCHAR(100) NOT NULL,
    "other" VARCHAR(100) NOT NULL,
    "post_count" INTEGER NOT NULL,

    CONSTRAINT "hashtag_pair_pkey" PRIMARY KEY ("key","other")
);

-- CreateTable
CREATE TABLE "post"."engagement_due" (
    "post_id" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "version" BIGINT NOT NULL,
    "looks" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "engagement_due_pkey" PRIMARY KEY ("post_id")
);

-- CreateIndex
CREATE INDEX "post_hashtag_post_id_idx" ON "post"."post_hashtag"("post_id");

-- CreateIndex
CREATE INDEX "post_hashtag_recent_idx" ON "post"."post_hashtag"("key", "published_at" DESC, "post_id" DESC, "author_id");

-- CreateIndex
CREATE INDEX "post_hashtag_top_idx" ON "post"."post_hashtag"("key", "score" DESC, "post_id" DESC, "author_id");

-- CreateIndex
CREATE INDEX "hashtag_pair_key_post_count_other_idx" ON "post"."hashtag_pair"("key", "post_count" DESC, "other");

-- CreateIndex
CREATE INDEX "engagement_due_due_at_idx" ON "post"."engagement_due"("due_at");
