-- DropIndex
DROP INDEX "engagement"."outbox_id_key";

-- DropIndex
DROP INDEX "notification"."outbox_id_key";

-- DropIndex
DROP INDEX "post"."outbox_id_key";

-- DropIndex
DROP INDEX "social_graph"."outbox_id_key";

-- DropIndex
DROP INDEX "user"."outbox_id_key";

-- AlterTable
ALTER TABLE "notification"."outbox" DROP COLUMN "xid";

-- AlterTable
ALTER TABLE "post"."outbox" DROP COLUMN "xid";

-- AlterTable
ALTER TABLE "social_graph"."outbox" DROP COLUMN "xid";

-- AlterTable
ALTER TABLE "user"."outbox" DROP COLUMN "xid";

-- DropTable
DROP TABLE "engagement"."inbox";

-- DropTable
DROP TABLE "feed"."inbox";

-- DropTable
DROP TABLE "notification"."inbox";

-- DropTable
DROP TABLE "post"."inbox";

-- DropTable
DROP TABLE "social_graph"."inbox";

-- DropTable
DROP TABLE "user"."inbox";
