-- DropIndex
DROP INDEX "feed"."author_post_author_id_published_ms_post_id_idx";

-- AlterTable
ALTER TABLE "feed"."author_post" ADD COLUMN     "shared_post_id" BIGINT;

-- CreateIndex
CREATE INDEX "author_post_newest_idx" ON "feed"."author_post"("author_id", "published_ms" DESC, "post_id" DESC, "shared_post_id") WHERE (NOT deleted);
