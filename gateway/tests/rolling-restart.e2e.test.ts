import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Distributed, startDistributed } from '@tintype/local/distributed';
import { createClient } from '@tintype/schema/client';
import {
  CreateCollectionDocument,
  FollowHashtagDocument,
  FollowUserDocument,
  HomeFeedDocument,
  NotificationsDocument,
  ProfileDocument,
  SearchDocument,
  UnfollowUserDocument,
} from '@tintype/schema/operations';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Balancer, startBalancer } from './platform/balancer.ts';
import { type Person, register } from './platform/people.ts';
import { GENEROUS } from './platform/platform.ts';

// Every process is restarted, and loading takes a few seconds each time.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 200_000 });
const READY_MS = 120_000;
const READERS = 3;
/** People pause between requests. Also keeps the number of collections below its limit. */
const PAUSE_MS = 800;
const WARM_UP_ROUNDS = 3;
/** The prefix of collections that are created during the restarts. */
const KIND = 'number';

let environment: Environment;
let platform: Distributed;
let balancer: Balancer;
let readers: Person[];
let other: Person;

beforeAll(async () => {
  environment = await createEnvironment({
    env: { ...GENEROUS, DATABASE_POOL: '4', DRAIN_NOTICE_MS: '2000' },
  });
  platform = await startDistributed(environment.env, () => undefined, { replicas: 2, hasWorkers: false });
  await platform.ready(READY_MS);
  balancer = await startBalancer(platform.gateways);
  const visitor = createClient(`${platform.url}/graphql`);
  await eventually(async () => {
    other = await register(visitor, 'other');
    readers = await Promise.all(Array.from({ length: READERS }, () => register(visitor, 'reader')));
  });
});
afterAll(async () => {
  balancer?.close();
  await platform?.stop();
  await environment?.close();
});

type Seen = { answered: number; collections: string[]; failed: string[] };
type Round = (seen: Seen) => Promise<void>;

/** A round of requests for each reader. Names of collections begin with `kind`. */
function roundsOf(kind: string): Round[] {
  const ask = async (seen: Seen, { token }: Person, document: { toString(): string }, variables: object = {}) => {
    const { status, text } = await balancer.post('/graphql', { query: String(document), variables }, token);
    if (status === 200 && !text.includes('"code":')) seen.answered += 1;
    else seen.failed.push(`${new Date().toISOString()} ${status} ${text.slice(0, 300)}`);
  };
  return readers.flatMap((reader): Round[] => [
    (seen) => ask(seen, reader, HomeFeedDocument),
    (seen) => ask(seen, reader, ProfileDocument, { username: other.username }),
    (seen) => ask(seen, reader, NotificationsDocument),
    (seen) => ask(seen, reader, SearchDocument, { query: 'other' }),
    (seen) => ask(seen, reader, FollowHashtagDocument, { name: 'dawn' }),
    async (seen) => {
      await ask(seen, reader, FollowUserDocument, { userId: other.id });
      await ask(seen, reader, UnfollowUserDocument, { userId: other.id });
    },
    async (seen) => {
      const name = `${kind} ${seen.collections.length}`;
      seen.collections.push(name);
      await ask(seen, reader, CreateCollectionDocument, { name });
    },
  ]);
}

/**
 * Sends requests until none fails. Processes that start together on a small machine are slow with their first requests.
 */
async function warmUp(): Promise<void> {
  await eventually(async () => {
    const seen: Seen = { answered: 0, collections: [], failed: [] };
    for (let round = 0; round < WARM_UP_ROUNDS; round++)
      await Promise.all(roundsOf(randomUUID()).map((one) => one(seen)));
    expect(seen.failed).toEqual([]);
  });
}

/** Each reader sends requests until it is stopped. */
function load(): () => Promise<Seen> {
  const seen: Seen = { answered: 0, collections: [], failed: [] };
  let isStopped = false;
  const askers = roundsOf(KIND).map(async (one) => {
    while (!isStopped) {
      await one(seen);
      await sleep(PAUSE_MS);
    }
  });
  return async () => {
    isStopped = true;
    await Promise.all(askers);
    return seen;
  };
}

/** The order of restarts: the first process of each part, then the second. */
const ORDER = [...SUBGRAPHS, ...SUBGRAPHS.map((name) => `${name}-2`), 'gateway', 'gateway-2'];

test('with two of each subgraph and gateway, a rolling restart fails no request and does none twice', async () => {
  await warmUp();
  const stop = load();
  for (const name of ORDER) await platform.restart(name, READY_MS);
  const { answered, collections, failed } = await stop();
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(100);
  expect(balancer.drained()).toEqual(platform.gateways.map(({ url }) => url));
  const { rows } = await environment.database.pool.query('SELECT name FROM engagement.collection WHERE name LIKE $1', [
    `${KIND} %`,
  ]);
  expect(rows.map(({ name }) => name).toSorted()).toEqual(collections.toSorted());
});
