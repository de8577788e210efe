import { setTimeout as sleep } from 'node:timers/promises';
import { type Distributed, startDistributed } from '@tintype/local/distributed';
import { createClient } from '@tintype/schema/client';
import {
  CreateCollectionDocument,
  FollowDocument,
  FollowHashtagDocument,
  HomeFeedDocument,
  NotificationsDocument,
  ProfileDocument,
  SearchDocument,
  UnfollowDocument,
} from '@tintype/schema/operations';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Balancer, startBalancer } from './platform/balancer.ts';
import { type Person, register } from './platform/people.ts';
import { GENEROUS } from './platform/platform.ts';

// Every process is restarted, and takes a few seconds to load.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 200_000 });
const READY_MS = 120_000;
const READERS = 3;
/** People read what they get; and nobody makes more collections than one may have. */
const PAUSE_MS = 800;

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
  // A process that has just begun may be slow at first.
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

/** Each reader asks for this and that, on and on until told to stop. */
function load(): () => Promise<Seen> {
  const seen: Seen = { answered: 0, collections: [], failed: [] };
  let isStopped = false;
  const ask = async ({ token }: Person, document: { toString(): string }, variables: object = {}) => {
    const { status, text } = await balancer.post('/graphql', { query: String(document), variables }, token);
    if (status === 200 && !text.includes('"code":')) seen.answered += 1;
    else seen.failed.push(`${new Date().toISOString()} ${status} ${text.slice(0, 300)}`);
  };
  const asks: ((reader: Person) => Promise<void>)[] = [
    (reader) => ask(reader, HomeFeedDocument),
    (reader) => ask(reader, ProfileDocument, { username: other.username }),
    (reader) => ask(reader, NotificationsDocument),
    (reader) => ask(reader, SearchDocument, { query: 'other' }),
    (reader) => ask(reader, FollowHashtagDocument, { name: 'dawn' }),
    async (reader) => {
      await ask(reader, FollowDocument, { userId: other.id });
      await ask(reader, UnfollowDocument, { userId: other.id });
    },
    async (reader) => {
      const name = `number ${seen.collections.length}`;
      seen.collections.push(name);
      await ask(reader, CreateCollectionDocument, { name });
    },
  ];
  const askers = readers.flatMap((reader) =>
    asks.map(async (one) => {
      while (!isStopped) {
        await one(reader);
        await sleep(PAUSE_MS);
      }
    }),
  );
  return async () => {
    isStopped = true;
    await Promise.all(askers);
    return seen;
  };
}

/** So many subgraphs at once, as many as start without taking the processor from those that answer. */
const AT_ONCE = 2;

/** One process of each subgraph, then the other one; one gateway after the other. */
function waves(): string[][] {
  const first: string[][] = [];
  for (let from = 0; from < SUBGRAPHS.length; from += AT_ONCE) first.push(SUBGRAPHS.slice(from, from + AT_ONCE));
  return [...first, ...first.map((names) => names.map((name) => `${name}-2`)), ['gateway'], ['gateway-2']];
}

test('with two of each subgraph and gateway, a rolling restart fails no request and does none twice', async () => {
  const stop = load();
  for (const names of waves()) await Promise.all(names.map((name) => platform.restart(name, READY_MS)));
  const { answered, collections, failed } = await stop();
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(100);
  expect(balancer.drained()).toEqual(platform.gateways.map(({ url }) => url));
  const { rows } = await environment.database.pool.query('SELECT name FROM engagement.collection');
  expect(rows.map(({ name }) => name).toSorted()).toEqual(collections.toSorted());
});
