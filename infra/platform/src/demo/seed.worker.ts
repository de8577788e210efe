import { parentPort, workerData } from 'node:worker_threads';
import { seedDemo } from './seed.ts';

// The entry point of the thread of `seedInThread`.
const { endpoint } = workerData as { endpoint: string };
await seedDemo(endpoint, (step) => parentPort?.postMessage(step));
