import { firstId } from '@tintype/ids';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSocialGraph, type SocialGraphFixture } from './social-graph.fixture.ts';

const DAY_MS = 24 * 3600 * 1000;

let fixture: SocialGraphFixture;
beforeAll(async () => {
  fixture = await openSocialGraph({ NEW_ACCOUNT_DAYS: '3' });
});
afterAll(() => fixture?.close());

/** Follows of people whom nothing else here knows, of which the first ones are requests. */
const fillFollows = (who: bigint, count: number, ageMs: number, requests = 0) =>
  fixture.environment.database.pool.query(
    `WITH made AS (SELECT n, $2::bigint + n AS id FROM generate_series(1, $3::int) n), follows AS (
       INSERT INTO social_graph.follow (follower_id, followee_id, id) SELECT $1, n, id FROM made WHERE n > $4)
     INSERT INTO social_graph.follow_request (follower_id, followee_id, id) SELECT $1, n, id FROM made WHERE n <= $4`,
    [who, firstId(Date.now() - ageMs), count, requests],
  );
const follow = (who: bigint, whom: bigint) => fixture.codes('followUser', who, whom);

test('a new account follows up to 50 people within 24 hours, requests included, whoever it asks at once', async () => {
  const [person, ...others] = await fixture.world.register(6);
  await fillFollows(person!, NEW_ACCOUNT_LIMITS.follows - 2, 1000, 20);
  const outcomes = await Promise.all(others.slice(0, 4).map((one) => follow(person!, one)));
  expect(outcomes.flat()).toEqual(['TOO_MANY_FOLLOWS', 'TOO_MANY_FOLLOWS']);
  await removeKeys(fixture.environment.redis);
  expect(await follow(person!, others[4]!)).toEqual(['TOO_MANY_FOLLOWS']);
  // Whom it follows already is no new follow.
  const followed = others.find((_, index) => index < 4 && outcomes[index]!.length === 0)!;
  expect(await follow(person!, followed)).toEqual([]);
  expect(await fixture.codes('unfollowUser', person!, followed)).toEqual([]);
  expect(await follow(person!, others[4]!)).toEqual([]);
});

test('follows from before these 24 hours do not count', async () => {
  const [person, other] = await fixture.world.register(2);
  await fillFollows(person!, NEW_ACCOUNT_LIMITS.follows, DAY_MS + 60_000);
  expect(await follow(person!, other!)).toEqual([]);
});

test('an account that is three days old has no such limit', async () => {
  const [other] = await fixture.world.register(1);
  const [young, old] = [firstId(Date.now() - 3 * DAY_MS + 600_000), firstId(Date.now() - 3 * DAY_MS - 1000)];
  for (const id of [young, old]) {
    await fixture.world.registerAs({ id });
    await fillFollows(id, NEW_ACCOUNT_LIMITS.follows, 1000);
  }
  expect(await follow(young, other!)).toEqual(['TOO_MANY_FOLLOWS']);
  expect(await follow(old, other!)).toEqual([]);
});
