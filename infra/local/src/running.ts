import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the platform of a checkout was started with, for the commands that look into it while it runs. */
export const RUNNING_FILE = 'running.json';

/** @param env addresses and settings, as `readConfig` reads them; readable by this machine's owner only */
export function recordRunning(directory: string, env: Readonly<Record<string, string>>): () => void {
  const path = join(directory, RUNNING_FILE);
  writeFileSync(path, JSON.stringify(env, null, 2), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}
