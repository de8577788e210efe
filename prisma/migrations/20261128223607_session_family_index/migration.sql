CREATE UNIQUE INDEX CONCURRENTLY "session_family_hash_key" ON "user"."session"("family_hash");
