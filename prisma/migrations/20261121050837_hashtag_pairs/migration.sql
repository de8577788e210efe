-- AlterTable
ALTER TABLE "post"."post_hashtag" ADD COLUMN     "paired" BOOLEAN NOT NULL DEFAULT true;
