import { readFileSync } from 'node:fs';
import { parseGlobalId } from '@tintype/ids';
import type { TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { selectionOf, selectionsOf } from './platform/selection.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
/** Every field of a post, with its lists. */
const EVERYTHING = selectionOf(schema, schema.getType('Post')!, 0);
/** Every field of a post and of the objects in it, each as a selection of its own. */
const FIELDS = selectionsOf(schema, schema.getType('Post')!, 1);

let platform: TestPlatform;
let author: Person;
let stranger: Person;
beforeAll(async () => {
  platform = await startTestPlatform('in one process');
  [author, stranger] = (await Promise.all(['a', 's'].map((name) => register(platform.client, name)))) as [
    Person,
    Person,
  ];
}, 120_000);
afterAll(() => platform?.close());

function ask<Data>(who: Person, text: string, variables: object = {}): Promise<Data> {
  return who.client.request({ toString: () => text } as TypedDocument<Data, object>, variables);
}

type PostView = { id: string; state: string; likeCount: number; link: string; comments: { edges: unknown[] } };

async function setState(id: string, state: string): Promise<void> {
  await platform.environment.database.pool.query(
    `UPDATE post.post SET state = $2::text, published_at = NULL, failure_reason = CASE WHEN $2::text = 'FAILED' THEN 'It is damaged.' END
     WHERE id = $1`,
    [parseGlobalId('Post', id), state],
  );
}

test('an author gets every field of a post that was just created', async () => {
  const [uploadId] = await author.client.upload([{ bytes: await photo(), contentType: 'image/jpeg' }]);
  const text = `mutation ($input: CreatePostInput!) { createPost(input: $input) { post ${EVERYTHING} errors { code } } }`;
  const input = { caption: 'At once #kelp', media: [{ uploadId }] };
  const { createPost } = await ask<{ createPost: { post: PostView; errors: unknown[] } }>(author, text, { input });
  expect(createPost.errors).toEqual([]);
  expect(createPost.post).toMatchObject({
    likeCount: 0,
    link: expect.stringContaining(`/p/${parseGlobalId('Post', createPost.post.id)}`),
  });
});

test.each(['PROCESSING', 'FAILED', 'PUBLISHED'])(
  'authors see every field of a post that is %s, and it in their list',
  async (state) => {
    const id = await publish(author, `One that is ${state}`);
    if (state !== 'PUBLISHED') await setState(id, state);
    const one = `query ($id: ID!) { post(id: $id) ${EVERYTHING} }`;
    const { post } = await ask<{ post: PostView }>(author, one, { id });
    expect(post).toMatchObject({ id, state, likeCount: 0, comments: { edges: [] } });
    for (const field of FIELDS) {
      const alone = await ask<{ post: object | null }>(author, `query ($id: ID!) { post(id: $id) { ${field} } }`, {
        id,
      });
      expect(alone.post, field).not.toBeNull();
    }
    const list = `query ($states: [PostState!]) { me { posts(first: 2, states: $states) { edges { node ${EVERYTHING} } } } }`;
    type Listed = { me: { posts: { edges: { node: PostView }[] } } };
    const { me } = await ask<Listed>(author, list, { states: [state] });
    expect(me.posts.edges.map(({ node }) => node.id)).toContain(id);
    expect(me.posts.edges.every(({ node }) => node.state === state)).toBe(true);
    expect((await ask<{ post: unknown }>(stranger, one, { id })).post === null).toBe(state !== 'PUBLISHED');
    const mutation = 'mutation ($id: ID!) { likePost(input: { postId: $id }) { errors { code } } }';
    const { likePost } = await ask<{ likePost: { errors: unknown[] } }>(author, mutation, { id });
    expect(likePost.errors.length).toBe(state === 'PUBLISHED' ? 0 : 1);
  },
);

test('own posts in all states are paged newest first, and others see only published ones', async () => {
  const person = await register(platform.client, 'pages');
  const ids: string[] = [];
  for (const state of ['PUBLISHED', 'FAILED', 'PUBLISHED', 'PROCESSING']) {
    const id = await publish(person, state);
    if (state !== 'PUBLISHED') await setState(id, state);
    ids.unshift(id);
  }
  const text = `query ($name: String!, $after: String, $states: [PostState!]) { user(username: $name) {
    posts(first: 3, after: $after, states: $states) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }`;
  type Page = { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
  const page = async (who: Person, states: string[], after: string | null = null) => {
    const variables = { name: person.username, states, after };
    return (await ask<{ user: { posts: Page } }>(who, text, variables)).user.posts;
  };
  const idsOf = ({ edges }: Page) => edges.map(({ node }) => node.id);
  const all = ['PUBLISHED', 'PROCESSING', 'FAILED'];
  const first = await page(person, all);
  expect(idsOf(first)).toEqual(ids.slice(0, 3));
  expect(idsOf(await page(person, all.toReversed(), first.pageInfo.endCursor))).toEqual(ids.slice(3));
  expect(idsOf(await page(person, ['FAILED', 'PROCESSING']))).toEqual([ids[0], ids[2]]);
  expect(idsOf(await page(stranger, all))).toEqual([ids[1], ids[3]]);
  expect(idsOf(await page(stranger, ['FAILED']))).toEqual([]);
  await expect(page(person, ['FAILED'], first.pageInfo.endCursor)).rejects.toThrow();
});

test('a shared post appears once, at its newest share, with everyone who shared it, on one page and across pages', async () => {
  const [reader, ...sharers] = (await Promise.all(
    ['r', 's1', 's2'].map((name) => register(platform.client, name)),
  )) as Person[];
  for (const followed of [author, ...sharers]) {
    await reader!.client.request(operations.FollowUserDocument, { userId: followed!.id });
  }
  const postId = await publish(author, 'Shared by two');
  const between = await publish(author, 'Between them');
  const shares: string[] = [];
  for (const sharer of sharers) {
    const { sharePost } = await sharer!.client.request(operations.SharePostDocument, { input: { postId, text: '' } });
    shares.unshift(sharePost!.share!.id);
  }
  const text = `query ($first: Int!, $after: String) { homeFeed(first: $first, after: $after) {
    edges { node { id } share { id } shares { id sharer { id } } } pageInfo { hasNextPage endCursor } } }`;
  type Edge = { node: { id: string }; share: { id: string } | null; shares: { id: string }[] };
  type Feed = { homeFeed: { edges: Edge[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
  const feed = async (first: number) => {
    const edges: Edge[] = [];
    for (let after: string | null = null; ; ) {
      const { homeFeed }: Feed = await ask<Feed>(reader!, text, { first, after });
      edges.push(...homeFeed.edges);
      if (!homeFeed.pageInfo.hasNextPage) return edges;
      after = homeFeed.pageInfo.endCursor;
    }
  };
  await eventually(async () => expect((await feed(20))[0]!.shares.map(({ id }) => id)).toEqual(shares));
  for (const first of [20, 2, 1]) {
    const ids = (await feed(first)).map(({ node }) => node.id);
    expect(ids.slice(0, 2), `${first} a page`).toEqual([postId, between]);
    expect(new Set(ids).size, `${first} a page`).toBe(ids.length);
  }
  expect((await feed(20))[0]!.share!.id).toBe(shares[0]);
  await reader!.client.request(operations.MuteUserDocument, { userId: author.id });
  expect((await feed(1)).map(({ node }) => node.id)).toEqual([]);
});
