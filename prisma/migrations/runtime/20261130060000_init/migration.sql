-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "runtime";

-- CreateTable
CREATE TABLE "runtime"."worker_lease" (
    "worker_id" SMALLINT NOT NULL,
    "holder" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_lease_pkey" PRIMARY KEY ("worker_id")
);

-- CreateTable
CREATE TABLE "runtime"."dead_letter" (
    "durable" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "stream" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "message" BYTEA NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resent_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("durable","key")
);
