import { readFileSync } from 'node:fs';
import type { TypedDocument } from '@tintype/schema/client';
import { eventually } from '@tintype/testing';
import { buildSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorize, createApp } from './platform/apps.ts';
import { follow, type Person, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
const SIZE = 5;
const numbers = Array.from({ length: SIZE }, (_, index) => index);

let platform: TestPlatform;
let owner: Person;
let quiet: Person;
/** Wants to see nobody. */
let loner: Person;
let friends: Person[];
let posts: string[];
let comment: string;

async function ask<Data>(person: Person, text: string): Promise<Data> {
  return person.client.request({ toString: () => text } as TypedDocument<Data, object>, {});
}

type Settled = {
  post: { likers: { totalCount: number }; comments: { edges: { node: { likeCount: number } }[] } };
  notifications: { edges: { node: { actorCount: number } }[] };
};

const LIKED_COMMENTS = 3;
/**
 * Each friend likes the first post, comments, replies and follows. One friend also likes the other posts and shares
 * all.
 */
const NOTIFIED = 4 * SIZE + (SIZE - 1) + SIZE;

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

type Payloads = Record<string, { errors: unknown[]; comment?: { id: string } }>;

/** Runs mutations, given as `likePost: '{ postId: "Post_1" }'`, one after another. */
async function act(person: Person, mutations: readonly (readonly [name: string, input: string, fields?: string])[]) {
  const fields = mutations.map(([name, input, wanted = ''], index) => {
    return `m${index}: ${name}(input: ${input}) { ${wanted} errors { code } }`;
  });
  const payloads = await ask<Payloads>(person, `mutation { ${fields.join(' ')} }`);
  for (const payload of Object.values(payloads)) expect(payload.errors).toEqual([]);
  return Object.values(payloads);
}

beforeAll(async () => {
  platform = await startTestPlatform('in one process');
  [owner, quiet, loner, ...friends] = (await Promise.all(
    ['owner', 'quiet', 'loner', ...numbers.map((number) => `friend${number}`)].map((name) =>
      register(platform.client, name),
    ),
  )) as [Person, Person, Person, ...Person[]];
  posts = [];
  for (const number of numbers) posts.push(await publish(owner, `Tide ${number} #kelp`));
  await act(quiet, [['updateProfile', '{ isPrivate: true }']]);
  const [first] = posts as [string];
  const said = await act(
    owner,
    posts.map((id) => ['createComment', `{ postId: "${id}", text: "Mine" }`, 'comment { id }'] as const),
  );
  await act(owner, [
    ...posts.map((id) => ['likePost', `{ postId: "${id}" }`] as const),
    ...posts.map((id) => ['savePost', `{ postId: "${id}" }`] as const),
    ...numbers.map((number) => ['createCollection', `{ name: "Collection ${number}" }`] as const),
    ...numbers.map((number) => ['followHashtag', `{ name: "kelp${number}" }`] as const),
  ]);
  const { username: identifier } = owner;
  await act(
    owner,
    numbers.map(() => ['logIn', `{ identifier: "${identifier}", password: "a long enough phrase" }`] as const),
  );
  for (const _ of numbers) await authorize(platform.url, await createApp(owner), owner, 'read');
  await act(
    loner,
    ['blockUser', 'muteUser', 'restrictUser'].flatMap((name) =>
      friends.map(({ id }) => [name, `{ userId: "${id}" }`] as const),
    ),
  );
  await act(
    owner,
    friends.map(({ id }) => ['addCloseFriend', `{ userId: "${id}" }`] as const),
  );
  comment = said[0]!.comment!.id;
  await act(owner, [['pinComment', `{ commentId: "${comment}" }`]]);
  await Promise.all(
    friends.map(async (friend, index) => {
      await Promise.all([follow(friend, owner), follow(owner, friend), follow(friend, quiet)]);
      const [{ comment: own } = {}] = await act(friend, [
        ['createComment', `{ postId: "${first}", text: "Fine" }`, 'comment { id }'],
        ['createComment', `{ postId: "${first}", parentId: "${comment}", text: "Indeed" }`],
        ['likePost', `{ postId: "${first}" }`],
        ...(index === 0 ? posts.slice(1).map((id) => ['likePost', `{ postId: "${id}" }`] as const) : []),
        ...(index === 0 ? posts.map((id) => ['sharePost', `{ postId: "${id}" }`] as const) : []),
      ]);
      // Some comments have the same number of likes, so their order is tested as well.
      if (index < LIKED_COMMENTS) await act(friends[0]!, [['likeComment', `{ commentId: "${own!.id}" }`]]);
    }),
  );
  // Likes and notifications arrive after the mutations, and change the order of lists.
  await eventually(async () => {
    const { post, notifications } = await ask<Settled>(
      owner,
      `{ post(id: "${first}") { likers { totalCount } comments(first: 20) { edges { node { likeCount } } } }
         notifications(first: 100) { edges { node { actorCount } } } }`,
    );
    expect(post.likers.totalCount).toBe(1 + SIZE);
    expect(sum(post.comments.edges.map(({ node }) => node.likeCount))).toBe(LIKED_COMMENTS);
    expect(sum(notifications.edges.map(({ node }) => node.actorCount))).toBe(NOTIFIED);
  });
}, 240_000);
afterAll(() => platform?.close());

/** A query for each list that can be read backward, by the type and name of its field. */
const LISTS: Record<string, { viewer?: () => Person; query: (args: string, page: string) => string }> = {
  'Query.collections': { query: (args, page) => `collections(${args}) ${page}` },
  'Query.savedPosts': { query: (args, page) => `savedPosts(${args}) ${page}` },
  'Query.commentedPosts': {
    query: (args, page) => `commentedPosts(authorId: "${owner.id}", commenterId: "${owner.id}", ${args}) ${page}`,
  },
  'Query.activity': { query: (args, page) => `activity(${args}) ${page}` },
  'Query.followedHashtags': { query: (args, page) => `followedHashtags(${args}) ${page}` },
  'Query.notifications': { query: (args, page) => `notifications(${args}) ${page}` },
  'Query.followRequests': { viewer: () => quiet, query: (args, page) => `followRequests(${args}) ${page}` },
  'Query.apps': { query: (args, page) => `apps(${args}) ${page}` },
  'Query.authorizedApps': { query: (args, page) => `authorizedApps(${args}) ${page}` },
  'Query.sessions': { query: (args, page) => `sessions(${args}) ${page}` },
  'Query.blockedUsers': { viewer: () => loner, query: (args, page) => `blockedUsers(${args}) ${page}` },
  'Query.mutedUsers': { viewer: () => loner, query: (args, page) => `mutedUsers(${args}) ${page}` },
  'Query.closeFriends': { query: (args, page) => `closeFriends(${args}) ${page}` },
  'Query.restrictedUsers': { viewer: () => loner, query: (args, page) => `restrictedUsers(${args}) ${page}` },
  'Post.likers': { query: (args, page) => `post(id: "${posts[0]}") { likers(${args}) ${page} }` },
  'Post.comments': { query: (args, page) => `post(id: "${posts[0]}") { comments(order: TOP, ${args}) ${page} }` },
  'Post.comments, newest first': {
    query: (args, page) => `post(id: "${posts[0]}") { comments(order: NEWEST, ${args}) ${page} }`,
  },
  'Comment.replies': { query: (args, page) => `comment(id: "${comment}") { replies(${args}) ${page} }` },
  'User.shares': { query: (args, page) => `user(id: "${friends[0]!.id}") { shares(${args}) ${page} }` },
  'User.posts': { query: (args, page) => `user(id: "${owner.id}") { posts(${args}) ${page} }` },
  'User.posts, in all states': {
    query: (args, page) => `me { posts(states: [PUBLISHED, FAILED], ${args}) ${page} }`,
  },
  'User.followers': { query: (args, page) => `user(id: "${owner.id}") { followers(${args}) ${page} }` },
  'User.following': { query: (args, page) => `user(id: "${owner.id}") { following(${args}) ${page} }` },
  'Hashtag.recentPosts': { query: (args, page) => `hashtag(name: "kelp") { recentPosts(${args}) ${page} }` },
};

test('covers every list of the schema that can be read backward', () => {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : [],
  );
  const backward = fields.filter(({ field }) => field.args.some(({ name }) => name === 'before'));
  const covered = new Set(Object.keys(LISTS).map((name) => name.split(',')[0]));
  expect([...covered].toSorted()).toEqual(backward.map(({ type, field }) => `${type.name}.${field.name}`).toSorted());
});

type Page = {
  edges: { cursor: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
};
const PAGE = '{ edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';

function pageIn(data: unknown): Page {
  const [inner] = Object.values(data as Record<string, unknown>);
  return (inner as Page).edges ? (inner as Page) : pageIn(inner);
}

test.each(Object.keys(LISTS))('%s has the same items in both directions', async (name) => {
  const { viewer = () => owner, query } = LISTS[name]!;
  const read = async (args: string) => pageIn(await ask(viewer(), `{ ${query(args, PAGE)} }`));
  const all = await read('first: 100');
  expect(all.edges.length).toBeGreaterThanOrEqual(SIZE);
  const cursors = all.edges.map(({ cursor }) => cursor);
  expect((await read('last: 100')).edges.map(({ cursor }) => cursor)).toEqual(cursors);

  const collected: string[] = [];
  for (let args = 'last: 2'; ; ) {
    const { edges, pageInfo } = await read(args);
    collected.unshift(...edges.map(({ cursor }) => cursor));
    expect(pageInfo.hasNextPage, args).toBe(args !== 'last: 2');
    if (!pageInfo.hasPreviousPage) break;
    args = `last: 2, before: "${pageInfo.startCursor}"`;
  }
  expect(collected).toEqual(cursors);
  expect((await read(`last: 1, before: "${cursors[2]}"`)).edges).toEqual([{ cursor: cursors[1] }]);
  expect((await read(`first: 1, after: "${cursors[1]}"`)).edges).toEqual([{ cursor: cursors[2] }]);
});
