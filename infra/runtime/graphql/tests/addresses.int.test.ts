import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog, registry } from '@tintype/telemetry';
import { eventually } from '@tintype/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createHttpClient, dataOf, type SubgraphClient } from '../src/index.ts';

const SECRET = 'a secret of this test and of nothing else';
const log = createLog({ name: 'test', level: 'silent' });
/** Generous timeouts, so that a busy machine does not change the results. */
const PATIENT = { queryMs: 60_000, mutationMs: 60_000 };

// Each test starts processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let directory: string;
const running = new Set<ChildProcess>();
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-echo-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** @param when 'later' if `listen` is called later */
async function start(name: string, when: 'now' | 'later' = 'now'): Promise<ChildProcess> {
  const entry = new URL('./echo.child.ts', import.meta.url);
  const child = fork(entry, [name, join(directory, name), SECRET, when], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  running.add(child);
  await nextMessage(child);
  return child;
}

async function listen(child: ChildProcess): Promise<void> {
  child.send('listen');
  await nextMessage(child);
}

const nextMessage = (child: ChildProcess) =>
  new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));

function connect(...names: string[]): SubgraphClient {
  return connectWithin(PATIENT, ...names);
}

function connectWithin(limits: typeof PATIENT, ...names: string[]): SubgraphClient {
  const urls = { echo: names.map((name) => `unix:${join(directory, name)}`) };
  const client = createHttpClient({ service: 'test', urls, secret: SECRET, log, timeouts: limits });
  opened.push(client);
  return client;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  running.delete(child);
}

/** A process that has ended has closed its connections, even if its parent has not noticed yet. */
function isRunning(id: number): boolean {
  const isZombie = readFileSync(`/proc/${id}/stat`, 'utf8').includes(') Z ');
  return !isZombie || readdirSync(`/proc/${id}/task`).length > 1;
}

const ask = async (client: SubgraphClient, query: string, signal?: AbortSignal) => {
  const operation = query.startsWith('mutation') ? 'mutation' : 'query';
  const identity = { kind: 'visitor', viewer: null, requestId: 'r', operation } as const;
  const asked = { query, identity, ...(signal && { signal }) };
  return dataOf<Record<string, number>>('echo', await client.execute('echo', asked));
};
const pid = async (client: SubgraphClient) => (await ask(client, '{ pid }')).pid;

test('callers that hang up are no failures of the subgraph', async () => {
  const child = await start('hung');
  const client = connect('hung');
  const before = await registry.getSingleMetricAsString('tintype_subgraph_failures_total');
  for (let round = 0; round < 4; round++) {
    const caller = new AbortController();
    const asked = Array.from({ length: 20 }, () => ask(client, '{ after(ms: 2000) }', caller.signal));
    const ended = Promise.allSettled(asked);
    await ask(client, '{ pid }');
    caller.abort();
    expect(await ended).toEqual(
      asked.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code: 'ABANDONED' }) })),
    );
    expect(await pid(client)).toBe(child.pid);
  }
  expect(await registry.getSingleMetricAsString('tintype_subgraph_failures_total')).toBe(before);
});

test('several addresses share the calls, and take over those of one that is killed', async () => {
  const [one, other] = await Promise.all([start('one'), start('other')]);
  const client = connect('one', 'other');
  const spread = async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(client, '{ after(ms: 20) }')));
    return new Set(answers.map(({ after }) => after));
  };
  await eventually(async () => expect(await spread()).toEqual(new Set([one.pid, other.pid])));
  const underWay = spread();
  await end(one, 'SIGKILL');
  expect([...(await underWay)]).toContain(other.pid);
  expect(await spread()).toEqual(new Set([other.pid]));
  const back = await start('one');
  await eventually(async () => expect(await spread()).toEqual(new Set([back.pid, other.pid])));
});

test('a mutation over a reused connection to a dead process is done once, by another process', async () => {
  const [gone, other] = await Promise.all([start('gone'), start('staying')]);
  const client = connect('gone', 'staying');
  const both = new Set([gone.pid, other.pid]);
  await eventually(async () => {
    const pids = await Promise.all(Array.from({ length: 8 }, () => pid(client)));
    expect(new Set(pids)).toEqual(both);
  });
  gone.kill('SIGKILL');
  // Synchronous, so that the connections still look open.
  while (isRunning(gone.pid!));
  const counted = await Promise.all(Array.from({ length: 8 }, () => ask(client, 'mutation { count }')));
  expect(counted.map(({ count }) => count).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a frozen process is noticed by a probe, and called again once it continues', async () => {
  const child = await start('frozen');
  const client = connect('frozen');
  expect(await pid(client)).toBe(child.pid);
  child.kill('SIGSTOP');
  await expect(ask(client, '{ pid }')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('does not answer'),
  });
  // From now on, calls fail at once.
  await expect(ask(client, '{ pid }')).rejects.toMatchObject({ message: 'subgraph echo: does not answer' });
  child.kill('SIGCONT');
  await eventually(async () => expect(await pid(client)).toBe(child.pid));
});

test('queries of a process that freezes are answered by another one', async () => {
  const [frozen, other] = await Promise.all([start('cold'), start('warm')]);
  const client = connect('cold', 'warm');
  frozen.kill('SIGSTOP');
  const answers = await Promise.all(Array.from({ length: 20 }, () => pid(client)));
  expect(new Set(answers)).toEqual(new Set([other.pid]));
});

test('a mutation whose caller got an error is not done later', async () => {
  const child = await start('still');
  const client = connectWithin({ ...PATIENT, mutationMs: 300 }, 'still');
  expect(await pid(client)).toBe(child.pid);
  child.kill('SIGSTOP');
  const asked = Array.from({ length: 20 }, () => ask(client, 'mutation { count }'));
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(asked.map(() => 'rejected'));
  child.kill('SIGCONT');
  const patient = connect('still');
  await eventually(async () => expect(await pid(patient)).toBe(child.pid));
  expect(await ask(patient, 'mutation { count }')).toEqual({ count: 1 });
});

test('a slow process that answers probes is waited for', async () => {
  const child = await start('slow');
  const client = connect('slow');
  expect(await ask(client, '{ after(ms: 1500) }')).toEqual({ after: child.pid });
});

/** Sends several requests at a time until it is stopped. Resolves to the errors. */
function load(
  client: SubgraphClient,
  queries: readonly string[],
): () => Promise<{ answered: number; failed: unknown[] }> {
  let isStopped = false;
  let answered = 0;
  const failed: unknown[] = [];
  const askers = Array.from({ length: 6 }, async (_, index) => {
    while (!isStopped) {
      const asked = ask(client, queries[index % queries.length]!);
      await asked.then(
        () => answered++,
        (error) => failed.push(error),
      );
    }
  });
  return async () => {
    isStopped = true;
    await Promise.all(askers);
    return { answered, failed };
  };
}

test('a rolling restart of two processes fails nothing, mutations among it', async () => {
  const children = new Map([
    ['left', await start('left')],
    ['right', await start('right')],
  ]);
  const client = connect('left', 'right');
  const stop = load(client, ['{ pid }', '{ after(ms: 30) }', 'mutation { count }']);
  for (const [name, child] of children) {
    const back = await start(name, 'later');
    await end(child, 'SIGTERM');
    await listen(back);
    await eventually(async () => expect(await pid(client)).toBe(back.pid));
  }
  const { answered, failed } = await stop();
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(100);
});

test('the only process is waited for while it is restarted', async () => {
  const child = await start('only');
  const client = connect('only');
  const stop = load(client, ['{ pid }', 'mutation { count }']);
  await eventually(async () => expect(await pid(client)).toBe(child.pid));
  const back = await start('only', 'later');
  await end(child, 'SIGTERM');
  await listen(back);
  await eventually(async () => expect(await pid(client)).toBe(back.pid));
  expect((await stop()).failed).toEqual([]);
});

test('one that does not come back is waited for once, and then no more', async () => {
  const child = await start('leaving');
  const client = connect('leaving');
  expect(await pid(client)).toBe(child.pid);
  await end(child, 'SIGKILL');
  await expect(pid(client)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(ask(client, 'mutation { count }')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
