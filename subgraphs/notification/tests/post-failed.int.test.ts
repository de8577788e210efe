import { globalId } from '@tintype/ids';
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
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wireNotification } from '../src/index.ts';

let environment: Environment;
let graph: TestSubgraphs;
let world: World;
beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers), notification: wireNotification };
  graph = await startSubgraphs(environment, wires, { workers: true });
});
afterAll(async () => {
  await graph?.close();
  await environment?.close();
});

const SEEN =
  '{ notifications { edges { node { kind text actorCount actors { id } isRead ... on PostFailedNotification { post { id } } } } } }';
const seenBy = async (who: bigint) => {
  type Answer = { notifications: { edges: { node: { kind: string } }[] } };
  const { notifications } = await graph.ask<Answer>('notification', who, SEEN);
  return notifications.edges.map(({ node }) => node);
};

test('notifies authors of failed posts, including those who chose people they follow', async () => {
  const [author, choosy, deaf] = await world.register(3);
  const prefer = (who: bigint, audience: string) =>
    graph.ask(
      'notification',
      who,
      `mutation { updateNotificationPreferences(input: { preferences: [{ kind: POST_FAILED, audience: ${audience} }] }) { errors { code } } }`,
    );
  await prefer(choosy!, 'PEOPLE_I_FOLLOW');
  await prefer(deaf!, 'OFF');
  await world.failPost(deaf!, 'why');
  const postId = await world.failPost(author!, 'why');
  const expected = {
    kind: 'POST_FAILED',
    text: 'Your photo could not be published.',
    actorCount: 0,
    actors: [],
    post: { id: globalId('Post', postId) },
    isRead: false,
  };
  await eventually(async () => expect(await seenBy(author!)).toEqual([expected]));
  await world.failPost(choosy!, 'why');
  await eventually(async () => expect(await seenBy(choosy!)).toMatchObject([{ kind: 'POST_FAILED' }]));
  expect(await seenBy(deaf!)).toEqual([]);
});
