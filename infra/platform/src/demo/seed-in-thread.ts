import { Worker } from 'node:worker_threads';
import type { SeedStep } from './seed.ts';

/**
 * Seeds the demo from a thread of its own, because drawing the photos would block the platform in this process for
 * seconds.
 *
 * @throws Error like `seedDemo`, or the reason of `signal`
 */
export function seedInThread(endpoint: string, report: (step: SeedStep) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./seed.worker.ts', import.meta.url), {
      workerData: { endpoint },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    const abort = () => void worker.terminate();
    signal.addEventListener('abort', abort, { once: true });
    worker.on('message', report);
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    });
  });
}
