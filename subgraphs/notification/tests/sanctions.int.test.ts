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

const TEXT = 'Our moderators made a decision about you or something that you published.';
const seenBy = (who: bigint) => fixture.notificationsOf(who, '__typename actorCount actors { id } isRead');
const publish = (what: 'imposed' | 'reviewed', userId: bigint, decisionId: bigint) =>
  world.events.publish(`tintype.user.sanction.${what}.v1`, String(userId), {
    userId: String(userId),
    decisionId: String(decisionId),
  });

test('notifies a person of a decision, and again once it is reviewed, without saying who decided', async () => {
  const [person, other] = await world.register(2);
  const decisionId = fixture.environment.ids.next();
  const expected = {
    __typename: 'ModerationNotification',
    kind: 'MODERATION',
    text: TEXT,
    actorCount: 0,
    actors: [],
    isRead: false,
  };
  await publish('imposed', person!, decisionId);
  await eventually(async () => expect(await seenBy(person!)).toEqual([expected]));
  await fixture.graph.ask(
    'notification',
    person!,
    'mutation { markAllNotificationsAsRead { unreadNotificationCount } }',
  );
  expect(await seenBy(person!)).toEqual([{ ...expected, isRead: true }]);
  await publish('reviewed', person!, decisionId);
  await eventually(async () => expect(await seenBy(person!)).toEqual([expected]));
  // Both at once, and each twice.
  const [first, second] = [fixture.environment.ids.next(), fixture.environment.ids.next()];
  await Promise.all([first, first, second, second].map((id) => publish('imposed', person!, id)));
  await eventually(async () => expect(await seenBy(person!)).toEqual([expected, expected, expected]));
  expect(await seenBy(other!)).toEqual([]);
});

test('reaches people who chose whom they follow, and not those who turned the kind off', async () => {
  const [choosy, deaf, last] = await world.register(3);
  await fixture.prefer(choosy!, 'MODERATION', 'PEOPLE_I_FOLLOW');
  await fixture.prefer(deaf!, 'MODERATION', 'OFF');
  for (const person of [deaf!, choosy!, last!]) await publish('imposed', person, fixture.environment.ids.next());
  for (const person of [choosy!, last!])
    await eventually(async () => expect(await seenBy(person)).toMatchObject([{ kind: 'MODERATION' }]));
  expect(await seenBy(deaf!)).toEqual([]);
});
