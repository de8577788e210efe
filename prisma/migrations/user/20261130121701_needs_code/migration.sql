-- AlterTable
ALTER TABLE "user"."credential" ADD COLUMN     "needs_code" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "account_mail_created_at_idx" ON "user"."account_mail"("created_at");
