-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "moderation";

-- CreateTable
CREATE TABLE "moderation"."case" (
    "id" BIGINT NOT NULL,
    "target_type" VARCHAR(8) NOT NULL,
    "target_id" BIGINT NOT NULL,
    "person_id" BIGINT NOT NULL,
    "report_count" INTEGER NOT NULL DEFAULT 0,
    "claimed_by" BIGINT,
    "claimed_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "case_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "moderation"."report" (
    "id" BIGINT NOT NULL,
    "case_id" BIGINT NOT NULL,
    "reporter_id" BIGINT,
    "reason" VARCHAR(24) NOT NULL,
    "text" VARCHAR(500) NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "moderation"."decision" (
    "id" BIGINT NOT NULL,
    "case_id" BIGINT NOT NULL,
    "action" VARCHAR(8) NOT NULL,
    "reason" VARCHAR(24),
    "until" TIMESTAMPTZ(3),
    "moderator_id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reversed_at" TIMESTAMPTZ(3),
    "applied_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "excerpt" VARCHAR(200),

    CONSTRAINT "decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "moderation"."appeal" (
    "decision_id" BIGINT NOT NULL,
    "case_id" BIGINT NOT NULL,
    "text" VARCHAR(1000) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "appeal_pkey" PRIMARY KEY ("decision_id")
);

-- CreateTable
CREATE TABLE "moderation"."audit_entry" (
    "id" BIGINT NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "actor_id" BIGINT,
    "case_id" BIGINT,
    "subject_id" BIGINT,
    "detail" VARCHAR(64),
    "event_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "moderation"."banned_word" (
    "id" BIGINT NOT NULL,
    "word" VARCHAR(51) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "banned_word_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "moderation"."banned_word_version" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "version" BIGINT NOT NULL,

    CONSTRAINT "banned_word_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "moderation"."erased_person" (
    "user_id" BIGINT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_person_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "case_open_idx" ON "moderation"."case"("id") WHERE (closed_at IS NULL);

-- CreateIndex
CREATE INDEX "case_person_id_idx" ON "moderation"."case"("person_id");

-- CreateIndex
CREATE INDEX "case_target_id_idx" ON "moderation"."case"("target_id");

-- CreateIndex
CREATE UNIQUE INDEX "case_undecided_key" ON "moderation"."case"("target_id") WHERE ((decided_at IS NULL) AND (closed_at IS NULL));

-- CreateIndex
CREATE INDEX "report_case_id_id_idx" ON "moderation"."report"("case_id", "id" DESC);

-- CreateIndex
CREATE INDEX "report_reporter_id_id_idx" ON "moderation"."report"("reporter_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "report_case_id_reporter_id_key" ON "moderation"."report"("case_id", "reporter_id");

-- CreateIndex
CREATE UNIQUE INDEX "decision_case_id_key" ON "moderation"."decision"("case_id");

-- CreateIndex
CREATE INDEX "decision_due_idx" ON "moderation"."decision"("due_at") WHERE (applied_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "appeal_case_id_key" ON "moderation"."appeal"("case_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entry_event_id_key" ON "moderation"."audit_entry"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "banned_word_word_key" ON "moderation"."banned_word"("word");

-- AddForeignKey
ALTER TABLE "moderation"."report" ADD CONSTRAINT "report_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "moderation"."case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "moderation"."decision" ADD CONSTRAINT "decision_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "moderation"."case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "moderation"."appeal" ADD CONSTRAINT "appeal_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "moderation"."case"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The audit log is append-only, also for the owner of the table.
CREATE FUNCTION "moderation"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'moderation.audit_entry is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "moderation"."audit_entry"
  FOR EACH ROW EXECUTE FUNCTION "moderation"."refuse_change"();
CREATE TRIGGER "audit_entry_keep_all" BEFORE TRUNCATE ON "moderation"."audit_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "moderation"."refuse_change"();
