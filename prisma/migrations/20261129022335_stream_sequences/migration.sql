-- AlterTable
ALTER TABLE "engagement"."outbox" ADD COLUMN     "stream_sequence" BIGINT;

-- AlterTable
ALTER TABLE "engagement"."relay_state" ADD COLUMN     "mark" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "notification"."outbox" ADD COLUMN     "stream_sequence" BIGINT;

-- AlterTable
ALTER TABLE "notification"."relay_state" ADD COLUMN     "mark" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "post"."outbox" ADD COLUMN     "stream_sequence" BIGINT;

-- AlterTable
ALTER TABLE "post"."relay_state" ADD COLUMN     "mark" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "social_graph"."outbox" ADD COLUMN     "stream_sequence" BIGINT;

-- AlterTable
ALTER TABLE "social_graph"."relay_state" ADD COLUMN     "mark" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "user"."outbox" ADD COLUMN     "stream_sequence" BIGINT;

-- AlterTable
ALTER TABLE "user"."relay_state" ADD COLUMN     "mark" BIGINT NOT NULL DEFAULT 0;
