import { explain, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RECENT, TOP } from '#hashtag/hashtag-list.repository.ts';
import { RELATED } from '#hashtag/related-hashtag.repository.ts';
import { type HashtagFixture, openHashtags } from './hashtag.fixture.ts';

let fixture: HashtagFixture;
beforeAll(async () => {
  fixture = await openHashtags();
});
afterAll(() => fixture?.close());

let round = 0;
let tag: string;
beforeEach(() => {
  tag = `round${++round}x`;
});

describe('the posts of a hashtag', () => {
  test('of private accounts are listed for people who may see them, without gaps between pages', async () => {
    const right: { id: string; isPrivate: boolean }[] = [];
    for (let index = 0; index < 24; index++) {
      const isPrivate = index % 5 !== 0;
      right.unshift({
        id: await fixture.publish(isPrivate ? fixture.hermit : fixture.author, `#${tag} ${index}`),
        isPrivate,
      });
    }
    const publicOnes = right.filter((post) => !post.isPrivate).map((post) => post.id);
    for (const list of ['recentPosts', 'topPosts'] as const) {
      for (const first of [1, 2, 7, 100]) {
        expect(await fixture.all(null, tag, list, first)).toEqual(publicOnes);
        expect(await fixture.all(fixture.stranger, tag, list, first)).toEqual(publicOnes);
        for (const viewer of [fixture.follower, fixture.hermit]) {
          expect(await fixture.all(viewer, tag, list, first)).toEqual(right.map((post) => post.id));
        }
      }
    }
    expect((await fixture.find(null, tag))?.postCount).toBe(24);
  });

  test('come to an end even if hundreds in a row are hidden', async () => {
    const oldest = await fixture.publish(fixture.author, `#${tag}`);
    const { pool } = fixture.posts.environment.database;
    await pool.query(
      `INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
       SELECT $1, 5000000 + n, $2, 0, now() + n * interval '1 second', 9000000000000 + n FROM generate_series(1, 900) n`,
      [tag, fixture.hermit],
    );
    expect(await fixture.all(null, tag, 'recentPosts', 1)).toEqual([oldest]);
    expect(await fixture.all(null, tag, 'topPosts', 3)).toEqual([oldest]);
  });

  test('refuse invalid sizes and cursors of other lists', async () => {
    await fixture.publish(fixture.author, `#${tag}`);
    for (const first of [0, 101]) await expect(fixture.find(null, tag, { first })).rejects.toThrow('first must be');
    for (const related of [0, 51]) await expect(fixture.find(null, tag, { related })).rejects.toThrow('first must be');
    await expect(fixture.find(null, tag, { after: 'x' })).rejects.toThrow('cursor');
  });

  test('of several hashtags take one statement for each table, like their counts and related hashtags', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `${tag}n${index}`);
    await fixture.publish(fixture.author, names.map((name) => `#${name}`).join(' '));
    await fixture.publish(fixture.author, names.map((name) => `#${name}`).join(' '));
    const { statements } = fixture.posts.environment;
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hashtag {
      name postCount recentPosts(first: 5) { edges { node { id } } } relatedHashtags(first: 3) { key postCount }
    } } }`;
    const r = names.map((key) => ({ __typename: 'Hashtag', key }));
    await fixture.posts.graph.ask('post', fixture.stranger, query, { r });
    statements.length = 0;
    await fixture.posts.graph.ask('post', fixture.stranger, query, { r });
    const ours = statements.filter((text) => / post\./.test(text));
    expect(ours).toHaveLength(4);
  });
});

test('lists are one range scan over a covering index with 100,000 rows', async () => {
  const { pool } = fixture.posts.environment.database;
  // In parts, so that a busy machine does not time out.
  for (let from = 0; from < 100_000; from += 10_000) {
    const numbers = `generate_series(${from}, ${from + 9_999}) n`;
    await pool.query(`
      INSERT INTO post.post (author_id, id, caption, state, published_at)
        SELECT 1, 7000000 + n, '', 'PUBLISHED', now() FROM ${numbers}`);
    await pool.query(`
      INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
        SELECT 'big' || n % 20, 7000000 + n, 1, 0, timestamptz '2026-01-01' + n * interval '1 minute', n FROM ${numbers}`);
    await pool.query(`
      INSERT INTO post.hashtag (key, name, post_count) SELECT 'big' || n, 'big' || n, 5000 + n FROM ${numbers}`);
    await pool.query(`
      INSERT INTO post.hashtag_cooccurrence (key, other_key, post_count)
        SELECT 'big' || n % 20, 'big' || n / 20, 1 + n % 1000 FROM ${numbers} WHERE n % 20 <> n / 20`);
  }
  await vacuumAnalyze(pool, 'post.post', 'post.post_hashtag', 'post.hashtag', 'post.hashtag_cooccurrence');
  const last = '9223372036854775807';
  for (const [list, sortKey] of [
    ...(['forward', 'backward'] as const).flatMap((direction) => [
      [RECENT(direction), '253402300799999'] as const,
      [RECENT(direction), String(Date.parse('2026-02-01'))] as const,
    ]),
    [TOP, last] as const,
    [TOP, '50000'] as const,
  ]) {
    const nodes = (await explain(pool, list, [['big3'], [sortKey], [last], [21]])).join(',');
    expect(nodes, list.name).toMatch(
      /^(Incremental )?Sort,(Result,)*Nested Loop,Function Scan,(Subquery Scan,)?Limit,Index Only Scan$/,
    );
  }
  const related = (await explain(pool, RELATED, [['big3'], 10])).join(',');
  expect(related).toContain('Limit,Index Only Scan');
  expect(related).not.toContain('Seq Scan');
});
