import type { PageArgs } from '@tintype/graphql';
import { untyped } from '@tintype/postgres/untyped';
import { registry } from '@tintype/telemetry';
import { createEnvironment, removeKeys } from '@tintype/testing';
import { expect } from 'vitest';
import { createAudienceService } from '../src/audience/audience.service.ts';
import { createPromotionService } from '../src/audience/promotion.service.ts';
import { createFanOutService } from '../src/fan-out/fan-out.service.ts';
import { createHashtagFollowService } from '../src/hashtag/hashtag-follow.service.ts';
import { createHomeService, type FeedItem, type FindVisible } from '../src/home/home.service.ts';
import { createRebuildService } from '../src/timeline/rebuild.service.ts';
import { LENGTHS, type TimelineLengths } from '../src/timeline/timeline.model.ts';
import { createTimelineStore, type TimelineStore } from '../src/timeline/timeline.store.ts';

/** A killed builder is replaced after this time. */
export const BUILDER_MS = 150;

/**
 * The feed's services with real stores and without consumers, so that a test decides which events arrive, and when.
 *
 * @param options.wrap wraps every use of Redis, so that tests can interfere
 */
export async function openFeed(
  options: {
    wrap?: (store: TimelineStore) => TimelineStore;
    lengths?: TimelineLengths;
    celebrityFollowers?: number;
    /** Authors whose posts a hashtag must not add to a reader's feed. */
    hidden?: (readerId: bigint) => Iterable<bigint>;
  } = {},
) {
  const { wrap = (store) => store, lengths = LENGTHS, celebrityFollowers = 3, hidden = () => [] } = options;
  const environment = await createEnvironment();
  const { database, redis, ids, log } = environment;
  const { pool } = database;
  const timelines = wrap(createTimelineStore(redis, { lengths, builderMs: BUILDER_MS }));
  const rebuild = createRebuildService({ pool, timelines });
  const promotion = createPromotionService({ pool, timelines, rebuild, celebrityFollowers, log });
  const audience = createAudienceService({ pool, timelines, promotion });
  const fanOut = createFanOutService({ pool, timelines });
  const home = createHomeService({ pool, timelines, rebuild, log });
  const follows = createHashtagFollowService({ pool, ids, timelines, log });
  let version = 0n;

  const follow = (followerId: bigint, authorId: bigint, follows: boolean, at = ++version) =>
    audience.apply([{ followerId, authorId, follows, sinceMs: 0n, version: at }], []);
  const mute = (followerId: bigint, authorId: bigint, muted: boolean, at = ++version) =>
    audience.apply([], [{ followerId, authorId, muted, version: at }]);
  const close = (authorId: bigint, closed: boolean, at = ++version) =>
    audience.hide({ authorId, hidden: closed, version: at }, new AbortController().signal);
  const post = (
    authorId: bigint,
    postId: bigint,
    publishedMs: bigint,
    deleted: boolean,
    at = ++version,
    occurredAt = new Date(),
    hashtags: readonly string[] = [],
  ) =>
    fanOut.deliver(
      { authorId, postId, publishedMs, deleted, version: at, occurredAt, hashtags: deleted ? [] : hashtags },
      new AbortController().signal,
    );

  const findVisibleTo =
    (readerId: bigint): FindVisible =>
    async (entries) => {
      const gone = new Set(hidden(readerId));
      return entries.map(({ by }) => by === undefined || !gone.has(by));
    };
  const page = (readerId: bigint, args: PageArgs) => home.page(readerId, args, findVisibleTo(readerId));
  const away: TimelineStore = { ...timelines, lengths, read: () => Promise.reject(new Error('Redis is away')) };
  const homeWithoutRedis = createHomeService({ pool, timelines: away, rebuild, log });
  const pageWithoutRedis = (readerId: bigint, args: PageArgs) =>
    homeWithoutRedis.page(readerId, args, findVisibleTo(readerId));

  /** A home feed, paged to its end. */
  const readItems = async (readerId: bigint, first = 3, read = page): Promise<FeedItem[]> => {
    const items: FeedItem[] = [];
    let after: string | null = null;
    for (;;) {
      const found: Awaited<ReturnType<typeof page>> = await read(readerId, { first, after });
      expect(found.edges.length).toBeLessThanOrEqual(first);
      items.push(...found.edges.map((edge) => edge.node));
      if (!found.pageInfo.hasNextPage) return items;
      after = found.pageInfo.endCursor;
    }
  };
  const read = async (readerId: bigint, first = 3): Promise<string[]> =>
    (await readItems(readerId, first)).map(({ postId, shareIds }) => String(shareIds[0] ?? postId));

  /** The expected home feed: its definition in SQL. */
  const expected = async (readerId: bigint): Promise<string[]> => {
    const rows = await untyped<{ postId: bigint }>(
      pool,
      `SELECT post_id AS "postId" FROM feed.author_post p
       WHERE NOT deleted AND (author_id = $1 OR EXISTS (
         SELECT 1 FROM feed.audience a LEFT JOIN feed.author o ON o.user_id = a.author_id
         WHERE a.author_id = p.author_id AND a.follower_id = $1 AND a.follows AND NOT a.muted AND NOT coalesce(o.hidden, false))
         OR (p.author_id <> ALL($3) AND EXISTS (
           SELECT 1 FROM feed.hashtag_follow f JOIN feed.hashtag_post h USING (key)
           WHERE f.reader_id = $1 AND f.follows AND h.post_id = p.post_id AND (
             SELECT count(*) FROM feed.hashtag_post o WHERE o.key = h.key AND NOT o.deleted
               AND (o.published_ms, o.post_id) > (h.published_ms, h.post_id)) < $2)))
       ORDER BY published_ms DESC, post_id DESC LIMIT $2`,
      [readerId, lengths.shown, [...hidden(readerId)]],
    );
    return rows.map((row) => String(row.postId));
  };

  /** Makes Redis look as if it had been restarted empty. */
  const loseRedis = () => removeKeys(redis);

  return {
    environment,
    timelines,
    home,
    page,
    pageWithoutRedis,
    follows,
    follow,
    mute,
    close,
    post,
    read,
    readItems,
    expected,
    loseRedis,
  };
}

export type FeedFixture = Awaited<ReturnType<typeof openFeed>>;

/** The value of a counter of this process, summed over all labels. */
export async function counted(name: string): Promise<number> {
  const metric = await registry.getSingleMetric(name)!.get();
  return metric.values.reduce((sum, { value }) => sum + value, 0);
}
