-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "notification";

-- CreateTable
CREATE TABLE "notification"."reader" (
    "recipient_id" BIGINT NOT NULL,
    "unread_count" INTEGER NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,
    "last_change_id" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "reader_pkey" PRIMARY KEY ("recipient_id")
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
    "actor_ids" BIGINT[],
    "changed_id" BIGINT NOT NULL DEFAULT 0,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_pkey" PRIMARY KEY ("recipient_id","id")
);

-- CreateTable
CREATE TABLE "notification"."cause" (
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
    "told" BOOLEAN NOT NULL,

    CONSTRAINT "cause_pkey" PRIMARY KEY ("recipient_id","key")
);

-- CreateTable
CREATE TABLE "notification"."actor" (
    "recipient_id" BIGINT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "actor_id" BIGINT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "comment_id" BIGINT,

    CONSTRAINT "actor_pkey" PRIMARY KEY ("recipient_id","notification_id","actor_id")
);

-- CreateTable
CREATE TABLE "notification"."preference" (
    "user_id" BIGINT NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "audience" VARCHAR(16) NOT NULL,

    CONSTRAINT "preference_pkey" PRIMARY KEY ("user_id","kind")
);

-- CreateTable
CREATE TABLE "notification"."relation_word" (
    "owner_id" BIGINT NOT NULL,
    "other_id" BIGINT NOT NULL,
    "what" VARCHAR(10) NOT NULL,
    "version" BIGINT NOT NULL,
    "is_on" BOOLEAN NOT NULL,
    "at_ms" BIGINT NOT NULL,

    CONSTRAINT "relation_word_pkey" PRIMARY KEY ("owner_id","other_id","what","version")
);

-- CreateTable
CREATE TABLE "notification"."gone_target" (
    "target_id" BIGINT NOT NULL,
    "gone_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gone_target_pkey" PRIMARY KEY ("target_id")
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
CREATE TABLE "notification"."outbox" (
    "position" BIGSERIAL NOT NULL,
    "id" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "notification"."inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" BIGINT NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "notification"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateIndex
CREATE INDEX "notification_changed_idx" ON "notification"."notification"("recipient_id", "changed_id") WHERE (actor_count > 0);

-- CreateIndex
CREATE INDEX "notification_kind_idx" ON "notification"."notification"("recipient_id", "kind", "changed_id") WHERE (actor_count > 0);

-- CreateIndex
CREATE INDEX "notification_unread_idx" ON "notification"."notification"("recipient_id", "changed_id") WHERE (actor_count > 0 AND read_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "notification_recipient_id_kind_target_id_window_no_key" ON "notification"."notification"("recipient_id", "kind", "target_id", "window_no");

-- CreateIndex
CREATE INDEX "cause_shown_idx" ON "notification"."cause"("recipient_id", "notification_id", "actor_id") WHERE (shown);

-- CreateIndex
CREATE INDEX "cause_actor_idx" ON "notification"."cause"("recipient_id", "actor_id", "key");

-- CreateIndex
CREATE INDEX "cause_post_idx" ON "notification"."cause"("post_id", "recipient_id", "key") WHERE (shown);

-- CreateIndex
CREATE INDEX "cause_comment_idx" ON "notification"."cause"("comment_id", "recipient_id", "key") WHERE (shown);

-- CreateIndex
CREATE INDEX "actor_newest_idx" ON "notification"."actor"("recipient_id", "notification_id", "at_ms" DESC, "actor_id" DESC);

-- CreateIndex
CREATE INDEX "gone_target_gone_at_idx" ON "notification"."gone_target"("gone_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "notification"."outbox"("id");

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "notification"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "notification"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "inbox_processed_at_idx" ON "notification"."inbox"("processed_at");
