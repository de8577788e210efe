import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createEnvironment, type Environment } from '@tintype/testing';
import { importAccounts } from '@tintype/user';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PEOPLE = 4000;
const CLI = fileURLToPath(new URL('../../subgraphs/search/search.cli.ts', import.meta.url));

let environment: Environment;
beforeAll(async () => {
  environment = await createEnvironment();
  const { database, ids } = environment;
  const accounts = Array.from({ length: PEOPLE }, (_, index) => ({
    username: `kiln${index}`,
    email: `kiln${index}@example.org`,
    displayName: `Potter ${index}`,
    passwordHash: 'nobody logs in here',
  }));
  const authors = await importAccounts(environment, accounts);
  await database.pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, published_at)
     SELECT author_id, id, 'Glazed bowl ' || id, 'PUBLISHED', now() FROM unnest($1::bigint[], $2::bigint[]) AS n(author_id, id)`,
    [authors, authors.map(() => ids.next())],
  );
});
afterAll(() => environment?.close());

/** Runs `npm run search -- reindex` in its own process. @param killAt kills it once it has printed this */
function reindex(killAt?: string): Promise<{ output: string; signal: string | null; code: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, 'reindex'], {
      env: { ...process.env, ...environment.env },
    });
    let output = '';
    const read = (text: string) => {
      output += text;
      if (killAt && output.includes(killAt)) child.kill('SIGKILL');
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('close', (code, signal) => resolve({ output, signal, code }));
  });
}

test('a killed reindexing continues where it was, with the data of the real owners', async () => {
  const killed = await reindex('asking for posts');
  expect(killed.signal, killed.output).toBe('SIGKILL');
  const ended = await reindex();
  expect(ended.code, ended.output).toBe(0);
  // Read and recorded before the kill.
  expect(ended.output).not.toContain('asking for users');
  const { rows } = await environment.database.pool.query(
    `SELECT (SELECT count(*) FROM search.account WHERE NOT deleted)::int AS accounts,
       (SELECT count(*) FROM search.post WHERE NOT deleted)::int AS posts, (SELECT count(*) FROM search.rebuild)::int AS steps,
       (SELECT count(*) FROM search.alias WHERE live IS NOT NULL AND building IS NULL)::int AS live`,
  );
  expect(rows).toEqual([{ accounts: PEOPLE, posts: PEOPLE, steps: 0, live: 3 }]);
  expect(ended.output).toMatch(/users.*4000/);
});
