-- Standard names: activity, recipient, relationship, deleted target, destination. Nothing is deployed yet, so tables are renamed in place.
ALTER TABLE "notification"."cause" RENAME TO "activity";
ALTER TABLE "notification"."activity" RENAME COLUMN "told" TO "published";
ALTER TABLE "notification"."activity" RENAME CONSTRAINT "cause_pkey" TO "activity_pkey";
ALTER INDEX "notification"."cause_actor_idx" RENAME TO "activity_actor_idx";
ALTER INDEX "notification"."cause_newest_idx" RENAME TO "activity_latest_idx";
ALTER INDEX "notification"."cause_post_idx" RENAME TO "activity_post_idx";
ALTER INDEX "notification"."cause_comment_idx" RENAME TO "activity_comment_idx";

ALTER TABLE "notification"."reader" RENAME TO "recipient";
ALTER TABLE "notification"."recipient" RENAME CONSTRAINT "reader_pkey" TO "recipient_pkey";

ALTER TABLE "notification"."relation_word" RENAME TO "relationship_change";
ALTER TABLE "notification"."relationship_change" RENAME COLUMN "owner_id" TO "person_id";
ALTER TABLE "notification"."relationship_change" RENAME COLUMN "what" TO "kind";
ALTER TABLE "notification"."relationship_change" RENAME COLUMN "is_on" TO "is_active";
ALTER TABLE "notification"."relationship_change" RENAME CONSTRAINT "relation_word_pkey" TO "relationship_change_pkey";

ALTER TABLE "notification"."gone_target" RENAME TO "deleted_target";
ALTER TABLE "notification"."deleted_target" RENAME COLUMN "gone_at" TO "deleted_at";
ALTER TABLE "notification"."deleted_target" RENAME CONSTRAINT "gone_target_pkey" TO "deleted_target_pkey";
ALTER INDEX "notification"."gone_target_gone_at_idx" RENAME TO "deleted_target_deleted_at_idx";

ALTER TABLE "notification"."notification" RENAME COLUMN "changed_id" TO "change_id";

ALTER TABLE "notification"."delivery" RENAME COLUMN "target_id" TO "destination_id";
