-- CreateTable
CREATE TABLE "social_graph"."suggestion_change" (
    "person_id" BIGINT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suggestion_change_pkey" PRIMARY KEY ("person_id")
);

-- CreateIndex
CREATE INDEX "suggestion_change_changed_at_idx" ON "social_graph"."suggestion_change"("changed_at");
