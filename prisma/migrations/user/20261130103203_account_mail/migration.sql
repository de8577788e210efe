-- AlterTable
ALTER TABLE "user"."account" ADD COLUMN     "email_verified_at" TIMESTAMPTZ(3),
ADD COLUMN     "pending_email" VARCHAR(254);

-- AlterTable
ALTER TABLE "user"."session" ADD COLUMN     "device" VARCHAR(100) NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "user"."known_device" (
    "user_id" BIGINT NOT NULL,
    "device" BYTEA NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "known_device_pkey" PRIMARY KEY ("user_id","device")
);

-- CreateTable
CREATE TABLE "user"."former_username" (
    "username_key" VARCHAR(30) NOT NULL,
    "user_id" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_username_pkey" PRIMARY KEY ("username_key")
);

-- CreateTable
CREATE TABLE "user"."account_mail" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT,
    "kind" VARCHAR(24) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "device" VARCHAR(100) NOT NULL DEFAULT '',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_mail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user"."email_token" (
    "hash" BYTEA NOT NULL,
    "user_id" BIGINT NOT NULL,
    "purpose" VARCHAR(16) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "email_token_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "known_device_seen_at_idx" ON "user"."known_device"("seen_at");

-- CreateIndex
CREATE INDEX "former_username_user_id_idx" ON "user"."former_username"("user_id");

-- CreateIndex
CREATE INDEX "former_username_expires_at_idx" ON "user"."former_username"("expires_at");

-- CreateIndex
CREATE INDEX "account_mail_due_at_idx" ON "user"."account_mail"("due_at");

-- CreateIndex
CREATE INDEX "account_mail_user_id_idx" ON "user"."account_mail"("user_id");

-- CreateIndex
CREATE INDEX "account_mail_email_idx" ON "user"."account_mail"("email");

-- CreateIndex
CREATE INDEX "email_token_user_id_purpose_created_at_idx" ON "user"."email_token"("user_id", "purpose", "created_at");

-- CreateIndex
CREATE INDEX "email_token_expires_at_idx" ON "user"."email_token"("expires_at");
