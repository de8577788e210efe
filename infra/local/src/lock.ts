import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another process runs the services of this data directory. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError';
}

/**
 * One process at a time for a data directory. A lock whose process is gone is taken over.
 *
 * @throws AlreadyRunningError
 * @returns what gives it back
 */
export function lockDataDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'lock');
  const holder = holderOf(directory);
  if (holder !== null) {
    throw new AlreadyRunningError(
      `Tintype runs already in this checkout, as process ${holder}: stop it with Ctrl-C first`,
    );
  }
  writeFileSync(path, String(process.pid));
  return () => rmSync(path, { force: true });
}

/** Process that holds the data directory; null where there is none. */
export function holderOf(directory: string): number | null {
  try {
    const pid = Number(readFileSync(join(directory, 'lock'), 'utf8'));
    if (pid === process.pid) return null;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
