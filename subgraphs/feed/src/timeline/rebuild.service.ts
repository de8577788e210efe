import { setTimeout as sleep } from 'node:timers/promises';
import { createBulkhead } from '@tintype/bounds';
import type { Executor } from '@tintype/postgres';
import { counter } from '@tintype/telemetry';
import { runOutsideFetchScope } from '@tintype/viewer';
import { listFollowedAuthors } from '#audience/audience.repository.ts';
import { listFollowedKeys } from '#hashtag/hashtag-follow.repository.ts';
import { listHashtagPosts } from '#hashtag/hashtag-post.repository.ts';
import { findDeleted, listAuthorPosts, listPostsOf, START } from './author-post.repository.ts';
import { memberOfPull } from './timeline.keys.ts';
import { type Entry, idsOf, type Pull } from './timeline.model.ts';
import type { TimelineContent, TimelineName, TimelineStore } from './timeline.store.ts';

export type RebuildService = {
  /** Rebuilds a reader's timeline from Postgres. @throws BulkheadFullError */
  home(readerId: bigint): Promise<void>;
  /** Rebuilds the timeline of a celebrity or hashtag from Postgres. @throws BulkheadFullError */
  pull(pull: Pull): Promise<void>;
};

type Sources = { pushed: bigint[]; pulled: Pull[] };

/**
 * If follows change or an author is promoted during a rebuild, another round is needed. More rounds than this do not
 * happen in practice.
 */
const MAX_ROUNDS = 5;
/** How long to wait for another process that builds the same timeline. After that, the feed is read from Postgres. */
const WAIT_MS = 500;
const RETRY_MS = 20;
/** After Redis has been emptied, all readers need a rebuild at the same time. */
const AT_ONCE = { atOnce: 3, waiting: 500 };

const NOTHING: TimelineContent = { entries: [], pulls: [] };

const rebuilds = counter('feed_rebuilds_total', 'Timelines rebuilt from Postgres', ['kind']);

/**
 * Rebuilds timelines that Redis lost, or deleted because nobody read them. The order of the steps makes it correct
 * without locks:
 * 1. The timeline is started, so that new posts are pushed to it.
 * 2. Postgres is read and the entries are added.
 * 3. Postgres is read again, because an unfollow or deletion changes Postgres before Redis.
 * 4. The timeline is marked as complete. Only then can it be read, so a process that is killed leaves only an
 *    unfinished timeline.
 */
export function createRebuildService(deps: { pool: Executor; timelines: TimelineStore }): RebuildService {
  const { pool, timelines } = deps;
  const { kept } = timelines.lengths;
  const bulkhead = createBulkhead(AT_ONCE);
  const running = new Map<string, Promise<void>>();

  /** Concurrent readers in this process share one rebuild. Of several processes, only one rebuilds. */
  const once = (name: TimelineName, build: (token: string) => Promise<boolean>): Promise<void> => {
    const [kind, id] = Object.entries(name)[0]!;
    const key = `${kind} ${id}`;
    const known = running.get(key);
    if (known) return known;
    const run = async (): Promise<void> => {
      for (const until = performance.now() + WAIT_MS; performance.now() < until; ) {
        const token = await timelines.begin(name);
        if (token === 'complete') return;
        if (token === 'busy') await sleep(RETRY_MS);
        else {
          rebuilds.inc({ kind });
          if (await build(token)) return;
        }
      }
      throw new Error(`Another process is building the timeline ${key}, or it was lost again.`);
    };
    const started = runOutsideFetchScope(() => bulkhead(run)).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };

  const sourcesOf = async (readerId: bigint): Promise<Sources> => {
    const [sources, hashtags] = await Promise.all([
      listFollowedAuthors(pool, readerId),
      listFollowedKeys(pool, readerId),
    ]);
    const ids = (wanted: (fanOutMode: string) => boolean) =>
      sources.filter(({ fanOutMode }) => wanted(fanOutMode)).map(({ authorId }) => authorId);
    return {
      pushed: [readerId, ...ids((fanOutMode) => fanOutMode !== 'PULLED')],
      pulled: [
        ...ids((fanOutMode) => fanOutMode !== 'PUSHED').map((author) => ({ author })),
        ...hashtags.map((hashtag) => ({ hashtag })),
      ],
    };
  };

  /** Removes posts that were deleted while they were being added. */
  const removeDeleted = async (name: TimelineName, entries: readonly Entry[]): Promise<void> => {
    const deleted = new Set(idsOf(await findDeleted(pool, idsOf(entries))));
    await timelines.remove(
      entries.filter((entry) => deleted.has(entry.postId)),
      [name],
    );
  };

  const buildHome = async (readerId: bigint, token: string): Promise<boolean> => {
    const name = { home: readerId };
    let sources = await sourcesOf(readerId);
    let before = NOTHING;
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      const found = await listPostsOf(pool, sources.pushed, START, kept + 1);
      const content = { entries: found.slice(0, kept), pulls: sources.pulled };
      if (!(await timelines.put(name, token, content, without(before, content)))) return false;
      await removeDeleted(name, content.entries);
      const now = await sourcesOf(readerId);
      if (isSame(sources, now)) return timelines.complete(name, token, oldestOf(found, kept));
      sources = now;
      before = content;
    }
    throw new Error(`The timeline of ${readerId} changed faster than it could be built.`);
  };

  const buildPull = async (name: Pull, token: string): Promise<boolean> => {
    const found = await ('author' in name
      ? listAuthorPosts(pool, name.author, kept + 1)
      : listHashtagPosts(pool, name.hashtag, kept + 1));
    const entries = found.slice(0, kept);
    if (!(await timelines.put(name, token, { entries, pulls: [] }))) return false;
    await removeDeleted(name, entries);
    return timelines.complete(name, token, oldestOf(found, kept));
  };

  return {
    home: (readerId) => once({ home: readerId }, (token) => buildHome(readerId, token)),
    pull: (pull) => once(pull, (token) => buildPull(pull, token)),
  };
}

/** The last entry that is kept, if there are more. */
function oldestOf(found: readonly Entry[], kept: number): Entry | null {
  return found.length > kept ? found[kept - 1]! : null;
}

function without(content: TimelineContent, taken: TimelineContent): TimelineContent {
  const posts = new Set(taken.entries.map((entry) => entry.postId));
  const pulls = new Set(taken.pulls.map(memberOfPull));
  return {
    entries: content.entries.filter((entry) => !posts.has(entry.postId)),
    pulls: content.pulls.filter((pull) => !pulls.has(memberOfPull(pull))),
  };
}

function isSame(one: Sources, other: Sources): boolean {
  return (
    one.pushed.join() === other.pushed.join() &&
    one.pulled.map(memberOfPull).join() === other.pulled.map(memberOfPull).join()
  );
}
