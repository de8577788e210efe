import { runWorkers } from '@tintype/service';
import { wire } from './wire.ts';

// `node subgraphs/moderation/src/worker.ts [worker …]` runs all workers of this subgraph, or the named ones.
await runWorkers('moderation', wire, process.argv.slice(2));
