-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "runtime";

-- CreateTable
CREATE TABLE "runtime"."worker_lease" (
    "worker_id" SMALLINT NOT NULL,
    "holder" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_lease_pkey" PRIMARY KEY ("worker_id")
);

-- CreateTable
CREATE TABLE "runtime"."dead_letter" (
    "durable" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "stream" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "message" BYTEA NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resent_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("durable","key")
);

-- A restored database concerns the streams of all owners, and none of them may write what belongs to another. With the rights of the
-- login that migrates, this resets the creation time that each of them remembers, and nothing else.
CREATE FUNCTION "runtime"."forget_streams"() RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  "state" REGCLASS;
BEGIN
  FOR "state" IN
    SELECT c.oid FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
    WHERE c.relname = 'relay_state' AND c.relkind = 'r' AND o.rolname = current_user
    ORDER BY c.oid
  LOOP
    EXECUTE format('UPDATE %s SET stream_created = to_timestamp(0)', "state");
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION "runtime"."forget_streams"() FROM PUBLIC;
