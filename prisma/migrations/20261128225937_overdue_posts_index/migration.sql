-- CreateIndex
CREATE INDEX CONCURRENTLY "post_processing_idx" ON "post"."post"("created_at") WHERE (state = 'PROCESSING' AND deleted_at IS NULL);
