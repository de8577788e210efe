import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { createConsumer, createRelay } from '@tintype/events';
import { importFollows } from '@tintype/social-graph';
import { createLog } from '@tintype/telemetry';
import { cpuSeconds } from '#fixture/cpu.ts';
import { type Fixture, openFixture, say } from '#fixture/fixture.ts';
import type { Result, Row } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';
import { readGraph } from '#real/data.ts';

/** People who view their suggestions, and whose timelines are kept. */
const READERS = 1000;
const WANTED = 10_000;
const MIB = 2 ** 20;
/** The goal: the second half of the events takes no longer than this many times the first half. */
const MOST_GROWTH = 1.1;
const [FIRST_HALF, SECOND_HALF] = ['MiB at most in the first half', 'MiB at most in the second'];
/** Each check takes processor time of NATS and of this process. */
const CHECK_MS = 250;

/** Every consumer of follows, with the process that runs it. */
const CONSUMERS = [
  { durable: 'feed__audience', owner: 'feed' },
  { durable: 'notification__social-graph', owner: 'notification' },
  { durable: 'search__graph', owner: 'search' },
  { durable: 'social-graph__suggestions', owner: 'social-graph' },
];

/** Follower and followee, numbered from 1. */
type Pair = readonly [bigint, bigint];

/**
 * Follows per second of every consumer that has to catch up with an import, one after another, with the processor time
 * and memory of each.
 */
export async function benchCatchUp(): Promise<Result> {
  const fixture = await openFixture();
  try {
    return await measure(fixture);
  } finally {
    await fixture.close();
  }
}

async function measure(fixture: Fixture): Promise<Result> {
  const load = loadavg()[0]!.toFixed(1);
  const { people, follows } = readGraph('github');
  const pairs = follows.map(([follower, followee]): Pair => [BigInt(follower + 1), BigInt(followee + 1)]);
  await addPeople(fixture, people);
  const imported = await timed(() => importFollows(fixture.resources, pairs));
  say(`imported ${imported.value} follows at ${rate(pairs.length, imported.seconds)}/s`);
  const relayed = await relay(fixture);
  say(`published at ${rate(pairs.length, relayed)}/s`);
  const outbox = await measureOutbox(fixture, pairs.length);
  say(`a row of the outbox takes ${outbox.bytes} bytes`);
  const bare = await readAlone(fixture, pairs.length);
  const plain = await insertPlainly(fixture, pairs);
  say(`a bare consumer reads ${rate(pairs.length, bare)}/s, plain statements insert ${rate(pairs.length, plain)}/s`);
  const rows: Row[] = [];
  for (const one of CONSUMERS) {
    const { own, postgres, seconds, firstMiB, secondMiB } = await catchUp(fixture, one, pairs.length);
    const perSecond = rate(pairs.length, seconds);
    say(
      `${one.durable}: ${perSecond}/s, ${own} µs and in Postgres ${postgres} µs of CPU each, at most ${firstMiB} and ${secondMiB} MiB in the two halves`,
    );
    rows.push({
      what: one.durable,
      'follows/s': perSecond,
      'of plain inserts': (plain / seconds).toFixed(2),
      'of a bare consumer': (bare / seconds).toFixed(2),
      'µs of CPU each': own,
      'µs in Postgres': postgres,
      [FIRST_HALF]: firstMiB,
      [SECOND_HALF]: secondMiB,
    });
  }
  const none = {
    'of plain inserts': '',
    'of a bare consumer': '',
    'µs of CPU each': '',
    'µs in Postgres': '',
    [FIRST_HALF]: '',
    [SECOND_HALF]: '',
  };
  return {
    question: `Follows per second of everyone who has to catch up with ${pairs.length.toLocaleString('en')} of them`,
    goal: {
      wanted: `at least ${WANTED.toLocaleString('en')} a second for each consumer, and in the second half at most 10 % more memory than in the first`,
      held: rows.every(
        (row) =>
          Number(row['follows/s']) >= WANTED && Number(row[SECOND_HALF]) <= MOST_GROWTH * Number(row[FIRST_HALF]),
      ),
    },
    rows: [
      { what: 'import', 'follows/s': rate(pairs.length, imported.seconds), ...none },
      { what: 'social-graph__relay', 'follows/s': rate(pairs.length, relayed), ...none },
      { what: 'a bare consumer', 'follows/s': rate(pairs.length, bare), ...none },
      { what: 'plain INSERT of 1,000 rows', 'follows/s': rate(pairs.length, plain), ...none },
      ...rows,
    ],
    notes: [
      `The follows of ${people.toLocaleString('en')} people in a real graph, in the order of its file. Each consumer runs alone, as a process of its own, and begins with the first event; the time is from its first event to its last, beside whatever else the machine does: its load was ${load} before. CPU is of the consumer's process and of all of Postgres. What suggestions' consumer only notes, followers to mark, another worker does later.`,
      `Of the outbox each follow takes ${outbox.bytes} bytes, ${outbox.indexBytes} of them in indexes and ${outbox.deadBytes} in rows that were replaced; that is ${outbox.percent} % of what social-graph has in Postgres.`,
    ],
  };
}

const rate = (count: number, seconds: number) => Math.round(count / seconds);

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const began = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - began) / 1000 };
}

/** The state that the consumers of their owners would have left. */
async function addPeople({ resources }: Fixture, people: number): Promise<void> {
  const { pool } = resources.database;
  await pool.query(`INSERT INTO social_graph.person (user_id) SELECT generate_series(1, ${people})`);
  await pool.query(
    `INSERT INTO search.account (user_id, username, display_name, is_private, deleted, version, dirty)
     SELECT n, 'u' || n, 'U', false, false, 1, false FROM generate_series(1, ${people}) AS n`,
  );
  await pool.query(
    `INSERT INTO social_graph.suggestion_reader (viewer_id, asked_at, computed_at)
     SELECT n * ${Math.floor(people / READERS)}, now(), now() FROM generate_series(1, ${READERS}) AS n`,
  );
}

async function relay({ resources, bus }: Fixture): Promise<number> {
  const { database } = resources;
  const worker = createRelay({
    owner: 'social-graph',
    database,
    bus,
    log: createLog({ name: 'bench', level: 'error' }),
  });
  const { seconds } = await timed(async () => {
    await worker.start();
    await waitUntil('the stream', async () => {
      const text = 'SELECT EXISTS (SELECT FROM social_graph.outbox WHERE published_at IS NULL) AS waits';
      return !(await database.pool.query<{ waits: boolean }>(text)).rows[0]!.waits;
    });
  });
  await worker.stop();
  return seconds;
}

/** The size of a published outbox row in bytes, and the share of the outbox in social-graph's tables. */
async function measureOutbox({ resources }: Fixture, follows: number) {
  const { pool } = resources.database;
  await pool.query('CREATE EXTENSION IF NOT EXISTS pgstattuple');
  const { rows } = await pool.query<{ bytes: number; indexBytes: number; deadBytes: number; percent: number }>(
    `SELECT round(pg_total_relation_size('social_graph.outbox') / $1::float8) AS bytes,
       round(pg_indexes_size('social_graph.outbox') / $1::float8) AS "indexBytes",
       round((SELECT dead_tuple_len + free_space FROM pgstattuple('social_graph.outbox')) / $1::float8) AS "deadBytes",
       round(100 * pg_total_relation_size('social_graph.outbox')::float8 / (SELECT sum(pg_total_relation_size(c.oid))
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname = 'social_graph')::float8) AS percent`,
    [follows],
  );
  return rows[0]!;
}

/** A consumer that ignores its events. */
async function readAlone({ bus }: Fixture, follows: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  const worker = createConsumer({
    bus,
    stream: 'social-graph',
    durable: 'feed__bare',
    filter: 'tintype.social-graph.>',
    batchSize: 1000,
    log: createLog({ name: 'bench', level: 'error' }),
    async handleBatch(events) {
      count += events.length;
      if (count === follows) resolve();
    },
  });
  const { seconds } = await timed(async () => {
    await worker.start();
    await promise;
  });
  await worker.stop();
  await bus.jsm.consumers.delete(bus.streamName('social-graph'), 'feed__bare');
  return seconds;
}

/** The minimum for any projection: rows with a key and an index, a thousand per statement. */
async function insertPlainly({ resources }: Fixture, pairs: readonly Pair[]): Promise<number> {
  const { pool } = resources.database;
  await pool.query(`CREATE SCHEMA plain;
    CREATE TABLE plain.audience (author_id bigint, follower_id bigint, since timestamptz, PRIMARY KEY (author_id, follower_id));
    CREATE INDEX ON plain.audience (follower_id)`);
  const insert = 'INSERT INTO plain.audience SELECT a, f, now() FROM unnest($1::bigint[], $2::bigint[]) AS n(f, a)';
  const { seconds } = await timed(async () => {
    for (let from = 0; from < pairs.length; from += 1000) {
      const part = pairs.slice(from, from + 1000);
      await pool.query(insert, [part.map(([follower]) => follower), part.map(([, followee]) => followee)]);
    }
  });
  return seconds;
}

async function catchUp(
  fixture: Fixture,
  { durable, owner }: (typeof CONSUMERS)[number],
  follows: number,
): Promise<{ own: number; postgres: number; seconds: number; firstMiB: number; secondMiB: number }> {
  const { bus } = fixture;
  const entry = `subgraphs/${owner}/src/worker.ts`;
  const supervisor = fixture.startProcesses([{ name: durable, entry, args: [durable], env: {} }]);
  const state = async () => {
    const info = await bus.jsm.consumers.info(bus.streamName('social-graph'), durable).catch(() => null);
    return info ? { waiting: info.num_pending + info.num_ack_pending, begun: info.delivered.consumer_seq > 0 } : null;
  };
  const residentMiB = () => {
    const status = readFileSync(`/proc/${supervisor.processes.get(durable)!.pid()}/status`, 'utf8');
    return Math.round((Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024) / MIB);
  };
  await waitUntil(`${durable} to begin`, async () => (await state())?.begun === true, 5);
  let [firstMiB, secondMiB] = [0, 0];
  const cpuOf = () =>
    [supervisor.processes.get(durable)!.pid(), fixture.handles.postgres?.pid()].map((pid) => cpuSeconds([pid]));
  const before = cpuOf();
  const { seconds } = await timed(() =>
    waitUntil(
      durable,
      async () => {
        const { waiting } = (await state())!;
        const resident = residentMiB();
        if (waiting > follows / 2) firstMiB = Math.max(firstMiB, resident);
        else secondMiB = Math.max(secondMiB, resident);
        return waiting === 0;
      },
      CHECK_MS,
    ),
  );
  const [own, postgres] = cpuOf().map((after, index) => ((after - before[index]!) * 1e6) / follows);
  await supervisor.stop();
  return { own: Math.round(own!), postgres: Math.round(postgres!), seconds, firstMiB, secondMiB };
}
