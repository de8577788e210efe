import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOutbox, type EventBus } from '@tintype/events';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import { type Supervisor, superviseProcesses } from '@tintype/local/processes';
import { migrate } from '@tintype/prisma/migrate';
import { databaseSettings, openResources, readConfig } from '@tintype/service';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLikeLog } from '../../subgraphs/engagement/src/index.ts';
import { createPendingLikeStore } from '../../subgraphs/engagement/src/like/pending-like.store.ts';

/** The author of all posts, who likes none. */
const AUTHOR = 1_000_000n;
const PEOPLE = 1000;
const POSTS = 40;
const CHANGES = 100_000;
/** Processes that write changes, each with its own log and connections. */
const PROCESSES = 3;

let directory: string;
let services: Services;
const resources: Awaited<ReturnType<typeof openResources>>[] = [];
let bus: EventBus;
let workers: Supervisor;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-engagement-'));
  services = await startServices({ dataDirectory: directory, env: {}, report: () => undefined });
  const env = { NODE_ENV: 'test', LOG_LEVEL: 'silent', PORT: '0', ...services.env };
  const config = readConfig(env);
  await migrate(config.of(databaseSettings).url);
  for (let index = 0; index < PROCESSES; index++) resources.push(await openResources(config, `gateway-${index}`));
  bus = await resources[0]!.connectEvents();
  const entry = 'subgraphs/engagement/src/worker.ts';
  workers = superviseProcesses(
    [
      { name: 'relay', entry, args: ['engagement__relay'], env: {} },
      { name: 'apply', entry, args: ['engagement__apply'], env: {} },
      { name: 'apply too', entry, args: ['engagement__apply'], env: {} },
      { name: 'notification', entry: 'subgraphs/notification/src/worker.ts', args: [], env: {} },
    ],
    { ...process.env, ...env, LOG_LEVEL: 'fatal' },
    () => undefined,
  );
});
afterAll(async () => {
  await workers?.stop();
  for (const one of resources) await one.close();
  await services?.stop();
  await removeServiceFiles(servicePathsOf(directory));
});

/** Events of the stream that a consumer has not acknowledged. */
async function unapplied(bus: EventBus, durable: string): Promise<number> {
  const stream = bus.streamName('engagement');
  const [{ state }, info] = await Promise.all([bus.jsm.streams.info(stream), bus.jsm.consumers.info(stream, durable)]);
  return state.messages === 0 ? 0 : state.last_seq - info.ack_floor.stream_seq;
}

/** Stops parts of the platform while changes arrive. */
async function strike(changedSoFar: () => number): Promise<string[]> {
  const { redis, nats, postgres } = services.handles;
  const strikes: [string, () => unknown][] = [
    ['kill -9 of a worker', () => workers.processes.get('apply')!.kill('SIGKILL')],
    ['kill -9 of the notification worker', () => workers.processes.get('notification')!.kill('SIGKILL')],
    ['kill -9 of the relay', () => workers.processes.get('relay')!.kill('SIGKILL')],
    ['Redis restarted empty', () => redis!.restart({ wipe: true })],
    [
      'kill -9 of both workers',
      () => ['apply', 'apply too'].map((name) => workers.processes.get(name)!.kill('SIGKILL')),
    ],
    ['NATS restarted with its store wiped', () => nats!.restart({ wipe: true })],
    ['kill -9 of Postgres', () => postgres!.kill('SIGKILL').then(() => postgres!.restart())],
  ];
  for (const [index, [, blow]] of strikes.entries()) {
    while (changedSoFar() < ((index + 1) * CHANGES) / (strikes.length + 1)) await sleep(5);
    await blow();
  }
  return strikes.map(([name]) => name);
}

test('every confirmed like is stored and counted once, whatever process is killed', {
  timeout: 400_000,
}, async () => {
  const posts = Array.from({ length: POSTS }, () => resources[0]!.ids.next());
  const logs = resources.map(({ database, redis, ids, log }) =>
    createLikeLog({
      pool: database.pool,
      outbox: createOutbox({ owner: 'engagement', ids }),
      pending: createPendingLikeStore({ redis, log }),
    }),
  );
  /** The latest state of each pair that a mutation confirmed. */
  const acknowledged = new Map<string, boolean>();
  let changed = 0;
  let refused = 0;

  /** From any device. A failed change is repeated, as a client would. */
  const change = async (userId: bigint, postId: bigint, liked: boolean): Promise<void> => {
    for (;;) {
      const device = Math.floor(Math.random() * PROCESSES);
      const target = { id: postId, postId, postAuthorId: AUTHOR, isComment: false, targetAuthorId: AUTHOR };
      const done = await logs[device]!.append({ id: resources[device]!.ids.next(), userId, target, liked }).then(
        () => true,
        () => false,
      );
      if (done) break;
      refused++;
      await sleep(20 + Math.random() * 50);
    }
    acknowledged.set(`${userId}:${postId}`, liked);
    changed++;
  };
  const live = async (person: number): Promise<void> => {
    for (let n = 0; n < CHANGES / PEOPLE; n++) {
      await change(BigInt(person + 1), posts[Math.floor(Math.random() * POSTS)]!, Math.random() < 0.6);
    }
  };
  const strikes = strike(() => changed);
  await Promise.all(Array.from({ length: PEOPLE }, (_, person) => live(person)));
  process.stdout.write(`${changed} changes, ${refused} repeated; ${(await strikes).join(', ')}\n`);

  const { database } = resources[0]!;
  await eventually(
    async () => {
      const { rows } = await database.pool.query(
        'SELECT count(*)::int AS left FROM engagement.outbox WHERE published_at IS NULL',
      );
      const left = [await unapplied(bus, 'engagement__apply'), await unapplied(bus, 'notification__engagement')];
      expect([rows[0].left, ...left]).toEqual([0, 0, 0]);
    },
    { timeoutMs: 120_000 },
  );

  const { rows } = await database.pool.query(
    'SELECT user_id AS "userId", target_id AS "targetId", liked FROM engagement."like"',
  );
  const stored = new Map<string, boolean>(rows.map((row) => [`${row.userId}:${row.targetId}`, row.liked]));
  const wrong = [...acknowledged].filter(([pair, liked]) => stored.get(pair) !== liked);
  expect(wrong).toEqual([]);
  expect(stored.size).toBe(acknowledged.size);
  const drifted = await database.pool.query(
    `SELECT s.post_id, s.like_count, counted.likes FROM engagement.post_stats s
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS likes FROM engagement."like" l WHERE l.target_id = s.post_id AND l.liked) AS counted
     WHERE s.like_count <> counted.likes`,
  );
  expect(drifted.rows).toEqual([]);

  // The author gets one notification for each person who likes the post.
  const notified = await database.pool.query(
    `SELECT n.target_id AS "targetId", c.actor_id AS "actorId" FROM notification.activity c
     JOIN notification.notification n ON n.recipient_id = c.recipient_id AND n.id = c.notification_id
     WHERE n.recipient_id = $1 AND c.shown`,
    [AUTHOR],
  );
  const pairs = notified.rows.map((row) => `${row.actorId}:${row.targetId}`);
  expect(new Set(pairs).size).toBe(pairs.length);
  expect(new Set(pairs)).toEqual(new Set([...acknowledged].filter(([, liked]) => liked).map(([pair]) => pair)));
  const [{ unread, groups }] = (
    await database.pool.query(
      `SELECT (SELECT unread_count FROM notification.recipient WHERE recipient_id = $1) AS unread,
         (SELECT count(*)::int FROM notification.notification WHERE recipient_id = $1 AND actor_count > 0) AS groups`,
      [AUTHOR],
    )
  ).rows;
  expect(unread).toBe(groups);
});
