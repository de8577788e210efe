-- A restored database concerns the streams of all owners, and none of them may write what belongs to another. With the rights of the
-- login that migrates, this resets the creation time that each of them remembers, and nothing else.
CREATE FUNCTION "runtime"."forget_streams"("forgotten" TIMESTAMPTZ) RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  "state" REGCLASS;
BEGIN
  FOR "state" IN
    SELECT c.oid FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
    WHERE c.relname = 'relay_state' AND c.relkind = 'r' AND o.rolname = current_user
    ORDER BY c.oid
  LOOP
    EXECUTE format('UPDATE %s SET stream_created = $1', "state") USING "forgotten";
  END LOOP;
END $$;
