import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutDataDirectory } from './paths.ts';

/** What the platform of a checkout was started with, for the commands that look into it while it runs. */
const RUNNING_FILE = 'running.json';

/** @param env addresses and settings, as `readConfig` reads them; readable by this machine's owner only */
export function recordRunning(directory: string, env: Readonly<Record<string, string>>): () => void {
  const path = join(directory, RUNNING_FILE);
  writeFileSync(path, JSON.stringify(env, null, 2), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** What the platform that runs in this checkout was started with; empty where none runs. */
export async function readRunning(): Promise<NodeJS.ProcessEnv> {
  try {
    return JSON.parse(await readFile(join(checkoutDataDirectory(), RUNNING_FILE), 'utf8')) as NodeJS.ProcessEnv;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return {};
  }
}
