-- CreateTable
CREATE TABLE "user"."password_attempt" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT,
    "tries" INTEGER NOT NULL,
    "free_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "password_attempt_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "user"."known_network" (
    "user_id" BIGINT NOT NULL,
    "network" BYTEA NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "known_network_pkey" PRIMARY KEY ("user_id","network")
);

-- CreateIndex
CREATE INDEX "password_attempt_user_id_idx" ON "user"."password_attempt"("user_id");

-- CreateIndex
CREATE INDEX "password_attempt_free_at_idx" ON "user"."password_attempt"("free_at");

-- CreateIndex
CREATE INDEX "known_network_seen_at_idx" ON "user"."known_network"("seen_at");
