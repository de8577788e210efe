import { hash } from '@node-rs/argon2';
import { globalId } from '@tintype/ids';
import {
  PostAudiencesDocument,
  PostAuthorsDocument,
  PublishedPostsDocument,
  VisibleHashtagsDocument,
  VisiblePostsDocument,
} from '@tintype/schema/internal/post';
import {
  FollowedLastDocument,
  FollowerCountsDocument,
  RelationsDocument,
  RelationsOfNobodyDocument,
} from '@tintype/schema/internal/social-graph';
import {
  AccountIdsDocument,
  AccountsAfterDocument,
  AccountsDocument,
  MailAddressesDocument,
  NotifiableAccountsDocument,
  UsernamesDocument,
} from '@tintype/schema/internal/user';
import type { InternalDocument } from '@tintype/schema/internal-document';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eventually,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { type Identity, type Subject, subjectOf } from '@tintype/viewer';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wirePost } from '../../subgraphs/post/src/index.ts';
import { wireSocialGraph } from '../../subgraphs/social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../subgraphs/user/src/index.ts';

const PASSWORD = 'a long enough phrase';
const PEOPLE = 4;

let environment: Environment;
/** A separate environment, so that the real subgraphs do not receive the events of the world. */
let fakeEnvironment: Environment;
let world: World;
let real: TestSubgraphs;
let fakes: TestSubgraphs;
let passwordHash: string;
let registered = 0;
/** IDs for the next people of the world, so that both sides have the same IDs. */
const nextIds: bigint[] = [];

beforeAll(async () => {
  // Every history deactivates accounts, so the hash is as cheap as possible.
  passwordHash = await hash(PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 });
  environment = await createEnvironment();
  fakeEnvironment = await createEnvironment();
  const { bus, ids } = fakeEnvironment;
  world = createWorld({ bus, ids: { next: () => nextIds.shift() ?? ids.next() } });
  const wires = { user: wireUser, 'social-graph': wireSocialGraph, post: wirePost };
  real = await startSubgraphs(environment, wires, { workers: true });
  fakes = await startSubgraphs(fakeEnvironment, fakeSubgraphs(world.answers));
});
afterAll(async () => {
  await fakes?.close();
  await real?.close();
  await fakeEnvironment?.close();
  await environment?.close();
});

async function register(): Promise<bigint[]> {
  const accounts = Array.from({ length: PEOPLE }, () => {
    const username = `person${registered++}`;
    return { username, email: `${username}@example.org`, displayName: '', passwordHash };
  });
  const people = await importAccounts(environment, accounts);
  for (const [index, id] of people.entries()) {
    nextIds.push(id);
    expect(await world.registerAs({ username: accounts[index]!.username })).toBe(id);
  }
  // Social-graph knows people once it has received the events of their registration.
  const variables = { userIds: people.map(String) };
  await eventually(async () => {
    const [known] = await answers('post', clientSubject(null), RelationsOfNobodyDocument, variables);
    expect(known.relations.every(({ exists }) => exists)).toBe(true);
  });
  return people;
}

const KINDS = [
  'follow',
  'follow',
  'unfollow',
  'block',
  'unblock',
  'mute',
  'unmute',
  'restrict',
  'unrestrict',
  'addCloseFriend',
  'addCloseFriend',
  'removeCloseFriend',
] as const;
const VERBS = {
  follow: 'followUser',
  unfollow: 'unfollowUser',
  block: 'blockUser',
  unblock: 'unblockUser',
  mute: 'muteUser',
  unmute: 'unmuteUser',
  restrict: 'restrictUser',
  unrestrict: 'unrestrictUser',
  addCloseFriend: 'addCloseFriend',
  removeCloseFriend: 'removeCloseFriend',
} as const;
const person = fc.nat(PEOPLE - 1);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom(...KINDS), who: person, whom: person }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('publish', 'publish', 'publishToFriends', 'fail', 'delete', 'private', 'deactivate'),
      who: person,
      whom: fc.nat(9),
    }),
  },
);

/** The captions of posts, and all keys of their hashtags. */
const CAPTIONS = ['', 'fog', '#Fog', '#fog at the #weir', '#weir #WEIR #kelp'];
const HASHTAG_KEYS = ['fog', 'weir', 'kelp', 'unused'];

const isActive = (id: bigint) => world.people.get(id)?.state === 'ACTIVE';

/** Changes a relationship on both sides. */
async function relate(kind: (typeof KINDS)[number], who: bigint, whom: bigint): Promise<void> {
  if (who === whom || !isActive(who) || !isActive(whom)) return;
  const mutation = `mutation { ${VERBS[kind]}(input: { userId: "${globalId('User', whom)}" }) { errors { code } } }`;
  await real.ask('social-graph', who, mutation);
  const { blocks, blockedBy, isPrivate, follows } = world.relation(who, whom);
  if (kind === 'follow') {
    if (blocks || blockedBy) return;
    if (isPrivate && !follows) await world.requestFollow(who, whom);
    else await world.follow(who, whom);
  } else if (kind === 'addCloseFriend') {
    if (!blocks && !blockedBy) await world.addCloseFriend(who, whom);
  } else if (!blockedBy || /^(un|remove)/.test(kind)) await world[kind](who, whom);
}

async function insertPost(postId: bigint): Promise<bigint> {
  const { authorId, audience, state, caption, hashtags, publishedMs } = world.posts.get(postId)!;
  const publishedAt = state === 'PUBLISHED' ? new Date(publishedMs) : null;
  const { pool } = environment.database;
  await pool.query(
    `INSERT INTO post.post (author_id, id, caption, audience, state, published_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [authorId, postId, caption, audience, state, publishedAt],
  );
  await pool.query(
    `INSERT INTO post.post_hashtag (author_id, post_id, published_at, key, position, score)
     SELECT $1, $2, $3, key, ordinal - 1, 0 FROM unnest($4::text[]) WITH ORDINALITY AS given (key, ordinal)`,
    [authorId, postId, publishedAt, hashtags],
  );
  return postId;
}

async function deletePost(postId: bigint | undefined): Promise<void> {
  if (postId === undefined) return;
  await world.deletePost(postId);
  const { pool } = environment.database;
  await pool.query('UPDATE post.post SET deleted_at = now() WHERE id = $1', [postId]);
  await pool.query('DELETE FROM post.post_hashtag WHERE post_id = $1', [postId]);
}

async function setPrivate(who: bigint): Promise<void> {
  if (!isActive(who)) return;
  await real.ask('user', who, 'mutation { updateProfile(input: { isPrivate: true }) { errors { code } } }');
  await world.setPrivate(who);
}

async function deactivate(who: bigint): Promise<void> {
  if (!isActive(who)) return;
  const mutation = `mutation { deactivateAccount(input: { password: "${PASSWORD}" }) { deactivated } }`;
  expect(await real.ask('user', who, mutation)).toEqual({ deactivateAccount: { deactivated: true } });
  await world.deactivate(who);
}

const PLATFORM: Subject = { kind: 'platform', viewer: null };
const clientSubject = (viewer: bigint | null) => subjectOf(viewer === null ? null : { userId: viewer, sessionId: '1' });

/** The responses of both sides to a service on behalf of a subject. */
async function answers<Data, Variables extends Record<string, unknown>>(
  service: string,
  subject: Subject,
  document: InternalDocument<Data, Variables>,
  variables: Variables,
): Promise<[Data, Data]> {
  const ask = (graph: TestSubgraphs) => {
    const identity: Identity = { ...subject, requestId: crypto.randomUUID(), operation: 'query' };
    return graph.clientOf(service).request(document, variables, identity);
  };
  const both = await Promise.all([ask(real), ask(fakes)]);
  return JSON.parse(JSON.stringify(both));
}

async function compare(people: readonly bigint[], posts: readonly bigint[]): Promise<void> {
  const userIds = [...people, 4711n].map(String);
  const ids = [...posts, 4711n].map(String);
  const users = [...people, 4711n].map((id) => ({ __typename: 'User' as const, id: globalId('User', id) }));
  const usernames = people.map((id) => world.people.get(id)!.username.toUpperCase());
  for (const viewer of [null, ...people]) {
    const label = `for ${viewer}`;
    const subject = clientSubject(viewer);
    const same = ([one, other]: [unknown, unknown]) => expect(other, label).toEqual(one);
    if (viewer === null) same(await answers('post', subject, RelationsOfNobodyDocument, { userIds }));
    else same(await answers('post', subject, RelationsDocument, { userIds }));
    for (const unpublished of [true, false])
      same(await answers('engagement', subject, VisiblePostsDocument, { ids, unpublished }));
    same(await answers('search', subject, FollowedLastDocument, { first: 2 }));
    same(await answers('search', subject, FollowerCountsDocument, { people: users }));
    same(await answers('notification', subject, UsernamesDocument, { people: users }));
    same(await answers('search', subject, VisibleHashtagsDocument, { keys: HASHTAG_KEYS }));
    const [ofReal, ofFake] = await answers('engagement', subject, AccountIdsDocument, { usernames });
    expect(ofFake.accountIds.toSorted(), label).toEqual(ofReal.accountIds.toSorted());
    const [accounts, fakeAccounts] = await answers('engagement', subject, AccountsDocument, { ids: userIds });
    const withoutVersion = accounts.accounts.map(({ id, isPrivate }) => ({ id, isPrivate }));
    expect(fakeAccounts.accounts).toMatchObject(withoutVersion);
    expect(fakeAccounts.accounts).toHaveLength(withoutVersion.length);
  }
  await comparePlatform(people, posts);
}

/** The responses to the platform itself, in pages shorter and longer than the list. */
async function comparePlatform(people: readonly bigint[], posts: readonly bigint[]): Promise<void> {
  const [first] = people;
  for (const page of [
    { after: String(first! - 1n), first: 2 },
    { after: String(first), first: 100 },
  ]) {
    const [accounts, fakeAccounts] = await answers('search', PLATFORM, AccountsAfterDocument, page);
    expect(fakeAccounts).toEqual(accounts);
    const [published, fakePublished] = await answers('search', PLATFORM, PublishedPostsDocument, page);
    expect(fakePublished).toEqual(published);
  }
  const userIds = [...people, 4711n].map(String);
  const [mail, fakeMail] = await answers('notification', PLATFORM, MailAddressesDocument, { userIds });
  const sorted = ({ mailAddresses }: typeof mail) => mailAddresses.map(({ email }) => email).sort();
  expect(sorted(fakeMail)).toEqual(sorted(mail));
  const [notifiable, fakeNotifiable] = await answers('notification', PLATFORM, NotifiableAccountsDocument, { userIds });
  expect(fakeNotifiable.notifiableAccounts.toSorted()).toEqual(notifiable.notifiableAccounts.toSorted());
  const ids = [...posts, 4711n].map(String);
  const [authors, fakeAuthors] = await answers('engagement', PLATFORM, PostAuthorsDocument, { ids });
  const byId = <Post extends { id: string }>({ postsById }: { postsById: Post[] }) =>
    postsById.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  expect(byId(fakeAuthors)).toEqual(byId(authors));
  const [audiences, fakeAudiences] = await answers('notification', PLATFORM, PostAudiencesDocument, { ids });
  expect(byId(fakeAudiences)).toEqual(byId(audiences));
}

test('fakes answer as the real subgraphs do, after any history of people, relationships and posts', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), async (steps) => {
      const people = await register();
      const posts: bigint[] = [];
      for (const { kind, who, whom } of steps) {
        const id = people[who]!;
        const caption = CAPTIONS[whom % CAPTIONS.length];
        if (kind === 'publish') posts.push(await insertPost(await world.publish(id, caption)));
        else if (kind === 'publishToFriends')
          posts.push(await insertPost(await world.publish(id, caption, [], 'CLOSE_FRIENDS')));
        else if (kind === 'fail') posts.push(await insertPost(await world.failPost(id, 'damaged')));
        else if (kind === 'delete') await deletePost(posts[whom]);
        else if (kind === 'private') await setPrivate(id);
        else if (kind === 'deactivate') await deactivate(id);
        else await relate(kind, id, people[whom]!);
      }
      await compare(people, posts);
    }),
    { numRuns: 40 },
  );
});
