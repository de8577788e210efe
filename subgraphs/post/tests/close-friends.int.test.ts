import { globalId } from '@tintype/ids';
import { referenceTo } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPublishing } from './hashtag.fixture.ts';
import { jpeg, type Posts, snowflakeOf, startPosts } from './post.fixture.ts';

let posts: Posts;
let publishing: ReturnType<typeof openPublishing>;
let [author, friend, follower]: bigint[] = [];
beforeAll(async () => {
  posts = await startPosts();
  publishing = openPublishing(posts);
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});
beforeEach(async () => {
  [author, friend, follower] = await posts.world.register(3);
  await posts.world.follow(follower!, author!);
  await posts.world.addCloseFriend(author!, friend!);
});

type Seen = { post: boolean; listed: boolean; created: boolean; pinned: boolean; count: number };

/** Every way to a post by the author, for one viewer. */
async function waysTo(id: string, viewer: bigint | null): Promise<Seen> {
  const query = `query ($id: ID!, $of: [_Any!]!) {
    post(id: $id) { id }
    _entities(representations: $of) { ... on User {
      postCount pinnedPosts { id } posts(last: 100) { edges { node { id } } }
      created: posts(states: [PUBLISHED, PROCESSING]) { edges { node { id } } }
    } }
  }`;
  type List = { edges: { node: { id: string } }[] };
  type Answer = {
    post: { id: string } | null;
    _entities: [{ postCount: number; pinnedPosts: { id: string }[]; posts: List; created: List } | null];
  };
  const variables = { id, of: [referenceTo('User', author!)] };
  const { post, _entities } = await posts.graph.ask<Answer>('post', viewer, query, variables);
  const [user] = _entities;
  const has = (list: List | undefined) => list?.edges.some(({ node }) => node.id === id) ?? false;
  return {
    post: post !== null,
    listed: has(user?.posts),
    created: has(user?.created),
    pinned: user?.pinnedPosts.some((pinned) => pinned.id === id) ?? false,
    count: user?.postCount ?? 0,
  };
}

const pin = (id: string) =>
  posts.graph.ask('post', author!, `mutation { pinPost(input: { postId: "${id}" }) { errors { code } } }`);
const EVERYTHING = { post: true, listed: true, created: true, pinned: true, count: 2 };
const NOTHING = { post: false, listed: false, created: false, pinned: false, count: 1 };

test('a post for close friends is shown and counted for them and its author only, until they are removed', async () => {
  await publishing.publish(author!, 'for everyone');
  const id = await publishing.publish(author!, 'for friends', 'CLOSE_FRIENDS');
  await pin(id);
  expect(await waysTo(id, author!)).toEqual(EVERYTHING);
  expect(await waysTo(id, friend!)).toEqual(EVERYTHING);
  for (const viewer of [follower!, null]) expect(await waysTo(id, viewer)).toEqual(NOTHING);
  await posts.world.removeCloseFriend(author!, friend!);
  expect(await waysTo(id, friend!)).toEqual(NOTHING);
  await publishing.remove(author!, id);
  expect(await waysTo(id, author!)).toMatchObject({ post: false, count: 1 });
});

test('close friends of a private account have to follow it, and blocks end everything', async () => {
  const id = await publishing.publish(author!, '', 'CLOSE_FRIENDS');
  await posts.world.setPrivate(author!);
  expect(await waysTo(id, friend!)).toMatchObject({ post: false, listed: false, count: 0 });
  await posts.world.follow(friend!, author!);
  expect(await waysTo(id, friend!)).toMatchObject({ post: true, listed: true, count: 1 });
  await posts.world.block(friend!, author!);
  expect(await waysTo(id, friend!)).toMatchObject({ post: false, listed: false, count: 0 });
});

test('the lists of several authors take one statement, whoever is whose friend', async () => {
  const others = await posts.world.register(3);
  const ids: string[] = [];
  for (const other of [author!, ...others]) ids.push(await publishing.publish(other, '', 'CLOSE_FRIENDS'));
  await posts.world.addCloseFriend(others[1]!, friend!);
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User {
    posts(first: 5) { edges { node { id } } }
  } } }`;
  const variables = { of: [author!, ...others].map((id) => referenceTo('User', id)) };
  type Answer = { _entities: { posts: { edges: { node: { id: string } }[] } }[] };
  const { statements } = posts.environment;
  statements.length = 0;
  const { _entities } = await posts.graph.ask<Answer>('post', friend!, query, variables);
  const listed = _entities.map((user) => user.posts.edges.map(({ node }) => node.id));
  expect(listed).toEqual([[ids[0]], [], [ids[2]], []]);
  expect(statements.filter((text) => text.includes('FROM post.post'))).toHaveLength(1);
});

test('its hashtags, mentions and caption are in no list and no index', async () => {
  const other = await publishing.publish(author!, '#weir');
  const id = await publishing.publish(author!, 'At the #weir and the #millrace', 'CLOSE_FRIENDS');
  for (const viewer of [author!, friend!, follower!]) {
    const query = `{ weir: hashtag(name: "weir") { postCount recentPosts { edges { node { id } } } relatedHashtags { key } }
      millrace: hashtag(name: "millrace") { key } }`;
    const weir = { postCount: 1, recentPosts: { edges: [{ node: { id: other } }] }, relatedHashtags: [] };
    expect(await posts.graph.ask('post', viewer, query)).toEqual({ weir, millrace: null });
  }
  const [event] = (await posts.eventsOf(id)).filter(({ type }) => type.includes('published'));
  expect(event!.data).toMatchObject({ audience: 'CLOSE_FRIENDS', caption: '', hashtags: [] });
  const query = `{ publishedPosts(after: "${snowflakeOf(other) - 1n}", first: 100) { id } }`;
  const { publishedPosts } = await posts.graph.askAs<{ publishedPosts: { id: string }[] }>(
    'search',
    'post',
    null,
    query,
  );
  expect(publishedPosts.map((post) => post.id)).toEqual([other]);
  await publishing.remove(author!, id);
  expect(await posts.graph.ask('post', null, '{ hashtag(name: "weir") { postCount } }')).toEqual({
    hashtag: { postCount: 1 },
  });
});

test('is created for everyone by default, and says for whom it is', async () => {
  const [uploadId] = await posts.upload(author!, [await jpeg()]);
  const create = async (input: string) => {
    const query = `mutation { createPost(input: { media: [{ uploadId: "${uploadId}" }] ${input} }) {
      post { audience } errors { code }
    } }`;
    return (await posts.graph.ask<{ createPost: object }>('post', author!, query)).createPost;
  };
  await expect(create('audience: null')).rejects.toThrow();
  await expect(create('audience: FAMILY')).rejects.toThrow();
  expect(await create('audience: CLOSE_FRIENDS')).toEqual({ post: { audience: 'CLOSE_FRIENDS' }, errors: [] });
  const id = await publishing.publish(author!, '');
  const query = `{ post(id: "${id}") { audience author { id } } }`;
  expect(await posts.graph.ask('post', null, query)).toEqual({
    post: { audience: 'EVERYONE', author: { id: globalId('User', author!) } },
  });
});
