import { runWorkers } from '@tintype/service';
import { wire } from './wire.ts';

// `node subgraphs/feed/src/worker.ts [worker …]`: all workers of this subgraph, or those that are named.
await runWorkers('feed', wire, process.argv.slice(2));
