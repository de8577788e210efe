import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, type RedisHandle } from '@tintype/redis';
import { createLog } from '@tintype/telemetry';

/** A Redis of one test file's own, which it may stop and start as it likes. */
export type OwnRedis = { handle: RedisHandle; kill(): Promise<void>; start(): Promise<void>; close(): Promise<void> };

export async function startOwnRedis(): Promise<OwnRedis> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'tintype-redis-'));
  let server: ChildProcess | undefined;
  const start = async () => {
    const options = [
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      directory,
    ];
    server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const text of server.stdout!.setEncoding('utf8')) if (text.includes('Ready to accept')) break;
  };
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };
  await start();
  const handle = await connectRedis({
    url: `redis://127.0.0.1:${port}`,
    log: createLog({ name: 'test', level: 'silent' }),
  });
  return {
    handle,
    kill,
    start,
    async close() {
      await handle.close();
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
