import type { Executor } from '@tintype/postgres';
import { counter } from '@tintype/telemetry';
import { databaseNow, findDelivery, listEndedSince, listFollowers } from '#audience/audience.repository.ts';
import { type AuthorPostChange, applyPost, findDeleted } from '#timeline/author-post.repository.ts';
import type { Entry } from '#timeline/timeline.model.ts';
import type { TimelineName, TimelineStore } from '#timeline/timeline.store.ts';

export type FanOutService = {
  /** Brings a post into the timelines of its author's followers, or takes a deleted one out. Can run twice. */
  deliver(change: AuthorPostChange, signal: AbortSignal): Promise<void>;
};

/** Keys in one call of the push function: long enough to be cheap, short enough not to hold Redis for more than a millisecond or two. */
const PAGE = 1000;
/** Pages under way at once: while Redis writes one, Postgres reads the next. */
const IN_FLIGHT = 3;

const inserts = counter('feed_timeline_inserts_total', 'Entries put into timelines', []);

export function createFanOutService(deps: { pool: Executor; timelines: TimelineStore }): FanOutService {
  const { pool, timelines } = deps;

  /** Calls `write` with each page of the author's followers, some pages at once. */
  const walk = async (
    authorId: bigint,
    signal: AbortSignal,
    write: (names: TimelineName[]) => Promise<void>,
  ): Promise<void> => {
    const inFlight = new Set<Promise<void>>();
    let after = 0n;
    for (;;) {
      signal.throwIfAborted();
      const followers = await listFollowers(pool, authorId, after, PAGE);
      if (followers.length > 0) {
        const writing = write(followers.map((home) => ({ home }))).finally(() => inFlight.delete(writing));
        // Whether it fails is asked when it is awaited; until then it must not count as unheard.
        writing.catch(() => undefined);
        inFlight.add(writing);
      }
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
      if (followers.length < PAGE) break;
      after = followers.at(-1)!;
    }
    await Promise.all(inFlight);
  };

  const push = async (authorId: bigint, entry: Entry, signal: AbortSignal): Promise<void> => {
    const began = await databaseNow(pool);
    const delivery = await findDelivery(pool, authorId);
    const own: TimelineName[] = [{ home: authorId }, { author: authorId }];
    let inserted = await timelines.push(entry, own);
    if (delivery !== 'PULLED') {
      await walk(authorId, signal, async (names) => {
        inserted += await timelines.push(entry, names);
      });
    }
    inserts.inc(inserted);
    // Who stopped following, or deleted the post, changed Postgres first and timelines afterwards: either they saw this entry, or
    // it is seen here that they did.
    const ended = await listEndedSince(pool, authorId, began);
    await timelines.remove(
      [entry.postId],
      ended.map((home) => ({ home })),
    );
    const deleted = await findDeleted(pool, [entry.postId]);
    if (deleted.length > 0) await remove(authorId, entry.postId, signal);
  };

  const remove = async (authorId: bigint, postId: bigint, signal: AbortSignal): Promise<void> => {
    await timelines.remove([postId], [{ home: authorId }, { author: authorId }]);
    await walk(authorId, signal, (names) => timelines.remove([postId], names));
  };

  return {
    async deliver(change, signal) {
      const { authorId, postId, publishedMs } = change;
      const { deleted } = await applyPost(pool, change);
      if (deleted) await remove(authorId, postId, signal);
      else await push(authorId, { postId, publishedMs }, signal);
    },
  };
}
