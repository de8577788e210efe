-- DropIndex
DROP INDEX "notification"."cause_actor_idx";

-- DropIndex
DROP INDEX "notification"."cause_comment_idx";

-- DropIndex
DROP INDEX "notification"."cause_post_idx";

-- DropIndex
DROP INDEX "notification"."cause_shown_idx";

-- CreateIndex
CREATE INDEX "cause_actor_idx" ON "notification"."cause"("recipient_id", "actor_id", "notification_id", "key");

-- CreateIndex
CREATE INDEX "cause_post_idx" ON "notification"."cause"("post_id", "recipient_id", "key") WHERE (shown AND post_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "cause_comment_idx" ON "notification"."cause"("comment_id", "recipient_id", "key") WHERE (shown AND comment_id IS NOT NULL);
