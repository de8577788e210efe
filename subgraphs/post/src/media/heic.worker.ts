import { parentPort, workerData } from 'node:worker_threads';
import decode from 'heic-decode';

// Decoding is WebAssembly that would hold the event loop for up to seconds: a thread of its own can also be ended.
const { bytes, maxPixels } = workerData as { bytes: Uint8Array; maxPixels: number };

async function decodeFirst() {
  const images = await decode.all({ buffer: bytes });
  const [image] = images;
  if (!image) throw new Error('no image');
  const { width, height } = image;
  if (width * height > maxPixels) return { tooLarge: true };
  const { data } = await image.decode();
  return { width, height, data };
}

decodeFirst().then(
  (decoded) => parentPort!.postMessage(decoded),
  (error: Error) => parentPort!.postMessage({ error: error.message }),
);
