import type { Executor } from '@tintype/postgres';
import { counter } from '@tintype/telemetry';
import { findFanOutMode, isHidden, listEndedSince, listFollowers } from '#audience/audience.repository.ts';
import { addHashtagPosts, markDeletedIn } from '#hashtag/hashtag-post.repository.ts';
import { type AuthorPostChange, applyPost, findDeleted } from '#timeline/author-post.repository.ts';
import type { Entry } from '#timeline/timeline.model.ts';
import type { TimelineName, TimelineStore } from '#timeline/timeline.store.ts';

/**
 * A post or share that was published or deleted. `occurredAt` is the time at which the owner wrote the event, before
 * anyone could deliver it. `hashtags` are the keys of the caption's hashtags if the post was published.
 */
export type PostChange = AuthorPostChange & { occurredAt: Date; hashtags: readonly string[] };

export type FanOutService = {
  /** Adds a post to the timelines of its author's followers, or removes a deleted one. Can run twice. */
  deliver(change: PostChange, signal: AbortSignal): Promise<void>;
};

/**
 * Timelines per call of the push function: enough to be efficient, and few enough to block Redis for only one or two
 * milliseconds.
 */
const PAGE = 1000;
/** Pages that are processed concurrently: Postgres reads the next one while Redis writes the current one. */
const IN_FLIGHT = 3;

const inserts = counter('feed_timeline_inserts_total', 'Entries put into timelines', []);

export function createFanOutService(deps: { pool: Executor; timelines: TimelineStore }): FanOutService {
  const { pool, timelines } = deps;

  type ListPage = (after: bigint) => Promise<bigint[]>;

  /** Calls `write` for each page of readers, with several pages in flight. */
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
        // The failure is handled when the promise is awaited. Until then it must not count as an unhandled rejection.
        writing.catch(() => undefined);
        inFlight.add(writing);
      }
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
      if (readers.length < PAGE) break;
      after = readers.at(-1)!;
    }
    await Promise.all(inFlight);
  };

  /** The entry for timelines of hashtags, which also contains the author. */
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
   * Posts of hidden accounts are not pushed. Hiding an account changes Postgres before Redis. So the timelines are
   * correct if the account has the same state after the writes as before them.
   */
  const pushToFollowers = async (
    change: PostChange,
    signal: AbortSignal,
    write: (names: TimelineName[]) => Promise<unknown>,
  ): Promise<void> => {
    const { authorId } = change;
    const listPage: ListPage = (after) => listFollowers(pool, authorId, after, PAGE);
    const removeAgain = (names: TimelineName[]) => timelines.remove([change], names);
    let wasHidden = await isHidden(pool, authorId);
    // If the author was hidden from the start, there is nothing to remove.
    if (!wasHidden) await walk(listPage, signal, write);
    for (;;) {
      const hidden = await isHidden(pool, authorId);
      if (hidden === wasHidden) return;
      wasHidden = hidden;
      await walk(listPage, signal, hidden ? removeAgain : write);
    }
  };

  const push = async (change: PostChange, signal: AbortSignal): Promise<void> => {
    const { authorId, postId, occurredAt } = change;
    await pushTagged(change);
    const fanOutMode = await findFanOutMode(pool, authorId);
    const write = async (names: TimelineName[]) => inserts.inc(await timelines.push(change, names));
    await write([{ home: authorId }, { author: authorId }]);
    if (fanOutMode !== 'PULLED') await pushToFollowers(change, signal, write);
    // An unfollow or deletion changes Postgres before Redis. So either it finds the entries written above, or it is
    // found here. The search starts at the time of the event, not of this delivery, because an earlier delivery may
    // have been killed before this check.
    const listEnded: ListPage = (after) => listEndedSince(pool, authorId, occurredAt, after, PAGE);
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
