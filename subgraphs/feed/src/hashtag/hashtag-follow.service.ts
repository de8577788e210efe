import { type Connection, connection, encodeCursor, type PageArgs, pageArgs } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { TimelineStore } from '#timeline/timeline.store.ts';
import type { HashtagModel } from './hashtag.model.ts';
import {
  countFollowed,
  type FollowKey,
  findFollow,
  listFollowed,
  listUnsettled,
  lockReader,
  markSettled,
  putFollow,
  whichAreFollowed,
} from './hashtag-follow.repository.ts';

export type HashtagFollowService = {
  /** From now on posts with it are in the reader's home feed. Can run twice. @returns false where the reader follows as many as one may */
  follow(readerId: bigint, key: string): Promise<boolean>;
  unfollow(readerId: bigint, key: string): Promise<void>;
  /** What a reader follows, the last followed first. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(readerId: bigint, args: PageArgs): Promise<Connection<HashtagModel>>;
  /** Brings timelines in line with changes whose process could not. @returns how many there were */
  settleOld(): Promise<number>;
};

/** Each is a timeline that is merged in when the home feed is read. */
export const MAX_FOLLOWED = 100;

const CURSOR = 'followedHashtags';
/** Changes that come while a timeline is brought in line make it look again; that many in a row do not happen. */
const LOOKS = 5;
/** Who made a change brings the timeline in line itself, in this time. */
const OLD_MS = 5000;
const PAGE = 200;

export function createHashtagFollowService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  timelines: TimelineStore;
  log: Log;
}): HashtagFollowService {
  const { pool, ids, timelines, log } = deps;

  /** Postgres was changed first: a timeline is right once Postgres, looked at after the change of Redis, still says the same. */
  const settle = async (pair: FollowKey): Promise<void> => {
    for (let look = 1, state = await findFollow(pool, pair); look <= LOOKS; look++) {
      const pull = { hashtag: pair.key };
      if (state?.follows) await timelines.addPull(pull, [pair.readerId]);
      else await timelines.removePull(pull, [pair.readerId]);
      const now = await findFollow(pool, pair);
      if (now?.id === state?.id) {
        if (state) await markSettled(pool, state);
        return;
      }
      state = now;
    }
    throw new Error('a hashtag was followed and unfollowed faster than a timeline could be brought in line');
  };

  /** What Redis did not take is brought in line later; until it is back, feeds are read from Postgres. */
  const settleNow = (pair: FollowKey): Promise<void> =>
    settle(pair).catch((error: Error) => {
      log.warn({ error: error.message }, 'a timeline is not in line with a followed hashtag yet');
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
      if (isFollowed) await settleNow({ readerId, key });
      return isFollowed;
    },
    async unfollow(readerId, key) {
      await transaction(pool, async (tx) => {
        await lockReader(tx, readerId);
        const known = await findFollow(tx, { readerId, key });
        if (known?.follows) await putFollow(tx, { readerId, key, id: ids.next(), follows: false });
      });
      await settleNow({ readerId, key });
    },
    async page(readerId, args) {
      const page = pageArgs(args, CURSOR, 1);
      const followed = await listFollowed(pool, readerId, page.after?.[0] ?? null, page.first + 1);
      return connection(
        followed,
        page,
        ({ key }) => ({ key }),
        ({ id }) => encodeCursor(CURSOR, [id]),
      );
    },
    async settleOld() {
      const old = await listUnsettled(pool, OLD_MS, PAGE);
      for (const pair of old) await settle(pair);
      return old.length;
    },
  };
}

/** Which of these a reader follows: as a batch of a loader. */
export function followedOf(pool: pg.Pool, readerId: bigint | null) {
  return async (keys: readonly string[]): Promise<Map<string, true>> => {
    if (readerId === null) return new Map();
    const followed = await whichAreFollowed(pool, readerId, keys);
    return new Map(followed.map((key) => [key, true]));
  };
}
