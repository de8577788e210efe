import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { findDeleted, listAuthorPosts, whichAreBy } from '#timeline/author-post.repository.ts';
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
  /** Takes over changes of the follow graph and brings the timelines that exist in line with them. Can run twice. */
  apply(follows: readonly FollowChange[], mutes: readonly MuteChange[]): Promise<void>;
  /** Takes someone's posts out of their followers' timelines, or brings them in again. Can run twice. */
  hide(change: HiddenChange, signal: AbortSignal): Promise<void>;
};

/** Changes of a pair that come while its timeline is brought in line make it look again; that many in a row do not happen. */
const LOOKS = 5;

/** Pairs are settled in groups: one question to Redis and one to Postgres for each. */
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

  const takeOut = async ({ authorId, followerId }: Pair): Promise<void> => {
    const name = { home: followerId };
    await timelines.removePull({ author: authorId }, [followerId]);
    // What is added from now on is added by someone who looks at Postgres afterwards.
    await timelines.remove(await whichAreBy(pool, authorId, idsOf(await timelines.keys(name))), [name]);
  };

  const bringIn = async ({ authorId, followerId, delivery }: PairState): Promise<void> => {
    if (delivery !== 'PUSHED') await timelines.addPull({ author: authorId }, [followerId]);
    if (delivery === 'PULLED') return;
    const name = { home: followerId };
    const found = await listAuthorPosts(pool, authorId, kept + 1);
    const posts = found.slice(0, kept);
    await timelines.fill(name, posts, found.length > kept);
    await timelines.remove(await findDeleted(pool, idsOf(posts)), [name]);
  };

  /** Those of these pairs whose follower has a timeline. One that is begun later is built from what Postgres says now. */
  const withTimeline = async <P extends Pair>(pairs: readonly P[]): Promise<P[]> => {
    const readers = new Set(await timelines.existing([...new Set(pairs.map((pair) => pair.followerId))]));
    return pairs.filter((pair) => readers.has(pair.followerId));
  };

  /** Postgres was changed first: a timeline is right once Postgres, looked at after the change of Redis, still says the same. */
  const settle = async (pairs: readonly Pair[]): Promise<void> => {
    const concerned = await withTimeline(pairs);
    let states = concerned.length > 0 ? await findPairs(pool, concerned) : [];
    for (let look = 1; look <= LOOKS && states.length > 0; look++) {
      for (const state of await withTimeline(states)) await (state.receives ? bringIn(state) : takeOut(state));
      const before = new Map(states.map((state) => [keyOf(state), state]));
      const now = await findPairs(pool, states);
      states = now.filter((state) => !isSame(state, before.get(keyOf(state))!));
    }
    if (states.length > 0) throw new Error('follows changed faster than their timelines could be brought in line');
  };

  return {
    async apply(follows, mutes) {
      await write(newestOfPairs(follows), newestOfPairs(mutes));
      const pairs = [...new Map([...follows, ...mutes].map((change) => [keyOf(change), change])).values()];
      for (let from = 0; from < pairs.length; from += GROUP) await settle(pairs.slice(from, from + GROUP));
      await promotion.promoteWhereDue([...new Set(follows.map((change) => change.authorId))]);
    },
    async hide(change, signal) {
      const { authorId } = change;
      // What was told later has brought them in line already, or does so now.
      if (!(await applyHidden(pool, change))) return;
      let followerIds: bigint[];
      let after = 0n;
      do {
        signal.throwIfAborted();
        followerIds = await listFollowers(pool, authorId, after, GROUP);
        await settle(followerIds.map((followerId) => ({ authorId, followerId })));
        after = followerIds.at(-1) ?? after;
      } while (followerIds.length === GROUP);
      await promotion.promoteWhereDue([authorId]);
    },
  };
}

function keyOf({ authorId, followerId }: Pair): string {
  return `${authorId}:${followerId}`;
}

/** One statement writes a row once: of several events of a pair the newest counts. */
export function newestOfPairs<Change extends Pair & { version: bigint }>(changes: readonly Change[]): Change[] {
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const known = newest.get(keyOf(change));
    if (!known || known.version < change.version) newest.set(keyOf(change), change);
  }
  return [...newest.values()];
}

function isSame(one: PairState, other: PairState): boolean {
  return one.receives === other.receives && one.delivery === other.delivery;
}
