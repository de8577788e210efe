-- AlterTable
ALTER TABLE "post"."upload" ADD COLUMN     "closed_at" TIMESTAMPTZ(3);
