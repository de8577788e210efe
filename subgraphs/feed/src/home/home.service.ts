import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, RequestError } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { BulkheadFullError, createBulkhead } from '@tintype/service';
import { counter, type Log } from '@tintype/telemetry';
import { listSources } from '#audience/audience.repository.ts';
import { listFollowedKeys } from '#hashtag/hashtag-follow.repository.ts';
import { listPostsOfHashtags } from '#hashtag/hashtag-post.repository.ts';
import { listPostsOf, START } from '#timeline/author-post.repository.ts';
import type { RebuildService } from '#timeline/rebuild.service.ts';
import { type Entry, mergeNewest } from '#timeline/timeline.model.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';

/** A post in the feed, and the share or the hashtag that brought it there. */
export type FeedItem = { post: { id: string }; share: { id: string } | null; hashtag: { key: string } | null };

/** Which of these authors' posts a reader is shown. Asked of those alone whose posts a hashtag brought. */
export type Shows = (authorIds: readonly bigint[]) => Promise<ReadonlySet<bigint>>;

export type HomeService = {
  /** @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR, OVERLOADED */
  page(readerId: bigint, args: PageArgs, shows: Shows): Promise<Connection<FeedItem>>;
};

const CURSOR = 'homeFeed';
/** A read finds out what is missing, has it built, and reads again: once for the reader, once for what is merged in, once to spare. */
const TRIES = 3;
/** Feeds read from Postgres at once, while Redis is away: more would take the connections of everything else. What waits longer is refused. */
const FALLBACKS = { atOnce: 4, waiting: 200, waitMs: 500 };
const LOG_EVERY_MS = 1000;
/** How often a page is read on for posts of hashtags that are shown; then it is short, and the next page goes on where it stopped. */
const READS = 5;
/** Entries that are read for those that are hidden. */
const READ_ON = 200;

const fallbacks = counter('feed_fallback_reads_total', 'Home feeds that were read from Postgres', ['outcome']);

/**
 * The read path: one round trip to Redis, and nothing else as long as the timeline is there and no hashtag brings a post. Cursors carry
 * the place of an entry and how many came before it: a feed ends after the newest 1,000, counted from where its reader began.
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

  /** What is away would say so with every read. */
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
    const [sources, keys] = await Promise.all([listSources(pool, readerId), listFollowedKeys(pool, readerId)]);
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
      warn(error, 'home feeds are read from Postgres');
    }
    try {
      const entries = await fallback(() => readPostgres(readerId, after, count));
      fallbacks.inc({ outcome: 'read' });
      return entries;
    } catch (error) {
      if (!(error instanceof BulkheadFullError)) throw error;
      fallbacks.inc({ outcome: 'refused' });
      throw new RequestError('OVERLOADED', 'too many feeds are asked for: try again in a moment');
    }
  };

  /** Entries that are shown: those of a hashtag whose author is hidden from the reader are not, nor where that cannot be asked. */
  const shownOf = async (entries: readonly Entry[], shows: Shows): Promise<readonly Entry[]> => {
    const authorIds = new Set(entries.map((entry) => entry.by).filter((id) => id !== undefined));
    if (authorIds.size === 0) return entries;
    const shown = await shows([...authorIds]).catch((error: unknown) => {
      warn(error, 'posts of hashtags are left out of home feeds');
      return new Set<bigint>();
    });
    return entries.filter(({ by }) => by === undefined || shown.has(by));
  };

  /** As many entries as are wanted, where there are; and where to go on, if that was given up before. */
  const collect = async (readerId: bigint, start: Entry | null, wanted: number, shows: Shows) => {
    const entries: Entry[] = [];
    let after = start;
    for (let reads = 1; reads <= READS && entries.length < wanted; reads++) {
      const count = reads === 1 ? wanted : READ_ON;
      const found = await read(readerId, after, count);
      entries.push(...(await shownOf(found, shows)));
      if (found.length < count) return { entries: entries.slice(0, wanted), goesOnAfter: null };
      after = found.at(-1)!;
    }
    return { entries: entries.slice(0, wanted), goesOnAfter: entries.length < wanted ? after : null };
  };

  return {
    async page(readerId, args, shows) {
      const page = pageArgs(args, CURSOR, 3);
      const [publishedMs, postId, seen] = page.after ?? [];
      const after = page.after ? { publishedMs: publishedMs!, postId: postId! } : null;
      const before = Number(seen ?? 0n);
      const wanted = Math.min(page.first + 1, Math.max(0, shown - before));
      const { entries, goesOnAfter } = await collect(readerId, after, wanted, shows);
      const places = new Map(entries.map((entry, index) => [entry, before + index + 1]));
      const cursorOf = (entry: Entry, place: number) => encodeCursor(CURSOR, [entry.publishedMs, entry.postId, place]);
      const found = connection(entries, page, toItem, (entry) => cursorOf(entry, places.get(entry)!));
      if (!goesOnAfter) return found;
      const endCursor = cursorOf(goesOnAfter, before + entries.length);
      return { ...found, pageInfo: { ...found.pageInfo, hasNextPage: true, endCursor } };
    },
  };
}

function toItem({ postId, sharedPostId, hashtag }: Entry): FeedItem {
  if (sharedPostId != null) return { post: { id: String(sharedPostId) }, share: { id: String(postId) }, hashtag: null };
  return { post: { id: String(postId) }, share: null, hashtag: hashtag === undefined ? null : { key: hashtag } };
}
