import { createLog } from '@tintype/telemetry';
import { createEnvironment, type Environment } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createConsumer, createOutbox, createRelay, EarlyEventError, type Worker } from '../src/index.ts';
import { anEvent, publishEvents, until } from './fixture.ts';

let environment: Environment;
const workers: Worker[] = [];
beforeAll(async () => {
  environment = await createEnvironment();
});
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));
afterAll(() => environment?.close());

it.each([
  ['comes too early is tried again, and nobody is warned', new EarlyEventError('not yet'), 0],
  ['fails is tried again with a warning', new Error('broken'), 2],
])('an event that %s', async (_, error, expected) => {
  const { database, bus, ids } = environment;
  await database.pool.query('truncate "post"."outbox", "post"."relay_state"');
  const log = createLog({ name: 'test', level: 'warn' });
  let warnings = 0;
  Object.assign(log, { warn: () => warnings++, child: () => log });
  let attempts = 0;
  workers.push(
    createRelay({ owner: 'post', database, bus, log: environment.log }),
    createConsumer({
      bus,
      stream: 'post',
      durable: `feed__early-${expected}`,
      filter: 'tintype.post.post.>',
      backoffMs: [20],
      log,
      async handle() {
        if (++attempts < 3) throw error;
      },
    }),
  );
  for (const worker of workers) await worker.start();
  await publishEvents(database.pool, createOutbox({ owner: 'post', ids }), [anEvent('1')]);
  await until(
    () => attempts,
    (seen) => seen >= 3,
  );
  expect(warnings).toBe(expected);
});

it('lets those behind it in a batch be handled', async () => {
  const { database, bus, ids, log } = environment;
  await database.pool.query('truncate "post"."outbox", "post"."relay_state"');
  const handled = new Set<string>();
  workers.push(
    createRelay({ owner: 'post', database, bus, log }),
    createConsumer({
      bus,
      stream: 'post',
      durable: 'feed__early-batch',
      filter: 'tintype.post.post.>',
      backoffMs: [60_000],
      log,
      async handleBatch(events) {
        if (events.some(({ subject }) => subject.startsWith('early'))) throw new EarlyEventError('not yet');
        for (const { subject } of events) handled.add(subject);
      },
    }),
  );
  const subjects = [...Array.from({ length: 5 }, (_, index) => `early${index}`), 'later', 'last'];
  await publishEvents(
    database.pool,
    createOutbox({ owner: 'post', ids }),
    subjects.map((subject) => anEvent(subject)),
  );
  for (const worker of workers) await worker.start();
  await until(
    () => [...handled],
    (seen) => seen.includes('later') && seen.includes('last'),
  );
});
