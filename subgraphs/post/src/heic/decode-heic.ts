import { Worker } from 'node:worker_threads';
import { DAMAGED, PhotoRefusedError, TOO_LARGE, TOO_SLOW } from '#photo/photo-refused.error.ts';
import { MAX_HEIC_PIXELS, RENDER_TIMEOUT_S } from '#photo/rendition.rules.ts';

/** Upright RGBA pixels: the container's own rotation is applied by the decoder. */
export type RawPhoto = { width: number; height: number; hasAlpha: boolean; data: Uint8ClampedArray<ArrayBuffer> };

/** The only message that the worker thread sends. */
export type HeicMessage = RawPhoto | { tooLarge: true } | { error: string };

/**
 * Decodes the primary image of a HEIC file in a worker thread, because sharp's prebuilt libraries read only the header
 * of such files.
 *
 * @throws PhotoRefusedError
 */
export function decodeHeic(bytes: Uint8Array): Promise<RawPhoto> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./heic.worker.ts', import.meta.url), {
      workerData: { bytes, maxPixels: MAX_HEIC_PIXELS },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
      // The decoder prints warnings about broken files.
      stdout: true,
      stderr: true,
    });
    const finish = (outcome: () => void) => {
      clearTimeout(timer);
      void worker.terminate();
      outcome();
    };
    const refuse = (message: string, cause?: unknown) =>
      finish(() => reject(new PhotoRefusedError(message, { cause })));
    const timer = setTimeout(() => refuse(TOO_SLOW), RENDER_TIMEOUT_S * 1000);
    worker.once('message', (message: HeicMessage) => {
      if ('error' in message) refuse(DAMAGED, message.error);
      else if ('tooLarge' in message) refuse(TOO_LARGE);
      else finish(() => resolve(message));
    });
    worker.once('error', (error) => finish(() => reject(error)));
    worker.once('exit', () => finish(() => reject(new Error('The HEIC decoder thread exited without an answer.'))));
  });
}
