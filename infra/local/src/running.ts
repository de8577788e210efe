import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnvironment } from '@tintype/service';
import { checkoutDataDirectory } from './paths.ts';

/** The environment of a checkout's running platform, for commands that inspect it. */
const RUNNING_FILE = 'running.json';

/** @param env addresses and settings in the format of `readConfig`. Readable by this machine's owner only */
export function recordRunning(directory: string, env: Readonly<Record<string, string>>): () => void {
  const path = join(directory, RUNNING_FILE);
  writeFileSync(path, JSON.stringify(env, null, 2), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** The environment of the platform that runs in this checkout. Empty if none is running. */
export async function readRunning(): Promise<NodeJS.ProcessEnv> {
  try {
    return JSON.parse(await readFile(join(checkoutDataDirectory(), RUNNING_FILE), 'utf8')) as NodeJS.ProcessEnv;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {};
  }
}

/** Where a command finds the stores. */
export type Addresses = Record<'databaseUrl' | 'natsUrl' | 'redisUrl' | 'namespace', string | undefined>;

/** From the environment, or else from what `npm start` recorded in this checkout. */
export async function readAddresses(): Promise<Addresses> {
  const running = await readRunning();
  const env = readEnvironment();
  return {
    databaseUrl: env.DATABASE_URL || running.DATABASE_URL,
    natsUrl: env.NATS_URL || running.NATS_URL,
    redisUrl: env.REDIS_URL || running.REDIS_URL,
    namespace: env.TINTYPE_NAMESPACE ?? (env.NATS_URL || env.REDIS_URL ? '' : running.TINTYPE_NAMESPACE),
  };
}
