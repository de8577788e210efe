import { globalId } from '@tintype/ids';
import { eventually, type World } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSubgraph, type SubgraphFixture } from './subgraph.fixture.ts';

let fixture: SubgraphFixture;
let world: World;
beforeAll(async () => {
  fixture = await openSubgraph();
  world = fixture.world;
});
afterAll(() => fixture.close());

const seenBy = (who: bigint) =>
  fixture.notificationsOf(who, 'actorCount actors { id } isRead ... on PostFailedNotification { post { id } }');

test('notifies authors of failed posts, including those who chose people they follow', async () => {
  const [author, choosy, deaf] = await world.register(3);
  await fixture.prefer(choosy!, 'POST_FAILED', 'PEOPLE_I_FOLLOW');
  await fixture.prefer(deaf!, 'POST_FAILED', 'OFF');
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
