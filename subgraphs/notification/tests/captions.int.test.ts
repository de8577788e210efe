import { globalId } from '@tintype/ids';
import { eventually, type World } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSubgraph, type SubgraphFixture } from './subgraph.fixture.ts';

let fixture: SubgraphFixture;
let world: World;
let [author, friend, muting, blocking, blocked]: bigint[] = [];
let round = 0;
beforeAll(async () => {
  fixture = await openSubgraph();
  world = fixture.world;
});
afterAll(() => fixture.close());
beforeEach(async () => {
  const names = ['author', 'friend', 'muting', 'blocking', 'blocked'].map((name) => `${name}${++round}`);
  [author, friend, muting, blocking, blocked] = await Promise.all(
    names.map((username) => world.registerAs({ username })),
  );
});

const shownTo = (who: bigint) =>
  fixture.notificationsOf(who, '... on MentionNotification { post { id } comment { id } }');
/** Waits until the last person of a list of mentions is notified. Then all others have been notified, too. */
const untilNotified = async (last: bigint) => eventually(async () => expect(await shownTo(last)).toHaveLength(1));

test('notifies people whom a caption mentions, but not the author, nor people with a mute or a block', async () => {
  await world.mute(muting!, author!);
  await world.block(blocking!, author!);
  await world.block(author!, blocked!);
  await eventually(async () => {
    const text =
      'SELECT count(*)::int AS n FROM notification.relationship_change WHERE other_id = $1 OR person_id = $1';
    expect((await fixture.environment.database.pool.query(text, [author])).rows[0].n).toBe(5);
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

test('notifies only close friends of a mention in the caption of a post for them', async () => {
  for (const who of [friend!, muting!]) await world.follow(who, author!);
  await world.addCloseFriend(author!, friend!);
  await world.publish(author!, '', [muting!, blocking!, friend!], 'CLOSE_FRIENDS');
  await untilNotified(friend!);
  for (const other of [muting, blocking]) expect(await shownTo(other!)).toEqual([]);
  await world.removeCloseFriend(author!, friend!);
  expect(await shownTo(friend!)).toMatchObject([{ kind: 'MENTION', post: null }]);
});
