-- AlterTable
ALTER TABLE "social_graph"."suggestion" ALTER COLUMN "tier" SET DEFAULT 1;

-- What was computed by the weights of before is computed anew when its viewer asks.
UPDATE "social_graph"."suggestion_reader" SET "computed_at" = NULL;
