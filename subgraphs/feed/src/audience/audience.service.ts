import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { filterByAuthor, findDeleted, listAuthorPosts } from '#timeline/author-post.repository.ts';
import { idsOf } from '#timeline/timeline.model.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';
import {
  applyFollows,
  applyHidden,
  applyMutes,
  type FollowChange,
  findPairs,
  type HiddenChange,
  listFollowers,
  lockAuthors,
  type MuteChange,
  type Pair,
  type PairState,
} from './audience.repository.ts';
import type { PromotionService } from './promotion.service.ts';

export type AudienceService = {
  /** Writes changes of the follow graph and reconciles the existing timelines with them. Can run twice. */
  apply(follows: readonly FollowChange[], mutes: readonly MuteChange[]): Promise<void>;
  /** Removes an author's posts from the timelines of their followers, or adds them again. Can run twice. */
  hide(change: HiddenChange, signal: AbortSignal): Promise<void>;
};

/**
 * If a follow changes while its timeline is reconciled, another round is needed. More rounds than this do not happen in
 * practice.
 */
const MAX_ROUNDS = 5;

/** Timelines are reconciled in groups, with one request to Redis and one statement for each group. */
const GROUP = 500;

export function createAudienceService(deps: {
  pool: pg.Pool;
  timelines: TimelineStore;
  promotion: PromotionService;
}): AudienceService {
  const { pool, timelines, promotion } = deps;
  const { kept } = timelines.lengths;

  const write = (follows: readonly FollowChange[], mutes: readonly MuteChange[]): Promise<void> =>
    transaction(pool, async (tx) => {
      const authorIds = [...new Set([...follows, ...mutes].map((change) => change.authorId))];
      await lockAuthors(tx, authorIds);
      if (follows.length > 0) await applyFollows(tx, follows);
      if (mutes.length > 0) await applyMutes(tx, mutes);
    });

  const removeFromTimeline = async ({ authorId, followerId }: Pair): Promise<void> => {
    const name = { home: followerId };
    await timelines.removePull({ author: authorId }, [followerId]);
    // A fan-out that adds a post after this checks Postgres again afterwards.
    await timelines.remove(await filterByAuthor(pool, authorId, idsOf(await timelines.keys(name))), [name]);
  };

  const addToTimeline = async ({ authorId, followerId, fanOutMode }: PairState): Promise<void> => {
    if (fanOutMode !== 'PUSHED') await timelines.addPull({ author: authorId }, [followerId]);
    if (fanOutMode === 'PULLED') return;
    const name = { home: followerId };
    const found = await listAuthorPosts(pool, authorId, kept + 1);
    const posts = found.slice(0, kept);
    await timelines.fill(name, posts, found.length > kept);
    await timelines.remove(await findDeleted(pool, idsOf(posts)), [name]);
  };

  /**
   * The pairs whose follower has a timeline. A timeline that is started later is built from the current state of
   * Postgres.
   */
  const withTimeline = async <P extends Pair>(pairs: readonly P[]): Promise<P[]> => {
    const readers = new Set(await timelines.existing([...new Set(pairs.map((pair) => pair.followerId))]));
    return pairs.filter((pair) => readers.has(pair.followerId));
  };

  /**
   * Postgres is changed before Redis. So a timeline is correct if Postgres still says the same after the timeline was
   * changed.
   */
  const reconcile = async (pairs: readonly Pair[]): Promise<void> => {
    const concerned = await withTimeline(pairs);
    let states = concerned.length > 0 ? await findPairs(pool, concerned) : [];
    for (let round = 1; round <= MAX_ROUNDS && states.length > 0; round++) {
      for (const state of await withTimeline(states))
        await (state.receives ? addToTimeline(state) : removeFromTimeline(state));
      const before = new Map(states.map((state) => [pairKey(state), state]));
      const now = await findPairs(pool, states);
      states = now.filter((state) => !isSame(state, before.get(pairKey(state))!));
    }
    if (states.length > 0) throw new Error('Follows changed faster than the timelines could be updated.');
  };

  return {
    async apply(follows, mutes) {
      await write(newestOfPairs(follows), newestOfPairs(mutes));
      const pairs = [...new Map([...follows, ...mutes].map((change) => [pairKey(change), change])).values()];
      for (let from = 0; from < pairs.length; from += GROUP) await reconcile(pairs.slice(from, from + GROUP));
      await promotion.promoteWhereDue([...new Set(follows.map((change) => change.authorId))]);
    },
    async hide(change, signal) {
      const { authorId } = change;
      // A later change has already reconciled the timelines, or is doing so.
      if (!(await applyHidden(pool, change))) return;
      let followerIds: bigint[];
      let after = 0n;
      do {
        signal.throwIfAborted();
        followerIds = await listFollowers(pool, authorId, after, GROUP);
        await reconcile(followerIds.map((followerId) => ({ authorId, followerId })));
        after = followerIds.at(-1) ?? after;
      } while (followerIds.length === GROUP);
      await promotion.promoteWhereDue([authorId]);
    },
  };
}

function pairKey({ authorId, followerId }: Pair): string {
  return `${authorId}:${followerId}`;
}

/** The latest change of each author and follower, because one statement can write a row only once. */
export function newestOfPairs<Change extends Pair & { version: bigint }>(changes: readonly Change[]): Change[] {
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const known = newest.get(pairKey(change));
    if (!known || known.version < change.version) newest.set(pairKey(change), change);
  }
  return [...newest.values()];
}

function isSame(one: PairState, other: PairState): boolean {
  return one.receives === other.receives && one.fanOutMode === other.fanOutMode;
}
