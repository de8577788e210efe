-- AlterTable
ALTER TABLE "social_graph"."person" ADD COLUMN     "deactivated" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "user"."account" ADD COLUMN     "state" VARCHAR(12) NOT NULL DEFAULT 'ACTIVE',
ALTER COLUMN "email_key" DROP NOT NULL,
ALTER COLUMN "email" DROP NOT NULL;
