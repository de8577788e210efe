import type { Attempt } from './data-export.model.ts';

/** How long an export can be downloaded, in days. */
export const KEPT_DAYS = 7;
/** An account gets one export within this time. Failed ones do not count. */
export const ONE_PER_HOURS = 24;
/** How long an address of the ZIP file works. */
export const DOWNLOAD_S = 5 * 60;

/** Where all attempts of one export are written. */
export function folderOf({ userId, id }: Pick<Attempt, 'userId' | 'id'>): string {
  return `exports/${userId}/${id}/`;
}

/** The key of the ZIP file. Each attempt has its own, so that a process that was thought dead overwrites nothing. */
export function archiveKey(attempt: Attempt): string {
  return `${folderOf(attempt)}${attempt.attempts}.zip`;
}
