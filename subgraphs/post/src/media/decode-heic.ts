import { Worker } from 'node:worker_threads';
import { DAMAGED, PhotoRefusedError, TOO_LARGE, TOO_SLOW } from './photo-refused.error.ts';
import { MAX_HEIC_PIXELS, RENDER_TIMEOUT_S } from './rendition.rules.ts';

/** Upright RGBA pixels: the container's own rotation is applied by the decoder. */
export type RawPhoto = { width: number; height: number; hasAlpha: boolean; data: Uint8ClampedArray<ArrayBuffer> };

/** What the thread says, once. */
export type HeicMessage = RawPhoto | { tooLarge: true } | { error: string };

/**
 * The primary image of a HEIC file, in a thread of its own: sharp's prebuilt libraries read only the header of such files.
 *
 * @throws PhotoRefusedError
 */
export function decodeHeic(bytes: Uint8Array): Promise<RawPhoto> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./heic.worker.ts', import.meta.url), {
      workerData: { bytes, maxPixels: MAX_HEIC_PIXELS },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
      // The decoder writes what it thinks of broken files to the console.
      stdout: true,
      stderr: true,
    });
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      void worker.terminate();
      outcome();
    };
    const refuse = (message: string, cause?: unknown) =>
      settle(() => reject(new PhotoRefusedError(message, { cause })));
    const timer = setTimeout(() => refuse(TOO_SLOW), RENDER_TIMEOUT_S * 1000);
    worker.once('message', (message: HeicMessage) => {
      if ('error' in message) refuse(DAMAGED, message.error);
      else if ('tooLarge' in message) refuse(TOO_LARGE);
      else settle(() => resolve(message));
    });
    worker.once('error', (error) => settle(() => reject(error)));
    worker.once('exit', () => settle(() => reject(new Error('the thread that decodes HEIC ended without a word'))));
  });
}
