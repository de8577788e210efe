-- CreateTable
CREATE TABLE "social_graph"."suggestion" (
    "viewer_id" BIGINT NOT NULL,
    "person_id" BIGINT NOT NULL,
    "tier" SMALLINT NOT NULL,
    "score" BIGINT NOT NULL,
    "reasons" BIGINT[],

    CONSTRAINT "suggestion_pkey" PRIMARY KEY ("viewer_id","person_id")
);

-- CreateTable
CREATE TABLE "social_graph"."suggestion_reader" (
    "viewer_id" BIGINT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "computed_at" TIMESTAMPTZ(3),

    CONSTRAINT "suggestion_reader_pkey" PRIMARY KEY ("viewer_id")
);

-- CreateTable
CREATE TABLE "social_graph"."suggestion_dirty" (
    "viewer_id" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suggestion_dirty_pkey" PRIMARY KEY ("viewer_id")
);

-- CreateTable
CREATE TABLE "social_graph"."suggestion_dismissal" (
    "viewer_id" BIGINT NOT NULL,
    "person_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "suggestion_dismissal_pkey" PRIMARY KEY ("viewer_id","person_id")
);

-- CreateIndex
CREATE INDEX "suggestion_viewer_id_tier_score_person_id_idx" ON "social_graph"."suggestion"("viewer_id", "tier" DESC, "score" DESC, "person_id" DESC);

-- CreateIndex
CREATE INDEX "suggestion_reader_asked_at_idx" ON "social_graph"."suggestion_reader"("asked_at");

-- CreateIndex
CREATE INDEX "suggestion_dirty_due_at_idx" ON "social_graph"."suggestion_dirty"("due_at");

-- CreateIndex
CREATE INDEX "suggestion_dismissal_viewer_id_id_idx" ON "social_graph"."suggestion_dismissal"("viewer_id", "id" DESC);
