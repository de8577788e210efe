import { startWorkers } from '@tintype/service';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { indexChanges } from '#indexing/index-changes.service.ts';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import { createRebuildOutdatedJob } from '#reindex/rebuild-outdated.job.ts';
import type { SearchIndex } from '#search-index/search-index.ts';
import { ANALYSER } from '#text/analyser.ts';
import { openSearch, type SearchFixture } from './search.fixture.ts';

const MOST = { timeoutMs: 30_000 };

let fixture: SearchFixture;
let index: SearchIndex;
beforeAll(async () => {
  fixture = await openSearch({ workers: false });
  index = createPostgresIndex({ pool: fixture.pool });
  await index.ensure();
});
afterAll(() => fixture?.close());

test('an index of an older analyser is rebuilt automatically, even if a rebuild was started before', async () => {
  const { pool, environment } = fixture;
  const people = [
    await fixture.account('taro', { displayName: '山田太郎' }),
    await fixture.account('noor', { displayName: 'علی یوسفی' }),
  ];
  for (const one of people) {
    await pool.query(
      'INSERT INTO search.account (user_id, username, display_name, is_private, version) VALUES ($1, $2, $3, false, 1)',
      [one.id, one.username, one.displayName],
    );
  }
  await indexChanges({ pool, index });
  expect(await fixture.find('山田 太郎')).toEqual(['User:taro']);

  // The state that an older version left when it ended during a rebuild.
  const { name } = await index.startBuild('users');
  await pool.query(`UPDATE search."${(await index.state())[0]!.live}" SET words = ''`);
  await pool.query('UPDATE search.alias SET live_analyser = $1, building_analyser = $1', [ANALYSER - 1]);
  await pool.query(
    `INSERT INTO search.rebuild (step, collection, after_key, done, documents) VALUES ('documents', 'users', $1, false, 1)`,
    [people[0]!.id],
  );
  expect(await fixture.find('山田 太郎')).toEqual([]);

  const jobs = () => createRebuildOutdatedJob({ pool, index, log: environment.log });
  const running = await startWorkers([jobs(), jobs()]);
  await eventually(async () => expect(await fixture.find('山田 太郎')).toEqual(['User:taro']), MOST);
  await eventually(async () => {
    for (const { isOutdated, building } of await index.state()) {
      expect([isOutdated.live, building]).toEqual([false, null]);
    }
    expect((await pool.query('SELECT FROM search.rebuild')).rows).toEqual([]);
  }, MOST);
  await running.close();
  expect(await fixture.find('علي')).toEqual(['User:noor']);
  expect((await pool.query('SELECT to_regclass($1) AS left', [`search."${name}"`])).rows).toEqual([{ left: null }]);
});
