import { explain } from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createScoreService } from '#engagement/score.service.ts';
import { RECENT, TOP } from '#hashtag/hashtag-list.repository.ts';
import { PAIRED, RELATED } from '#hashtag/pair.repository.ts';
import { type Posts, startPosts } from './harness.ts';
import { openPublishing } from './hashtag.stage.ts';

let posts: Posts;
let publish: ReturnType<typeof openPublishing>['publish'];
let remove: ReturnType<typeof openPublishing>['remove'];
let author: bigint;
let hermit: bigint;
let follower: bigint;
let stranger: bigint;
beforeAll(async () => {
  posts = await startPosts({ people: 5 });
  ({ publish, remove } = openPublishing(posts));
  [author, hermit, follower, stranger] = posts.people as [bigint, bigint, bigint, bigint];
  const follow = `mutation { follow(input: { userId: "${hermit}" }) { errors { code } } }`;
  await posts.graph.ask('social-graph', follower, follow);
  const text = 'UPDATE social_graph.person SET is_private = true WHERE user_id = $1';
  await posts.environment.database.pool.query(text, [hermit]);
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

type List = {
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
};
type Hashtag = {
  key: string;
  name: string;
  postCount: number;
  recentPosts: List;
  topPosts: List;
  relatedHashtags: { key: string }[];
};
const LIST = '{ edges { cursor node { id } } pageInfo { hasNextPage endCursor } }';
const QUERY = `query ($name: String!, $first: Int, $after: String, $related: Int) { hashtag(name: $name) {
  key name postCount relatedHashtags(first: $related) { key }
  recentPosts(first: $first, after: $after) ${LIST}
} }`;
const TOP_QUERY = `query ($name: String!, $first: Int, $after: String) { hashtag(name: $name) {
  topPosts(first: $first, after: $after) ${LIST}
} }`;

const find = async (viewer: bigint | null, name: string, args: object = {}) =>
  (await posts.graph.ask<{ hashtag: Hashtag | null }>('post', viewer, QUERY, { name, related: 10, ...args })).hashtag;
const idsOf = (list: List) => list.edges.map((edge) => edge.node.id);

/** A list to its end. */
async function all(viewer: bigint | null, name: string, list: 'recentPosts' | 'topPosts', first: number) {
  const ids: string[] = [];
  const query = list === 'topPosts' ? TOP_QUERY : QUERY;
  for (let after: string | null = null; ; ) {
    const variables: object = { name, first, after, related: 1 };
    const answer = await posts.graph.ask<{ hashtag: Hashtag }>('post', viewer, query, variables);
    const found: List = answer.hashtag[list];
    ids.push(...idsOf(found));
    if (!found.pageInfo.hasNextPage) return ids;
    after = found.pageInfo.endCursor;
  }
}

let round = 0;
let tag: string;
beforeEach(() => {
  tag = `round${++round}x`;
});

describe('a hashtag', () => {
  test('is one however it is written, and named as it was first', async () => {
    const first = await publish(author, `the #${tag.toUpperCase()}`);
    const second = await publish(author, `again #${tag}`);
    for (const name of [tag, `#${tag}`, tag.toUpperCase(), `＃${tag}`]) {
      const found = await find(null, name, { first: 10 });
      expect(found).toMatchObject({ key: tag, name: tag.toUpperCase(), postCount: 2 });
      expect(idsOf(found!.recentPosts)).toEqual([second, first]);
    }
  });

  test('counts a post once, from its publication to its deletion', async () => {
    const id = await publish(author, `#${tag} #${tag} #${tag.toUpperCase()}`);
    expect((await find(null, tag))?.postCount).toBe(1);
    await remove(author, id);
    await remove(author, id);
    expect(await find(null, tag)).toBeNull();
    const reference = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hashtag { name postCount } } }';
    const r = [
      { __typename: 'Hashtag', key: tag },
      { __typename: 'Hashtag', key: '!' },
    ];
    expect(await posts.graph.ask('post', null, reference, { r })).toEqual({
      _entities: [{ name: tag, postCount: 0 }, null],
    });
  });

  test.each([
    ['empty', ''],
    ['a mere sign', '#'],
    ['digits', '12'],
    ['two words', 'two words'],
    ['two hashtags', 'a#b'],
    ['long', 'x'.repeat(10_000)],
    ['a direction', '\u202e'],
    ['a null character', '\u0000'],
    ['a quote', "';--"],
  ])('is none where the name is %s', async (_, name) => {
    expect(await find(null, name)).toBeNull();
  });

  test('of a post that waits or failed is none yet', async () => {
    const { database, ids } = posts.environment;
    const text = `INSERT INTO post.post (author_id, id, caption, state) VALUES ($1, $2, $3, 'PROCESSING')`;
    await database.pool.query(text, [author, ids.next(), `#${tag}`]);
    expect(await find(author, tag)).toBeNull();
  });

  test('is told by its posts, in the order of the caption', async () => {
    const id = await publish(author, `#${tag}b and #${tag}A and #${tag}b`);
    const query = `{ post(id: "${id}") { hashtags { key name postCount } } }`;
    expect(await posts.graph.ask('post', null, query)).toEqual({
      post: {
        hashtags: [
          { key: `${tag}b`, name: `${tag}b`, postCount: 1 },
          { key: `${tag}a`, name: `${tag}A`, postCount: 1 },
        ],
      },
    });
  });
});

describe('the posts of a hashtag', () => {
  test('of private accounts are listed for those who may see them, and pages have no gaps', async () => {
    const right: { id: string; isPrivate: boolean }[] = [];
    for (let index = 0; index < 24; index++) {
      const isPrivate = index % 5 !== 0;
      right.unshift({ id: await publish(isPrivate ? hermit : author, `#${tag} ${index}`), isPrivate });
    }
    const publicOnes = right.filter((post) => !post.isPrivate).map((post) => post.id);
    for (const list of ['recentPosts', 'topPosts'] as const) {
      for (const first of [1, 2, 7, 100]) {
        expect(await all(null, tag, list, first)).toEqual(publicOnes);
        expect(await all(stranger, tag, list, first)).toEqual(publicOnes);
        for (const viewer of [follower, hermit]) {
          expect(await all(viewer, tag, list, first)).toEqual(right.map((post) => post.id));
        }
      }
    }
    expect((await find(null, tag))?.postCount).toBe(24);
  });

  test('come to an end also where hundreds in a row are hidden', async () => {
    const oldest = await publish(author, `#${tag}`);
    const { pool } = posts.environment.database;
    await pool.query(
      `INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
       SELECT $1, 5000000 + n, $2, 0, now() + n * interval '1 second', 9000000000000 + n FROM generate_series(1, 900) n`,
      [tag, hermit],
    );
    expect(await all(null, tag, 'recentPosts', 1)).toEqual([oldest]);
    expect(await all(null, tag, 'topPosts', 3)).toEqual([oldest]);
  });

  test('refuse sizes and cursors that are not theirs', async () => {
    await publish(author, `#${tag}`);
    for (const first of [0, 101]) await expect(find(null, tag, { first })).rejects.toThrow('first must be');
    for (const related of [0, 51]) await expect(find(null, tag, { related })).rejects.toThrow('first must be');
    await expect(find(null, tag, { after: 'x' })).rejects.toThrow('cursor');
  });

  test('of several hashtags are one statement each table, and so are their counts and what is related', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `${tag}n${index}`);
    await publish(author, names.map((name) => `#${name}`).join(' '));
    await publish(author, names.map((name) => `#${name}`).join(' '));
    const { statements } = posts.environment;
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hashtag {
      name postCount recentPosts(first: 5) { edges { node { id } } } relatedHashtags(first: 3) { key postCount }
    } } }`;
    const r = names.map((key) => ({ __typename: 'Hashtag', key }));
    await posts.graph.ask('post', stranger, query, { r });
    statements.length = 0;
    await posts.graph.ask('post', stranger, query, { r });
    const ours = statements.filter((text) => / post\./.test(text));
    expect(ours).toHaveLength(4);
  });
});

describe('related hashtags', () => {
  test('are those that are beside it more than beside others', async () => {
    const [sea, boat, love] = [`${tag}sea`, `${tag}boat`, `${tag}love`];
    for (let index = 0; index < 4; index++) await publish(author, `#${sea} #${boat}`);
    for (let index = 0; index < 6; index++) await publish(author, `#${sea} #${love}`);
    for (let index = 0; index < 30; index++) await publish(author, `#${love} #${tag}other${index}`);
    // 4 of 10 posts with either, and 6 of 40.
    expect((await find(null, sea))?.relatedHashtags).toEqual([{ key: boat }, { key: love }]);
    expect((await find(null, love, { related: 1 }))?.relatedHashtags).toEqual([{ key: sea }]);
  });

  test('say nothing of what private accounts put beside it', async () => {
    const [sea, secret] = [`${tag}sea`, `${tag}secret`];
    const id = await publish(hermit, `#${sea} #${secret}`);
    await publish(author, `#${sea} #${tag}boat`);
    expect((await find(null, sea))?.relatedHashtags).toEqual([{ key: `${tag}boat` }]);
    expect((await find(hermit, secret))?.relatedHashtags).toEqual([]);
    await remove(hermit, id);
    expect((await find(null, sea))?.relatedHashtags).toEqual([{ key: `${tag}boat` }]);
  });

  test('are of the first hashtags of a caption', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `${tag}n${String(index).padStart(2, '0')}`);
    const id = await publish(author, names.map((name) => `#${name}`).join(' '));
    expect((await find(null, names[0]!, { related: 50 }))?.relatedHashtags).toHaveLength(PAIRED - 1);
    expect((await find(null, names[PAIRED]!, { related: 50 }))?.relatedHashtags).toEqual([]);
    await remove(author, id);
    const { rows } = await posts.environment.database.pool.query(
      'SELECT count(*)::int AS n FROM post.hashtag_pair WHERE key = ANY($1)',
      [names],
    );
    expect(rows[0].n).toBe(0);
  });
});

describe('createPost', () => {
  const create = async (caption: string) => (await posts.createPost(author, [{ uploadId: '1' }], caption)).errors;
  const list = (count: number, sign: string) =>
    Array.from({ length: count }, (_, index) => `${sign}n${index}a`).join(' ');

  test('takes 30 hashtags and 20 mentions, and no more', async () => {
    const path = ['input', 'caption'];
    expect(await create(list(31, '#'))).toEqual([{ code: 'TOO_MANY_HASHTAGS', path }]);
    expect(await create(list(21, '@'))).toEqual([{ code: 'TOO_MANY_MENTIONS', path }]);
    expect(await create(`${list(31, '#')} ${list(21, '@')}`)).toEqual([
      { code: 'TOO_MANY_MENTIONS', path },
      { code: 'TOO_MANY_HASHTAGS', path },
    ]);
    expect(await create(`${list(30, '#')} ${list(30, '#')} ${list(20, '@')}`)).toMatchObject([
      { code: 'UPLOAD_NOT_FOUND' },
    ]);
  });
});

test('counts, pairs and lists are what the posts say, after any publications and deletions side by side', {
  timeout: 240_000,
}, async () => {
  const { pool } = posts.environment.database;
  const names = ['a', 'b', 'c', 'd', 'e'];
  const caption = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 5 });
  const step = fc.record({ caption, deletes: fc.boolean(), who: fc.nat(4) });
  const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(groups, async (steps) => {
      const prefix = `p${++round}x`;
      const live = new Map<string, { authorId: bigint; keys: string[] }>();
      for (const group of steps) {
        const before = [...live];
        await Promise.all(
          group.map(async ({ caption: tags, deletes, who }, index) => {
            const victim = before[index];
            if (deletes && victim) {
              live.delete(victim[0]);
              // Twice at once: only one of them counts.
              await Promise.all([remove(victim[1].authorId, victim[0]), remove(victim[1].authorId, victim[0])]);
              return;
            }
            const authorId = posts.people[who]!;
            const keys = tags.map((name) => prefix + name);
            live.set(await publish(authorId, keys.map((key) => `#${key}`).join(' ')), { authorId, keys });
          }),
        );
      }
      const counts = new Map<string, number>();
      for (const { authorId, keys } of live.values()) {
        for (const key of keys) {
          counts.set(key, (counts.get(key) ?? 0) + 1);
          for (const other of keys)
            if (other !== key && authorId !== hermit)
              counts.set(`${key} ${other}`, (counts.get(`${key} ${other}`) ?? 0) + 1);
        }
      }
      const { rows } = await pool.query(
        `SELECT key AS name, post_count AS n FROM post.hashtag WHERE key LIKE $1 AND post_count <> 0
         UNION ALL SELECT key || ' ' || other, post_count FROM post.hashtag_pair WHERE key LIKE $1`,
        [`${prefix}%`],
      );
      expect(new Map(rows.map((row) => [row.name, row.n]))).toEqual(counts);
      const listed = await pool.query('SELECT key, post_id::text AS id FROM post.post_hashtag WHERE key LIKE $1', [
        `${prefix}%`,
      ]);
      const right = [...live].flatMap(([id, { keys }]) => keys.map((key) => `${key} ${id}`));
      expect(listed.rows.map((row) => `${row.key} ${row.id}`).sort()).toEqual(right.sort());
    }),
    { numRuns: 25 },
  );
});

test('a change that is told while the counts are looked up is looked at again', async () => {
  const { pool } = posts.environment.database;
  const id = await publish(author, `#${tag}`);
  await pool.query('DELETE FROM post.engagement_due');
  await pool.query(
    "INSERT INTO post.engagement_due (post_id, due_at, version) VALUES ($1, now() - interval '1 s', 1)",
    [id],
  );
  // Times are rounded to milliseconds: this very moment could be one that is still to come.
  const due = `due_at = now() - interval '1 s'`;
  let meanwhile = `UPDATE post.engagement_due SET version = 2, ${due}`;
  const client = {
    ...posts.graph.client,
    async request<Data>(): Promise<Data> {
      await pool.query(meanwhile);
      return { postCounts: [] } as Data;
    },
  };
  const { settle } = createScoreService({ pool, client });
  expect(await settle()).toBe(1);
  meanwhile = 'SELECT 1';
  const { rows } = await pool.query('SELECT version::int, looks, due_at <= now() AS due FROM post.engagement_due');
  expect(rows).toEqual([{ version: 2, looks: 0, due: true }]);
  // Twice, the second time much later: then it is done.
  expect(await settle()).toBe(1);
  expect(await settle()).toBe(0);
  await pool.query(`UPDATE post.engagement_due SET ${due}`);
  expect(await settle()).toBe(1);
  await pool.query(`UPDATE post.engagement_due SET ${due}`);
  expect(await settle()).toBe(0);
});

test('lists are one range scan over an index that has all they need, among 100,000 rows', async () => {
  const { pool } = posts.environment.database;
  // In parts that a busy machine writes in time.
  for (let from = 0; from < 100_000; from += 10_000) {
    const numbers = `generate_series(${from}, ${from + 9_999}) n`;
    await pool.query(`
      INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
        SELECT 'big' || n % 20, 7000000 + n, 1, 0, timestamptz '2026-01-01' + n * interval '1 minute', n FROM ${numbers}`);
    await pool.query(`
      INSERT INTO post.hashtag (key, name, post_count) SELECT 'big' || n, 'big' || n, 5000 + n FROM ${numbers}`);
    await pool.query(`
      INSERT INTO post.hashtag_pair (key, other, post_count)
        SELECT 'big' || n % 20, 'big' || n / 20, 1 + n % 1000 FROM ${numbers} WHERE n % 20 <> n / 20`);
  }
  for (const table of ['post_hashtag', 'hashtag', 'hashtag_pair']) await pool.query(`VACUUM ANALYZE post.${table}`);
  const last = '9223372036854775807';
  for (const [text, order] of [
    [RECENT, '253402300799999'],
    [RECENT, String(Date.parse('2026-02-01'))],
    [TOP, last],
    [TOP, '50000'],
  ] as const) {
    const nodes = (await explain(pool, text, [['big3'], order, last, 21])).join(',');
    expect(nodes, text).toMatch(
      /^(Incremental )?Sort,Nested Loop,Function Scan,(Subquery Scan,)?Limit,Index Only Scan$/,
    );
  }
  const related = (await explain(pool, RELATED, [['big3'], 10])).join(',');
  expect(related).toContain('Limit,Index Only Scan');
  expect(related).not.toContain('Seq Scan');
});
