import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, RequestError } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { BulkheadFullError, createBulkhead } from '@tintype/service';
import { counter, type Log } from '@tintype/telemetry';
import { listSources } from '#audience/audience.repository.ts';
import { listPostsOf, START } from '#timeline/author-post.repository.ts';
import type { RebuildService } from '#timeline/rebuild.service.ts';
import type { Entry } from '#timeline/timeline.model.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';

/** A post in the feed, and the share that brought it there. */
export type FeedItem = { post: { id: string }; share: { id: string } | null };

export type HomeService = {
  /** @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR, OVERLOADED */
  page(readerId: bigint, args: PageArgs): Promise<Connection<FeedItem>>;
};

const CURSOR = 'homeFeed';
/** A read finds out what is missing, has it built, and reads again: once for the reader, once for celebrities, once to spare. */
const TRIES = 3;
/** Feeds read from Postgres at once, while Redis is away: more would take the connections of everything else. */
const FALLBACKS = { atOnce: 4, waiting: 200 };
const LOG_EVERY_MS = 1000;

const fallbacks = counter('feed_fallback_reads_total', 'Home feeds that were read from Postgres', ['outcome']);

/**
 * The read path: one round trip to Redis, and nothing else as long as the timeline is there. Cursors carry the place of an entry and how
 * many came before it: a feed ends after the newest 1,000, counted from where its reader began.
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

  /** Redis that is away would say so with every read. */
  const warn = (error: unknown): void => {
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    log.warn({ error: (error as Error).message }, 'home feeds are read from Postgres');
  };

  const readTimeline = async (readerId: bigint, after: Entry | null, count: number): Promise<Entry[] | null> => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const outcome = await timelines.read(readerId, after, count);
      if (outcome.kind === 'page') return outcome.entries;
      if (outcome.kind === 'missing') await rebuild.home(readerId);
      else await Promise.all(outcome.authorIds.map((authorId) => rebuild.author(authorId)));
    }
    return null;
  };

  const readPostgres = async (readerId: bigint, after: Entry | null, count: number): Promise<Entry[]> => {
    const sources = await listSources(pool, readerId);
    const authorIds = [readerId, ...sources.map((source) => source.authorId)];
    return listPostsOf(pool, authorIds, after ?? START, count);
  };

  const read = async (readerId: bigint, after: Entry | null, count: number): Promise<Entry[]> => {
    try {
      const entries = await readTimeline(readerId, after, count);
      if (entries) return entries;
    } catch (error) {
      warn(error);
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

  return {
    async page(readerId, args) {
      const page = pageArgs(args, CURSOR, 3);
      const [publishedMs, postId, seen] = page.after ?? [];
      const after = page.after ? { publishedMs: publishedMs!, postId: postId! } : null;
      const before = Number(seen ?? 0n);
      const left = Math.max(0, shown - before);
      const entries = left === 0 ? [] : await read(readerId, after, Math.min(page.first + 1, left));
      const places = new Map(entries.map((entry, index) => [entry, before + index + 1]));
      return connection(entries, page, toItem, (entry) =>
        encodeCursor(CURSOR, [entry.publishedMs, entry.postId, places.get(entry)!]),
      );
    },
  };
}

function toItem({ postId, sharedPostId }: Entry): FeedItem {
  if (sharedPostId == null) return { post: { id: String(postId) }, share: null };
  return { post: { id: String(sharedPostId) }, share: { id: String(postId) } };
}
