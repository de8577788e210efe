import { globalId } from '@tintype/ids';
import { explain, fill, ONE_RANGE_SCAN } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIST_PUBLISHED, PUBLISHED_AFTER } from '#post/post.repository.ts';
import { POST_FIELDS, type Posts, type PostView, snowflakeOf, startPosts } from './post.fixture.ts';

let posts: Posts;
let author: bigint;
let follower: bigint;
let stranger: bigint;
let hidden: bigint;
beforeAll(async () => {
  posts = await startPosts({ people: 5 });
  [author, follower, stranger, hidden] = posts.people as [bigint, bigint, bigint, bigint];
  await posts.world.follow(follower, author);
  await posts.world.block(author, hidden);
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

type Row = { state?: string; reason?: string; publishedAt?: string | null; deleted?: boolean; authorId?: bigint };

/** A post with a photo, as the media worker would write it. */
async function insertPost(row: Row = {}): Promise<string> {
  const { database, ids } = posts.environment;
  const { state = 'PUBLISHED', authorId = author } = row;
  const publishedAt = row.publishedAt ?? (state === 'PUBLISHED' ? new Date().toISOString() : null);
  const id = ids.next();
  await database.pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, failure_reason, published_at, deleted_at)
     VALUES ($1, $2, 'a caption', $3, $4, $5, $6)`,
    [authorId, id, state, row.reason ?? null, publishedAt, row.deleted ? new Date() : null],
  );
  await database.pool.query(
    `INSERT INTO post.media (author_id, post_id, position, id, upload_id) VALUES ($1, $2, 0, $3, $3)`,
    [authorId, id, ids.next()],
  );
  return globalId('Post', id);
}

async function entities(viewer: bigint | null, ids: readonly string[]): Promise<(PostView | null)[]> {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Post { ${POST_FIELDS} } } }`;
  const variables = { r: ids.map((id) => ({ __typename: 'Post', id })) };
  return (await posts.graph.ask<{ _entities: (PostView | null)[] }>('post', viewer, query, variables))._entities;
}

type Page = { edges: { cursor: string; node: { id: string } }[]; pageInfo: Record<string, unknown> };
const NO_POSTS: Page = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};

async function listOf(viewer: bigint | null, userId: bigint, first = 20, after?: string): Promise<Page> {
  const query = `query ($r: [_Any!]!, $first: Int, $after: String) { _entities(representations: $r) { ... on User {
    posts(first: $first, after: $after) {
      edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  } } }`;
  const variables = { r: [{ __typename: 'User', id: globalId('User', userId) }], first, after };
  const answer = await posts.graph.ask<{ _entities: [{ posts: Page } | null] }>('post', viewer, query, variables);
  return answer._entities[0]?.posts ?? NO_POSTS;
}

/** Both ways to a post: the query, and the reference of another subgraph. */
async function seenBy(viewer: bigint | null, id: string): Promise<boolean> {
  const [entity] = await entities(viewer, [id]);
  const post = await posts.findPost(viewer, id);
  expect(entity).toEqual(post);
  return post !== null;
}

describe('a post that moderators', () => {
  let decisions = 0n;
  const restrict = async (id: string, restriction: string, decisionId = ++decisions): Promise<boolean> => {
    const query = `mutation ($id: Snowflake!, $decisionId: Snowflake!) {
      restrictPost(id: $id, restriction: ${restriction}, decisionId: $decisionId) }`;
    const variables = { id: id.split('_')[1], decisionId: String(decisionId) };
    type Data = { restrictPost: boolean };
    return (await posts.graph.askAs<Data>('moderation', 'post', null, query, variables)).restrictPost;
  };
  const listedFor = async (viewer: bigint | null) =>
    (await listOf(viewer, author, 100)).edges.map(({ node }) => node.id);

  test('hid is visible to its author only, also in lists', async () => {
    const id = await insertPost();
    expect(await restrict(id, 'HIDDEN')).toBe(true);
    for (const viewer of [follower, stranger, null]) {
      expect(await seenBy(viewer, id)).toBe(false);
      expect(await listedFor(viewer)).not.toContain(id);
    }
    expect(await seenBy(author, id)).toBe(true);
    expect(await listedFor(author)).toContain(id);
  });

  test('removed is visible to nobody, until they release it', async () => {
    const id = await insertPost();
    await restrict(id, 'REMOVED');
    for (const viewer of [author, follower, null]) {
      expect(await seenBy(viewer, id)).toBe(false);
      expect(await listedFor(viewer)).not.toContain(id);
    }
    await restrict(id, 'NONE');
    for (const viewer of [author, follower, null]) {
      expect(await seenBy(viewer, id)).toBe(true);
      expect(await listedFor(viewer)).toContain(id);
    }
  });

  test('decided about twice follows the newer decision, in whichever order both arrive', async () => {
    const id = await insertPost();
    const [older, newer] = [++decisions, ++decisions];
    expect(await restrict(id, 'HIDDEN', newer)).toBe(true);
    expect(await restrict(id, 'NONE', older)).toBe(false);
    expect(await restrict(id, 'NONE', newer)).toBe(false);
    expect(await seenBy(stranger, id)).toBe(false);
  });

  test('want to hide after its deletion stays deleted', async () => {
    expect(await restrict(await insertPost({ deleted: true }), 'HIDDEN')).toBe(false);
  });
});

describe('a published post', () => {
  test('of a public account is visible to everyone except blocked people', async () => {
    const id = await insertPost();
    for (const viewer of [author, follower, stranger, null]) expect(await seenBy(viewer, id)).toBe(true);
    expect(await seenBy(hidden, id)).toBe(false);
    expect((await listOf(hidden, author)).edges).toEqual([]);
    expect((await listOf(null, author)).edges.map((edge) => edge.node.id)).toContain(id);
  });

  test('of a private account is visible only to its followers', async () => {
    const id = await insertPost();
    await posts.world.setPrivate(author, true);
    try {
      for (const viewer of [author, follower]) {
        expect(await seenBy(viewer, id)).toBe(true);
        expect((await listOf(viewer, author)).edges).not.toEqual([]);
      }
      for (const viewer of [stranger, hidden, null]) {
        expect(await seenBy(viewer, id)).toBe(false);
        expect(await listOf(viewer, author)).toEqual({
          edges: [],
          pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
        });
      }
    } finally {
      await posts.world.setPrivate(author, false);
    }
  });

  test('of an unknown account is visible to nobody', async () => {
    const id = await insertPost({ authorId: 4711n });
    expect(await seenBy(stranger, id)).toBe(false);
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { postCount } } }';
    const variables = { r: [{ __typename: 'User', id: globalId('User', 4711n) }] };
    expect(await posts.graph.ask('post', stranger, query, variables)).toEqual({ _entities: [null] });
  });
});

test('a post mentions only people who are visible to the viewer', async () => {
  const id = await insertPost();
  const { pool } = posts.environment.database;
  const text = 'UPDATE post.post SET mentioned_ids = $2 WHERE id = $1';
  await pool.query(text, [snowflakeOf(id), [follower, author, 4711n]]);
  await posts.world.block(follower, stranger);
  const mentionedFor = async (viewer: bigint | null) =>
    (
      await posts.graph.ask<{ post: { mentions: { id: string }[] } }>(
        'post',
        viewer,
        `{ post(id: "${id}") { mentions { id } } }`,
      )
    ).post.mentions.map((person) => person.id);
  const [ofFollower, ofAuthor] = [globalId('User', follower), globalId('User', author)];
  expect(await mentionedFor(null)).toEqual([ofFollower, ofAuthor]);
  expect(await mentionedFor(follower)).toEqual([ofFollower, ofAuthor]);
  expect(await mentionedFor(stranger)).toEqual([ofAuthor]);
  await posts.world.unblock(follower, stranger);
  await posts.world.block(stranger, follower);
  expect(await mentionedFor(stranger)).toEqual([ofAuthor]);
});

describe('a post that is not published', () => {
  test.each(['PROCESSING', 'FAILED'])('is visible only to its author while it is %s', async (state) => {
    const id = await insertPost({ state, reason: 'damaged' });
    expect(await posts.findPost(author, id)).toMatchObject({ state, failureReason: 'damaged' });
    for (const viewer of [follower, stranger, null]) expect(await seenBy(viewer, id)).toBe(false);
    expect((await listOf(author, author, 100)).edges.map((edge) => edge.node.id)).not.toContain(id);
  });

  test('because it was deleted is visible to nobody', async () => {
    const id = await insertPost({ deleted: true });
    for (const viewer of [author, follower, null]) expect(await seenBy(viewer, id)).toBe(false);
    expect((await listOf(author, author, 100)).edges.map((edge) => edge.node.id)).not.toContain(id);
  });

  test('because it never existed is null, whatever its ID', async () => {
    for (const id of ['Post_1', 'Post_0', 'Post_-1', 'abc', 'Post_99999999999999999999']) {
      expect(await posts.findPost(author, id)).toBeNull();
      expect((await posts.deletePost(author, id)).errors).toMatchObject([{ code: 'POST_NOT_FOUND' }]);
    }
  });
});

describe('the list of an author’s posts', () => {
  test('has the newest first, and pages without gaps, even among equal times', async () => {
    const writer = posts.people[4]!;
    const at = (index: number) => new Date(1_780_000_000_000 + Math.floor(index / 3) * 7).toISOString();
    const ids: string[] = [];
    for (let index = 0; index < 11; index++)
      ids.unshift(await insertPost({ authorId: writer, publishedAt: at(index) }));
    for (const first of [1, 2, 3, 5, 11, 100]) {
      const seen: string[] = [];
      let page = await listOf(null, writer, first);
      expect(page.pageInfo.hasPreviousPage).toBe(false);
      for (;;) {
        seen.push(...page.edges.map((edge) => edge.node.id));
        expect(page.pageInfo).toMatchObject({
          startCursor: page.edges[0]!.cursor,
          endCursor: page.edges.at(-1)!.cursor,
        });
        if (!page.pageInfo.hasNextPage) break;
        page = await listOf(null, writer, first, page.pageInfo.endCursor as string);
        expect(page.pageInfo.hasPreviousPage).toBe(true);
      }
      expect(seen).toEqual(ids);
    }
    const first = await listOf(null, writer, 4);
    const newest = await insertPost({ authorId: writer });
    const rest = await listOf(null, writer, 100, first.pageInfo.endCursor as string);
    expect(rest.edges.map((edge) => edge.node.id)).toEqual(ids.slice(4));
    expect((await listOf(null, writer, 1)).edges[0]!.node.id).toBe(newest);
  });

  test('refuses invalid sizes and cursors of other lists', async () => {
    for (const first of [0, -1, 101, 10_000])
      await expect(listOf(null, author, first)).rejects.toThrow('first must be');
    for (const after of ['', 'x', 'bm9uZQ']) await expect(listOf(null, author, 1, after)).rejects.toThrow('cursor');
  });

  test('is one range scan over an index, among 100,000 posts', async () => {
    const { pool } = posts.environment.database;
    await fill(
      pool,
      `INSERT INTO post.post (author_id, id, caption, state, published_at, deleted_at)
       SELECT 900 + n % 10, 1000000 + n, '', CASE WHEN n % 5 = 0 THEN 'FAILED' ELSE 'PUBLISHED' END,
         CASE WHEN n % 5 = 0 THEN null ELSE timestamptz '2026-01-01' + n * interval '1 minute' END,
         CASE WHEN n % 7 = 0 THEN now() END
       FROM generate_series(1, 100000) AS n`,
    );
    await pool.query('ANALYZE post.post');
    for (const [ms, id] of [
      [Date.parse('2026-02-01'), '5'],
      [253_402_300_799_999, '9223372036854775807'],
    ]) {
      for (const direction of ['forward', 'backward'] as const) {
        const nodes = (await explain(pool, LIST_PUBLISHED(direction), [[903], ms, id, 21, 1, [true]])).join(',');
        // Besides the lists, the plan has the array of authors and the order of the result.
        const inner = /^Sort,Nested Loop,Function Scan,(.*)$/.exec(nodes)?.[1];
        expect(inner, nodes).toMatch(ONE_RANGE_SCAN);
      }
    }
  });
});

test('twenty posts with their photos take one statement for each table', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => insertPost()));
  await entities(follower, ids);
  const { statements } = posts.environment;
  statements.length = 0;
  expect((await entities(follower, ids)).every((post) => post !== null)).toBe(true);
  expect(statements.filter((text) => text.includes('FROM post.post'))).toHaveLength(1);
  expect(statements.filter((text) => text.includes('FROM post.media'))).toHaveLength(1);
  const ours = statements.filter((text) => / post\./.test(text));
  expect(ours).toHaveLength(2);
});

test('the lists of twenty authors take one statement', async () => {
  const authors = Array.from({ length: 20 }, () => author);
  const everybody = [...posts.people, ...authors].map((id) => ({ __typename: 'User', id: globalId('User', id) }));
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
    postCount posts(first: 2) { edges { node { id media { id } } } }
  } } }`;
  type Lists = { _entities: { posts: { edges: object[] } }[] };
  await posts.graph.ask<Lists>('post', author, query, { r: everybody });
  const { statements } = posts.environment;
  statements.length = 0;
  const { _entities } = await posts.graph.ask<Lists>('post', author, query, { r: everybody });
  expect(_entities.map((user) => user.posts.edges.length)).toEqual([2, 0, 0, 0, 2, ...authors.map(() => 2)]);
  for (const table of ['post', 'media', 'author']) {
    expect(statements.filter((text) => text.includes(`FROM post.${table}`))).toHaveLength(1);
  }
});

describe('all published posts', () => {
  type All = { publishedPosts: { id: string; caption: string; hashtagKeys: string[]; author: { id: string } }[] };
  const FIELDS = '{ id caption hashtagKeys author { id } }';
  const all = async (after: string | null, first: number, viewer: bigint | null = null) => {
    const query = `query ($after: Snowflake, $first: Int!) { publishedPosts(after: $after, first: $first) ${FIELDS} }`;
    return (await posts.graph.askAs<All>('search', 'post', viewer, query, { after, first })).publishedPosts;
  };

  test('are listed by ID for the platform, without unpublished and deleted ones', async () => {
    const { pool } = posts.environment.database;
    await insertPost({ state: 'PROCESSING' });
    await insertPost({ deleted: true });
    const last = await insertPost();
    await pool.query("UPDATE post.post SET caption = 'at the #Sea #sea #Été' WHERE id = $1", [snowflakeOf(last)]);
    const { rows } = await pool.query(
      "SELECT id::text FROM post.post WHERE state = 'PUBLISHED' AND deleted_at IS NULL AND id > 1100000 ORDER BY id",
    );
    const found: string[] = [];
    for (let after: string | null = '1100000'; ; after = found.at(-1)!) {
      const page = await all(after, 7);
      found.push(...page.map((post) => String(snowflakeOf(post.id))));
      if (page.length < 7) break;
    }
    expect(found).toEqual(rows.map((row) => row.id));
    expect((await all(String(snowflakeOf(last) - 1n), 1))[0]).toEqual({
      id: last,
      caption: 'at the #Sea #sea #Été',
      hashtagKeys: ['sea', 'été'],
      author: { id: globalId('User', author) },
    });
    expect(await all(null, 1)).toHaveLength(1);
  });

  test('are refused to viewers, and bounded', async () => {
    await expect(all(null, 1, author)).rejects.toThrow('for other parts of the platform');
    for (const first of [0, 1001]) await expect(all(null, first)).rejects.toThrow('first must be');
  });

  test('are one range scan over an index, among 100,000 posts', async () => {
    const { pool } = posts.environment.database;
    for (const after of ['0', '1050000']) {
      expect((await explain(pool, PUBLISHED_AFTER, [after, 500])).join()).toMatch(ONE_RANGE_SCAN);
    }
  });
});
