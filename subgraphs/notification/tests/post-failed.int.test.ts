import { createOutbox } from '@tintype/events';
import { globalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { createEnvironment, type Environment, eventually, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wirePost } from '../../post/src/index.ts';
import { wireSocialGraph } from '../../social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../user/src/index.ts';
import { wireNotification } from '../src/index.ts';

let environment: Environment;
let graph: TestSubgraphs;
beforeAll(async () => {
  environment = await createEnvironment();
  const wires = { user: wireUser, 'social-graph': wireSocialGraph, post: wirePost, notification: wireNotification };
  graph = await startSubgraphs(environment, wires, { workers: true });
});
afterAll(async () => {
  await graph?.close();
  await environment?.close();
});

const person = (username: string) => ({
  username,
  email: `${username}@example.org`,
  displayName: '',
  passwordHash: '-',
});

async function failPost(authorId: bigint): Promise<bigint> {
  const { database, ids } = environment;
  const postId = ids.next();
  await transaction(database.pool, async (tx) => {
    const text = `INSERT INTO post.post (author_id, id, caption, state, failure_reason) VALUES ($1, $2, '', 'FAILED', 'why')`;
    await tx.query(text, [authorId, postId]);
    const data = { postId, authorId, reason: 'why' };
    const event = { type: 'tintype.post.post.failed.v1', subject: String(postId), data };
    await createOutbox({ owner: 'post', ids }).append(tx, [event]);
  });
  return postId;
}

const SEEN =
  '{ notifications { edges { node { kind text actorCount actors { id } isRead ... on PostFailedNotification { post { id } } } } } }';
const seenBy = async (who: bigint) => {
  type Answer = { notifications: { edges: { node: { kind: string } }[] } };
  const { notifications } = await graph.ask<Answer>('notification', who, SEEN);
  return notifications.edges.map(({ node }) => node);
};

test('notifies authors of failed posts, including those who chose people they follow', async () => {
  const [author, choosy, deaf] = await importAccounts(environment, ['author', 'choosy', 'deaf'].map(person));
  const prefer = (who: bigint, audience: string) =>
    graph.ask(
      'notification',
      who,
      `mutation { updateNotificationPreferences(input: { preferences: [{ kind: POST_FAILED, audience: ${audience} }] }) { errors { code } } }`,
    );
  await prefer(choosy!, 'PEOPLE_I_FOLLOW');
  await prefer(deaf!, 'OFF');
  await failPost(deaf!);
  const postId = await failPost(author!);
  const expected = {
    kind: 'POST_FAILED',
    text: 'Your photo could not be published.',
    actorCount: 0,
    actors: [],
    post: { id: globalId('Post', postId) },
    isRead: false,
  };
  await eventually(async () => expect(await seenBy(author!)).toEqual([expected]));
  await failPost(choosy!);
  await eventually(async () => expect(await seenBy(choosy!)).toMatchObject([{ kind: 'POST_FAILED' }]));
  expect(await seenBy(deaf!)).toEqual([]);
});
