ALTER TABLE "engagement"."gone_post" RENAME TO "deleted_post";
ALTER TABLE "engagement"."deleted_post" RENAME COLUMN "gone_at" TO "deleted_at";
ALTER TABLE "engagement"."deleted_post" RENAME CONSTRAINT "gone_post_pkey" TO "deleted_post_pkey";
ALTER INDEX "engagement"."comment_saying_idx" RENAME TO "comment_deleted_with_text_idx";
ALTER INDEX "engagement"."share_live_key" RENAME TO "share_active_key";
