import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import {
  createEnvironment,
  type Environment,
  eventually,
  explain,
  fill,
  type TestSubgraphs,
  vacuumAnalyze,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCandidates } from '../src/discovery/suggestion/candidate.repository.ts';
import { claimDirty, markOwn } from '../src/discovery/suggestion/dirty.repository.ts';
import { insertDismissal } from '../src/discovery/suggestion/dismissal.repository.ts';
import { createRefreshService } from '../src/discovery/suggestion/refresh.service.ts';
import { SUGGESTION_PAGE } from '../src/discovery/suggestion/suggestion.repository.ts';
import { WEIGHTS } from '../src/discovery/suggestion/suggestion.rules.ts';
import { importFollows } from '../src/index.ts';
import { openSocialGraph, type SocialGraphFixture } from './social-graph.fixture.ts';

type Edge = { cursor: string; node: { id: string }; mutuals: { id: string }[] };
type Page = { edges: Edge[]; pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string } };

let fixture: SocialGraphFixture;
let environment: Environment;
let world: World;
let graph: TestSubgraphs;
beforeAll(async () => {
  fixture = await openSocialGraph();
  ({ environment, world, graph } = fixture);
});
afterAll(() => fixture.close());

async function people(count: number): Promise<bigint[]> {
  return world.register(count);
}
const follow = (...pairs: (readonly [bigint, bigint])[]) => importFollows(environment, pairs);
async function page(viewer: bigint, first = 20, after: string | null = null): Promise<Page> {
  const query = `query ($first: Int, $after: String) { peopleYouMayKnow(first: $first, after: $after) {
    edges { cursor node { id } mutuals { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  return (await graph.ask<{ peopleYouMayKnow: Page }>('social-graph', viewer, query, { first, after }))
    .peopleYouMayKnow;
}
const suggested = async (viewer: bigint) =>
  (await page(viewer, 100)).edges.map(({ node }) => requireGlobalId('User', node.id));

describe('candidates', () => {
  test('equal the formula on random graphs', async () => {
    const { pool } = environment.database;
    const everyone = await people(40);
    // A linear congruential generator: the same graph each time.
    let seed = 7;
    const chance = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const follows = everyone.flatMap((who, n) =>
      everyone
        .filter((whom, m) => whom !== who && chance() < (m % 7 === 0 ? 0.5 : 0.02 + n / 400))
        .map((whom) => [who, whom] as const),
    );
    await follow(...follows);
    const shy = new Set(everyone.filter((_, n) => n % 5 === 1));
    // Newer than the events of the import, which may arrive later.
    const hide = 'UPDATE social_graph.person SET is_private = true, visibility_version = 2 WHERE user_id = ANY($1)';
    expect((await pool.query(hide, [[...shy]])).rowCount).toBe(shy.size);
    const following = Map.groupBy(follows, ([who]) => who);
    const followeesOf = (id: bigint) => (following.get(id) ?? []).map(([, whom]) => whom);
    const followersOf = (id: bigint) => follows.filter(([, whom]) => whom === id).map(([who]) => who);
    const degree = (id: bigint) => Math.max(followersOf(id).length, followeesOf(id).length, 2);
    const weights = { ...WEIGHTS, recencyBonus: 0 };
    const { rarity, ofFollowers, ofFollower, leanSlope, leanOffset, leanBounds } = weights;
    let compared = 0;
    for (const viewer of everyone) {
      const [followees, followers] = [followeesOf(viewer), followersOf(viewer)];
      const paths = new Map<bigint, { via: bigint | null; weight: number }[]>();
      const lead = (person: bigint, via: bigint | null, weight: number) => {
        if (person !== viewer && !followees.includes(person))
          paths.set(person, [...(paths.get(person) ?? []), { via, weight }]);
      };
      for (const via of new Set([...followees, ...followers.filter((one) => !shy.has(one))])) {
        const followed = followees.includes(via);
        const share = (followed ? 1 : 0) + (followers.includes(via) ? ofFollowers : 0);
        for (const person of followeesOf(via)) lead(person, followed ? via : null, share * degree(via) ** -rarity);
      }
      for (const person of followers) lead(person, null, ofFollower);
      const count = [...paths.values()].reduce((sum, all) => sum + all.length, 0);
      const lean = Math.min(
        Math.max(leanOffset - leanSlope * Math.log(count / paths.size), leanBounds[0]),
        leanBounds[1],
      );
      const found = await findCandidates(pool, viewer, environment.ids.next(), weights);
      expect(new Set(found.map(({ personId }) => personId))).toEqual(new Set(paths.keys()));
      for (const { personId, score, reasons } of found) {
        const all = paths.get(personId)!;
        const weight = all.reduce((sum, path) => sum + path.weight, 0);
        const expected = weight * Math.max(followersOf(personId).length, 1) ** lean * 1e6;
        expect(Math.abs(Number(score) - expected)).toBeLessThanOrEqual(1);
        const through = all.flatMap(({ via }) => via ?? []);
        expect(reasons).toHaveLength(Math.min(through.length, 3));
        expect(through).toEqual(expect.arrayContaining(reasons));
        compared += 1;
      }
      const keys = found.map(({ score, personId }) => [score, personId] as const);
      expect(keys).toEqual(keys.toSorted((one, other) => compare(other, one)));
    }
    expect(compared).toBeGreaterThan(200);
  });
});

function compare(one: readonly bigint[], other: readonly bigint[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : one[at]! < other[at]! ? -1 : 1;
}

describe('people you may know', () => {
  test('are friends of friends, those with most mutual friends first, with the names of these', async () => {
    const [viewer, ann, bob, known, other, stranger] = (await people(6)) as [bigint, ...bigint[]] & bigint[];
    await follow(
      [viewer, ann!],
      [viewer, bob!],
      [ann!, known!],
      [bob!, known!],
      [ann!, other!],
      [ann!, viewer],
      [stranger!, other!],
    );
    const { edges, pageInfo } = await page(viewer);
    expect(edges.map(({ node }) => requireGlobalId('User', node.id))).toEqual([known, other]);
    expect(new Set(edges[0]!.mutuals.map(({ id }) => requireGlobalId('User', id)))).toEqual(new Set([ann, bob]));
    expect(edges[1]!.mutuals).toEqual([{ id: globalId('User', ann!) }]);
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  test('are empty for people who follow nobody', async () => {
    const [viewer] = await people(1);
    expect(await page(viewer!)).toMatchObject({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
  });

  test('leave out people who are followed, requested, muted, blocked, blocking or dismissed, at once', async () => {
    const [viewer, friend, ...others] = (await people(9)) as [bigint, bigint, ...bigint[]];
    const [followed, asked, muted, blocked, blocking, dismissed, left] = others as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    await follow([viewer, friend], ...others.map((other) => [friend, other] as const));
    expect(new Set(await suggested(viewer))).toEqual(new Set(others));
    await world.setPrivate(asked);
    const isPrivate = 'SELECT is_private FROM social_graph.person WHERE user_id = $1';
    await eventually(async () =>
      expect((await environment.database.pool.query(isPrivate, [asked])).rows).toEqual([{ is_private: true }]),
    );
    const done = await Promise.all([
      fixture.codes('followUser', viewer, followed),
      fixture.codes('followUser', viewer, asked),
      fixture.codes('muteUser', viewer, muted),
      fixture.codes('blockUser', viewer, blocked),
      fixture.codes('blockUser', blocking, viewer),
      fixture.codes('dismissSuggestion', viewer, dismissed),
    ]);
    expect(done.flat()).toEqual([]);
    // Whether or not they have been computed again.
    expect(await suggested(viewer)).toEqual([left]);
    expect(await fixture.codes('dismissSuggestion', viewer, dismissed)).toEqual([]);
  });

  test.each([1, 7, 50, 100])(
    'come in pages of %i, to the end, without those who are hidden in between',
    async (first) => {
      const [viewer, friend, ...others] = (await people(62)) as [bigint, bigint, ...bigint[]];
      await follow([viewer, friend], ...others.map((other) => [friend, other] as const));
      await page(viewer);
      const hidden = others.filter((_, index) => index % 3 === 0);
      for (const other of hidden) await fixture.codes('muteUser', viewer, other);
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { edges, pageInfo } = await page(viewer, first, after);
        expect(edges.length === first || !pageInfo.hasNextPage).toBe(true);
        expect(pageInfo.hasPreviousPage).toBe(after !== null);
        seen.push(...edges.map(({ node }) => node.id));
        after = pageInfo.endCursor;
        more = pageInfo.hasNextPage;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(new Set(seen)).toEqual(
        new Set(others.filter((other) => !hidden.includes(other)).map((other) => globalId('User', other))),
      );
    },
  );

  test('change with the follows of the viewer and their friends', async () => {
    const { pool } = environment.database;
    const [viewer, friend, later, sooner] = (await people(4)) as [bigint, bigint, bigint, bigint];
    await follow([viewer, friend]);
    expect(await suggested(viewer)).toEqual([]);
    await fixture.codes('followUser', friend, sooner);
    const pass = async (text: string, id: bigint) => expect((await pool.query(text, [id])).rowCount).toBe(1);
    const gathered = `UPDATE social_graph.suggestion_change SET changed_at = now() - interval '1 minute' WHERE person_id = $1`;
    await eventually(() => pass(gathered, friend));
    const due = 'UPDATE social_graph.suggestion_dirty SET due_at = now() WHERE viewer_id = $1';
    await eventually(() => pass(due, viewer));
    await eventually(async () => expect(await suggested(viewer)).toEqual([sooner]));
    await fixture.codes('followUser', sooner, later);
    await fixture.codes('followUser', viewer, sooner);
    await eventually(async () => expect(await suggested(viewer)).toEqual([later]));
  });

  test('are computed again if the process was killed', async () => {
    const still = await createEnvironment();
    const [viewer, friend, other] = [1n, 2n, 3n];
    await still.database.pool.query('INSERT INTO social_graph.person (user_id) SELECT unnest($1::bigint[])', [
      [viewer, friend, other],
    ]);
    const refresh = createRefreshService({ pool: still.database.pool, ids: still.ids });
    await refresh.onTheSpot(viewer);
    await importFollows(still, [
      [viewer, friend],
      [friend, other],
    ]);
    await markOwn(still.database.pool, [viewer], 0);
    const killed = transaction(still.database.pool, async (tx) => {
      expect(await claimDirty(tx)).toBe(viewer);
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await refresh.nextDue()).toBe(viewer);
    expect(await refresh.nextDue()).toBeNull();
    const found = 'SELECT person_id FROM social_graph.suggestion WHERE viewer_id = $1';
    expect((await still.database.pool.query(found, [viewer])).rows).toEqual([{ person_id: String(other) }]);
    await still.close();
  });

  test.each([
    ['first: 0', /first/],
    ['first: 101', /first/],
    ['after: "nothing"', /cursor/],
  ])('refuse %s', async (args, message) => {
    const [viewer] = await people(1);
    const query = `{ peopleYouMayKnow(${args}) { edges { cursor } } }`;
    await expect(graph.ask('social-graph', viewer!, query)).rejects.toThrow(message);
  });

  test('require a viewer', async () => {
    await expect(graph.ask('social-graph', null, '{ peopleYouMayKnow { edges { cursor } } }')).rejects.toThrow(
      /Log in/,
    );
  });
});

describe('a dismissal', () => {
  test('requires another, existing account', async () => {
    const [viewer] = (await people(1)) as [bigint];
    expect(await fixture.codes('dismissSuggestion', viewer, viewer)).toEqual(['SELF_NOT_ALLOWED']);
    expect(await fixture.codes('dismissSuggestion', viewer, globalId('User', 12n))).toEqual(['USER_NOT_FOUND']);
    expect(await fixture.codes('dismissSuggestion', viewer, 'nobody')).toEqual(['USER_NOT_FOUND']);
  });

  test('is forgotten after a thousand newer ones', async () => {
    const { pool } = environment.database;
    const [viewer] = (await people(1)) as [bigint];
    await pool.query(
      'INSERT INTO social_graph.suggestion_dismissal (viewer_id, person_id, id) SELECT $1, n, n FROM generate_series(1, 1000) n',
      [viewer],
    );
    await insertDismissal(pool, viewer, 5000n, 5000n);
    const kept =
      'SELECT count(*)::int AS n, min(person_id)::int AS oldest FROM social_graph.suggestion_dismissal WHERE viewer_id = $1';
    expect((await pool.query(kept, [viewer])).rows).toEqual([{ n: 1000, oldest: 2 }]);
  });
});

test('a page is one range scan over 100,000 rows', async () => {
  const { pool } = environment.database;
  await fill(
    pool,
    `INSERT INTO social_graph.suggestion (viewer_id, person_id, score, reasons)
    SELECT 1 + n % 500, n, n % 977, ARRAY[n] FROM generate_series(1, 100000) n`,
  );
  await fill(
    pool,
    `INSERT INTO social_graph.suggestion_dismissal (viewer_id, person_id, id)
    SELECT 1 + n % 500, n, n FROM generate_series(1, 50000) n ON CONFLICT DO NOTHING`,
  );
  await vacuumAnalyze(pool, 'social_graph.suggestion', 'social_graph.suggestion_dismissal');
  const nodes = await explain(pool, SUGGESTION_PAGE, [7n, 500n, 2n ** 62n, 21]);
  expect(nodes.join()).toMatch(/^Limit,Nested Loop,Index Scan,(Materialize,)?Index Only Scan$/);
});
