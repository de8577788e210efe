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
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { wireNotification } from '../src/index.ts';

let environment: Environment;
let graph: TestSubgraphs;
let world: World;
let [author, friend, muting, blocking, blocked]: bigint[] = [];
let round = 0;
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
beforeEach(async () => {
  const names = ['author', 'friend', 'muting', 'blocking', 'blocked'].map((name) => `${name}${++round}`);
  [author, friend, muting, blocking, blocked] = await Promise.all(
    names.map((username) => world.registerAs({ username })),
  );
});

type Shown = { text: string; kind: string };
async function shownTo(who: bigint): Promise<Shown[]> {
  const query =
    '{ notifications { edges { node { text kind ... on MentionNotification { post { id } comment { id } } } } } }';
  type Answer = { notifications: { edges: { node: Shown }[] } };
  const { notifications } = await graph.ask<Answer>('notification', who, query);
  return notifications.edges.map(({ node }) => node);
}
/** Waits until the last person of a list of mentions is notified. Then all others have been notified, too. */
const untilNotified = async (last: bigint) => eventually(async () => expect(await shownTo(last)).toHaveLength(1));

test('notifies people whom a caption mentions, but not the author, nor people with a mute or a block', async () => {
  await world.mute(muting!, author!);
  await world.block(blocking!, author!);
  await world.block(author!, blocked!);
  await eventually(async () => {
    const text =
      'SELECT count(*)::int AS n FROM notification.relationship_change WHERE other_id = $1 OR person_id = $1';
    expect((await environment.database.pool.query(text, [author])).rows[0].n).toBe(5);
  });
  const postId = await world.publish(author!, '', [author!, muting!, blocking!, blocked!, friend!]);
  await untilNotified(friend!);
  expect(await shownTo(friend!)).toMatchObject([
    { kind: 'MENTION', post: { id: globalId('Post', postId) }, comment: null },
  ]);
  expect((await shownTo(friend!))[0]!.text).toMatch(/^author\d+ mentioned you in a photo\.$/);
  for (const other of [author, muting, blocking, blocked]) expect(await shownTo(other!)).toEqual([]);
  await world.deletePost(postId);
  await eventually(async () => expect(await shownTo(friend!)).toEqual([]));
});

test('notifies only followers of a mention in the caption of a private account', async () => {
  await world.follow(friend!, author!);
  await world.setPrivate(author!);
  await world.publish(author!, '', [muting!, friend!]);
  await untilNotified(friend!);
  expect(await shownTo(muting!)).toEqual([]);
});
