import { globalId } from '@tintype/ids';
import { eventually, referenceTo } from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSocialGraph, type SocialGraphFixture } from './social-graph.fixture.ts';

let fixture: SocialGraphFixture;
let [owner, friend, other]: bigint[] = [];
beforeAll(async () => {
  fixture = await openSocialGraph();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  [owner, friend, other] = await fixture.world.register(3);
});

const add = (who: bigint, whom: bigint | string) => fixture.codes('addCloseFriend', who, whom);
const remove = (who: bigint, whom: bigint | string) => fixture.codes('removeCloseFriend', who, whom);

type List = { edges: { node: { id: string } | null }[]; pageInfo: { endCursor: string | null; hasNextPage: boolean } };

async function listOf(viewer: bigint, args = 'first: 100'): Promise<List> {
  const query = `{ closeFriends(${args}) { edges { node { id } } pageInfo { endCursor hasNextPage } } }`;
  return (await fixture.graph.ask<{ closeFriends: List }>('social-graph', viewer, query)).closeFriends;
}
const idsOf = async (viewer: bigint) => (await listOf(viewer)).edges.map(({ node }) => node?.id);

/** How a person stands to another, as the person sees it and as other subgraphs do. */
async function between(viewer: bigint, userId: bigint) {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { isCloseFriendOfViewer } } }`;
  type Entities = { _entities: [{ isCloseFriendOfViewer: boolean } | null] };
  const variables = { of: [referenceTo('User', userId)] };
  const { _entities } = await fixture.graph.ask<Entities>('social-graph', viewer, query, variables);
  type Relations = { relations: [{ hasAsCloseFriend: boolean; isCloseFriendOf: boolean }] };
  const text = `{ relations(userIds: ["${userId}"]) { hasAsCloseFriend isCloseFriendOf } }`;
  const { relations } = await fixture.graph.askAs<Relations>('post', 'social-graph', viewer, text);
  return { shown: _entities[0]?.isCloseFriendOfViewer, ...relations[0] };
}

const rowsOf = async (ownerId: bigint): Promise<number> => {
  const text = 'SELECT count(*)::int AS n FROM social_graph.close_friend WHERE owner_id = $1';
  return (await fixture.environment.database.pool.query(text, [ownerId])).rows[0].n;
};

describe('a close friend', () => {
  test('is known to the owner at once, and to nobody else; repeats change nothing', async () => {
    const before = await fixture.environment.database.prisma.socialGraphOutbox.count();
    for (let time = 0; time < 2; time += 1) {
      expect(await add(owner!, friend!)).toEqual([]);
      expect(await between(owner!, friend!)).toEqual({ shown: true, hasAsCloseFriend: true, isCloseFriendOf: false });
      expect(await between(friend!, owner!)).toEqual({ shown: false, hasAsCloseFriend: false, isCloseFriendOf: true });
      expect(await idsOf(owner!)).toEqual([globalId('User', friend!)]);
      expect(await idsOf(friend!)).toEqual([]);
    }
    for (let time = 0; time < 2; time += 1) {
      expect(await remove(owner!, friend!)).toEqual([]);
      expect(await between(owner!, friend!)).toEqual({ shown: false, hasAsCloseFriend: false, isCloseFriendOf: false });
      expect(await idsOf(owner!)).toEqual([]);
    }
    expect(await fixture.environment.database.prisma.socialGraphOutbox.count()).toBe(before);
  });

  test('can only be somebody who is visible to the owner, and not blocked', async () => {
    expect(await add(owner!, owner!)).toEqual(['SELF_NOT_ALLOWED']);
    expect(await remove(owner!, owner!)).toEqual(['SELF_NOT_ALLOWED']);
    for (const id of ['User_1', 'Post_1', '']) {
      expect(await add(owner!, id)).toEqual(['USER_NOT_FOUND']);
      expect(await remove(owner!, id)).toEqual(['USER_NOT_FOUND']);
    }
    await fixture.act('blockUser', owner!, friend!);
    expect(await add(owner!, friend!)).toEqual(['USER_BLOCKED']);
    await fixture.act('blockUser', other!, owner!);
    expect(await add(owner!, other!)).toEqual(['USER_NOT_FOUND']);
    expect(await remove(owner!, other!)).toEqual(['USER_NOT_FOUND']);
  });

  test.each([
    ['the owner', (): [bigint, bigint] => [owner!, friend!]],
    ['the friend', (): [bigint, bigint] => [friend!, owner!]],
  ])('is removed in both directions by a block of %s, which an unblock does not undo', async (_who, blocking) => {
    await add(owner!, friend!);
    await add(friend!, owner!);
    await fixture.act('blockUser', ...blocking());
    await fixture.act('unblockUser', ...blocking());
    expect(await idsOf(owner!)).toEqual([]);
    expect(await idsOf(friend!)).toEqual([]);
    expect(await between(friend!, owner!)).toEqual({ shown: false, hasAsCloseFriend: false, isCloseFriendOf: false });
  });

  test('stays one while their account is deactivated, and can be removed meanwhile', async () => {
    await add(owner!, friend!);
    await add(owner!, other!);
    for (const id of [friend!, other!]) await fixture.world.deactivate(id);
    await eventually(async () => expect(await idsOf(owner!)).toEqual([]));
    expect(await remove(owner!, other!)).toEqual([]);
    for (const id of [friend!, other!]) await fixture.world.reactivate(id);
    await eventually(async () => expect(await idsOf(owner!)).toEqual([globalId('User', friend!)]));
  });
});

test('the list has the last added person first, in pages', async () => {
  const friends = await fixture.world.register(5);
  for (const id of friends) expect(await add(owner!, id)).toEqual([]);
  const found: (string | undefined)[] = [];
  for (let args = 'first: 2'; ; ) {
    const { edges, pageInfo } = await listOf(owner!, args);
    found.push(...edges.map(({ node }) => node?.id));
    if (!pageInfo.hasNextPage) break;
    args = `first: 2, after: "${pageInfo.endCursor}"`;
  }
  expect(found).toEqual(friends.toReversed().map((id) => globalId('User', id)));
  expect((await listOf(owner!, 'last: 2')).edges.map(({ node }) => node?.id)).toEqual(found.slice(3));
});

test('a person has at most 1,000 close friends, even if the last ones are added at once', async () => {
  await add(owner!, friend!);
  await fixture.environment.database.pool.query(
    `INSERT INTO social_graph.close_friend (owner_id, friend_id, id) SELECT $1, n, n FROM generate_series(1, 998) n`,
    [owner],
  );
  const more = await fixture.world.register(4);
  const codes = await Promise.all(more.map((id) => add(owner!, id)));
  expect(codes.flat()).toEqual(Array.from({ length: 3 }, () => 'CLOSE_FRIEND_LIMIT_REACHED'));
  expect(await rowsOf(owner!)).toBe(1000);
  expect(await add(owner!, friend!)).toEqual([]);
  await remove(owner!, friend!);
  expect(await add(owner!, other!)).toEqual([]);
});

test('after any concurrent changes, nobody has a close friend with whom there is a block', async () => {
  const verbs = ['addCloseFriend', 'addCloseFriend', 'removeCloseFriend', 'blockUser', 'unblockUser'] as const;
  const step = fc.record({ verb: fc.constantFrom(...verbs), who: fc.nat(2), whom: fc.nat(2) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 8 }), async (rounds) => {
      const people = await fixture.world.register(3);
      for (const round of rounds)
        await Promise.all(round.map(({ verb, who, whom }) => fixture.act(verb, people[who]!, people[whom]!)));
      const { rows } = await fixture.environment.database.pool.query(
        `SELECT FROM social_graph.close_friend f JOIN social_graph.block b
           ON (b.blocker_id, b.blocked_id) IN ((f.owner_id, f.friend_id), (f.friend_id, f.owner_id))
         WHERE f.owner_id = ANY($1)`,
        [people],
      );
      expect(rows).toEqual([]);
    }),
    { numRuns: 15 },
  );
});
