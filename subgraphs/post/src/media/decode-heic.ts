import { Worker } from 'node:worker_threads';
import { PhotoRefusedError } from './photo-refused.error.ts';
import { MAX_PIXELS, RENDER_TIMEOUT_S } from './rendition.rules.ts';

/** Upright RGBA pixels: the container's own rotation is applied by the decoder. */
export type RawPhoto = { width: number; height: number; data: Uint8ClampedArray };

type Message = RawPhoto | { tooLarge: true } | { error: string };

/** sharp's prebuilt libraries read only the header of HEIC. @throws PhotoRefusedError */
export function decodeHeic(bytes: Uint8Array): Promise<RawPhoto> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./heic.worker.ts', import.meta.url), {
      workerData: { bytes, maxPixels: MAX_PIXELS },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
    });
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      void worker.terminate();
      outcome();
    };
    const refuse = (message: string) => settle(() => reject(new PhotoRefusedError(message)));
    const timer = setTimeout(() => refuse('the photo took too long to read'), RENDER_TIMEOUT_S * 1000);
    worker.once('message', (message: Message) => {
      if ('error' in message) refuse('the photo is damaged or cut off: upload it again');
      else if ('tooLarge' in message) refuse('the photo has more than 100 megapixels');
      else settle(() => resolve(message));
    });
    worker.once('error', (error) => settle(() => reject(error)));
  });
}
