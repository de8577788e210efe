import { readFile } from 'node:fs/promises';
import { createEnvironment, type Environment } from '@tintype/testing';
import { renewKeys } from '@tintype/text';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

const MIGRATION = new URL('../migrations/20261129112000_hashtag_keys/migration.sql', import.meta.url);
/** One hashtag in three ways of writing, and others beside it. */
const [PERSIAN, ARABIC, LONG] = ['ایران', 'ايران', 'ايـران'];
const KEYS = [
  PERSIAN,
  ARABIC,
  LONG,
  'sea',
  'سال۱۴۰۳',
  'سال1403',
  'ۀ',
  'هٔ',
  'علی',
  'على',
  'ラ〜メン',
  'été',
  'x߃',
  'straße',
];

let environment: Environment;
let client: pg.Client;

beforeAll(async () => {
  environment = await createEnvironment();
  client = new pg.Client({ connectionString: environment.config.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await environment?.close();
});

async function rows(text: string): Promise<unknown[]> {
  return (await client.query({ text, rowMode: 'array' })).rows;
}

it('brings rows of hashtags that are one now together', async () => {
  const posts = [[PERSIAN, 'sea', ARABIC], [ARABIC, 'beach'], ['sea', 'beach'], [LONG]];
  for (const [index, keys] of posts.entries()) {
    const place = [index + 1, keys];
    await client.query(
      `INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
       SELECT key, $1::bigint, 7, ordinal - 1, now(), 1 FROM unnest($2::text[]) WITH ORDINALITY AS given(key, ordinal)`,
      place,
    );
    await client.query(
      'INSERT INTO feed.hashtag_post (key, post_id, published_ms, author_id) SELECT key, $1::bigint, 1, 7 FROM unnest($2::text[]) AS key',
      place,
    );
    await client.query(
      `INSERT INTO social_graph.topic_post (key, post_id, author_id, published_at) SELECT key, $1::bigint, 7, now() FROM unnest($2::text[]) AS key`,
      place,
    );
    await client.query(
      `INSERT INTO search.post (post_id, author_id, caption, hashtags, published_ms, version, counted, dirty) VALUES ($1, 7, '', $2, 1, 1, true, false)`,
      place,
    );
  }
  await client.query(`
    INSERT INTO post.hashtag (key, name, post_count) SELECT key, 'Name of ' || key, count(*) FROM post.post_hashtag GROUP BY key;
    INSERT INTO post.hashtag_pair (key, other, post_count)
      SELECT a.key, b.key, count(*) FROM post.post_hashtag a JOIN post.post_hashtag b USING (post_id) WHERE a.key <> b.key GROUP BY 1, 2;
    INSERT INTO search.hashtag (key, post_count, dirty) SELECT key, post_count, false FROM post.hashtag;
    INSERT INTO social_graph.topic (key) SELECT key FROM post.hashtag;
    INSERT INTO social_graph.influencer (key, person_id, score) SELECT key, 7, 1 FROM post.hashtag;
    INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, mentioned_ids, hashtags)
      VALUES (1, 1, 7, 7, '', '{}', ARRAY['${LONG}', 'sea', '${PERSIAN}']);
    INSERT INTO feed.hashtag_follow (reader_id, key, id, follows, settled) VALUES
      (1, '${PERSIAN}', 11, true, true), (1, '${ARABIC}', 10, true, true), (2, '${PERSIAN}', 12, true, true), (3, '${ARABIC}', 13, true, true);`);

  await client.query(await readFile(MIGRATION, 'utf8'));

  expect(await rows('SELECT key, post_id, position FROM post.post_hashtag ORDER BY post_id, position')).toEqual([
    [ARABIC, '1', 0],
    ['sea', '1', 1],
    [ARABIC, '2', 0],
    ['beach', '2', 1],
    ['sea', '3', 0],
    ['beach', '3', 1],
    [ARABIC, '4', 0],
  ]);
  expect(await rows('SELECT key, name, post_count FROM post.hashtag ORDER BY key COLLATE "C"')).toEqual([
    ['beach', 'Name of beach', 2],
    ['sea', 'Name of sea', 2],
    [ARABIC, `Name of ${ARABIC}`, 3],
  ]);
  const pairs = `SELECT key, other, post_count FROM post.hashtag_pair WHERE key < other COLLATE "C" ORDER BY key COLLATE "C", other COLLATE "C"`;
  expect(await rows(pairs)).toEqual([
    ['beach', 'sea', 1],
    ['beach', ARABIC, 1],
    ['sea', ARABIC, 1],
  ]);
  expect(await rows('SELECT count(*) FROM post.hashtag_pair')).toEqual([['6']]);
  const byPost = 'SELECT post_id, array_agg(key ORDER BY key COLLATE "C")';
  const grouped = [
    ['1', ['sea', ARABIC]],
    ['2', ['beach', ARABIC]],
    ['3', ['beach', 'sea']],
    ['4', [ARABIC]],
  ];
  expect(await rows(`${byPost} FROM feed.hashtag_post GROUP BY 1 ORDER BY 1`)).toEqual(grouped);
  expect(await rows(`${byPost} FROM social_graph.topic_post GROUP BY 1 ORDER BY 1`)).toEqual(grouped);
  expect(await rows('SELECT hashtags, dirty FROM search.post ORDER BY post_id')).toEqual([
    [[ARABIC, 'sea'], true],
    [[ARABIC, 'beach'], false],
    [['sea', 'beach'], false],
    [[ARABIC], true],
  ]);
  expect(
    await rows(`SELECT key, post_count FROM search.hashtag WHERE dirty ORDER BY post_count DESC, key COLLATE "C"`),
  ).toEqual([
    [ARABIC, '3'],
    [LONG, '0'],
    [PERSIAN, '0'],
  ]);
  expect(await rows('SELECT key, due_at IS NOT NULL FROM social_graph.topic ORDER BY key COLLATE "C"')).toEqual([
    ['beach', false],
    ['sea', false],
    [ARABIC, true],
  ]);
  expect(await rows('SELECT hashtags FROM engagement.comment')).toEqual([[[ARABIC, 'sea']]]);
  // Ended ones stay until timelines are in line with that.
  const follows =
    'SELECT reader_id, key, id, follows, settled FROM feed.hashtag_follow ORDER BY follows DESC, reader_id';
  expect(await rows(follows)).toEqual([
    ['1', ARABIC, '10', true, true],
    ['2', ARABIC, '12', true, false],
    ['3', ARABIC, '13', true, true],
    ['1', PERSIAN, '11', false, false],
    ['2', PERSIAN, '12', false, false],
  ]);
});

it('makes the keys that are made for hashtags now', async () => {
  const script = await readFile(MIGRATION, 'utf8');
  const definition = /CREATE FUNCTION[^;]*\$\$[^;]*\$\$;/.exec(script)![0];
  await client.query(definition);
  const values = KEYS.map((_key, index) => `"post"."renewed_key"($${index + 1})`).join(', ');
  const { rows: made } = await client.query({ text: `SELECT ${values}`, values: KEYS, rowMode: 'array' });
  expect(made[0]).toEqual(KEYS.map((key) => renewKeys([key])[0]));
});
