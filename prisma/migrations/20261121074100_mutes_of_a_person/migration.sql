-- CreateIndex
CREATE INDEX CONCURRENTLY "mute_muted_id_muter_id_idx" ON "social_graph"."mute"("muted_id", "muter_id");
