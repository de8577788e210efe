-- CreateIndex
CREATE INDEX CONCURRENTLY "comment_saying_idx" ON "engagement"."comment"("author_id", "id") WHERE (deleted_at IS NOT NULL AND text <> '');
