import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findRecorded, recordProcess } from './process-record.ts';

/** Another process runs the services of this data directory. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError';

  constructor(holder: number) {
    super(`Tintype already runs in this checkout, as process ${holder}. Stop it with Ctrl-C first.`);
  }
}

/**
 * Allows one process at a time for a data directory. The lock of a dead process is taken over.
 *
 * @throws AlreadyRunningError
 * @returns releases the lock
 */
export function lockDataDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'lock');
  const holder = findRecorded(path);
  if (holder && holder.pid !== process.pid) throw new AlreadyRunningError(holder.pid);
  recordProcess(path, process.pid, 'SIGTERM');
  return () => rmSync(path, { force: true });
}
