ALTER TABLE "engagement"."relay_state" RENAME COLUMN "mark" TO "checkpoint";
ALTER TABLE "notification"."relay_state" RENAME COLUMN "mark" TO "checkpoint";
ALTER TABLE "post"."relay_state" RENAME COLUMN "mark" TO "checkpoint";
ALTER TABLE "social_graph"."relay_state" RENAME COLUMN "mark" TO "checkpoint";
ALTER TABLE "user"."relay_state" RENAME COLUMN "mark" TO "checkpoint";
ALTER TABLE "search"."mirror" RENAME COLUMN "mark" TO "version";
ALTER TABLE "search"."mirror" RENAME COLUMN "marked_at" TO "queued_at";
