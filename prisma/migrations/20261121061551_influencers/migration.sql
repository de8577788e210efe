-- CreateTable
CREATE TABLE "social_graph"."topic_post" (
    "key" VARCHAR(100) NOT NULL,
    "post_id" BIGINT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "topic_post_pkey" PRIMARY KEY ("post_id","key")
);

-- CreateTable
CREATE TABLE "social_graph"."topic" (
    "key" VARCHAR(100) NOT NULL,
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "topic_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "social_graph"."influencer" (
    "key" VARCHAR(100) NOT NULL,
    "person_id" BIGINT NOT NULL,
    "score" BIGINT NOT NULL,

    CONSTRAINT "influencer_pkey" PRIMARY KEY ("key","person_id")
);

-- CreateIndex
CREATE INDEX "topic_post_newest_idx" ON "social_graph"."topic_post"("key", "published_at") WHERE (NOT deleted);

-- CreateIndex
CREATE INDEX "topic_post_published_at_idx" ON "social_graph"."topic_post"("published_at");

-- CreateIndex
CREATE INDEX "topic_due_idx" ON "social_graph"."topic"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "influencer_key_score_person_id_idx" ON "social_graph"."influencer"("key", "score" DESC, "person_id" DESC);
