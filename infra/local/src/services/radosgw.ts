import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { getBinary } from '../binaries.ts';
import { createDaemon, type Daemon } from '../daemon.ts';
import type { Address, ServiceDriver, StartContext, Started } from '../driver.ts';
import { run } from '../run.ts';
import { cephConfig, cephKeyring } from './radosgw.config.ts';

async function check({ S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }: Address): Promise<void> {
  const client = new S3Client({
    endpoint: S3_ENDPOINT!,
    region: S3_REGION ?? 'us-east-1',
    credentials: { accessKeyId: S3_ACCESS_KEY_ID!, secretAccessKey: S3_SECRET_ACCESS_KEY! },
    forcePathStyle: true,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 5000 },
  });
  try {
    await client.send(new ListBucketsCommand({}));
  } finally {
    client.destroy();
  }
}

/** Created once, and stored with the data. */
type Identity = { fsid: string; osd: string; accessKeyId: string; secretAccessKey: string };

async function identityOf(directory: string): Promise<Identity> {
  const path = join(directory, 'identity.json');
  if (existsSync(path)) return JSON.parse(await readFile(path, 'utf8')) as Identity;
  const identity: Identity = {
    fsid: randomUUID(),
    osd: randomUUID(),
    accessKeyId: randomBytes(10).toString('hex'),
    secretAccessKey: randomBytes(24).toString('base64url'),
  };
  await writeFile(path, JSON.stringify(identity), { mode: 0o600 });
  return identity;
}

async function start(context: StartContext): Promise<Started> {
  const { paths, report, signal } = context;
  const directory = join(paths.data, 's3');
  const [gatewayPort, monPort] = [await context.port('s3'), await context.port('s3-monitor')];
  const config = join(directory, 'ceph.conf');
  const runDirectory = join(paths.run, 's3');
  const address: Record<string, string> = { S3_ENDPOINT: `http://127.0.0.1:${gatewayPort}`, S3_REGION: 'us-east-1' };

  const daemonOf = (name: string, command: string, args: readonly string[], probe: () => Promise<void>): Daemon =>
    createDaemon(
      {
        name: `S3 (${name})`,
        command: getBinary(command),
        args: ['-c', config, '-f', ...args],
        logFile: join(paths.data, `${name}.log`),
        pidFile: join(paths.data, `${name}.pid`),
        signal,
        probe,
      },
      report,
    );
  const mon = daemonOf('ceph-mon', 'ceph-mon', ['-i', 'a'], () => answers(monPort));
  const osd = daemonOf('ceph-osd', 'ceph-osd', ['-i', '0'], async () => undefined);
  const gateway = daemonOf('radosgw', 'radosgw', ['-n', 'client.rgw'], () => answers(gatewayPort));

  const stop = async () => {
    for (const daemon of [gateway, osd, mon]) await daemon.stop();
  };
  const startDaemons = async () => {
    await mkdir(directory, { recursive: true });
    await mkdir(runDirectory, { recursive: true });
    const identity = await identityOf(directory);
    const fresh = !existsSync(join(directory, 'ready'));
    if (fresh)
      await Promise.all(['mon', 'osd'].map((part) => rm(join(directory, part), { recursive: true, force: true })));
    await writeFile(config, cephConfig({ fsid: identity.fsid, directory, run: runDirectory, monPort, gatewayPort }));
    if (fresh) await makeMonitor(directory, config, identity, monPort);
    else await moveMonitor(directory, config, monPort);
    await mon.start();
    if (fresh) await makeObjectStore(directory, config, identity);
    await osd.start();
    report('waiting for the object store');
    await gateway.start();
    if (fresh) await makeUser(config, identity);
    address.S3_ACCESS_KEY_ID = identity.accessKeyId;
    address.S3_SECRET_ACCESS_KEY = identity.secretAccessKey;
    await check(address);
    await writeFile(join(directory, 'ready'), '');
  };
  // If one of the three fails, the others keep running.
  const launch = () => startDaemons().catch((error) => stop().then(() => Promise.reject(error)));
  await launch();
  return {
    address,
    daemon: gateway,
    start: launch,
    stop,
    wipe: () => rm(directory, { recursive: true, force: true }),
  };
}

async function makeMap(directory: string, fsid: string, monPort: number): Promise<string> {
  const map = join(directory, 'monmap');
  const monitor = `[v2:127.0.0.1:${monPort}/0]`;
  await run(getBinary('monmaptool'), ['--create', '--clobber', '--fsid', fsid, '--addv', 'a', monitor, map]);
  return map;
}

async function makeMonitor(directory: string, config: string, { fsid }: Identity, monPort: number): Promise<void> {
  const keyring = join(directory, 'keyring');
  await writeFile(keyring, cephKeyring(), { mode: 0o600 });
  await mkdir(join(directory, 'mon'), { recursive: true });
  const map = await makeMap(directory, fsid, monPort);
  await run(getBinary('ceph-mon'), ['-c', config, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring]);
}

/** The monitor stores its port. If that is in use now, the monitor gets the new one. */
async function moveMonitor(directory: string, config: string, monPort: number): Promise<void> {
  const { fsid } = await identityOf(directory);
  const map = await makeMap(directory, fsid, monPort);
  await run(getBinary('ceph-mon'), ['-c', config, '-i', 'a', '--inject-monmap', map]);
}

async function makeObjectStore(directory: string, config: string, { osd }: Identity): Promise<void> {
  await mkdir(join(directory, 'osd'), { recursive: true });
  await run(getBinary('ceph'), ['-c', config, '-n', 'client.admin', '--connect-timeout', '20', 'osd', 'new', osd, '0']);
  await run(getBinary('ceph-osd'), ['-c', config, '-i', '0', '--mkfs', '--osd-uuid', osd]);
}

async function makeUser(config: string, { accessKeyId, secretAccessKey }: Identity): Promise<void> {
  const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey];
  const user = ['user', 'create', '--uid', 'tintype', '--display-name', 'Tintype'];
  await run(getBinary('radosgw-admin'), ['-c', config, '-n', 'client.rgw', ...user, ...keys]);
}

function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

export const s3: ServiceDriver = {
  name: 's3',
  title: 'S3',
  variables: ['S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
  binaries: ['radosgw', 'radosgw-admin', 'ceph', 'ceph-mon', 'ceph-osd', 'monmaptool'],
  packages: ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'],
  check,
  start,
};
