import { runWorkers } from '@tintype/service';
import { wire } from './wire.ts';

// `node subgraphs/post/src/worker.ts [worker …]` runs all workers of this subgraph, or the named ones.
await runWorkers('post', wire, process.argv.slice(2));
