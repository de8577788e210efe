import { runWorkers } from '@tintype/service';
import { wire } from './wire.ts';

// `node subgraphs/social-graph/src/worker.ts [worker …]` runs all workers of this subgraph, or the named ones.
await runWorkers('social-graph', wire, process.argv.slice(2));
