-- AlterTable
ALTER TABLE "search"."alias" ADD COLUMN     "building_analyser" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "live_analyser" INTEGER NOT NULL DEFAULT 0;
