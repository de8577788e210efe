import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createIdGenerator } from '@tintype/ids';
import { removeServiceFiles, servicePathsOf, startServices } from '@tintype/local';
import { createDatabase, type Database } from '@tintype/postgres';
import { migrate } from '@tintype/prisma/migrate';
import { createLog } from '@tintype/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  connectEvents,
  createConsumer,
  createOutbox,
  createRelay,
  type EventBus,
  listDeadLetters,
  removeStreams,
  type Worker,
} from '../src/index.ts';
import {
  anEvent,
  countUnpublished,
  createLedger,
  messagesInStream,
  publishEvents,
  type TestEvents,
  until,
} from './fixture.ts';

const log = createLog({ name: 'faults', level: 'silent' });
const outbox = createOutbox<TestEvents>({ owner: 'post', ids: createIdGenerator({ workerId: 9 }) });

let directory: string;
let services: Awaited<ReturnType<typeof startServices>>;
let database: Database;
let bus: EventBus;
let ledger: Awaited<ReturnType<typeof createLedger>>;
let workers: Worker[] = [];
let children: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-events-'));
  services = await startServices({
    needs: ['postgres', 'nats'],
    dataDirectory: directory,
    env: {},
    report: () => undefined,
  });
  await migrate(services.env.DATABASE_URL!);
  database = createDatabase({ url: services.env.DATABASE_URL!, applicationName: 'faults' });
  bus = await connectEvents({ url: services.env.NATS_URL!, pool: database.pool, log });
  await database.pool.query('create table begun (event_id bigint)');
});
afterAll(async () => {
  await bus?.close();
  await database?.close();
  await services?.stop();
  await removeServiceFiles(servicePathsOf(directory));
});
beforeEach(async () => {
  await removeStreams(bus);
  await database.pool.query('truncate "post"."outbox", "post"."relay_state", begun');
  ledger = await createLedger(database.pool);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
  children = [];
});

async function startRelay(): Promise<void> {
  const relay = createRelay({ owner: 'post', database, bus, log });
  workers.push(relay);
  await relay.start();
}

async function startLedger(): Promise<void> {
  const consumer = createConsumer({
    bus,
    stream: 'post',
    durable: 'feed__ledger',
    filter: 'tintype.post.>',
    backoffMs: [100, 500, 1000, 2000],
    ackWaitMs: 1500,
    log,
    handle: ledger.apply,
  });
  workers.push(consumer);
  await consumer.start();
}

function startChild(role: 'relay' | 'consumer'): ChildProcess {
  const program = fileURLToPath(new URL('faults.child.ts', import.meta.url));
  const child = spawn(process.execPath, [program, role, services.env.DATABASE_URL!, services.env.NATS_URL!], {
    stdio: 'inherit',
  });
  children.push(child);
  return child;
}

/**
 * Publishes `count` events in small transactions while `during` runs. A transaction that fails is retried until it
 * succeeds.
 */
async function publishUnderLoad(count: number, during: () => Promise<void>): Promise<void> {
  const writing = (async () => {
    for (let n = 0; n < count; n += 5) {
      const events = Array.from({ length: 5 }, (_, index) => anEvent(`${(n + index) % 20}`, { n: n + index }));
      while (
        !(await publishEvents(database.pool, outbox, events).then(
          () => true,
          () => false,
        ))
      )
        await sleep(20);
      await sleep(2);
    }
  })();
  await Promise.all([writing, during()]);
}

async function publishedCount(): Promise<number> {
  const { rows } = await database.pool.query('select count(*)::int as count from "post"."outbox"');
  return rows[0].count;
}

const hasPublished = (least: number) => until(publishedCount, (count) => count >= least);

/** Each published event was applied exactly once. */
async function expectAllApplied(): Promise<void> {
  const published = await publishedCount();
  const counts = await until(
    () => ledger.counts(),
    ({ events }) => events === published,
    40_000,
  );
  expect(counts).toEqual({ rows: published, events: published });
}

describe('a relay that is killed', () => {
  it('between publishing and recording publishes nothing twice', async () => {
    await startLedger();
    await database.pool.query(`
      create function stall() returns trigger language plpgsql as $$ begin perform pg_sleep(9); return new; end $$;
      create trigger stall before update on "post"."outbox" for each statement execute function stall()`);
    await publishEvents(
      database.pool,
      outbox,
      Array.from({ length: 30 }, (_, n) => anEvent(`${n % 3}`, { n })),
    );
    const child = startChild('relay');
    await until(
      () => messagesInStream(bus).catch(() => 0),
      (count) => count === 30,
    );
    child.kill('SIGKILL');
    // Within seconds, the server notices that the client is gone, and rolls the statement back.
    await until(
      () =>
        database.pool.query('drop trigger stall on "post"."outbox"; drop function stall').then(
          () => true,
          () => false,
        ),
      (dropped) => dropped,
    );
    expect(await countUnpublished(database.pool)).toBe(30);
    await startRelay();
    await until(
      () => countUnpublished(database.pool),
      (count) => count === 0,
    );
    expect(await messagesInStream(bus)).toBe(30);
    await expectAllApplied();
  });

  it('leaves its place to the one that stands by', async () => {
    const child = startChild('relay');
    await publishEvents(database.pool, outbox, [anEvent('1')]);
    await until(
      () => countUnpublished(database.pool),
      (count) => count === 0,
    );
    await startRelay();
    child.kill('SIGKILL');
    await publishEvents(database.pool, outbox, [anEvent('2')]);
    await until(
      () => countUnpublished(database.pool),
      (count) => count === 0,
    );
  });
});

describe('a consumer that is killed', () => {
  it('in the middle of its events leaves them to the next', async () => {
    await startRelay();
    const child = startChild('consumer');
    await publishEvents(
      database.pool,
      outbox,
      ['stuck', 'a', 'b', 'stuck'].map((subject) => anEvent(subject)),
    );
    await until(
      async () => (await database.pool.query('select 1 from begun')).rowCount,
      (count) => count === 3,
    );
    child.kill('SIGKILL');
    await startLedger();
    await until(
      async () => (await database.pool.query(`select 1 from ledger where subject = 'stuck'`)).rowCount,
      (count) => count === 2,
    );
    const { rows, events } = await ledger.counts();
    expect(rows).toBe(events);
  });
});

describe('NATS', () => {
  it('killed under load and started again: everything arrives', async () => {
    await Promise.all([startRelay(), startLedger()]);
    await publishUnderLoad(1500, async () => {
      for (let round = 0; round < 2; round++) {
        await hasPublished(300 + 500 * round);
        await services.handles.nats!.restart();
      }
    });
    await expectAllApplied();
  });

  it('with its store wiped: everything is published again, and applied once', async () => {
    await Promise.all([startRelay(), startLedger()]);
    await publishUnderLoad(1000, async () => {
      await hasPublished(300);
      await services.handles.nats!.restart({ wipe: true });
    });
    await expectAllApplied();
    const published = await publishedCount();
    await until(
      () => messagesInStream(bus),
      (count) => count === published,
    );
  });

  it('with the end of its store lost: what was lost is published again, and applied once', async () => {
    const store = join(directory, 'nats');
    await Promise.all([startRelay(), startLedger()]);
    await publishEvents(
      database.pool,
      outbox,
      Array.from({ length: 40 }, (_, n) => anEvent(`${n}`)),
    );
    await expectAllApplied();
    const nats = services.handles.nats!;
    await nats.kill('SIGKILL');
    await cp(store, `${store}.before`, { recursive: true });
    await nats.restart();
    await publishEvents(
      database.pool,
      outbox,
      Array.from({ length: 60 }, (_, n) => anEvent(`${n}`)),
    );
    await expectAllApplied();
    // Compares with the content of the stream, which is all that a new consumer would find.
    await nats.kill('SIGKILL');
    await rm(store, { recursive: true });
    await cp(`${store}.before`, store, { recursive: true });
    await nats.restart();
    await until(
      () => messagesInStream(bus).catch(() => 0),
      (count) => count >= 100,
    );
    await publishEvents(database.pool, outbox, [anEvent('after')]);
    await expectAllApplied();
    const held = new Set<string>();
    const info = await bus.jsm.streams.info(bus.streamName('post'));
    for (let seq = info.state.first_seq; seq <= info.state.last_seq; seq++) {
      const stored = await bus.jsm.streams.getMessage(bus.streamName('post'), { seq });
      held.add(stored.json<{ id: string }>().id);
    }
    expect(held.size).toBe(101);
  });
});

describe('Postgres', () => {
  it('killed under load and started again: everything arrives, nothing becomes a dead letter', async () => {
    await Promise.all([startRelay(), startLedger()]);
    await publishUnderLoad(1500, async () => {
      await hasPublished(300);
      await services.handles.postgres!.restart();
    });
    await expectAllApplied();
    expect(await listDeadLetters(bus)).toEqual([]);
  });
});
