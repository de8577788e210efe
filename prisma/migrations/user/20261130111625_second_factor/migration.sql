-- CreateTable
CREATE TABLE "user"."second_factor" (
    "user_id" BIGINT NOT NULL,
    "sealed_secret" BYTEA NOT NULL,
    "enabled_at" TIMESTAMPTZ(3),
    "last_step" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "second_factor_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "user"."recovery_code" (
    "user_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("user_id","hash")
);

-- CreateTable
CREATE TABLE "user"."login_challenge" (
    "hash" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "device" VARCHAR(100) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_challenge_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "login_challenge_user_id_idx" ON "user"."login_challenge"("user_id");

-- CreateIndex
CREATE INDEX "login_challenge_expires_at_idx" ON "user"."login_challenge"("expires_at");
