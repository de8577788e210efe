-- CreateTable
CREATE TABLE "notification"."push_key" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "public_key" TEXT NOT NULL,
    "sealed_private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "push_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification"."push_subscription" (
    "id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "p256dh" TEXT NOT NULL,
    "auth" TEXT NOT NULL,

    CONSTRAINT "push_subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification"."delivery_setting" (
    "user_id" BIGINT NOT NULL,
    "push_kinds" TEXT[],
    "mail_kinds" TEXT[],
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "quiet_from" SMALLINT,
    "quiet_to" SMALLINT,
    "digest" VARCHAR(8) NOT NULL DEFAULT 'OFF',
    "digest_hour" SMALLINT NOT NULL DEFAULT 9,
    "digest_due_at" TIMESTAMPTZ(3),
    "digest_change_id" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "delivery_setting_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notification"."delivery" (
    "recipient_id" BIGINT NOT NULL,
    "target_id" BIGINT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "change_id" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("recipient_id","target_id","notification_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "push_subscription_endpoint_key" ON "notification"."push_subscription"("endpoint");

-- CreateIndex
CREATE INDEX "push_subscription_user_id_id_idx" ON "notification"."push_subscription"("user_id", "id");

-- CreateIndex
CREATE INDEX "delivery_setting_digest_idx" ON "notification"."delivery_setting"("digest_due_at") WHERE (digest_due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "delivery_due_idx" ON "notification"."delivery"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "delivery_changed_at_idx" ON "notification"."delivery"("changed_at");
