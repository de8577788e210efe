import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdGenerator } from '@tintype/ids';
import { removeServiceFiles, servicePathsOf, startServices } from '@tintype/local';
import { createDatabase, type Database } from '@tintype/postgres';
import { migrate } from '@tintype/prisma/migrate';
import { checkReady } from '@tintype/service';
import { createLog, registry } from '@tintype/telemetry';
import { DiscardPolicy } from 'nats';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  connectEvents,
  createConsumer,
  createOutbox,
  createRelay,
  type EventBus,
  type EventEnvelope,
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

const log = createLog({ name: 'loss', level: 'silent' });
const outbox = createOutbox<TestEvents>({ owner: 'post', ids: createIdGenerator({ workerId: 9 }) });
const PATIENCE_MS = 90_000;

let directory: string;
let services: Awaited<ReturnType<typeof startServices>>;
let database: Database;
let bus: EventBus;
let workers: Worker[] = [];

async function open(): Promise<void> {
  database = createDatabase({ url: services.env.DATABASE_URL!, applicationName: 'loss' });
  // The first connection to a copied database builds its caches, and may take longer than a pool waits.
  await until(
    () =>
      database.pool.query('select 1').then(
        () => true,
        () => false,
      ),
    (isThere) => isThere,
  );
  bus = await connectEvents({ url: services.env.NATS_URL!, pool: database.pool, log });
}
async function close(): Promise<void> {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
  await bus?.close();
  await database?.close();
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-events-'));
  services = await startServices({
    needs: ['postgres', 'nats'],
    dataDirectory: directory,
    env: {},
    report: () => undefined,
  });
  await migrate(services.env.DATABASE_URL!);
});
afterAll(async () => {
  await services?.stop();
  await removeServiceFiles(servicePathsOf(directory));
});
beforeEach(async () => {
  await open();
  await database.pool.query('truncate "post"."outbox", "post"."relay_state"; drop table if exists ledger');
  await removeStreams(bus);
});
afterEach(close);

async function start<W extends Worker>(worker: W): Promise<W> {
  workers.push(worker);
  await worker.start();
  return worker;
}
const startRelay = () => start(createRelay({ owner: 'post', database, bus, log }));

async function startLedger() {
  const ledger = await createLedger(database.pool, { isNew: false });
  const consumer = await start(
    createConsumer({
      bus,
      stream: 'post',
      durable: 'feed__ledger',
      filter: 'tintype.post.>',
      backoffMs: [100, 500, 1000],
      log,
      handle: ledger.apply,
    }),
  );
  const expectApplied = async (count: number) => {
    await until(
      () => ledger.counts(),
      ({ events }) => events === count,
      PATIENCE_MS,
    );
    expect(await ledger.counts()).toEqual({ rows: count, events: count });
  };
  return { consumer, expectApplied };
}

/** Writes events to the outbox and waits until the relay has published them. */
async function publish(count: number, filling = 200): Promise<void> {
  for (let n = 0; n < count; n += 10) {
    const events = Array.from({ length: 10 }, (_, index) =>
      anEvent(`${(n + index) % 7}`, { filling: randomBytes(filling / 2).toString('hex') }),
    );
    await publishEvents(database.pool, outbox, events);
  }
  await until(
    () => countUnpublished(database.pool),
    (left) => left === 0,
    PATIENCE_MS,
  );
}

const stream = () => bus.streamName('post');

/** Ids of the events in the stream. */
async function held(): Promise<string[]> {
  const { state } = await bus.jsm.streams.info(stream());
  const sequences = Array.from({ length: state.last_seq - state.first_seq + 1 }, (_, n) => state.first_seq + n);
  const stored = await Promise.all(
    sequences.map((seq) => bus.jsm.streams.getMessage(stream(), { seq }).catch(() => null)),
  );
  const ids = stored.flatMap((message) => (message ? message.json<EventEnvelope>().id : []));
  return [...new Set(ids)].sort();
}

async function publishedIds(): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>('select id::text from "post"."outbox"');
  return rows.map(({ id }) => id).sort();
}

async function expectWhole(): Promise<void> {
  const wanted = await publishedIds();
  await until(
    async () => (await messagesInStream(bus)) >= wanted.length && (await held()).join() === wanted.join(),
    (isWhole) => isWhole,
    PATIENCE_MS,
    500,
  );
}

async function metric(name: string): Promise<number> {
  const { values } = await registry.getSingleMetric(name)!.get();
  return values.find(({ labels }) => labels.owner === 'post')?.value ?? 0;
}

describe('events that a stream lost', () => {
  it('from its middle or its beginning are published again, and counted for the operator', async () => {
    await startRelay();
    await publish(60);
    const before = await metric('tintype_outbox_missing_total');
    for (const seq of [7, 8, 30]) await bus.jsm.streams.deleteMessage(stream(), seq);
    await expectWhole();
    expect(await metric('tintype_outbox_missing_total')).toBe(before + 3);
    await bus.jsm.streams.purge(stream(), { seq: 21 });
    await expectWhole();
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'with a byte of an old block reach consumers that had not read them (the server ends by %s)',
    async (signal) => {
      const { consumer, expectApplied } = await startLedger();
      await startRelay();
      await publish(10);
      await expectApplied(10);
      await consumer.stop();
      await publish(150, 200_000);
      const nats = services.handles.nats!;
      await nats.kill(signal);
      const files = await readdir(directory, { recursive: true });
      const blocks = files.filter((name) => /streams\/post\/.*\.blk$/.test(name)).sort();
      expect(blocks.length).toBeGreaterThan(1);
      const path = join(directory, blocks.find((name) => name.endsWith('/1.blk'))!);
      const bytes = await readFile(path);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = bytes[at]! ^ 0x01;
      await writeFile(path, bytes);
      await nats.restart();
      await until(
        () => bus.ready(),
        (ready) => ready,
      );
      await expectWhole();
      await consumer.start();
      await expectApplied(160);
    },
    300_000,
  );
});

describe('a server that refuses to store', () => {
  /** The state of NATS in `/readyz`. This process has no Redis and no worker number. */
  const state = async () => (await checkReady({ database, redis: {} as never, ids: {} as never }, bus)).nats;

  it('shows in the health of the process, with all that waits, until it stores again', async () => {
    await startRelay();
    await publish(10);
    expect(await state()).toBe('ok');
    const { config, state: before } = await bus.jsm.streams.info(stream());
    await bus.jsm.streams.update(stream(), { ...config, max_bytes: before.bytes, discard: DiscardPolicy.New });
    for (let n = 0; n < 48; n++)
      await publishEvents(
        database.pool,
        outbox,
        Array.from({ length: 10 }, () => anEvent(`${n}`)),
      );
    await until(state, (nats) => nats === 'stores nothing');
    await until(
      () => metric('tintype_outbox_backlog'),
      (backlog) => backlog === 480,
    );
    await bus.jsm.streams.update(stream(), { ...config, max_bytes: -1 });
    await expectWhole();
    await until(state, (nats) => nats === 'ok');
    await until(
      () => metric('tintype_outbox_backlog'),
      (backlog) => backlog === 0,
    );
  });
});

describe('a database that is an older copy than the streams', () => {
  /** Runs statements in another database than the copied ones. */
  async function administer(...statements: string[]): Promise<void> {
    const url = new URL(services.env.DATABASE_URL!);
    url.pathname = '/postgres';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  it.each([
    ['with events since', 20],
    ['without an event since', 0],
  ])('fills its stream again, and gives new events later positions: %s', async (_what, since) => {
    const name = new URL(services.env.DATABASE_URL!).pathname.slice(1);
    await startRelay();
    let { consumer, expectApplied } = await startLedger();
    await publish(30);
    await expectApplied(30);
    await consumer.stop();
    await publish(10);
    const kept = await publishedIds();
    await close();
    await administer(`create database backup template "${name}"`);

    await open();
    await startRelay();
    ({ expectApplied } = await startLedger());
    await expectApplied(40);
    await publish(since);
    await expectApplied(40 + since);
    const newest = 'select max(position)::int as newest from "post"."outbox"';
    const before = (await database.pool.query(newest)).rows[0].newest as number;
    await close();
    await administer(`drop database "${name}"`, `create database "${name}" template backup`, 'drop database backup');

    await open();
    await startRelay();
    ({ expectApplied } = await startLedger());
    await expectApplied(40);
    await expectWhole();
    expect(await held()).toEqual(kept);
    await publish(10);
    const later = await database.pool.query(
      'select min(position)::int as first from "post"."outbox" where not id = any($1)',
      [kept],
    );
    expect(later.rows[0].first).toBeGreaterThan(before);
    await expectApplied(50);
  });
});
