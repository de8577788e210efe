ALTER TABLE "runtime"."dead_letter" RENAME COLUMN "tries" TO "attempts";
