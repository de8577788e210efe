-- AlterTable
ALTER TABLE "post"."post" ADD COLUMN     "overdue_at" TIMESTAMPTZ(3),
ADD COLUMN     "overdue_tries" SMALLINT NOT NULL DEFAULT 0;
