import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { findDeleted, listAuthorPostIds, listAuthorPosts } from '#timeline/author-post.repository.ts';
import { CUT_AT, KEPT } from '#timeline/timeline.model.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';
import {
  applyFollows,
  applyMutes,
  type FollowChange,
  findPairs,
  lockAuthors,
  type MuteChange,
  type Pair,
  type PairState,
} from './audience.repository.ts';
import type { PromotionService } from './promotion.service.ts';

export type AudienceService = {
  /** Takes over changes of the follow graph and brings the timelines that exist in line with them. Can run twice. */
  apply(follows: readonly FollowChange[], mutes: readonly MuteChange[]): Promise<void>;
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

  const write = (follows: readonly FollowChange[], mutes: readonly MuteChange[]): Promise<void> =>
    transaction(pool, async (tx) => {
      const authorIds = [...new Set([...follows, ...mutes].map((change) => change.authorId))];
      await lockAuthors(tx, authorIds);
      if (follows.length > 0) await applyFollows(tx, follows);
      if (mutes.length > 0) await applyMutes(tx, mutes);
    });

  const bringInLine = async ({ authorId, followerId, receives, delivery }: PairState): Promise<void> => {
    const name = { home: followerId };
    if (!receives) {
      await timelines.removePulls(followerId, [authorId]);
      await timelines.remove(await listAuthorPostIds(pool, authorId, 2 * CUT_AT), [name]);
      return;
    }
    if (delivery !== 'PUSHED') await timelines.addPulls(followerId, [authorId]);
    if (delivery === 'PULLED') return;
    const posts = await listAuthorPosts(pool, authorId, KEPT);
    await timelines.fill(name, posts);
    await timelines.remove(
      await findDeleted(
        pool,
        posts.map((post) => post.postId),
      ),
      [name],
    );
  };

  /** Postgres was changed first: a timeline is right once Postgres, looked at after the change of Redis, still says the same. */
  const settle = async (pairs: readonly Pair[]): Promise<void> => {
    let open = pairs;
    let states = await findPairs(pool, open);
    for (let look = 1; look <= LOOKS && open.length > 0; look++) {
      const readers = new Set(await timelines.existing([...new Set(open.map((pair) => pair.followerId))]));
      for (const state of states) if (readers.has(state.followerId)) await bringInLine(state);
      const now = await findPairs(pool, open);
      const changed = now.filter((state, index) => !isSame(state, states[index]!));
      open = changed;
      states = changed;
    }
    if (open.length > 0) throw new Error('follows changed faster than their timelines could be brought in line');
  };

  return {
    async apply(follows, mutes) {
      await write(newestOfPairs(follows), newestOfPairs(mutes));
      const pairs = [...new Map([...follows, ...mutes].map((change) => [keyOf(change), change])).values()];
      for (let from = 0; from < pairs.length; from += GROUP) await settle(pairs.slice(from, from + GROUP));
      await promotion.promoteWhereDue([...new Set(follows.map((change) => change.authorId))]);
    },
  };
}

function keyOf({ authorId, followerId }: Pair): string {
  return `${authorId}:${followerId}`;
}

/** One statement writes a row once: of several events of a pair the newest counts. */
function newestOfPairs<Change extends Pair & { version: bigint }>(changes: readonly Change[]): Change[] {
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
