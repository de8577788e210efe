-- CreateTable
CREATE TABLE "engagement"."idempotency_key" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "written" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "post"."idempotency_key" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "written" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "user"."idempotency_key" (
    "key" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "written" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "idempotency_key_user_id_idx" ON "engagement"."idempotency_key"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "engagement"."idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "idempotency_key_user_id_idx" ON "post"."idempotency_key"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "post"."idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "idempotency_key_user_id_idx" ON "user"."idempotency_key"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "user"."idempotency_key"("created_at");
