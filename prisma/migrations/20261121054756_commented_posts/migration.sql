-- CreateIndex
CREATE INDEX "comment_commented_idx" ON "engagement"."comment"("author_id", "post_author_id", "post_id" DESC, "is_hidden") WHERE (deleted_at IS NULL);
