import { hash } from '@node-rs/argon2';
import type { EventEnvelope } from '@tintype/events';
import { type Subgraph, withRequest } from '@tintype/graphql';
import { createEnvironment, type Environment, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { subjectOf } from '@tintype/viewer';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wireSocialGraph } from '../../subgraphs/social-graph/src/index.ts';
import { toVisibility } from '../../subgraphs/social-graph/src/person/on-account.consumer.ts';
import {
  createVisibilityService,
  type VisibilityService,
} from '../../subgraphs/social-graph/src/person/visibility.service.ts';
import { importAccounts, wireUser } from '../../subgraphs/user/src/index.ts';

const PASSWORD = 'a long enough phrase';

/**
 * Faults of the call to social-graph. A process that is killed before its commit leaves the same state as a lost
 * response.
 */
const FAULTS = ['none', 'none', 'unreachable', 'answer lost'] as const;
const CHANGES = ['private', 'public', 'rename', 'deactivate', 'log in'] as const;
type Change = (typeof CHANGES)[number];
type Fault = (typeof FAULTS)[number];
type Step =
  | { kind: 'change'; change: Change; fault: Fault }
  | { kind: 'race'; changes: [Change, Change] }
  | { kind: 'deliver'; index: number }
  | { kind: 'reconcile' };

let environment: Environment;
let graph: TestSubgraphs;
let users: Subgraph;
let visibility: VisibilityService;
let fault: Fault = 'none';
let made = 0;
let passwordHash: string;

beforeAll(async () => {
  // Histories log in often, so the hash is as cheap as possible.
  passwordHash = await hash(PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 });
  environment = await createEnvironment();
  graph = await startSubgraphs(environment, { user: wireUser, 'social-graph': wireSocialGraph });
  const faulty = withRequest(async (subgraph, request) => {
    if (subgraph !== 'social-graph' || !request.query.includes('hideAccount'))
      return graph.clientOf('user').execute(subgraph, request);
    if (fault === 'unreachable') throw new Error('unreachable');
    const answer = await graph.clientOf('user').execute(subgraph, request);
    if (fault !== 'none') throw new Error(fault);
    return answer;
  });
  users = (await wireUser({ ...environment, client: faulty })).subgraph;
  visibility = createVisibilityService({
    pool: environment.database.pool,
    client: graph.clientOf('social-graph'),
    onPublic: () => undefined,
    unconfirmedMs: 0,
  });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

const MUTATIONS: Record<Change, (username: string) => string> = {
  private: () => 'mutation { done: updateProfile(input: { isPrivate: true }) { errors { code } } }',
  public: () => 'mutation { done: updateProfile(input: { isPrivate: false }) { errors { code } } }',
  rename: () => `mutation { done: updateProfile(input: { displayName: "${++made}" }) { errors { code } } }`,
  deactivate: () => `mutation { done: deactivateAccount(input: { password: "${PASSWORD}" }) { errors { code } } }`,
  'log in': (name) =>
    `mutation { done: logIn(input: { identifier: "${name}", password: "${PASSWORD}" }) { errors { code } } }`,
};

async function register(): Promise<{ id: bigint; username: string }> {
  const username = `seen${++made}`;
  const account = { username, email: `${username}@example.org`, displayName: '', passwordHash };
  return { id: (await importAccounts(environment, [account]))[0]!, username };
}

/** @returns whether the mutation succeeded */
async function attempt({ id, username }: { id: bigint; username: string }, change: Change): Promise<boolean> {
  const identity = {
    ...subjectOf({ userId: id, sessionId: '1' }),
    requestId: 'r',
    operation: 'mutation' as const,
    caller: { service: 'gateway', isInternal: false },
  };
  const { data, errors } = await users.execute({ query: MUTATIONS[change](username), identity });
  return !errors && (data as { done: { errors: unknown[] } }).done.errors.length === 0;
}

type Seen = { isPrivate: boolean; isActive: boolean };

async function truthOf(id: bigint): Promise<Seen> {
  const { rows } = await environment.database.pool.query('SELECT state, is_private FROM "user".account WHERE id = $1', [
    id,
  ]);
  return { isPrivate: rows[0].is_private, isActive: rows[0].state === 'ACTIVE' };
}

/** The account according to the relations of others. */
async function copyOf(id: bigint): Promise<Seen> {
  const query = `{ relations(userIds: ["${id}"]) { exists isPrivate } }`;
  const { relations } = await graph.askAs<{ relations: { exists: boolean; isPrivate: boolean }[] }>(
    'feed',
    'social-graph',
    null,
    query,
  );
  return { isPrivate: relations[0]!.isPrivate, isActive: relations[0]!.exists };
}

/** The copy hides at least what the account hides. */
function expectNothingShown(truth: Seen, copy: Seen): void {
  if (!truth.isActive) expect(copy.isActive).toBe(false);
  if (truth.isPrivate && copy.isActive) expect(copy.isPrivate).toBe(true);
}

async function eventsOf(id: bigint): Promise<EventEnvelope[]> {
  const text = `SELECT position::text AS sequence, type, data FROM "user".outbox WHERE subject = $1 ORDER BY position`;
  return (await environment.database.pool.query(text, [String(id)])).rows;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      change: fc.constantFrom(...CHANGES),
      fault: fc.constantFrom(...FAULTS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('race' as const),
      changes: fc.tuple(fc.constantFrom(...CHANGES), fc.constantFrom(...CHANGES)),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver' as const), index: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reconcile' as const }) },
);

test('hidden people are never visible, whichever events and processes are lost, and the copy is exact after delivery', async () => {
  const { signal } = new AbortController();
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14 }),
      fc.infiniteStream(fc.nat()),
      async (steps, chance) => {
        const person = await register();
        for (const one of steps) {
          fault = one.kind === 'change' ? one.fault : 'none';
          const before = await truthOf(person.id);
          if (one.kind === 'change') {
            const acknowledged = await attempt(person, one.change);
            if (!acknowledged) expect(await truthOf(person.id)).toEqual(before);
          } else if (one.kind === 'race') await Promise.all(one.changes.map((change) => attempt(person, change)));
          else if (one.kind === 'reconcile') await visibility.reconcile(signal);
          else {
            const events = await eventsOf(person.id);
            await visibility.apply([toVisibility(events[one.index % events.length]!)!]);
          }
          expectNothingShown(await truthOf(person.id), await copyOf(person.id));
        }
        fault = 'none';
        const events = await eventsOf(person.id);
        for (const event of events.toSorted(() => (chance.next().value % 3) - 1))
          await visibility.apply([toVisibility(event)!]);
        await visibility.reconcile(signal);
        const [truth, copy] = [await truthOf(person.id), await copyOf(person.id)];
        expect(copy.isActive).toBe(truth.isActive);
        if (truth.isActive) expect(copy.isPrivate).toBe(truth.isPrivate);
      },
    ),
    { numRuns: 40 },
  );
}, 300_000);
