import { BulkheadFullError, createBulkhead } from '@tintype/bounds';
import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, RequestError } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import { listFollowedAuthors } from '#audience/audience.repository.ts';
import { listFollowedKeys } from '#hashtag/hashtag-follow.repository.ts';
import { listPostsOfHashtags } from '#hashtag/hashtag-post.repository.ts';
import { listPostsOf, START } from '#timeline/author-post.repository.ts';
import type { RebuildService } from '#timeline/rebuild.service.ts';
import { type Entry, mergeNewest } from '#timeline/timeline.model.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';
import { addEntries, type Item, isOlder, postOf } from './item.rules.ts';

/** A post in the feed, with its shares or the hashtag because of which it is there. */
export type FeedItem = { postId: bigint; shareIds: readonly bigint[]; hashtag: { key: string } | null };

/** Whether the reader may see each of these entries, in the same order. */
export type FindVisible = (entries: readonly Entry[]) => Promise<readonly boolean[]>;

export type HomeService = {
  /** @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR, OVERLOADED */
  page(readerId: bigint, args: PageArgs, findVisible: FindVisible): Promise<Connection<FeedItem>>;
};

const CURSOR = 'homeFeed';
/**
 * If something is missing, it is rebuilt and read again: once for the reader's timeline, once for the merged timelines,
 * and once in reserve.
 */
const TRIES = 3;
/**
 * Feeds that are read from Postgres concurrently while Redis is unavailable. More would take the connections of all
 * other requests, so requests that wait too long are rejected.
 */
const FALLBACKS = { atOnce: 4, waiting: 200, waitMs: 500 };
const LOG_EVERY_MS = 1000;
/**
 * Maximum number of reads for one page if entries are hidden. After that, the page is shorter, and the next one
 * continues where it stopped.
 */
const READS = 5;
/** Number of entries in each further read. */
const READ_ON = 200;
/** How many entries of earlier pages are read at once, and how many more than were shown. */
const EARLIER = { atOnce: 300, spare: 50 };

const fallbacks = counter('feed_fallback_reads_total', 'Home feeds that were read from Postgres', ['outcome']);

/**
 * The read path of home feeds: one round trip to Redis if the timeline exists, and one request to each owner of the
 * entries. A cursor contains the position of an entry, the number of entries before it, and the publication time of the
 * first entry that the reader saw. So a feed ends after the newest 1,000 entries, and a post that was on an earlier
 * page is not repeated.
 */
export function createHomeService(deps: {
  pool: Executor;
  timelines: TimelineStore;
  rebuild: RebuildService;
  log: Log;
}): HomeService {
  const { pool, timelines, rebuild, log } = deps;
  const { shown } = timelines.lengths;
  const fallback = createBulkhead(FALLBACKS);
  let loggedAt = Number.NEGATIVE_INFINITY;

  /** Logs at most once per interval, because an outage affects every read. */
  const warn = (error: unknown, what: string): void => {
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    log.warn({ error: (error as Error).message }, what);
  };

  const readTimeline = async (readerId: bigint, after: Entry | null, count: number): Promise<Entry[] | null> => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const outcome = await timelines.read(readerId, after, count);
      if (outcome.kind === 'page') return outcome.entries;
      if (outcome.kind === 'missing') await rebuild.home(readerId);
      else await Promise.all(outcome.pulls.map((pull) => rebuild.pull(pull)));
    }
    return null;
  };

  const readPostgres = async (readerId: bigint, after: Entry | null, count: number): Promise<Entry[]> => {
    const [sources, keys] = await Promise.all([listFollowedAuthors(pool, readerId), listFollowedKeys(pool, readerId)]);
    const authorIds = [readerId, ...sources.map((source) => source.authorId)];
    const followed = await listPostsOf(pool, authorIds, after ?? START, count);
    if (keys.length === 0) return followed;
    const tagged = await listPostsOfHashtags(pool, keys, after ?? START, count, shown);
    return mergeNewest(followed, tagged).slice(0, count);
  };

  const read = async (readerId: bigint, after: Entry | null, count: number): Promise<Entry[]> => {
    try {
      const entries = await readTimeline(readerId, after, count);
      if (entries) return entries;
    } catch (error) {
      warn(error, 'Timelines are unavailable. Home feeds are read from Postgres.');
    }
    try {
      const entries = await fallback(() => readPostgres(readerId, after, count));
      fallbacks.inc({ outcome: 'read' });
      return entries;
    } catch (error) {
      if (!(error instanceof BulkheadFullError)) throw error;
      fallbacks.inc({ outcome: 'refused' });
      throw new RequestError('OVERLOADED', 'The server is busy. Try again in a few seconds.');
    }
  };

  const shownOf = async (entries: readonly Entry[], findVisible: FindVisible): Promise<readonly Entry[]> => {
    const shown = await findVisible(entries);
    return entries.filter((_entry, index) => shown[index]);
  };

  /** Entries from the start of the feed down to a position, grouped by the post that they show. */
  const readEarlier = async (
    readerId: bigint,
    { startMs, position, count }: Scrolled,
  ): Promise<Map<bigint, Entry[]>> => {
    const found: Entry[] = [];
    const atOnce = Math.min(EARLIER.atOnce, count + EARLIER.spare);
    for (let after: Entry = { publishedMs: startMs + 1n, postId: 0n }; ; ) {
      const entries = await read(readerId, after, atOnce);
      const above = entries.filter((entry) => !isOlder(entry, position));
      found.push(...above);
      if (entries.length < atOnce || above.length < entries.length) return Map.groupBy(found, postOf);
      after = entries.at(-1)!;
    }
  };

  /**
   * As many visible posts as wanted, if there are enough. If the search was stopped early, also the position at which
   * to continue.
   */
  const collect = async (readerId: bigint, scrolled: Scrolled | null, wanted: number, findVisible: FindVisible) => {
    const items = new Map<bigint, Item>();
    const earlier = scrolled && wanted > 0 ? await readEarlier(readerId, scrolled) : new Map<bigint, Entry[]>();
    /** Removes posts that an earlier page has shown. */
    const withoutEarlier = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
      const same = entries.flatMap((entry) => earlier.get(postOf(entry)) ?? []);
      if (same.length === 0) return entries;
      const seen = new Set((await shownOf(same, findVisible)).map(postOf));
      return entries.filter((entry) => !seen.has(postOf(entry)));
    };
    let after = scrolled?.position ?? null;
    for (let reads = 1; reads <= READS && items.size < wanted; reads++) {
      const count = reads === 1 ? wanted : READ_ON;
      const found = await read(readerId, after, count);
      addEntries(items, await withoutEarlier(await shownOf(found, findVisible)), wanted);
      if (found.length < count) return { items: [...items.values()], goesOnAfter: null };
      after = found.at(-1)!;
    }
    return { items: [...items.values()], goesOnAfter: items.size < wanted ? after : null };
  };

  return {
    async page(readerId, args, findVisible) {
      const page = pageArgs(args, `${CURSOR}:${readerId}`, 4);
      const scrolled = page.from ? toScrolled(page.from) : null;
      const before = scrolled?.count ?? 0;
      const wanted = Math.min(page.size + 1, Math.max(0, shown - before));
      const { items, goesOnAfter } = await collect(readerId, scrolled, wanted, findVisible);
      const startMs = scrolled?.startMs ?? items[0]?.entry.publishedMs ?? goesOnAfter?.publishedMs;
      const cursorOf = ({ publishedMs, postId }: Entry, count: number) =>
        encodeCursor(page.kind, [publishedMs, postId, count, startMs!]);
      const counts = new Map(items.map((item, index) => [item, before + index + 1]));
      const found = connection(items, page, toFeedItem, (item) => cursorOf(item.entry, counts.get(item)!));
      if (!goesOnAfter) return found;
      const endCursor = cursorOf(goesOnAfter, before + items.length);
      return { ...found, pageInfo: { ...found.pageInfo, hasNextPage: true, endCursor } };
    },
  };
}

/**
 * How far a reader has scrolled: the last entry shown, the number of entries shown, and the publication time of the
 * first one.
 */
type Scrolled = { position: Entry; count: number; startMs: bigint };

function toScrolled(cursor: readonly bigint[]): Scrolled {
  const [publishedMs, postId, count, startMs] = cursor as [bigint, bigint, bigint, bigint];
  return { position: { publishedMs, postId }, count: Number(count), startMs };
}

function toFeedItem({ entry, shareIds }: Item): FeedItem {
  const hashtag = shareIds.length > 0 || entry.hashtag === undefined ? null : { key: entry.hashtag };
  return { postId: postOf(entry), shareIds, hashtag };
}
