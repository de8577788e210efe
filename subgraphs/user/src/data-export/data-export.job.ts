import { backoffMs } from '@tintype/bounds';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import { createLoop, type Worker } from '@tintype/service';
import { counter, type Log } from '@tintype/telemetry';
import type pg from 'pg';
import { addNotice } from '#mail/account-mail.repository.ts';
import type { Attempt } from './data-export.model.ts';
import {
  claimExport,
  failExport,
  finishExport,
  listExpiredExports,
  postponeExport,
  recordProgress,
  releaseExport,
  removeExport,
} from './data-export.repository.ts';
import { folderOf } from './data-export.rules.ts';
import type { ExportWriter } from './export-writer.ts';

const EVERY_MS = 5_000;
const REMOVE_EVERY_MS = 10_000;
const REMOVED_AT_ONCE = 100;
/** If a process dies, another one begins the export again after this time. */
const LEASE_MS = 60_000;
const SHOW_EVERY_MS = 5_000;
const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 30 * 60_000;

const FAILURE = 'The export could not be written. Ask for another one.';

const exports = counter('user_data_exports_total', 'Attempts to export the data of a person', ['outcome']);

/**
 * Writes exports, one at a time in each process. A process that dies is noticed because it no longer records its
 * progress. Another one then begins from the start, under another key. Of two processes that write the same export,
 * only the one that began last can finish it.
 */
export function createDataExportJob(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  store: Pick<ObjectStore, 'removeFolder'>;
  writer: ExportWriter;
  log: Log;
  leaseMs?: number;
}): Worker {
  const { pool, ids, store, writer, log, leaseMs = LEASE_MS } = deps;

  const finish = async (attempt: Attempt, written: { parts: number; byteSize: bigint }): Promise<boolean> =>
    transaction(pool, async (tx) => {
      const isCurrent = await finishExport(tx, attempt, written);
      if (isCurrent) await addNotice(tx, { id: ids.next(), userId: attempt.userId, kind: 'DATA_EXPORT_READY' });
      return isCurrent;
    });

  /** Until it is stopped, shows that this process is alive. */
  const showProgress = (attempt: Attempt, lost: AbortController) => {
    const progress: { done: number; total: number | null } = { done: 0, total: null };
    let shownAt = Date.now();
    const show = async () => {
      try {
        const beganAt = Date.now();
        if (!(await recordProgress(pool, attempt, progress, leaseMs))) return lost.abort(new AttemptLostError());
        shownAt = beganAt;
      } catch (error) {
        log.warn({ error }, 'The progress of an export could not be recorded.');
        if (Date.now() - shownAt > leaseMs) lost.abort(new AttemptLostError());
      }
    };
    const timer = setInterval(() => void show(), Math.min(SHOW_EVERY_MS, leaseMs / 4));
    return {
      report(done: number, total: number | null) {
        Object.assign(progress, { done, total });
      },
      stop: () => clearInterval(timer),
    };
  };

  const write = async (attempt: Attempt, stopping: AbortSignal): Promise<string> => {
    const lost = new AbortController();
    const { report, stop } = showProgress(attempt, lost);
    try {
      // What attempts before this one left behind.
      await store.removeFolder(folderOf(attempt));
      const written = await writer.write(attempt, AbortSignal.any([stopping, lost.signal]), report);
      lost.signal.throwIfAborted();
      if (written && (await finish(attempt, written))) return 'ready';
      throw new AttemptLostError();
    } finally {
      stop();
    }
  };

  const fail = async (attempt: Attempt): Promise<string> => {
    await failExport(pool, attempt, FAILURE);
    return 'failed';
  };

  const writeOrRetry = async (attempt: Attempt, stopping: AbortSignal): Promise<string> => {
    // Each of them died with its process.
    if (attempt.attempts > MAX_ATTEMPTS) return fail(attempt);
    try {
      return await write(attempt, stopping);
    } catch (error) {
      if (error instanceof AttemptLostError) {
        await releaseExport(pool, attempt);
        return 'lost';
      }
      if (stopping.aborted) {
        await postponeExport(pool, attempt, 0, false);
        return 'interrupted';
      }
      log.warn({ error, attempts: attempt.attempts }, 'An export could not be written.');
      if (attempt.attempts >= MAX_ATTEMPTS) return fail(attempt);
      await postponeExport(pool, attempt, backoffMs(attempt.attempts, FIRST_PAUSE_MS, LONGEST_PAUSE_MS), true);
      return 'retry';
    }
  };

  return createLoop({
    name: 'user__data-export',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted) {
        const attempt = await claimExport(pool, leaseMs);
        if (!attempt) return;
        const outcome = await writeOrRetry(attempt, signal);
        exports.inc({ outcome });
        if (outcome === 'lost') log.info({ exportId: attempt.id }, 'An export was ended, or taken over.');
      }
    },
  });
}

/** Another process has begun the export again, or it is no longer wanted. */
class AttemptLostError extends Error {
  override name = 'AttemptLostError';
}

/** Removes exports that have expired, were replaced, or belonged to a deleted account. */
export function createExportRemovalJob(deps: {
  pool: pg.Pool;
  store: Pick<ObjectStore, 'removeFolder'>;
  log: Log;
}): Worker {
  const { pool, store, log } = deps;
  return createLoop({
    name: 'user__data-export-removal',
    everyMs: REMOVE_EVERY_MS,
    log,
    async work(signal) {
      for (;;) {
        const expired = await listExpiredExports(pool, REMOVED_AT_ONCE);
        for (const one of expired) {
          if (signal.aborted) return;
          // Delete the row last: if the job is interrupted, the next run finds the export again.
          await store.removeFolder(folderOf(one));
          await removeExport(pool, one.id);
        }
        if (expired.length < REMOVED_AT_ONCE) return;
      }
    },
  });
}
