-- CreateTable
CREATE TABLE "engagement"."gone_post" (
    "post_id" BIGINT NOT NULL,
    "gone_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gone_post_pkey" PRIMARY KEY ("post_id")
);
