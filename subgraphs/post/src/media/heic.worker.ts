import { parentPort, workerData } from 'node:worker_threads';
import libheif from 'libheif-js/wasm-bundle.js';
import type { HeicMessage } from './decode-heic.ts';

// Decoding is WebAssembly that would hold the event loop for up to seconds: a thread of its own can also be ended.
const { bytes, maxPixels } = workerData as { bytes: Uint8Array; maxPixels: number };

function answer(message: HeicMessage): void {
  parentPort!.postMessage(message, 'data' in message ? [message.data.buffer] : []);
}

// The decoder throws from timers of its own, where nobody could catch it.
process.on('uncaughtException', (error) => answer({ error: error.message }));

const images = new libheif.HeifDecoder().decode(bytes);
const image = images.find((one) => one.is_primary()) ?? images[0];
if (!image) answer({ error: 'there is no image in it' });
else {
  const [width, height] = [image.get_width(), image.get_height()];
  if (width * height > maxPixels) answer({ tooLarge: true });
  else {
    const data = new Uint8ClampedArray(width * height * 4);
    const hasAlpha = image.has_alpha_channel();
    image.display({ width, height, data }, (pixels) =>
      answer(pixels ? { ...pixels, hasAlpha } : { error: 'its image cannot be decoded' }),
    );
  }
}
