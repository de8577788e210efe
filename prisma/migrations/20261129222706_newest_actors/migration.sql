-- DropIndex
DROP INDEX "notification"."cause_actor_idx";

-- AlterTable
ALTER TABLE "notification"."notification" ADD COLUMN     "actor_times" BIGINT[] DEFAULT ARRAY[]::BIGINT[],
ALTER COLUMN "actor_ids" SET DEFAULT ARRAY[]::BIGINT[];

-- Who was told of nothing yet had NULL.
UPDATE "notification"."notification" SET "actor_ids" = '{}' WHERE "actor_ids" IS NULL;
UPDATE "notification"."notification" n SET "actor_times" = newest.times FROM (
  SELECT n.recipient_id, n.id, array_agg(a.at_ms ORDER BY known.place) AS times
  FROM "notification"."notification" n CROSS JOIN LATERAL unnest(n.actor_ids) WITH ORDINALITY AS known(actor_id, place)
  JOIN "notification"."actor" a ON a.recipient_id = n.recipient_id AND a.notification_id = n.id AND a.actor_id = known.actor_id
  GROUP BY 1, 2) AS newest
WHERE n.recipient_id = newest.recipient_id AND n.id = newest.id;

-- DropTable
DROP TABLE "notification"."actor";

-- CreateIndex
CREATE INDEX "cause_actor_idx" ON "notification"."cause"("recipient_id", "actor_id", "notification_id");

-- CreateIndex
CREATE INDEX "cause_newest_idx" ON "notification"."cause"("recipient_id", "notification_id", "at_ms" DESC) WHERE (shown);
