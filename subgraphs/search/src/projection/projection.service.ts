import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { addStubs, applyAccounts, lockAccounts, touchAccounts } from './account.repository.ts';
import { applyBlocks } from './block.repository.ts';
import { applyPosts, markPostsOf, reconcileHashtags, touchPosts } from './post.repository.ts';
import { type AccountChange, type BlockChange, newest, type PostChange } from './projection.model.ts';

/** The tables from which the index is built. Events may be repeated, late and out of order. */
export type ProjectionService = {
  accounts(changes: readonly AccountChange[]): Promise<void>;
  posts(changes: readonly PostChange[]): Promise<void>;
  /** @param followeeIds whose followers changed */
  graph(blocks: readonly BlockChange[], followeeIds: readonly bigint[]): Promise<void>;
  /** @param postIds that were liked, commented on or shared, or are not any more */
  engagement(postIds: readonly bigint[]): Promise<void>;
};

/** Counts are refreshed this long after a change, so that several changes need one refresh. */
const COUNT_DELAY_MS = 2000;

/** @param deps.changed called when there may be something to index */
export function createProjectionService(deps: {
  pool: pg.Pool;
  changed(): void;
  countDelayMs?: number;
}): ProjectionService {
  const { pool, changed, countDelayMs = COUNT_DELAY_MS } = deps;
  return {
    async accounts(changes) {
      if (changes.length === 0) return;
      const accounts = newest(changes, ({ userId }) => String(userId));
      await transaction(pool, async (tx) => {
        const userIds = accounts.map(({ userId }) => userId);
        // A concurrent event of a post may be inserting the author's stub. Inserting it here makes us wait for that
        // transaction.
        await addStubs(tx, userIds);
        const before = await lockAccounts(tx, userIds);
        await applyAccounts(tx, accounts);
        const now = new Map(accounts.map((account) => [account.userId, account]));
        // Every author of a post has a row, possibly a stub.
        const visibilityChanged = before.filter(({ userId, version, isPrivate, deleted }) => {
          const account = now.get(userId)!;
          return version < account.version && (deleted !== account.deleted || isPrivate !== account.isPrivate);
        });
        if (visibilityChanged.length === 0) return;
        const posts = await markPostsOf(
          tx,
          visibilityChanged.map(({ userId }) => userId),
        );
        await reconcileHashtags(tx, posts);
      });
      changed();
    },
    async posts(changes) {
      if (changes.length === 0) return;
      const posts = newest(changes, ({ postId }) => String(postId));
      const authorIds = [...new Set(posts.map(({ authorId }) => authorId))];
      await transaction(pool, async (tx) => {
        await addStubs(tx, authorIds);
        await lockAccounts(tx, authorIds);
        const applied = await applyPosts(tx, posts);
        await reconcileHashtags(tx, applied);
        await touchAccounts(tx, authorIds, countDelayMs);
      });
      changed();
    },
    async graph(blocks, followeeIds) {
      const newestBlocks = newest(blocks, ({ blockerId, blockedId }) => `${blockerId}:${blockedId}`);
      if (newestBlocks.length > 0) await transaction(pool, (tx) => applyBlocks(tx, newestBlocks));
      if (followeeIds.length > 0) await transaction(pool, (tx) => touchAccounts(tx, followeeIds, countDelayMs));
    },
    async engagement(postIds) {
      if (postIds.length > 0) await transaction(pool, (tx) => touchPosts(tx, postIds, countDelayMs));
    },
  };
}
