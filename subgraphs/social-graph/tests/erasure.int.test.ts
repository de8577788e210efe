import { createErasureConsumer, createOutbox, type ErasureStep } from '@tintype/events';
import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eraseAll,
  eraseInterrupted,
  eventually,
  explainWithIndexes,
  fakeSubgraphs,
  ONE_RANGE_SCAN,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noteChanges } from '../src/discovery/suggestion/change.repository.ts';
import { markOwn } from '../src/discovery/suggestion/dirty.repository.ts';
import { createErasureSteps } from '../src/erasure/erasure.service.ts';
import { LIST_RELATED } from '../src/erasure/relationship.repository.ts';
import { createPublisher } from '../src/follow/follow.publisher.ts';
import { importFollows, wireSocialGraph } from '../src/index.ts';

let environment: Environment;
let world: World;
let graph: TestSubgraphs;
/** The deleted person, two others, and a crowd around all three. */
let gone: bigint;
let others: bigint[] = [];
let crowd: bigint[] = [];
let steps: readonly ErasureStep[];
type Page = Parameters<ErasureStep['next']>;

beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  graph = await startSubgraphs(environment, { ...fakeSubgraphs(world.answers), 'social-graph': wireSocialGraph });
  const publisher = createPublisher(createOutbox({ owner: 'social-graph', ids: environment.ids }));
  steps = createErasureSteps({ pool: environment.database.pool, publisher });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

async function sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await environment.database.pool.query(text, values)).rows as Row[];
}

const act = (name: string, who: bigint, whom: bigint) =>
  graph.ask(
    'social-graph',
    who,
    `mutation { ${name}(input: { userId: "${globalId('User', whom)}" }) { errors { code } } }`,
  );

/** Rows of each table that name the person, on either side. */
async function left(userId: bigint): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM social_graph.follow WHERE $1 IN (follower_id, followee_id)) AS follow,
       (SELECT count(*)::int FROM social_graph.follower WHERE $1 IN (follower_id, followee_id)) AS follower,
       (SELECT count(*)::int FROM social_graph.follow_request WHERE $1 IN (follower_id, followee_id)) AS request,
       (SELECT count(*)::int FROM social_graph.block WHERE $1 IN (blocker_id, blocked_id)) AS block,
       (SELECT count(*)::int FROM social_graph.mute WHERE $1 IN (muter_id, muted_id)) AS mute,
       (SELECT count(*)::int FROM social_graph.restriction WHERE $1 IN (restricter_id, restricted_id)) AS restriction,
       (SELECT count(*)::int FROM social_graph.close_friend WHERE $1 IN (owner_id, friend_id)) AS friend,
       (SELECT count(*)::int FROM social_graph.suggestion WHERE viewer_id = $1) AS suggestion,
       (SELECT count(*)::int FROM social_graph.suggestion_change WHERE person_id = $1) AS change,
       (SELECT count(*)::int FROM social_graph.suggestion_dirty WHERE viewer_id = $1) AS dirty,
       (SELECT count(*)::int FROM social_graph.suggestion_reader WHERE viewer_id = $1) AS reader,
       (SELECT count(*)::int FROM social_graph.suggestion_dismissal WHERE viewer_id = $1) AS dismissal`,
    [userId],
  );
  return row!;
}
const NOTHING = {
  follow: 0,
  follower: 0,
  request: 0,
  block: 0,
  mute: 0,
  restriction: 0,
  friend: 0,
  suggestion: 0,
  change: 0,
  dirty: 0,
  reader: 0,
  dismissal: 0,
};

/** People whose counts differ from their rows. */
const drifted = () =>
  sql(`SELECT * FROM social_graph.person p WHERE
    follower_count <> (SELECT count(*) FROM social_graph.follower f WHERE f.followee_id = p.user_id) OR
    following_count <> (SELECT count(*) FROM social_graph.follow f WHERE f.follower_id = p.user_id)`);

/** Published ends of the person's relationships, by type. */
async function ends(userId: bigint): Promise<Record<string, number>> {
  const rows = await sql<{ type: string; count: number }>(
    `SELECT split_part(type, '.', 3) AS type, count(*)::int AS count FROM social_graph.outbox
     WHERE type LIKE '%.deleted.v1' AND $1 IN (split_part(subject, ':', 1), split_part(subject, ':', 2)) GROUP BY 1`,
    [String(userId)],
  );
  return Object.fromEntries(rows.map(({ type, count }) => [type, count]));
}

/** All rows of other people, which must stay. */
const ofOthers = () =>
  sql(
    `SELECT 'follow' AS what, follower_id AS who, followee_id AS whom, id FROM social_graph.follow WHERE NOT $1 IN (follower_id, followee_id)
     UNION ALL SELECT 'block', blocker_id, blocked_id, id FROM social_graph.block WHERE NOT $1 IN (blocker_id, blocked_id)
     UNION ALL SELECT 'mute', muter_id, muted_id, id FROM social_graph.mute WHERE NOT $1 IN (muter_id, muted_id)
     UNION ALL SELECT 'restriction', restricter_id, restricted_id, id FROM social_graph.restriction
       WHERE NOT $1 IN (restricter_id, restricted_id)
     UNION ALL SELECT 'close friend', owner_id, friend_id, id FROM social_graph.close_friend
       WHERE NOT $1 IN (owner_id, friend_id)
     UNION ALL SELECT 'dismissal', viewer_id, person_id, id FROM social_graph.suggestion_dismissal WHERE viewer_id <> $1
     ORDER BY 1, 2, 3`,
    [gone],
  );

beforeEach(async () => {
  [gone, ...others] = (await world.register(13)) as [bigint, ...bigint[]];
  crowd = others.splice(2);
  await importFollows(environment, [
    ...crowd.slice(0, 7).map((one) => [one, gone] as const),
    ...crowd.slice(3, 8).map((one) => [gone, one] as const),
    ...crowd.map((one) => [one, others[0]!] as const),
    [others[0]!, others[1]!],
  ]);
  await sql('INSERT INTO social_graph.person (user_id) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING', [
    [gone, ...others, ...crowd],
  ]);
  for (const one of crowd.slice(0, 3)) {
    await sql(
      'INSERT INTO social_graph.follow_request (followee_id, follower_id, id) VALUES ($1, $2, $3), ($2, $1, $4)',
      [gone, one, environment.ids.next(), environment.ids.next()],
    );
  }
  for (const one of crowd.slice(5, 8)) {
    await act('muteUser', gone, one);
    await act('muteUser', one, gone);
    await act('restrictUser', gone, one);
    await act('restrictUser', one, gone);
    await act('addCloseFriend', gone, one);
    await act('addCloseFriend', one, gone);
  }
  await act('blockUser', gone, crowd[8]!);
  await act('blockUser', crowd[9]!, gone);
  await act('blockUser', others[0]!, crowd[9]!);
  await act('muteUser', others[1]!, crowd[9]!);
  await act('restrictUser', others[1]!, crowd[9]!);
  await act('addCloseFriend', others[1]!, crowd[9]!);
  await graph.ask('social-graph', gone, '{ peopleYouMayKnow(first: 5) { edges { node { id } } } }');
  await markOwn(environment.database.pool, [gone], 0);
  await noteChanges(environment.database.pool, [gone]);
  await graph.ask(
    'social-graph',
    gone,
    `mutation { dismissSuggestion(input: { userId: "${globalId('User', others[0]!)}" }) { errors { code } } }`,
  );
  await graph.ask(
    'social-graph',
    others[1]!,
    `mutation { dismissSuggestion(input: { userId: "${globalId('User', gone)}" }) { errors { code } } }`,
  );
});

const ALL_ENDS = { follow: 12, 'follow-request': 6, mute: 6, block: 2 };

describe('a deleted account', () => {
  test('leaves nothing in the graph, and publishes the end of each relationship once', async () => {
    expect(await left(gone)).toMatchObject({
      follow: 12,
      follower: 12,
      request: 6,
      block: 2,
      mute: 6,
      restriction: 6,
      friend: 6,
      change: 1,
      dirty: 1,
      reader: 1,
      dismissal: 1,
    });
    const before = await ofOthers();
    await eraseAll(steps, gone, 2);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await drifted()).toEqual([]);
    expect(await ends(gone)).toEqual(ALL_ENDS);
    expect(await ofOthers()).toEqual(before);
    await eraseAll(steps, gone, 2);
    expect(await ends(gone)).toEqual(ALL_ENDS);
  });

  test('is erased completely, however often the erasure is interrupted before or after a commit', async () => {
    expect(await eraseInterrupted(steps, gone, 2)).toBeGreaterThan(5);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await drifted()).toEqual([]);
    expect(await ends(gone)).toEqual(ALL_ENDS);
  });

  test('publishes nothing of a page that was not committed', async () => {
    const publisher = createPublisher(createOutbox({ owner: 'social-graph', ids: environment.ids }));
    let pages = 0;
    const dying = createErasureSteps({
      pool: environment.database.pool,
      publisher: {
        ...publisher,
        async publishEnded(tx, relationship, pairs) {
          await publisher.publishEnded(tx, relationship, pairs);
          if (++pages === 4) throw new Error('killed');
        },
      },
    });
    await expect(eraseAll(dying, gone, 2)).rejects.toThrow('killed');
    expect(await drifted()).toEqual([]);
    await eraseAll(steps, gone, 2);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await ends(gone)).toEqual(ALL_ENDS);
  });

  test('gets no new relationships during the erasure or afterwards', async () => {
    const [other] = others as [bigint];
    const late = steps.map(({ name, next }) => ({
      name,
      next: async (...page: Page) => {
        const found = await next(...page);
        await Promise.all([
          act('followUser', gone, other),
          act('followUser', other, gone),
          act('muteUser', gone, other),
          act('restrictUser', gone, other),
          act('addCloseFriend', gone, other),
          act('addCloseFriend', other, gone),
        ]);
        await act('acceptFollowRequest', gone, crowd[0]!);
        // Like the events of relationships that the erasure ends.
        await noteChanges(environment.database.pool, [gone]);
        return found;
      },
    }));
    await eraseAll(late, gone, 2);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await drifted()).toEqual([]);
    await graph.ask('social-graph', gone, '{ peopleYouMayKnow(first: 5) { edges { node { id } } } }');
    await graph.ask(
      'social-graph',
      gone,
      `mutation { dismissSuggestion(input: { userId: "${globalId('User', other)}" }) { errors { code } } }`,
    );
    expect(await left(gone)).toEqual(NOTHING);
  });

  test('is erased while other people are active, and leaves their counts exact', async () => {
    const people = [gone, ...others, ...crowd.slice(0, 5)];
    const actions = [
      'followUser',
      'unfollowUser',
      'blockUser',
      'unblockUser',
      'muteUser',
      'unmuteUser',
      'restrictUser',
      'unrestrictUser',
      'addCloseFriend',
      'removeCloseFriend',
    ];
    const pick = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)]!;
    const busy = Array.from({ length: 40 }, () => act(pick(actions), pick(people), pick(people)));
    await Promise.all([eraseAll(steps, gone, 2), eraseAll(steps, gone, 3), ...busy]);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await drifted()).toEqual([]);
    const events = await sql<{ type: string; subject: string }>(
      `SELECT type, subject FROM social_graph.outbox WHERE type LIKE '%.follow.%' AND $1 = ANY(string_to_array(subject, ':'))
       ORDER BY position`,
      [String(gone)],
    );
    const live = new Set<string>();
    for (const { type, subject } of events) {
      const created = type.endsWith('created.v1');
      expect(live.has(subject)).toBe(!created);
      if (created) live.add(subject);
      else live.delete(subject);
    }
    expect([...live]).toEqual([]);
  });

  test('is found by one range scan for each page', async () => {
    const { pool } = environment.database;
    for (const relationship of ['follow-request', 'follow', 'block', 'mute', 'restriction', 'close-friend'] as const) {
      for (const side of ['actor', 'target'] as const) {
        const plan = await explainWithIndexes(pool, LIST_RELATED[side](relationship), [1n, 5]);
        expect(plan.join()).toMatch(ONE_RANGE_SCAN);
      }
    }
  });
});

describe('the worker', () => {
  test('continues where a stopped one ended, and acknowledges when nothing is left', async () => {
    const { bus } = environment;
    let pages = 0;
    const { promise: stuck, resolve } = Promise.withResolvers<void>();
    const hanging = steps.map(({ name, next }) => ({
      name,
      next: async (...page: Page) => {
        if (page[0] === gone && ++pages === 6) {
          resolve();
          await new Promise(() => undefined);
        }
        return next(...page);
      },
    }));
    const options = { bus, owner: 'social-graph', pageSize: 2, log: environment.log } as const;
    const first = createErasureConsumer({ ...options, steps: hanging });
    await first.start();
    await world.deleteAccount(gone);
    await stuck;
    await first.stop();
    const rest = await left(gone);
    expect(rest).not.toEqual(NOTHING);

    const second = createErasureConsumer({ ...options, steps });
    await second.start();
    await eventually(async () => expect(await left(gone)).toEqual(NOTHING));
    const waiting = async () => {
      const info = await bus.jsm.consumers.info(bus.streamName('user'), 'social-graph__erasure');
      return info.num_pending + info.num_ack_pending;
    };
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(await ends(gone)).toEqual(ALL_ENDS);
    expect(await drifted()).toEqual([]);

    // The same event again, as after the loss of a stream.
    await world.deleteAccount(gone);
    await eventually(async () =>
      expect(
        (await bus.jsm.consumers.info(bus.streamName('user'), 'social-graph__erasure')).delivered.consumer_seq,
      ).toBeGreaterThan(2),
    );
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(await ends(gone)).toEqual(ALL_ENDS);
    await second.stop();
  }, 60_000);
});
