import { randomUUID } from 'node:crypto';
import { createEnvironment, type Environment } from '@tintype/testing';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createOutbox,
  createRelay,
  type EventEnvelope,
  type Outbox,
  prismaExecutor,
  removeStreams,
  republish,
  type Worker,
} from '../src/index.ts';
import {
  anEvent,
  countUnpublished,
  messagesInStream,
  PUBLISHED,
  publishEvents,
  type TestEvents,
  until,
} from './fixture.ts';

let environment: Environment;
let outbox: Outbox<TestEvents>;
let relay: Worker;

beforeAll(async () => {
  environment = await createEnvironment();
  outbox = createOutbox({ owner: 'post', ids: environment.ids });
});
afterAll(() => environment?.close());
beforeEach(async () => {
  const { database, bus, log } = environment;
  await database.pool.query('truncate "post"."outbox", "post"."relay_state"');
  await removeStreams(bus);
  relay = createRelay({ owner: 'post', database, bus, log });
});
afterEach(() => relay.stop());

async function storedEvents(): Promise<EventEnvelope[]> {
  const { bus } = environment;
  const count = await messagesInStream(bus);
  return Promise.all(
    Array.from({ length: count }, async (_, index) =>
      (await bus.jsm.streams.getMessage(bus.streamName('post'), { seq: index + 1 })).json<EventEnvelope>(),
    ),
  );
}

const subjectsInStream = async () => (await storedEvents()).map((event) => event.subject);

/** A separate database on the same server, with its own transactions. */
function otherDatabase(url: string): string {
  const other = new URL(url);
  other.pathname = '/postgres';
  return other.href;
}

describe('the outbox', () => {
  it('writes nothing when its transaction is rolled back', async () => {
    const tx = await environment.database.pool.connect();
    await tx.query('begin');
    await outbox.append(tx, [anEvent('1')]);
    await tx.query('rollback');
    tx.release();
    expect(await countUnpublished(environment.database.pool)).toBe(0);
  });

  it('accepts a Prisma transaction, too', async () => {
    await environment.database.prisma.$transaction((tx) =>
      outbox.append(prismaExecutor(tx), [anEvent('1'), anEvent('2')]),
    );
    expect(await countUnpublished(environment.database.pool)).toBe(2);
  });

  it('refuses events without a subject', async () => {
    await expect(publishEvents(environment.database.pool, outbox, [anEvent('')])).rejects.toThrow(TypeError);
  });

  it('becomes CloudEvents in the stream, with the trace context', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await relay.start();
    await publishEvents(environment.database.pool, outbox, [
      { ...anEvent('77', { postId: '9007199254740993' }), traceparent },
    ]);
    await until(
      () => countUnpublished(environment.database.pool),
      (count) => count === 0,
    );
    const [event] = await storedEvents();
    expect(event).toMatchObject({
      specversion: '1.0',
      source: '/tintype/post',
      type: PUBLISHED,
      subject: '77',
      datacontenttype: 'application/json',
      traceparent,
      data: { postId: '9007199254740993' },
    });
    expect(new Date(event!.time).getTime()).toBeGreaterThan(Date.now() - 60_000);
    const { bus } = environment;
    const stored = await bus.jsm.streams.getMessage(bus.streamName('post'), { seq: 1 });
    expect(stored.header.get('traceparent')).toBe(traceparent);
    expect(stored.header.get('Nats-Msg-Id')).toBe(event!.id);
  });

  it('is published when it is committed, by a relay that looks at nothing by itself', async () => {
    const { database, bus, log } = environment;
    relay = createRelay({ owner: 'post', database, bus, log, pollMs: 600_000 });
    await relay.start();
    for (let round = 0; round < 5; round++) {
      await publishEvents(database.pool, outbox, [anEvent(`${round}`)]);
      await until(
        () => countUnpublished(database.pool),
        (count) => count === 0,
      );
    }
  });

  it('waits for no other transaction, of the same outbox or of another database, and skips no row that is committed late', async () => {
    const { pool } = environment.database;
    const elsewhere = new pg.Client({ connectionString: otherDatabase(environment.env.DATABASE_URL!) });
    await elsewhere.connect();
    await elsewhere.query('begin; create temporary table busy (id int); insert into busy values (1)');
    await elsewhere.query('select pg_current_xact_id()');
    await relay.start();
    const late = await pool.connect();
    await late.query('begin');
    await outbox.append(late, [anEvent('late')]);
    await publishEvents(pool, outbox, [anEvent('early')]);
    await until(subjectsInStream, (subjects) => subjects.join() === 'early');
    await late.query('commit');
    late.release();
    await until(subjectsInStream, (subjects) => subjects.join() === 'early,late');
    await elsewhere.end();
  });

  it('has every committed event once and each aggregate in order, however its transactions overlap', async () => {
    const { pool } = environment.database;
    await pool.query('create table if not exists aggregate (name text primary key, version int not null)');
    await relay.start();
    const change = fc.record({ aggregate: fc.constantFrom('a', 'b', 'c'), pauses: fc.nat({ max: 3 }) });
    const work = fc.record({ changes: fc.array(change, { minLength: 1, maxLength: 4 }), commits: fc.boolean() });
    const property = fc.asyncProperty(fc.array(work, { minLength: 3, maxLength: 7 }), async (all) => {
      const run = randomUUID();
      await pool.query('insert into aggregate select $1 || name, 0 from unnest($2::text[]) name', [
        run,
        ['a', 'b', 'c'],
      ]);
      const committed = new Map<string, number>();
      const runOne = async ({ changes, commits }: (typeof all)[number]) => {
        const tx = await pool.connect();
        try {
          await tx.query('begin');
          // In one order, so that transactions do not deadlock.
          for (const { aggregate, pauses } of changes.toSorted((a, b) => a.aggregate.localeCompare(b.aggregate))) {
            const subject = `${run}${aggregate}`;
            const { rows } = await tx.query(
              'update aggregate set version = version + 1 where name = $1 returning version',
              [subject],
            );
            await outbox.append(tx, [anEvent(subject, { version: rows[0].version })]);
            for (let pause = 0; pause < pauses; pause++) await tx.query('select pg_sleep(0.005)');
            if (commits) committed.set(subject, (committed.get(subject) ?? 0) + 1);
          }
          await tx.query(commits ? 'commit' : 'rollback');
        } finally {
          tx.release();
        }
      };
      await Promise.all(all.map(runOne));
      await until(
        () => countUnpublished(pool),
        (count) => count === 0,
      );
      const events = (await storedEvents()).filter((event) => event.subject.startsWith(run));
      const chains = Map.groupBy(events, (event) => event.subject);
      for (const [subject, count] of committed) {
        const versions = (chains.get(subject) ?? []).map((event) => (event.data as { version: number }).version);
        expect(versions).toEqual(Array.from({ length: count }, (_, index) => index + 1));
      }
    });
    await fc.assert(property, { numRuns: 12 });
  });

  it('is published in order per aggregate, each event once, by two relays under concurrent writers', async () => {
    const { database, bus, log } = environment;
    const standby = createRelay({ owner: 'post', database, bus, log });
    await Promise.all([relay.start(), standby.start()]);
    await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let n = 0; n < 40; n++) {
          await publishEvents(database.pool, outbox, [
            anEvent(`${writer}`, { n: 2 * n }),
            anEvent(`${writer}`, { n: 2 * n + 1 }),
          ]);
        }
      }),
    );
    await relay.stop();
    await until(
      () => countUnpublished(database.pool),
      (count) => count === 0,
    );
    await standby.stop();
    const events = await storedEvents();
    expect(events).toHaveLength(480);
    for (const chain of Map.groupBy(events, (event) => event.subject).values()) {
      expect(chain.map((event) => (event.data as { n: number }).n)).toEqual(Array.from({ length: 80 }, (_, n) => n));
      const sequences = chain.map((event) => BigInt(event.sequence));
      expect(sequences.every((sequence, index) => index === 0 || sequence > sequences[index - 1]!)).toBe(true);
    }
  });

  it('deletes rows a week after they were published, and publishes rows again on request', async () => {
    const { pool } = environment.database;
    await publishEvents(pool, outbox, [anEvent('old'), anEvent('new')]);
    await pool.query(`update "post"."outbox" set published_at = now() - interval '8 days' where subject = 'old'`);
    await relay.start();
    await until(
      async () => (await pool.query('select subject from "post"."outbox"')).rows.map((row) => row.subject),
      (subjects) => subjects.join() === 'new',
    );
    const isPublished = async () => (await countUnpublished(pool)) === 0;
    await until(isPublished, (published) => published);
    expect(await republish(pool, 'post', new Date(Date.now() - 3_600_000))).toBe(1);
    await until(
      () => countUnpublished(pool),
      (count) => count === 0,
    );
    expect(await messagesInStream(environment.bus)).toBe(1);
  });
});
