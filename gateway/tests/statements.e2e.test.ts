import { HomeFeedDocument } from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow, type Person, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { fewestStatements } from './platform/statements.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform('in one process', { WORKERS: 'all' });
});
afterAll(() => platform?.close());

/** Tables that a statement reads: names after FROM and JOIN, with their schema. */
function tablesOf(statement: string): string[] {
  const found = statement.matchAll(/\b(?:from|join)\s+((?:"\w+"|\w+)\.(?:"\w+"|\w+))/gi);
  return [...new Set([...found].map((match) => match[1]!.replaceAll('"', '').toLowerCase()))];
}

/** Statements of the query for the home feed. */
function statementsOfFeed(reader: Person, first: number): Promise<string[]> {
  return fewestStatements(platform, 8, async () => {
    const { homeFeed } = await reader.client.request(HomeFeedDocument, { first });
    expect(homeFeed!.edges).toHaveLength(first);
    expect(homeFeed!.edges.every((edge) => edge.node?.author && edge.node.media.length > 0)).toBe(true);
  });
}

test('a home feed costs one statement per table, however many posts it has', async () => {
  const reader = await register(platform.client, 'reader');
  const authors = await Promise.all(Array.from({ length: 4 }, () => register(platform.client, 'author')));
  for (const author of authors) await follow(reader, author);
  await Promise.all(
    authors.map(async (author) => {
      for (let index = 0; index < 5; index++) await publish(author, `post ${index}`);
    }),
  );
  await eventually(async () => {
    expect((await reader.client.request(HomeFeedDocument, { first: 20 })).homeFeed!.edges).toHaveLength(20);
  });
  // Counts and top comments are read once at the first request, then cached for everyone.
  await statementsOfFeed(reader, 20);
  const few = await statementsOfFeed(reader, 2);
  const many = await statementsOfFeed(reader, 20);
  expect(many.length).toBe(few.length);
  const reads = many.flatMap(tablesOf);
  expect(reads).toEqual(
    expect.arrayContaining(['post.post', 'post.media', 'user.account', 'social_graph.person', 'engagement.like']),
  );
  expect(reads.filter((table) => table.startsWith('feed.'))).toEqual([]);
  const perTable = Map.groupBy(reads, (table) => table);
  const repeated = [...perTable]
    .filter(([, uses]) => uses.length > 1)
    .map(([table, uses]) => `${table}: ${uses.length}`);
  expect(repeated).toEqual([]);
  // Who is a close friend is read together with the other relationships.
  const friends = many.filter((text) => tablesOf(text).includes('social_graph.close_friend'));
  expect(friends.map(tablesOf)).toEqual([expect.arrayContaining(['social_graph.person', 'social_graph.follow'])]);
});
