import { expect, test } from 'vitest';
import { collect, readSources } from '#sources.ts';

const UPSERT = /INSERT INTO(?:(?!INSERT INTO).)*?ON CONFLICT/gs;
/** Rows that come from parameters, directly or through a common table expression. */
const HAS_MANY_ROWS = /\bunnest\(|\bFROM [a-z]+(?![.\w"])/;
const IS_ORDERED = /\bORDER BY\b/;
/** Those that never have more than one row. */
const SINGLE: ReadonlySet<string> = new Set(['attempt_count']);

test('statements that insert several rows lock them in a fixed order, so that they cannot deadlock', async () => {
  const statements = await collect(await readSources());
  const upserts = statements
    .filter(({ name }) => !SINGLE.has(name))
    .flatMap(({ name, marked }) => [...marked.matchAll(UPSERT)].map(([text]) => ({ name, text })))
    .filter(({ text }) => HAS_MANY_ROWS.test(text));
  expect(upserts.length).toBeGreaterThan(20);
  expect(upserts.filter(({ text }) => !IS_ORDERED.test(text))).toEqual([]);
});
