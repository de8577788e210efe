import { runWorkers } from '@tintype/service';
import { wire } from './wire.ts';

// `node subgraphs/social-graph/src/worker.ts [worker …]`: all workers of this subgraph, or those that are named.
await runWorkers('social-graph', wire, process.argv.slice(2));
