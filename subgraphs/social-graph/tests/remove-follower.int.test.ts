import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  fakeSubgraphs,
  referenceTo,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wireSocialGraph } from '../src/index.ts';

let environment: Environment;
let world: World;
let graph: TestSubgraphs;
beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  graph = await startSubgraphs(environment, { ...fakeSubgraphs(world.answers), 'social-graph': wireSocialGraph });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

let owner: bigint;
let follower: bigint;
beforeEach(async () => {
  [owner, follower] = (await world.register(2)) as [bigint, bigint];
});

const change = async (name: string, viewer: bigint, userId: string) => {
  const query = `mutation { payload: ${name}(input: { userId: "${userId}" }) { errors { code } } }`;
  const { payload } = await graph.ask<{ payload: { errors: { code: string }[] } }>('social-graph', viewer, query);
  return payload.errors.map(({ code }) => code);
};
const act = (name: string, viewer: bigint, target: bigint) => change(name, viewer, globalId('User', target));
const isFollower = async () => {
  const query =
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { viewerFollows viewerRequested } } }';
  const variables = { of: [referenceTo('User', owner)] };
  type Data = { _entities: [{ viewerFollows: boolean; viewerRequested: boolean }] };
  const {
    _entities: [user],
  } = await graph.ask<Data>('social-graph', follower, query, variables);
  return user;
};
const published = async (type: string) => {
  const where = { type, subject: `${follower}:${owner}` };
  return environment.database.prisma.socialGraphOutbox.count({ where });
};

describe('removing a follower', () => {
  test('ends the follow once, and the former follower can follow again', async () => {
    await act('followUser', follower, owner);
    expect(await act('removeFollower', owner, follower)).toEqual([]);
    expect(await isFollower()).toEqual({ viewerFollows: false, viewerRequested: false });
    expect(await act('removeFollower', owner, follower)).toEqual([]);
    expect(await published('tintype.social-graph.follow.deleted.v1')).toBe(1);
    const { rows } = await environment.database.pool.query(
      'SELECT follower_count::int AS followers, following_count::int AS following FROM social_graph.person WHERE user_id = ANY($1) ORDER BY user_id',
      [[owner, follower]],
    );
    expect(rows).toEqual([
      { followers: 0, following: 0 },
      { followers: 0, following: 0 },
    ]);
    expect(await act('followUser', follower, owner)).toEqual([]);
    expect(await isFollower()).toEqual({ viewerFollows: true, viewerRequested: false });
  });

  test('leaves the own follow in the other direction', async () => {
    await act('followUser', follower, owner);
    await act('followUser', owner, follower);
    await act('removeFollower', owner, follower);
    const { rows } = await environment.database.pool.query(
      'SELECT followee_id FROM social_graph.follow WHERE follower_id = $1',
      [owner],
    );
    expect(rows).toEqual([{ followee_id: String(follower) }]);
  });

  test('says nothing of accounts that are unknown or block the viewer', async () => {
    const unknown = ['User_1', 'Post_1', '', 'User_x'];
    for (const id of unknown) expect(await change('removeFollower', owner, id), id).toEqual(['USER_NOT_FOUND']);
    await act('blockUser', follower, owner);
    expect(await act('removeFollower', owner, follower)).toEqual(['USER_NOT_FOUND']);
    expect(await act('removeFollower', owner, owner)).toEqual(['SELF_NOT_ALLOWED']);
  });
});

describe('lists of blocked, muted and restricted people', () => {
  const list = async (name: 'blockedUsers' | 'mutedUsers' | 'restrictedUsers', viewer: bigint) => {
    const query = `{ list: ${name}(first: 100) { edges { node { id } } } }`;
    type Data = { list: { edges: { node: { id: string } | null }[] } };
    const { list: found } = await graph.ask<Data>('social-graph', viewer, query);
    return found.edges.map(({ node }) => node?.id);
  };

  test('belong to the viewer alone, newest first', async () => {
    const others = await world.register(3);
    for (const other of others) {
      expect(await act('blockUser', owner, other)).toEqual([]);
      await act('muteUser', owner, other);
      await act('restrictUser', owner, other);
    }
    await act('unblockUser', owner, others[1]!);
    await act('unrestrictUser', owner, others[2]!);
    const ids = others.map((other) => globalId('User', other)).toReversed();
    expect(await list('blockedUsers', owner)).toEqual([ids[0], ids[2]]);
    expect(await list('mutedUsers', owner)).toEqual(ids);
    expect(await list('restrictedUsers', owner)).toEqual([ids[1], ids[2]]);
    expect(await list('restrictedUsers', others[0]!)).toEqual([]);
    expect(await list('blockedUsers', others[0]!)).toEqual([]);
    expect(await list('mutedUsers', follower)).toEqual([]);
  });

  test('leave out somebody who blocks the viewer, for as long as they do', async () => {
    await act('muteUser', owner, follower);
    await act('blockUser', follower, owner);
    expect(await list('mutedUsers', owner)).toEqual([]);
    await act('unblockUser', follower, owner);
    expect(await list('mutedUsers', owner)).toEqual([globalId('User', follower)]);
  });
});

describe('restricting somebody', () => {
  const known = async (viewer: bigint, of: bigint) => {
    const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { viewerRestricts } } }';
    const variables = { of: [referenceTo('User', of)] };
    return (await graph.ask<{ _entities: object[] }>('social-graph', viewer, query, variables))._entities;
  };

  test('is known at once, to the viewer alone, and ends with its opposite; repeats change nothing', async () => {
    for (const [name, viewerRestricts] of [['restrictUser', true] as const, ['unrestrictUser', false] as const]) {
      for (let time = 0; time < 2; time += 1) {
        expect(await act(name, owner, follower)).toEqual([]);
        expect(await known(owner, follower)).toEqual([{ viewerRestricts }]);
        expect(await known(follower, owner)).toEqual([{ viewerRestricts: false }]);
      }
    }
  });

  test('changes nothing else between the two people, and publishes no event', async () => {
    await act('followUser', follower, owner);
    const before = await environment.database.prisma.socialGraphOutbox.count();
    await act('restrictUser', owner, follower);
    expect(await isFollower()).toEqual({ viewerFollows: true, viewerRequested: false });
    expect(await environment.database.prisma.socialGraphOutbox.count()).toBe(before);
  });

  test('says nothing about people who are hidden, but can be undone', async () => {
    expect(await act('restrictUser', owner, owner)).toEqual(['SELF_NOT_ALLOWED']);
    expect(await change('restrictUser', owner, 'User_12')).toEqual(['USER_NOT_FOUND']);
    await act('restrictUser', owner, follower);
    await act('blockUser', follower, owner);
    expect(await act('unrestrictUser', owner, follower)).toEqual([]);
    expect(await act('restrictUser', owner, follower)).toEqual(['USER_NOT_FOUND']);
    expect(await act('unrestrictUser', owner, follower)).toEqual(['USER_NOT_FOUND']);
  });
});
