-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "social_graph";

-- CreateTable
CREATE TABLE "social_graph"."person" (
    "user_id" BIGINT NOT NULL,
    "is_private" BOOLEAN NOT NULL DEFAULT false,
    "deactivated" BOOLEAN NOT NULL DEFAULT false,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "account_version" BIGINT NOT NULL DEFAULT 0,
    "visibility_version" BIGINT NOT NULL DEFAULT 0,
    "unconfirmed_since" TIMESTAMPTZ(3),
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "following_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "person_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "social_graph"."follow" (
    "follower_id" BIGINT NOT NULL,
    "followee_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "follow_pkey" PRIMARY KEY ("follower_id","followee_id")
);

-- CreateTable
CREATE TABLE "social_graph"."follower" (
    "followee_id" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "follower_pkey" PRIMARY KEY ("followee_id","follower_id")
);

-- CreateTable
CREATE TABLE "social_graph"."follow_request" (
    "followee_id" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "follow_request_pkey" PRIMARY KEY ("followee_id","follower_id")
);

-- CreateTable
CREATE TABLE "social_graph"."acceptance" (
    "user_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "acceptance_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "social_graph"."block" (
    "blocker_id" BIGINT NOT NULL,
    "blocked_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "block_pkey" PRIMARY KEY ("blocker_id","blocked_id")
);

-- CreateTable
CREATE TABLE "social_graph"."mute" (
    "muter_id" BIGINT NOT NULL,
    "muted_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "mute_pkey" PRIMARY KEY ("muter_id","muted_id")
);

-- CreateTable
CREATE TABLE "social_graph"."restriction" (
    "restricter_id" BIGINT NOT NULL,
    "restricted_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "restriction_pkey" PRIMARY KEY ("restricter_id","restricted_id")
);

-- CreateTable
CREATE TABLE "social_graph"."close_friend" (
    "owner_id" BIGINT NOT NULL,
    "friend_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "close_friend_pkey" PRIMARY KEY ("owner_id","friend_id")
);

-- CreateTable
CREATE TABLE "social_graph"."suggestion" (
    "viewer_id" BIGINT NOT NULL,
    "person_id" BIGINT NOT NULL,
    "tier" SMALLINT NOT NULL DEFAULT 1,
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
CREATE TABLE "social_graph"."suggestion_change" (
    "person_id" BIGINT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suggestion_change_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "social_graph"."suggestion_dismissal" (
    "viewer_id" BIGINT NOT NULL,
    "person_id" BIGINT NOT NULL,
    "id" BIGINT NOT NULL,

    CONSTRAINT "suggestion_dismissal_pkey" PRIMARY KEY ("viewer_id","person_id")
);

-- CreateTable
CREATE TABLE "social_graph"."outbox" (
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
CREATE TABLE "social_graph"."relay_state" (
    "stream" TEXT NOT NULL,
    "stream_created" TIMESTAMPTZ(6) NOT NULL,
    "last_sequence" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checkpoint" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "relay_state_pkey" PRIMARY KEY ("stream")
);

-- CreateTable
CREATE TABLE "social_graph"."topic_post" (
    "key" VARCHAR(100) NOT NULL,
    "post_id" BIGINT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "topic_post_pkey" PRIMARY KEY ("post_id","key")
);

-- CreateTable
CREATE TABLE "social_graph"."topic" (
    "key" VARCHAR(100) NOT NULL,
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "topic_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "social_graph"."influencer" (
    "key" VARCHAR(100) NOT NULL,
    "person_id" BIGINT NOT NULL,
    "score" BIGINT NOT NULL,

    CONSTRAINT "influencer_pkey" PRIMARY KEY ("key","person_id")
);

-- CreateIndex
CREATE INDEX "person_unconfirmed_idx" ON "social_graph"."person"("unconfirmed_since") WHERE (unconfirmed_since IS NOT NULL);

-- CreateIndex
CREATE INDEX "follow_follower_id_id_idx" ON "social_graph"."follow"("follower_id", "id" DESC);

-- CreateIndex
CREATE INDEX "follower_followee_id_id_idx" ON "social_graph"."follower"("followee_id", "id" DESC);

-- CreateIndex
CREATE INDEX "follow_request_followee_id_id_idx" ON "social_graph"."follow_request"("followee_id", "id" DESC);

-- CreateIndex
CREATE INDEX "follow_request_follower_id_followee_id_idx" ON "social_graph"."follow_request"("follower_id", "followee_id");

-- CreateIndex
CREATE INDEX "acceptance_created_at_user_id_idx" ON "social_graph"."acceptance"("created_at", "user_id");

-- CreateIndex
CREATE INDEX "block_blocker_id_id_idx" ON "social_graph"."block"("blocker_id", "id" DESC);

-- CreateIndex
CREATE INDEX "block_blocked_id_blocker_id_idx" ON "social_graph"."block"("blocked_id", "blocker_id");

-- CreateIndex
CREATE INDEX "mute_muter_id_id_idx" ON "social_graph"."mute"("muter_id", "id" DESC);

-- CreateIndex
CREATE INDEX "mute_muted_id_muter_id_idx" ON "social_graph"."mute"("muted_id", "muter_id");

-- CreateIndex
CREATE INDEX "restriction_restricter_id_id_idx" ON "social_graph"."restriction"("restricter_id", "id" DESC);

-- CreateIndex
CREATE INDEX "restriction_restricted_id_restricter_id_idx" ON "social_graph"."restriction"("restricted_id", "restricter_id");

-- CreateIndex
CREATE INDEX "close_friend_owner_id_id_idx" ON "social_graph"."close_friend"("owner_id", "id" DESC);

-- CreateIndex
CREATE INDEX "close_friend_friend_id_owner_id_idx" ON "social_graph"."close_friend"("friend_id", "owner_id");

-- CreateIndex
CREATE INDEX "suggestion_viewer_id_tier_score_person_id_idx" ON "social_graph"."suggestion"("viewer_id", "tier" DESC, "score" DESC, "person_id" DESC);

-- CreateIndex
CREATE INDEX "suggestion_reader_asked_at_idx" ON "social_graph"."suggestion_reader"("asked_at");

-- CreateIndex
CREATE INDEX "suggestion_dirty_due_at_idx" ON "social_graph"."suggestion_dirty"("due_at");

-- CreateIndex
CREATE INDEX "suggestion_change_changed_at_idx" ON "social_graph"."suggestion_change"("changed_at");

-- CreateIndex
CREATE INDEX "suggestion_dismissal_viewer_id_id_idx" ON "social_graph"."suggestion_dismissal"("viewer_id", "id" DESC);

-- CreateIndex
CREATE INDEX "outbox_unpublished_idx" ON "social_graph"."outbox"("position") WHERE (published_at IS NULL);

-- CreateIndex
CREATE INDEX "outbox_published_at_idx" ON "social_graph"."outbox"("published_at");

-- CreateIndex
CREATE INDEX "topic_post_newest_idx" ON "social_graph"."topic_post"("key", "published_at") WHERE (NOT deleted);

-- CreateIndex
CREATE INDEX "topic_post_published_at_idx" ON "social_graph"."topic_post"("published_at");

-- CreateIndex
CREATE INDEX "topic_due_idx" ON "social_graph"."topic"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "influencer_key_score_person_id_idx" ON "social_graph"."influencer"("key", "score" DESC, "person_id" DESC);
