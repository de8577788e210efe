import { parentPort, workerData } from 'node:worker_threads';
import libheif from 'libheif-js/wasm-bundle.js';
import type { HeicMessage } from './decode-heic.ts';

// WebAssembly would block the event loop for seconds. A worker thread does not, and it can be terminated.
const { bytes, maxPixels } = workerData as { bytes: Uint8Array; maxPixels: number };

function send(message: HeicMessage): void {
  parentPort!.postMessage(message, 'data' in message ? [message.data.buffer] : []);
}

// The decoder throws from its own timers, where we cannot catch its errors.
process.on('uncaughtException', (error) => send({ error: error.message }));

const images = new libheif.HeifDecoder().decode(bytes);
const image = images.find((one) => one.is_primary()) ?? images[0];
if (!image) send({ error: 'the file contains no image' });
else {
  const [width, height] = [image.get_width(), image.get_height()];
  if (width * height > maxPixels) send({ tooLarge: true });
  else {
    const data = new Uint8ClampedArray(width * height * 4);
    const hasAlpha = image.has_alpha_channel();
    image.display({ width, height, data }, (pixels) =>
      send(pixels ? { ...pixels, hasAlpha } : { error: 'the image cannot be decoded' }),
    );
  }
}
