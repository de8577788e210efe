import { existsSync } from 'node:fs';
import { chown, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { getBinary } from '../binaries.ts';
import { createDaemon } from '../daemon.ts';
import { type Address, type ServiceDriver, type StartContext, type Started, startDaemon } from '../driver.ts';
import { isRoot, type ServicePaths } from '../paths.ts';
import { run } from '../run.ts';

const USER = 'tintype';

async function check({ DATABASE_URL }: Address): Promise<void> {
  const client = new pg.Client({ connectionString: DATABASE_URL, connectionTimeoutMillis: 2000 });
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
}

/** initdb and postgres refuse root, so they run as the user postgres, which Debian's package creates. */
async function identity(): Promise<{ uid?: number; gid?: number }> {
  if (!isRoot) return {};
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('postgres:'));
  if (!line) throw new Error('Postgres needs a user that is not root: `useradd --system postgres` makes one.');
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

async function ownedFolder(path: string, { uid, gid }: { uid?: number; gid?: number }): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

async function initialise(paths: ServicePaths, owner: { uid?: number; gid?: number }): Promise<void> {
  if (existsSync(join(paths.postgres, 'PG_VERSION'))) return;
  await ownedFolder(dirname(paths.postgres), {});
  await ownedFolder(paths.postgres, owner);
  const args = [
    '-D',
    paths.postgres,
    '-U',
    USER,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-instructions',
  ];
  await run(getBinary('initdb'), args, { ...owner, cwd: '/' });
}

async function start({ paths, port, report, signal }: StartContext): Promise<Started> {
  const owner = await identity();
  const sockets = join(paths.run, 'postgres');
  const listen = await port('postgres');
  const address = { DATABASE_URL: `postgres://${USER}@127.0.0.1:${listen}/tintype` };
  const server = { DATABASE_URL: `postgres://${USER}@127.0.0.1:${listen}/postgres` };
  const settings = {
    listen_addresses: '127.0.0.1',
    port: listen,
    unix_socket_directories: sockets,
    max_connections: 300,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    // Commits are synchronous, so acknowledged writes survive a power cut.
    synchronous_commit: 'on',
    log_min_messages: 'warning',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const daemon = createDaemon(
    {
      name: 'Postgres',
      command: getBinary('postgres'),
      args: ['-D', paths.postgres, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      logFile: join(paths.data, 'postgres.log'),
      pidFile: join(paths.data, 'postgres.pid'),
      signal,
      probe: () => check(server),
      // A fast shutdown does not wait for clients to disconnect.
      stopSignal: 'SIGINT',
      options: { ...owner, cwd: '/' },
    },
    report,
  );
  const launch = async () => {
    await initialise(paths, owner);
    await ownedFolder(sockets, owner);
    // Left by a killed server. The daemon has ended any that still runs.
    await daemon.start();
    await createDatabase(server.DATABASE_URL);
  };
  return startDaemon(address, daemon, paths.postgres, launch);
}

async function createDatabase(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'tintype'");
    if (!rowCount) await client.query('CREATE DATABASE tintype');
  } finally {
    await client.end();
  }
}

export const postgres: ServiceDriver = {
  name: 'postgres',
  title: 'Postgres',
  variables: ['DATABASE_URL'],
  binaries: ['postgres', 'initdb'],
  packages: ['postgresql'],
  check,
  start,
};
