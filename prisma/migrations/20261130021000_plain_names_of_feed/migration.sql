ALTER TABLE "feed"."author" RENAME COLUMN "delivery" TO "fan_out_mode";
ALTER TABLE "feed"."hashtag_follow" RENAME COLUMN "settled" TO "reconciled";
ALTER INDEX "feed"."hashtag_follow_unsettled_idx" RENAME TO "hashtag_follow_unreconciled_idx";
