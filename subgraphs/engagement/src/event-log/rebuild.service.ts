import { createHash, type Hash } from 'node:crypto';
import { readEvents } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type { RedisHandle } from '@tintype/redis';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import type pg from 'pg';
import { createTopCommentStore } from '#comment/top-comment.store.ts';
import { readBatch, splitBatch } from '#event-log/apply.rules.ts';
import { type ApplyService, createApplyService } from '#event-log/apply.service.ts';
import { createStatsStore } from '#stats/stats.store.ts';
import {
  type Counted,
  correctComments,
  correctStats,
  countRows,
  listPosts,
  lockStats,
  markCounted,
  readLog,
} from './rebuild.repository.ts';

export type RebuildReport = {
  /** The number of events that were applied again. */
  events: number;
  posts: number;
  /** The number of posts and comments whose counts were corrected. */
  corrected: number;
  /**
   * SHA-256 over all posts and their counts, sorted by post: from the rows, from the table of counts, and from Redis.
   */
  checksums: { rows: string; counts: string; redis: string };
};

const EVENTS = 500;
const POSTS = 200;

/**
 * Rebuilds tables, counts and the copies in Redis while the platform is running. It applies the log again, and then
 * locks, recounts and corrects the counts of each post and publishes them. It can be stopped and repeated at any time.
 *
 * @param report called with the progress
 */
export async function rebuildEngagement(
  resources: { pool: pg.Pool; redis: RedisHandle },
  report: (text: string) => void,
): Promise<RebuildReport> {
  const { pool, redis } = resources;
  const stats = createStatsStore({ redis, pool });
  const top = createTopCommentStore({ redis, pool });
  const events = await applyLog(pool, createApplyService({ pool, stats, top }), report);

  const sums = { rows: createHash('sha256'), counts: createHash('sha256'), redis: createHash('sha256') };
  const total = { events, posts: 0, corrected: 0 };
  for (let after = 0n; ; ) {
    const postIds = await listPosts(pool, after, POSTS);
    if (postIds.length === 0) break;
    after = postIds.at(-1)!;
    const { counted, rows, corrected } = await transaction(pool, async (tx) => {
      const before = await lockStats(tx, postIds);
      await markCounted(tx, postIds);
      const found = await countRows(tx, postIds);
      const wrong = found.filter((one, index) => countsLine(one) !== countsLine(before[index]!)).length;
      return {
        counted: found,
        rows: await correctStats(tx, found),
        corrected: wrong + (await correctComments(tx, postIds)),
      };
    });
    await Promise.all([stats.publish(rows), top.forget(postIds)]);
    const copies = await stats.find(postIds);
    for (const one of counted) add(sums.rows, one);
    for (const one of rows) add(sums.counts, one);
    for (const { postId } of rows) add(sums.redis, { postId, ...copies.get(postId)! });
    total.posts += postIds.length;
    total.corrected += corrected;
    report(`${total.posts} posts counted, ${total.corrected} corrected`);
  }
  const checksums = {
    rows: sums.rows.digest('hex'),
    counts: sums.counts.digest('hex'),
    redis: sums.redis.digest('hex'),
  };
  return { ...total, checksums };
}

async function applyLog(pool: pg.Pool, applying: ApplyService, report: (text: string) => void): Promise<number> {
  let applied = 0;
  for (let after = 0n; ; ) {
    const events = await readLog(pool, after, EVENTS);
    if (events.length === 0) return applied;
    for (const part of splitBatch(readEvents(ENGAGEMENT_EVENTS, events))) await applying.apply(readBatch(part));
    after = BigInt(events.at(-1)!.sequence);
    applied += events.length;
    report(`${applied} events applied`);
  }
}

function countsLine({ postId, likeCount, commentCount, shareCount }: Counted): string {
  return `${postId}:${likeCount}:${commentCount}:${shareCount}`;
}

function add(sum: Hash, counts: Counted): void {
  sum.update(`${countsLine(counts)}\n`);
}
