import { mkdtemp } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeze, removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool } from '../src/index.ts';

let directory: string;
let services: Services;
let postgresUrl: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-frozen-'));
  services = await startServices({ needs: ['postgres'], dataDirectory: directory, env: {}, report: () => undefined });
  postgresUrl = services.env.DATABASE_URL!;
});
afterAll(async () => {
  await services?.stop();
  await removeServiceFiles(servicePathsOf(directory));
});

/** A proxy to a server. It knows all connections, and which of them the client has abandoned. */
async function countConnections(serverUrl: string) {
  const target = new URL(serverUrl);
  const made = new Set<Socket>();
  const givenUp = new Set<Socket>();
  const server = createServer((near) => {
    made.add(near);
    const far = connect(Number(target.port), target.hostname);
    near.on('end', () => givenUp.add(near)).on('close', () => givenUp.add(near) && far.destroy());
    far.on('close', () => near.destroy()).on('error', () => near.destroy());
    near.on('error', () => far.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(serverUrl);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    made,
    givenUp,
    async close() {
      for (const socket of made) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('pools leave a frozen server a few connections, which they keep, and not a queue of dead ones to serve first', async () => {
  const way = await countConnections(postgresUrl);
  const pools = ['a', 'b', 'c'].map((name) => createPool({ url: way.url, applicationName: name, max: 8 }));
  const quiet = createPool({ url: way.url, applicationName: 'quiet', max: 8 });
  const backendOf = async () => (await quiet.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
  const backend = await backendOf();
  const ask = () =>
    Promise.allSettled(pools.flatMap((pool) => Array.from({ length: 8 }, () => pool.query('SELECT 1'))));
  await pools[0]!.query('SELECT 1');
  const before = new Set(way.made);
  const thaw = freeze(services.handles.postgres!.pid()!);
  try {
    for (const until = performance.now() + 10_000; performance.now() < until; await sleep(50)) await ask();
    const made = [...way.made].filter((socket) => !before.has(socket));
    // Connections that began before the server was known to be unavailable, and probes with growing pauses.
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThanOrEqual(6);
    expect(made.filter((socket) => way.givenUp.has(socket))).toEqual([]);
    // It waits for the first response, and is not closed as idle.
    expect([quiet.totalCount, quiet.idleCount]).toEqual([1, 0]);
  } finally {
    thaw();
  }
  await eventually(async () => expect((await ask()).every(({ status }) => status === 'fulfilled')).toBe(true));
  await eventually(async () => expect(await backendOf()).toBe(backend));
  await Promise.all([...pools, quiet].map((pool) => pool.end()));
  await way.close();
});
