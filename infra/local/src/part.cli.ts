import { enableCompileCache } from 'node:module';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { COMPILE_CACHE } from './compile-cache.ts';

// One part of the platform as the process that runs it: `npm run gateway`, `npm run subgraph -- <name>` and
// `npm run workers -- <name> [worker …]` come here. On Node of this checkout, whatever the machine's own is.
const HELP = `npm run gateway
npm run subgraph -- <name>
npm run workers -- <name> [worker ...]
  <name> is one of ${SUBGRAPHS.join(', ')}.`;

const [, , part, name, ...only] = process.argv;
const entry = entryOf(part, name);
if (entry) {
  const url = new URL(`../../../${entry}`, import.meta.url);
  // The entry points read which workers are meant from here.
  process.argv.splice(2, process.argv.length, ...only);
  enableCompileCache(COMPILE_CACHE);
  await import(url.href);
} else {
  console.error(HELP);
  process.exitCode = 2;
}

function entryOf(kind: string | undefined, subgraph: string | undefined): string | null {
  if (kind === 'gateway') return 'gateway/src/main.ts';
  if (!SUBGRAPHS.some((known) => known === subgraph)) return null;
  if (kind === 'subgraph') return `subgraphs/${subgraph}/src/main.ts`;
  return kind === 'workers' ? `subgraphs/${subgraph}/src/worker.ts` : null;
}
