import { runWorkers } from '@tintype/service';
import { wire } from './wire.ts';

// `node subgraphs/post/src/worker.ts [worker …]`: all workers of this subgraph, or those that are named.
await runWorkers('post', wire, process.argv.slice(2));
