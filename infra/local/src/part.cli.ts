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
  try {
    await import(url.href);
  } catch (error) {
    if (!isOperators(error)) throw error;
    // A fault of the settings or of the machine is told in a sentence; its stack helps nobody.
    console.error((error as Error).message);
    process.exit(1);
  }
} else {
  console.error(HELP);
  process.exitCode = 2;
}

/** Whether it is for whoever starts the part to mend: a wrong setting, an unknown worker, or an address that is taken. */
function isOperators(error: unknown): boolean {
  const { name, syscall } = error as Partial<NodeJS.ErrnoException>;
  return name === 'ConfigError' || syscall === 'listen';
}

function entryOf(kind: string | undefined, subgraph: string | undefined): string | null {
  if (kind === 'gateway') return 'gateway/src/main.ts';
  if (!SUBGRAPHS.some((known) => known === subgraph)) return null;
  if (kind === 'subgraph') return `subgraphs/${subgraph}/src/main.ts`;
  return kind === 'workers' ? `subgraphs/${subgraph}/src/worker.ts` : null;
}
