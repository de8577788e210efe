-- AlterTable
ALTER TABLE "feed"."author" ADD COLUMN     "hidden" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "hidden_version" BIGINT NOT NULL DEFAULT 0;
