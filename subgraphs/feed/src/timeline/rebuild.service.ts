import { setTimeout as sleep } from 'node:timers/promises';
import type { Executor } from '@tintype/postgres';
import { createBulkhead } from '@tintype/service';
import { counter } from '@tintype/telemetry';
import { runOutsideFetchScope } from '@tintype/viewer';
import { listSources } from '#audience/audience.repository.ts';
import { listFollowedKeys } from '#hashtag/hashtag-follow.repository.ts';
import { listHashtagPosts } from '#hashtag/hashtag-post.repository.ts';
import { findDeleted, listAuthorPosts, listPostsOf, START } from './author-post.repository.ts';
import { memberOfPull } from './timeline.keys.ts';
import { type Entry, idsOf, type Pull } from './timeline.model.ts';
import type { TimelineContent, TimelineName, TimelineStore } from './timeline.store.ts';

export type RebuildService = {
  /** Makes a reader's timeline, and the celebrities and hashtags that they follow, from Postgres. @throws BulkheadFullError */
  home(readerId: bigint): Promise<void>;
  /** Makes a celebrity's own timeline, or a hashtag's, from Postgres. @throws BulkheadFullError */
  pull(pull: Pull): Promise<void>;
};

type Sources = { pushed: bigint[]; pulled: Pull[] };

/** Follows and promotions that come during a rebuild make it look again; that many in a row do not happen. */
const LOOKS = 5;
/** How long to wait for another process that builds the same timeline; its readers are then answered from Postgres. */
const WAIT_MS = 500;
const LOOK_AGAIN_MS = 20;
/** An emptied Redis sends every reader here at once. */
const AT_ONCE = { atOnce: 3, waiting: 500 };

const NOTHING: TimelineContent = { entries: [], pulls: [] };

const rebuilds = counter('feed_rebuilds_total', 'Timelines rebuilt from Postgres', ['kind']);

/**
 * What Redis lost, or dropped for who did not read, is built again. The order makes it right without locks: the timeline is begun
 * first, so that what is published from then on is pushed to it; then Postgres is read; then the entries are added; then Postgres
 * is looked at again, because whoever ends a follow or deletes a post changes Postgres first and Redis afterwards. Only then may
 * it be read: who is killed in between leaves nothing but a timeline that was begun.
 */
export function createRebuildService(deps: { pool: Executor; timelines: TimelineStore }): RebuildService {
  const { pool, timelines } = deps;
  const { kept } = timelines.lengths;
  const bulkhead = createBulkhead(AT_ONCE);
  const underWay = new Map<string, Promise<void>>();

  /** Readers of this process who come together wait for one rebuild; of several processes one builds. */
  const once = (name: TimelineName, build: (token: string) => Promise<boolean>): Promise<void> => {
    const [kind, id] = Object.entries(name)[0]!;
    const key = `${kind} ${id}`;
    const known = underWay.get(key);
    if (known) return known;
    const run = async (): Promise<void> => {
      for (const until = performance.now() + WAIT_MS; performance.now() < until; ) {
        const token = await timelines.begin(name);
        if (token === 'complete') return;
        if (token === 'busy') await sleep(LOOK_AGAIN_MS);
        else {
          rebuilds.inc({ kind });
          if (await build(token)) return;
        }
      }
      throw new Error(`the ${key} timeline is being built elsewhere, or was lost again`);
    };
    const started = runOutsideFetchScope(() => bulkhead(run)).finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };

  const sourcesOf = async (readerId: bigint): Promise<Sources> => {
    const [sources, hashtags] = await Promise.all([listSources(pool, readerId), listFollowedKeys(pool, readerId)]);
    const ids = (wanted: (delivery: string) => boolean) =>
      sources.filter(({ delivery }) => wanted(delivery)).map(({ authorId }) => authorId);
    return {
      pushed: [readerId, ...ids((delivery) => delivery !== 'PULLED')],
      pulled: [
        ...ids((delivery) => delivery !== 'PUSHED').map((author) => ({ author })),
        ...hashtags.map((hashtag) => ({ hashtag })),
      ],
    };
  };

  /** Takes back what was deleted while it was added. */
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
    for (let look = 1; look <= LOOKS; look++) {
      const found = await listPostsOf(pool, sources.pushed, START, kept + 1);
      const content = { entries: found.slice(0, kept), pulls: sources.pulled };
      if (!(await timelines.put(name, token, content, without(before, content)))) return false;
      await removeDeleted(name, content.entries);
      const now = await sourcesOf(readerId);
      if (isSame(sources, now)) return timelines.complete(name, token, oldestOf(found, kept));
      sources = now;
      before = content;
    }
    throw new Error(`the timeline of ${readerId} changed faster than it could be built`);
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

/** The last entry that is kept, where there are more. */
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
