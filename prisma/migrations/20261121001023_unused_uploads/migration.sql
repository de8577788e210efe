-- DropIndex
DROP INDEX "post"."upload_expires_at_idx";

-- CreateIndex
CREATE INDEX "upload_unused_idx" ON "post"."upload"("expires_at") WHERE (consumed_at IS NULL);
