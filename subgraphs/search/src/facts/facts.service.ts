import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { addStubs, applyAccounts, lockAccounts, touchAccounts } from './account.repository.ts';
import { applyBlocks } from './block.repository.ts';
import { type AccountChange, type BlockChange, newest, type PostChange } from './fact.model.ts';
import { applyPosts, markPostsOf, settleHashtags, touchPosts } from './post.repository.ts';

/** What there is to find, built from events: each may come twice, late and in any order. */
export type FactsService = {
  accounts(changes: readonly AccountChange[]): Promise<void>;
  posts(changes: readonly PostChange[]): Promise<void>;
  /** @param followeeIds whose followers changed */
  graph(blocks: readonly BlockChange[], followeeIds: readonly bigint[]): Promise<void>;
  /** @param postIds that were liked, commented on or shared, or are not any more */
  engagement(postIds: readonly bigint[]): Promise<void>;
};

/** Counts are asked for this long after the first thing that moved them: what happens meanwhile is counted with it. */
const COUNT_DELAY_MS = 2000;

/** @param deps.changed told when there may be something to index */
export function createFactsService(deps: { pool: pg.Pool; changed(): void; countDelayMs?: number }): FactsService {
  const { pool, changed, countDelayMs = COUNT_DELAY_MS } = deps;
  return {
    async accounts(changes) {
      if (changes.length === 0) return;
      const accounts = newest(changes, ({ userId }) => String(userId));
      await transaction(pool, async (tx) => {
        const userIds = accounts.map(({ userId }) => userId);
        // A post that came first may be making such a row right now: there is something to wait for then, and its stub is seen.
        await addStubs(tx, userIds);
        const before = await lockAccounts(tx, userIds);
        await applyAccounts(tx, accounts);
        const now = new Map(accounts.map((account) => [account.userId, account]));
        // Posts are there only of authors who have a row, if need be a stub.
        const turned = before.filter(({ userId, version, isPrivate, deleted }) => {
          const account = now.get(userId)!;
          return version < account.version && (deleted !== account.deleted || isPrivate !== account.isPrivate);
        });
        if (turned.length === 0) return;
        const posts = await markPostsOf(
          tx,
          turned.map(({ userId }) => userId),
        );
        await settleHashtags(tx, posts);
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
        await settleHashtags(tx, applied);
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
