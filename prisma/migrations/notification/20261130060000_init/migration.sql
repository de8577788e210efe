-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "notification";

-- CreateTable
CREATE TABLE "notification"."recipient" (
    "recipient_id" BIGINT NOT NULL,
    "unread_count" INTEGER NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,
    "last_change_id" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "recipient_pkey" PRIMARY KEY ("recipient_id")
);

-- CreateTable
CREATE TABLE "notification"."notification" (
    "recipient_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "target_id" BIGINT NOT NULL,
    "window_no" INTEGER NOT NULL,
    "post_id" BIGINT,
    "comment_id" BIGINT,
    "actor_count" INTEGER NOT NULL DEFAULT 0,
    "actor_ids" BIGINT[] DEFAULT ARRAY[]::BIGINT[],
    "actor_times" BIGINT[] DEFAULT ARRAY[]::BIGINT[],
    "change_id" BIGINT NOT NULL DEFAULT 0,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_pkey" PRIMARY KEY ("recipient_id","id")
);

-- CreateTable
CREATE TABLE "notification"."activity" (
    "recipient_id" BIGINT NOT NULL,
    "key" VARCHAR(48) NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "actor_id" BIGINT NOT NULL,
    "post_id" BIGINT,
    "comment_id" BIGINT,
    "at_ms" BIGINT NOT NULL,
    "version" BIGINT NOT NULL,
    "present" BOOLEAN NOT NULL,
    "audience" VARCHAR(16) NOT NULL,
    "shown" BOOLEAN NOT NULL,
    "published" BOOLEAN NOT NULL,

    CONSTRAINT "activity_pkey" PRIMARY KEY ("recipient_id","key")
);

-- CreateTable
CREATE TABLE "notification"."preference" (
    "user_id" BIGINT NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "audience" VARCHAR(16) NOT NULL,

    CONSTRAINT "preference_pkey" PRIMARY KEY ("user_id","kind")
);

-- CreateTable
CREATE TABLE "notification"."relationship_change" (
    "person_id" BIGINT NOT NULL,
    "other_id" BIGINT NOT NULL,
    "kind" VARCHAR(10) NOT NULL,
    "version" BIGINT NOT NULL,
    "is_active" BOOLEAN NOT NULL,
    "at_ms" BIGINT NOT NULL,

    CONSTRAINT "relationship_change_pkey" PRIMARY KEY ("person_id","other_id","kind","version")
);

-- CreateTable
CREATE TABLE "notification"."deleted_target" (
    "target_id" BIGINT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deleted_target_pkey" PRIMARY KEY ("target_id")
);

-- CreateTable
CREATE TABLE "notification"."comment" (
    "id" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "post_author_id" BIGINT NOT NULL,
    "parent_id" BIGINT,
    "parent_author_id" BIGINT,
    "created_ms" BIGINT,
    "is_hidden" BOOLEAN NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification"."comment_mention" (
    "comment_id" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL,
    "mentioned" BOOLEAN NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "comment_mention_pkey" PRIMARY KEY ("comment_id","user_id")
);

-- CreateTable
CREATE TABLE "notification"."person_language" (
    "user_id" BIGINT NOT NULL,
    "language" VARCHAR(35) NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "person_language_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notification"."erased_person" (
    "user_id" BIGINT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_person_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notification"."outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),
    "stream_sequence" BIGINT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "notification"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkpoint" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

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
    "destination_id" BIGINT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "change_id" BIGINT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("recipient_id","destination_id","notification_id")
);

-- CreateIndex
CREATE INDEX "notification_changed_idx" ON "notification"."notification"("recipient_id", "change_id") WHERE (actor_count > 0);

-- CreateIndex
CREATE INDEX "notification_kind_idx" ON "notification"."notification"("recipient_id", "kind", "change_id") WHERE (actor_count > 0);

-- CreateIndex
CREATE INDEX "notification_unread_idx" ON "notification"."notification"("recipient_id", "change_id") WHERE (actor_count > 0 AND read_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "notification_recipient_id_kind_target_id_window_no_key" ON "notification"."notification"("recipient_id", "kind", "target_id", "window_no");

-- CreateIndex
CREATE INDEX "activity_actor_idx" ON "notification"."activity"("recipient_id", "actor_id", "notification_id");

-- CreateIndex
CREATE INDEX "activity_latest_idx" ON "notification"."activity"("recipient_id", "notification_id", "at_ms" DESC) WHERE (shown);

-- CreateIndex
CREATE INDEX "activity_post_idx" ON "notification"."activity"("post_id", "recipient_id", "key") WHERE (shown AND post_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "activity_comment_idx" ON "notification"."activity"("comment_id", "recipient_id", "key") WHERE (shown AND comment_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "deleted_target_deleted_at_idx" ON "notification"."deleted_target"("deleted_at");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "notification"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "notification"."outbox"("published_at");

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
