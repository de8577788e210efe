-- CreateIndex
CREATE INDEX CONCURRENTLY "person_unconfirmed_idx" ON "social_graph"."person"("unconfirmed_since") WHERE (unconfirmed_since IS NOT NULL);
