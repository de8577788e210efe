import { fileURLToPath } from 'node:url';
import { findBinary } from './binaries.ts';
import type { Address, ServiceName } from './driver.ts';
import { run } from './run.ts';

const FILE = fileURLToPath(new URL('../../deploy/compose/services.yml', import.meta.url));

/** Whether a Docker engine with the compose plugin responds. */
export async function dockerAnswers(): Promise<boolean> {
  if (!findBinary('docker')) return false;
  return run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 5000 })
    .then(() => run('docker', ['compose', 'version'], { timeoutMs: 5000 }))
    .then(
      () => true,
      () => false,
    );
}

const KEYS = { S3_ACCESS_KEY_ID: 'tintype', S3_SECRET_ACCESS_KEY: 'tintype-local-only' };

/** The addresses of the services in `services.yml`, on the ports that Docker published. */
const ADDRESSES: Record<ServiceName, { port: number; address(port: number): Address }> = {
  postgres: {
    port: 5432,
    address: (port) => ({ DATABASE_URL: `postgres://tintype:tintype@127.0.0.1:${port}/tintype` }),
  },
  redis: { port: 6379, address: (port) => ({ REDIS_URL: `redis://127.0.0.1:${port}` }) },
  nats: { port: 4222, address: (port) => ({ NATS_URL: `nats://127.0.0.1:${port}` }) },
  s3: { port: 8333, address: (port) => ({ S3_ENDPOINT: `http://127.0.0.1:${port}`, S3_REGION: 'us-east-1', ...KEYS }) },
};

export type ComposeServices = {
  /** Resolves to their addresses when all of them are healthy. */
  ready(): Promise<Map<ServiceName, Address>>;
  /** Also ends a start that is not complete. */
  stop(): Promise<void>;
};

/** Services in containers, under a project name of this set. Their volumes survive a stop. */
export function startCompose(names: readonly ServiceName[], project: string): ComposeServices {
  const compose = (args: readonly string[]) =>
    run('docker', ['compose', '-p', project, '-f', FILE, ...args], {
      timeoutMs: 10 * 60_000,
      env: { ...process.env, ...KEYS },
    });
  return {
    async ready() {
      await compose(['up', '--detach', '--wait', ...names]);
      const addresses = new Map<ServiceName, Address>();
      for (const name of names) {
        const { port, address } = ADDRESSES[name];
        const published = (await compose(['port', name, String(port)])).trim();
        addresses.set(name, address(Number(published.split(':').at(-1))));
      }
      return addresses;
    },
    stop: async () => void (await compose(['stop'])),
  };
}

/** Removes the containers and their data. */
export async function removeCompose(project: string): Promise<void> {
  await run('docker', ['compose', '-p', project, '-f', FILE, 'down', '--volumes'], { timeoutMs: 120_000 });
}
