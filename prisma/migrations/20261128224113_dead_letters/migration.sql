-- CreateTable
CREATE TABLE "runtime"."dead_letter" (
    "durable" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "stream" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "message" BYTEA NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resent_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("durable","key")
);
