import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexChanges } from '#indexing/index-changes.service.ts';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import { createProjectionService } from '#projection/projection.service.ts';
import { type Progress, ReindexRunsError } from '#reindex/collection-build.service.ts';
import { reindex } from '#reindex/reindex.service.ts';
import { readStatus } from '#reindex/status.service.ts';
import type { CollectionName, Documents } from '#search-index/documents.ts';
import type { SearchIndex } from '#search-index/search-index.ts';
import { openSearch, type SearchFixture } from './search.fixture.ts';

// There are no workers, so events are not processed: all data comes from the owners, and the tests run the indexer.
let fixture: SearchFixture;
let index: SearchIndex;
beforeAll(async () => {
  fixture = await openSearch({ workers: false });
  index = createPostgresIndex({ pool: fixture.pool });
});
afterAll(() => fixture?.close());

const run = (given: { index?: SearchIndex; report?: (progress: Progress) => void; signal?: AbortSignal } = {}) =>
  reindex({ pool: fixture.pool, index, client: fixture.client, report: () => undefined, ...given });

/** All documents of the live collections. */
async function documents(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { collection, live } of await index.state()) {
    const { rows } = await fixture.pool.query<{ id: string }>(`SELECT id FROM search."${live}" ORDER BY id`);
    found[collection] = rows.map(({ id }) => id);
  }
  return found;
}

function expected(): Record<string, string[]> {
  const { people, posts } = fixture.world;
  const active = new Map([...people].filter(([, { state }]) => state === 'ACTIVE'));
  const isPublic = (authorId: bigint) => active.get(authorId)?.isPrivate === false;
  const tags = [...posts.values()].filter(({ authorId }) => isPublic(authorId)).flatMap(({ hashtags }) => hashtags);
  return {
    users: [...active.keys()].map(String).sort(),
    hashtags: [...new Set(tags)].sort(),
    posts: [...posts.values()]
      .filter(({ authorId }) => active.has(authorId))
      .map(({ id }) => String(id))
      .sort(),
  };
}

async function populate(label: string, people: number): Promise<void> {
  for (let number = 0; number < people; number++) {
    const author = await fixture.account(`${label}${number}`, { isPrivate: number % 5 === 0 });
    for (let one = 0; one < 3; one++) await fixture.publish(author, `Photo ${one} #${label}${number % 7} #common`);
  }
}

describe('reindexing', () => {
  test('adds everything that the owners have, and removes everything else', async () => {
    await fixture.world.withoutEvents(() => populate('lost', 400));
    await run();
    expect(await documents()).toEqual(expected());
    const { world } = fixture;
    await world.withoutEvents(async () => {
      const [renamed, , , gone] = world.people.keys();
      await world.updateProfile(renamed!, { username: 'renamed_unheard' });
      await world.deactivate(gone!);
      for (const postId of [...world.posts.keys()].slice(30, 40)) await world.deletePost(postId);
    });
    await run();
    expect(await documents()).toEqual(expected());
    expect(await fixture.find('@renamed_unheard')).toEqual(['User:renamed_unheard']);
  });

  test('leaves out hidden accounts and their posts, and lets them come back', async () => {
    const projection = createProjectionService({ pool: fixture.pool, changed: () => undefined });
    const { world } = fixture;
    const [hidden, gone] = [await fixture.account('hiddenone'), await fixture.account('goneone')];
    const post = await fixture.publish(hidden, 'Kept #whilehidden');
    await fixture.publish(gone, 'Not kept #notkept');
    await run();
    expect(await documents()).toEqual(expected());
    await world.deactivate(hidden.id);
    await world.deleteAccount(gone.id);
    for (let times = 0; times < 2; times++) {
      await run();
      expect(await documents()).toEqual(expected());
    }
    // One of them arrives twice, late.
    const nobody = { username: '', displayName: '', isPrivate: true, deleted: true };
    for (const version of [7n, 7n]) await projection.accounts([{ userId: hidden.id, ...nobody, version }]);
    await run();
    expect(await documents()).toEqual(expected());
    await world.reactivate(hidden.id);
    const { id: userId, username, displayName, isPrivate } = hidden;
    await projection.accounts([{ userId, username, displayName, isPrivate, deleted: false, version: 8n }]);
    await indexChanges({ pool: fixture.pool, index });
    const live = await documents();
    expect(live).toEqual(expected());
    expect(live.posts).toContain(String(post.id));
    expect(live.hashtags).toContain('whilehidden');
  });

  test('continues after a kill at any point, with the right result', async () => {
    await fixture.world.withoutEvents(() => populate('killed', 150));
    let kills = 0;
    let seed = 7;
    const dies = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      if (seed % 4 > 0) return;
      kills++;
      throw new Error('killed');
    };
    /** Fails every fourth time, before or after the work. */
    const dying =
      <Args extends unknown[], Value>(work: (...args: Args) => Promise<Value>) =>
      async (...args: Args) => {
        dies();
        const value = await work(...args);
        dies();
        return value;
      };
    const mortal: SearchIndex = {
      ...index,
      startBuild: dying(index.startBuild),
      importInto: dying((name: CollectionName, found: readonly Documents[CollectionName][]) =>
        index.importInto(name, found),
      ),
      swap: dying(index.swap),
    };
    const seen: Progress[] = [];
    for (let attempt = 0; ; attempt++) {
      const failed = await run({ index: mortal, report: (progress) => seen.push(progress) }).then(
        () => false,
        (error: Error) => error.message === 'killed',
      );
      if (!failed) break;
      expect(attempt).toBeLessThan(40);
    }
    expect(kills).toBeGreaterThan(2);
    expect(await documents()).toEqual(expected());
    const asked = seen.filter(({ step, collection }) => step === 'projection' && collection === 'users');
    // Read once, however often it was killed afterwards.
    expect(asked.filter(({ done, total }) => done === total)).toHaveLength(1);
    expect((await readStatus({ pool: fixture.pool, index })).rebuild).toEqual([]);
  });

  test('stops on request, and reports its position', async () => {
    // More than one page.
    await fixture.world.withoutEvents(() => populate('stopped', 510));
    const stopping = new AbortController();
    const stopped = run({ report: () => stopping.abort(new Error('enough')), signal: stopping.signal });
    await expect(stopped).rejects.toThrow('enough');
    const status = await readStatus({ pool: fixture.pool, index });
    expect(status.rebuild).toMatchObject([{ collection: 'users', step: 'projection', done: false }]);
    const seen: Progress[] = [];
    await run({ report: (progress) => seen.push(progress) });
    expect(seen[0]).toMatchObject({ collection: 'users', step: 'projection', resumed: true });
    expect(await documents()).toEqual(expected());
  });

  test('includes changes that are made while it runs', async () => {
    await run({
      index: {
        ...index,
        async importInto(name, found) {
          // A change by the consumer and the indexer during the import.
          const { id, username } = await fixture.account(`meanwhile${fixture.world.people.size}`);
          await fixture.pool.query(
            `INSERT INTO search.account (user_id, username, display_name, is_private, version) VALUES ($1, $2, '', false, 5)`,
            [id, username],
          );
          const written = indexChanges({ pool: fixture.pool, index });
          await index.importInto(name, found);
          await written;
        },
      },
    });
    expect(await documents()).toEqual(expected());
  });

  test('does not run twice at the same time', async () => {
    const reached = Promise.withResolvers<void>();
    const allowed = Promise.withResolvers<void>();
    const startBuild: SearchIndex['startBuild'] = async (name) => {
      reached.resolve();
      await allowed.promise;
      return index.startBuild(name);
    };
    const first = run({ index: { ...index, startBuild } });
    await reached.promise;
    await expect(run()).rejects.toThrow(ReindexRunsError);
    allowed.resolve();
    await first;
  });
});
