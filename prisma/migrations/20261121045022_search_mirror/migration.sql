-- CreateTable
CREATE TABLE "search"."mirror" (
    "collection" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "mark" BIGSERIAL NOT NULL,
    "marked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mirror_pkey" PRIMARY KEY ("collection","id")
);

-- CreateIndex
CREATE INDEX "mirror_due_idx" ON "search"."mirror"("collection", "due_at");
