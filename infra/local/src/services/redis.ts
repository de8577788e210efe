import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'redis';
import { getBinary } from '../binaries.ts';
import { createDaemon } from '../daemon.ts';
import { type Address, type ServiceDriver, type StartContext, type Started, startDaemon } from '../driver.ts';

async function check({ REDIS_URL }: Address): Promise<void> {
  const client = createClient({ url: REDIS_URL!, socket: { connectTimeout: 2000, reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  await client.ping();
  await client.close();
}

async function start({ paths, port, report, signal }: StartContext): Promise<Started> {
  const directory = join(paths.data, 'redis');
  const listen = await port('redis');
  const address = { REDIS_URL: `redis://127.0.0.1:${listen}` };
  const settings = {
    bind: '127.0.0.1',
    port: String(listen),
    dir: directory,
    // Nothing is stored over a restart. All of it can be rebuilt, and a file without the writes of the last second
    // would restore timelines that are marked as complete but are not.
    appendonly: 'no',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const daemon = createDaemon(
    {
      name: 'Redis',
      command: getBinary('redis-server'),
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      logFile: join(paths.data, 'redis.log'),
      pidFile: join(paths.data, 'redis.pid'),
      signal,
      probe: () => check(address),
    },
    report,
  );
  const launch = async () => {
    await mkdir(directory, { recursive: true });
    await daemon.start();
  };
  return startDaemon(address, daemon, directory, launch);
}

export const redis: ServiceDriver = {
  name: 'redis',
  title: 'Redis',
  variables: ['REDIS_URL'],
  binaries: ['redis-server'],
  packages: ['redis-server'],
  check,
  start,
};
