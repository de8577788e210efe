import type { Outbox } from '@tintype/events';
import type { SubgraphClient } from '@tintype/graphql';
import { findAccounts } from '@tintype/graphql/internal';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import type pg from 'pg';
import type { PostModel } from '#entities/entities.model.ts';
import type { SharePostErrorCode } from '#generated/graphql.ts';
import type { StandardCode } from '../errors.ts';
import type { ShareModel } from './share.model.ts';
import {
  deleteSharesOfPost,
  eraseShares,
  findShareOfPost,
  insertShare,
  listSharesOf,
  markShareDeleted,
  shareExists,
} from './share.repository.ts';

export type ShareService = {
  /** If the person already shares the post, returns that share unchanged. */
  share(
    userId: bigint,
    post: PostModel,
    text: string,
  ): Promise<{ share: ShareModel } | { error: SharePostErrorCode & StandardCode }>;
  /** @returns whether this person has or had this share */
  remove(userId: bigint, id: bigint): Promise<boolean>;
  /** Deletes all shares of a deleted post, page by page. Can run twice. */
  removeOfPost(postId: bigint, signal: AbortSignal): Promise<void>;
  /** Deletes a person's newest shares and clears their texts. @returns how many it found */
  removeOfUser(userId: bigint, limit: number): Promise<number>;
};

const PAGE = 500;

type ShareEvent = EngagementEvents['tintype.engagement.share.created.v1'];

export function createShareService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  outbox: Outbox<EngagementEvents>;
  client: SubgraphClient;
}): ShareService {
  const { pool, ids, outbox, client } = deps;

  /** The sharer's followers may not follow the author, so only posts that everyone may see can be shared. */
  const isPublic = async ({ authorId, audience }: PostModel): Promise<boolean> => {
    if (audience !== 'EVERYONE') return false;
    const [author] = await findAccounts(client, [authorId]);
    return author?.isPrivate === false;
  };

  const publishDeleted = (tx: pg.PoolClient, shares: readonly ShareModel[]) =>
    outbox.append(
      tx,
      shares.map((share) => ({
        type: 'tintype.engagement.share.deleted.v1',
        subject: String(share.id),
        data: toShareData(share),
      })),
    );

  return {
    async share(userId, post, text) {
      if (!(await isPublic(post))) return { error: 'POST_NOT_SHAREABLE' };
      return transaction(pool, async (tx) => {
        const id = ids.next();
        const share = await insertShare(tx, { id, userId, postId: post.id, postAuthorId: post.authorId, text });
        if (!share) {
          const live = await findShareOfPost(tx, userId, post.id);
          return live ? { share: live } : { error: 'POST_NOT_FOUND' as const };
        }
        await outbox.append(tx, [
          { type: 'tintype.engagement.share.created.v1', subject: String(id), data: toShareData(share) },
        ]);
        return { share };
      });
    },
    remove: (userId, id) =>
      transaction(pool, async (tx) => {
        const deleted = await markShareDeleted(tx, userId, id);
        if (!deleted) return shareExists(tx, userId, id);
        await publishDeleted(tx, [deleted]);
        return true;
      }),
    async removeOfPost(postId, signal) {
      for (let length = PAGE; length === PAGE; ) {
        signal.throwIfAborted();
        length = await transaction(pool, async (tx) => {
          const shares = await deleteSharesOfPost(tx, postId, PAGE);
          await publishDeleted(tx, shares);
          return shares.length;
        });
      }
    },
    async removeOfUser(userId, limit) {
      const ids = await listSharesOf(pool, userId, limit);
      if (ids.length > 0) {
        await transaction(pool, async (tx) => publishDeleted(tx, await eraseShares(tx, userId, ids)));
      }
      return ids.length;
    },
  };
}

function toShareData({ id, postId, postAuthorId, userId, createdAt }: ShareModel): ShareEvent {
  return {
    shareId: String(id),
    postId: String(postId),
    authorId: String(postAuthorId),
    userId: String(userId),
    createdMs: createdAt.getTime(),
  };
}
