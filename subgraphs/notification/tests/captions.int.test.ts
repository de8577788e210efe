import { createOutbox } from '@tintype/events';
import { globalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { createEnvironment, type Environment, eventually, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { wirePost } from '../../post/src/index.ts';
import { wireSocialGraph } from '../../social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../user/src/index.ts';
import { wireNotification } from '../src/index.ts';

let environment: Environment;
let graph: TestSubgraphs;
let [author, friend, muting, blocking, blocked]: bigint[] = [];
let round = 0;
beforeAll(async () => {
  environment = await createEnvironment();
  const wires = { user: wireUser, 'social-graph': wireSocialGraph, post: wirePost, notification: wireNotification };
  graph = await startSubgraphs(environment, wires, { workers: true });
});
afterAll(async () => {
  await graph?.close();
  await environment?.close();
});
beforeEach(async () => {
  const names = ['author', 'friend', 'muting', 'blocking', 'blocked'].map((name) => `${name}${++round}`);
  const accounts = names.map((username) => ({
    username,
    email: `${username}@example.org`,
    displayName: '',
    passwordHash: '-',
  }));
  [author, friend, muting, blocking, blocked] = await importAccounts(environment, accounts);
});

const social = async (who: bigint, verb: string, whom: bigint) => {
  const mutation = `mutation { ${verb}(input: { userId: "${globalId('User', whom)}" }) { errors { code } } }`;
  expect(await graph.ask('social-graph', who, mutation)).toEqual({ [verb]: { errors: [] } });
};

/** Publishes a post that mentions these people, as the media worker does. */
async function publish(mentionedIds: readonly bigint[]): Promise<bigint> {
  const { database, ids } = environment;
  const postId = ids.next();
  await database.pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, published_at) VALUES ($1, $2, '', 'PUBLISHED', now())`,
    [author, postId],
  );
  const data = { postId, authorId: author, publishedMs: Date.now(), caption: '', hashtags: [], mentionedIds };
  const event = { type: 'tintype.post.post.published.v1', subject: String(postId), data };
  await transaction(database.pool, (tx) => createOutbox({ owner: 'post', ids }).append(tx, [event]));
  return postId;
}

type Shown = { text: string; kind: string };
async function shownTo(who: bigint): Promise<Shown[]> {
  const query =
    '{ notifications { edges { node { text kind ... on MentionNotification { post { id } comment { id } } } } } }';
  type Answer = { notifications: { edges: { node: Shown }[] } };
  const { notifications } = await graph.ask<Answer>('notification', who, query);
  return notifications.edges.map(({ node }) => node);
}
/** Whoever is mentioned last hears of it last: then the others would have, too. */
const heardBy = async (witness: bigint) => eventually(async () => expect(await shownTo(witness)).toHaveLength(1));

test('notifies people whom a caption mentions, but not the author, nor people with a mute or a block', async () => {
  await social(muting!, 'muteUser', author!);
  await social(blocking!, 'blockUser', author!);
  await social(author!, 'blockUser', blocked!);
  await eventually(async () => {
    const text =
      'SELECT count(*)::int AS n FROM notification.relationship_change WHERE other_id = $1 OR person_id = $1';
    expect((await environment.database.pool.query(text, [author])).rows[0].n).toBe(5);
  });
  const postId = await publish([author!, muting!, blocking!, blocked!, friend!]);
  await heardBy(friend!);
  expect(await shownTo(friend!)).toMatchObject([
    { kind: 'MENTION', post: { id: globalId('Post', postId) }, comment: null },
  ]);
  expect((await shownTo(friend!))[0]!.text).toMatch(/^author\d+ mentioned you in a photo\.$/);
  for (const other of [author, muting, blocking, blocked]) expect(await shownTo(other!)).toEqual([]);
  await graph.ask(
    'post',
    author!,
    `mutation { deletePost(input: { postId: "${globalId('Post', postId)}" }) { deletedPostId } }`,
  );
  await eventually(async () => expect(await shownTo(friend!)).toEqual([]));
});

test('notifies only followers of a mention in the caption of a private account', async () => {
  await social(friend!, 'followUser', author!);
  const setPrivate = 'UPDATE social_graph.person SET is_private = true WHERE user_id = $1';
  await environment.database.pool.query(setPrivate, [author]);
  await publish([muting!, friend!]);
  await heardBy(friend!);
  expect(await shownTo(muting!)).toEqual([]);
});
