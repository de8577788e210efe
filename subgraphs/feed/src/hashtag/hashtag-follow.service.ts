import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, readOf } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { TimelineStore } from '#timeline/timeline.store.ts';
import { MAX_FOLLOWED } from '../limits.ts';
import {
  countFollowed,
  type FollowKey,
  filterFollowed,
  findFollow,
  listFollowed,
  listUnreconciled,
  lockReader,
  markReconciled,
  putFollow,
} from './hashtag-follow.repository.ts';

/** A hashtag. The feed adds fields to the `Hashtag` type of another subgraph. */
export type HashtagModel = { key: string };

export type HashtagFollowService = {
  /**
   * Adds posts with this hashtag to the reader's home feed. Can run twice.
   *
   * @returns false if the reader follows the maximum number of hashtags
   */
  follow(readerId: bigint, key: string): Promise<boolean>;
  unfollow(readerId: bigint, key: string): Promise<void>;
  /** The hashtags that a reader follows, latest follow first. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(readerId: bigint, args: PageArgs): Promise<Connection<HashtagModel>>;
  /** Updates timelines whose follow or unfollow could not be completed. @returns how many there were */
  reconcileOverdue(): Promise<number>;
};

const CURSOR = 'followedHashtags';
/**
 * If the follow changes while the timeline is updated, another round is needed. More rounds than this do not happen in
 * practice.
 */
const MAX_ROUNDS = 5;
/** The process that wrote a change normally updates the timeline within this time. */
const OLD_MS = 5000;
const PAGE = 200;

export function createHashtagFollowService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  timelines: TimelineStore;
  log: Log;
}): HashtagFollowService {
  const { pool, ids, timelines, log } = deps;

  /**
   * Postgres is changed before Redis. So a timeline is correct if Postgres still says the same after the timeline was
   * changed.
   */
  const reconcile = async (pair: FollowKey): Promise<void> => {
    for (let round = 1, state = await findFollow(pool, pair); round <= MAX_ROUNDS; round++) {
      const pull = { hashtag: pair.key };
      if (state?.follows) await timelines.addPull(pull, [pair.readerId]);
      else await timelines.removePull(pull, [pair.readerId]);
      const now = await findFollow(pool, pair);
      if (now?.id === state?.id) {
        if (state) await markReconciled(pool, state);
        return;
      }
      state = now;
    }
    throw new Error('A hashtag was followed and unfollowed faster than the timeline could be updated.');
  };

  /** If Redis fails, the job updates the timeline later. Until Redis is back, feeds are read from Postgres. */
  const tryReconcile = (pair: FollowKey): Promise<void> =>
    reconcile(pair).catch((error: Error) => {
      log.warn({ error: error.message }, 'A followed hashtag is not in the timeline yet. It will be retried.');
    });

  return {
    async follow(readerId, key) {
      const isFollowed = await transaction(pool, async (tx) => {
        await lockReader(tx, readerId);
        const known = await findFollow(tx, { readerId, key });
        if (known?.follows) return true;
        if ((await countFollowed(tx, readerId)) >= MAX_FOLLOWED) return false;
        await putFollow(tx, { readerId, key, id: ids.next(), follows: true });
        return true;
      });
      if (isFollowed) await tryReconcile({ readerId, key });
      return isFollowed;
    },
    async unfollow(readerId, key) {
      await transaction(pool, async (tx) => {
        await lockReader(tx, readerId);
        const known = await findFollow(tx, { readerId, key });
        if (known?.follows) await putFollow(tx, { readerId, key, id: ids.next(), follows: false });
      });
      await tryReconcile({ readerId, key });
    },
    async page(readerId, args) {
      const page = pageArgs(args, `${CURSOR}:${readerId}`, 1);
      const followed = await listFollowed(pool, readerId, readOf(page));
      return connection(
        followed,
        page,
        ({ key }) => ({ key }),
        ({ id }) => encodeCursor(page.kind, [id]),
      );
    },
    async reconcileOverdue() {
      const old = await listUnreconciled(pool, OLD_MS, PAGE);
      for (const pair of old) await reconcile(pair);
      return old.length;
    },
  };
}

/** The batch function of the loader of followed hashtags. */
export function followedOf(pool: pg.Pool, readerId: bigint | null) {
  return async (keys: readonly string[]): Promise<Map<string, true>> => {
    if (readerId === null) return new Map();
    const followed = await filterFollowed(pool, readerId, keys);
    return new Map(followed.map((key) => [key, true]));
  };
}
