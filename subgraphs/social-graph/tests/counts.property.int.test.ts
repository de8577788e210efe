import { SubgraphError } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

const PEOPLE = 4;
const ACTIONS = ['followUser', 'followUser', 'unfollowUser', 'blockUser', 'unblockUser'] as const;
const command = fc.record({
  action: fc.constantFrom(...ACTIONS),
  who: fc.nat(PEOPLE - 1),
  whom: fc.nat(PEOPLE - 1),
});

async function newPeople(): Promise<bigint[]> {
  return world.register(PEOPLE);
}

async function rows<Row>(sql: string, ids: readonly bigint[]): Promise<Row[]> {
  return (await environment.database.pool.query(sql, [ids])).rows as Row[];
}

test('counts, both directions and events agree after any concurrent follows, unfollows and blocks', {
  timeout: 180_000,
}, async () => {
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 24 }), async (commands) => {
      const people = await newPeople();
      const act = ({ action, who, whom }: (typeof commands)[number]) => {
        const mutation = `mutation { ${action}(input: { userId: "${globalId('User', people[whom]!)}" }) { errors { code } } }`;
        return graph.ask('social-graph', people[who]!, mutation).then(
          () => accepted++,
          (error: unknown) => {
            // It waited for the others for too long. Then it has changed nothing.
            if (!(error instanceof SubgraphError && error.code === 'TIMEOUT')) throw error;
            refused++;
          },
        );
      };
      // All at the same time, so that they interleave in every order.
      await Promise.all(commands.map(act));

      const drifted = await rows(
        `SELECT * FROM social_graph.person p WHERE user_id = ANY($1) AND (
           follower_count <> (SELECT count(*) FROM social_graph.follower f WHERE f.followee_id = p.user_id) OR
           following_count <> (SELECT count(*) FROM social_graph.follow f WHERE f.follower_id = p.user_id))`,
        people,
      );
      expect(drifted).toEqual([]);
      const unmatched = await rows(
        `SELECT * FROM social_graph.follow a FULL JOIN social_graph.follower b USING (follower_id, followee_id, id)
         WHERE (a.follower_id = ANY($1) OR b.follower_id = ANY($1)) AND (a.ctid IS NULL OR b.ctid IS NULL)`,
        people,
      );
      expect(unmatched).toEqual([]);
      const followedThoughBlocked = await rows(
        `SELECT * FROM social_graph.follow f JOIN social_graph.block b ON
           (b.blocker_id, b.blocked_id) IN ((f.follower_id, f.followee_id), (f.followee_id, f.follower_id))
         WHERE f.follower_id = ANY($1)`,
        people,
      );
      expect(followedThoughBlocked).toEqual([]);

      const follows = await rows<{ pair: string }>(
        `SELECT follower_id || ':' || followee_id AS pair FROM social_graph.follow WHERE follower_id = ANY($1)`,
        people,
      );
      const events = await rows<{ type: string; subject: string }>(
        `SELECT type, subject FROM social_graph.outbox WHERE type LIKE '%.follow.%'
           AND split_part(subject, ':', 1)::bigint = ANY($1) ORDER BY position`,
        people,
      );
      const replayed = new Set<string>();
      for (const { type, subject } of events) {
        const created = type.endsWith('created.v1');
        // Each event is a real change: nothing is created twice or ended without being there.
        expect(replayed.has(subject)).toBe(!created);
        if (created) replayed.add(subject);
        else replayed.delete(subject);
      }
      expect([...replayed].toSorted()).toEqual(follows.map((row) => row.pair).toSorted());
    }),
    { numRuns: 25 },
  );
  expect(accepted).toBeGreaterThan(refused);
});
