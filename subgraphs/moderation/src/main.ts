import { runSubgraph } from '@tintype/service';
import { wire } from './wire.ts';

await runSubgraph('moderation', wire);
