import { globalId } from '@tintype/ids';
import { type Environment, eventually, referenceTo, type TestSubgraphs, type World } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { importFollows } from '../src/index.ts';
import { addPeople } from '../src/person/person.repository.ts';
import { applyVisibility } from '../src/person/visibility.repository.ts';
import { openSocialGraph, type SocialGraphFixture } from './social-graph.fixture.ts';

let fixture: SocialGraphFixture;
let environment: Environment;
let world: World;
let graph: TestSubgraphs;
let [ann, bob, cleo]: bigint[] = [];
beforeAll(async () => {
  fixture = await openSocialGraph();
  ({ environment, world, graph } = fixture);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  [ann, bob, cleo] = await world.register(3);
});

async function relation(viewer: bigint | null, userId: bigint): Promise<Record<string, unknown>> {
  const query = `{ relations(userIds: ["${userId}"]) { exists isPrivate follows requested followedBy blocks blockedBy mutes restricts restrictedBy } }`;
  return (await graph.askAs<{ relations: [Record<string, unknown>] }>('feed', 'social-graph', viewer, query))
    .relations[0];
}
async function eventsOf(who: bigint, whom: bigint): Promise<string[]> {
  const { rows } = await environment.database.pool.query<{ type: string }>(
    'SELECT type FROM social_graph.outbox WHERE subject = $1 ORDER BY position',
    [`${who}:${whom}`],
  );
  return rows.map(({ type }) => type.replace('tintype.social-graph.', '').replace('.v1', ''));
}
/** Whether the latest follow of the pair was an accepted request. */
async function wasRequested(who: bigint, whom: bigint): Promise<boolean> {
  const { rows } = await environment.database.pool.query<{ asked: boolean }>(
    `SELECT (data->>'wasRequested')::boolean AS asked FROM social_graph.outbox
     WHERE subject = $1 AND type LIKE '%.follow.created.%' ORDER BY position DESC LIMIT 1`,
    [`${who}:${whom}`],
  );
  return rows[0]!.asked;
}
async function setPrivate(who: bigint, isPrivate: boolean): Promise<void> {
  await world.setPrivate(who, isPrivate);
  await eventually(async () => expect(await relation(null, who)).toMatchObject({ isPrivate }));
}

describe('following', () => {
  test('and unfollowing can be repeated, and publish each change once', async () => {
    for (let time = 0; time < 3; time++)
      expect(await fixture.act('followUser', ann!, bob!)).toEqual({ state: 'FOLLOWING', errors: [] });
    expect(await relation(ann!, bob!)).toMatchObject({ exists: true, follows: true, followedBy: false });
    expect(await relation(bob!, ann!)).toMatchObject({ follows: false, followedBy: true });
    for (let time = 0; time < 2; time++)
      expect((await fixture.act('unfollowUser', ann!, bob!)).state).toBe('NOT_FOLLOWING');
    expect(await eventsOf(ann!, bob!)).toEqual(['follow.created', 'follow.deleted']);
    expect(await wasRequested(ann!, bob!)).toBe(false);
  });

  test('requires another, existing account', async () => {
    expect((await fixture.act('followUser', ann!, ann!)).errors).toMatchObject([{ code: 'SELF_NOT_ALLOWED' }]);
    for (const nobody of ['User_1', 'User_-1', 'User_', 'x', '', globalId('Post', bob!)]) {
      expect((await fixture.act('followUser', ann!, nobody)).errors).toMatchObject([{ code: 'USER_NOT_FOUND' }]);
    }
  });

  test('a private account creates a request that its owner answers', async () => {
    await setPrivate(bob!, true);
    expect((await fixture.act('followUser', ann!, bob!)).state).toBe('REQUESTED');
    expect((await fixture.act('followUser', cleo!, bob!)).state).toBe('REQUESTED');
    expect(await relation(ann!, bob!)).toMatchObject({ follows: false, requested: true });
    expect((await fixture.act('acceptFollowRequest', bob!, ann!)).errors).toEqual([]);
    expect((await fixture.act('declineFollowRequest', bob!, cleo!)).errors).toEqual([]);
    expect((await fixture.act('acceptFollowRequest', bob!, cleo!)).errors).toMatchObject([
      { code: 'FOLLOW_REQUEST_NOT_FOUND' },
    ]);
    expect(await relation(ann!, bob!)).toMatchObject({ follows: true, requested: false });
    expect(await relation(cleo!, bob!)).toMatchObject({ follows: false, requested: false });
    expect(await eventsOf(ann!, bob!)).toEqual(['follow-request.created', 'follow-request.deleted', 'follow.created']);
    expect(await wasRequested(ann!, bob!)).toBe(true);
  });

  test('a request is accepted when the account becomes public', async () => {
    await setPrivate(bob!, true);
    await fixture.act('followUser', ann!, bob!);
    await setPrivate(bob!, false);
    await eventually(async () => expect(await relation(ann!, bob!)).toMatchObject({ follows: true, requested: false }));
  });
});

describe('blocking', () => {
  test('ends follows and requests in both directions, and prevents new ones', async () => {
    await fixture.act('followUser', ann!, bob!);
    await fixture.act('followUser', bob!, ann!);
    expect((await fixture.act('blockUser', ann!, bob!)).errors).toEqual([]);
    expect(await relation(ann!, bob!)).toMatchObject({
      follows: false,
      followedBy: false,
      blocks: true,
      blockedBy: false,
    });
    expect((await fixture.act('followUser', bob!, ann!)).errors).toMatchObject([{ code: 'USER_NOT_FOUND' }]);
    expect((await fixture.act('followUser', ann!, bob!)).errors).toMatchObject([{ code: 'USER_BLOCKED' }]);
    expect((await fixture.act('muteUser', bob!, ann!)).errors).toMatchObject([{ code: 'USER_NOT_FOUND' }]);
    await fixture.act('unblockUser', ann!, bob!);
    expect((await fixture.act('followUser', bob!, ann!)).state).toBe('FOLLOWING');
  });

  test('hides an account from people whom it blocks, also as an entity', async () => {
    await fixture.act('blockUser', ann!, bob!);
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { followerCount } } }';
    const variables = { r: [referenceTo('User', ann!)] };
    expect(await graph.ask('social-graph', bob!, query, variables)).toEqual({ _entities: [null] });
    expect(await graph.ask('social-graph', cleo!, query, variables)).toEqual({ _entities: [{ followerCount: 0 }] });
  });
});

describe('people', () => {
  test('without an event so far are looked up', async () => {
    await environment.database.pool.query('DELETE FROM social_graph.person WHERE user_id = ANY($1)', [[ann, bob]]);
    expect((await fixture.act('followUser', ann!, bob!)).state).toBe('FOLLOWING');
  });

  test('do not become public again by a late event of their registration', async () => {
    const { pool } = environment.database;
    const [id, at] = [78n, { isDeactivated: false, isDeleted: false }];
    const registered = { ...at, id, isPrivate: false, visibilityVersion: 1n, sequence: 3n };
    await addPeople(pool, [{ id, isPrivate: true, visibilityVersion: 2n }]);
    await applyVisibility(pool, registered);
    expect(await relation(null, id)).toMatchObject({ exists: true, isPrivate: true });
    await applyVisibility(pool, { ...registered, visibilityVersion: 3n, sequence: 4n });
    expect(await relation(null, id)).toMatchObject({ exists: true, isPrivate: false });
  });

  test('that are imported follow as if they had followed one by one', async () => {
    const pairs = [
      [ann!, bob!],
      [ann!, cleo!],
      [cleo!, bob!],
    ] as const;
    expect(await importFollows(environment, pairs)).toBe(3);
    expect(await importFollows(environment, pairs)).toBe(0);
    expect(await eventsOf(ann!, bob!)).toEqual(['follow.created']);
    const { rows } = await environment.database.pool.query(
      'SELECT follower_count, following_count FROM social_graph.person WHERE user_id = ANY($1) ORDER BY array_position($1, user_id)',
      [[ann, bob, cleo]],
    );
    expect(rows).toEqual([
      { follower_count: 0, following_count: 2 },
      { follower_count: 2, following_count: 0 },
      { follower_count: 1, following_count: 1 },
    ]);
  });
});
