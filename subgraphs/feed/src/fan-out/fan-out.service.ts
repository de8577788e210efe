import type { Executor } from '@tintype/postgres';
import { counter } from '@tintype/telemetry';
import { findDelivery, isHidden, listEndedSince, listFollowers } from '#audience/audience.repository.ts';
import { addHashtagPosts, markDeletedIn } from '#hashtag/hashtag-post.repository.ts';
import { type AuthorPostChange, applyPost, findDeleted } from '#timeline/author-post.repository.ts';
import type { Entry } from '#timeline/timeline.model.ts';
import type { TimelineName, TimelineStore } from '#timeline/timeline.store.ts';

/**
 * What a post event says; `toldAt` is when the post's owner wrote it, before anyone could deliver it. `hashtags`: keys of the caption's
 * hashtags, where it is published.
 */
export type PostChange = AuthorPostChange & { toldAt: Date; hashtags: readonly string[] };

export type FanOutService = {
  /** Brings a post into the timelines of its author's followers, or takes a deleted one out. Can run twice. */
  deliver(change: PostChange, signal: AbortSignal): Promise<void>;
};

/** Keys in one call of the push function: long enough to be cheap, short enough not to hold Redis for more than a millisecond or two. */
const PAGE = 1000;
/** Pages under way at once: while Redis writes one, Postgres reads the next. */
const IN_FLIGHT = 3;

const inserts = counter('feed_timeline_inserts_total', 'Entries put into timelines', []);

export function createFanOutService(deps: { pool: Executor; timelines: TimelineStore }): FanOutService {
  const { pool, timelines } = deps;

  type ListPage = (after: bigint) => Promise<bigint[]>;

  /** Calls `write` with each page of readers, some pages at once. */
  const walk = async (
    listPage: ListPage,
    signal: AbortSignal,
    write: (names: TimelineName[]) => Promise<unknown>,
  ): Promise<void> => {
    const inFlight = new Set<Promise<unknown>>();
    let after = 0n;
    for (;;) {
      signal.throwIfAborted();
      const readers = await listPage(after);
      if (readers.length > 0) {
        const writing = write(readers.map((home) => ({ home }))).finally(() => inFlight.delete(writing));
        // Whether it fails is asked when it is awaited; until then it must not count as unheard.
        writing.catch(() => undefined);
        inFlight.add(writing);
      }
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
      if (readers.length < PAGE) break;
      after = readers.at(-1)!;
    }
    await Promise.all(inFlight);
  };

  /** As they are in timelines of hashtags, which know whose posts are in them. */
  const tagged = ({ authorId, postId, publishedMs }: PostChange): Entry => ({ postId, publishedMs, by: authorId });

  const pushTagged = async (change: PostChange): Promise<void> => {
    if (change.hashtags.length === 0) return;
    await addHashtagPosts(pool, change, change.hashtags);
    await timelines.push(
      tagged(change),
      change.hashtags.map((hashtag) => ({ hashtag })),
    );
  };

  /**
   * Of who is hidden nothing is pushed. Who hides or comes back changes Postgres first and timelines afterwards: what is done here is
   * right once Postgres, looked at after it, still says what it was done for.
   */
  const pushToFollowers = async (
    change: PostChange,
    signal: AbortSignal,
    write: (names: TimelineName[]) => Promise<unknown>,
  ): Promise<void> => {
    const { authorId } = change;
    const listPage: ListPage = (after) => listFollowers(pool, authorId, after, PAGE);
    const takeBack = (names: TimelineName[]) => timelines.remove([change], names);
    let wasHidden = await isHidden(pool, authorId);
    // Nothing was written yet that could be taken back.
    if (!wasHidden) await walk(listPage, signal, write);
    for (;;) {
      const hidden = await isHidden(pool, authorId);
      if (hidden === wasHidden) return;
      wasHidden = hidden;
      await walk(listPage, signal, hidden ? takeBack : write);
    }
  };

  const push = async (change: PostChange, signal: AbortSignal): Promise<void> => {
    const { authorId, postId, toldAt } = change;
    await pushTagged(change);
    const delivery = await findDelivery(pool, authorId);
    const write = async (names: TimelineName[]) => inserts.inc(await timelines.push(change, names));
    await write([{ home: authorId }, { author: authorId }]);
    if (delivery !== 'PULLED') await pushToFollowers(change, signal, write);
    // Who stopped following, or deleted the post, changed Postgres first and timelines afterwards: either they saw this entry, or
    // it is seen here that they did. Since the event was told, and not since this delivery began: one before it may have been
    // killed between its writes and this look.
    const listEnded: ListPage = (after) => listEndedSince(pool, authorId, toldAt, after, PAGE);
    await walk(listEnded, signal, (names) => timelines.remove([change], names));
    const deleted = await findDeleted(pool, [postId]);
    if (deleted.length > 0) await remove(change, signal);
  };

  const remove = async (change: PostChange, signal: AbortSignal): Promise<void> => {
    const { authorId, postId } = change;
    const hashtags = await markDeletedIn(pool, postId);
    await timelines.remove(
      [tagged(change)],
      hashtags.map((hashtag) => ({ hashtag })),
    );
    await timelines.remove([change], [{ home: authorId }, { author: authorId }]);
    const listPage: ListPage = (after) => listFollowers(pool, authorId, after, PAGE);
    await walk(listPage, signal, (names) => timelines.remove([change], names));
  };

  return {
    async deliver(change, signal) {
      const { deleted } = await applyPost(pool, change);
      if (deleted) await remove(change, signal);
      else await push(change, signal);
    },
  };
}
