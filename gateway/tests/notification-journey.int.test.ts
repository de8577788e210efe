import { withRequest } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { parseSignals, signalChannel } from '@tintype/redis';
import { createEnvironment, type Environment, eventually, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { subjectOf } from '@tintype/viewer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wireEngagement } from '../../subgraphs/engagement/src/index.ts';
import { wireNotification } from '../../subgraphs/notification/src/index.ts';
import { KINDS } from '../../subgraphs/notification/src/preferences/preference.service.ts';
import { wirePost } from '../../subgraphs/post/src/index.ts';
import { wireSocialGraph } from '../../subgraphs/social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../subgraphs/user/src/index.ts';

let environment: Environment;
let graph: TestSubgraphs;
let [anna, bob, cleo, dan]: bigint[] = [];
let postId: bigint;
beforeAll(async () => {
  environment = await createEnvironment();
  const wires = {
    user: wireUser,
    'social-graph': wireSocialGraph,
    post: wirePost,
    engagement: wireEngagement,
    notification: wireNotification,
  };
  graph = await startSubgraphs(environment, wires, { workers: true });
  const accounts = ['anna', 'bob', 'cleo', 'dan'].map((username) => ({
    username,
    email: `${username}@example.org`,
    displayName: '',
    passwordHash: '-',
  }));
  [anna, bob, cleo, dan] = await importAccounts(environment, accounts);
  postId = environment.ids.next();
  await environment.database.pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, published_at) VALUES ($1, $2, '', 'PUBLISHED', now())`,
    [anna, postId],
  );
});
afterAll(async () => {
  await graph?.close();
  await environment?.close();
});

/** Runs a mutation of engagement or social-graph. `input` is GraphQL. */
async function act(subgraph: string, who: bigint, name: string, input: string, fields = ''): Promise<Payload> {
  const query = `mutation { ${name}(input: { ${input} }) { ${fields} errors { code } } }`;
  const payload = (await graph.ask<Record<string, Payload>>(subgraph, who, query))[name]!;
  expect(payload.errors).toEqual([]);
  return payload;
}
type Payload = { errors: { code: string }[]; comment?: { id: string } };
type Shown = { __typename: string; text: string; kind: string; actors: { id: string }[] };
async function shownTo(who: bigint): Promise<Shown[]> {
  const query =
    '{ notifications { edges { node { __typename text kind actors { id } ... on PostLikeNotification { post { id } } } } } }';
  const { notifications } = await graph.ask<{ notifications: { edges: { node: Shown }[] } }>(
    'notification',
    who,
    query,
  );
  return notifications.edges.map(({ node }) => node);
}
const texts = async (who: bigint) => (await shownTo(who)).map(({ text }) => text);

test('notifies people of activities, and withdraws notifications of undone activities', async () => {
  const signals: string[] = [];
  const listener = environment.redis.client.duplicate();
  await listener.connect();
  await listener.subscribe(signalChannel(environment.redis, 'notification'), (message) => {
    const ours = parseSignals(message).filter((signal) => signal.subject === String(anna));
    signals.push(...ours.map((signal) => signal.version));
  });

  const likes = [bob!, cleo!, dan!];
  for (const who of likes) await act('engagement', who, 'likePost', `postId: "${globalId('Post', postId)}"`);
  await eventually(async () => expect(await texts(anna!)).toEqual(['dan, cleo and bob liked your photo.']));
  expect(await shownTo(anna!)).toMatchObject([
    {
      __typename: 'PostLikeNotification',
      kind: 'POST_LIKE',
      actors: [dan!, cleo!, bob!].map((id) => ({ id: globalId('User', id) })),
      post: { id: globalId('Post', postId) },
    },
  ]);

  const said = await act(
    'engagement',
    bob!,
    'createComment',
    `postId: "${globalId('Post', postId)}", text: "fog!"`,
    'comment { id }',
  );
  const parent = said.comment!.id;
  const reply = `postId: "${globalId('Post', postId)}", parentId: "${parent}", text: "@dan look"`;
  await act('engagement', cleo!, 'createComment', reply, 'comment { id }');
  await act('engagement', dan!, 'likeComment', `commentId: "${parent}"`);
  await act('engagement', dan!, 'sharePost', `postId: "${globalId('Post', postId)}"`);
  await act('social-graph', bob!, 'followUser', `userId: "${globalId('User', anna!)}"`);
  await eventually(async () => {
    expect((await texts(anna!)).toSorted()).toEqual([
      'bob started following you.',
      'cleo and bob commented on your photo.',
      'dan shared your photo.',
      'dan, cleo and bob liked your photo.',
    ]);
    expect((await texts(bob!)).toSorted()).toEqual(['cleo replied to your comment.', 'dan liked your comment.']);
    expect(await texts(dan!)).toEqual(['cleo mentioned you in a comment.']);
  });

  await act('engagement', bob!, 'deleteComment', `commentId: "${parent}"`);
  await act('social-graph', anna!, 'blockUser', `userId: "${globalId('User', cleo!)}"`);
  await act('engagement', dan!, 'unlikePost', `postId: "${globalId('Post', postId)}"`);
  await eventually(async () => {
    expect((await texts(anna!)).toSorted()).toEqual([
      'bob liked your photo.',
      'bob started following you.',
      'dan shared your photo.',
    ]);
    expect(await texts(bob!)).toEqual([]);
    expect(await texts(dan!)).toEqual([]);
  });

  const query = '{ newestNotificationChange unreadNotificationCount }';
  const newest = await graph.askAs<{ newestNotificationChange: string }>('gateway', 'notification', anna!, query);
  expect(newest).toMatchObject({ unreadNotificationCount: 3 });
  await eventually(() => expect(signals).toContain(newest.newestNotificationChange));
  await listener.close();
});

test('notifies people of a follow request and its acceptance', async () => {
  await graph.ask('user', dan!, 'mutation { updateProfile(input: { isPrivate: true }) { errors { code } } }');
  await eventually(async () => {
    const { relations } = await graph.askAs<{ relations: object[] }>(
      'feed',
      'social-graph',
      null,
      `{ relations(userIds: ["${dan}"]) { isPrivate } }`,
    );
    expect(relations).toEqual([{ isPrivate: true }]);
  });
  await act('social-graph', bob!, 'followUser', `userId: "${globalId('User', dan!)}"`);
  await eventually(async () => expect(await texts(dan!)).toEqual(['bob asked to follow you.']));
  await act('social-graph', dan!, 'acceptFollowRequest', `userId: "${globalId('User', bob!)}"`);
  await eventually(async () => {
    expect(await texts(dan!)).toEqual([]);
    expect(await texts(bob!)).toEqual(['dan accepted your request to follow.']);
  });
});

test('keeps one preference for each kind', async () => {
  const set = async (preferences: string) => {
    const query = `mutation { updateNotificationPreferences(input: { preferences: [${preferences}] }) {
      preferences { kind audience } errors { code path } } }`;
    type Answer = { preferences: { kind: string; audience: string }[]; errors: object[] };
    const answer = await graph.ask<{ updateNotificationPreferences: Answer }>('notification', cleo!, query);
    return answer.updateNotificationPreferences;
  };
  const { preferences, errors } = await set(
    '{ kind: FOLLOW, audience: OFF }, { kind: SHARE, audience: PEOPLE_I_FOLLOW }',
  );
  expect(errors).toEqual([]);
  expect(preferences.filter(({ audience }) => audience !== 'EVERYONE')).toEqual([
    { kind: 'FOLLOW', audience: 'OFF' },
    { kind: 'SHARE', audience: 'PEOPLE_I_FOLLOW' },
  ]);
  expect(preferences.map(({ kind }) => kind)).toEqual(KINDS);
  expect((await set('{ kind: FOLLOW, audience: OFF }, { kind: FOLLOW, audience: EVERYONE }')).errors).toEqual([
    { code: 'KIND_REPEATED', path: ['input', 'preferences'] },
  ]);
  await act('social-graph', bob!, 'followUser', `userId: "${globalId('User', cleo!)}"`);
  await act('social-graph', bob!, 'followUser', `userId: "${globalId('User', anna!)}"`);
  await graph.ask(
    'social-graph',
    dan!,
    `mutation { followUser(input: { userId: "${globalId('User', anna!)}" }) { errors { code } } }`,
  );
  await eventually(async () => expect(await texts(anna!)).toContain('dan and bob started following you.'));
  expect(await texts(cleo!)).toEqual([]);
});

test('reads a page with one request to each other owner and one statement', async () => {
  const asked: string[] = [];
  const client = withRequest((subgraph, request) => {
    asked.push(subgraph);
    return graph.clientOf('notification').execute(subgraph, request);
  });
  const { subgraph } = await wireNotification({ ...environment, client });
  const before = environment.statements.length;
  const query = `{ notifications {
    edges { node { text actors { id } isRead ... on PostLikeNotification { post { id } } ... on ShareNotification { post { id } } } } } }`;
  const identity = {
    ...subjectOf({ userId: anna!, sessionId: '1' }),
    requestId: 'page',
    operation: 'query' as const,
    caller: { service: 'gateway', isInternal: false },
  };
  expect((await subgraph.execute({ query, identity })).errors).toBeUndefined();
  expect(asked.toSorted()).toEqual(['post', 'social-graph', 'user']);
  const own = environment.statements.slice(before).filter((text) => text.includes('FROM notification.notification'));
  expect(own).toHaveLength(1);
});
