import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { globalId, timestampOf } from '@tintype/ids';
import { freePort } from '@tintype/local';
import type { Supervised } from '@tintype/local/processes';
import { createClient, type TintypeClient } from '@tintype/schema/client';
import { FollowUserDocument } from '@tintype/schema/operations';
import { createPasswordHasher, importAccounts } from '@tintype/user';
import { logInAll, type Reader } from '#feed/world.ts';
import { percentile } from '#fixture/figures.ts';
import { type Fixture, openFixture, say } from '#fixture/fixture.ts';
import type { Result, Row } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';
import { openFileLimit, startListeners } from './listeners.ts';

const CONNECTIONS = 5000;
const CHANGES = 300;
/** Slower than the machine can do, because the latency of one change is measured, not a queue. */
const CHANGE_EVERY_MS = 100;
/** Long enough for a check of every idle connection without a signal. */
const IDLE_MS = 50_000;
const SAMPLE_MS = 500;
const WANTED_MIB = 300;
const MIB = 2 ** 20;
const PASSWORD = 'the same for everyone in this run';
const LISTEN = 'subscription { notificationAdded { id changeId kind text actors { id username } } }';

/** Node keeps garbage while there is memory, so the second row is a gateway with a small heap. */
const SETTINGS = [
  { name: "Node's own", options: '' },
  {
    name: '--max-semi-space-size=4 --max-old-space-size=512',
    options: '--max-semi-space-size=4 --max-old-space-size=512',
  },
];

type People = { listeners: string[]; ids: bigint[]; actors: TintypeClient[] };

/** The memory of idle subscriptions in a gateway, and the latency of a change to one of them. */
export async function benchLive(): Promise<Result> {
  const needed = CONNECTIONS + 500;
  if (openFileLimit() < needed)
    throw new Error(`${openFileLimit()} files may be open, ${needed} are needed: ulimit -n ${needed}`);
  const fixture = await openFixture();
  try {
    const platform = await fixture.startPlatform();
    const people = await makePeople(fixture, `${platform.url}/graphql`);
    const rows: Row[] = [];
    const peaks: number[] = [];
    for (const [round, setting] of SETTINGS.entries()) {
      const { row, peak } = await observe(fixture, platform.subgraphUrls, people, setting, round);
      rows.push(row);
      peaks.push(peak);
    }
    return {
      question: `${CONNECTIONS} idle clients that listen to one gateway`,
      goal: { wanted: `under ${WANTED_MIB} MiB in all with a small heap`, held: peaks.at(-1)! < WANTED_MIB * MIB },
      rows,
      notes: [
        `The gateway alone in its process, each client an account of its own, all of them in another process. Memory: resident, at most within ${IDLE_MS / 1000} s of idling and then ${CHANGES} changes.`,
        'A change is a follow. First from the time in its change id, which is in the transaction of the notification, until the event is read by the client; then from the answer of the mutation, through the outbox, the stream and the worker.',
      ],
    };
  } finally {
    await fixture.close();
  }
}

async function makePeople(fixture: Fixture, endpoint: string): Promise<People> {
  const passwordHash = await createPasswordHasher().hash(PASSWORD);
  const usernames = (label: string, count: number) => Array.from({ length: count }, (_, index) => `${label}.${index}`);
  const accounts = (names: readonly string[]) =>
    names.map((username) => ({ username, email: `${username}@example.org`, displayName: username, passwordHash }));
  const names = { listeners: usernames('listener', CONNECTIONS), actors: usernames('actor', SETTINGS.length) };
  const ids = await importAccounts(fixture.resources, accounts(names.listeners));
  const actorIds = await importAccounts(fixture.resources, accounts(names.actors));
  say(`${CONNECTIONS} accounts log in`);
  const reader = (username: string, index: number, of: readonly bigint[]): Reader => ({
    id: of[index]!,
    username,
    following: 0,
  });
  const actors = names.actors.map((username, index) => reader(username, index, actorIds));
  const readers = names.listeners.map((username, index) => reader(username, index, ids));
  const tokens = await logInAll(endpoint, { readers: [...actors, ...readers] });
  return {
    listeners: readers.map((one) => tokens.get(one)!),
    ids,
    actors: actors.map((one) => createClient(endpoint, tokens.get(one)!)),
  };
}

async function observe(
  fixture: Fixture,
  subgraphUrls: string,
  people: People,
  setting: (typeof SETTINGS)[number],
  round: number,
): Promise<{ row: Row; peak: number }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const health = `127.0.0.1:${await freePort()}`;
  const env = { PORT: String(port), HEALTH_LISTEN: health, SUBGRAPH_URLS: subgraphUrls, NODE_OPTIONS: setting.options };
  const started = fixture.startProcesses([{ name: `gateway ${round}`, entry: 'gateway/src/main.ts', env }]);
  const gateway = started.processes.get(`gateway ${round}`)!;
  await waitUntil('the gateway', () =>
    fetch(`http://${health}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  await sleep(5_000);
  const before = residentBytes(gateway);
  const listeners = await startListeners({ url, query: LISTEN, tokens: people.listeners });
  const opened = residentBytes(gateway);
  say(`${setting.name}: ${Math.round(before / MIB)} MiB, with clients ${Math.round(opened / MIB)} MiB`);
  let peak = opened;
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentBytes(gateway));
  }, SAMPLE_MS);
  try {
    await sleep(IDLE_MS);
    const answered = await follow(people, round);
    await waitUntil('the events', async () => listeners.events.length >= CHANGES);
    if (listeners.ended > 0) throw new Error(`${listeners.ended} clients were ended`);
    const fromChange = listeners.events.map(({ changeId, atMs }) => atMs - timestampOf(BigInt(changeId)));
    const fromAnswer = listeners.events.map(({ index, atMs }) => atMs - answered.get(index)!);
    const row = {
      'memory settings': setting.name,
      'MiB before': Math.round(before / MIB),
      'MiB with clients, at most': Math.round(peak / MIB),
      'KiB a client': Number(((peak - before) / 1024 / CONNECTIONS).toFixed(1)),
      'change to event, p50 ms': percentile(fromChange, 0.5),
      'p99 ms': percentile(fromChange, 0.99),
      'follow to event, p50 ms': percentile(fromAnswer, 0.5),
      'p99 ms of it': percentile(fromAnswer, 0.99),
    };
    return { row, peak };
  } finally {
    clearInterval(sampling);
    listeners.stop();
    await started.stop();
  }
}

/**
 * One actor follows people spread over all subscribers. Resolves to the time of each response, by the subscriber's
 * index.
 */
async function follow({ actors, ids }: People, round: number): Promise<Map<number, number>> {
  const answered = new Map<number, number>();
  for (let n = 0; n < CHANGES; n += 1) {
    const index = Math.floor((n * CONNECTIONS) / CHANGES);
    const userId = globalId('User', ids[index]!);
    const { followUser: payload } = await actors[round]!.request(FollowUserDocument, { userId });
    if (payload!.errors.length > 0) throw new Error(payload!.errors.map((error) => error.message).join('; '));
    answered.set(index, Date.now());
    await sleep(CHANGE_EVERY_MS);
  }
  return answered;
}

/** Linux's own figure. */
function residentBytes(running: Supervised): number {
  const status = readFileSync(`/proc/${running.pid()}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}
