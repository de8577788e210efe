import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
