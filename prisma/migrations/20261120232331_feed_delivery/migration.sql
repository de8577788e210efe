-- DropIndex
DROP INDEX "feed"."author_post_author_id_published_ms_post_id_idx";

-- AlterTable
ALTER TABLE "feed"."audience" ADD COLUMN     "ended_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "feed"."author" DROP COLUMN "celebrity",
ADD COLUMN     "delivery" VARCHAR(12) NOT NULL DEFAULT 'PUSHED';

-- CreateIndex
CREATE INDEX "audience_author_id_ended_at_idx" ON "feed"."audience"("author_id", "ended_at") WHERE (ended_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "author_post_author_id_published_ms_post_id_idx" ON "feed"."author_post"("author_id", "published_ms" DESC, "post_id" DESC) WHERE (NOT deleted);
