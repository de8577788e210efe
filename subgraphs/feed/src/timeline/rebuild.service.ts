import type { Executor } from '@tintype/postgres';
import { counter } from '@tintype/telemetry';
import { listSources } from '#audience/audience.repository.ts';
import { findDeleted, listAuthorPosts, listPostsOf, START } from './author-post.repository.ts';
import { type Entry, KEPT } from './timeline.model.ts';
import type { TimelineName, TimelineStore } from './timeline.store.ts';

export type RebuildService = {
  /** Makes a reader's timeline and the set of celebrities whom they follow from Postgres. */
  home(readerId: bigint): Promise<void>;
  /** Makes a celebrity's own timeline from Postgres. */
  author(authorId: bigint): Promise<void>;
};

type Sources = { pushed: bigint[]; pulled: bigint[] };

/** Follows and promotions that come during a rebuild make it look again; that many in a row do not happen. */
const LOOKS = 5;

const rebuilds = counter('feed_rebuilds_total', 'Timelines rebuilt from Postgres', ['kind']);

/**
 * What Redis lost, or dropped for who did not read, is built again. The order makes it right without locks: the timeline is begun
 * first, so that what is published from then on is pushed to it; then Postgres is read; then the entries are added; then Postgres
 * is looked at again, because whoever ends a follow or deletes a post changes Postgres first and Redis afterwards.
 */
export function createRebuildService(deps: { pool: Executor; timelines: TimelineStore }): RebuildService {
  const { pool, timelines } = deps;
  const underWay = new Map<string, Promise<void>>();

  /** Readers who come together wait for one rebuild. */
  const once = (key: string, build: () => Promise<void>): Promise<void> => {
    const known = underWay.get(key);
    if (known) return known;
    const started = build().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };

  const sourcesOf = async (readerId: bigint): Promise<Sources> => {
    const sources = await listSources(pool, readerId);
    const ids = (wanted: (delivery: string) => boolean) =>
      sources.filter(({ delivery }) => wanted(delivery)).map(({ authorId }) => authorId);
    return {
      pushed: [readerId, ...ids((delivery) => delivery !== 'PULLED')],
      pulled: ids((delivery) => delivery !== 'PUSHED'),
    };
  };

  const setPulls = async (readerId: bigint, wanted: readonly bigint[]): Promise<void> => {
    const present = await timelines.pulls(readerId);
    await timelines.addPulls(
      readerId,
      wanted.filter((id) => !present.includes(id)),
    );
    await timelines.removePulls(
      readerId,
      present.filter((id) => !wanted.includes(id)),
    );
  };

  /** Takes back what was deleted while it was added. */
  const removeDeleted = async (name: TimelineName, entries: readonly Entry[]): Promise<void> => {
    await timelines.remove(
      await findDeleted(
        pool,
        entries.map((entry) => entry.postId),
      ),
      [name],
    );
  };

  const buildHome = async (readerId: bigint): Promise<void> => {
    rebuilds.inc({ kind: 'home' });
    const name = { home: readerId };
    await timelines.begin(name);
    let sources = await sourcesOf(readerId);
    let added: Entry[] = [];
    for (let look = 1; look <= LOOKS; look++) {
      const entries = await listPostsOf(pool, sources.pushed, START, KEPT + 1);
      const kept = entries.slice(0, KEPT);
      const right = new Set(kept.map((entry) => entry.postId));
      await timelines.remove(
        added.map((entry) => entry.postId).filter((id) => !right.has(id)),
        [name],
      );
      await setPulls(readerId, sources.pulled);
      if (!(await timelines.complete(name, kept, entries.length > KEPT))) await timelines.begin(name);
      await removeDeleted(name, kept);
      const now = await sourcesOf(readerId);
      if (isSame(sources, now)) return;
      sources = now;
      added = kept;
    }
    throw new Error(`the timeline of ${readerId} changed faster than it could be built`);
  };

  const buildAuthor = async (authorId: bigint): Promise<void> => {
    rebuilds.inc({ kind: 'author' });
    const name = { author: authorId };
    await timelines.begin(name);
    const entries = await listAuthorPosts(pool, authorId, KEPT + 1);
    const kept = entries.slice(0, KEPT);
    await timelines.complete(name, kept, entries.length > KEPT);
    await removeDeleted(name, kept);
  };

  return {
    home: (readerId) => once(`home ${readerId}`, () => buildHome(readerId)),
    author: (authorId) => once(`author ${authorId}`, () => buildAuthor(authorId)),
  };
}

function isSame(one: Sources, other: Sources): boolean {
  return one.pushed.join() === other.pushed.join() && one.pulled.join() === other.pulled.join();
}
