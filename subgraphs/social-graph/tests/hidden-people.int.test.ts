import { requireGlobalId } from '@tintype/graphql';
import { type Environment, eventually, referenceTo, type TestSubgraphs, type World } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replaceInfluencers } from '../src/discovery/influence/topic.repository.ts';
import { importFollows } from '../src/index.ts';
import { addPeople, findViews } from '../src/person/person.repository.ts';
import { applyVisibility } from '../src/person/visibility.repository.ts';
import { openSocialGraph, type SocialGraphFixture } from './social-graph.fixture.ts';

let fixture: SocialGraphFixture;
let environment: Environment;
let world: World;
let graph: TestSubgraphs;
beforeAll(async () => {
  fixture = await openSocialGraph();
  ({ environment, world, graph } = fixture);
});
afterAll(() => fixture.close());

const HISTORY = ['registered', 'updated', 'deactivated', 'reactivated', 'deleted'] as const;
type What = (typeof HISTORY)[number];
const PRIVATE: Record<What, boolean | null> = {
  registered: false,
  updated: true,
  deactivated: null,
  reactivated: true,
  deleted: null,
};

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe.each(['with versions', 'from before versions existed'])('account events %s', (kind) => {
  const apply = (id: bigint, what: What, sequence: bigint) =>
    applyVisibility(environment.database.pool, {
      id,
      isPrivate: PRIVATE[what],
      isDeactivated: what === 'deactivated',
      isDeleted: what === 'deleted',
      visibilityVersion: kind === 'with versions' ? sequence : 0n,
      sequence,
    });
  const viewOf = async (id: bigint) => (await findViews(environment.database.pool, null, [id])).get(id)!.relation;

  test.each([1, 2, 3, 4, 5])('lead to the same state in every order, the first %s of them', async (count) => {
    const steps = HISTORY.slice(0, count).map((what, index) => ({ what, sequence: BigInt(index + 1) }));
    const { what: last } = steps.at(-1)!;
    const isPrivate = PRIVATE[last];
    const after = isPrivate === null ? { exists: false } : { exists: true, isPrivate };
    for (const order of permutations(steps)) {
      const id = environment.ids.next();
      for (const step of order) await apply(id, step.what, step.sequence);
      const label = order.map(({ what }) => what).join(', ');
      expect(await viewOf(id), label).toMatchObject(after);
      // Replays change nothing.
      for (const step of steps) await apply(id, step.what, step.sequence);
      expect(await viewOf(id), `${label}, and again`).toMatchObject(after);
    }
  });

  test('hide accounts that are not known yet, and older answers do not show them again', async () => {
    const id = environment.ids.next();
    await apply(id, 'deactivated', 9n);
    await addPeople(environment.database.pool, [{ id, isPrivate: false, visibilityVersion: 8n }]);
    await apply(id, 'registered', 8n);
    expect(await viewOf(id)).toMatchObject({ exists: false });
    await apply(id, 'reactivated', 10n);
    expect(await viewOf(id)).toMatchObject({ exists: true, isPrivate: true });
  });

  test('never restore a deleted account, whatever their version', async () => {
    const id = environment.ids.next();
    await apply(id, 'updated', 50n);
    await apply(id, 'deleted', 5n);
    await apply(id, 'reactivated', 60n);
    await apply(id, 'deactivated', 61n);
    expect(await viewOf(id)).toMatchObject({ exists: false });
  });
});

async function setPrivate(id: bigint): Promise<void> {
  await world.setPrivate(id);
  const query = `{ relations(userIds: ["${id}"]) { isPrivate } }`;
  await eventually(async () =>
    expect(await graph.askAs('feed', 'social-graph', null, query)).toEqual({ relations: [{ isPrivate: true }] }),
  );
}

test('hidden people are in no list, cannot be followed or answered, and come back with all follows', async () => {
  const [viewer, friend, stranger, locked] = (await world.register(4)) as [bigint, bigint, bigint, bigint];
  const [hidden, candidate] = (await world.register(2)) as [bigint, bigint];
  await importFollows(environment, [
    [viewer, friend],
    [viewer, hidden],
    [hidden, friend],
    [friend, hidden],
    [hidden, viewer],
    [hidden, stranger],
    [friend, stranger],
    [hidden, candidate],
    [friend, candidate],
  ]);
  await setPrivate(locked);
  await fixture.codes('followUser', hidden, locked);
  const { pool } = environment.database;
  await replaceInfluencers(pool, 'gulls', [
    { personId: hidden, score: 3n },
    { personId: friend, score: 2n },
  ]);

  type Edges = { edges: { node: { id: string }; mutuals?: { id: string }[] }[] };
  const idsOf = ({ edges }: Edges) => edges.map(({ node }) => requireGlobalId('User', node.id));
  /** The lists that contain this person. */
  const lists = async (person: bigint): Promise<string[]> => {
    const query = `query ($friend: [_Any!]!, $person: [_Any!]!) {
      friend: _entities(representations: $friend) { ... on User {
        followers { edges { node { id } } } following { edges { node { id } } } mutualFollowers { edges { node { id } } } } }
      person: _entities(representations: $person) { ... on User { id } }
      peopleYouMayKnow { edges { node { id } mutuals { id } } }
      influencers(hashtag: "gulls") { edges { node { id } } }
    }`;
    const variables = {
      friend: [referenceTo('User', friend)],
      person: [referenceTo('User', person)],
    };
    const answer = await graph.ask<{
      friend: [Record<'followers' | 'following' | 'mutualFollowers', Edges>];
      person: [object | null];
      peopleYouMayKnow: Edges;
      influencers: Edges;
    }>('social-graph', viewer, query, variables);
    const asked = await graph.ask<{ followRequests: Edges }>(
      'social-graph',
      locked,
      '{ followRequests { edges { node { id } } } }',
    );
    const found: Record<string, bigint[]> = {
      ...Object.fromEntries(Object.entries(answer.friend[0]).map(([name, list]) => [name, idsOf(list)])),
      person: answer.person[0] ? [person] : [],
      peopleYouMayKnow: idsOf(answer.peopleYouMayKnow),
      mutuals: answer.peopleYouMayKnow.edges.flatMap(({ mutuals }) =>
        mutuals!.map(({ id }) => requireGlobalId('User', id)),
      ),
      influencers: idsOf(answer.influencers),
      followRequests: idsOf(asked.followRequests),
    };
    return Object.keys(found).filter((name) => found[name]!.includes(person));
  };
  const EVERYWHERE = [
    'followers',
    'following',
    'mutualFollowers',
    'person',
    'mutuals',
    'influencers',
    'followRequests',
  ];

  const counts = async () => {
    const views = await findViews(pool, viewer, [hidden, friend]);
    return [...views.values()].map(({ followerCount, followingCount }) => [followerCount, followingCount]);
  };
  expect(await lists(hidden)).toEqual(EVERYWHERE);
  expect(await lists(candidate)).toEqual(['following', 'person', 'peopleYouMayKnow']);
  const before = await counts();

  await world.deactivate(hidden);
  await eventually(async () => expect(await lists(hidden)).toEqual([]));
  expect(await fixture.codes('followUser', stranger, hidden)).toEqual(['USER_NOT_FOUND']);
  expect(await fixture.codes('followUser', hidden, stranger)).toEqual(['USER_NOT_FOUND']);
  expect(await fixture.codes('blockUser', viewer, hidden)).toEqual(['USER_NOT_FOUND']);
  expect(await fixture.codes('muteUser', viewer, hidden)).toEqual(['USER_NOT_FOUND']);
  expect(await fixture.codes('acceptFollowRequest', locked, hidden)).toEqual(['FOLLOW_REQUEST_NOT_FOUND']);
  expect(await counts()).toEqual(before);

  await world.reactivate(hidden);
  await eventually(async () => expect(await lists(hidden)).toEqual(EVERYWHERE));
  expect(await counts()).toEqual(before);

  await world.deactivate(candidate);
  await eventually(async () => expect(await lists(candidate)).toEqual([]));
  await world.reactivate(candidate);
  await eventually(async () => expect(await lists(candidate)).toEqual(['following', 'person', 'peopleYouMayKnow']));

  await world.deleteAccount(hidden);
  await eventually(async () => expect(await lists(hidden)).toEqual([]));
});
