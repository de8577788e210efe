-- Null in sessions of before, until their next refresh.
ALTER TABLE "user"."session" ADD COLUMN     "family_hash" BYTEA;
