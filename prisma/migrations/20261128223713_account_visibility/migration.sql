-- AlterTable
ALTER TABLE "social_graph"."person" ADD COLUMN     "unconfirmed_since" TIMESTAMPTZ(3),
ADD COLUMN     "visibility_version" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "user"."account" ADD COLUMN     "visibility_version" BIGINT NOT NULL DEFAULT 1;
