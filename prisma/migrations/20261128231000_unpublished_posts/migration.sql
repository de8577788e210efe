-- CreateIndex
CREATE INDEX CONCURRENTLY "post_unpublished_idx" ON "post"."post"("author_id", "id" DESC) WHERE (deleted_at IS NULL AND state <> 'PUBLISHED');
